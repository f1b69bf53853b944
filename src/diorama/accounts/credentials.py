"""Tokens of sessions, and of who may watch one. Pure.

A session token is not stored: it is the session's id and the number of its issue, signed, so the
same answer can be given again to a repeated request, and a newer issue makes every older one
worthless. A spectator's token is its id and its session's, signed: what it is worth stands in its
row, so it is revoked there.
"""

import hashlib
import hmac
from dataclasses import dataclass
from typing import Final

from diorama.kernel.errors import Unauthorized

SESSION_TOKEN: Final = "dst"  # noqa: S105 # the first word of a token, which opens nothing
SPECTATOR_TOKEN: Final = "dsp"  # noqa: S105 # likewise


@dataclass(frozen=True, slots=True)
class SessionToken:
    """What a session token says: which session, and the how-manieth token of it."""

    session_id: str
    issue: int


def sign_token(token: SessionToken, secret: bytes) -> str:
    """Return `dst_<session>.<issue>.<signature>`: HMAC-SHA-256 over what stands before it."""
    said = f"{SESSION_TOKEN}_{token.session_id}.{token.issue}"
    return f"{said}.{_signature(said, secret)}"


def read_token(text: str, secret: bytes) -> SessionToken:
    """Return what a genuine token says.

    Raises:
        Unauthorized: it is none of ours, whatever is wrong with it: the answer does not tell.
    """
    said, _, signature = text.rpartition(".")
    genuine = hmac.compare_digest(_signature(said, secret).encode(), _bytes(signature))
    kind, _, rest = said.partition("_")
    session_id, _, issue = rest.partition(".")
    if not genuine or kind != SESSION_TOKEN or not issue.isascii() or not issue.isdecimal():
        raise Unauthorized("this session token opens nothing", code="token_refused")
    return SessionToken(session_id=session_id, issue=int(issue))


@dataclass(frozen=True, slots=True)
class SpectatorToken:
    """What a spectator's token says: which session, and as whom it is watched."""

    session_id: str
    spectator_id: str


def sign_spectator(token: SpectatorToken, secret: bytes) -> str:
    """Return `dsp_<session>.<spectator>.<signature>`, signed as a session's token is."""
    said = f"{SPECTATOR_TOKEN}_{token.session_id}.{token.spectator_id}"
    return f"{said}.{_signature(said, secret)}"


def read_spectator(text: str, secret: bytes) -> SpectatorToken:
    """Return what a genuine token of a spectator says.

    Raises:
        Unauthorized: it is none of ours, whatever is wrong with it.
    """
    said, _, signature = text.rpartition(".")
    genuine = hmac.compare_digest(_signature(said, secret).encode(), _bytes(signature))
    kind, _, rest = said.partition("_")
    session_id, _, spectator_id = rest.partition(".")
    if not genuine or kind != SPECTATOR_TOKEN:
        raise Unauthorized("this spectator token opens nothing", code="token_refused")
    return SpectatorToken(session_id=session_id, spectator_id=spectator_id)


def _signature(said: str, secret: bytes) -> str:
    return hmac.new(secret, _bytes(said), hashlib.sha256).hexdigest()


def _bytes(text: str) -> bytes:
    # A header decoded with `surrogateescape` may hold lone surrogates: refused, not a crash.
    return text.encode(errors="surrogatepass")
