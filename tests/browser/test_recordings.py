"""A session that is recorded, as the person sees it who is."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Final

import pytest
import pytest_asyncio
from playwright.async_api import BrowserContext

from tests.browser.player import Player
from tests.browser.running import PAINTED, Running, running

pytestmark = pytest.mark.asyncio(loop_scope="session")
RECORDED: Final = "[projects.rules.recording]\nenabled = true\n"


@pytest_asyncio.fixture(loop_scope="session")
async def recording(tmp_path: Path) -> AsyncIterator[Running]:
    """Yield a Diorama that records what is played."""
    async with running(tmp_path, PAINTED + RECORDED, slots=1) as found:
        yield found


async def test_who_is_recorded_is_told_so_from_the_wait_to_the_end(
    recording: Running, someone: BrowserContext, tmp_path: Path
) -> None:
    player = await Player.open(someone, recording.address, "painted")
    await player.until_reads("#recorded", "This session is recorded")
    early = await player.page.get_attribute("body", "data-screen")
    await player.until_playing()
    await player.page.screenshot(path=tmp_path / "playing.png")
    shown = await player.page.is_visible("#recorded")

    await player.page.click("#tool-leave")
    await player.until_screen("ended")

    assert early in {"waiting", "playing"}
    assert shown
    assert not await player.page.is_visible("#recorded")


async def test_who_is_not_recorded_sees_no_mark(diorama: Running, someone: BrowserContext) -> None:
    player = await Player.open(someone, diorama.address, "painted")
    await player.until_playing()

    assert not await player.page.is_visible("#recorded")
