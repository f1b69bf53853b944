"""Waiting for what another process does: asked again and again, until it is so or time is up."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final, TypeVar

WITHIN_S: Final = 60.0
"""Patience costs nothing where things work, and a machine may be slow, busy or held for seconds."""
WITHIN_MS: Final = 60_000
CLOSED_WITHIN_S: Final = 1.0
"""The product's own bound: a closed tab's slot is free."""
SLACK_S: Final = 1.0
"""What a busy machine may add to a bound of the product, which it keeps when it is not."""
_EVERY_S: Final = 0.02
_Found = TypeVar("_Found")


class NotInTime(AssertionError):
    """What was waited for did not come."""


async def until(
    look: Callable[[], Awaitable[_Found | None]], *, what: str, within_s: float = WITHIN_S
) -> _Found:
    """Return the first answer of `look` that is not None.

    Raises:
        NotInTime: it names `what`, which did not come.
    """
    try:
        async with asyncio.timeout(within_s):
            while (found := await look()) is None:  # noqa: ASYNC110 - another process's state
                await asyncio.sleep(_EVERY_S)
    except TimeoutError:
        raise NotInTime(f"not within {within_s:g} s: {what}") from None
    return found


async def until_soon(
    look: Callable[[], Awaitable[_Found | None]], *, what: str, within_s: float
) -> _Found:
    """Return the first answer of `look` that is not None, where the product promises a bound.

    Counted are times of asking, not seconds: where the machine is slow the asking is too, and while
    it stands still nothing is asked.

    Raises:
        NotInTime: it names `what`, which did not come.
    """
    for _ in range(round(within_s / _EVERY_S)):
        if (found := await look()) is not None:
            return found
        await asyncio.sleep(_EVERY_S)
    raise NotInTime(f"not within {within_s:g} s of a machine of its own: {what}")
