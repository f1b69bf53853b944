"""What REST takes and shows of tickets and share links."""

from typing import Annotated, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from diorama.protocol.requests import AskedAfk, Label, Name
from diorama.protocol.views import Instant

Origin = Annotated[
    str,
    Meta(
        max_length=255,
        pattern=r"^[a-z][a-z0-9+.-]*://(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(:[0-9]{1,5})?$(?!\n)",
    ),
]
"""As browsers write it: `https://app.example.com`, lower case, with no slash behind it."""
Uses = Annotated[int, Meta(ge=1, le=1_000_000)]
Concurrent = Annotated[int, Meta(ge=1, le=100_000)]
LinkLife = Annotated[int, Meta(ge=60, le=31_536_000)]
LinkName = Annotated[str, Meta(max_length=120)]


class MintTicket(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """POST /v1/tickets: what one viewer may do once.

    Attributes:
        project: which.
        end_user: whose session it is, for limits and usage.
        origin: the only pages that may use it, beside what the project's rule `origins` asks for.
        region: where the session runs; none is the viewer's to say.
        device: what a list of sessions calls the viewer's device.
        priority: a class of the project's `queue.priorities`.
        max_runtime_s: how long the session may run, where the project's rule is not shorter.
        afk: shorter times than the project's for a viewer who does nothing.
        expires_in_s: for how long it may be used; the session it opens goes on.
    """

    project: Name
    end_user: Label | None = None
    origin: Origin | None = None
    region: Name | None = None
    device: Label | None = None
    priority: Label | None = None
    max_runtime_s: Annotated[float, Meta(ge=60, le=86_400)] | None = None
    afk: AskedAfk | None = None
    expires_in_s: Annotated[int, Meta(ge=1, le=300)] = 300


class MintedTicket(msgspec.Struct, frozen=True):
    """A ticket, for one viewer's page alone: whoever has it may use it."""

    ticket: str
    expires_at: Instant

    def __repr__(self) -> str:
        """Show it without the ticket: what is printed is kept."""
        return f"MintedTicket(expires_at={self.expires_at})"


class RotateTicketKey(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """POST /v1/tickets/rotate: `at_once` makes every ticket worthless that is on its way."""

    at_once: bool = False


class RotatedTicketKey(msgspec.Struct, frozen=True):
    """The name of the key that signs the account's tickets from now on."""

    key: str


class CreateShareLink(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """POST /v1/share-links.

    Attributes:
        expires_in_s: for how long it opens sessions; none is until it is revoked.
        uses: sessions it may open in all.
        concurrent: sessions of it that may be there at once.
    """

    project: Name
    name: LinkName = ""
    expires_in_s: LinkLife | None = None
    uses: Uses | None = None
    concurrent: Concurrent | None = None


class ChangeShareLink(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """PATCH /v1/share-links/{id}: what is left out stays, null takes a limit away."""

    name: LinkName | UnsetType = UNSET
    expires_in_s: LinkLife | UnsetType | None = UNSET
    uses: Uses | UnsetType | None = UNSET
    concurrent: Concurrent | UnsetType | None = UNSET


class ShareLinkView(msgspec.Struct, frozen=True, kw_only=True):
    """A share link as its account sees it; `hint` is how its secret begins."""

    id: str
    project: str
    name: str
    hint: str
    state: Literal["active", "expired", "used_up", "revoked"]
    created_at: Instant
    created_by: str
    expires_at: Instant | None
    uses: int | None
    used: int
    concurrent: int | None
    live: int
    """Its sessions that have not ended."""
    last_used_at: Instant | None
    revoked_at: Instant | None


class CreatedShareLink(msgspec.Struct, frozen=True, kw_only=True):
    """A link that is new: `url` is shown this once."""

    link: ShareLinkView
    url: str

    def __repr__(self) -> str:
        """Show it without its address: what is printed is kept."""
        return f"CreatedShareLink({self.link.id})"


class ShareLinks(msgspec.Struct, frozen=True):
    """A page of share links, the newest first: `cursor` asks for the next."""

    links: tuple[ShareLinkView, ...]
    cursor: str | None = None
