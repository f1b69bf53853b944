"""Real children, which report by a socket: that it closes is how a test knows that one is gone."""

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from diorama.cli.supervisor import Child, Supervisor

WITHIN_S = 60
CHILD = """
import os, signal, socket, sys
path, name, on_term = sys.argv[1:]
if on_term == "ignore":
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
report = socket.socket(socket.AF_UNIX)
report.connect(path)
report.sendall(f"{name} {os.getpid()}\\n".encode())
if on_term.isdigit():
    os._exit(int(on_term))
while True:
    signal.pause()
"""
PARENT = """
import os, subprocess, sys
env = {**os.environ, "DIORAMA_SUPERVISOR_PID": str(os.getpid())}
subprocess.run([sys.executable, "-c", sys.argv[2], *sys.argv[1:2], "child", "obey"], env=env)
"""
FOLLOW = "from diorama.cli.parent import end_with_parent\nend_with_parent()\n"


class Reported:
    """One run of a child."""

    def __init__(self, name: str, pid: int) -> None:
        self.name = name
        self.pid = pid
        self.over = asyncio.Event()

    async def gone(self) -> None:
        async with asyncio.timeout(WITHIN_S):
            await self.over.wait()


class Reports:
    """What children report, in order."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.ended: list[str] = []
        self._queue: asyncio.Queue[Reported] = asyncio.Queue(100)

    async def take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        name, pid = (await reader.readline()).decode().split()
        reported = Reported(name, int(pid))
        await self._queue.put(reported)
        with contextlib.suppress(ConnectionError):
            await reader.read()
        writer.close()
        self.ended.append(name)
        reported.over.set()

    async def next(self) -> Reported:
        async with asyncio.timeout(WITHIN_S):
            return await self._queue.get()

    def child(self, name: str, on_term: str = "obey", stop_within_s: float = WITHIN_S) -> Child:
        command = [sys.executable, "-I", "-c", CHILD, str(self.path), name, on_term]
        return Child(name=name, command=command, stop_within_s=stop_within_s)


@pytest.fixture
async def reports(tmp_path: Path) -> AsyncIterator[Reports]:
    found = Reports(tmp_path / "s")
    server = await asyncio.start_unix_server(found.take, found.path)
    async with server:
        yield found


@contextlib.asynccontextmanager
async def running(supervisor: Supervisor) -> AsyncIterator[asyncio.Task[int]]:
    async with asyncio.TaskGroup() as group:
        task = group.create_task(supervisor.run())
        try:
            yield task
        finally:
            supervisor.ask_to_stop()


def supervise(*children: Child, said: list[str] | None = None) -> Supervisor:
    lines = [] if said is None else said
    return Supervisor(children, say=lines.append)


async def test_a_killed_child_is_started_again_at_once(reports: Reports) -> None:
    said: list[str] = []
    async with running(supervise(reports.child("gateway"), said=said)):
        first = await reports.next()
        os.kill(first.pid, signal.SIGKILL)
        second = await reports.next()

    assert second.pid != first.pid
    assert said == ["the gateway ended (SIGKILL); it starts again at once"]


async def test_stopping_ends_the_last_child_first(reports: Reports) -> None:
    supervisor = supervise(reports.child("gateway"), reports.child("worker", "ignore", 0.2))
    async with running(supervisor):
        children = {one.name: one for one in (await reports.next(), await reports.next())}
        supervisor.ask_to_stop()
        for child in children.values():
            await child.gone()

    assert reports.ended == ["worker", "gateway"]


async def test_a_child_that_will_not_stop_is_killed(reports: Reports) -> None:
    supervisor = supervise(reports.child("gateway", "ignore", 0.1))
    async with running(supervisor) as task:
        child = await reports.next()
        supervisor.ask_to_stop()
        await child.gone()

    assert task.result() == 0


async def test_a_second_request_to_stop_waits_for_nobody(reports: Reports) -> None:
    supervisor = supervise(reports.child("gateway", "ignore"))
    async with asyncio.timeout(WITHIN_S - 1), running(supervisor):
        child = await reports.next()
        supervisor.ask_to_stop()
        supervisor.ask_to_stop()
        await child.gone()


async def test_a_child_that_was_set_wrongly_ends_all(reports: Reports) -> None:
    said: list[str] = []
    gateway_runs = asyncio.Event()
    worker = reports.child("worker", "2")

    async def gateway_first() -> None:
        await gateway_runs.wait()

    worker.may_start = gateway_first
    async with running(supervise(reports.child("gateway"), worker, said=said)) as task:
        gateway = await reports.next()
        gateway_runs.set()
        await gateway.gone()

    assert task.result() == 2
    assert said == ["the worker cannot run (exit code 2); stopping"]


async def test_stopping_does_not_wait_for_a_start_that_is_put_off(reports: Reports) -> None:
    late = reports.child("worker")

    async def never() -> None:
        await asyncio.Event().wait()

    late.may_start = never
    supervisor = supervise(reports.child("gateway"), late)
    async with running(supervisor) as task:
        await reports.next()

    assert task.result() == 0


async def test_a_child_ends_with_a_supervisor_that_is_killed(reports: Reports) -> None:
    command = [sys.executable, "-c", PARENT, str(reports.path), FOLLOW + CHILD]
    parent = await asyncio.create_subprocess_exec(*command)
    child = await reports.next()
    parent.kill()
    await parent.wait()

    await child.gone()
