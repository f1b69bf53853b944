"""What the SDK of Odyssey carries: a pass of an API key for an hour, and one of a session. Pure.

Both are JWTs, as the SDK reads the id of a session out of the second. Neither is stored: the first
names the key that it stands for, which is looked up at each use; the second names the issue of the
session's token, of which a newer one makes it worthless. Each is signed with a secret of its own,
so that none passes for the other, nor for a ticket. A third, which is no JWT, stands in addresses,
and opens the ICE servers of a session for as long as that lives.
Source: RFC 7519, RFC 8725; `@odysseyml/odyssey` 1.3.1, `extractSessionId`.
"""

import hashlib
import hmac
from dataclasses import dataclass
from typing import Annotated, Final, NoReturn, TypeVar

import jwt
import msgspec
from jwt.types import Options
from msgspec import Meta

from diorama.accounts.credentials import SessionToken
from diorama.kernel.errors import Unauthorized
from diorama.kernel.units import SECOND_US

ACCESS: Final = "dop"
"""The first word of a pass that stands for a key."""
ACCESS_LIFE_S: Final = 3_600
ACCESS_IN_LINE_S: Final = 24 * 3_600
"""For how much longer it fetches the pass of a session that is there: the SDK stands in line with
what it has, however long, and never renews it on the way."""
SESSION_LIFE_S: Final = 600
"""Long enough to bring it from a backend to a page; what the SDK takes for granted."""
MAX_CHARACTERS: Final = 2_048
_ALGORITHM: Final = "HS256"
_OWN_CLOCK: Final[Options] = {
    "require": ["exp"],
    "verify_exp": False,  # by the store's time: a gateway's own clock decides nothing
}
Id = Annotated[str, Meta(min_length=1, max_length=64)]
T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessPass:
    """What stands for an API key, at one project's address."""

    key_id: str
    project: str


class _Access(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    key_id: Id
    project: Annotated[str, Meta(max_length=64)]
    exp: int


class _Session(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    session_id: Id
    issue: int
    exp: int


def sign_access(access: AccessPass, secret: bytes, now_us: int) -> str:
    """Return the pass of a key, for an hour from now."""
    exp = now_us // SECOND_US + ACCESS_LIFE_S
    signed = _signed(_Access(access.key_id, access.project, exp), secret, "access")
    return f"{ACCESS}_{signed}"


def read_access(text: str, secret: bytes, now_us: int, *, late_s: int = 0) -> AccessPass:
    """Return what a genuine pass of a key says; one that is over `late_s` after its time.

    Raises:
        Unauthorized: it is none of ours, or it is over: the answer does not tell.
    """
    kind, _, signed = text.partition("_")
    if kind != ACCESS:
        _refuse()
    said = _read(signed, _Access, secret, "access")
    if (said.exp + late_s) * SECOND_US <= now_us:
        _refuse()
    return AccessPass(key_id=said.key_id, project=said.project)


def sign_session(token: SessionToken, secret: bytes, now_us: int) -> str:
    """Return the pass of a session, with which its viewer comes within ten minutes."""
    exp = now_us // SECOND_US + SESSION_LIFE_S
    return _signed(_Session(token.session_id, token.issue, exp), secret, "session")


def read_session(text: str, secret: bytes, now_us: int) -> SessionToken:
    """Return what a genuine pass of a session says; raises as `read_access` does."""
    said = _read(text, _Session, secret, "session")
    if said.exp * SECOND_US <= now_us:
        _refuse()
    return SessionToken(session_id=said.session_id, issue=said.issue)


def sign_ice(session_id: str, secret: bytes) -> str:
    """Return the pass to the ICE servers of a session, for an address: it opens nothing else."""
    return f"{session_id}.{_ice_signature(session_id, secret)}"


def read_ice(text: str, secret: bytes) -> str | None:
    """Return the session whose ICE servers a genuine pass opens; None where it is none of ours."""
    session_id, _, signed = text.rpartition(".")
    if len(text) > MAX_CHARACTERS or not text.isascii() or not session_id:
        return None
    is_ours = hmac.compare_digest(signed, _ice_signature(session_id, secret))
    return session_id if is_ours else None


def _ice_signature(session_id: str, secret: bytes) -> str:
    return hmac.new(_derived(secret, "ice"), session_id.encode(), hashlib.sha256).hexdigest()[:32]


def _signed(claims: msgspec.Struct, secret: bytes, use: str) -> str:
    return jwt.encode(msgspec.structs.asdict(claims), _derived(secret, use), algorithm=_ALGORITHM)


def _read(text: str, kind: type[T], secret: bytes, use: str) -> T:
    if len(text) > MAX_CHARACTERS or not text.isascii():
        _refuse()
    try:
        said = jwt.decode(text, _derived(secret, use), algorithms=[_ALGORITHM], options=_OWN_CLOCK)
        return msgspec.convert(said, type=kind)
    except (jwt.PyJWTError, msgspec.ValidationError, ValueError, RecursionError):
        _refuse()


def _derived(secret: bytes, use: str) -> bytes:
    return hmac.new(secret, f"odyssey {use}".encode(), hashlib.sha256).digest()


def _refuse() -> NoReturn:
    raise Unauthorized("this token opens nothing", code="token_refused")
