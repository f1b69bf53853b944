"""The database of a simulated world: production's SQLite rounds, in memory, on virtual time.

`_Writer` of `diorama.storage.sqlite` runs here without its thread: the same units, savepoints,
commits and answers. What is added is a disk that takes its time and may fail: a round may not be
committed, its answers may be lost, the server may be killed on either side of the commit.
"""

import asyncio
import random
import sqlite3
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final, TypeVar

from diorama.kernel.errors import Unavailable
from diorama.storage.database import TIMEOUT_S, Unit
from diorama.storage.folder import StoreFolder
from diorama.storage.handover import Handover, Job
from diorama.storage.migrate import upgrade
from diorama.storage.sqlite import _Writer
from tests.simulation.machine import HostClock, VirtualLoop

T = TypeVar("T")
_PATH: Final = Path("/simulated/diorama.db")


@cache
def _template() -> bytes:
    """Return an empty, migrated database."""
    connection = sqlite3.connect(":memory:", isolation_level=None)
    upgrade(connection)
    image = connection.serialize()
    connection.close()
    return image


@dataclass(slots=True)
class Disk:
    """How the store behaves now: chances per round, and how long a commit takes."""

    round_s: float = 0.002
    not_committed: float = 0.0
    answer_lost: float = 0.0
    slow: float = 0.0


class _Cursor(sqlite3.Cursor):
    """The cursor of rounds: a COMMIT on it may find the disk full."""

    fails_next_commit = False

    def execute(self, sql: str, values: object = (), /) -> "_Cursor":
        if sql == "COMMIT" and self.fails_next_commit:
            self.fails_next_commit = False
            error = sqlite3.OperationalError("database or disk is full")
            error.sqlite_errorcode = sqlite3.SQLITE_FULL
            raise error
        super().execute(sql, values)  # type: ignore[arg-type]  # any the base takes
        return self


class _Folder(StoreFolder):
    """A folder that lives as long as its world."""

    def __init__(self) -> None:
        self._starts = 0

    def next_incarnation(self, stored: int) -> int:
        self._starts = max(stored, self._starts) + 1
        return self._starts

    def release(self) -> None:
        return


class _Answers(Handover):
    """Takes answers where production wakes an event loop from a thread."""

    def __init__(self) -> None:
        super().__init__()
        self.jobs: list[Job[object]] = []

    def answer(self, jobs: Iterable[Job[object]]) -> None:
        self.jobs.extend(jobs)


class Store:
    """The database server. Calls `committed` after each commit that wrote something."""

    def __init__(self, loop: VirtualLoop, clock: HostClock, rng: random.Random, disk: Disk) -> None:
        self._loop = loop
        self._clock = clock
        self._rng = rng
        self.disk = disk
        self.committed: Callable[[], None] = lambda: None
        self.counts = {"not_committed": 0, "answer_lost": 0, "slow_disk": 0}
        self.connection = sqlite3.connect(":memory:", isolation_level=None, cached_statements=512)
        self.connection.deserialize(_template())
        self._folder = _Folder()
        self._line: list[tuple[Job[object], StoreHandle]] = []
        self._round: asyncio.TimerHandle | None = None
        self._busy_until_s = 0.0
        self.incarnation = 0
        self.is_down = False
        self.jumps: list[tuple[int, int]] = []  # when its time went otherwise than time, how much
        self._ahead_us: int | None = None
        self.start()

    def start(self) -> None:
        """Start the server on what is on disk."""
        self._answers = _Answers()
        self._writer = _Writer(_PATH, self._clock, self._answers)
        self.incarnation = self._writer._begin(self.connection, self._folder)
        self._cursor = self.connection.cursor(_Cursor)
        self._writer._cursor = self._cursor
        self.is_down = False
        ahead_us = self.database_us() - self._loop.now_us
        if self._ahead_us not in {None, ahead_us}:
            self.jumps.append((self._loop.now_us, ahead_us - (self._ahead_us or 0)))
        self._ahead_us = ahead_us

    def database_us(self) -> int:
        """Return the time that units are told now."""
        return self._writer._transaction._clock.now_us()

    def kill(self) -> None:
        """Kill the server: what is not committed is gone, whoever waits hears nothing of it."""
        self.is_down = True
        if self._round is not None:
            self._round.cancel()
            self._round = None
        line, self._line = self._line, []
        for job, handle in line:
            self._tell(job, handle, _unknown())

    def take(self, job: Job[object], handle: "StoreHandle") -> None:
        """Put a job in line; a round takes what is there when the disk is free."""
        if self.is_down:
            self._tell(job, handle, _unreachable())
            return
        self._line.append((job, handle))
        if self._round is None:
            wait_s = self._rng.random() * 2 * self.disk.round_s
            at_s = max(self._loop.time() + wait_s, self._busy_until_s)
            self._round = self._loop.outside(at_s, self._run_round)

    def look(self, job: Job[object]) -> None:
        """Run a job that only reads, now: readers wait for no disk."""
        self._writer._read([job])
        self._answers.jobs.clear()

    def ask(self, unit: Unit[T]) -> T:
        """Return what a unit reads now, for the oracle."""
        job = Job(unit, self._loop, reads_only=True)
        self.look(job)  # type: ignore[arg-type]  # jobs of any answer
        job.settle()
        return job.future.result()

    def _run_round(self) -> None:
        self._round = None
        line, self._line = self._line, []
        before = self.connection.total_changes
        chance, disk = self._rng.random(), self.disk
        if chance < disk.not_committed:
            self.counts["not_committed"] += 1
            self._cursor.fails_next_commit = True
        self._writer._line.extend(job for job, _ in line)
        while self._writer._line:  # a round of production is bounded: what is left is the next one
            self._writer._write()
        self._cursor.fails_next_commit = False
        self._answers.jobs.clear()
        if self.connection.total_changes != before:
            self.committed()
        self._answer_round(line, chance)

    def _answer_round(self, line: list[tuple[Job[object], "StoreHandle"]], chance: float) -> None:
        lost = 1 - chance < self.disk.answer_lost
        delay_s = 0.0
        if self.disk.slow and self._rng.random() < self.disk.slow:
            self.counts["slow_disk"] += 1
            delay_s = self._rng.uniform(0.05, 8.0)
            self._busy_until_s = self._loop.time() + delay_s
        if lost:
            self.counts["answer_lost"] += 1
        for job, handle in line:
            error = _unknown() if lost and job.error is None else None
            if delay_s:
                self._loop.outside(self._busy_until_s, self._tell, job, handle, error)
            else:
                self._tell(job, handle, error)

    def _tell(self, job: Job[object], handle: "StoreHandle", error: Exception | None) -> None:
        if error is not None:
            job.error = error
        handle.settle(job)


class StoreHandle:
    """One gateway's connection to the store. See `diorama.storage.database.Database`."""

    def __init__(self, loop: VirtualLoop, store: Store, rng: random.Random) -> None:
        self._loop = loop
        self._store = store
        self._rng = rng
        self.is_cut = False  # its process is gone
        self.is_out_of_reach = False

    @property
    def incarnation(self) -> int:
        """How often the store was started."""
        return self._store.incarnation

    async def run(self, unit: Unit[T], *, timeout_s: float = TIMEOUT_S) -> T:
        """See `Database.run`."""
        if self.is_cut:
            raise asyncio.CancelledError
        if self.is_out_of_reach:
            await asyncio.sleep(min(1.0, timeout_s))
            raise _unreachable()
        job = Job(unit, self._loop, reads_only=False)
        self._store.take(job, self)  # type: ignore[arg-type]  # jobs of any answer
        return await job.future

    async def read(self, unit: Unit[T], *, timeout_s: float = TIMEOUT_S) -> T:
        """See `Database.read`."""
        if self.is_cut:
            raise asyncio.CancelledError
        if self.is_out_of_reach or self._store.is_down:
            await asyncio.sleep(min(1.0, timeout_s))
            raise _unreachable()
        job = Job(unit, self._loop, reads_only=True)
        self._store.look(job)  # type: ignore[arg-type]  # jobs of any answer
        if self._rng.random() < 0.1:  # now and then the answer is old when it comes
            await asyncio.sleep(self._rng.random() * 0.02)
        job.settle()
        return job.future.result()

    async def close(self) -> None:
        """See `Database.close`."""
        self.is_cut = True

    def settle(self, job: Job[object]) -> None:
        """Give a caller its answer, if its process still lives and is in reach."""
        if self.is_cut:
            return
        if self.is_out_of_reach:
            job.error = _unknown()
        job.settle()


def _unknown() -> Unavailable:
    return Unavailable("the connection was lost in COMMIT", code="commit_unknown")


def _unreachable() -> Unavailable:
    return Unavailable("the database does not answer", code="database_unreachable")
