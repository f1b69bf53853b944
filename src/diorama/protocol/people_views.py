"""People over REST: signing in, who one is, members and invitations."""

from typing import Annotated, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from diorama.protocol.views import Instant

Email = Annotated[str, Meta(min_length=3, max_length=254)]
Password = Annotated[str, Meta(min_length=1, max_length=200)]
PersonName = Annotated[str, Meta(min_length=1, max_length=120, pattern=r"\S")]
LinkToken = Annotated[str, Meta(min_length=1, max_length=200)]
RoleName = Literal["owner", "admin", "developer", "viewer"]


class _Request(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a person sends: never more than is asked for, and never printed."""

    def __repr__(self) -> str:
        """Show only what it is: it may hold a password or a link's secret."""
        return f"{type(self).__name__}(...)"


class SignInRequest(_Request, frozen=True, kw_only=True):
    """POST /v1/sign-in."""

    email: Email
    password: Password


class SetUpRequest(_Request, frozen=True, kw_only=True):
    """POST /v1/set-up: the first owner, by the link that the gateway printed at its start."""

    token: LinkToken
    email: Email
    name: PersonName
    password: Password


class ChangeMe(_Request, frozen=True, kw_only=True):
    """PATCH /v1/me."""

    name: PersonName


class ChangePassword(_Request, frozen=True, kw_only=True):
    """POST /v1/me/password; `current` is null for who has none, and signed in without."""

    current: Password | None
    new: Password


class InviteMember(_Request, frozen=True, kw_only=True):
    """POST /v1/members."""

    email: Email
    role: RoleName


class ChangeMember(_Request, frozen=True, kw_only=True):
    """PATCH /v1/members/{id}."""

    role: RoleName


class LookAtInvitation(_Request, frozen=True, kw_only=True):
    """POST /v1/invitations/look: what an invitation is to."""

    token: LinkToken


class AcceptInvitation(_Request, frozen=True, kw_only=True):
    """POST /v1/invitations/accept.

    Somebody new gives a name and a password; somebody known is signed in, or gives their password.
    """

    token: LinkToken
    name: PersonName | UnsetType = UNSET
    password: Password | UnsetType = UNSET


class OidcOffer(msgspec.Struct, frozen=True):
    """Another way to sign in: GET /v1/oidc/start begins it; `name` is for its button."""

    name: str


class SignInOffer(msgspec.Struct, frozen=True):
    """How one may sign in here; `set_up` says that the first owner is still missing."""

    password: bool
    oidc: OidcOffer | None
    set_up: bool


class PersonView(msgspec.Struct, frozen=True):
    """A person, as they see themselves."""

    id: str
    email: str
    name: str
    has_password: bool


class OwnAccount(msgspec.Struct, frozen=True):
    """An account that a person is a member of."""

    id: str
    name: str
    role: RoleName


class Me(msgspec.Struct, frozen=True):
    """Who is signed in, and what they may do in the account that is chosen.

    `csrf` goes with every change as the header `Diorama-CSRF`; the header `Diorama-Account` chooses
    another of the accounts.
    """

    person: PersonView
    account: OwnAccount
    accounts: tuple[OwnAccount, ...]
    permissions: tuple[str, ...]
    csrf: str


class MemberView(msgspec.Struct, frozen=True):
    """A member of an account."""

    id: str
    email: str
    name: str
    role: RoleName
    created_at: Instant


class InvitationView(msgspec.Struct, frozen=True):
    """An invitation that nobody has accepted yet."""

    id: str
    email: str
    role: RoleName
    created_at: Instant
    expires_at: Instant


class Members(msgspec.Struct, frozen=True):
    """A page of an account's members, and, with the first page, its invitations."""

    members: tuple[MemberView, ...]
    invitations: tuple[InvitationView, ...] = ()
    cursor: str | None = None


class Invited(msgspec.Struct, frozen=True):
    """An invitation with its link, which is shown once and works once."""

    invitation: InvitationView
    link: str

    def __repr__(self) -> str:
        """Show it without its link: what is printed is kept."""
        return f"Invited({self.invitation.id})"


class InvitationLook(msgspec.Struct, frozen=True):
    """What an invitation is to: `known` says that somebody with this email is here already."""

    account: str
    email: str
    role: RoleName
    known: bool


class SetUpLink(msgspec.Struct, frozen=True):
    """A link for the first owner."""

    link: str

    def __repr__(self) -> str:
        """Show nothing of it."""
        return "SetUpLink(...)"
