"""Which STUN and TURN servers whom is told of, with which credential, until when. Pure.

A credential is minted for one holder each time one is needed, so nothing about it is stored: it is
the time it ends and whose it is, and a signature that the TURN server makes as well from the
secret it shares with the gateway. A relay that is in use goes on past that time; what ends is the
right to open another. Who has shown nothing is told of STUN servers alone.
Source: draft-uberti-behave-turn-rest-00, section 2.2; coturn's `use-auth-secret`; DESIGN section 8.
"""

import base64
import hashlib
import hmac
from dataclasses import dataclass, field
from typing import Final

from diorama.kernel.clock import Clock
from diorama.kernel.units import SECOND_US
from diorama.protocol.media import IceServer

TTL_S: Final = 600
"""Long enough for a slow page to gather, and for what gathers once more after a drop."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IceRules:
    """What the operator says of ICE servers; `secret` and `credential` are never shown.

    Attributes:
        stun: addresses of STUN servers.
        turn: addresses of TURN servers, each of which takes the same credentials.
        secret: shared with the TURN servers; empty where `username` and `credential` never change.
        ttl_s: how long a minted credential opens relays.
        workers: whether workers are told of them too.
    """

    stun: tuple[str, ...] = ()
    turn: tuple[str, ...] = ()
    secret: str = field(default="", repr=False)
    username: str = ""
    credential: str = field(default="", repr=False)
    ttl_s: int = TTL_S
    workers: bool = True


def ice_for(rules: IceRules, holder: str, now_us: int) -> tuple[IceServer, ...]:
    """Return the servers for a holder, with a credential of theirs.

    Args:
        rules: the operator's.
        holder: who it is minted for; the TURN server counts relays and writes its log by it.
        now_us: of a clock that agrees with the TURN server's.
    """
    if not rules.turn:
        return ice_for_anybody(rules)
    if not rules.secret:
        relays = IceServer(rules.turn, rules.username, rules.credential)
    else:
        username = f"{now_us // SECOND_US + rules.ttl_s}:{holder}"
        relays = IceServer(rules.turn, username, signature(rules.secret, username))
    return (*ice_for_anybody(rules), relays)


def ice_for_anybody(rules: IceRules) -> tuple[IceServer, ...]:
    """Return the servers that ask for no credential."""
    return (IceServer(rules.stun),) if rules.stun else ()


def signature(secret: str, username: str) -> str:
    """Return the credential of a username that says until when: HMAC-SHA1, in base64."""
    signed = hmac.new(secret.encode(), username.encode(), hashlib.sha1)
    return base64.b64encode(signed.digest()).decode()


@dataclass(frozen=True, slots=True)
class Ice:
    """The rules, and what time it is: what the parts of a gateway ask."""

    rules: IceRules
    clock: Clock

    @property
    def mints(self) -> bool:
        """Whether there is anything that only who holds a session is told of."""
        return bool(self.rules.turn)

    def viewer(self, session_id: str) -> tuple[IceServer, ...]:
        """Return the servers for the viewer of a session."""
        return ice_for(self.rules, session_id, self.clock.now_us())

    def worker(self, session_id: str) -> tuple[IceServer, ...]:
        """Return the servers for the worker of a session; none where the operator wants that."""
        if not self.rules.workers:
            return ()
        return ice_for(self.rules, f"{session_id}.worker", self.clock.now_us())

    def spectator(self, session_id: str, spectator_id: str) -> tuple[IceServer, ...]:
        """Return the servers for somebody who watches a session."""
        return ice_for(self.rules, f"{session_id}.{spectator_id}", self.clock.now_us())

    def anybody(self) -> tuple[IceServer, ...]:
        """Return the servers for who has shown nothing."""
        return ice_for_anybody(self.rules)
