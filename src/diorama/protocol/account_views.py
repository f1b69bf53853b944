"""Accounts and plans over REST."""

from typing import Annotated

import msgspec
from msgspec import UNSET, Meta, UnsetType

from diorama.protocol.people_views import Email, InvitationView
from diorama.protocol.requests import Name

AccountName = Annotated[str, Meta(min_length=1, max_length=120, pattern=r"\S")]
Streams = Annotated[int, Meta(ge=0, le=1_000_000)]
Hours = Annotated[float, Meta(ge=0, le=10_000_000)]


class CreateAccount(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """POST /v1/accounts; with `owner_email`, the answer holds a link for its first owner."""

    name: AccountName
    plan: Name = "free"
    owner_email: Email | None = None


class ChangeAccount(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """PATCH /v1/accounts/{id}: what is left out stays as it is.

    Attributes:
        concurrent_streams: apart from the plan; null is what the plan says.
        suspended: true ends its sessions at once, and nothing new opens.
    """

    name: AccountName | UnsetType = UNSET
    plan: Name | UnsetType = UNSET
    concurrent_streams: Streams | UnsetType | None = UNSET
    suspended: bool | UnsetType = UNSET


class RenameAccount(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """PATCH /v1/account."""

    name: AccountName


class PutPlan(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """PUT /v1/plans/{name}: its limits; null hours are no limit.

    It changes the limits of every account under the plan; a lower one ends nobody.
    """

    concurrent_streams: Streams
    max_runtime_s: Annotated[float, Meta(ge=60, le=86_400)] = 86_400.0
    stream_hours: Hours | None = None
    simulation_hours: Hours | None = None
    queued_simulations: Annotated[int, Meta(ge=0, le=1_000_000)] = 10


class AccountView(msgspec.Struct, frozen=True):
    """An account: its limits, what it holds now, and what it has used this month, UTC.

    Attributes:
        own_streams: whether the operator set `concurrent_streams` apart from the plan.
        held: sessions that hold a slot now.
    """

    id: str
    name: str
    plan: str
    suspended: bool
    concurrent_streams: int
    own_streams: bool
    max_runtime_s: float
    stream_hours: float | None
    simulation_hours: float | None
    queued_simulations: int
    held: int
    stream_us_used: int


class Accounts(msgspec.Struct, frozen=True):
    """A page of every account."""

    accounts: tuple[AccountView, ...]
    cursor: str | None = None


class CreatedAccount(msgspec.Struct, frozen=True):
    """A new account; `link` brings its first owner in, is shown this once, and works once."""

    account: AccountView
    invitation: InvitationView | None = None
    link: str | None = None

    def __repr__(self) -> str:
        """Show it without its link: what is printed is kept."""
        return f"CreatedAccount({self.account.id})"


class PlanView(msgspec.Struct, frozen=True):
    """A plan, and how many accounts are under it."""

    name: str
    concurrent_streams: int
    max_runtime_s: float
    stream_hours: float | None
    simulation_hours: float | None
    queued_simulations: int
    accounts: int


class Plans(msgspec.Struct, frozen=True):
    """A page of the plans."""

    plans: tuple[PlanView, ...]
    cursor: str | None = None
