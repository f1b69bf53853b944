"""Watching somebody else's session in a browser, as those see it who were sent a link."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Final

import httpx
import msgspec
import pytest
import pytest_asyncio
from playwright.async_api import BrowserContext, Error

from diorama.protocol.spectator_views import CreatedSpectator
from diorama.protocol.views import SessionView
from tests.browser.axe import bring_axe, grave_faults
from tests.browser.player import Player
from tests.browser.running import Running
from tests.browser.waiting import WITHIN_S, until_soon

pytestmark = pytest.mark.asyncio(loop_scope="session")
GONE_WITHIN_S: Final = 15.0
SLACK_S: Final = 5.0


@pytest_asyncio.fixture(loop_scope="session")
async def rest(diorama: Running) -> AsyncIterator[httpx.AsyncClient]:
    """Yield the operator's REST, with spectators let into the painted world."""
    headers = {"Authorization": f"Bearer {diorama.key}"}
    async with httpx.AsyncClient(
        base_url=diorama.address, headers=headers, timeout=WITHIN_S
    ) as client:
        await let_in(client, enabled=True)
        yield client
        await let_in(client, enabled=False)


async def let_in(rest: httpx.AsyncClient, *, enabled: bool) -> None:
    body = {"rules": {"spectators": {"enabled": enabled}}}
    (await rest.patch("/v1/projects/painted", json=body)).raise_for_status()


async def a_link(rest: httpx.AsyncClient, session: SessionView) -> CreatedSpectator:
    """Let somebody watch."""
    made = await rest.post(f"/v1/sessions/{session.id}/spectators", json={})
    return msgspec.json.decode(made.raise_for_status().content, type=CreatedSpectator)


async def until_watched(diorama: Running, session_id: str, count: int) -> None:
    async def look() -> bool | None:
        return (await diorama.session(session_id)).spectators == count or None

    await until_soon(look, what=f"{count} watch", within_s=GONE_WITHIN_S + SLACK_S)


async def test_who_has_a_link_sees_what_the_viewer_sees_and_changes_nothing(
    diorama: Running, someone: BrowserContext, rest: httpx.AsyncClient
) -> None:
    player = await Player.open(someone, diorama.address, "painted")
    await player.until_playing()
    session = await diorama.only_session()
    links = [await a_link(rest, session) for _ in range(3)]
    friend, other, doomed = [await Player.visit(someone, link.watch_url) for link in links]
    for one in (friend, other, doomed):
        await one.until_screen("watching")
    await until_watched(diorama, session.id, 3)

    with contextlib.suppress(Error):  # its process is gone without a word
        await doomed.page.goto("chrome://crash")
    await friend.press("w")
    await friend.until_frames_pass(20)
    await friend.until_colour("grey")
    await player.press("w")
    await friend.until_colour("red")
    await bring_axe(friend.page)
    faults = await grave_faults(friend.page)
    revoked = await rest.delete(f"/v1/sessions/{session.id}/spectators/{links[1].id}")
    await other.until_screen("ended")
    why = await other.text("#end")
    await until_watched(diorama, session.id, 1)  # the one whose process is gone, too
    after = await diorama.session(session.id)
    await diorama.end(session.id)
    await friend.until_screen("ended")
    over = await friend.text("#end")

    assert faults == []
    assert revoked.json()["state"] == "revoked"
    assert "This link was taken back." in why
    assert (after.state, after.attached, after.attachment) == ("streaming", True, 1)
    assert "The session is over" in over
    await asyncio.gather(*(one.page.close() for one in (player, friend, other)))
