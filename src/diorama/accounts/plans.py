"""What an account is allowed, as data. Pure.

A plan only names limits; `admission` asks whether one is in the way.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
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
        simulation_hours: the same of simulations.
        queued_simulations: simulations that may wait at once.
    """

    name: str
    concurrent_streams: int
    max_runtime_s: float
    stream_hours: float | None
    simulation_hours: float | None = 100.0
    queued_simulations: int = 10

    @property
    def stream_us(self) -> int | None:
        """Stream time of a calendar month."""
        return _hours_us(self.stream_hours)

    @property
    def simulation_us(self) -> int | None:
        """Simulation time of a calendar month."""
        return _hours_us(self.simulation_hours)


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
    simulation_hours=None,
    queued_simulations=10_000,
)
PLANS: Final[Mapping[str, Plan]] = {plan.name: plan for plan in (FREE, UNLIMITED)}
"""The plans that every Diorama begins with; plans are rows, and the operator may change these."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """Who pays and is limited.

    The limits are its own, from the plan unless the operator set others; `held` is how many of its
    sessions hold a slot now: kept by the store with every change of a session.

    Attributes:
        stream_us: the stream time of a calendar month; None is no limit.
        simulation_us: the simulation time of a calendar month; None is no limit.
        own_streams: `concurrent_streams` where the operator set it apart from the plan.
        suspended_us: since when nothing new opens; None is not suspended.
    """

    id: str
    name: str
    plan: str
    concurrent_streams: int
    held: int
    max_runtime_s: float = FREE.max_runtime_s
    stream_us: int | None = None
    simulation_us: int | None = None
    queued_simulations: int = FREE.queued_simulations
    own_streams: int | None = None
    suspended_us: int | None = None

    @classmethod
    def under(cls, plan: Plan, *, account_id: str, name: str) -> "Account":
        """Return a new account with a plan's limits."""
        return cls(id=account_id, name=name, plan="", concurrent_streams=0, held=0).on(plan)

    def on(self, plan: Plan) -> "Account":
        """Return it with a plan's limits; streams that were set apart stay."""
        own = self.own_streams
        return replace(
            self,
            plan=plan.name,
            concurrent_streams=plan.concurrent_streams if own is None else own,
            max_runtime_s=plan.max_runtime_s,
            stream_us=plan.stream_us,
            simulation_us=plan.simulation_us,
            queued_simulations=plan.queued_simulations,
        )

    @property
    def is_full(self) -> bool:
        """Whether its limit stands in the way of one more."""
        return self.held >= self.concurrent_streams


def _hours_us(hours: float | None) -> int | None:
    return None if hours is None else round(hours * HOUR_US)
