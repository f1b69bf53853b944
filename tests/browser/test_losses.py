"""What a viewer sees when a part of Diorama dies, and what becomes of session, slot and bill."""

import os
import signal
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import BrowserContext

from diorama.metering.usage import LoggedEvent, intervals
from diorama.protocol.states import SessionState
from tests.browser.people import Doomed
from tests.browser.player import Player
from tests.browser.running import PAINTED, Running, running

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest_asyncio.fixture(loop_scope="session")
async def own(tmp_path: Path) -> AsyncIterator[Running]:
    """Yield a Diorama that a test may stop."""
    async with running(tmp_path, PAINTED, slots=1) as found:
        yield found


async def test_a_killed_gateway_costs_neither_picture_nor_session_nor_second(
    own: Running, someone: BrowserContext
) -> None:
    player = await Player.open(someone, own.address, "painted")
    await player.until_playing()
    await player.press("w")
    await player.until_colour("red")
    before = await own.only_session()

    os.kill(own.gateway_pid(), signal.SIGKILL)
    await player.until_reads("#repair", "Reconnecting to the server")
    await player.until_frames_pass(20)
    await player.press("w")
    await player.until_colour("green")
    await player.page.locator("#repair").wait_for(state="hidden")
    after = await own.until_session(before.id, SessionState.STREAMING, attached=True)
    assert [session.id for session in await own.live()] == [before.id]
    assert after.first_frame_at == before.first_frame_at
    assert after.state_entered_at == before.state_entered_at
    assert after.attachment == before.attachment
    (slot,) = await own.slots()
    assert (slot.state, slot.session) == ("held", before.id)

    await player.page.click("#tool-leave")
    await own.until_free()
    ended = await own.session(before.id)
    await own.stop()

    (interval,) = intervals(_log(own.data, before.id), until_us=0)
    assert interval.from_us == round(before.state_entered_at.timestamp() * 1e6)
    assert ended.ended_at is not None
    assert interval.to_us == round(ended.ended_at.timestamp() * 1e6)


async def test_a_killed_world_is_told_and_frees_its_slot(
    diorama: Running, someone: BrowserContext
) -> None:
    player = await Player.open(someone, diorama.address, "painted")
    await player.until_playing()

    os.kill(diorama.world_pid(), signal.SIGKILL)
    await player.until_screen("ended")
    await diorama.until_free(within_s=5.0)

    assert "4006" in await player.text("#end-code")
    assert "world_crashed" in await player.text("#end-code")
    assert await player.text("#end-title") == "The world stopped"
    assert await player.text("#end-sentence") == "The world stopped unexpectedly."
    await player.page.click("#end-again")
    await player.until_playing()


async def test_a_killed_worker_is_told_and_its_next_start_frees_the_slot(
    diorama: Running, someone: BrowserContext
) -> None:
    player = await Player.open(someone, diorama.address, "painted")
    await player.until_playing()

    os.kill(diorama.worker_pid(), signal.SIGKILL)
    await player.until_screen("ended")
    await diorama.until_free(within_s=10.0)

    assert "4006" in await player.text("#end-code")
    assert "worker_lost" in await player.text("#end-code")
    assert await player.text("#end-title") == "The world stopped"
    assert await player.text("#end-sentence") == "The world stopped unexpectedly."
    await player.page.click("#end-again")
    await player.until_playing()


async def test_a_killed_browser_leaves_its_session_detached_for_who_may_come_back(
    diorama: Running, doomed: Doomed
) -> None:
    player = await Player.open(doomed.context, diorama.address, "painted")
    await player.until_playing()
    session = await diorama.until_session(
        (await diorama.only_session()).id, SessionState.STREAMING, attached=True
    )

    doomed.kill()

    left = await diorama.until_session(session.id, SessionState.CONNECTING, attached=False)
    assert left.end is None
    (slot,) = await diorama.slots()
    assert (slot.state, slot.session) == ("held", session.id)


def _log(data: Path, session_id: str) -> list[LoggedEvent]:
    """Return the event log of a session, as the stopped gateway left it."""
    with closing(sqlite3.connect(data / "diorama.db")) as database:
        rows = database.execute(
            "SELECT version, state, at_us FROM event WHERE session_id = ?", (session_id,)
        ).fetchall()
    return [
        LoggedEvent(session_id=session_id, version=v, state=SessionState(state), at_us=at_us)
        for v, state, at_us in rows
    ]
