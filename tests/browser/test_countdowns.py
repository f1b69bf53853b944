"""Countdowns, refusals and lost pictures, as a person sees them and gets out of them."""

import os
import signal
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Final

import pytest
import pytest_asyncio
from playwright.async_api import BrowserContext

from diorama.protocol.states import SessionState
from diorama.protocol.views import SessionView
from tests.browser.player import Player
from tests.browser.running import PAINTED, Running, running
from tests.browser.waiting import until

pytestmark = pytest.mark.asyncio(loop_scope="session")
RULES: Final = """
[projects.rules]
worker_count = 1
on_limit = "reject"
queue.enabled = false
[projects.rules.afk]
warn_after_s = 1
disconnect_after_s = 600
"""
PATIENT: Final = "[timers]\npage_left_grace_s = 10\n"
"""However slow this machine is, a page that reloads is back in that time."""


@pytest_asyncio.fixture(loop_scope="session")
async def strict(tmp_path: Path) -> AsyncIterator[Running]:
    """Yield a Diorama that soon warns, and lets one viewer in."""
    async with running(tmp_path, PATIENT + PAINTED + RULES, slots=1) as found:
        yield found


@pytest_asyncio.fixture(loop_scope="session")
async def short(tmp_path: Path) -> AsyncIterator[Running]:
    """Yield a Diorama whose sessions are warned of their end right after they began."""
    rules = "[projects.rules]\nmax_runtime_s = 61\n"
    async with running(tmp_path, PATIENT + PAINTED + rules, slots=1) as found:
        yield found


async def test_a_countdown_survives_a_reload_and_any_input_stops_it(
    strict: Running, someone: BrowserContext
) -> None:
    player = await Player.open(someone, strict.address, "painted")
    await player.until_playing()
    await player.until_reads("#warning-title", "Are you still there?")
    session = await strict.only_session()

    await player.page.reload()
    await player.until_playing()
    await player.until_reads("#warning-title", "Are you still there?")
    await player.page.wait_for_function(
        "(before) => document.getElementById('warning-left').textContent !== before",
        arg=await player.text("#warning-left"),
    )
    idle = await strict.until_session(session.id, SessionState.IDLE)
    await player.page.click("#warning-stay")
    await until_idle_again(strict, idle)
    await player.page.locator("#warning").wait_for()


async def until_idle_again(diorama: Running, before: SessionView) -> None:
    """Wait until a session is idle anew: it streamed between, however short that was."""

    async def look() -> bool | None:
        now = await diorama.session(before.id)
        return (
            now.state is SessionState.IDLE and now.state_entered_at > before.state_entered_at
        ) or None

    await until(look, what=f"{before.id} is idle again")


async def test_the_end_of_the_runtime_is_still_told_after_a_reload(
    short: Running, someone: BrowserContext
) -> None:
    player = await Player.open(someone, short.address, "painted")
    await player.until_playing()
    await player.until_reads("#warning-title", "Your time is nearly up")
    session = await short.only_session()

    await player.page.reload()
    await player.until_playing()
    await player.until_reads("#warning-title", "Your time is nearly up")

    assert (await short.session(session.id)).runs_until == session.runs_until
    assert await player.page.locator("#warning-stay").is_hidden()


async def test_who_is_refused_can_end_what_another_tab_of_theirs_holds(
    strict: Running, someone: BrowserContext
) -> None:
    first = await Player.open(someone, strict.address, "painted")
    await first.until_playing()
    second = await Player.open(someone, strict.address, "painted")
    await second.until_reads("#end-code", "4010")

    await second.page.click("#end-holders button")
    await first.until_screen("ended")
    await second.page.wait_for_selector("body:not([data-screen=ended])")

    async def gets_in() -> bool | None:
        if await second.page.locator("#end-again").is_visible():  # the slot is yet to be free
            await second.page.click("#end-again")
        return await second.page.locator("body[data-screen=playing]").count() > 0 or None

    await until(gets_in, what="the second tab plays")


async def test_a_stranger_is_told_of_nobody_elses_session(
    strict: Running, someone: BrowserContext, another: BrowserContext
) -> None:
    first = await Player.open(someone, strict.address, "painted")
    await first.until_playing()
    second = await Player.open(another, strict.address, "painted")
    await second.until_reads("#end-code", "4010")

    assert await second.page.locator("#end-held").is_hidden()


async def test_a_lost_picture_stays_under_what_is_tried_and_lives_again(
    diorama: Running, someone: BrowserContext
) -> None:
    player = await Player.open(someone, diorama.address, "painted")
    await player.until_playing()
    await player.press("w")
    await player.until_colour("red")
    worker = diorama.worker_pid()

    os.kill(worker, signal.SIGSTOP)
    try:
        await player.until_reads("#lost", "Your world is kept as you left it for")
        await player.until_colour("red")
        assert await player.page.locator("#picture").is_visible()
        assert await player.page.locator("#wait").is_hidden()
    finally:
        os.kill(worker, signal.SIGCONT)
    await player.page.locator("#lost").wait_for(state="hidden")
    await player.until_frames_pass(5)
    await player.until_colour("red")


async def test_the_line_can_be_left_and_the_tab_tells_the_place(
    diorama: Running, someone: BrowserContext, another: BrowserContext
) -> None:
    first = await Player.open(someone, diorama.address, "painted")
    await first.until_playing()
    second = await Player.open(another, diorama.address, "painted")
    await second.until_reads("#wait-figures", "not known yet")
    await second.page.wait_for_function("document.title === '(1) Painted · in line'")

    await second.page.click("#wait-leave")

    await second.until_reads("#end-title", "All done")
    assert await second.page.title() == "Painted · Diorama"
