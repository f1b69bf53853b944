"""PostgreSQL: a few threads with a connection each; every unit is a transaction of its own.

It decides what is tried again and what is not. Before COMMIT is sent nothing has happened, so a
deadlock, a serialization failure or a lost connection runs the unit again, a few times, with
jitter. When the connection is lost during COMMIT nobody knows, and the caller is told so.

A thread owns its connection instead of borrowing one from a pool: there are exactly as many as can
be busy, none is handed around, and one that broke is replaced by the thread that saw it break.

What it does not do: decide time-outs of callers (`handover`), or hold locks across units.
"""

import asyncio
import random
import threading
from collections.abc import Sequence
from contextlib import suppress
from typing import Final, TypeVar

import psycopg
from psycopg import conninfo, errors, pq
from psycopg.abc import Buffer
from psycopg.adapt import Dumper, Loader
from psycopg.types.numeric import Int8Dumper

from diorama.kernel.clock import Clock
from diorama.kernel.errors import Invalid, Unavailable
from diorama.storage.database import (
    TIMEOUT_S,
    BrokenConstraint,
    Dialect,
    Row,
    Unit,
    Value,
    masked,
)
from diorama.storage.handover import Handover, Job
from diorama.storage.migrate import upgrade
from diorama.storage.statements import for_postgresql

__all__ = ["CONNECTIONS", "SESSION", "PostgresDatabase", "connection_settings"]

CONNECTIONS: Final = 8  # more only waits for the same row locks
_ATTEMPTS: Final = 5
_BACKOFF_S: Final = 0.01  # doubles; each wait is a random part of it
_CLOSE_TIMEOUT_S: Final = 30.0
_STATEMENTS: Final = 512  # prepared ones per connection
_UNLESS_GIVEN: Final = {
    "connect_timeout": "5",
    "application_name": "diorama",
    "target_session_attrs": "read-write",
    "keepalives_idle": "30",
    "keepalives_interval": "10",
    "keepalives_count": "3",
    "tcp_user_timeout": "15000",  # ms
}
SESSION: Final = (
    # PostgreSQL looks for deadlocks after 1 s: a wait ends later than that, so that it is found and
    # one of the transactions run again.
    "SET statement_timeout = '4s'; SET lock_timeout = '3s';"
    " SET idle_in_transaction_session_timeout = '5s'; SET timezone = 'UTC'"
)
_NOW: Final = "SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint"
_WRITE: Final = "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE"
_READ: Final = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
_UNSAFE: Final = (
    "SELECT name FROM pg_settings"
    " WHERE name IN ('fsync', 'full_page_writes') AND setting <> 'on' ORDER BY name"
)
_SETUP_LOCK: Final = 0x64696F72616D61  # "diorama": one gateway at a time prepares the database
_META: Final = (
    "CREATE TABLE IF NOT EXISTS store_meta (name TEXT PRIMARY KEY, value BIGINT NOT NULL)"
)
_META_WRITE: Final = (
    "INSERT INTO store_meta (name, value) VALUES ($1, $2)"
    " ON CONFLICT (name) DO UPDATE SET value = excluded.value"
)
# The time line grows at each promotion; the system identifier changes when the rows were restored
# into another cluster, where time lines start again.
_WHERE_WE_ARE: Final = (
    "SELECT ('x' || substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8))::bit(32)::bigint,"
    " (SELECT system_identifier FROM pg_control_system()), to_regclass('store_meta') IS NOT NULL"
)
_TIMELINES: Final = 1 << 20  # per generation

T = TypeVar("T")


def connection_settings(url: str) -> str:
    """Return what to connect with: the URL's settings, and ours where it has none.

    Raises:
        Invalid: it is not a URL of PostgreSQL's.
    """
    try:
        given = conninfo.conninfo_to_dict(url)
    except psycopg.ProgrammingError as error:
        raise Invalid(
            f"the database URL {masked(url)!r} is not one of PostgreSQL's: {error}",
            code="bad_database_url",
        ) from None
    return conninfo.make_conninfo(
        url, **{key: value for key, value in _UNLESS_GIVEN.items() if key not in given}
    )


class PostgresDatabase:
    """See `diorama.storage.database.Database`."""

    def __init__(
        self,
        url: str,
        *,
        clock: Clock | None = None,
        connections: int = CONNECTIONS,
        allow_unsafe: bool = False,
    ) -> None:
        """Prepare the database; raise where it is out of reach or may lose what it acknowledged."""
        self._conninfo = connection_settings(url)
        self._clock = clock
        self._incarnation = 0
        self._handover = Handover()
        self._stopping = threading.Event()
        self._prepare(masked(url), allow_unsafe=allow_unsafe)
        self._threads = [
            threading.Thread(
                target=_Server(self, self._handover, self._stopping).run,
                name=f"diorama-postgresql-{number}",
                daemon=True,
            )
            for number in range(connections)
        ]
        for thread in self._threads:
            thread.start()

    @property
    def incarnation(self) -> int:
        """Which history of the database this is; looked at again by every new connection."""
        return self._incarnation

    async def run(self, unit: Unit[T], *, timeout_s: float = TIMEOUT_S) -> T:
        """Run a unit at READ COMMITTED, and return its answer once it is committed."""
        return await self._handover.ask(unit, reads_only=False, timeout_s=timeout_s)

    async def read(self, unit: Unit[T], *, timeout_s: float = TIMEOUT_S) -> T:
        """Run a unit that only reads, on one snapshot."""
        return await self._handover.ask(unit, reads_only=True, timeout_s=timeout_s)

    async def close(self) -> None:
        """Finish what was accepted, then close every connection."""
        self._handover.close(threads=len(self._threads))
        self._stopping.set()
        for thread in self._threads:
            await asyncio.to_thread(thread.join, _CLOSE_TIMEOUT_S)

    def connect(self) -> psycopg.Connection[Row]:
        """Return a new connection, its session set up. Any thread may call it."""
        connection: psycopg.Connection[Row] = psycopg.connect(
            self._conninfo, autocommit=True, cursor_factory=psycopg.RawCursor
        )
        try:
            connection.execute(SESSION)
            connection.execute(
                "SELECT set_config('synchronous_commit', 'on', false)"
                " WHERE current_setting('synchronous_commit') = 'off'"
            )
            connection.prepare_threshold = 1
            connection.prepared_max = _STATEMENTS
            _speak_plainly(connection)
            self._recognise(connection)
        except BaseException:
            connection.close()
            raise
        return connection

    def transaction(self, connection: psycopg.Connection[Row]) -> "_Transaction":
        """Return what units on this connection are given."""
        return _Transaction(connection, self._clock)

    def _prepare(self, name: str, *, allow_unsafe: bool) -> None:
        """Check that the database keeps its word, and bring its schema up to date."""
        try:
            with psycopg.connect(self._conninfo, autocommit=True) as connection:
                unsafe = [] if allow_unsafe else connection.execute(_UNSAFE).fetchall()
                if unsafe:
                    raise _not_safe(name, [str(setting) for (setting,) in unsafe])
                upgrade(connection)
            self.connect().close()  # so that the incarnation is known
        except psycopg.Error as error:
            raise _translated(error, lost=True) from error

    def _recognise(self, connection: psycopg.Connection[Row]) -> None:
        """Learn which history this is, and write down a new one."""
        ((timeline, system, known),) = connection.execute(_WHERE_WE_ARE).fetchall()
        meta = _meta(connection) if known else {}
        if meta.get("system") != system:
            with connection.transaction():
                connection.execute(f"SELECT pg_advisory_xact_lock({_SETUP_LOCK})")
                connection.execute(_META)
                meta = _meta(connection)  # another gateway may have been here first
                generation = meta.get("generation", 0) + (meta.get("system", system) != system)
                meta = {"generation": generation, "system": system}
                for name, value in meta.items():
                    connection.execute(_META_WRITE, (name, value))
        self._incarnation = meta["generation"] * _TIMELINES + int(timeline)


def _not_safe(name: str, settings: list[str]) -> Unavailable:
    return Unavailable(
        f"PostgreSQL at {name} runs with {' and '.join(f'{s} = off' for s in settings)}: a crash"
        " would lose what it acknowledged; turn that on, or allow an unsafe database by name",
        code="unsafe_database",
        detail={"settings": list(settings)},
    )


def _meta(connection: psycopg.Connection[Row]) -> dict[str, int]:
    return dict(connection.execute("SELECT name, value FROM store_meta").fetchall())


class _Transaction:
    """See `diorama.storage.database.Transaction`. One cursor serves every unit of a connection."""

    dialect: Dialect = "postgresql"

    def __init__(self, connection: psycopg.Connection[Row], clock: Clock | None) -> None:
        self._connection = connection
        self._cursor = connection.cursor()
        self._writer = connection.cursor()
        self._unsent: list[tuple[str, Sequence[Value]]] = []
        self._clock = clock

    def begin(self, sql: str) -> None:
        """Begin a unit; what another one did not send is forgotten."""
        self._unsent.clear()
        self._cursor.execute(sql)

    def commit(self) -> str | None:
        """Commit the unit, and return what PostgreSQL says it did."""
        self._send("COMMIT")
        return self._cursor.statusmessage

    def now_us(self) -> int:
        if self._clock is not None:
            return self._clock.now_us()
        return int(self.run(_NOW)[0][0])

    def run(self, sql: str, *values: Value) -> list[Row]:
        cursor = self._cursor
        self._send(for_postgresql(sql), values)
        result = cursor.pgresult
        return cursor.fetchall() if result is not None and result.nfields else []

    def write(self, sql: str, *values: Value) -> None:
        self._unsent.append((for_postgresql(sql), values))

    def run_many(self, sql: str, rows: Sequence[Sequence[Value]]) -> None:
        self._unsent += [(for_postgresql(sql), values) for values in rows]

    def _send(self, sql: str, values: Sequence[Value] = ()) -> None:
        """Run a statement after all that were not sent yet, and wait once for all of them."""
        if not self._unsent:
            self._cursor.execute(sql, values or None)
            return
        unsent, self._unsent = self._unsent, []
        with self._connection.pipeline():
            for earlier in unsent:
                self._writer.execute(*earlier)
            self._cursor.execute(sql, values or None)


class _Server:
    """What each thread does: take a job, run it on the thread's own connection, answer it."""

    def __init__(
        self, database: PostgresDatabase, handover: Handover, stopping: threading.Event
    ) -> None:
        self._database = database
        self._handover = handover
        self._stopping = stopping
        self._connection: psycopg.Connection[Row] | None = None
        self._random = random.SystemRandom()

    def run(self) -> None:
        """Serve until the door is closed."""
        try:
            while (job := self._handover.next()) is not None:
                if job.claim():
                    self._serve(job)
                self._handover.answer((job,))
        finally:
            self._drop()

    def _serve(self, job: Job[object]) -> None:
        for attempt in range(_ATTEMPTS):
            if attempt:
                self._stopping.wait(self._random.uniform(0, _BACKOFF_S * 2**attempt))
            try:
                self._attempt(job)
            except psycopg.Error as error:
                job.fail(_translated(error, lost=self._is_lost()))
                if not self._may_try_again(error):
                    return
            except Exception as error:  # noqa: BLE001  it is the caller's, who gets it
                job.fail(error)
                self._undo()
                return
            else:
                job.error = None
                return
            if job.future.done():  # nobody waits for another attempt
                return

    def _attempt(self, job: Job[object]) -> None:
        if self._connection is None:
            self._connection = self._database.connect()
            self._transaction = self._database.transaction(self._connection)
            self._control = self._connection.cursor()
        self._transaction.begin(_READ if job.reads_only else _WRITE)
        job.start(self._transaction)
        self._commit()

    def _commit(self) -> None:
        try:
            said = self._transaction.commit()
        except psycopg.Error as error:
            if self._is_lost():
                self._drop()
                raise Unavailable(
                    "the connection to PostgreSQL was lost during COMMIT: the unit may or may not"
                    " have been applied",
                    code="commit_unknown",
                ) from error
            raise
        if said != "COMMIT":  # what PostgreSQL says of an aborted one
            raise AssertionError("a unit caught a database error and went on: it was rolled back")

    def _may_try_again(self, error: psycopg.Error) -> bool:
        """Undo what the attempt did, and return whether it may be repeated."""
        if self._connection is None:
            return True
        if self._is_lost():
            self._drop()
            return True
        self._undo()
        if isinstance(error, errors.ReadOnlySqlTransaction):
            self._drop()  # perhaps a primary that has stepped down: the next connection looks anew
        return isinstance(error, (errors.SerializationFailure, errors.DeadlockDetected))

    def _undo(self) -> None:
        connection = self._connection
        if connection is None or connection.info.transaction_status == pq.TransactionStatus.IDLE:
            return
        try:
            self._control.execute("ROLLBACK")
        except psycopg.Error:
            self._drop()

    def _is_lost(self) -> bool:
        return self._connection is None or self._connection.closed

    def _drop(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(psycopg.Error):
                connection.close()


class _FlagDumper(Dumper):
    """Stores a bool as 0 or 1, as SQLite does."""

    oid = Int8Dumper.oid

    def dump(self, obj: bool) -> Buffer:  # noqa: FBT001  the signature is psycopg's
        return b"1" if obj else b"0"


class _NumberLoader(Loader):
    """Loads NUMERIC, which sums and averages of integers are, as SQLite would."""

    def load(self, data: Buffer) -> int | float:
        text = bytes(data)
        return int(text) if text.lstrip(b"-").isdigit() else float(text)


def _speak_plainly(connection: psycopg.Connection[Row]) -> None:
    """Make values go and come as on SQLite.

    Every int goes as bigint: with psycopg's own choice by size, one statement would be prepared
    once for each mixture of sizes.
    """
    connection.adapters.register_dumper(int, Int8Dumper)
    connection.adapters.register_dumper(bool, _FlagDumper)
    connection.adapters.register_loader("numeric", _NumberLoader)


_CODES: Final[Sequence[tuple[type[psycopg.Error], str, str]]] = (
    (errors.LockNotAvailable, "lock_timeout", "a row was locked for too long"),
    (errors.QueryCanceled, "statement_timeout", "a statement took too long"),
    (errors.SerializationFailure, "overloaded", "other transactions kept getting in the way"),
    (errors.DeadlockDetected, "overloaded", "other transactions kept getting in the way"),
    (errors.DiskFull, "storage_full", "the disk is full and nothing was written"),
    (errors.IoError, "storage_failed", "the disk fails"),
    (errors.DataCorrupted, "storage_failed", "the data is damaged"),
    (errors.IndexCorrupted, "storage_failed", "the data is damaged"),
    (errors.InsufficientResources, "overloaded", "the server lacks resources"),
)


def _translated(error: psycopg.Error, *, lost: bool) -> Exception:
    """Return what a caller gets for an error of PostgreSQL's."""
    if isinstance(error, psycopg.IntegrityError):
        return BrokenConstraint(str(error))
    for kind, code, meaning in _CODES:
        if isinstance(error, kind):
            return Unavailable(f"PostgreSQL: {meaning} ({error})", code=code)
    if lost:
        return Unavailable(f"PostgreSQL is out of reach ({error})", code="database_unreachable")
    return error
