"""Publishes what happened, soon after it did, and says who reads the feed that it moved.

Any gateway may publish; where two are at it, one goes home. A commit here or elsewhere brings it
forward, and a look a second finds what was not said. What follows from time is looked for as often.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Final

import structlog

from diorama.gateway.bootstrap import OWNER
from diorama.gateway.desk import Desk
from diorama.kernel.errors import Unavailable
from diorama.sessions import publishing

EVERY_S: Final = 1.0
AT_MOST_EVERY_S: Final = 0.05
"""What happens in so short a time is published, and on SQLite written to disk, together."""
FORGET_EVERY: Final = 60
"""Looks at the time between two looks for what is kept no more."""
FORGOTTEN_AT_MOST: Final = 20
"""Units of forgetting, of a thousand rows each, in one go."""

_log: Final = structlog.stdlib.get_logger(__name__)


class Publisher:
    """The publisher of one gateway.

    Args:
        desk: runs use cases.
        published: called when the feed has moved; must not block.
    """

    def __init__(self, desk: Desk, published: Callable[[], None]) -> None:
        self._desk = desk
        self._published = published
        self._wake = asyncio.Event()
        self._moved = asyncio.Event()
        self._position = 0
        self._rounds = 0

    def wake(self) -> None:
        """Say that something may have happened."""
        self._wake.set()

    @property
    def position(self) -> int:
        """The last place of the feed, as far as is known here."""
        return self._position

    async def moved(self, position: int, *, within_s: float) -> None:
        """Return once the feed has moved beyond a place, as far as is known, or the time is up."""
        try:
            async with asyncio.timeout(within_s):
                while self._position <= position:
                    await self._moved.wait()
        except TimeoutError:
            return

    async def run(self) -> None:
        """Publish until cancelled: soon after a commit; and once a second look at the time."""
        loop = asyncio.get_running_loop()
        looked_s = loop.time()
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout_at(looked_s + EVERY_S):
                    await self._wake.wait()
            self._wake.clear()
            if loop.time() >= looked_s + EVERY_S:  # however much happens
                looked_s = loop.time()
                await self._try(self.look_at_time)
            await self._try(self.once)
            await asyncio.sleep(AT_MOST_EVERY_S)

    async def once(self) -> None:
        """Publish what waits, unless another gateway is at it."""
        while await self._desk.look(publishing.is_behind):
            if not await self._desk.do(publishing.publish):
                break
        position = await self._desk.look(lambda work: work.stores.feed.standing())
        if position != self._position:
            self._position = position
            self._moved.set()
            self._moved = asyncio.Event()
            self._published()

    async def look_at_time(self) -> None:
        """Notice what follows from the time, and drop what is kept no more."""
        if await self._desk.look(publishing.workers_to_tell_of):
            await self._desk.do(partial(publishing.tell_of_workers, operator=OWNER))
        if await self._desk.look(publishing.months_to_close):
            await self._desk.do(publishing.close_months)
        self._rounds += 1
        if self._rounds % FORGET_EVERY == 0:
            for _ in range(FORGOTTEN_AT_MOST):
                if not await self._desk.do(publishing.forget_events):
                    break

    async def _try(self, what: Callable[[], Awaitable[None]]) -> None:
        try:
            await what()
        except Unavailable as error:
            _log.warning("what happened could not be published", code=error.code)
