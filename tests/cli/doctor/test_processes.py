"""Processes that nobody needs, found by number and start and by nothing else."""

import os
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator

import pytest

from diorama.agent.process_group import MARK, OWNER, own_name
from diorama.cli.doctor.processes import (
    LocalProcess,
    clients_of,
    left_behind,
    listener_of,
    owner_of,
    read_processes,
    role_of,
)

Start = Callable[..., int]


@pytest.fixture
def start() -> Iterator[Start]:
    """Return what starts a process that waits, with something in its environment."""
    running: list[subprocess.Popen[bytes]] = []

    def begin(**environment: str) -> int:
        command = [sys.executable, "-c", "print(flush=True); input()"]
        process = subprocess.Popen(
            command,
            env={**os.environ, **environment},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        assert process.stdout is not None
        process.stdout.readline()
        running.append(process)
        return process.pid

    yield begin
    for process in running:
        process.communicate()


def test_what_a_worker_that_is_gone_started_is_found_and_nothing_else(start: Start) -> None:
    own = own_name()
    pid, _, started = own.partition(".")
    left = start(**{MARK: "boot", OWNER: "4194303.1"})
    recycled = start(**{MARK: "boot", OWNER: f"{pid}.{int(started) + 1}"})
    unknown = start(**{MARK: "boot"})
    stranger = start()

    found = read_processes()
    me = LocalProcess(int(pid), int(started), ("diorama", "worker"), "worker")
    mine = start(**{MARK: "boot", OWNER: own})
    everything = [*read_processes(), me]

    assert {left, recycled, unknown} <= {one.pid for one in found}
    assert stranger not in {one.pid for one in found}
    behind = {one.pid for one in left_behind(everything)}
    assert {left, recycled} <= behind
    assert not {unknown, mine, stranger} & behind


@pytest.mark.parametrize(
    ("command", "role"),
    [
        (("python", "-m", "diorama.cli", "gateway"), "gateway"),
        (("/x/.venv/bin/python", "/x/.venv/bin/diorama", "up"), "up"),
        (("diorama", "worker"), "worker"),
        (("diorama", "sessions", "ls"), None),
        (("vim", "diorama"), None),
        (("grep", "diorama", "upwards"), None),
    ],
)
def test_a_command_line_tells_what_runs(command: tuple[str, ...], role: str | None) -> None:
    assert role_of(command, is_marked=False) == role
    assert role_of(command, is_marked=True) == "world"


@pytest.mark.parametrize("said", [None, "", "12", "a.b", "12.", "-1.2"])
def test_an_owner_that_is_none_is_none(said: str | None) -> None:
    assert owner_of(said) is None


def test_who_listens_and_who_is_connected_is_told_by_number() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        with socket.create_connection(("127.0.0.1", port)), server.accept()[0]:
            assert listener_of(port) == os.getpid()
            assert clients_of(port) == {os.getpid(): 1}
    assert clients_of(port).get(os.getpid()) is None
