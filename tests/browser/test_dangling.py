"""Each way in which pages leave sessions behind, and when the slot is free or taken over again.

One Diorama for all of them: each test begins with no session there.
"""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Final

import pytest
import pytest_asyncio
from playwright.async_api import BrowserContext

from diorama.protocol.states import SessionState
from tests.browser.network import network_to
from tests.browser.page import Page
from tests.browser.people import Doomed
from tests.browser.running import PAINTED, WORLDS, Running, running
from tests.browser.site import Site
from tests.browser.waiting import CLOSED_WITHIN_S, SLACK_S

pytestmark = pytest.mark.asyncio(loop_scope="session")
TABS: Final = 4
PROJECTS: Final = f"""
[timers]
recovery_grace_s = 1
{PAINTED}
[[projects]]
name = "few"
world = "{WORLDS}:Painted"
rules.worker_count = {TABS}
rules.on_limit = "reject"

[[projects]]
name = "single"
world = "{WORLDS}:Painted"
rules.worker_count = 1
rules.on_limit = "reject"

[[projects]]
name = "line"
world = "{WORLDS}:Painted"
rules.worker_count = 1

[[projects]]
name = "moving"
world = "{WORLDS}:Painted"
rules.worker_count = 1
rules.on_limit = "take_over"
"""
CLIENT: Final = "a-client-of-the-tests"
KILLED_WITHIN_S: Final = 2.0
STALE_AFTER_S: Final = 15.0


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def house(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Running]:
    """Yield the Diorama of this module."""
    async with running(tmp_path_factory.mktemp("house"), PROJECTS, slots=TABS) as found:
        yield found


async def test_a_closed_tab_of_another_origin_frees_its_slot_within_a_second(
    diorama: Running, site: Site, someone: BrowserContext
) -> None:
    page = await Page.visit(someone, site.page(diorama.address, "painted"))
    await page.until_playing()
    session = await diorama.only_session()

    await page.close_tab()
    await diorama.until_free(within_s=CLOSED_WITHIN_S + SLACK_S)

    ended = await diorama.session(session.id)
    assert ended.end is not None
    assert (ended.end.code, ended.end.reason) == (1001, "page_left")


async def test_a_killed_browser_is_taken_over_by_its_next_start(
    diorama: Running, site: Site, doomed: Doomed, someone: BrowserContext
) -> None:
    address = site.page(diorama.address, "single", client=CLIENT)
    before = await Page.visit(doomed.context, address)
    await before.until_playing()
    await before.press("w")
    await before.until_colour("red")
    session = await diorama.only_session()

    doomed.kill()
    await diorama.until_left(session.id, within_s=KILLED_WITHIN_S + SLACK_S)
    after = await Page.visit(someone, address)
    await after.until_playing()
    await after.until_colour("red")

    assert (await diorama.only_session()).id == session.id


async def test_five_tabs_are_five_sessions_and_the_one_over_the_limit_is_told_what_holds_it(
    diorama: Running, site: Site, someone: BrowserContext
) -> None:
    address = site.page(diorama.address, "few")
    tabs = [await Page.visit(someone, address) for _ in range(TABS)]
    for tab in tabs:
        await tab.until_playing()
    one_more = await Page.visit(someone, site.page(diorama.address, "few", token=diorama.key))
    ended = await one_more.until_told("ended")

    assert len({await tab.session_id() for tab in tabs}) == TABS
    assert ended.detail["code"] == 4010
    holders = ended.detail["problem"]["facts"]["holders"]
    assert {holder["session"] for holder in holders} == {await tab.session_id() for tab in tabs}


async def test_a_duplicated_tab_takes_the_session_over(
    diorama: Running, site: Site, someone: BrowserContext
) -> None:
    first = await Page.visit(someone, site.page(diorama.address, "painted"))
    await first.until_playing()
    await first.press("w")
    await first.until_colour("red")
    session = await diorama.only_session()

    async with someone.expect_page() as opened:
        await first.page.evaluate("() => { window.open(location.href) }")
    second = Page(await opened.value)
    await second.until_playing()
    await second.until_colour("red")

    assert (await first.until_told("ended")).detail["code"] == 4011
    assert (await diorama.only_session()).id == session.id


async def test_a_frozen_page_finds_its_session_and_world_when_it_thaws(
    diorama: Running, site: Site, doomed: Doomed
) -> None:
    page = await Page.visit(doomed.context, site.page(diorama.address, "painted"))
    await page.until_playing()
    await page.press("w")
    await page.until_colour("red")
    session = await diorama.only_session()

    doomed.freeze()
    await diorama.until_session(session.id, SessionState.CONNECTING, attached=False)
    doomed.thaw()
    after = await diorama.until_session(session.id, SessionState.STREAMING, attached=True)
    await page.until_frames_pass(10)
    await page.until_colour("red")

    assert (await diorama.only_session()).id == session.id
    assert after.first_frame_at == session.first_frame_at


async def test_an_error_that_nobody_catches_costs_nothing(
    diorama: Running, site: Site, someone: BrowserContext
) -> None:
    page = await Page.visit(someone, site.page(diorama.address, "painted"))
    await page.until_playing()
    session = await diorama.only_session()

    async with page.page.expect_event("pageerror"):
        await page.page.evaluate("() => { setTimeout(() => { throw new Error('oops') }) }")
    await page.until_frames_pass(20)

    after = await diorama.only_session()
    assert (after.id, after.state) == (session.id, SessionState.STREAMING)


async def test_a_crashed_renderer_is_taken_over_by_the_tab_that_is_opened_again(
    diorama: Running, site: Site, someone: BrowserContext
) -> None:
    address = site.page(diorama.address, "single", client=CLIENT)
    page = await Page.visit(someone, address)
    await page.until_playing()
    await page.press("w")
    await page.until_colour("red")
    session = await diorama.only_session()

    devtools = await someone.new_cdp_session(page.page)
    async with page.page.expect_event("crash"):
        crashing = asyncio.ensure_future(devtools.send("Page.crash"))
    crashing.cancel()  # nobody is left to answer
    again = await Page.visit(someone, address)
    await again.until_playing()
    await again.until_colour("red")

    assert (await diorama.only_session()).id == session.id


async def test_a_second_device_over_the_limit_is_told_of_no_stranger_and_its_account_of_all(
    diorama: Running, site: Site, someone: BrowserContext, another: BrowserContext
) -> None:
    laptop = await Page.visit(someone, site.page(diorama.address, "single"))
    await laptop.until_playing()
    phone = await Page.visit(another, site.page(diorama.address, "single"))
    refused = await phone.until_told("ended")
    owned = await Page.visit(another, site.page(diorama.address, "single", token=diorama.key))
    ended = await owned.until_told("ended")

    assert (refused.detail["code"], refused.detail["reason"]) == (4010, "project_cap")
    assert refused.detail["problem"]["facts"]["holders"] == []
    (holder,) = ended.detail["problem"]["facts"]["holders"]
    assert (holder["session"], holder["project"]) == (await laptop.session_id(), "single")
    assert (holder["state"], holder["device"] is not None) == ("streaming", True)


async def test_a_network_that_drops_without_a_close_holds_a_slot_no_longer_than_it_is_wanted(
    diorama: Running, site: Site, someone: BrowserContext, another: BrowserContext
) -> None:
    async with network_to(diorama.port, someone) as network:
        held, moved = [
            await Page.visit(someone, site.page(network.address, project, token=diorama.key))
            for project in ("line", "moving")
        ]
        await held.until_playing()
        await moved.until_playing()
        network.drop()
        held_id, moved_id = await held.session_id(), await moved.session_id()
        waiting = await Page.visit(another, site.page(diorama.address, "line"))
        await waiting.until_told("state", value="queued")
        await diorama.until_session(moved_id, SessionState.CONNECTING, attached=False)
        phone = await Page.visit(another, site.page(diorama.address, "moving", token=diorama.key))
        await phone.until_playing()
        await waiting.until_playing()

    dropped = await diorama.entered(held_id, SessionState.CONNECTING)
    ends = [await diorama.session(session_id) for session_id in (held_id, moved_id)]
    yielded_at = ends[0].ended_at
    assert yielded_at is not None
    assert yielded_at - dropped < timedelta(seconds=STALE_AFTER_S + SLACK_S)
    yielded, given_up = [(s.end.code, s.end.reason) for s in ends if s.end]
    assert yielded == (1006, "stale_yielded")
    # By then it may be stale as well: that is for how slow the phone is.
    assert given_up in {(4011, "taken_over"), (1006, "stale_yielded")}
