"""A script in the host's own process: every frame on virtual time, and the files it yields."""

import contextlib
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import av
import msgspec
import pytest

from diorama.agent.frame_ring import RingFiles
from diorama.agent.host_process import HOST_COMMAND
from diorama.agent.recording_facts import EVENTS, PREVIEW, THUMBNAIL, VIDEO
from diorama.agent.world_link import (
    SCRIPT,
    Begin,
    BeginRun,
    Deframer,
    FilesFailed,
    FirstFrame,
    FromHost,
    Kept,
    Over,
    Rendered,
    Rendering,
    from_host,
    to_bytes,
)
from diorama.protocol.input import KeyDown
from diorama.protocol.recording_views import RecordedFacts
from diorama.protocol.scripts import Cue, check_script
from diorama.protocol.worker import Frame

PATIENCE_S = 300.0

WORLDS = """
from diorama.world import *
import numpy as np
from time import monotonic

class Diary(World):
    size = (128, 96)
    fps = 20

    def start(self, context):
        self.context, self.heard = context, []
        context.send("ready")

    def on_input(self, event):
        self.heard.append(event.code)

    def on_prompt(self, text):
        self.heard.append(text)
        if text == "break":
            raise RuntimeError("it broke")
        if text == "enough":
            self.context.end()

    def on_message(self, data):
        self.heard.append(data)

    def render(self, time):
        self.context.send([time.number, time.elapsed_s, time.delta_s, self.heard])
        self.heard = []
        width, height = self.size
        return np.full((height, width, 3), time.number % 256, dtype=np.uint8)

class Elastic(Diary):
    resizable = True

class Unready(Diary):
    def start(self, context):
        raise FileNotFoundError("no model here")

class Clocked(Diary):
    realtime = True

    def render(self, time):
        self.context.send(monotonic())
        return super().render(time)

class Grain(World):
    def render(self, time):
        chance = np.random.default_rng(time.number)
        return chance.integers(0, 256, (720, 1280, 3), dtype=np.uint8)
"""


SMALL_DISK = (
    sys.executable,
    "-c",
    """import os, resource, signal, sys
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (40_000, 40_000))
os.execv(sys.argv[1], sys.argv[1:])""",
)
"""Runs a command to whom every file is too large."""


def script(*cues: Cue, end_ms: int) -> tuple[Cue, ...]:
    return (*cues, Cue(at_ms=end_ms, end=True))


@contextlib.contextmanager
def run(  # noqa: PLR0913 - what a run is
    folder: Path,
    cues: tuple[Cue, ...],
    *,
    entry: str = "",
    seed: int = 1,
    frame: Frame = Frame(),  # noqa: B008 - frozen
    full_disk: bool = False,
) -> Iterator[list[FromHost]]:
    """Yield all that a host says of a script."""
    (folder / "worlds.py").write_text(WORLDS)
    (folder / SCRIPT).write_bytes(msgspec.json.encode(cues))
    begin = Begin(
        session="run_1",
        entry=entry if "." in entry else f"{folder / 'worlds.py'}:{entry or 'Diary'}",
        options="{}",
        seed=seed,
        run=BeginRun(folder=str(folder), length_ms=check_script(cues), frame=frame),
    )
    files = RingFiles.create()
    ours, theirs = socket.socketpair()
    ours.settimeout(PATIENCE_S)
    numbers = ("--memory", files.memory, "--event", files.event, "--parent", os.getpid())
    process = subprocess.Popen(
        [*(SMALL_DISK if full_disk else ()), *HOST_COMMAND, *map(str, numbers)],
        stdin=theirs.fileno(),
        pass_fds=(files.memory, files.event),
    )
    theirs.close()
    with process, ours:
        ours.sendall(to_bytes(begin))
        yield list(_heard(ours))
        process.kill()
    files.close()


def _heard(ours: socket.socket) -> Iterator[FromHost]:
    deframer = Deframer()
    while data := ours.recv(65_536):
        yield from map(from_host, deframer.feed(data))


def facts(said: list[FromHost]) -> RecordedFacts:
    (kept,) = [message for message in said if isinstance(message, Kept)]
    return kept.facts


def events(folder: Path) -> list[dict[str, object]]:
    lines = (folder / EVENTS).read_bytes().splitlines()
    return [msgspec.json.decode(line) for line in lines]


def pictures(path: Path) -> tuple[int, tuple[int, int], str | None]:
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        count = sum(1 for _ in container.decode(stream))
        return count, (stream.width, stream.height), stream.codec_context.pix_fmt


def test_a_cue_comes_before_the_first_frame_that_is_not_before_it(tmp_path: Path) -> None:
    cues = script(
        Cue(at_ms=0, prompt="rain"),
        Cue(at_ms=50, input=KeyDown(code="KeyW", key="w")),
        Cue(at_ms=51, message={"a": 1}),
        end_ms=200,
    )
    with run(tmp_path, cues):
        pass
    said = [line["message"] for line in events(tmp_path) if line["type"] == "said"]

    assert said == [
        "ready",
        [0, 0.0, 0.0, ["rain"]],
        [1, 0.05, 0.05, ["KeyW"]],
        [2, 0.1, 0.05, [{"a": 1}]],
        [3, 0.15, 0.05, []],
    ]


def test_the_words_of_a_run_come_in_their_order(tmp_path: Path) -> None:
    with run(tmp_path, script(end_ms=1_000)) as said:
        words = [message for message in said if not isinstance(message, Rendering)]

    assert [type(message) for message in words] == [FirstFrame, Rendered, Kept, Over]
    assert words[1] == Rendered(20)
    assert said[-1] == Over("ended")


def test_the_files_hold_every_frame_and_play_while_they_load(tmp_path: Path) -> None:
    with run(tmp_path, script(end_ms=10_000)) as said:
        told = facts(said)
    video = (tmp_path / VIDEO).read_bytes()

    assert (told.frames, told.frames_dropped, told.duration_us) == (200, 0, 10_000_000)
    assert pictures(tmp_path / VIDEO) == (200, (128, 96), "yuv420p")
    assert pictures(tmp_path / PREVIEW) == (90, (128, 96), "yuv420p")
    assert pictures(tmp_path / THUMBNAIL)[0] == 1
    assert video.index(b"moov") < video.index(b"mdat")


def test_each_cue_has_its_line_with_its_frame(tmp_path: Path) -> None:
    cues = script(
        Cue(at_ms=120, prompt="rain"),
        Cue(at_ms=130, input=KeyDown(code="KeyW", key="w")),
        end_ms=201,
    )
    with run(tmp_path, cues):
        told = [line for line in events(tmp_path) if line["type"] != "said"]

    assert [(line["type"], line.get("at_ms"), line.get("frame")) for line in told] == [
        ("run", None, None),
        ("prompt", 120, 3),
        ("input", 130, 3),
        ("end", 201, 5),
    ]
    assert told[0] | {"run": "run_1", "seed": 1, "frames": 5, "fps": 20} == told[0]


def test_a_world_that_can_is_given_the_size_and_every_world_the_rate(tmp_path: Path) -> None:
    wanted = Frame(width=96, height=160, fps=25)
    with run(tmp_path, script(end_ms=400), entry="Elastic", frame=wanted) as said:
        told = facts(said)

    assert (told.width, told.height, told.fps, told.frames) == (96, 160, 25, 10)
    assert pictures(tmp_path / VIDEO) == (10, (96, 160), "yuv420p")


def test_the_video_of_a_world_that_cannot_has_the_size_that_was_asked_for(tmp_path: Path) -> None:
    with run(tmp_path, script(end_ms=400), frame=Frame(width=96, height=160)) as said:
        told = facts(said)

    assert (told.width, told.height) == (96, 160)
    assert pictures(tmp_path / VIDEO)[1] == (96, 160)


def test_the_hash_is_of_the_worlds_pictures_and_not_of_the_video(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    with run(tmp_path / "a", script(end_ms=400)) as said:
        first = facts(said)
    with run(tmp_path / "b", script(end_ms=400), frame=Frame(width=96, height=160)) as said:
        second = facts(said)

    assert first.frames_sha256 == second.frames_sha256


def test_a_world_that_ends_by_itself_ends_its_run_sooner(tmp_path: Path) -> None:
    with run(tmp_path, script(Cue(at_ms=100, prompt="enough"), end_ms=400)) as said:
        told = facts(said)

    assert told.frames == 2
    assert events(tmp_path)[-1] == {"type": "ended_by_world", "at_ms": 100, "frame": 2}


@pytest.mark.parametrize(
    ("entry", "cue", "outcome"),
    [
        ("Unready", Cue(at_ms=0, prompt="rain"), "failed_to_start"),
        ("Diary", Cue(at_ms=100, prompt="break"), "crashed"),
        ("Nobody", Cue(at_ms=0, prompt="rain"), "unknown_world"),
    ],
)
def test_a_world_that_fails_is_told_as_in_a_session(
    tmp_path: Path, entry: str, cue: Cue, outcome: str
) -> None:
    with run(tmp_path, script(cue, end_ms=400), entry=entry) as said:
        last = said[-1]

    assert isinstance(last, Over)
    assert last.outcome == outcome


def test_a_full_disk_is_no_fault_of_the_world(tmp_path: Path) -> None:
    with run(tmp_path, script(end_ms=1_000), entry="Grain", full_disk=True) as said:
        lost = [message for message in said if isinstance(message, FilesFailed)]

    assert len(lost) == 1
    assert "cannot be written" in lost[0].detail


@pytest.mark.parametrize("entry", ["cove:Cove", "dreamer:Dreamer"])
def test_a_shipped_world_gives_the_same_frames_for_the_same_script_and_seed(
    tmp_path: Path, entry: str
) -> None:
    cues = script(
        Cue(at_ms=100, prompt="a stormy night with a lighthouse"),
        Cue(at_ms=100, input=KeyDown(code="KeyW", key="w")),
        end_ms=300,
    )
    hashes = []
    for name, seed in (("one", 7), ("two", 7), ("three", 8)):
        (tmp_path / name).mkdir()
        world = f"diorama.world.demos.{entry}"
        with run(tmp_path / name, cues, entry=world, seed=seed) as said:
            hashes.append(facts(said).frames_sha256)

    assert hashes[0] == hashes[1]
    assert hashes[0] != hashes[2]


def test_a_world_bound_to_the_clock_is_no_faster_than_it(tmp_path: Path) -> None:
    with run(tmp_path, script(end_ms=400), entry="Clocked") as said:
        frames = facts(said).frames
    rendered_s = [line["message"] for line in events(tmp_path) if line["type"] == "said"][1::2]

    assert frames == 8
    assert float(str(rendered_s[-1])) - float(str(rendered_s[0])) >= 7 / 20
