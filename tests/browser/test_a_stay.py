"""A stay from the first picture to the closed tab, as a person sees it."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Final

import pytest
import pytest_asyncio
from playwright.async_api import BrowserContext

from diorama.protocol.states import SessionState
from tests.browser.player import Player
from tests.browser.running import PAINTED, Running, running
from tests.browser.waiting import CLOSED_WITHIN_S, SLACK_S

pytestmark = pytest.mark.asyncio(loop_scope="session")
PATIENT: Final = "[timers]\npage_left_grace_s = 10\n"
"""However slow this machine is, a page that reloads is back in that time."""


@pytest_asyncio.fixture(loop_scope="session")
async def patient(tmp_path: Path) -> AsyncIterator[Running]:
    """Yield a Diorama that gives a page which is left much time to come back."""
    async with running(tmp_path, PATIENT + PAINTED, slots=1) as found:
        yield found


async def test_a_key_changes_the_picture_and_a_closed_tab_frees_the_slot_within_a_second(
    diorama: Running, someone: BrowserContext
) -> None:
    player = await Player.open(someone, diorama.address, "painted")
    await player.until_playing()
    await player.until_frames_pass(20)
    await player.until_colour("grey")
    await player.press("w")
    await player.until_colour("red")
    session = await diorama.only_session()
    noted = await diorama.until_noted(session.id, "media_path", "quality")

    await player.close_tab()
    await diorama.until_free(within_s=CLOSED_WITHIN_S + SLACK_S)

    ended = await diorama.session(session.id)
    assert ended.state is SessionState.DISCONNECTED
    assert ended.end is not None
    assert (ended.end.code, ended.end.reason) == (1001, "page_left")
    assert (noted["media_path"].cause, noted["media_path"].facts["protocol"]) == ("direct", "udp")
    assert noted["quality"].actor == "viewer"
    assert float(noted["quality"].facts["fps"]) > 0


async def test_a_reload_continues_the_session_and_its_world(
    patient: Running, someone: BrowserContext
) -> None:
    player = await Player.open(someone, patient.address, "painted")
    await player.until_playing()
    await player.press("w")
    await player.until_colour("red")
    before = await patient.only_session()

    await player.page.reload()
    await player.until_playing()
    await player.until_colour("red")

    after = await patient.until_session(before.id, SessionState.STREAMING, attached=True)
    assert [session.id for session in await patient.live()] == [before.id]
    assert after.first_frame_at == before.first_frame_at
    assert after.attachment > before.attachment


async def test_who_comes_second_waits_and_is_let_in_when_the_first_leaves(
    diorama: Running, someone: BrowserContext, another: BrowserContext
) -> None:
    first = await Player.open(someone, diorama.address, "painted")
    await first.until_playing()
    await first.press("w")
    second = await Player.open(another, diorama.address, "painted")
    await second.until_reads("#wait-title", "You are next (1 of 1)")
    _, waiter = await diorama.live()
    assert waiter.state is SessionState.QUEUED
    assert waiter.queue is not None
    assert waiter.queue.position == 1

    await first.page.click("#tool-leave")
    await first.until_screen("ended")
    await second.until_playing()
    await second.until_colour("grey")

    assert (await diorama.only_session()).id == waiter.id


async def test_leaving_shows_how_to_start_again_and_starting_again_does(
    diorama: Running, someone: BrowserContext
) -> None:
    player = await Player.open(someone, diorama.address, "painted")
    await player.until_playing()
    first = await diorama.only_session()
    await player.page.click("#tool-leave")
    await player.until_reads("#end-code", "1000")

    await player.page.click("#end-again")
    await player.until_playing()

    assert (await diorama.only_session()).id != first.id


async def test_a_prompt_that_is_offered_changes_the_world(
    diorama: Running, someone: BrowserContext
) -> None:
    player = await Player.open(someone, diorama.address, "painted")
    await player.until_playing()
    await player.until_colour("grey")

    await player.page.click("#chips button:has-text('blue')")

    await player.until_colour("blue")
