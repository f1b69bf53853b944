"""Who streams with the Odyssey SDK is warned of each end that comes, and told when it is there."""

import os
import signal

import pytest
from playwright.async_api import BrowserContext

from tests.browser.running import Running
from tests.browser.site import Site
from tests.interop.house import api_of
from tests.interop.page import OdysseyPage

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_who_does_nothing_is_warned_and_then_told_that_this_was_the_end(
    diorama: Running, site: Site, someone: BrowserContext
) -> None:
    page = await OdysseyPage.of(someone, site, api=api_of(diorama, "impatient"), key=diorama.key)
    session = await page.connect()
    warned = await page.until_told("stream_error")
    over = await page.until_told("error")
    await diorama.until_free()

    ended = (await diorama.session(session)).end
    assert warned.detail["reason"] == "afk_warning"
    assert over.detail["fatal"] is True
    assert "afk_timeout" in over.detail["message"]
    assert ended is not None
    assert (ended.code, ended.reason) == (4004, "afk_timeout")
    assert await page.status() == "failed"
    assert len(await page.told("connected")) == 1


async def test_a_prompt_holds_the_end_off_until_the_next_warning(
    diorama: Running, site: Site, someone: BrowserContext
) -> None:
    page = await OdysseyPage.of(someone, site, api=api_of(diorama, "patient"), key=diorama.key)
    await page.connect()
    await page.until_told("stream_error")
    before = await page.count()
    await page.do("() => client.interact({ prompt: 'blue' })")
    again = await page.until_told("stream_error", after=before)

    assert again.detail["reason"] == "afk_warning"
    assert await page.told("error") == []


async def test_a_session_that_its_operator_ends_is_over_for_the_app_with_the_reason(
    diorama: Running, site: Site, someone: BrowserContext
) -> None:
    page = await OdysseyPage.of(someone, site, api=api_of(diorama), key=diorama.key)
    await page.connect()
    await diorama.end(await page.session_id())
    over = await page.until_told("error")
    await diorama.until_free()

    assert "ended_by_api" in over.detail["message"]
    assert await page.status() == "failed"


async def test_a_world_that_crashes_is_a_streamer_that_is_gone(
    diorama: Running, site: Site, someone: BrowserContext
) -> None:
    page = await OdysseyPage.of(someone, site, api=api_of(diorama), key=diorama.key)
    await page.connect()
    await page.until_frames_pass(5)
    os.kill(diorama.world_pid(), signal.SIGKILL)
    over = await page.until_told("error")
    await diorama.until_free()
    await page.connect()
    await page.until_frames_pass(5)

    assert over.detail == {"message": "Streamer has disconnected.", "fatal": True}
