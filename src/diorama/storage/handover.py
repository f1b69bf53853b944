"""How units get from the event loop to the threads of a database, and their answers back.

It decides who is let in (a bound, a closed door, a failure) and who is answered what when the wait
is over. It knows no database. A job's claim is taken once: by the thread that starts the unit, or
by the time-out that gives it up, so "nothing was written" is never said of a unit that runs.
"""

import asyncio
import threading
from collections.abc import Iterable
from contextlib import suppress
from queue import Empty, SimpleQueue
from typing import Final, Generic, TypeVar, cast

from diorama.kernel.errors import Unavailable
from diorama.storage.database import Transaction, Unit

__all__ = ["CAPACITY", "Handover", "Job"]

CAPACITY: Final = 4096  # about four seconds of work: more would only be answered too late

T = TypeVar("T")


class Job(Generic[T]):
    """One unit on its way. The thread that won the claim fills in `result` or `error`."""

    __slots__ = ("_claim", "error", "future", "loop", "reads_only", "result", "unit")

    def __init__(self, unit: Unit[T], loop: asyncio.AbstractEventLoop, *, reads_only: bool) -> None:
        self.unit = unit
        self.reads_only = reads_only
        self.loop = loop
        self.future: asyncio.Future[T] = loop.create_future()
        self.result: T | None = None
        self.error: BaseException | None = None
        self._claim = threading.Lock()

    def claim(self) -> bool:
        """Return True to the first who asks, False to everybody after."""
        return self._claim.acquire(blocking=False)

    def start(self, transaction: Transaction) -> None:
        """Run the unit and keep its answer; its exception rises."""
        self.result = self.unit(transaction)

    def fail(self, error: BaseException) -> None:
        """Answer with an error, whatever the unit returned."""
        if isinstance(error, StopIteration):  # a future cannot carry it
            error = RuntimeError("a unit raised StopIteration")
        self.error = error

    def settle(self) -> None:
        """Give the caller the answer, unless the caller is gone."""
        if self.future.done():
            return
        if self.error is not None:
            self.future.set_exception(self.error)
        else:
            self.future.set_result(cast("T", self.result))


class Handover:
    """A bounded line of jobs between one event loop and the threads that run them.

    `ask` belongs to the event loop, `next`, `next_at_once` and `answer` to the threads; `refuse`
    and `close` may be called anywhere.
    """

    def __init__(self, capacity: int = CAPACITY) -> None:
        self._capacity = capacity
        self._line: SimpleQueue[Job[object] | None] = SimpleQueue()
        self._inside = 0  # jobs let in and not yet answered; touched by the event loop only
        self._refusal: Unavailable | None = None

    async def ask(self, unit: Unit[T], *, reads_only: bool, timeout_s: float) -> T:
        """Let a unit in, wait for its answer and return it. See `Database.run` for what rises."""
        if self._refusal is not None:
            raise _copy(self._refusal)
        if self._inside >= self._capacity:
            raise Unavailable(
                f"the store has {self._inside} units in line, and no room for more",
                code="overloaded",
            )
        loop = asyncio.get_running_loop()
        job = Job(unit, loop, reads_only=reads_only)
        self._inside += 1
        self._line.put(cast("Job[object]", job))
        timer = loop.call_later(timeout_s, _give_up, job, timeout_s)
        try:
            return await job.future
        finally:
            timer.cancel()

    def next(self) -> Job[object] | None:
        """Wait for the next job. None: the door is closed and everybody was served."""
        return self._line.get()

    def next_at_once(self) -> tuple[bool, Job[object] | None]:
        """Return whether something was in line, and it, as `next` would."""
        try:
            return True, self._line.get_nowait()
        except Empty:
            return False, None

    def answer(self, jobs: Iterable[Job[object]]) -> None:
        """Give callers their answers: one wake-up of the event loop for all of them."""
        loops: dict[asyncio.AbstractEventLoop, list[Job[object]]] = {}
        for job in jobs:
            loops.setdefault(job.loop, []).append(job)
        for loop, its_jobs in loops.items():
            with suppress(RuntimeError):  # the loop was closed: nobody waits any more
                loop.call_soon_threadsafe(self._settle, its_jobs)

    def refuse(self, refusal: Unavailable) -> None:
        """Let nobody in from now on, for this reason. The first reason stays."""
        if self._refusal is None:
            self._refusal = refusal

    def close(self, threads: int) -> None:
        """Let nobody in from now on and tell each of `threads` to stop after what is in line."""
        self.refuse(Unavailable("the store is closed", code="stopping"))
        for _ in range(threads):
            self._line.put(None)

    def _settle(self, jobs: list[Job[object]]) -> None:
        self._inside -= len(jobs)
        for job in jobs:
            job.settle()


def _give_up(job: Job[T], timeout_s: float) -> None:
    if job.future.done():
        return
    if job.claim():
        refusal = Unavailable(
            f"the store did not get to the unit within {timeout_s} s: nothing was written",
            code="overloaded",
        )
    else:
        refusal = Unavailable(
            f"the unit was not over after {timeout_s} s: it may yet be applied",
            code="commit_unknown",
        )
    job.future.set_exception(refusal)


def _copy(error: Unavailable) -> Unavailable:
    """Return a fresh one: an exception raised twice would grow a traceback without end."""
    return Unavailable(str(error), code=error.code, detail=error.detail)
