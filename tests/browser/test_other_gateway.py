"""A gateway that dies is left for another: two of them over one PostgreSQL, and a real worker."""

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Final

import pytest
from playwright.async_api import BrowserContext

from tests.browser.network import network_to
from tests.browser.page import Page
from tests.browser.running import HOST, PAINTED
from tests.browser.site import Site
from tests.browser.waiting import until
from tests.gateway.processes import Process, processes

pytestmark = pytest.mark.asyncio(loop_scope="session")
STOP_WITHIN_S: Final = 60.0


async def test_a_page_and_its_worker_go_on_at_another_gateway(
    postgresql_url: str, tmp_path: Path, site: Site, someone: BrowserContext
) -> None:
    async with (
        processes(postgresql_url, tmp_path, config=PAINTED) as (a, b),
        worker_of((a, b), tmp_path),
        network_to(a.port, someone) as network,
    ):
        page = await Page.visit(someone, site.page(network.address, "painted"))
        await page.until_playing()
        await page.until_told("state", value="streaming")  # the store knows of the picture too
        await page.press("w")
        await page.until_colour("red")
        session_id = await page.session_id()

        network.tcp.target = b.port
        await a.kill()
        await page.until_told("reconnecting", step="socket", live=True)
        await page.until_frames_pass(20)
        moved = await page.until_told("reconnected")
        known = await page.count()
        network.udp.cut()
        await page.until_told("reconnecting", after=known, step="ice")
        network.udp.heal()
        repaired = await page.until_told("reconnected", after=known)
        await page.until_frames_pass(10)
        await page.until_colour("red")

        assert await page.session_id() == session_id
        assert moved.detail == repaired.detail == {"attachment": 1}
        assert await page.told("ended") == []


@contextlib.asynccontextmanager
async def worker_of(gateways: Sequence[Process], folder: Path) -> AsyncIterator[None]:
    """Run a worker that knows these gateways, the first one first."""
    settings = {
        "GATEWAYS": ",".join(f"http://{HOST}:{gateway.port}" for gateway in gateways),
        "CREDENTIAL_FILE": str(gateways[0].data / "secrets" / "worker.key"),
        "STATE_DIR": str(folder / "worker"),
        "NAME": "one",
        "DRAIN_S": "0",
        "ALLOW_PRIVATE_CANDIDATES": "true",
    }
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "diorama.cli", "worker"),
        env=os.environ | {f"DIORAMA_WORKER_{name}": value for name, value in settings.items()},
        process_group=0,
    )
    try:
        await until(lambda: _has_worker(gateways), what="a gateway has the worker")
        yield
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.send_signal(signal.SIGTERM)
        async with asyncio.timeout(STOP_WITHIN_S):
            await process.wait()


async def _has_worker(gateways: Sequence[Process]) -> bool | None:
    for gateway in gateways:
        async with gateway.http.get(f"http://{HOST}:{gateway.port}/readyz") as reply:
            if (await reply.json())["workers"]:
                return True
    return None
