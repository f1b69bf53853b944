"""What an account is allowed, as data. Pure.

A plan only names limits; `admission` asks whether one is in the way.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from diorama.kernel.units import HOUR_US


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Named limits.

    Attributes:
        name: how the account's page and `diorama` call it.
        concurrent_streams: sessions that may hold a slot at once.
        max_runtime_s: how long one session may run in all, extensions included.
        stream_hours: hours streamed in a calendar month, UTC, by all its sessions together; None is
            no limit.
    """

    name: str
    concurrent_streams: int
    max_runtime_s: float
    stream_hours: float | None

    @property
    def stream_us(self) -> int | None:
        """Stream time of a calendar month."""
        return None if self.stream_hours is None else round(self.stream_hours * HOUR_US)


FREE: Final = Plan(
    name="free",
    concurrent_streams=5,
    max_runtime_s=86_400.0,
    stream_hours=100.0,  # what a large cloud gaming service gives its members a month
)
UNLIMITED: Final = Plan(
    name="unlimited",  # for who streams from machines of their own
    concurrent_streams=100_000,
    max_runtime_s=86_400.0,
    stream_hours=None,
)
PLANS: Final[Mapping[str, Plan]] = {plan.name: plan for plan in (FREE, UNLIMITED)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """Who pays and is limited.

    The limits are its own, from the plan unless the operator set others; `held` is how many of its
    sessions hold a slot now: kept by the store with every change of a session. `stream_us` is
    the stream time of a calendar month; None is no limit.
    """

    id: str
    name: str
    plan: str
    concurrent_streams: int
    held: int
    max_runtime_s: float = FREE.max_runtime_s
    stream_us: int | None = None

    @property
    def is_full(self) -> bool:
        """Whether its limit stands in the way of one more."""
        return self.held >= self.concurrent_streams
