"""Workers that are gone for long: when one is forgotten, and how its name comes back. Pure.

A fleet that scales brings a new name with each machine, so what is never heard again must not stay
in the tables that every beat, dispatch and listing reads. What stays is a row that none of those
read: what the worker was called, which history names, and what its name must come back with: its
id, the number of its last registration, the start that was given up, who put it out of service,
and a term that no slot of it was ever given above. It does not decide when a worker is lost.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from diorama.leases.slots import Slot, SlotState
from diorama.workers.capabilities import Standing, Worker

HOLDS_NOTHING: Final = frozenset({SlotState.FREE, SlotState.RETIRED})
"""States in which a slot neither has anything nor waits for a proof or a time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PastWorker:
    """What is left of a worker that was forgotten.

    Attributes:
        boot_id: its last start, which must not come back: it was given up.
        socket: the number of its last registration.
        heard_us: when it was last heard.
        slots: how many slots to make when it comes back: one more than the highest index.
        term: the highest term that one of its slots was given under.
    """

    id: str
    name: str
    region: str
    pool: str
    boot_id: str
    socket: int
    heard_us: int
    drains_until_us: int | None
    drained_by: str | None
    slots: int
    term: int


def is_gone(worker: Worker, slots: Sequence[Slot], now_us: int, *, after_us: int) -> bool:
    """Whether a worker may be forgotten: unheard that long, lost, and no slot of it at work."""
    is_lost = worker.standing(now_us) is Standing.LOST
    is_idle = all(slot.state in HOLDS_NOTHING for slot in slots)
    return is_lost and is_idle and worker.heard_us + after_us <= now_us


def put_away(worker: Worker, slots: Sequence[Slot]) -> PastWorker:
    """Return what is kept of a worker that is forgotten."""
    return PastWorker(
        id=worker.id,
        name=worker.name,
        region=worker.region,
        pool=worker.pool,
        boot_id=worker.boot_id,
        socket=worker.socket,
        heard_us=worker.heard_us,
        drains_until_us=worker.drains_until_us,
        drained_by=worker.drained_by,
        slots=max((slot.index + 1 for slot in slots), default=0),
        term=max((slot.term for slot in slots), default=0),
    )


def brought_back(past: PastWorker) -> tuple[Worker, list[Slot]]:
    """Return a worker and its slots as they were: lost, and every slot withdrawn."""
    worker = Worker(
        id=past.id,
        name=past.name,
        region=past.region,
        pool=past.pool,
        boot_id=past.boot_id,
        draining=past.drained_by is not None,
        kinds=(),
        encoders=(),
        version="",
        registered_us=past.heard_us,
        heard_us=past.heard_us,
        soft_until_us=past.heard_us,
        hard_until_us=past.heard_us,
        socket=past.socket,
        drains_until_us=past.drains_until_us,
        drained_by=past.drained_by,
    )
    return worker, [_withdrawn(past, index) for index in range(past.slots)]


def _withdrawn(past: PastWorker, index: int) -> Slot:
    return Slot(
        id=f"{past.id}.{index}",
        worker_id=past.id,
        index=index,
        pool=past.pool,
        region=past.region,
        state=SlotState.RETIRED,
        term=past.term,
        session_id=None,
        fence_until_us=None,
        failures=0,
        version=1,
    )
