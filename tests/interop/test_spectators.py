"""Who streams with the Odyssey SDK lets others watch, who watch with it."""

import pytest
from playwright.async_api import BrowserContext

from tests.browser.running import Running
from tests.browser.site import Site
from tests.browser.waiting import until
from tests.interop.house import api_of
from tests.interop.page import OdysseyPage

pytestmark = pytest.mark.asyncio(loop_scope="session")
BROADCAST = "() => client.startStream({ prompt: 'red', broadcast: true })"
WATCH = """async ({ webrtcUrl, spectatorToken }) => {
  window.watched = await odyssey.Odyssey.connectToStream(webrtcUrl, spectatorToken)
  video.srcObject = watched.stream
}"""


async def broadcasting(context: BrowserContext, site: Site, diorama: Running) -> OdysseyPage:
    """Return a page that lets others watch what it streams."""
    page = await OdysseyPage.of(context, site, api=api_of(diorama, "shown"), key=diorama.key)
    await page.connect()
    await page.do(BROADCAST)
    await page.until_colour("red")
    return page


async def until_watched(diorama: Running, session_id: str, count: int) -> None:
    """Wait until a session has so many who watch."""

    async def look() -> bool | None:
        return (await diorama.session(session_id)).spectators == count or None

    await until(look, what=f"{count} watch {session_id}")


async def test_who_was_given_the_broadcast_watches_the_stream_without_a_key_or_a_session(
    diorama: Running, site: Site, someone: BrowserContext, another: BrowserContext
) -> None:
    viewer = await broadcasting(someone, site, diorama)
    session_id = await viewer.session_id()
    info = (await viewer.until_told("broadcast")).detail
    spectator = await OdysseyPage.of(another, site)
    await spectator.do(WATCH, info)
    await spectator.until_frames_pass(10)
    await spectator.until_colour("red")
    await viewer.do("() => client.interact({ prompt: 'blue' })")
    await spectator.until_colour("blue")
    await until_watched(diorama, session_id, 1)

    assert [session.id for session in await diorama.live()] == [session_id]
    assert info["hlsUrl"] is None


async def test_a_spectator_who_disconnects_or_closes_the_tab_is_counted_no_more(
    diorama: Running, site: Site, someone: BrowserContext, another: BrowserContext
) -> None:
    viewer = await broadcasting(someone, site, diorama)
    session_id = await viewer.session_id()
    info = (await viewer.until_told("broadcast")).detail
    leaving, closing = [await OdysseyPage.of(another, site) for _ in range(2)]
    for spectator in (leaving, closing):
        await spectator.do(WATCH, info)
    await until_watched(diorama, session_id, 2)
    await leaving.do("() => watched.disconnect()")
    await until_watched(diorama, session_id, 1)
    await closing.close_tab()
    await until_watched(diorama, session_id, 0)

    await viewer.until_frames_pass(5)


async def test_a_token_that_is_none_is_an_invalid_spectator_token(
    diorama: Running, site: Site, someone: BrowserContext
) -> None:
    viewer = await broadcasting(someone, site, diorama)
    info = (await viewer.until_told("broadcast")).detail

    refused = await viewer.refused_at(WATCH, info | {"spectatorToken": "nonsense"})

    assert refused.message == "Invalid spectator token"


async def test_nobody_watches_where_the_project_does_not_let_them(
    diorama: Running, site: Site, someone: BrowserContext
) -> None:
    page = await OdysseyPage.of(someone, site, api=api_of(diorama), key=diorama.key)
    await page.connect()
    await page.do(BROADCAST)
    refused = await page.until_told("stream_error")
    await page.until_colour("red")

    assert refused.detail["reason"].startswith("broadcast")
    assert await page.told("broadcast") == []
