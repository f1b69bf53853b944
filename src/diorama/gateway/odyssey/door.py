"""Who asks at `/odyssey/{project}`: an API key is changed for a pass, and the pass asked for.

The pass is looked at with its key behind it each time, so one that is revoked stops at once; what
it may do is what the key may. It opens nothing outside this address, and nothing but the key's own
account and the one project it was made for.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from starlette.requests import Request

from diorama.accounts.buckets import Buckets
from diorama.accounts.keys import API_KEY, Key, KeyKind, KeyState, is_mistyped
from diorama.accounts.permissions import Permission
from diorama.gateway.client_address import Network, household, visitor_address
from diorama.gateway.desk import Desk
from diorama.gateway.guessing import PER_ADDRESS
from diorama.gateway.odyssey.passes import AccessPass, read_access, sign_access
from diorama.gateway.rate_limits import RateLimits
from diorama.kernel.clock import Clock
from diorama.kernel.errors import Forbidden, Invalid, LimitReached, Unauthorized
from diorama.kernel.ids import digest
from diorama.kernel.units import SECOND_US
from diorama.projects.rules import Project
from diorama.sessions.work import Work

OPENS: Final = frozenset(
    {
        Permission.SESSIONS_WRITE,
        Permission.SIMULATIONS_READ,
        Permission.SIMULATIONS_WRITE,
        Permission.RECORDINGS_READ,
    }
)
"""A key that may do none of these has no use for a pass."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Guest:
    """Who showed a good pass: somebody of a project's account."""

    key_id: str
    account_id: str
    actor: str
    project: Project


class Door:
    """Changes keys for passes, and reads passes.

    Args:
        desk: looks keys up.
        secret: signs passes.
        proxies: the networks of proxies whose word on addresses is taken.
        limits: are told which passes were good.
        clock: tells when those who guessed too often may try again.
    """

    def __init__(
        self,
        desk: Desk,
        secret: bytes,
        *,
        proxies: Sequence[Network],
        limits: RateLimits,
        clock: Clock,
    ) -> None:
        self._clock = clock
        self._limits = limits
        self._desk = desk
        self._secret = secret
        self._proxies = proxies
        self._wrong = Buckets(PER_ADDRESS)

    async def change(self, request: Request, project: str, api_key: str) -> str:
        """Return a pass for an API key of a project's account.

        Raises:
            LimitReached: too many wrong keys came from this address (`too_many_attempts`).
            Invalid: it has not the form of a key (`key_form`).
            Unauthorized: it opens nothing (`credential_refused`).
            Forbidden: it is of another account than the project, or may do nothing here
                (`permission_missing`).
        """
        self._check_tries(request)
        if not api_key.startswith(f"{API_KEY}_") or is_mistyped(api_key):
            raise Invalid("this is no API key: one begins with dio_", code="key_form")
        hashed = digest(api_key)

        def look(work: Work) -> tuple[Key | None, Project | None, int]:
            key = work.stores.keys.find(hashed, KeyKind.API)
            return key, work.stores.projects.named(project), work.now_us

        key, found, now_us = await self._desk.look(look)
        if key is None or key.state(now_us) is not KeyState.ACTIVE:
            self._count_wrong(request)
            raise Unauthorized("this API key opens nothing", code="credential_refused")
        if found is None or found.account_id != key.account_id or not key.permissions & OPENS:
            raise Forbidden(
                f"this API key may not use project {project}: it must be of the project's account"
                " and have the permission sessions:write",
                code="permission_missing",
            )
        if key.is_use_news(now_us):
            await self._desk.do(lambda work: work.stores.keys.used(key.id, now_us))
        return sign_access(AccessPass(key_id=key.id, project=project), self._secret, now_us)

    async def guest(
        self, request: Request, project: str, needs: Permission, *, late_s: int = 0
    ) -> Guest:
        """Return who asks; `late_s`: for how much longer than its time the pass is taken.

        Raises:
            Unauthorized: a pass that opens nothing, or none.
            Forbidden: its key may not do this (`permission_missing`).
        """
        scheme, _, text = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not text:
            raise Unauthorized("this needs an access token", code="credential_missing")

        def look(work: Work) -> Guest:
            access = read_access(text.strip(), self._secret, work.now_us, late_s=late_s)
            return _guest(work, access, project, needs)

        found = await self._desk.look(look)
        self._limits.is_good(request.scope, actor=found.actor, account_id=found.account_id)
        return found

    async def still(self, guest: Guest) -> bool:
        """Return whether the key of somebody who waited opens anything yet."""

        def look(work: Work) -> bool:
            key = work.stores.keys.by_id(guest.key_id)
            return key is not None and key.state(work.now_us) is KeyState.ACTIVE

        return await self._desk.look(look)

    def _check_tries(self, request: Request) -> None:
        wait_s = self._wrong.wait_s(self._address(request), self._now_s())
        if wait_s > 0:
            raise LimitReached(
                "too many wrong keys: wait, then try again",
                code="too_many_attempts",
                detail={"retry_after_s": math.ceil(wait_s)},
            )

    def _count_wrong(self, request: Request) -> None:
        self._wrong.take(self._address(request), self._now_s())

    def _address(self, request: Request) -> str:
        found = visitor_address(
            request.client.host if request.client else None,
            request.headers.getlist("x-forwarded-for"),
            self._proxies,
        )
        return "this machine" if found is None else str(household(found))

    def _now_s(self) -> float:
        return self._clock.boottime_us() / SECOND_US


def _guest(work: Work, access: AccessPass, project: str, needs: Permission) -> Guest:
    key = work.stores.keys.by_id(access.key_id)
    if key is None or key.state(work.now_us) is not KeyState.ACTIVE:
        raise Unauthorized("this access token opens nothing", code="token_refused")
    found = work.stores.projects.named(project)
    is_for = access.project == project and found is not None
    if not is_for or found is None or found.account_id != key.account_id:
        raise Unauthorized("this access token opens nothing", code="token_refused")
    if needs not in key.permissions:
        raise Forbidden(
            f"this needs the permission {needs}",
            code="permission_missing",
            detail={"needs": needs.value},
        )
    return Guest(key_id=key.id, account_id=key.account_id, actor=key.actor, project=found)
