"""A session that is recorded, as the person sees it who is."""

import math
from collections.abc import AsyncIterator
from typing import Final

import httpx
import msgspec
import pytest
import pytest_asyncio
from playwright.async_api import BrowserContext

from diorama.protocol.recording_views import Recordings
from tests.browser.player import Player
from tests.browser.running import PAINTED, Running, running
from tests.browser.waiting import WITHIN_S, until
from tests.browser.worlds import COLOURS

pytestmark = pytest.mark.asyncio(loop_scope="session")
READY_WITHIN_S: Final = 60.0
LAST_S: Final = 0.01
"""Of it the last picture is shown, however long it took until one had this colour."""
_LENGTH: Final = """async () => {
  const video = document.querySelector('video')
  video.pause()
  if (video.readyState < 2) await new Promise((done) => { video.onloadeddata = done })
  return video.duration
}"""
_SEEK: Final = """async (at) => {
  const video = document.querySelector('video')
  const done = new Promise((done) => { video.onseeked = done })
  video.currentTime = at
  await done
}"""
RECORDED: Final = "[projects.rules.recording]\nenabled = true\n"


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def recording(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Running]:
    """Yield a Diorama that records what is played."""
    async with running(tmp_path_factory.mktemp("recorded"), PAINTED + RECORDED, slots=1) as found:
        yield found


async def test_who_is_recorded_is_told_so_from_the_wait_to_the_end(
    recording: Running, someone: BrowserContext
) -> None:
    player = await Player.open(someone, recording.address, "painted")
    await player.until_reads("#recorded", "This session is recorded")
    early = await player.page.get_attribute("body", "data-screen")
    await player.until_playing()
    shown = await player.page.is_visible("#recorded")

    await player.page.click("#tool-leave")
    await player.until_screen("ended")

    assert early in {"waiting", "playing"}
    assert shown
    assert not await player.page.is_visible("#recorded")


async def test_what_was_played_is_seen_again(recording: Running, someone: BrowserContext) -> None:
    player = await Player.open(someone, recording.address, "painted")
    await player.until_playing()
    session = await recording.only_session()
    await player.press("KeyA")
    await player.until_colour("red")
    await player.until_frames_pass(60)
    await recording.end(session.id)

    files = await ready_files(recording, session.id)
    video = await Player.visit(someone, recording.address + files["video.mp4"])
    length_s = await video.page.evaluate(_LENGTH)
    await video.page.evaluate(_SEEK, length_s - LAST_S)

    assert nearest(await video.middle()) == "red"


async def ready_files(diorama: Running, session_id: str) -> dict[str, str]:
    """Return the links to the files of a session's recording, once they are there."""
    headers = {"Authorization": f"Bearer {diorama.key}"}

    async with httpx.AsyncClient(
        base_url=diorama.address, headers=headers, timeout=WITHIN_S
    ) as rest:

        async def look() -> dict[str, str] | None:
            answer = await rest.get("/v1/recordings", params={"session": session_id})
            (found,) = msgspec.json.decode(answer.content, type=Recordings).recordings
            assert found.state in {"recording", "ready"}, found
            return {file.name: file.url for file in found.files} or None

        return await until(look, what="the recording is ready", within_s=READY_WITHIN_S)


def nearest(colour: tuple[int, int, int]) -> str:
    """Return the name of the colour that this is, after an encoder."""
    return min(COLOURS, key=lambda name: math.dist(COLOURS[name], colour))


async def test_who_is_not_recorded_sees_no_mark(diorama: Running, someone: BrowserContext) -> None:
    player = await Player.open(someone, diorama.address, "painted")
    await player.until_playing()

    assert not await player.page.is_visible("#recorded")
