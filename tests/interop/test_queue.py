"""The Odyssey SDK has no queue of its own: its one request is held until a slot is free."""

from typing import Final

import pytest
from playwright.async_api import BrowserContext

from diorama.protocol.states import SessionState
from diorama.protocol.views import SessionView
from tests.browser.people import Doomed
from tests.browser.player import Player
from tests.browser.running import Running
from tests.browser.site import Site
from tests.browser.waiting import until
from tests.interop.house import api_of
from tests.interop.page import OdysseyPage

pytestmark = pytest.mark.asyncio(loop_scope="session")
LINE: Final = "line"
"""A project that lets one in at a time."""


async def page_of(context: BrowserContext, site: Site, diorama: Running) -> OdysseyPage:
    """Return a page that is about to connect."""
    return await OdysseyPage.of(context, site, api=api_of(diorama, LINE), key=diorama.key)


async def waiting(diorama: Running) -> list[SessionView]:
    """Return who stands in line."""
    return [session for session in await diorama.live() if session.state is SessionState.QUEUED]


async def until_waiting(diorama: Running, count: int) -> list[SessionView]:
    """Return who stands in line, once they are so many."""

    async def look() -> list[SessionView] | None:
        found = await waiting(diorama)
        return found if len(found) == count else None

    return await until(look, what=f"{count} wait")


async def test_who_finds_no_slot_waits_in_line_and_is_let_in_when_one_is_free(
    diorama: Running, site: Site, someone: BrowserContext, another: BrowserContext
) -> None:
    first = await page_of(someone, site, diorama)
    await first.connect()
    second = await page_of(another, site, diorama)
    await second.begin_connecting()
    (waiter,) = await until_waiting(diorama, 1)

    await first.do("() => client.disconnect()")
    await second.until_connected()
    await second.until_frames_pass(5)

    assert waiter.queue is not None
    assert waiter.queue.position == 1
    assert await second.session_id() == waiter.id
    assert [session.id for session in await diorama.live()] == [waiter.id]


async def test_aborting_while_waiting_leaves_the_line(
    diorama: Running, site: Site, someone: BrowserContext, another: BrowserContext
) -> None:
    first = await page_of(someone, site, diorama)
    await first.connect()
    second = await page_of(another, site, diorama)
    await second.begin_connecting()
    await until_waiting(diorama, 1)

    await second.do("() => client.disconnect()")
    refused = await second.refused(begun=True)
    await until_waiting(diorama, 0)

    assert refused.message == "Connection aborted"
    assert [session.id for session in await diorama.live()] == [await first.session_id()]


async def test_a_tab_that_is_closed_while_it_waits_leaves_the_line(
    diorama: Running, site: Site, someone: BrowserContext, another: BrowserContext
) -> None:
    first = await page_of(someone, site, diorama)
    await first.connect()
    second = await page_of(another, site, diorama)
    await second.begin_connecting()
    await until_waiting(diorama, 1)

    await second.close_tab()

    await until_waiting(diorama, 0)


async def test_a_browser_that_is_killed_while_it_waits_leaves_the_line(
    diorama: Running, site: Site, someone: BrowserContext, doomed: Doomed
) -> None:
    first = await page_of(someone, site, diorama)
    await first.connect()
    second = await page_of(doomed.context, site, diorama)
    await second.begin_connecting()
    await until_waiting(diorama, 1)

    doomed.kill()

    await until_waiting(diorama, 0)


async def test_viewers_of_both_kinds_stand_in_one_line_in_the_order_they_came(
    diorama: Running, site: Site, someone: BrowserContext, another: BrowserContext
) -> None:
    first = await Player.open(someone, diorama.address, LINE)
    await first.until_playing()
    second = await page_of(another, site, diorama)
    await second.begin_connecting()
    (ahead,) = await until_waiting(diorama, 1)
    third = await Player.open(another, diorama.address, LINE)
    await third.until_reads("#wait-title", "2 of 2")

    await first.close_tab()
    await second.until_connected()

    assert await second.session_id() == ahead.id
    await third.until_reads("#wait-title", "You are next (1 of 1)")
