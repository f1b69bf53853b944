"""A page on the unmodified Odyssey SDK streams a world: in, prompted, out, and nothing left."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from playwright.async_api import BrowserContext

from diorama.protocol.states import SessionState
from tests.browser.people import Doomed
from tests.browser.running import Running
from tests.browser.site import Site
from tests.browser.waiting import CLOSED_WITHIN_S, SLACK_S
from tests.interop.house import PACKAGE, PROJECT, api_of, ask
from tests.interop.page import OdysseyPage

pytestmark = pytest.mark.asyncio(loop_scope="session")
CLOSED_AT_ONCE_S = CLOSED_WITHIN_S + SLACK_S


async def in_world(context: BrowserContext, site: Site, diorama: Running) -> OdysseyPage:
    """Return a page that is connected with the owner's key."""
    page = await OdysseyPage.of(context, site, api=api_of(diorama), key=diorama.key)
    await page.connect()
    return page


async def until_over(diorama: Running, session_id: str) -> tuple[int, str]:
    """Return how a session ended, once its slot is free, which must be at once."""
    await diorama.until_free(within_s=CLOSED_AT_ONCE_S)
    assert await diorama.live() == []
    ended = (await diorama.session(session_id)).end
    assert ended is not None
    return ended.code, ended.reason


def is_there(pid: int) -> bool:
    """Whether a process runs."""
    return Path(f"/proc/{pid}").exists()


async def test_the_package_is_the_one_of_npm_at_its_pinned_version() -> None:
    lock = msgspec.json.decode((PACKAGE.parents[2] / "package-lock.json").read_bytes())
    installed = msgspec.json.decode((PACKAGE / "package.json").read_bytes())

    assert installed["version"] == "1.3.1"
    assert "integrity" in lock["packages"]["node_modules/@odysseyml/odyssey"]


async def test_an_api_key_connects_and_the_video_plays(
    diorama: Running, site: Site, someone: BrowserContext
) -> None:
    page = await in_world(someone, site, diorama)
    await page.until_frames_pass(10)
    await page.until_colour("grey")

    session = await diorama.only_session()
    assert session.id == await page.session_id()
    passed = dict.fromkeys(each.detail for each in await page.told("status"))
    assert list(passed) == ["authenticating", "connecting", "connected"]
    assert len(await page.told("connected")) == 1


async def test_a_stream_is_started_prompted_and_ended_and_the_world_hears_each_prompt(
    diorama: Running, site: Site, someone: BrowserContext
) -> None:
    page = await in_world(someone, site, diorama)
    stream = await page.do("() => client.startStream({ prompt: 'red' })")
    await page.until_colour("red")
    acknowledged = await page.do("() => client.interact({ prompt: 'blue' })")
    await page.until_colour("blue")
    await page.do("() => client.endStream()")

    assert stream
    assert acknowledged == "blue"
    assert [each.detail for each in await page.told("stream_started")] == [stream]
    assert [each.detail for each in await page.told("acknowledged")] == ["blue"]
    assert len(await page.told("stream_ended")) == 1
    assert await page.status() == "connected"


async def test_another_stream_of_the_same_connection_begins_with_its_own_prompt(
    diorama: Running, site: Site, someone: BrowserContext
) -> None:
    page = await in_world(someone, site, diorama)
    first = await page.do("() => client.startStream({ prompt: 'red' })")
    await page.until_colour("red")
    await page.do("() => client.endStream()")
    second = await page.do("() => client.startStream({ prompt: 'green' })")
    await page.until_colour("green")

    session = await diorama.only_session()
    assert (first, second) == (session.id, session.id)


async def test_many_prompts_at_the_moment_of_connecting_are_all_answered(
    diorama: Running, site: Site, someone: BrowserContext
) -> None:
    page = await OdysseyPage.of(someone, site, api=api_of(diorama), key=diorama.key)

    answered = await page.do(
        """async () => {
          await client.connect(handlers)
          await settled()
          await client.startStream({ prompt: 'red' })
          const answered = []
          for (const prompt of ['blue', 'green', 'red', 'yellow']) {
            answered.push(await client.interact({ prompt }))
          }
          return answered
        }"""
    )
    await page.until_colour("yellow")

    assert answered == ["blue", "green", "red", "yellow"]


async def test_disconnecting_frees_the_slot_at_once(
    diorama: Running, site: Site, someone: BrowserContext
) -> None:
    page = await in_world(someone, site, diorama)
    session = await page.session_id()

    await page.do("() => client.disconnect()")

    assert await until_over(diorama, session) == (1000, "viewer_left")
    assert await page.status() == "disconnected"


async def test_a_closed_tab_leaves_no_session_no_slot_and_no_process_of_its_world(
    diorama: Running, site: Site, someone: BrowserContext
) -> None:
    page = await in_world(someone, site, diorama)
    await page.until_frames_pass(1)
    session, world = await page.session_id(), diorama.world_pid()

    await page.close_tab()

    await until_over(diorama, session)
    assert not is_there(world)


async def test_a_killed_browser_leaves_nothing_behind(
    diorama: Running, site: Site, doomed: Doomed
) -> None:
    page = await in_world(doomed.context, site, diorama)
    session = await page.session_id()

    doomed.kill()

    await until_over(diorama, session)


async def test_who_comes_again_after_disconnecting_gets_a_session_of_their_own(
    diorama: Running, site: Site, someone: BrowserContext
) -> None:
    page = await in_world(someone, site, diorama)
    first = await page.session_id()
    await page.do("() => client.disconnect()")
    await diorama.until_free(within_s=CLOSED_AT_ONCE_S)
    await page.connect()
    await page.until_frames_pass(5)

    assert await page.session_id() != first


async def test_a_session_is_in_the_same_list_and_on_the_same_meter_as_any_other(
    diorama: Running, site: Site, someone: BrowserContext
) -> None:
    page = await in_world(someone, site, diorama)
    session_id = await page.session_id()
    await diorama.until_session(session_id, SessionState.STREAMING)
    await page.do("() => client.disconnect()")
    await diorama.until_free(within_s=CLOSED_AT_ONCE_S)

    session = await diorama.session(session_id)
    used_us = (await _usage(diorama, group_by="session"))[session_id]
    assert session in await diorama.all()
    assert session.project == PROJECT
    assert session.first_frame_at is not None
    assert session.ended_at is not None
    assert timedelta() < timedelta(microseconds=used_us) <= session.ended_at - session.created_at


async def test_two_pages_of_one_key_are_two_sessions(
    diorama: Running, site: Site, someone: BrowserContext
) -> None:
    first = await in_world(someone, site, diorama)
    second = await in_world(someone, site, diorama)
    await first.until_frames_pass(5)
    await second.until_frames_pass(5)

    assert {session.id for session in await diorama.live()} == {
        await first.session_id(),
        await second.session_id(),
    }


async def _usage(diorama: Running, **query: str) -> dict[str, int]:
    found: dict[str, Any] = await ask(diorama, "GET", "/v1/usage", params=query)
    return {group["key"]: group["stream_us"] for group in found["groups"]}
