"""What the web SDK gives a page, in a real browser: messages, input, sound, figures, element."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, Final

import pytest
import pytest_asyncio
from playwright.async_api import BrowserContext

from tests.browser.page import Page
from tests.browser.running import Running, running
from tests.browser.site import Site
from tests.browser.tabs import tabs_running
from tests.browser.waiting import WITHIN_MS, until

pytestmark = pytest.mark.asyncio(loop_scope="session")
WORLDS: Final = Path(__file__).with_name("sdk_worlds.py")
TELLING: Final = f"""
[[projects]]
name = "telling"
world = "{WORLDS}:Telling"
"""
LISTEN: Final = "() => { window.heard = []; session.on('message', (data) => heard.push(data)) }"


@pytest_asyncio.fixture(loop_scope="session")
async def telling(tmp_path: Path) -> AsyncIterator[Running]:
    """Yield a Diorama with the world that says what it was told."""
    async with running(tmp_path, TELLING, slots=1) as found:
        yield found


@pytest_asyncio.fixture(loop_scope="session")
async def page(telling: Running, site: Site, someone: BrowserContext) -> Page:
    """Return a page that plays it, of the site's own origin and the world in it."""
    return await _playing(telling, site, someone)


async def _playing(diorama: Running, site: Site, context: BrowserContext) -> Page:
    tab = await context.new_page()
    await tab.goto(site.page(diorama.address, "telling"))
    found = Page(tab)
    await found.until_playing()
    await tab.evaluate(LISTEN)
    return found


async def _heard(page: Page, key: str, count: int) -> list[Any]:
    async def look() -> list[Any] | None:
        heard = [each[key] for each in await page.page.evaluate("() => heard") if key in each]
        return heard if len(heard) >= count else None

    return await until(look, what=f"{count} messages with {key}")


async def test_messages_go_both_ways_in_order_and_the_page_learns_that_they_were_taken(
    page: Page,
) -> None:
    said = [{"n": n, "text": "é" * 50} for n in range(50)]

    taken = await page.page.evaluate(
        "(said) => Promise.all(said.map((each) => session.send(each)))", said
    )

    assert taken == [True] * 50
    assert await _heard(page, "said", 50) == said


async def test_a_message_that_is_too_long_is_refused_and_harms_nothing(page: Page) -> None:
    refused = await page.page.evaluate(
        "() => session.send('x'.repeat(17000)).catch(({name, code}) => ({name, code}))"
    )

    assert refused == {"name": "MessageRefused", "code": "too_large"}
    assert await page.page.evaluate("() => session.send('after')") is True
    assert await _heard(page, "said", 1) == ["after"]


async def test_keys_that_are_down_come_up_when_the_window_loses_the_viewer(page: Page) -> None:
    await page.page.keyboard.down("w")
    await page.page.keyboard.down("Shift")
    await page.page.evaluate("() => dispatchEvent(new Event('blur'))")

    did = await _heard(page, "did", 4)

    assert [(each["type"], each["code"]) for each in did] == [
        ("key_down", "KeyW"),
        ("key_down", "ShiftLeft"),
        ("key_up", "KeyW"),
        ("key_up", "ShiftLeft"),
    ]


async def test_a_mouse_a_wheel_and_fingers_reach_the_world(page: Page) -> None:
    mouse = page.page.mouse
    box = await page.page.locator("video").bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    await mouse.move(x, y)
    await mouse.down(button="right")
    await mouse.up(button="right")
    await mouse.wheel(0, 120)
    devtools = await page.page.context.new_cdp_session(page.page)
    fingers = [{"x": x - 20, "y": y, "id": 1}, {"x": x + 20, "y": y, "id": 2}]
    for kind, points in (("touchStart", fingers), ("touchEnd", [])):
        params = {"type": kind, "touchPoints": points}
        await devtools.send("Input.dispatchTouchEvent", params)

    async def look() -> list[str] | None:
        heard = await page.page.evaluate("() => heard.map(({did}) => did)")
        types = [each["type"] for each in heard]
        return types if types.count("touch_end") == len(fingers) else None

    types = await until(look, what="both fingers come up")
    wanted = ["pointer_down", "pointer_up", "wheel", "touch_start", "touch_start"]
    assert [each for each in types if each in set(wanted)] == wanted
    assert "pointer_move" in types


async def test_the_pointer_is_locked_by_a_click_and_keys_come_up_when_it_is_lost(
    page: Page,
) -> None:
    await page.page.evaluate("""async () => {
      const { attachInput } = await import('/sdk/index.js')
      window.capture = attachInput(document.querySelector('video'), session, { pointerLock: true })
    }""")
    await page.page.keyboard.down("a")
    await page.page.locator("video").click()
    # Lost as soon as it is had, it is often told of only after that.
    await page.page.evaluate("""async () => {
      while (!capture.locked) await new Promise((then) => setTimeout(then))
      document.exitPointerLock()
    }""")

    async def look() -> bool | None:
        heard = await page.page.evaluate("() => heard.map(({did}) => did)")
        return any(each["type"] == "key_up" for each in heard) or None

    await until(look, what="the key comes up with the pointer lock")


async def test_figures_and_diagnostics_say_how_the_picture_comes(page: Page) -> None:
    async def look() -> dict[str, Any] | None:
        stats = await page.page.evaluate("() => session.stats()")
        known = stats and stats["fps"] > 0 and stats["path"] and stats["rttMs"] is not None
        return stats if known and stats["jitterBufferMs"] is not None else None

    async def verdict() -> dict[str, Any] | None:
        found: dict[str, Any] = await page.page.evaluate("() => session.getDiagnostics()")
        return found if found["verdict"].startswith("Video plays") else None

    stats = await until(look, what="figures")
    found = await until(verdict, what="the verdict that video plays")

    assert (stats["width"], stats["height"]) == (320, 180)
    assert stats["codec"] in {"H264", "VP8"}
    assert "decoder" in stats  # Chromium names it to pages that use a camera only
    assert stats["bitrateKbps"] > 0
    assert stats["path"]["protocol"] == "udp"
    assert stats["path"]["relayed"] is False
    assert found["peer"]["dtls"] == "connected"
    assert found["video"] == "playing"
    assert {"request answered", "socket opened", "offer received", "attached"} <= {
        entry["what"] for entry in found["timeline"]
    }
    assert "127.0.0.1" not in json.dumps({**found, "server": ""})


async def test_sound_waits_for_the_viewers_first_gesture_and_is_told(
    telling: Running, site: Site, tmp_path: Path
) -> None:
    async with tabs_running(tmp_path / "profile") as tabs:
        tab = await tabs.new()  # a tab without Playwright, whose questions count as gestures
        await tab.open(site.page(telling.address, "telling"), first=WITH_SOUND)
        await tab.until("document.body?.dataset.screen === 'playing'")
        await tab.until("sound.includes('blocked')")
        silent = await tab.evaluate("[session.muted, document.querySelector('video').paused]")

        await tab.click(5, 5)
        await tab.until("sound.at(-1) === false")
        await tab.until("!document.querySelector('video').paused")
        loud = await tab.evaluate("[session.muted, document.querySelector('video').muted]")

    assert silent == [True, False]
    assert loud == [False, False]


async def test_the_element_plays_says_its_state_and_ends_with_its_place_in_the_page(
    telling: Running, site: Site, someone: BrowserContext
) -> None:
    tab = await someone.new_page()
    await tab.goto(f"http://127.0.0.1:{site.port}/page.js")  # any page without a session
    await tab.evaluate(
        """async (server) => {
          await import('/sdk/element.js')
          const element = document.createElement('diorama-stream')
          element.setAttribute('server', server)
          element.setAttribute('project', 'telling')
          element.setAttribute('muted', '')
          window.states = []
          element.addEventListener('diorama-state', ({ detail }) => states.push(detail))
          document.body.replaceChildren(element)
        }""",
        telling.address,
    )
    await tab.wait_for_selector("diorama-stream[state=streaming]", timeout=WITHIN_MS)
    session = await telling.only_session()

    await tab.evaluate("() => document.body.prepend(document.querySelector('diorama-stream'))")
    await tab.keyboard.press("w")
    await tab.wait_for_function("() => document.querySelector('diorama-stream').input !== null")
    assert (await telling.only_session()).id == session.id

    await tab.evaluate("() => document.querySelector('diorama-stream').remove()")
    await telling.until_free()
    assert "streaming" in await tab.evaluate("() => states")


WITH_SOUND: Final = """
  window.sound = []
  let session
  Object.defineProperty(window, 'session', {
    get: () => session,
    set: (opened) => {
      session = opened
      session.on('autoplay_blocked', () => sound.push('blocked'))
      session.on('muted', (muted) => sound.push(muted))
      session.setMuted(false)
    },
  })
  const Plain = RTCPeerConnection
  window.RTCPeerConnection = class extends Plain {
    set ontrack(listener) {
      super.ontrack = listener && ((event) => {
        const audio = new AudioContext()
        const out = audio.createMediaStreamDestination()
        audio.createOscillator().connect(out)
        event.streams[0].addTrack(out.stream.getAudioTracks()[0])
        listener(event)
      })
    }
  }
"""
