"""How many workers a region's pool should have for who is there and who waits. Pure.

It is a number for whoever starts machines (Kubernetes, a person): Diorama starts none. It follows
demand alone: what is spare, what is slow to start and what is too expensive are theirs to weigh.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Demand:
    """What one project's sessions, or all runs of simulations, ask of a pool in one region.

    Attributes:
        held: sessions, or runs, that hold a slot.
        waiting: those in line.
        cap: how many slots the project may hold there at once; None is no cap.
        spare: slots that must stay free for one of those in line to be given a slot.
    """

    held: int
    waiting: int
    cap: int | None = None
    spare: int = 0

    @property
    def slots(self) -> int:
        """How many slots would serve everybody who may be served at once."""
        everybody = self.held + self.waiting + (self.spare if self.waiting else 0)
        return everybody if self.cap is None else max(min(everybody, self.cap), self.held)


def wanted_workers(demands: Iterable[Demand], *, slots: int, workers: int) -> int:
    """Return how many workers would serve these demands.

    Args:
        demands: of all projects of the pool in the region, and of the runs there.
        slots: how many slots its workers offer, all together.
        workers: how many workers those are; where there is none, a worker counts as one slot.
    """
    wanted = sum(demand.slots for demand in demands)
    a_worker = slots / workers if workers and slots else 1.0
    return math.ceil(wanted / a_worker)
