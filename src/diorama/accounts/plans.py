"""What an account is allowed, as data. Pure.

A plan only names limits; `admission` asks whether one is in the way.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Named limits.

    Attributes:
        name: how the account's page and `diorama` call it.
        concurrent_streams: sessions that may hold a slot at once.
    """

    name: str
    concurrent_streams: int


FREE: Final = Plan(name="free", concurrent_streams=5)
PLANS: Final[Mapping[str, Plan]] = {FREE.name: FREE}


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """Who pays and is limited.

    `concurrent_streams` is its own, from the plan unless the operator set another; `held` is how
    many of its sessions hold a slot now: kept by the store with every change of a session.
    """

    id: str
    name: str
    plan: str
    concurrent_streams: int
    held: int

    @property
    def is_full(self) -> bool:
        """Whether its limit stands in the way of one more."""
        return self.held >= self.concurrent_streams
