"""The worlds that ship, on the pages that lead to them."""

from collections.abc import AsyncIterator
from typing import Final

import pytest
import pytest_asyncio
from playwright.async_api import BrowserContext, Page, ViewportSize

from tests.browser.player import Player
from tests.browser.running import Running, running

pytestmark = pytest.mark.asyncio(loop_scope="session")
PHONE: Final[ViewportSize] = {"width": 360, "height": 640}
MIDDLE: Final = (640, 360)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def house(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Running]:
    """Yield a Diorama as it is without any configuration."""
    async with running(tmp_path_factory.mktemp("house"), "", slots=1) as found:
        yield found


async def test_the_start_page_leads_to_the_cove_which_answers_wheel_and_keys(
    diorama: Running, someone: BrowserContext
) -> None:
    page = await someone.new_page()
    await page.goto(f"{diorama.address}/play")
    await page.locator("#worlds .world").nth(1).wait_for()
    names = await page.locator("#worlds h2").all_inner_texts()
    await page.click("a[href='/play/cove']")
    player = Player(page)
    await player.until_playing()
    await player.until_frames_pass(10)
    bright = sum(await player.middle()) / 3

    await page.mouse.move(*MIDDLE)
    for _ in range(12):
        await page.mouse.wheel(0, 400)
    await player.until_darker_than(bright / 2)

    assert names == ["The cove", "The dreamer"]


async def test_words_typed_to_the_dreamer_change_what_it_dreams(
    diorama: Running, someone: BrowserContext
) -> None:
    player = await Player.open(someone, diorama.address, "dreamer")
    await player.until_playing()
    await player.until_frames_pass(10)
    bright = sum(await player.middle()) / 3

    await player.page.fill("#prompt-text", "hills by the sea, a storm at night")
    await player.page.keyboard.press("Enter")

    await player.until_darker_than(bright / 2)


async def test_no_page_is_wider_than_a_phone(diorama: Running, someone: BrowserContext) -> None:
    page = await someone.new_page()
    await page.set_viewport_size(PHONE)
    await page.goto(f"{diorama.address}/play")
    await page.locator("#worlds .world").nth(1).wait_for()
    start = await _overhang(page)
    await page.click("a[href='/play/dreamer']")
    player = Player(page)
    waiting = await _overhang(page)
    await player.until_playing()
    playing = await _overhang(page)
    await page.click("#tool-leave")
    await player.until_screen("ended")

    assert (start, waiting, playing, await _overhang(page)) == (0, 0, 0, 0)


async def _overhang(page: Page) -> int:
    """Return by how many pixels the page can be scrolled sideways."""
    reach = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
    return int(await page.evaluate(reach))
