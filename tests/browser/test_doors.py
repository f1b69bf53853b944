"""Tickets and share links in the player: what an address brings behind its `#` lets a viewer in."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

import httpx
import pytest
import pytest_asyncio
from playwright.async_api import BrowserContext

from tests.browser.player import Player
from tests.browser.running import PAINTED, Running, running
from tests.browser.waiting import WITHIN_S

pytestmark = pytest.mark.asyncio(loop_scope="session")


PATIENT: Final = "[timers]\npage_left_grace_s = 10\n"
"""However slow this machine is, a page that reloads is back in that time."""


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def house(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Running]:
    """Yield the Diorama of this module."""
    async with running(tmp_path_factory.mktemp("house"), PATIENT + PAINTED, slots=1) as found:
        yield found


@asynccontextmanager
async def private(diorama: Running, name: str) -> AsyncIterator[httpx.AsyncClient]:
    """Make a project that is not public, and yield a backend's client."""
    headers = {"Authorization": f"Bearer {diorama.key}"}
    async with httpx.AsyncClient(
        base_url=diorama.address, headers=headers, timeout=WITHIN_S
    ) as backend:
        made = await backend.post("/v1/projects", json={"name": name, "world": "painted"})
        assert made.status_code == 201, made.text
        yield backend


async def test_a_ticket_in_the_address_opens_the_player_is_gone_from_there_and_a_reload_goes_on(
    diorama: Running, someone: BrowserContext, another: BrowserContext
) -> None:
    async with private(diorama, "by-ticket") as backend:
        minted = await backend.post("/v1/tickets", json={"project": "by-ticket", "end_user": "ann"})
    address = f"{diorama.address}/play/by-ticket#ticket={minted.json()['ticket']}"
    player = await Player.visit(someone, address)
    await player.until_playing()
    session = await diorama.only_session()

    await player.page.reload()
    await player.until_playing()
    thief = await Player.visit(another, address)
    await thief.until_reads("#end-code", "4013")

    assert player.page.url == f"{diorama.address}/play/by-ticket"
    assert (session.end_user, (await diorama.only_session()).id) == ("ann", session.id)


async def test_a_share_link_opens_the_player_for_whoever_has_it_until_it_is_revoked(
    diorama: Running, someone: BrowserContext, another: BrowserContext
) -> None:
    async with private(diorama, "by-link") as backend:
        made = (await backend.post("/v1/share-links", json={"project": "by-link"})).json()
        player = await Player.visit(someone, diorama.address + made["url"])
        await player.until_playing()
        await backend.delete(f"/v1/share-links/{made['link']['id']}?end_sessions=true")
        await player.until_reads("#end-code", "4012")
    late = await Player.visit(another, diorama.address + made["url"])
    await late.until_reads("#end-code", "4013")

    assert player.page.url == diorama.address + made["url"]
