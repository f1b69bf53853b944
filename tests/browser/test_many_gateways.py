"""A page at one gateway and its worker at another, and what a viewer sees when either is killed.

Two relays stand where an operator has a balancer: one before the viewers, one before the worker.
"""

import asyncio
import contextlib
import os
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
import pytest_asyncio
from playwright.async_api import BrowserContext

from diorama.metering.usage import LoggedEvent, intervals
from diorama.protocol.states import SessionState
from diorama.protocol.views import SessionView
from tests.browser.player import Player
from tests.browser.running import PAINTED, STOP_WITHIN_S
from tests.browser.waiting import until
from tests.gateway.processes import HOST, Process, processes
from tests.relay.tcp import TcpRelay

pytestmark = pytest.mark.asyncio(loop_scope="session")

PATIENT = "[timers]\npage_left_grace_s = 10\n"
"""However slow this machine is, a page that reloads is back in that time."""
LOG = "SELECT version, state, at_us FROM event WHERE session_id = %s ORDER BY version"


@dataclass(frozen=True, slots=True)
class Fleet:
    """Two gateways, a worker, and what leads to them.

    Attributes:
        viewers: what leads pages to a gateway; at first to the first one.
        workers: what leads the worker to a gateway; at first to the second one.
    """

    gateways: list[Process]
    viewers: TcpRelay
    workers: TcpRelay
    url: str

    @property
    def address(self) -> str:
        """Where the player is opened."""
        return f"http://{HOST}:{self.viewers.port}"

    async def until_streaming(self, session_id: str, at: Process) -> SessionView:
        """Return a session once it streams to a viewer that is heard."""

        async def look() -> SessionView | None:
            session = await at.session(session_id)
            fits = session.state is SessionState.STREAMING and session.attached
            return session if fits else None

        return await until(look, what=f"{session_id} streams")

    def stays(self, session_id: str) -> int:
        """Return how many stretches of a session are metered."""
        with psycopg.connect(self.url) as connection:
            rows = connection.execute(LOG, (session_id,)).fetchall()
        log = [
            LoggedEvent(session_id=session_id, version=v, state=SessionState(s), at_us=at)
            for v, s, at in rows
        ]
        return len(intervals(log, until_us=2**62))


@pytest_asyncio.fixture(loop_scope="session")
async def fleet(postgresql_url: str, tmp_path: Path) -> AsyncIterator[Fleet]:
    """Yield a fleet with one slot."""
    async with processes(postgresql_url, tmp_path, config=PATIENT + PAINTED) as gateways:
        a, b = gateways
        async with TcpRelay(a.port) as viewers, TcpRelay(b.port) as workers:
            key = a.data / "secrets" / "worker.key"
            async with worker(tmp_path, f"http://{HOST}:{workers.port}", key):
                await until(lambda: _has_slot(a), what="the worker registered")
                yield Fleet(gateways, viewers, workers, postgresql_url)


@contextlib.asynccontextmanager
async def worker(folder: Path, gateway: str, key: Path) -> AsyncIterator[None]:
    """Run a worker that knows one address."""
    settings = {
        "DIORAMA_WORKER_GATEWAYS": gateway,
        "DIORAMA_WORKER_CREDENTIAL_FILE": str(key),
        "DIORAMA_WORKER_STATE_DIR": str(folder / "worker"),
        "DIORAMA_WORKER_ALLOW_PRIVATE_CANDIDATES": "true",
        "DIORAMA_WORKER_DRAIN_S": "0",
    }
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "diorama.cli", "worker"), env=os.environ | settings
    )
    try:
        yield
    finally:
        process.terminate()
        async with asyncio.timeout(STOP_WITHIN_S):
            await process.wait()


async def _has_slot(gateway: Process) -> bool | None:
    return bool(await gateway.workers()) or None


async def test_a_picture_that_came_across_gateways_outlives_the_viewers_gateway(
    fleet: Fleet, someone: BrowserContext
) -> None:
    a, b = fleet.gateways
    player = await Player.open(someone, fleet.address, "painted")
    await player.until_playing()
    await player.press("w")
    await player.until_colour("red")
    (before,) = await b.live()

    fleet.viewers.target = b.port
    await a.kill()
    await player.until_reads("#repair", "Reconnecting to the server")
    await player.until_frames_pass(20)
    await player.press("w")
    await player.until_colour("green")
    await player.page.locator("#repair").wait_for(state="hidden")
    after = await fleet.until_streaming(before.id, b)

    assert (after.attachment, after.first_frame_at) == (before.attachment, before.first_frame_at)
    assert fleet.stays(before.id) == 1


async def test_a_picture_that_came_across_gateways_outlives_the_workers_gateway(
    fleet: Fleet, someone: BrowserContext
) -> None:
    a, b = fleet.gateways
    player = await Player.open(someone, fleet.address, "painted")
    await player.until_playing()
    (before,) = await a.live()

    fleet.workers.target = a.port
    await b.kill()
    await until(lambda: _has_worker_here(a), what="the worker is at the other gateway")
    await player.until_frames_pass(20)
    await player.press("w")
    await player.until_colour("red")
    await player.page.reload()
    await player.until_playing()
    await player.until_colour("red")
    after = await fleet.until_streaming(before.id, a)

    assert (after.id, after.attachment) == (before.id, before.attachment + 1)


async def _has_worker_here(gateway: Process) -> bool | None:
    return await gateway.worker_count() > 0 or None
