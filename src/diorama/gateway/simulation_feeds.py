"""One simulation, followed until it is over: server-sent events.

A reader is shown the simulation as it is, and again whenever it is another, four times a second at
most; one that reconnects is shown it anew. The feed ends after the simulation has.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Final

import msgspec

from diorama.gateway.authorisation import Doorkeeper, Member
from diorama.gateway.desk import Desk
from diorama.gateway.feeds import RETRY_MS, SILENT_S, OpenFeeds
from diorama.gateway.hub import Hub
from diorama.gateway.watching import Watch
from diorama.kernel.errors import Unavailable
from diorama.protocol.simulation_views import SimulationView
from diorama.protocol.states import OVER
from diorama.sessions.work import Work

FEEDS_OF_ACCOUNT: Final = 50
CHECK_EVERY_S: Final = 1.0
"""Between two looks, whatever was said; and whether the credential still opens the feed."""
AT_MOST_EVERY_S: Final = 0.25
Look = Callable[[Work], SimulationView]


class SimulationFeeds:
    """The feeds of one gateway.

    Args:
        desk: reads the store.
        doors: says whether a reader may still read.
        hub: says what changes.
    """

    def __init__(self, desk: Desk, doors: Doorkeeper, hub: Hub) -> None:
        self._desk = desk
        self._hub = hub
        self._open = OpenFeeds(doors, of_account=FEEDS_OF_ACCOUNT)

    def follow(self, member: Member, view: SimulationView, look: Look) -> AsyncIterator[bytes]:
        """Return a feed's blocks, the first of which shows `view`.

        Raises:
            LimitReached: `feeds_limit`: too many are open.
        """
        self._open.check_room(member.account_id)
        return self._blocks(member, view, look)

    async def _blocks(
        self, member: Member, view: SimulationView, look: Look
    ) -> AsyncIterator[bytes]:
        loop = asyncio.get_running_loop()
        with self._open.counted(member.account_id), self._hub.watches.watch() as watch:
            yield b"retry: %d\n\n" % RETRY_MS + _block(view)
            checked_s = said_s = loop.time()
            while view.state not in OVER:
                await self._until_news(watch, view.id)
                await asyncio.sleep(AT_MOST_EVERY_S)
                if loop.time() - checked_s >= CHECK_EVERY_S:
                    if not await self._open.may_go_on(member):
                        yield b'event: over\ndata: {"code":"credential_refused"}\n\n'
                        return
                    checked_s = loop.time()
                news = await self._news(look, view)
                if news is not None:
                    view = news
                    yield _block(view)
                    said_s = loop.time()
                elif loop.time() - said_s >= SILENT_S:
                    yield b": nothing new\n\n"
                    said_s = loop.time()

    async def _until_news(self, watch: Watch, simulation_id: str) -> None:
        """Return once the simulation may have changed, or it is time to look anyway."""
        loop = asyncio.get_running_loop()
        until_s = loop.time() + CHECK_EVERY_S
        while (left_s := until_s - loop.time()) > 0:
            await watch.wait(within_s=left_s)
            changed, _, everything = watch.take()
            if everything or simulation_id in changed:
                return

    async def _news(self, look: Look, shown: SimulationView) -> SimulationView | None:
        """Return the simulation as it is now where that is another than was shown."""
        try:
            view = await self._desk.look(look)
        except Unavailable:
            return None
        return None if _without_meter(view) == _without_meter(shown) else view


def _without_meter(view: SimulationView) -> SimulationView:
    """Return a view without what changes as time passes, which is no news by itself."""
    return msgspec.structs.replace(view, simulation_us=0)


def _block(view: SimulationView) -> bytes:
    """Return a view as a block of the feed: JSON has no line breaks of its own."""
    return b"event: simulation\ndata: %s\n\n" % msgspec.json.encode(view)
