"""Every screen of the player by day and by night, as axe-core judges it, and on small phones."""

from collections.abc import AsyncIterator
from typing import Final, Literal

import pytest
import pytest_asyncio
from playwright.async_api import Browser, BrowserContext, Page

from tests.browser.axe import bring_axe, grave_faults
from tests.browser.player import Player
from tests.browser.running import PAINTED, Running, running
from tests.browser.waiting import WITHIN_MS

pytestmark = pytest.mark.asyncio(loop_scope="session")
AWAY: Final = "[projects.rules.afk]\nwarn_after_s = 1\ndisconnect_after_s = 600\n"
_TOO_WIDE: Final = """() => [...document.querySelectorAll('body *')]
  .filter((one) => one.checkVisibility({ opacityProperty: true }) && !one.closest('svg, .unseen'))
  .filter((one) => {
    const { left, right, width } = one.getBoundingClientRect()
    return width > 1 && (left < -0.5 || right > innerWidth + 0.5) && !one.closest('.chips')
  })
  .map((one) => one.outerHTML.slice(0, 200))"""
_COVERED: Final = """() => [...document.querySelectorAll('button, a[href]')]
  .filter((one) => one.checkVisibility() && !one.closest('.chips'))
  .filter((one) => (document.querySelector('dialog[open]') ?? document).contains(one))
  .filter((one) => {
    const { left, top, width, height } = one.getBoundingClientRect()
    const there = document.elementFromPoint(left + width / 2, top + height / 2)
    return there !== null && !one.contains(there) && !there.contains(one)
  })
  .map((one) => one.outerHTML.slice(0, 200))"""


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def house(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Running]:
    """Yield a Diorama with one slot, whose viewers are soon asked whether they are there."""
    async with running(tmp_path_factory.mktemp("house"), PAINTED + AWAY, slots=1) as found:
        yield found


@pytest_asyncio.fixture(params=["light", "dark"], loop_scope="session")
async def viewer(
    chromium: Browser, request: pytest.FixtureRequest
) -> AsyncIterator[BrowserContext]:
    """Yield the browser of a person with this taste, who likes things to hold still."""
    scheme: Literal["light", "dark"] = request.param
    context = await chromium.new_context(
        viewport={"width": 1280, "height": 720}, color_scheme=scheme, reduced_motion="reduce"
    )
    context.set_default_timeout(WITHIN_MS)
    yield context
    await context.close()


async def judge(page: Page) -> None:
    """Fail on what axe calls serious, and on what does not fit or is covered on a small phone."""
    await bring_axe(page)
    for width, height in ((1280, 720), (360, 640), (640, 360)):
        await page.set_viewport_size({"width": width, "height": height})
        assert await grave_faults(page) == []
        assert await page.evaluate(_TOO_WIDE) == []
        assert await page.evaluate(_COVERED) == []
    await page.set_viewport_size({"width": 1280, "height": 720})


async def test_the_start_page_can_be_used_by_everybody(
    diorama: Running, viewer: BrowserContext
) -> None:
    page = await viewer.new_page()
    await page.goto(f"{diorama.address}/play")
    await page.locator("#worlds a").wait_for()

    await judge(page)


async def test_wait_countdown_share_and_end_can_be_used_by_everybody(
    diorama: Running, viewer: BrowserContext
) -> None:
    player = await Player.open(viewer, diorama.address, "painted")
    await player.until_playing()
    await player.page.locator("#warning-stay").wait_for()
    await player.page.wait_for_selector("body[data-quiet]")
    await judge(player.page)
    waiter = await Player.open(viewer, diorama.address, "painted")
    await waiter.page.locator("#wait-leave").wait_for()
    await judge(waiter.page)

    await player.page.bring_to_front()
    await player.page.click("#tool-share")
    await judge(player.page)
    await player.page.click("#share-close")
    await waiter.page.click("#wait-leave")
    await waiter.until_screen("ended")
    await judge(waiter.page)


async def test_a_frame_that_waits_can_be_used_by_everybody(
    diorama: Running, viewer: BrowserContext
) -> None:
    page = await viewer.new_page()
    await page.goto(f"{diorama.address}/embed/painted?start=wait")
    await page.locator("#offer-start").wait_for()

    await judge(page)


async def test_a_page_plays_by_keyboard_alone(diorama: Running, viewer: BrowserContext) -> None:
    player = await Player.open(viewer, diorama.address, "painted")
    await player.until_playing()
    await player.page.locator("#warning-stay").wait_for()

    names = []
    for _ in range(8):
        await player.press("Tab")
        names.append(await player.page.evaluate("document.activeElement.id"))
    assert names[0] == "warning-stay", "what is asked of the viewer comes right after the picture"
    assert {"tool-stats", "tool-share", "tool-theme", "tool-leave"} <= set(names)
    await player.page.focus("#tool-leave")
    await player.press("Enter")
    await player.until_screen("ended")
    assert await player.page.evaluate("document.activeElement.id") == "end-title"


async def test_the_chosen_colours_are_kept(diorama: Running, viewer: BrowserContext) -> None:
    page = await viewer.new_page()
    await page.goto(f"{diorama.address}/play")
    surface = "getComputedStyle(document.body).backgroundColor"
    await page.click("#theme")
    light = await page.evaluate(surface)
    await page.click("#theme")
    await page.reload()

    assert light == "rgb(250, 247, 242)"
    assert await page.evaluate(surface) == "rgb(21, 22, 26)"
