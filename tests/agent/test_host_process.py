"""A host that is kept ready: taken once, made again, ended with its worker, and no loss if lost."""

import asyncio
import contextlib
import os
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from diorama.agent.host_process import Hosts
from diorama.agent.process_group import read_process
from diorama.agent.run_state import RunState

PATIENCE_S = 60.0
MARK = "b" * 16


@pytest.fixture
def state(tmp_path: Path) -> RunState:
    return RunState.take(tmp_path / "state", "w", boot_id=MARK)


@contextlib.asynccontextmanager
async def kept_ready(state: RunState) -> AsyncIterator[Hosts]:
    hosts = Hosts(state, mark=MARK, preload=("json",))
    keeping = asyncio.create_task(hosts.run())
    try:
        yield hosts
    finally:
        keeping.cancel()
        await asyncio.wait({keeping})
        state.close()


async def one_turn() -> None:
    """Let the task that keeps a host do what it was told."""
    for _ in range(3):
        await asyncio.sleep(0)


async def test_a_host_is_ready_only_where_one_was_asked_for(state: RunState) -> None:
    async with kept_ready(state) as hosts:
        before = children()
        await one_turn()
        assert children() == before
        hosts.make_ready()
        await one_turn()
        (ready,) = children() - before

        host = hosts.take()
        assert host.group.pid == ready
        another = hosts.take()
        assert another.group.pid != ready

        await host.end()
        await another.end()


async def test_a_host_that_was_taken_is_followed_by_another_when_that_is_asked_for(
    state: RunState,
) -> None:
    async with kept_ready(state) as hosts:
        hosts.make_ready()
        await one_turn()
        first = hosts.take()
        await one_turn()
        before = children()

        hosts.make_ready()
        await one_turn()

        assert len(children() - before) == 1
        await first.end()


async def test_a_host_that_was_taken_tells_its_exit_to_who_took_it(state: RunState) -> None:
    async with kept_ready(state) as hosts:
        hosts.make_ready()
        await one_turn()
        host = hosts.take()
        exit_watch = asyncio.create_task(host.group.leader_exit())
        await one_turn()

        host.group.kill()

        await asyncio.wait_for(exit_watch, PATIENCE_S)
        await host.end()


async def test_a_host_that_died_while_it_waited_is_given_to_nobody(state: RunState) -> None:
    async with kept_ready(state) as hosts:
        before = children()
        hosts.make_ready()
        await one_turn()
        (ready,) = children() - before
        os.kill(ready, signal.SIGKILL)
        await asyncio.to_thread(os.waitid, os.P_PID, ready, os.WEXITED | os.WNOWAIT)

        host = hosts.take()

        assert host.group.pid != ready
        assert host.is_alive
        await host.end()


async def test_a_host_that_nobody_took_ends_with_its_worker(state: RunState) -> None:
    async with kept_ready(state) as hosts:
        before = children()
        hosts.make_ready()
        await one_turn()
        (ready,) = children() - before

    assert read_process(ready) is None


def children() -> set[int]:
    """Return the numbers of this process's children."""
    found: set[int] = set()
    for task in Path("/proc/self/task").iterdir():
        with contextlib.suppress(OSError):  # a thread that ended by now
            found |= {int(word) for word in (task / "children").read_text().split()}
    return found
