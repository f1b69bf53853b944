"""Usage counted another way: from what was drawn, with the calendar's own arithmetic.

Nothing here comes from the code that is judged. A history is drawn as a chain of states with the
instant of each change; what is metered follows from that chain before it becomes a log. Windows are
clipped by numpy over all histories at once, months by `datetime`.
"""

import random
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
FIRST: Final = datetime(2029, 11, 1, tzinfo=UTC)
LAST: Final = datetime(2030, 3, 5, 6, 7, 8, 9, tzinfo=UTC)
"""When the histories are looked at."""
NEXT: Final = {
    "requesting": ("queued", "connecting", "connecting", "failed"),
    "queued": ("connecting", "connecting", "disconnected"),
    "connecting": ("streaming", "streaming", "streaming", "queued", "failed"),
    "streaming": ("idle", "idle", "connecting", "disconnected"),
    "idle": ("streaming", "streaming", "connecting", "disconnected", "failed"),
}
FINAL: Final = ("disconnected", "failed")
ACCOUNTS: Final = ("acc_a", "acc_b", "acc_c")
REGIONS: Final = ("here", "there")
USERS: Final = (None, "ada", "Bob", "zoë")


def us(at: datetime) -> int:
    return (at - EPOCH) // timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class History:
    """One session's chain of states, each with when it was entered."""

    number: int
    account: str
    region: str
    user: str | None
    chain: tuple[tuple[str, int], ...]

    @property
    def id(self) -> str:
        return f"ses_{self.number:08}"

    @property
    def project(self) -> str:
        """Projects are of one account."""
        return f"{self.account[-1]}{self.number % 2}"


def draw(rng: random.Random, number: int) -> History:
    """Draw a history; half of them begin around midnight at a month's end."""
    month = rng.choice(MONTHS)
    at_us = rng.randrange(us(FIRST), us(LAST))
    if rng.random() < 0.5:
        at_us = min(us(month) + rng.randrange(-3_600_000_000, 3_600_000_000), us(LAST))
    chain, state = [("requesting", at_us)], "requesting"
    while state not in FINAL and rng.random() > 0.03:
        state = rng.choice(NEXT[state])
        at_us += rng.choice((0, 1, 1_000_000, 40_000_000, 1_800_000_000))
        at_us += rng.randrange(1_000_000)
        if at_us >= us(LAST):
            break
        chain.append((state, at_us))
    return History(
        number, rng.choice(ACCOUNTS), rng.choice(REGIONS), rng.choice(USERS), tuple(chain)
    )


MONTHS: Final = tuple(
    datetime(2029 + (month > 12), (month - 1) % 12 + 1, 1, tzinfo=UTC) for month in range(12, 16)
)


@dataclass
class Oracle:
    """All that is metered, as rows: when from, when to, in which state, and whose."""

    begins: list[int] = field(default_factory=list)
    ends: list[int] = field(default_factory=list)
    idle: list[bool] = field(default_factory=list)
    who: list[History] = field(default_factory=list)

    def add(self, history: History) -> int:
        """Take a history, and return for how long it was metered."""
        before = len(self.begins)
        ends = (*(at_us for _, at_us in history.chain[1:]), us(LAST))
        for (state, at_us), end_us in zip(history.chain, ends, strict=True):
            if state in {"streaming", "idle"}:
                self.begins.append(at_us)
                self.ends.append(end_us)
                self.idle.append(state == "idle")
                self.who.append(history)
        return sum(self.ends[before:]) - sum(self.begins[before:])

    @cached_property
    def _rows(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """All that was added, once it all was."""
        return np.array(self.begins, np.int64), np.array(self.ends, np.int64)

    def clipped(self, since_us: int, until_us: int) -> NDArray[np.int64]:
        """Return how much of each row lies in a window."""
        begins, ends = self._rows
        length = np.minimum(ends, until_us) - np.maximum(begins, since_us)
        parts: NDArray[np.int64] = np.maximum(length, 0)
        return parts
