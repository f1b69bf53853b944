"""Two whole gateways in this process over one PostgreSQL, and a bus that loses everything."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Final

from aiohttp import ClientSession

from diorama.gateway.bootstrap import load_secrets
from diorama.gateway.front import start_front
from diorama.gateway.hints import HintBus, Hints
from diorama.gateway.ice_settings import IceSettings
from diorama.gateway.server import Gateway, open_bus
from diorama.gateway.settings import Settings, WebhookSettings
from diorama.storage.database import open_database
from tests.clock import NOON_US, SteppedClock
from tests.gateway.running import (
    COVE,
    NEVER_S,
    NO_ICE,
    NO_NETWORKS,
    NOBODY_IS_HELD,
    Place,
)


class Deaf:
    """A bus on which every hint is lost, as on one whose server is down."""

    has_others: Final = True

    def tell(self, hints: Hints) -> None:
        """Lose them."""

    async def run(self, heard: Callable[[Hints], None]) -> None:
        """Hear nothing."""


@contextlib.asynccontextmanager
async def gateway_over(  # noqa: PLR0913 - a test names only what it is about
    url: str,
    folder: Path,
    *,
    clock: SteppedClock | None = None,
    bus: HintBus | None = None,
    webhooks: WebhookSettings = NO_NETWORKS,
    ice: IceSettings = NO_ICE,
) -> AsyncIterator[Place]:
    """Run one gateway of several over a PostgreSQL, until the block ends."""
    clock = clock or SteppedClock(now_us=NOON_US)
    settings = Settings(
        data=folder, projects=(COVE,), webhooks=webhooks, rate_limits=NOBODY_IS_HELD, ice=ice
    )
    secrets = load_secrets(folder)
    database = await asyncio.to_thread(open_database, url, clock=clock)
    try:
        carrier = bus or await open_bus(url, secrets.tokens)
        gateway = Gateway(settings, database, secrets, clock, carrier)
        gateway.sweeps.every_s = NEVER_S
        async with gateway.run() as front, ClientSession() as http:
            running = await start_front(front, host="127.0.0.1", port=0, stop_within_s=1)
            try:
                yield Place(gateway, running, secrets, clock, http, database)
            finally:
                await http.close()
                await running.stop()
    finally:
        await database.close()


@contextlib.asynccontextmanager
async def two_gateways(
    url: str,
    folder: Path,
    *,
    bus: Callable[[], HintBus] | None = None,
    webhooks: WebhookSettings = NO_NETWORKS,
    ice: IceSettings = NO_ICE,
) -> AsyncIterator[tuple[Place, Place]]:
    """Run two gateways, of one data folder's secrets and one clock, over one PostgreSQL."""
    clock = SteppedClock(now_us=NOON_US)

    def one() -> contextlib.AbstractAsyncContextManager[Place]:
        return gateway_over(url, folder, clock=clock, bus=bus and bus(), webhooks=webhooks, ice=ice)

    async with one() as a, one() as b:
        yield a, b
