"""How many of what there are at one instant, for whoever watches the whole of a Diorama.

It counts over all accounts and names none of them. What it counts comes grouped from the store, so
its cost and its size follow the number of projects and pools, never that of sessions.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from diorama.kernel.units import HOUR_US
from diorama.protocol.states import RUNS_ON_SLOT, SimulationState
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
    runs = work.stores.census.runs()
    workers = Counter(
        ((worker.region, worker.pool), worker.standing(work.now_us).value)
        for worker in work.stores.workers.all()
        if worker.heard_us > work.now_us - REMEMBERED_US
    )
    return Census(
        lanes=lanes,
        slots=slots,
        workers=workers,
        wanted=_wanted(_demands(work, lanes, runs), slots, workers),
        simulations=work.stores.census.simulations(),
        runs=_by_state(runs),
        recordings=work.stores.census.recordings(),
        spectators=work.stores.census.spectators(),
    )


def _by_state(runs: Mapping[tuple[Pool, str], int]) -> dict[str, int]:
    found: Counter[str] = Counter()
    for (_, state), count in runs.items():
        found[state] += count
    return dict(found)


def _demands(
    work: Work, lanes: Sequence[LaneCount], runs: Mapping[tuple[Pool, str], int]
) -> Mapping[Pool, Sequence[Demand]]:
    """Return what sessions and runs ask of each pool; runs leave free what is kept for viewers."""
    demands: defaultdict[Pool, list[Demand]] = defaultdict(list)
    for lane in lanes:
        demand = Demand(held=lane.held, waiting=lane.waiting, cap=lane.cap)
        demands[lane.region, lane.pool].append(demand)
    for pool in sorted({pool for pool, _ in runs}):
        held = sum(runs.get((pool, state), 0) for state in RUNS_ON_SLOT)
        waiting = runs.get((pool, SimulationState.PENDING), 0)
        spare = work.patience.keep_free
        demands[pool].append(Demand(held=held, waiting=waiting, spare=spare))
    return demands


def _wanted(
    demands: Mapping[Pool, Sequence[Demand]],
    slots: Mapping[tuple[Pool, str], int],
    workers: Mapping[tuple[Pool, str], int],
) -> dict[Pool, int]:
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
