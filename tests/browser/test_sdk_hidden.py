"""What becomes of a session whose tab nobody sees, where the browser slows its timers down."""

from pathlib import Path

import pytest
from playwright.async_api import BrowserContext

from diorama.protocol.states import SessionState
from tests.browser.player import Player
from tests.browser.running import Running
from tests.browser.tabs import tabs_running

pytestmark = pytest.mark.asyncio(loop_scope="session")

COUNTING = """
  window.ticks = 0
  window.beats = 0
  const tick = () => { window.ticks += 1; setTimeout(tick, 100) }
  setTimeout(tick, 100)
  const send = WebSocket.prototype.send
  WebSocket.prototype.send = function (text) {
    if (String(text).includes('"heartbeat"')) window.beats += 1
    return send.call(this, text)
  }
"""


async def test_who_waits_in_a_hidden_tab_is_heard_and_keeps_the_place(
    diorama: Running, someone: BrowserContext, tmp_path: Path
) -> None:
    player = await Player.open(someone, diorama.address, "painted")
    await player.until_playing()
    async with tabs_running(tmp_path / "profile") as tabs:
        tab = await tabs.new()
        await tab.open(f"{diorama.address}/play/painted", first=COUNTING)
        await tab.until("document.body?.dataset.screen === 'waiting' && beats > 0")

        await tabs.new()
        await tab.until("document.visibilityState === 'hidden'")
        await tab.until(f"beats >= {await tab.evaluate('beats') + 2}")
        before, ticks = await tab.evaluate("[beats, ticks]")
        await tab.until(f"beats >= {before + 3}")  # 15 s: more than the gateway waits for one

        assert await tab.evaluate("ticks") - ticks < 20, "the browser slows the tab's timers"
        (waiter,) = [each for each in await diorama.live() if each.state == SessionState.QUEUED]
        assert waiter.attached
        await player.page.click("#tool-leave")
        streaming = await diorama.until_session(waiter.id, SessionState.STREAMING)
        assert streaming.attached


async def test_a_stream_in_a_hidden_tab_goes_on(diorama: Running, tmp_path: Path) -> None:
    async with tabs_running(tmp_path / "profile") as tabs:
        tab = await tabs.new()
        await tab.open(f"{diorama.address}/play/painted", first=COUNTING)
        await tab.until("document.body?.dataset.screen === 'playing'")
        before = await diorama.only_session()

        await tabs.new()
        await tab.until("document.visibilityState === 'hidden'")
        beats = await tab.evaluate("beats")
        await tab.until(f"beats >= {beats + 3}")

        after = await diorama.only_session()
        assert (after.id, after.attachment) == (before.id, before.attachment)
        assert after.attached
        assert after.state == SessionState.STREAMING
