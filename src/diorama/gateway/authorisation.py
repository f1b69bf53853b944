"""Who asks, and whether they may: every route's credential becomes a `Caller` here.

A session's token opens that session and nothing else; an API key opens its account, as far as its
scopes go; the cookie of somebody who is signed in opens their accounts, as far as their role goes,
one account at a time; anybody may ask where a route lets anybody. Where a header says who asks, no
cookie is looked at. What a foreign object is, is no question of this module: each query is held to
the caller's account, so foreign and missing look the same.
"""

import contextlib
from dataclasses import dataclass
from typing import Final

from starlette.requests import Request

from diorama.accounts.credentials import SESSION_TOKEN, SessionToken, read_token
from diorama.accounts.keys import API_KEY, Key, KeyKind, KeyState, is_mistyped
from diorama.accounts.people import Membership
from diorama.accounts.permissions import Permission, Role
from diorama.accounts.signing_in import SignedIn, signed_in
from diorama.gateway import sign_in_cookie
from diorama.gateway.desk import Desk
from diorama.gateway.rate_limits import RateLimits
from diorama.gateway.sign_in_cookie import ACCOUNT_HEADER, CSRF_HEADER, SignInCookie
from diorama.kernel.errors import Forbidden, NotFound, Unauthorized, Unavailable
from diorama.kernel.ids import digest
from diorama.sessions.work import Work

NOTHING: Final[frozenset[Permission]] = frozenset()
_CHANGES_NOTHING: Final = frozenset({"GET", "HEAD", "OPTIONS"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Who asks: the holder of a session token, somebody of an account, or anybody.

    Attributes:
        account_id: whose things it may see; None is no account's.
        token: of the one session it may see.
        permissions: what it may do in the account.
        actor: as logs, events and the audit name it: `key:<id>`, `member:<id>`, `viewer`, `anyone`.
        key_id: of the key that was shown.
        sign_in: the digest of the cookie that was shown.
        owns: whether owners are theirs to make: an owner, or a key that may do everything.
    """

    account_id: str | None = None
    token: SessionToken | None = None
    permissions: frozenset[Permission] = NOTHING
    actor: str = "anyone"
    key_id: str | None = None
    sign_in: str | None = None
    owns: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """Somebody of an account who may do what a route needs: see `Doorkeeper.member`."""

    account_id: str
    actor: str
    permissions: frozenset[Permission]
    key_id: str | None = None
    sign_in: str | None = None
    owns: bool = False

    @property
    def operates(self) -> bool:
        """Whether other accounts, plans and every worker are theirs to see and to change."""
        return Permission.OPERATE in self.permissions


class Doorkeeper:
    """Reads credentials.

    Args:
        desk: looks them up.
        secret: signs session tokens.
        limits: are told which credentials were good.
    """

    def __init__(self, desk: Desk, secret: bytes, limits: RateLimits | None = None) -> None:
        self._desk = desk
        self._secret = secret
        self._limits = limits

    async def member(self, request: Request, needs: Permission) -> Member:
        """Return who asks, somebody of an account who may do this.

        Raises:
            Unauthorized: a credential that opens nothing, or none (`credential_missing`,
                `credential_refused`).
            Forbidden: it does not reach so far (`permission_missing`).
        """
        caller = await self.caller(request)
        if caller.account_id is None:
            raise Unauthorized("this needs a sign-in or an API key", code="credential_refused")
        _check(caller, needs)
        return Member(
            account_id=caller.account_id,
            actor=caller.actor,
            permissions=caller.permissions,
            key_id=caller.key_id,
            sign_in=caller.sign_in,
            owns=caller.owns,
        )

    async def person(self, request: Request) -> "Visit":
        """Return who is signed in by this request's cookie, whatever account they choose.

        Raises:
            Unauthorized: nobody (`credential_missing`).
            Forbidden: a change that no page of ours sent (`csrf_refused`).
            NotFound: the account that is chosen is none of theirs (`account_unknown`).
        """
        visit = await self._visit(request, anybody=False)
        if visit is None:
            raise Unauthorized("nobody is signed in", code="credential_missing")
        return visit

    async def still(self, member: Member) -> bool:
        """Return whether what a member showed opens as much as it did: for feeds, again and again.

        Raises:
            Unavailable: the store does not say; a feed that cannot ask for long should end.
        """

        def look(work: Work) -> bool:
            if member.sign_in is not None:
                return _opens(work, member) == member.permissions
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
            Forbidden: it does not reach so far (`permission_missing`), or a change by cookie that
                no page of ours sent (`csrf_refused`).
            NotFound: the account that is chosen is none of theirs (`account_unknown`).
        """
        header = request.headers.get("authorization")
        if header is None:
            visit = await self._visit(request, anybody=anybody)
            if visit is not None:
                _check(visit.caller, needs)
                return visit.caller
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
                self._count(request, found)
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
            owns=key.scopes is None,
        )

    async def _visit(self, request: Request, *, anybody: bool) -> "Visit | None":
        """Return who is signed in; where anybody may ask, a dead or unproven cookie is none."""
        cookie = sign_in_cookie.read(request.headers)
        if cookie is None:
            return None
        if request.method in _CHANGES_NOTHING:
            if not sign_in_cookie.may_read(request.headers):
                return None
        elif anybody and CSRF_HEADER not in request.headers:
            return None
        else:
            sign_in_cookie.check_change(request.headers, cookie)
        found = await self._desk.look(lambda work: signed_in(work, cookie.secret))
        if found is None:
            return None
        if found.is_seen_news:
            with contextlib.suppress(Unavailable):  # the next visit is written as well
                await self._desk.do(
                    lambda work: work.stores.sign_ins.seen(found.sign_in.digest, work.now_us)
                )
        wanted = request.headers.get(ACCOUNT_HEADER)
        visit = Visit(cookie=cookie, who=found, membership=_chosen(found, wanted))
        self._count(request, visit.caller)
        return visit

    def _count(self, request: Request, caller: Caller) -> None:
        """Count the request on what it showed, now that it is known to be good."""
        if self._limits is not None and caller.account_id is not None:
            self._limits.is_good(request.scope, actor=caller.actor, account_id=caller.account_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """A request of somebody who is signed in, in one of their accounts."""

    cookie: SignInCookie
    who: SignedIn
    membership: Membership

    @property
    def caller(self) -> Caller:
        """Who asks, as every route knows it."""
        return Caller(
            account_id=self.membership.account_id,
            permissions=self.membership.permissions,
            actor=self.membership.actor,
            sign_in=self.who.sign_in.digest,
            owns=self.membership.role is Role.OWNER,
        )


def _chosen(found: SignedIn, wanted: str | None) -> Membership:
    if wanted is None:
        return found.memberships[0]
    for membership in found.memberships:
        if membership.account_id == wanted:
            return membership
    raise NotFound(f"there is no account {wanted}", code="account_unknown")


def _opens(work: Work, member: Member) -> frozenset[Permission]:
    """Return what a cookie opens now in the account it opened."""
    found = work.stores.sign_ins.get(member.sign_in or "")
    if found is None or not found.is_alive(work.now_us):
        return NOTHING
    theirs = work.stores.people.memberships(found.person_id)
    return next((m.permissions for m in theirs if m.account_id == member.account_id), NOTHING)


def _check(caller: Caller, needs: Permission | None) -> None:
    """Hold somebody of an account to what they may; a session's token needs no permission."""
    if needs is not None and needs not in caller.permissions:
        raise Forbidden(
            f"this needs the permission {needs}",
            code="permission_missing",
            detail={"needs": needs.value},
        )
