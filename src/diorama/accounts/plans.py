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
        max_runtime_s: how long one session may run in all, extensions included.
    """

    name: str
    concurrent_streams: int
    max_runtime_s: float


FREE: Final = Plan(name="free", concurrent_streams=5, max_runtime_s=86_400.0)
PLANS: Final[Mapping[str, Plan]] = {FREE.name: FREE}


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """Who pays and is limited.

    The limits are its own, from the plan unless the operator set others; `held` is how many of its
    sessions hold a slot now: kept by the store with every change of a session.
    """

    id: str
    name: str
    plan: str
    concurrent_streams: int
    held: int
    max_runtime_s: float = FREE.max_runtime_s

    @property
    def is_full(self) -> bool:
        """Whether its limit stands in the way of one more."""
        return self.held >= self.concurrent_streams
