"""Workers as the outside sees them: each for the operator, counted for others. Pure."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from diorama.leases.slots import Slot, SlotState
from diorama.protocol.views import HealthWord, LoadView, PoolView, SlotView, WorkerView
from diorama.sessions.show import time_of
from diorama.simulations.lifecycle import is_run
from diorama.workers.capabilities import Standing, Worker


def worker_view(worker: Worker, slots: Sequence[Slot], now_us: int) -> WorkerView:
    """Return a worker and its slots, as the operator may see them."""
    standing = worker.standing(now_us)
    return WorkerView(
        id=worker.id,
        name=worker.name,
        region=worker.region,
        pool=worker.pool,
        state=standing.value,
        heard_at=time_of(worker.heard_us),
        slots=tuple(_slot_view(slot) for slot in slots),
        kinds=worker.kinds,
        encoders=worker.encoders,
        version=worker.version,
        load=_load(slots),
        health=_health(standing, slots),
        registered_at=time_of(worker.registered_us),
        host=worker.host,
        drains_at=_time(worker.drains_until_us),
        drained_by=worker.drained_by,
    )


def pool_views(
    workers: Sequence[Worker],
    slots: Mapping[str, Sequence[Slot]],
    now_us: int,
    *,
    used: Collection[tuple[str, str]] | None,
    own: Collection[str],
) -> tuple[PoolView, ...]:
    """Return pools, by name and region.

    Args:
        workers: every worker.
        slots: their slots, by worker.
        now_us: the time.
        used: the pools to show, as (pool, region), those without workers too; None is every one.
        own: the sessions of who asks.
    """
    here: dict[tuple[str, str], list[Worker]] = {one: [] for one in used or ()}
    for worker in workers:
        place = worker.pool, worker.region
        if worker.standing(now_us) is not Standing.LOST and (used is None or place in used):
            here.setdefault(place, []).append(worker)
    return tuple(_pool(place, here[place], slots, now_us, own) for place in sorted(here))


def _pool(
    place: tuple[str, str],
    workers: Sequence[Worker],
    slots: Mapping[str, Sequence[Slot]],
    now_us: int,
    own: Collection[str],
) -> PoolView:
    of_them = [slot for worker in workers for slot in slots.get(worker.id, ())]
    ready = [w for w in workers if w.standing(now_us) is Standing.READY]
    load = _load(of_them)
    return PoolView(
        pool=place[0],
        region=place[1],
        workers=len(workers),
        ready=len(ready),
        slots=load.slots,
        held=load.held,
        free=_load([slot for worker in ready for slot in slots.get(worker.id, ())]).free,
        own=sum(slot.state is SlotState.HELD and slot.session_id in own for slot in of_them),
    )


def _slot_view(slot: Slot) -> SlotView:
    return SlotView(
        index=slot.index,
        state=slot.state.value,
        term=slot.term,
        session=None if is_run(slot.session_id) else slot.session_id,
        run=slot.session_id if is_run(slot.session_id) else None,
        failures=slot.failures,
        until=_time(slot.fence_until_us),
    )


def _load(slots: Sequence[Slot]) -> LoadView:
    count = Counter(slot.state for slot in slots)
    return LoadView(
        slots=len(slots) - count[SlotState.RETIRED],
        held=count[SlotState.HELD],
        free=count[SlotState.FREE],
        fencing=count[SlotState.FENCING],
        quarantined=count[SlotState.QUARANTINED],
    )


def _health(standing: Standing, slots: Sequence[Slot]) -> HealthWord:
    if standing is Standing.LOST:
        return "lost"
    if standing is Standing.SUSPECT:
        return "unheard"
    return "failing" if any(slot.failures for slot in slots) else "good"


def _time(us: int | None) -> datetime | None:
    return None if us is None else time_of(us)
