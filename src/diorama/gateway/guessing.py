"""Passwords at the door: how often one may be tried, and the work done off the event loop.

Tries are counted before the store is asked and whether or not there is such a person; a password
costs the same where there is none. So neither an answer nor its time says who is known here.
"""

import asyncio
import math
from collections.abc import Callable, Sequence
from functools import partial
from typing import Final, TypeVar

from starlette.requests import Request

from diorama.accounts import passwords
from diorama.accounts.buckets import Allowance, Buckets
from diorama.gateway.client_address import Network, household, visitor_address
from diorama.kernel.clock import Clock
from diorama.kernel.errors import LimitReached, Unavailable
from diorama.kernel.units import SECOND_US

T = TypeVar("T")
PER_ADDRESS: Final = Allowance(burst=20, every_s=6)
PER_EMAIL: Final = Allowance(burst=10, every_s=30)
AT_ONCE: Final = 2
"""Passwords that are worked on at once: 19 MiB and one core each."""
WITHIN_S: Final = 10.0


class Guesses:
    """Counts tries of one gateway, and works on passwords.

    Args:
        clock: tells when somebody may try again.
        proxies: the networks of proxies whose word on addresses is taken.
    """

    def __init__(self, clock: Clock, proxies: Sequence[Network] = ()) -> None:
        self._clock = clock
        self._proxies = proxies
        self._addresses = Buckets(PER_ADDRESS)
        self._emails = Buckets(PER_EMAIL)
        self._turns = asyncio.Semaphore(AT_ONCE)

    def count(self, request: Request, email: str | None = None) -> None:
        """Count a try for the visitor's address, and for the email that is tried; or refuse it.

        Raises:
            LimitReached: with code `too_many_attempts`, and when to try again.
        """
        address = self._address(request)
        now_s = self._clock.boottime_us() / SECOND_US
        wait_s = self._addresses.wait_s(address, now_s)
        if email is not None:
            wait_s = max(wait_s, self._emails.wait_s(email, now_s))
        if wait_s > 0:
            raise LimitReached(
                "too many tries: wait, then try again",
                code="too_many_attempts",
                detail={"retry_after_s": math.ceil(wait_s)},
            )
        self._addresses.take(address, now_s)
        if email is not None:
            self._emails.take(email, now_s)

    def _address(self, request: Request) -> str:
        found = visitor_address(
            request.client.host if request.client else None,
            request.headers.getlist("x-forwarded-for"),
            self._proxies,
        )
        return "this machine" if found is None else str(household(found))

    def forgive(self, email: str) -> None:
        """Forget the tries for an email: the right password came."""
        self._emails.forget(email)

    async def matches(self, stored: str | None, password: str) -> bool:
        """Return whether a password is the stored one; None is nobody's, in the same time."""
        return await self._turn(partial(passwords.matches, stored, password))

    async def hashed(self, password: str) -> str:
        """Return what to store of a password."""
        return await self._turn(partial(passwords.hashed, password))

    async def _turn(self, work: Callable[[], T]) -> T:
        try:
            async with asyncio.timeout(WITHIN_S), self._turns:
                return await asyncio.to_thread(work)
        except TimeoutError:
            raise Unavailable("too many sign-ins at once", code="overloaded") from None
