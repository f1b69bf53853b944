"""Time that is only counted, and processes that can be killed, stopped and woken in it.

The event loop is asyncio's own; its selector waits for nothing and steps the clock instead. Every
task belongs to a `Process`: what a killed one would still have run is dropped, `finally` included,
and what a stopped one would run is kept for when it is woken, as SIGKILL and SIGSTOP do.
"""

import asyncio
import contextvars
import math
import selectors
import socket
from collections.abc import Callable, Coroutine, Mapping
from typing import Final, TypeAlias

from diorama.kernel.units import SECOND_US
from tests.clock import NOON_US

Callback: TypeAlias = Callable[..., object]

_CURRENT: Final[contextvars.ContextVar["Process | None"]] = contextvars.ContextVar(
    "process", default=None
)


class _NoFiles(selectors.BaseSelector):
    """A selector for a world without files: waiting is stepping the clock."""

    def __init__(self) -> None:
        self.now_us = 0
        self._files: dict[int, selectors.SelectorKey] = {}

    def register(
        self, fileobj: object, events: int, data: object = None
    ) -> selectors.SelectorKey:  # the loop's own pipe, never written to
        fd = _number(fileobj)
        self._files[fd] = selectors.SelectorKey(fd, fd, events, data)
        return self._files[fd]

    def unregister(self, fileobj: object) -> selectors.SelectorKey:
        fd = _number(fileobj)
        return self._files.pop(fd)

    def get_map(self) -> Mapping[object, selectors.SelectorKey]:  # type: ignore[override]  # keys are its own
        return dict[object, selectors.SelectorKey](self._files.items())

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout is None:
            raise AssertionError("nothing will ever happen again in this world")
        self.now_us += math.ceil(timeout * SECOND_US)
        return []


def _number(fileobj: object) -> int:
    assert isinstance(fileobj, int | socket.socket)  # the loop's own pipe
    return fileobj if isinstance(fileobj, int) else fileobj.fileno()


class VirtualLoop(asyncio.SelectorEventLoop):
    """An event loop whose time is `now_us`, and whose callbacks belong to processes."""

    def __init__(self) -> None:
        self._idle = _NoFiles()
        self._tasks: list[asyncio.Task[object]] = []
        self._task_count = 0
        super().__init__(self._idle)

    @property
    def now_us(self) -> int:
        """Microseconds since the world began."""
        return self._idle.now_us

    def time(self) -> float:
        return self._idle.now_us / SECOND_US

    def outside(self, at_s: float, callback: Callback, *args: object) -> asyncio.TimerHandle:
        """Call at a time, as nobody's doing: what is under way arrives though its sender died."""
        return self.call_at(at_s, callback, *args, context=contextvars.Context())

    def run_in_executor(  # type: ignore[override]  # asyncio takes a pool, and types its answer
        self,
        executor: object,  # noqa: ARG002  asyncio's own argument
        func: Callback,
        *args: object,
    ) -> asyncio.Future[object]:
        """Run what production gives to a thread here and now: a history has one thread."""
        future = self.create_future()
        try:
            future.set_result(func(*args))
        except Exception as error:  # noqa: BLE001  the caller's, as from a thread
            future.set_exception(error)
        return future

    def create_task(  # type: ignore[override]  # any result will do here
        self, coro: Coroutine[object, object, object], **kwargs: object
    ) -> asyncio.Task[object]:
        """Hold on to every task: the collector must not end one, at a time of its own choice."""
        task: asyncio.Task[object] = super().create_task(coro, **kwargs)  # type: ignore[arg-type]  # ours
        if len(self._tasks) > 2 * self._task_count + 100:
            self._tasks = [one for one in self._tasks if not one.done()]
            self._task_count = len(self._tasks)
        self._tasks.append(task)
        return task

    def tasks(self) -> list[asyncio.Task[object]]:
        """Return the tasks that are not over, in the order of their making."""
        return [one for one in self._tasks if not one.done()]

    def call_soon(
        self, callback: Callback, *args: object, context: contextvars.Context | None = None
    ) -> asyncio.Handle:
        owner = _CURRENT.get() if context is None else context.get(_CURRENT)
        if owner is None:
            return super().call_soon(callback, *args, context=context)
        step = Step(owner, callback, args, context)
        step.handle = super().call_soon(step, context=context)
        return step.handle

    def call_at(
        self,
        when: float,
        callback: Callback,
        *args: object,
        context: contextvars.Context | None = None,
    ) -> asyncio.TimerHandle:
        owner = _CURRENT.get() if context is None else context.get(_CURRENT)
        if owner is None:
            return super().call_at(when, callback, *args, context=context)
        step = Step(owner, callback, args, context)
        step.handle = handle = super().call_at(when, step, context=context)
        return handle


class Step:
    """One callback of a process, which may be dead or stopped when its turn comes."""

    __slots__ = ("_args", "_callback", "_context", "_owner", "handle")

    def __init__(
        self,
        owner: "Process",
        callback: Callback,
        args: tuple[object, ...],
        context: contextvars.Context | None,
    ) -> None:
        self._owner = owner
        self._callback = callback
        self._args = args
        self._context = context
        self.handle: asyncio.Handle

    def __call__(self) -> None:
        owner = self._owner
        if owner.is_dead:
            owner.dropped.append(self)
        elif owner.is_stopped:
            owner.kept.append(self)
        else:
            is_off = self.handle.cancelled()  # perhaps while it was kept
            del self.handle  # which holds on to this step: a ring that only the collector breaks
            if not is_off:
                self._callback(*self._args)

    def again(self, loop: VirtualLoop) -> None:
        """Take its turn now. Its first handle stays the one by which it may be called off."""
        asyncio.SelectorEventLoop.call_soon(loop, self, context=self._context)


class Process:
    """A process of the simulated world: gateway, worker, or a viewer's page."""

    def __init__(self, loop: VirtualLoop, name: str) -> None:
        self.name = name
        self.loop = loop
        self.is_dead = False
        self.is_stopped = False
        self.kept: list[Step] = []
        self.dropped: list[Step] = []  # held on to: a collected coroutine would run its `finally`

    @property
    def runs(self) -> bool:
        """Whether it does anything now."""
        return not (self.is_dead or self.is_stopped)

    def spawn(self, work: Coroutine[object, object, None]) -> asyncio.Task[object]:
        """Run a coroutine, and whatever it starts, as this process."""
        context = contextvars.copy_context()
        context.run(_CURRENT.set, self)
        return context.run(self._spawn, work)

    def _spawn(self, work: Coroutine[object, object, None]) -> asyncio.Task[object]:
        task = self.loop.create_task(work)
        task.add_done_callback(_fail_loudly)
        return task

    def kill(self) -> None:
        """End as SIGKILL does: nothing more of it runs."""
        self.is_dead = True
        self.dropped += self.kept
        self.kept = []

    def stop(self) -> None:
        """Stop as SIGSTOP does."""
        self.is_stopped = True

    def wake(self) -> None:
        """Go on as SIGCONT does, with all that came due meanwhile."""
        self.is_stopped = False
        kept, self.kept = self.kept, []
        for step in kept:
            step.again(self.loop)

    def bury(self) -> None:
        """After the simulation: let what is left of its tasks be cancelled."""
        self.is_dead = self.is_stopped = False
        for step in self.dropped + self.kept:
            step.again(self.loop)


def _fail_loudly(task: asyncio.Task[object]) -> None:
    """Let an error that nobody handles end the simulation: it is a bug of the product."""
    if task.cancelled():
        return
    error = task.exception()
    if error is not None:
        loop = task.get_loop()
        loop.call_exception_handler({"message": "a task failed", "exception": error, "task": task})


class HostClock:
    """The clocks of one host: see `diorama.kernel.clock.Clock`. Its wall clock may be set."""

    def __init__(self, loop: VirtualLoop, *, ahead_us: int = 0) -> None:
        self._loop = loop
        self._ahead_us = ahead_us

    def now_us(self) -> int:
        return NOON_US + self._loop.now_us + self._ahead_us

    def boottime_us(self) -> int:
        return SECOND_US + self._loop.now_us

    def step_wall(self, by_us: int) -> None:
        """Set the wall clock."""
        self._ahead_us += by_us
