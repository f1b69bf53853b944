"""What a census needs from a database: counts of groups, over all accounts."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

Pool = tuple[str, str]
"""A region and a pool in it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LaneCount:
    """A project in a region: who is there by state, and who waits."""

    project: str
    region: str
    pool: str
    states: Mapping[str, int]
    waiting: int
    cap: int | None

    @property
    def held(self) -> int:
        """How many hold a slot."""
        return sum(self.states.values())


class CensusStore(Protocol):
    """Counts in the database."""

    def lanes(self) -> list[LaneCount]:
        """Return the lanes with anybody in them, the fullest first."""

    def slots(self, now_us: int) -> dict[tuple[Pool, str], int]:
        """Return how many slots each pool has in each state, of workers that are not lost."""

    def simulations(self) -> dict[str, int]:
        """Return how many simulations that are not over there are in each state."""

    def runs(self) -> dict[tuple[Pool, str], int]:
        """Return how many of their runs that are not over each pool has in each state."""

    def recordings(self) -> int:
        """Return how many recordings are being made or uploaded."""

    def spectators(self) -> int:
        """Return how many spectators watch."""
