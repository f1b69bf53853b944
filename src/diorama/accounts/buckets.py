"""How much may be asked at once, and how soon again: a bucket for each name. Pure.

A name is an email that is guessed at, a network address, a key, an account. A bucket is one number,
the moment at which it is full again, so one that is full need not be kept, and what is kept has a
bound. Kept in memory, one table a gateway: a refusal costs the store nothing.
Source: docs/design/accounts.md, docs/design/rate-limits.md.
"""

from collections import OrderedDict
from dataclasses import dataclass
from typing import Final

MAX_KNOWN: Final = 10_000
"""Buckets kept; the one that was longest unused goes first, and is full again if it comes back."""
_TO_THE_US: Final = 6
"""Digits kept of a wait: what was told to be enough must not fail by the error of a float."""


@dataclass(frozen=True, slots=True)
class Allowance:
    """So much at once, and one more every so often."""

    burst: int
    every_s: float


class Buckets:
    """The buckets of one kind of name.

    Args:
        allowance: of each name.
        max_known: how many are kept.
    """

    def __init__(self, allowance: Allowance, *, max_known: int = MAX_KNOWN) -> None:
        self._allowance = allowance
        self._max_known = max_known
        self._full_s: OrderedDict[str, float] = OrderedDict()
        """When each bucket is full again, so that a full one need not be kept."""

    def wait_s(self, name: str, now_s: float, *, cost: int = 1) -> float:
        """Return how long a name has to wait before it may take `cost`; 0 may now.

        What costs more than a burst is never free: nobody asks for it.
        """
        full_s = self._full_s.get(name, now_s)
        room_s = (self._allowance.burst - cost) * self._allowance.every_s
        return max(0.0, round(full_s - now_s - room_s, _TO_THE_US))

    def take(self, name: str, now_s: float, *, cost: int = 1) -> None:
        """Take `cost` out of a name's bucket, as far as there is so much in it."""
        every_s = self._allowance.every_s
        full_s = max(self._full_s.get(name, now_s), now_s) + cost * every_s
        self._full_s[name] = min(full_s, now_s + self._allowance.burst * every_s)
        self._full_s.move_to_end(name)
        while len(self._full_s) > self._max_known:
            self._full_s.popitem(last=False)

    def give_back(self, name: str, *, cost: int = 1) -> None:
        """Put back what was taken for somebody who turned out to have another bucket."""
        if name in self._full_s:
            self._full_s[name] -= cost * self._allowance.every_s

    def forget(self, name: str) -> None:
        """Let a name have a full bucket: it has shown that it is no guesser."""
        self._full_s.pop(name, None)
