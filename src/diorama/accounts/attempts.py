"""How often may be guessed: a bucket for each address and for each email. Pure.

Kept in memory, one table a gateway: a guess is refused before the store is asked, so a flood of
them costs no row and no lock, and what N gateways allow together, N times as much, is still far
from enough to guess a password. Source: docs/design/accounts.md.
"""

from collections import OrderedDict
from dataclasses import dataclass
from typing import Final

MAX_KNOWN: Final = 10_000
"""Buckets kept; the one that was longest unused goes first, and is full again if it comes back."""


@dataclass(frozen=True, slots=True)
class Allowance:
    """So many attempts at once, and one more every so often."""

    burst: int
    every_s: float


PER_ADDRESS: Final = Allowance(burst=20, every_s=6)
PER_EMAIL: Final = Allowance(burst=10, every_s=30)


class Attempts:
    """Counts attempts.

    Args:
        allowance: of each name.
    """

    def __init__(self, allowance: Allowance) -> None:
        self._allowance = allowance
        self._full_s: OrderedDict[str, float] = OrderedDict()
        """When each bucket is full again, so that a full one need not be kept."""

    def wait_s(self, name: str, now_s: float) -> float:
        """Return how long a name has to wait for its next attempt; 0 may try now."""
        full_s = self._full_s.get(name, now_s)
        room_s = (self._allowance.burst - 1) * self._allowance.every_s
        return max(0.0, full_s - now_s - room_s)

    def take(self, name: str, now_s: float) -> None:
        """Count an attempt."""
        full_s = max(self._full_s.get(name, now_s), now_s) + self._allowance.every_s
        most_s = now_s + self._allowance.burst * self._allowance.every_s
        self._full_s[name] = min(full_s, most_s)
        self._full_s.move_to_end(name)
        while len(self._full_s) > MAX_KNOWN:
            self._full_s.popitem(last=False)

    def forgive(self, name: str) -> None:
        """Forget a name's attempts: it has shown that it is no guesser."""
        self._full_s.pop(name, None)
