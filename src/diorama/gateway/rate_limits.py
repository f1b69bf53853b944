"""How often may be asked: by a key or member, by an account, with a session's token, by an address.

A request that shows a credential counts on it, and on its account; one that shows none, or one
that opens nothing, on the network address it comes from. Which of them a credential is, is known
without the store once it has been good here: until then its requests count on the address, and
what they took there is given back when it turns out to be good. So neither made-up credentials nor
a neighbour behind the same address use up what somebody's key may.

In memory, per gateway, with a bound; why: docs/design/rate-limits.md. Who asks from the operator's
own machine is told by no address, and not held. What the door thinks of a request is no question
of this module.
"""

import math
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from starlette.datastructures import Headers
from starlette.types import Scope

from diorama.accounts.buckets import Allowance, Buckets
from diorama.accounts.credentials import SESSION_TOKEN, read_token
from diorama.accounts.keys import API_KEY
from diorama.gateway import sign_in_cookie
from diorama.gateway.client_address import Network, household, visitor_address
from diorama.gateway.odyssey.passes import ACCESS
from diorama.gateway.sign_in_cookie import ACCOUNT_HEADER
from diorama.kernel.clock import Clock
from diorama.kernel.errors import LimitReached, Unauthorized
from diorama.kernel.ids import digest
from diorama.kernel.units import SECOND_US

MAX_KNOWN: Final = 20_000
"""Names kept of a kind, and credentials that were good: about 25 MB in all when every one is."""
HELD: Final = ("/v1/", "/odyssey/")
"""What counts. Health, metrics, the document and pages with their files do not."""
FREE: Final = "/v1/uploads"
"""Not counted all the same: a fleet of workers behind one address brings its recordings, and its
tokens are told from others without the store."""
COSTS: Final[Mapping[tuple[str, str], int]] = {
    ("POST", "/v1/sessions"): 5,
    ("POST", "/v1/sessions/end"): 10,
    ("POST", "/v1/simulations"): 5,
    ("GET", "/v1/overview/series"): 5,
    ("GET", "/v1/usage"): 5,
    ("GET", "/v1/usage/cost"): 5,
    ("GET", "/v1/usage.csv"): 20,
    ("GET", "/v1/audit/check"): 20,
    ("GET", "/v1/usage/verify"): 50,
}
"""What takes more of the store than others; anything else costs 1. Below every least burst."""
_PENDING: Final = "unproven"


class Counted(StrEnum):
    """Whose requests a bucket counts."""

    CALLER = "caller"
    ACCOUNT = "account"
    SESSION = "session"
    ADDRESS = "address"


_WORDS: Final[Mapping[Counted, str]] = {
    Counted.CALLER: "this key or member asks",
    Counted.ACCOUNT: "this account's keys and members ask",
    Counted.SESSION: "this session's viewer asks",
    Counted.ADDRESS: "this network address asks",
}


@dataclass(frozen=True, slots=True)
class _Owner:
    """Whom a credential that was good is of."""

    actor: str
    account_id: str


@dataclass(frozen=True, slots=True)
class _Unproven:
    """A credential that was never good here, and the address that its request counts on."""

    credential: str
    address: str | None
    cost: int


class RateLimits:
    """Counts requests of one gateway.

    Args:
        allowances: how much of each; empty holds nobody.
        clock: its `boottime_us` is read.
        secret: signs session tokens.
        proxies: the networks of proxies whose word on addresses is taken.
        refused: is told of each refusal.
    """

    def __init__(
        self,
        allowances: Mapping[Counted, Allowance],
        clock: Clock,
        *,
        secret: bytes,
        proxies: Sequence[Network] = (),
        refused: Callable[[Counted], object] = str,
    ) -> None:
        self._clock = clock
        self._secret = secret
        self._proxies = proxies
        self._refused = refused
        self._buckets = {
            kind: Buckets(allowance, max_known=MAX_KNOWN) for kind, allowance in allowances.items()
        }
        self._owners: OrderedDict[str, _Owner] = OrderedDict()

    def count(self, scope: Scope) -> None:
        """Count a request for whoever sent it, as far as its headers tell.

        Raises:
            LimitReached: with code `rate_limited`, and when to ask again.
        """
        path = scope["path"]
        if not self._buckets or not path.startswith(HELD) or path.startswith(FREE):
            return
        headers = Headers(scope=scope)
        cost = COSTS.get((scope["method"], path), 1)
        token = _bearer(headers)
        if token.startswith(f"{SESSION_TOKEN}_") and self._is_of_session(token, cost):
            return
        credential = _credential(headers, token)
        owner = None if credential is None else self._owner(credential)
        if owner is not None:
            self._take_of_owner(owner, cost)
            return
        client = scope.get("client")
        address = self._address(client[0] if client else None, headers.getlist("x-forwarded-for"))
        self._take_of_address(address, cost)
        if credential is not None:
            scope["state"][_PENDING] = _Unproven(credential, address, cost)

    def count_upgrade(self, peer: str | None, forwarded_for: Sequence[str]) -> None:
        """Count a WebSocket that is asked for; who asks says so only later.

        Raises:
            LimitReached: see `count`.
        """
        self._take_of_address(self._address(peer, forwarded_for), 1)

    def count_session(self, session_id: str) -> None:
        """Count what the holder of a session's genuine token asks.

        Raises:
            LimitReached: see `count`.
        """
        self._take({Counted.SESSION: session_id}, 1)

    def is_good(self, scope: Scope, *, actor: str, account_id: str) -> None:
        """Count a request on the credential it showed, which turned out to be good.

        Raises:
            LimitReached: see `count`.
        """
        pending = scope["state"].pop(_PENDING, None)
        if not isinstance(pending, _Unproven):
            return
        owner = self._owners[pending.credential] = _Owner(actor, account_id)
        while len(self._owners) > MAX_KNOWN:
            self._owners.popitem(last=False)
        if pending.address is not None:
            self._buckets[Counted.ADDRESS].give_back(pending.address, cost=pending.cost)
        self._take_of_owner(owner, pending.cost)

    def _is_of_session(self, token: str, cost: int) -> bool:
        try:
            said = read_token(token, self._secret)
        except Unauthorized:
            return False
        self._take({Counted.SESSION: said.session_id}, cost)
        return True

    def _owner(self, credential: str) -> _Owner | None:
        found = self._owners.get(credential)
        if found is not None:
            self._owners.move_to_end(credential)
        return found

    def _take_of_owner(self, owner: _Owner, cost: int) -> None:
        self._take({Counted.CALLER: owner.actor, Counted.ACCOUNT: owner.account_id}, cost)

    def _take_of_address(self, address: str | None, cost: int) -> None:
        if address is not None:
            self._take({Counted.ADDRESS: address}, cost)

    def _take(self, names: Mapping[Counted, str], cost: int) -> None:
        """Take from every bucket, or from none."""
        if not self._buckets:
            return
        now_s = self._clock.boottime_us() / SECOND_US
        waits = {
            kind: self._buckets[kind].wait_s(name, now_s, cost=cost) for kind, name in names.items()
        }
        longest = max(waits, key=lambda kind: waits[kind])
        if waits[longest] > 0:
            self._refused(longest)
            raise _refusal(longest, waits[longest])
        for kind, name in names.items():
            self._buckets[kind].take(name, now_s, cost=cost)

    def _address(self, peer: str | None, forwarded_for: Sequence[str]) -> str | None:
        found = visitor_address(peer, forwarded_for, self._proxies)
        return None if found is None else str(household(found))


def _bearer(headers: Headers) -> str:
    scheme, _, secret = headers.get("authorization", "").partition(" ")
    return secret.strip() if scheme.lower() == "bearer" else ""


def _credential(headers: Headers, token: str) -> str | None:
    """Return what stands for a credential that may be an account's; the door judges it."""
    if token.startswith((f"{API_KEY}_", f"{ACCESS}_")):
        return digest(token)
    if "authorization" in headers:
        return None
    cookie = sign_in_cookie.read(headers)
    if cookie is None:
        return None
    return digest(f"{cookie.secret} {headers.get(ACCOUNT_HEADER, '')}")


def _refusal(kind: Counted, wait_s: float) -> LimitReached:
    return LimitReached(
        f"{_WORDS[kind]} too often: wait, then ask again",
        code="rate_limited",
        detail={"limit": kind.value, "retry_after_s": math.ceil(wait_s)},
    )
