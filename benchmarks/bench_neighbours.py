"""What one account's flood does to another: its admissions over HTTP beside the flood, and without.

The neighbour's viewers ask at a fixed pace, timed from when each request was due; rounds with and
without the flood take turns in one gateway. The flood asks with one API key over 32 connections, as
fast as it is answered, from a process of its own: after its burst nearly all are refused (429).
"""

import asyncio
import json
import sys
import tempfile
from asyncio.subprocess import PIPE
from collections import Counter
from pathlib import Path
from typing import Final

import uvloop
from bench_admission import paced
from flood import CONNECTIONS
from http_load import post_sessions
from programs import cpu_s, running
from report import Figures, median, publish, quantile, scaled, versions, wait_for_quiet
from store import Lane, prepare

from diorama.accounts.keys import Key, KeyKind
from diorama.gateway.desk import Desk
from diorama.kernel.clock import SystemClock
from diorama.kernel.ids import IdFactory, digest
from diorama.leases.timers import DEFAULTS
from diorama.projects.store import BY_API
from diorama.sessions.work import Changes, Work
from diorama.storage.database import open_database

PER_S: Final = 20
ROUND_S: Final = 15
ROUNDS: Final = 3
SETTLE_S: Final = 1.0
"""For the flood to use its burst up, and for its last answers to leave."""
FLOODS: Final = Lane(0, "acc_flood", 20_000)
NEIGHBOUR: Final = Lane(1, "acc_neighbour", 20_000)
SECRET: Final = f"dio_flood-{'k' * 60}"
GATEWAY: Final = """
[local_worker]
enabled = false
[timers]
claim_s = 600
accept_assignment_s = 120
"""


def _fill(work: Work) -> None:
    prepare(work, [FLOODS, NEIGHBOUR])
    for project in work.stores.projects.all():
        work.stores.projects.keep_settings(project.id, BY_API)  # they are in no settings
    work.stores.keys.add(
        Key(
            id="key_flood",
            account_id=FLOODS.account_id,
            kind=KeyKind.API,
            digest=digest(SECRET),
            name="flood",
            created_us=work.now_us,
        )
    )


def _tell_nobody(_changes: Changes, _now_us: int) -> None:
    """Take what a unit changed: there are no sockets here."""


async def _prepare(url: str) -> None:
    database = await asyncio.to_thread(open_database, url)
    await Desk(database, DEFAULTS, IdFactory(SystemClock()), _tell_nobody).do(_fill)
    await database.close()


async def _flood(url: str, for_s: float) -> Counter[str]:
    script = str(Path(__file__).with_name("flood.py"))
    child = await asyncio.create_subprocess_exec(
        sys.executable, script, url, SECRET, str(for_s), stdout=PIPE
    )
    told, _ = await child.communicate()
    return Counter(json.loads(told))


class Neighbours:
    """Rounds of one gateway.

    Attributes:
        took: the times of the neighbour's requests, by round, without and with the flood.
        answered: what the flood was answered in all, by status.
        used_s: the gateway's processor time, by round, likewise.
    """

    def __init__(self) -> None:
        self.took: dict[bool, list[list[float]]] = {False: [], True: []}
        self.used_s: dict[bool, list[float]] = {False: [], True: []}
        self.answered = Counter[str]()

    async def run(self, folder: Path) -> None:
        """Measure all rounds."""
        (folder / "data").mkdir()
        await _prepare(f"sqlite://{folder}/data/diorama.db")
        count = scaled(PER_S * ROUND_S, least=PER_S)
        with running("gateway", folder, GATEWAY) as gateway:
            async with post_sessions(gateway.url, PER_S, NEIGHBOUR.project) as post:
                for turn in range(2 * ROUNDS):
                    floods = turn % 2 == 1
                    for_s = count / PER_S + 2 * SETTLE_S
                    flood = asyncio.create_task(_flood(gateway.url, for_s)) if floods else None
                    await asyncio.sleep(SETTLE_S)
                    before_s = cpu_s(gateway.pid)
                    self.took[floods].append(await paced(post, turn * count, count, per_s=PER_S))
                    self.used_s[floods].append(cpu_s(gateway.pid) - before_s)
                    if flood is not None:
                        self.answered += await flood
                    await asyncio.sleep(SETTLE_S)

    def rows(self) -> list[Figures]:
        """Return the neighbour's times without and with the flood."""
        return [
            {
                "beside it": name,
                "p50_ms": _ms(self.took[floods], 0.5),
                "p99_ms": _ms(self.took[floods], 0.99),
                "slowest_ms": _ms(self.took[floods], 1),
                "gateway_cpu_s": round(median(self.used_s[floods]), 2),
            }
            for floods, name in ((False, "nobody"), (True, "an account that floods"))
        ]

    def flood(self) -> Figures:
        """Return what the flood was answered."""
        asked = sum(self.answered.values())
        seconds = ROUNDS * (scaled(PER_S * ROUND_S, least=PER_S) / PER_S + 2 * SETTLE_S)
        return {
            "connections": CONNECTIONS,
            "asked_per_s": round(asked / seconds),
            "given_a_session": self.answered["201"],
            "refused": self.answered["429"],
            "anything_else": asked - self.answered["201"] - self.answered["429"],
        }


def _ms(rounds: list[list[float]], share: float) -> float:
    return round(median([quantile(one, share) for one in rounds]) * 1_000, 2)


def main() -> None:
    """Measure, print and write the results."""
    load = wait_for_quiet()
    neighbours = Neighbours()
    with tempfile.TemporaryDirectory(prefix="diorama-bench-") as name:
        uvloop.run(neighbours.run(Path(name)))
    sections = {
        f"The neighbour's admissions over HTTP, {PER_S}/s": neighbours.rows(),
        "The flood": [neighbours.flood()],
    }
    publish("neighbours", load, versions("uvloop", "aiohttp", "fastapi"), sections)


if __name__ == "__main__":
    main()
