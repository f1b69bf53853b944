"""The host's process by itself: who it dies with, and in what order it calls its world."""

import os
import select
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from diorama.agent.frame_ring import RingFiles
from diorama.agent.world_link import (
    Begin,
    Deframer,
    FirstFrame,
    FromHost,
    GiveImage,
    ImageSeen,
    Say,
    ToHost,
    from_host,
    to_bytes,
)
from diorama.protocol.channel import Message, Prompt
from diorama.protocol.input import KeyDown, KeyUp
from tests.encoded import bomb, png

PATIENCE_S = 300.0

DIARY = """
from diorama.world import *
import numpy as np

class Diary(World):
    size = (64, 64)

    def start(self, context):
        self.context, self.calls = context, ["start"]

    def on_input(self, event):
        self.calls.append(type(event).__name__)

    def on_prompt(self, text):
        self.calls.append(text)

    def on_image(self, image, text):
        self.calls.append([*image.shape, text])

    def on_message(self, data):
        self.calls.append(data)

    def render(self, time):
        if len(self.calls) > 4:
            self.context.send(self.calls)
            self.context.end()
        return np.zeros((64, 64, 3), dtype=np.uint8)

    def stop(self):
        self.context.send("stop")
"""

# Starts a host as a worker would, says its number, and is then killed.
PARENT = """
import os, socket, subprocess, sys
from diorama.agent.frame_ring import RingFiles
files = RingFiles.create()
ours, theirs = socket.socketpair()
host = subprocess.Popen(
    [sys.executable, "-m", "diorama.world.host", "--memory", str(files.memory),
     "--event", str(files.event), "--parent", str(os.getpid())],
    stdin=theirs, pass_fds=(files.memory, files.event), start_new_session=True,
)
print(host.pid, flush=True)
sys.stdin.read()
"""


# What a host flushes last, once its world is over and before it is gone.
TOLD_AS_IT_GOES = """
import os, signal, sys

class Told:
    def __init__(self, errors):
        self.write, self.flushes = errors.write, errors.flush

    def flush(self):
        self.flushes()
        os.kill(os.getpid(), signal.SIGTERM)

sys.stderr = Told(sys.stderr)
"""


@contextmanager
def host(
    parent: int | None = None, *preload: str, folder: Path | None = None
) -> Iterator[tuple[subprocess.Popen[bytes], socket.socket]]:
    files = RingFiles.create()
    ours, theirs = socket.socketpair()
    ours.settimeout(PATIENCE_S)
    numbers = ["--memory", files.memory, "--event", files.event, "--parent", parent or os.getpid()]
    process = subprocess.Popen(
        [sys.executable, "-m", "diorama.world.host", *map(str, numbers), *preload],
        stdin=theirs.fileno(),
        stderr=None if folder is None else subprocess.PIPE,
        env=None if folder is None else os.environ | {"PYTHONPATH": str(folder)},
        pass_fds=(files.memory, files.event),
    )
    theirs.close()
    with process, ours:
        yield process, ours
        process.kill()
    files.close()


def heard(ours: socket.socket) -> Iterator[FromHost]:
    deframer = Deframer()
    while data := ours.recv(65_536):
        yield from map(from_host, deframer.feed(data))


def begin(folder: Path) -> bytes:
    (folder / "diary.py").write_text(DIARY)
    return to_bytes(Begin("ses_1", f"{folder / 'diary.py'}:Diary", "{}", 1))


def test_a_world_hears_everything_in_order_before_it_renders(tmp_path: Path) -> None:
    did: list[ToHost] = [
        KeyDown(code="KeyW", key="w"),
        Prompt("rain"),
        Message("hello"),
        KeyUp(code="KeyW", key="w"),
    ]
    with host() as (process, ours):
        ours.sendall(begin(tmp_path) + b"".join(map(to_bytes, did)))
        said = [message.data for message in heard(ours) if isinstance(message, Say)]

        assert said == ['["start","KeyDown","rain","hello","KeyUp"]', '"stop"']
        assert process.wait(PATIENCE_S) == 0


def test_a_world_is_given_images_in_order_and_goes_on_after_one_that_cannot_be_decoded(
    tmp_path: Path,
) -> None:
    good, bad = tmp_path / "1", tmp_path / "2"
    good.write_bytes(png(6, 4))
    bad.write_bytes(bomb())
    did: list[ToHost] = [
        Prompt("before"),
        GiveImage(1, str(good), "rain"),
        GiveImage(2, str(bad), "snow"),
        Prompt("after"),
        Prompt("long after"),
    ]
    with host() as (process, ours):
        ours.sendall(begin(tmp_path) + b"".join(map(to_bytes, did)))
        told = list(heard(ours))
        said = [message.data for message in told if isinstance(message, Say)]
        seen = [(one.number, one.code) for one in told if isinstance(one, ImageSeen)]

        assert said[0] == '["start","before",[4,6,3,"rain"],"after","long after"]'
        assert seen == [(1, ""), (2, "image_size")]
        assert process.wait(PATIENCE_S) == 0


def test_a_host_whose_worker_hangs_up_stops_its_world_and_goes(tmp_path: Path) -> None:
    with host() as (process, ours):
        ours.sendall(begin(tmp_path))
        assert any(isinstance(message, FirstFrame) for message in heard(ours))
        ours.close()

        assert process.wait(PATIENCE_S) == 0


def test_a_host_that_is_told_nothing_goes_when_its_worker_does() -> None:
    with host() as (process, ours):
        ours.close()

        assert process.wait(PATIENCE_S) == 0


def test_a_host_that_is_told_to_end_while_it_goes_says_nothing_of_it(tmp_path: Path) -> None:
    (tmp_path / "told_as_it_goes.py").write_text(TOLD_AS_IT_GOES)
    with host(None, "told_as_it_goes", folder=tmp_path) as (process, ours):
        ours.close()
        _, errors = process.communicate(timeout=PATIENCE_S)

    assert (process.returncode, errors) == (0, b"")


def test_a_host_whose_worker_is_dead_already_does_not_begin() -> None:
    with host(parent=1) as (process, _):
        assert process.wait(PATIENCE_S) == 1


def test_a_host_dies_with_its_worker() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", PARENT], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as parent:
        assert parent.stdout is not None
        watched = os.pidfd_open(int(parent.stdout.readline()))
        parent.kill()

        assert gone(watched)
        os.close(watched)


def gone(pidfd: int) -> bool:
    poll = select.poll()
    poll.register(pidfd, select.POLLIN)
    return bool(poll.poll(PATIENCE_S * 1_000))


@pytest.mark.parametrize("options", ["[]", "{", '{"a":NaN}'])
def test_options_that_are_no_json_object_are_a_failure_to_start(
    tmp_path: Path, options: str
) -> None:
    (tmp_path / "diary.py").write_text(DIARY)
    with host() as (process, ours):
        ours.sendall(to_bytes(Begin("ses_1", f"{tmp_path / 'diary.py'}:Diary", options, 1)))

        assert "failed_to_start" in str(list(heard(ours)))
        assert process.wait(PATIENCE_S) == 1
