"""`diorama up`: keeps children running until it is told to stop, then ends them one by one.

It decides nothing about restarts (`restarts` does) and nothing about readiness (`readiness` does).
Each child is in a process group of its own, so that Ctrl-C in a terminal reaches the supervisor
alone, and ends with the supervisor whatever becomes of it (`parent`).
"""

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field

from diorama.cli.parent import PARENT_VARIABLE
from diorama.cli.restarts import GiveUp, after_end
from diorama.kernel.clock import Clock, SystemClock
from diorama.kernel.units import SECOND_US


async def at_once() -> None:
    """Wait for nothing."""


@dataclass(kw_only=True)
class Child:
    """One program to keep running.

    Attributes:
        name: what it is called in messages.
        command: how it is started.
        environment: what it gets beside the supervisor's own environment.
        stop_within_s: how long it may take to end once it is asked to; then it is killed.
        may_start: awaited before its first start.
    """

    name: str
    command: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=dict)
    stop_within_s: float = 5.0
    may_start: Callable[[], Awaitable[None]] = at_once


class Supervisor:
    """Runs children, the first of which the others need; they are stopped in reverse order."""

    def __init__(
        self,
        children: Sequence[Child],
        *,
        say: Callable[[str], None],
        clock: Clock | None = None,
    ) -> None:
        self.stop = asyncio.Event()
        self._children = children
        self._say = say
        self._clock = clock or SystemClock()
        self._hurry = asyncio.Event()
        self._exit_code = 0

    def ask_to_stop(self) -> None:
        """Stop; asked a second time, wait for nobody."""
        if self.stop.is_set():
            self._hurry.set()
        self.stop.set()

    async def run(self, when_running: Callable[[], Awaitable[None]] = at_once) -> int:
        """Keep the children running until `stop`; return what to exit with.

        `when_running` runs beside them, and is cancelled when stopping begins.
        """
        async with asyncio.TaskGroup() as group:
            beside = group.create_task(_run(when_running))
            stops = [asyncio.Event() for _ in self._children]
            tasks = [
                group.create_task(self._keep(child, stop))
                for child, stop in zip(self._children, stops, strict=True)
            ]
            await self.stop.wait()
            beside.cancel()
            for stop, task in zip(reversed(stops), reversed(tasks), strict=True):
                stop.set()
                await task
        return self._exit_code

    async def _keep(self, child: Child, stop: asyncio.Event) -> None:
        quick_ends = 0
        if not await _unless(stop, child.may_start()):
            return
        while not stop.is_set():
            started_us = self._clock.boottime_us()
            exit_code = await self._run_once(child, stop)
            if stop.is_set():
                return
            ran_s = (self._clock.boottime_us() - started_us) / SECOND_US
            decision = after_end(exit_code=exit_code, ran_s=ran_s, quick_ends=quick_ends)
            if isinstance(decision, GiveUp):
                self._exit_code = decision.exit_code
                self._say(f"the {child.name} cannot run (exit code {exit_code}); stopping")
                self.stop.set()
                return
            quick_ends = decision.quick_ends
            again = f"in {decision.delay_s:g} s" if decision.delay_s else "at once"
            self._say(f"the {child.name} ended ({_ending(exit_code)}); it starts again {again}")
            await _unless(stop, asyncio.sleep(decision.delay_s))

    async def _run_once(self, child: Child, stop: asyncio.Event) -> int:
        process = await asyncio.create_subprocess_exec(
            *child.command,
            stdin=asyncio.subprocess.DEVNULL,
            env={**os.environ, **child.environment, PARENT_VARIABLE: str(os.getpid())},
            process_group=0,
        )
        try:
            await _unless(stop, _ended(process))
        finally:
            if process.returncode is None:
                await self._end(process, child.stop_within_s)
        return process.returncode if process.returncode is not None else 1

    async def _end(self, process: asyncio.subprocess.Process, within_s: float) -> None:
        with contextlib.suppress(ProcessLookupError):
            process.terminate()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(within_s):
                await _unless(self._hurry, _ended(process))
        if process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()


def _ending(exit_code: int) -> str:
    return signal.Signals(-exit_code).name if exit_code < 0 else f"exit code {exit_code}"


def diorama(*arguments: str) -> list[str]:
    """Return the command line of another `diorama`, with the Python that runs this one."""
    return [sys.executable, "-m", "diorama.cli", *arguments]


async def _ended(process: asyncio.subprocess.Process) -> None:
    await process.wait()


async def _run(action: Callable[[], Awaitable[None]]) -> None:
    await action()


async def _unless(event: asyncio.Event, waiting: Awaitable[None]) -> bool:
    """Wait for `waiting` or for the event; return whether it was the former."""
    async with _task(_awaited(waiting)) as wanted, _task(_set(event)) as broken_off:
        await asyncio.wait({wanted, broken_off}, return_when=asyncio.FIRST_COMPLETED)
        if wanted.done():
            wanted.result()
        return wanted.done()


async def _awaited(waiting: Awaitable[None]) -> None:
    await waiting


async def _set(event: asyncio.Event) -> None:
    await event.wait()


@contextlib.asynccontextmanager
async def _task(work: Awaitable[None]) -> AsyncIterator[asyncio.Task[None]]:
    """Yield a task that is gone when the block is left."""
    task = asyncio.ensure_future(work)
    assert isinstance(task, asyncio.Task), "made of a coroutine"
    try:
        yield task
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
