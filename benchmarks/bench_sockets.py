"""Idle viewers' sockets: what each weighs, how fast they come, what a message costs.

Every socket is a viewer in the queue of one project: a session at rest, a durable attach, a place
in line, a `welcome`. The sessions are opened through the store before the gateway starts; a connect
is TCP, upgrade, `hello`, one durable transaction, `welcome`. Nobody leaves while it is measured.
"""

import asyncio
import tempfile
import time
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

import uvloop
from programs import Program, busiest_other_thread_s, cpu_s, resident_kib, running
from report import Figures, publish, scaled, versions, wait_for_quiet
from socket_load import Viewer, connect
from store import OWNER, Lane, opening, prepare

from diorama.accounts.credentials import SessionToken, sign_token
from diorama.gateway.bootstrap import load_secrets
from diorama.gateway.desk import Desk
from diorama.gateway.front import raise_open_files
from diorama.kernel.clock import SystemClock
from diorama.kernel.ids import IdFactory
from diorama.leases.timers import DEFAULTS
from diorama.sessions.opening import open_session
from diorama.sessions.work import Changes, Work
from diorama.storage.database import open_database

COUNTS: Final = (1_000, 5_000)
WARMING: Final = 50
AT_ONCE: Final = 64
BEATING: Final = 200
BEATS_EACH: Final = 100
IDLE_S: Final = 4.0
SETTLE_S: Final = 1.0
_MS: Final = 1_000
_US: Final = 1_000_000
GATEWAY: Final = """
[local_worker]
enabled = false
[timers]
claim_s = 600
detached_after_s = 120
stale_after_s = 120
[[projects]]
name = "bench0"
world = "bench:World"
pool = "pool0"
rules = { queue = { max_length = 20000 } }
"""


async def open_waiters(folder: Path, count: int) -> list[str]:
    """Open so many sessions that wait, and return their tokens."""
    secrets = load_secrets(folder)
    lane = Lane(0, OWNER, 0)
    database = open_database(f"sqlite://{folder}/diorama.db")
    desk = Desk(database, DEFAULTS, IdFactory(SystemClock()), _tell_nobody)
    await desk.do(lambda work: prepare(work, [lane]))
    tokens: list[str] = []

    def open_one(work: Work, number: int) -> str:
        opened = open_session(work, opening(lane, number))
        return sign_token(SessionToken(opened.session.id, opened.session.issue), secrets.tokens)

    async def opener(numbers: range) -> None:
        tokens.extend([await desk.do(partial(open_one, number=number)) for number in numbers])

    async with asyncio.TaskGroup() as tasks:
        for first in range(AT_ONCE):
            tasks.create_task(opener(range(first, count, AT_ONCE)))
    await database.close()
    return tokens


def _tell_nobody(_changes: Changes, _now_us: int) -> None:
    """Take what a unit changed: there are no sockets yet."""


@dataclass(slots=True)
class Crowd:
    """The viewers connected so far, and what the gateway weighed without them."""

    gateway: Program
    tokens: list[str]
    viewers: list[Viewer]
    base_kib: int

    async def grow(self, count: int) -> Figures:
        """Connect until there are so many, and return what that took."""
        more = self.tokens[len(self.viewers) : count]
        pid = self.gateway.pid
        cpu, store_s, began = cpu_s(pid), busiest_other_thread_s(pid), time.perf_counter()
        self.viewers += await connect(self.gateway.url, more, at_once=AT_ONCE)
        took = time.perf_counter() - began
        connect_s, store_s = cpu_s(pid) - cpu, busiest_other_thread_s(pid) - store_s
        await asyncio.sleep(SETTLE_S)
        grown_kib = resident_kib(pid) - self.base_kib
        idle = await self._idle_share()
        return {
            "sockets": len(self.viewers),
            "kib_per_socket": round(grown_kib / (len(self.viewers) - WARMING), 1),
            "connects_per_s": round(len(more) / took),
            "cpu_ms_per_connect": round(connect_s / len(more) * _MS, 3),
            "of_it_store_ms": round(store_s / len(more) * _MS, 3),
            "idle_cpu_percent": round(idle * 100, 1),
        }

    async def beat(self) -> Figures:
        """Beat on some of the sockets, and return what a message took."""
        some = self.viewers[:: max(1, len(self.viewers) // BEATING)][:BEATING]
        pid = self.gateway.pid
        cpu, began = cpu_s(pid), time.perf_counter()
        async with asyncio.TaskGroup() as tasks:
            for viewer in some:
                tasks.create_task(viewer.beat(BEATS_EACH))
        took, spent_s = time.perf_counter() - began, cpu_s(pid) - cpu
        messages = len(some) * BEATS_EACH
        return {
            "heartbeats": messages,
            "over_sockets": len(some),
            "of_sockets": len(self.viewers),
            "cpu_us_per_message": round(spent_s / messages * _US, 1),
            "messages_per_s": round(messages / took),
        }

    async def _idle_share(self) -> float:
        cpu, began = cpu_s(self.gateway.pid), time.perf_counter()
        await asyncio.sleep(IDLE_S)
        return (cpu_s(self.gateway.pid) - cpu) / (time.perf_counter() - began)


async def run(folder: Path) -> dict[str, list[Figures]]:
    """Return the tables."""
    raise_open_files()
    counts = sorted({scaled(count, least=WARMING * 2) for count in COUNTS})
    (folder / "data").mkdir()
    tokens = await open_waiters(folder / "data", max(counts))
    with running("gateway", folder, GATEWAY) as gateway:
        warm = await connect(gateway.url, tokens[:WARMING], at_once=AT_ONCE)
        await asyncio.sleep(SETTLE_S)
        base_kib = resident_kib(gateway.pid)
        crowd = Crowd(gateway, tokens, warm, base_kib)
        grown, beaten = [], []
        for count in counts:
            grown.append(await crowd.grow(count))
            beaten.append(await crowd.beat())
        for viewer in crowd.viewers:
            viewer.close()
    title = f"Waiting viewers in one queue, {AT_ONCE} connecting at once; base {base_kib} KiB"
    return {title: grown, "Heartbeats and their echoes": beaten}


def main() -> None:
    """Measure, print and write the results."""
    load = wait_for_quiet()
    with tempfile.TemporaryDirectory(prefix="diorama-bench-") as name:
        sections = uvloop.run(run(Path(name)))
    publish("sockets", load, versions("aiohttp", "uvloop", "msgspec", "picows"), sections)


if __name__ == "__main__":
    main()
