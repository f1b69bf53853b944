"""Who asks, and whether they may: every route's credential becomes a `Caller` here.

A session's token opens that session and nothing else; an API key opens its account, as far as its
scopes go; anybody may ask where a route lets anybody. What a foreign object is, is no question of
this module: each query is held to the caller's account, so foreign and missing look the same.
"""

import contextlib
from dataclasses import dataclass
from typing import Final

from starlette.requests import Request

from diorama.accounts.credentials import SESSION_TOKEN, SessionToken, read_token
from diorama.accounts.keys import API_KEY, Key, KeyKind, KeyState, is_mistyped
from diorama.accounts.permissions import Permission
from diorama.gateway.desk import Desk
from diorama.kernel.errors import Forbidden, Unauthorized, Unavailable
from diorama.kernel.ids import digest
from diorama.sessions.work import Work

NOTHING: Final[frozenset[Permission]] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Who asks: the holder of a session token, somebody of an account, or anybody.

    Attributes:
        account_id: whose things it may see; None is no account's.
        token: of the one session it may see.
        permissions: what it may do in the account.
        actor: as logs, events and the audit name it: `key:<id>`, `member:<id>`, `viewer`, `anyone`.
        key_id: of the key that was shown.
    """

    account_id: str | None = None
    token: SessionToken | None = None
    permissions: frozenset[Permission] = NOTHING
    actor: str = "anyone"
    key_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """Somebody of an account who may do what a route needs: see `Doorkeeper.member`."""

    account_id: str
    actor: str
    permissions: frozenset[Permission]
    key_id: str | None = None

    @property
    def operates(self) -> bool:
        """Whether other accounts, plans and every worker are theirs to see and to change."""
        return Permission.OPERATE in self.permissions


class Doorkeeper:
    """Reads credentials.

    Args:
        desk: looks them up.
        secret: signs session tokens.
    """

    def __init__(self, desk: Desk, secret: bytes) -> None:
        self._desk = desk
        self._secret = secret

    async def member(self, request: Request, needs: Permission) -> Member:
        """Return who asks, somebody of an account who may do this.

        Raises:
            Unauthorized: a credential that opens nothing, or none (`credential_missing`,
                `credential_refused`).
            Forbidden: it does not reach so far (`permission_missing`).
        """
        caller = await self.caller(request)
        if caller.account_id is None:
            raise Unauthorized("this needs an API key", code="credential_refused")
        _check(caller, needs)
        return Member(
            account_id=caller.account_id,
            actor=caller.actor,
            permissions=caller.permissions,
            key_id=caller.key_id,
        )

    async def still(self, member: Member) -> bool:
        """Return whether what a member showed opens as much as it did: for feeds, again and again.

        Raises:
            Unavailable: the store does not say; a feed that cannot ask for long should end.
        """

        def look(work: Work) -> bool:
            key = None if member.key_id is None else work.stores.keys.by_id(member.key_id)
            if key is None or key.state(work.now_us) is not KeyState.ACTIVE:
                return False
            return key.permissions == member.permissions

        return await self._desk.look(look)

    async def caller(
        self, request: Request, *, anybody: bool = False, needs: Permission | None = None
    ) -> Caller:
        """Return who asks, a viewer of one session too.

        Args:
            request: the request.
            anybody: whether no credential at all is good enough.
            needs: what somebody of an account must be allowed to.

        Raises:
            Unauthorized: a credential that opens nothing, or none where one is needed.
            Forbidden: it does not reach so far (`permission_missing`).
        """
        header = request.headers.get("authorization")
        if header is None:
            if anybody:
                return Caller()
            raise Unauthorized("this needs a credential", code="credential_missing")
        scheme, _, secret = header.partition(" ")
        secret = secret.strip()
        if scheme.lower() == "bearer" and secret.startswith(f"{SESSION_TOKEN}_"):
            return self.viewer(secret)
        if scheme.lower() == "bearer" and secret.startswith(f"{API_KEY}_"):
            found = await self._of_key(secret)
            if found is not None:
                _check(found, needs)
                return found
        raise Unauthorized("this credential opens nothing", code="credential_refused")

    def viewer(self, token: str) -> Caller:
        """Return the viewer that a session token is of."""
        return Caller(token=read_token(token, self._secret), actor="viewer")

    async def _of_key(self, secret: str) -> Caller | None:
        if is_mistyped(secret):
            return None
        hashed = digest(secret)

        def look(work: Work) -> tuple[Key | None, int]:
            return work.stores.keys.find(hashed, KeyKind.API), work.now_us

        key, now_us = await self._desk.look(look)
        if key is None or key.state(now_us) is not KeyState.ACTIVE:
            return None
        if key.is_use_news(now_us):
            with contextlib.suppress(Unavailable):  # the next use is written as well
                await self._desk.do(lambda work: work.stores.keys.used(key.id, now_us))
        return Caller(
            account_id=key.account_id,
            permissions=key.permissions,
            actor=key.actor,
            key_id=key.id,
        )


def _check(caller: Caller, needs: Permission | None) -> None:
    """Hold somebody of an account to what they may; a session's token needs no permission."""
    if needs is not None and needs not in caller.permissions:
        raise Forbidden(
            f"this needs the permission {needs}",
            code="permission_missing",
            detail={"needs": needs.value},
        )
