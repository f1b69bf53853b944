"""SQLite: one writer connection on a thread of its own, and one fsync for many units.

It decides what shares a transaction. A round takes what is in line: units that only read run first,
on what is committed, and are answered at once; the others share one BEGIN IMMEDIATE, a savepoint
each, and are answered after the COMMIT is on disk. While one round waits for the disk the next one
gathers, so the batch grows with the load and nobody waits for company.

What it does not do: share the file. SQLite below 3.44.6, 3.50.7 and 3.51.3 can lose a WAL that
several connections write and checkpoint; here is one connection, and checkpoints run on its thread.
"""

import asyncio
import contextlib
import sqlite3
import threading
from collections import deque
from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from pathlib import Path
from typing import Final, TypeVar

import structlog

from diorama.kernel.clock import Clock, LedgerClock, SystemClock
from diorama.kernel.errors import Unavailable
from diorama.kernel.units import MILLISECOND_US, SECOND_US
from diorama.storage.backup import BackupMaker
from diorama.storage.database import (
    TIMEOUT_S,
    BrokenConstraint,
    Dialect,
    Row,
    Transaction,
    Unit,
    Value,
)
from diorama.storage.folder import StoreFolder, in_use
from diorama.storage.handover import Handover, Job
from diorama.storage.migrate import upgrade
from diorama.storage.statements import for_sqlite

__all__ = ["SqliteDatabase"]

_PRAGMAS: Final = (
    "PRAGMA busy_timeout=5000",
    "PRAGMA locking_mode=EXCLUSIVE",  # before the first access: the WAL index then needs no file
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",  # NORMAL may roll back what was answered
    "PRAGMA foreign_keys=ON",
    "PRAGMA temp_store=MEMORY",
    "PRAGMA cache_size=-65536",  # KiB
    # An automatic checkpoint hides its I/O errors, so `_checkpoint` asks for it, and sees them.
    "PRAGMA wal_autocheckpoint=0",
)
_META: Final = (
    "CREATE TABLE IF NOT EXISTS store_meta (name TEXT PRIMARY KEY, value BIGINT NOT NULL)"
)
_META_WRITE: Final = (
    "INSERT INTO store_meta (name, value) VALUES (?, ?)"
    " ON CONFLICT (name) DO UPDATE SET value = excluded.value"
)
_IS_HELD: Final = "SELECT EXISTS (SELECT 1 FROM slot WHERE session_id IS NOT NULL)"
_STEP_US: Final = 2 * SECOND_US  # what a clock that is only corrected does not reach
# Errors after which the process may not go on: I/O, a damaged file, a file taken away.
_BROKEN: Final = frozenset(
    {
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_CORRUPT,
        sqlite3.SQLITE_NOTADB,
        sqlite3.SQLITE_READONLY,
        sqlite3.SQLITE_CANTOPEN,
    }
)
_OLDEST: Final = (3, 35, 0)  # RETURNING
_STATEMENTS: Final = 512  # prepared ones kept: more than all stores have
_ROUND_JOBS: Final = 256
_ROUND_US: Final = 8 * MILLISECOND_US  # then commit: who came first does not wait for who came last
_CHECKPOINT_ROWS: Final = 2_000  # about 10 MB of WAL
_CHECKPOINT_COMMITS: Final = 500
_CLOSE_TIMEOUT_S: Final = 30.0

T = TypeVar("T")

_LOG: Final[structlog.stdlib.BoundLogger] = structlog.get_logger(__name__)


class SqliteDatabase:
    """See `diorama.storage.database.Database`."""

    def __init__(
        self, path: str, *, clock: Clock | None = None, machine_start: int | None = None
    ) -> None:
        """Open the file, or make it, and take its folder for this process.

        `machine_start` is a number of the start of the machine that the clock's BOOTTIME counts
        from; None is not known.
        """
        self._handover = Handover()
        opened: Future[int] = Future()
        writer = _Writer(Path(path), clock or SystemClock(), self._handover, machine_start)
        self._thread = threading.Thread(
            target=writer.run, args=(opened,), name="diorama-sqlite", daemon=True
        )
        self._thread.start()
        try:
            self._incarnation = opened.result()
        except BaseException:
            self._thread.join()
            raise

    @property
    def incarnation(self) -> int:
        """How often this store was opened, this time included."""
        return self._incarnation

    async def run(self, unit: Unit[T], *, timeout_s: float = TIMEOUT_S) -> T:
        """Run a unit, commit it, and return its answer once the commit is on disk."""
        return await self._handover.ask(unit, reads_only=False, timeout_s=timeout_s)

    async def read(self, unit: Unit[T], *, timeout_s: float = TIMEOUT_S) -> T:
        """Run a unit that only reads what is committed."""
        return await self._handover.ask(unit, reads_only=True, timeout_s=timeout_s)

    async def close(self) -> None:
        """Finish what was accepted, then close the file and release its folder."""
        self._handover.close(threads=1)
        await asyncio.to_thread(self._thread.join, _CLOSE_TIMEOUT_S)


class _Transaction:
    """See `diorama.storage.database.Transaction`. One cursor serves every unit of the writer."""

    dialect: Dialect = "sqlite"

    def __init__(self, connection: sqlite3.Connection, clock: LedgerClock) -> None:
        self._cursor = connection.cursor()
        self._clock = clock
        self.told_us = 0  # the latest time a unit was told

    def now_us(self) -> int:
        self.told_us = now_us = self._clock.now_us()
        return now_us

    def run(self, sql: str, *values: Value) -> list[Row]:
        return self._cursor.execute(for_sqlite(sql), values).fetchall()

    def write(self, sql: str, *values: Value) -> None:
        self._cursor.execute(for_sqlite(sql), values)

    def run_many(self, sql: str, rows: Sequence[Sequence[Value]]) -> None:
        self._cursor.executemany(for_sqlite(sql), rows)


class _Writer:
    """What the thread does. Everything below runs on it alone."""

    def __init__(
        self,
        path: Path,
        clock: Clock,
        handover: Handover,
        machine_start: int | None = None,
    ) -> None:
        self._path = path
        self._clock = clock
        self._machine_start = machine_start
        self._handover = handover
        self._line: deque[Job[object]] = deque()
        self._closing = False
        self._floor_us = 0
        self._unchecked_commits = 0
        self._unchecked_rows = 0

    def run(self, opened: "Future[int]") -> None:
        """Open, serve until the door is closed, close."""
        try:
            folder = StoreFolder(self._path)
        except Unavailable as refusal:
            opened.set_exception(refusal)
            return
        try:
            with contextlib.closing(self._connected()) as connection:
                opened.set_result(self._begin(connection, folder))
                self._serve()
                self._end()
        except BaseException as error:  # noqa: BLE001  a thread ends: whoever waits has to be told
            if opened.done():
                self._refuse_everybody(error)
            else:
                opened.set_exception(_translated(error, self._path))
        finally:
            folder.release()

    def _connected(self) -> sqlite3.Connection:
        if sqlite3.sqlite_version_info < _OLDEST:
            raise Unavailable(
                f"this Python has SQLite {sqlite3.sqlite_version}; Diorama needs 3.35 or newer",
                code="storage_failed",
            )
        return sqlite3.connect(self._path, isolation_level=None, cached_statements=_STATEMENTS)

    def _begin(self, connection: sqlite3.Connection, folder: StoreFolder) -> int:
        """Prepare the connection and return this start's incarnation."""
        for pragma in _PRAGMAS:
            connection.execute(pragma).fetchall()
        upgrade(connection)
        connection.execute("BEGIN IMMEDIATE")
        connection.execute(_META)
        meta = dict(connection.execute("SELECT name, value FROM store_meta").fetchall())
        incarnation = folder.next_incarnation(meta.get("incarnation", 0))
        connection.execute(_META_WRITE, ("incarnation", incarnation))
        self._floor_us = meta.get("ledger_us", 0)
        ledger = self._ledger(connection, meta)
        connection.execute("COMMIT")
        self._connection = connection
        self._cursor = connection.cursor()
        self._transaction = _Transaction(connection, ledger)
        return incarnation

    def _ledger(self, connection: sqlite3.Connection, meta: Mapping[str, int]) -> LedgerClock:
        """Return the clock to go by.

        While slots are held, leases and meters run on: time then goes on from the last process on
        this start of the machine, and a step of the wall clock in between is nobody's. Without any
        the wall clock is believed again, so that a machine which started with a wrong one heals.
        """
        ((is_held,),) = connection.execute(_IS_HELD).fetchall()
        same = self._machine_start is not None and meta.get("machine") == self._machine_start
        ahead_us = meta.get("ahead_us") if same and is_held else None
        ledger = LedgerClock(self._clock, floor_us=self._floor_us, ahead_us=ahead_us)
        step_us = self._clock.now_us() - ledger.now_us()
        if ahead_us is not None and abs(step_us) > _STEP_US:
            _LOG.warning(
                "the wall clock was stepped while the store was closed: it is left out until no"
                " slot is held at a start",
                step_s=step_us / SECOND_US,
            )
        if self._machine_start is not None:
            connection.execute(_META_WRITE, ("machine", self._machine_start))
            connection.execute(_META_WRITE, ("ahead_us", ledger.ahead_us))
        return ledger

    def _serve(self) -> None:
        backups = BackupMaker(self._path, self._clock.boottime_us)
        while self._gather():
            self._round()
            token = backups.wanted()
            if token is not None:
                backups.make(token, self._connection, self._serve_at_once)

    def _serve_at_once(self) -> bool:
        """Serve a round of those who are there, if any; return whether more may come."""
        self._admit_those_there()
        if self._line:
            self._round()
        return not self._closing

    def _round(self) -> None:
        reads = [job for job in self._line if job.reads_only]
        if reads:
            self._line = deque(job for job in self._line if not job.reads_only)
            self._read(reads)
        if self._line:
            self._write()
            self._checkpoint_when_due()

    def _gather(self) -> bool:
        """Fill the line from the door, waiting only while it is empty. False: all are served."""
        if not self._line and not self._closing:
            self._admit(self._handover.next())
        self._admit_those_there()
        return bool(self._line)

    def _admit_those_there(self) -> None:
        while len(self._line) < _ROUND_JOBS and not self._closing:
            some, job = self._handover.next_at_once()
            if not some:
                break
            self._admit(job)

    def _admit(self, job: Job[object] | None) -> None:
        if job is None:
            self._closing = True
        else:
            self._line.append(job)

    def _read(self, jobs: list[Job[object]]) -> None:
        """Run units that only read. The rollback makes sure that they did."""
        for job in jobs:
            if not job.claim():
                continue
            before = self._connection.total_changes
            self._cursor.execute("BEGIN")
            _run(job, self._transaction)
            self._undo()
            if self._connection.total_changes != before:
                job.fail(AssertionError("a unit given to Database.read wrote something"))
        broken = next((job.error for job in jobs if _is_broken(job.error)), None)
        self._answer(jobs)
        if broken is not None:
            raise broken

    def _write(self) -> None:
        """Run units from the line in one transaction, until it is long enough; answer them."""
        jobs: list[Job[object]] = []
        before = self._connection.total_changes
        try:
            self._cursor.execute("BEGIN IMMEDIATE")
            self._run_savepoints(jobs)
            changes = self._connection.total_changes - before
            told_us = self._transaction.told_us
            if changes and told_us > self._floor_us:  # what was stored may hold this time
                self._cursor.execute(_META_WRITE, ("ledger_us", told_us))
                self._floor_us = told_us
            self._cursor.execute("COMMIT")
        except BaseException as error:
            self._undo()
            self._floor_us = 0  # as far as is known: the next commit writes it again
            for job in jobs:
                job.fail(job.error or error)
            self._answer(jobs)
            if not isinstance(error, sqlite3.Error) or _is_broken(error):
                raise
        else:
            self._answer(jobs)
            self._unchecked_commits += 1
            self._unchecked_rows += changes

    def _run_savepoints(self, jobs: list[Job[object]]) -> None:
        """Move units from the line to `jobs` and run each; one that raises undoes only itself."""
        execute = self._cursor.execute
        line, clock, transaction = self._line, self._clock, self._transaction
        until_us = clock.boottime_us() + _ROUND_US
        while line and clock.boottime_us() < until_us:
            job = line.popleft()
            jobs.append(job)
            if not job.claim():
                continue
            execute("SAVEPOINT unit")
            _run(job, transaction)
            if job.error is not None:
                self._undo_savepoint(job.error)
            execute("RELEASE unit")

    def _undo_savepoint(self, error: BaseException) -> None:
        """Undo one unit. Raises where nothing of the others is left, or to be trusted, either."""
        if _is_broken(error):
            raise error
        if not self._connection.in_transaction:  # SQLite undid everything, as it may when full
            raise error if isinstance(error, sqlite3.Error) else sqlite3.OperationalError("undone")
        self._cursor.execute("ROLLBACK TO unit")

    def _undo(self) -> None:
        if self._connection.in_transaction:
            # An I/O error has its own way of ending a transaction; the first error is the one told.
            with contextlib.suppress(sqlite3.Error):
                self._cursor.execute("ROLLBACK")

    def _checkpoint_when_due(self) -> None:
        """Move the WAL into the file, between rounds, when there is enough of it."""
        if (
            self._unchecked_commits < _CHECKPOINT_COMMITS
            and self._unchecked_rows < _CHECKPOINT_ROWS
        ):
            return
        self._unchecked_commits = self._unchecked_rows = 0
        try:
            self._cursor.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()
        except sqlite3.Error as error:
            if _is_broken(error):
                raise
            # Full: the WAL goes on growing where it may, and the next checkpoint tries again.

    def _end(self) -> None:
        """Keep the time that was told to units which wrote nothing."""
        told_us = self._transaction.told_us
        if told_us > self._floor_us:
            with contextlib.suppress(sqlite3.OperationalError):  # full: it was told, never stored
                self._cursor.execute(_META_WRITE, ("ledger_us", told_us))

    def _answer(self, jobs: Sequence[Job[object]]) -> None:
        for job in jobs:
            if isinstance(job.error, sqlite3.Error):
                job.error = _translated(job.error, self._path)
        self._handover.answer(jobs)

    def _refuse_everybody(self, error: BaseException) -> None:
        """Answer all who wait, and all who still get in, that the store is of no use any more."""
        _LOG.critical("storage failed: restart the process", path=str(self._path), exc_info=error)
        refusal = Unavailable(
            f"the store {self._path} failed ({error}): what was under way may or may not be on"
            " disk, and nothing more is tried before a restart",
            code="storage_failed",
        )
        self._handover.refuse(refusal)
        while self._gather():
            for job in self._line:
                if job.claim():
                    job.fail(Unavailable(str(refusal), code=refusal.code))
            self._handover.answer(self._line)
            self._line = deque()


def _run(job: Job[object], transaction: Transaction) -> None:
    """Run the unit and keep what it returns or raises."""
    try:
        job.start(transaction)
    except Exception as error:  # noqa: BLE001  it is the caller's, who gets it with the answer
        job.fail(error)


def _is_broken(error: BaseException | None) -> bool:
    """Return whether, after this error, what is on disk can only be learned by a restart.

    After a failed fsync the kernel may drop what it could not write and report success next time,
    so nothing is tried twice.
    """
    if not isinstance(error, sqlite3.Error):
        return False
    return getattr(error, "sqlite_errorcode", 0) & 0xFF in _BROKEN


def _translated(error: BaseException, path: Path) -> BaseException:
    """Return what a caller gets for an error of SQLite's."""
    if isinstance(error, sqlite3.IntegrityError):
        return BrokenConstraint(str(error))
    if not isinstance(error, sqlite3.Error):
        return error
    if _is_broken(error):
        return Unavailable(f"the store {path} failed: {error}", code="storage_failed")
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code == sqlite3.SQLITE_FULL:
        return Unavailable(
            f"the disk under {path.parent} is full: nothing was written; make room there",
            code="storage_full",
        )
    if code == sqlite3.SQLITE_BUSY:
        return in_use(path.parent, "another program that has the file open")
    return error
