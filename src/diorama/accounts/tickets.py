"""Tickets: what a customer's backend lets one viewer do once, in the next minutes. Pure.

A ticket is a JWT behind `dtk_`, signed by Diorama itself for whoever holds an API key, and shown to
Diorama alone: one algorithm, one type, one audience, and keys that Diorama names. Nothing of it is
stored before it is used; `sessions.opening` keeps that it was, so that it opens one session.

Signing keys are derived from the gateways' secret and a random name that is stored: a copy of the
database signs nothing. A rotation ends a key once every ticket it signed is over.
Source: RFC 7519, RFC 8725; reliability notes, section 6, items 2 and 5.
"""

import hashlib
import hmac
import re
from dataclasses import dataclass
from typing import Annotated, Final, NoReturn

import jwt
import msgspec
from jwt.types import Options
from msgspec import Meta

from diorama.kernel.errors import Unauthorized
from diorama.kernel.units import SECOND_US
from diorama.protocol.requests import AskedAfk

TICKET: Final = "dtk"
MAX_LIFE_S: Final = 300
MAX_CHARACTERS: Final = 4_096
_ALGORITHM: Final = "HS256"
_TYPE: Final = "ticket+jwt"
_ISSUER: Final = "diorama"
_AUDIENCE: Final = "diorama:sessions"
_HEADER: Final = frozenset({"alg", "kid", "typ"})
_KEY_ID: Final = re.compile(r"[0-9a-z_]{1,64}")
_OWN_CLOCK: Final[Options] = {
    "require": ["aud", "exp", "iat", "iss", "jti", "nbf", "sub"],
    "verify_exp": False,  # by the store's time, below: a gateway's own clock decides nothing
    "verify_iat": False,
    "verify_nbf": False,
}
Text = Annotated[str, Meta(min_length=1, max_length=255)]


class Ticket(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a ticket allows.

    Attributes:
        id: no other ticket has it.
        account_id: whose project it is.
        project_id: which.
        project: its name, for the viewer's page.
        by: who asked for it, as the audit log names actors.
        issued_s: since when it opens something; seconds since the epoch, as in every JWT.
        expires_s: from when on it does not.
        end_user: whose session it is.
        origin: the only pages that may use it.
        region: where the session runs.
        device: what a list of sessions calls the viewer's device.
        priority: a class of the project's `queue.priorities`.
        max_runtime_s: how long the session may run, where the project's rule is not shorter.
        afk: shorter times than the project's for a viewer who does nothing.
    """

    id: Text
    account_id: Text
    project_id: Text
    project: Text
    by: Text
    issued_s: int
    expires_s: int
    end_user: Text | None = None
    origin: Text | None = None
    region: Text | None = None
    device: Text | None = None
    priority: Text | None = None
    max_runtime_s: float | None = None
    afk: AskedAfk | None = None

    @property
    def expires_us(self) -> int:
        """When it is over."""
        return self.expires_s * SECOND_US


class _Claims(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A ticket as a JWT says it: the registered names where there are some."""

    iss: str
    aud: str
    sub: Text
    jti: Text
    iat: int
    nbf: int
    exp: int
    ticket: Ticket


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketKey:
    """The name of a signing key.

    Attributes:
        id: the `kid` of what it signs.
        ends_us: from when on nothing that it signed opens anything; None is the one that signs.
    """

    id: str
    account_id: str
    made_us: int
    ends_us: int | None = None

    def holds(self, now_us: int) -> bool:
        """Return whether what it signed may open something."""
        return self.ends_us is None or now_us < self.ends_us


def sign_ticket(ticket: Ticket, key: TicketKey, secret: bytes) -> str:
    """Return `dtk_` and the ticket as a JWT."""
    claims = {
        "iss": _ISSUER,
        "aud": _AUDIENCE,
        "sub": ticket.account_id,
        "jti": ticket.id,
        "iat": ticket.issued_s,
        "nbf": ticket.issued_s,
        "exp": ticket.expires_s,
        "ticket": msgspec.to_builtins(ticket),
    }
    header = {"kid": key.id, "typ": _TYPE}
    signed = jwt.encode(claims, _derived(key, secret), algorithm=_ALGORITHM, headers=header)
    return f"{TICKET}_{signed}"


def key_of(text: str) -> str:
    """Return the name of the key that a ticket says signed it; nothing is proven by it.

    Raises:
        Unauthorized: it is no ticket of ours, see `refuse_ticket`.
    """
    kind, _, signed = text.partition("_")
    if kind != TICKET or len(text) > MAX_CHARACTERS or not text.isascii():
        refuse_ticket()
    try:
        header = jwt.get_unverified_header(signed)
    except (jwt.PyJWTError, ValueError, RecursionError):
        refuse_ticket()
    kid = header.get("kid")
    if header.keys() != _HEADER or not isinstance(kid, str) or not _KEY_ID.fullmatch(kid):
        refuse_ticket()
    if (header["alg"], header["typ"]) != (_ALGORITHM, _TYPE):
        refuse_ticket()
    return kid


def read_ticket(text: str, key: TicketKey | None, secret: bytes, now_us: int) -> Ticket:
    """Return what a genuine ticket allows, at a time at which it does.

    Args:
        text: what was shown.
        key: the one that `key_of` named, where there is such.
        secret: the gateways'.
        now_us: the store's time.

    Raises:
        Unauthorized: it is none of ours, not yet, or no longer: the answer does not tell.
    """
    if key is None or key.id != key_of(text) or not key.holds(now_us):
        refuse_ticket()
    try:
        said = jwt.decode(
            text.partition("_")[2],
            _derived(key, secret),
            algorithms=[_ALGORITHM],
            audience=_AUDIENCE,
            issuer=_ISSUER,
            options=_OWN_CLOCK,
        )
        claims = msgspec.convert(said, type=_Claims)
    except (jwt.PyJWTError, msgspec.ValidationError, ValueError, RecursionError):
        refuse_ticket()
    ticket = claims.ticket
    times = (claims.iat, claims.nbf, claims.exp)
    whole = times == (ticket.issued_s, ticket.issued_s, ticket.expires_s)
    same = (claims.jti, claims.sub, claims.sub) == (ticket.id, ticket.account_id, key.account_id)
    if not whole or not same or not _is_now(ticket, now_us):
        refuse_ticket()
    return ticket


def _is_now(ticket: Ticket, now_us: int) -> bool:
    since_us = ticket.issued_s * SECOND_US
    in_time = since_us <= now_us < ticket.expires_us
    return in_time and ticket.expires_s - ticket.issued_s <= MAX_LIFE_S


def refuse_ticket() -> NoReturn:
    """Refuse a ticket, whatever is wrong with it, in the same words."""
    raise Unauthorized("this ticket opens nothing", code="ticket_refused")


def _derived(key: TicketKey, secret: bytes) -> bytes:
    return hmac.new(secret, f"ticket:{key.id}".encode(), hashlib.sha256).digest()
