"""How many of what there are at one instant, for whoever watches the whole of a Diorama.

It counts over all accounts and names none of them. What it counts comes grouped from the store, so
its cost and its size follow the number of projects and pools, never that of sessions.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from diorama.kernel.units import HOUR_US
from diorama.sessions.census_store import LaneCount, Pool
from diorama.sessions.work import Work
from diorama.workers.capabilities import Standing
from diorama.workers.wanted import Demand, wanted_workers

REMEMBERED_US: Final = HOUR_US
"""A worker that is not heard for longer was taken away: it is counted no more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Census:
    """What there is.

    Attributes:
        lanes: with anybody in them, the fullest first.
        slots: by pool and state.
        workers: by pool and standing.
        wanted: how many workers each pool should have.
        simulations: that are not over, by state.
        runs: of those, one for each script, by state.
        recordings: that are being made or uploaded.
        spectators: who watch.
    """

    lanes: Sequence[LaneCount] = ()
    slots: Mapping[tuple[Pool, str], int] = field(default_factory=dict)
    workers: Mapping[tuple[Pool, str], int] = field(default_factory=dict)
    wanted: Mapping[Pool, int] = field(default_factory=dict)
    simulations: Mapping[str, int] = field(default_factory=dict)
    runs: Mapping[str, int] = field(default_factory=dict)
    recordings: int = 0
    spectators: int = 0


def take_census(work: Work) -> Census:
    """Return what there is now."""
    lanes = work.stores.census.lanes()
    slots = work.stores.census.slots(work.now_us)
    workers = Counter(
        ((worker.region, worker.pool), worker.standing(work.now_us).value)
        for worker in work.stores.workers.all()
        if worker.heard_us > work.now_us - REMEMBERED_US
    )
    return Census(
        lanes=lanes,
        slots=slots,
        workers=workers,
        wanted=_wanted(lanes, slots, workers),
        simulations=work.stores.census.simulations(),
        runs=work.stores.census.runs(),
        recordings=work.stores.census.recordings(),
        spectators=work.stores.census.spectators(),
    )


def _wanted(
    lanes: Sequence[LaneCount],
    slots: Mapping[tuple[Pool, str], int],
    workers: Mapping[tuple[Pool, str], int],
) -> dict[Pool, int]:
    demands: defaultdict[Pool, list[Demand]] = defaultdict(list)
    for lane in lanes:
        demand = Demand(held=lane.held, waiting=lane.waiting, cap=lane.cap)
        demands[lane.region, lane.pool].append(demand)
    offered: Counter[Pool] = Counter()
    for (pool, _), count in slots.items():
        offered[pool] += count
    there: Counter[Pool] = Counter()
    for (pool, standing), count in workers.items():
        there[pool] += count if standing != Standing.LOST else 0
    pools = demands.keys() | {pool for pool, _ in workers}
    return {
        pool: wanted_workers(demands.get(pool, ()), slots=offered[pool], workers=there[pool])
        for pool in sorted(pools)
    }
