"""What is repaired when a part of the way is lost, by which step, and what the page is told of it.

Between the page and Diorama is a network of the test's own. One Diorama for all of them.
"""

import os
import signal
from collections.abc import AsyncIterator
from typing import Final

import pytest
import pytest_asyncio
from playwright.async_api import BrowserContext

from diorama.protocol.states import SessionState
from tests.browser.network import Network, network_to
from tests.browser.page import Page
from tests.browser.running import PAINTED, WORLDS, Running, running
from tests.browser.site import Site
from tests.relay.weather import Weather

pytestmark = pytest.mark.asyncio(loop_scope="session")
PROJECTS: Final = f"""
[timers]
recovery_grace_s = 1
{PAINTED}
[[projects]]
name = "brief"
world = "{WORLDS}:Painted"
rules.resume_window_s = 4
rules.connect_timeout_s = 12
"""
REPAIRS: Final = ("reconnecting", "reconnected", "ended")


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def house(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Running]:
    """Yield the Diorama of this module."""
    async with running(tmp_path_factory.mktemp("house"), PROJECTS, slots=2) as found:
        yield found


@pytest_asyncio.fixture(loop_scope="session")
async def network(diorama: Running, someone: BrowserContext) -> AsyncIterator[Network]:
    """Yield the network between somebody's browser and it."""
    async with network_to(diorama.port, someone) as found:
        yield found


async def red(page: Page) -> None:
    """Bring a page to its picture, and the world to a state that a new one has not."""
    await page.until_playing()
    await page.press("w")
    await page.until_colour("red")


async def test_a_lost_socket_alone_is_repaired_and_the_picture_never_stops(
    diorama: Running, network: Network, site: Site, someone: BrowserContext
) -> None:
    page = await Page.visit(someone, site.page(network.address, "painted"))
    await red(page)
    before = await diorama.only_session()
    known = await page.count()

    network.tcp.cut()
    await page.until_told("reconnecting", after=known, step="socket", attempt=2)
    await page.until_frames_pass(20)
    await page.press("w")
    await page.until_colour("green")
    network.tcp.heal()
    await page.until_told("reconnected", after=known)

    told = (await page.told())[known:]
    assert {event.name for event in told} == {"reconnecting", "reconnected"}
    assert [e.detail["live"] for e in told if e.name == "reconnecting"] == [True] * (len(told) - 1)
    assert told[-1].detail == {"attachment": before.attachment}
    after = await diorama.until_session(before.id, SessionState.STREAMING, attached=True)
    assert after.state_entered_at == before.state_entered_at


@pytest.mark.parametrize("how", ["reset", "drop"])
async def test_a_socket_that_is_closed_or_reset_is_opened_again_at_once(
    diorama: Running, network: Network, site: Site, someone: BrowserContext, how: str
) -> None:
    page = await Page.visit(someone, site.page(network.address, "painted"))
    await page.until_playing()
    before = await diorama.only_session()

    getattr(network.tcp, how)()
    await page.until_told("reconnected")
    await page.until_frames_pass(10)

    assert (await page.until_told("reconnecting")).detail["live"] is True
    assert (await diorama.only_session()).attachment == before.attachment


async def test_a_socket_that_says_nothing_any_more_is_given_up_for_a_new_one(
    diorama: Running, network: Network, site: Site, someone: BrowserContext
) -> None:
    page = await Page.visit(someone, site.page(network.address, "painted"))
    await page.until_playing()
    before = await diorama.only_session()

    network.tcp.down.shut()  # half of it: what the page says arrives, and no answer comes back
    await page.until_told("reconnecting", step="socket", live=True)
    network.tcp.heal()
    await page.until_told("reconnected")
    await page.until_frames_pass(10)

    after = await diorama.only_session()
    assert (after.id, after.attachment) == (before.id, before.attachment)


async def test_a_lost_media_path_is_repaired_by_an_ice_restart(
    diorama: Running, network: Network, site: Site, someone: BrowserContext
) -> None:
    page = await Page.visit(someone, site.page(network.address, "painted"))
    await red(page)
    before = await diorama.only_session()

    network.udp.cut()
    asked = await page.until_told("reconnecting")
    network.udp.heal()
    repaired = await page.until_told("reconnected")
    await page.until_frames_pass(10)
    await page.until_colour("red")

    assert asked.detail == {"step": "ice", "attempt": 1, "live": False}
    assert repaired.detail == {"attachment": before.attachment}
    after = await diorama.until_session(before.id, SessionState.STREAMING, attached=True)
    assert after.first_frame_at == before.first_frame_at


async def test_where_an_ice_restart_does_not_help_a_new_peer_connection_does(
    diorama: Running, network: Network, site: Site, someone: BrowserContext
) -> None:
    page = await Page.visit(someone, site.page(network.address, "painted"))
    await red(page)
    before = await diorama.only_session()

    network.udp.cut()
    # Its offer is there: were the path healed once it is asked for, the ICE restart might win.
    await page.until_told("reconnecting", step="peer", attempt=0)
    network.udp.heal()
    repaired = await page.until_told("reconnected")
    await page.until_frames_pass(10)
    await page.until_colour("red")

    steps = [event.detail["step"] for event in await page.told("reconnecting")]
    assert steps[0] == "ice"
    assert repaired.detail["attachment"] > before.attachment
    assert (await diorama.only_session()).id == before.id


async def test_a_media_path_that_is_cut_for_good_ends_the_session_and_says_so(
    diorama: Running, network: Network, site: Site, someone: BrowserContext
) -> None:
    page = await Page.visit(someone, site.page(network.address, "brief"))
    await page.until_playing()

    network.udp.cut()
    ended = await page.until_told("ended")
    await diorama.until_free()

    steps = [event.detail["step"] for event in await page.told("reconnecting")]
    assert steps[0] == "ice"
    assert "peer" in steps
    assert (ended.detail["code"], ended.detail["reason"]) == (1006, "media_lost")
    assert ended.detail["retry"] == "resume"


async def test_who_loses_everything_and_is_back_in_time_has_session_and_world_again(
    diorama: Running, network: Network, site: Site, someone: BrowserContext
) -> None:
    page = await Page.visit(someone, site.page(network.address, "painted"))
    await red(page)
    before = await diorama.only_session()

    network.tcp.cut()
    network.udp.cut()
    await diorama.until_session(before.id, SessionState.CONNECTING, attached=False)
    await page.until_told("reconnecting", live=False)
    network.heal()
    await page.until_told("reconnected")
    await page.until_frames_pass(10)
    await page.until_colour("red")

    after = await diorama.until_session(before.id, SessionState.STREAMING, attached=True)
    assert after.first_frame_at == before.first_frame_at
    assert [session.id for session in await diorama.live()] == [before.id]


async def test_who_loses_everything_and_is_back_too_late_is_told_the_end(
    diorama: Running, network: Network, site: Site, someone: BrowserContext
) -> None:
    page = await Page.visit(someone, site.page(network.address, "brief"))
    await page.until_playing()
    session = await diorama.only_session()

    network.tcp.cut()
    network.udp.cut()
    lost = await diorama.until_session(session.id, SessionState.FAILED)
    network.heal()
    ended = await page.until_told("ended")

    assert lost.end is not None
    assert (lost.end.code, lost.end.reason, lost.end.retry) == (1006, "viewer_lost", "resume")
    assert ended.detail["code"] in {1006, 4007}
    await diorama.until_free()


async def test_in_rough_weather_the_picture_goes_on(
    diorama: Running, network: Network, site: Site, someone: BrowserContext
) -> None:
    page = await Page.visit(someone, site.page(network.address, "painted"))
    await page.until_playing()

    network.tcp.delay(ms=60)
    network.udp.be(Weather(drop_share=0.03, swap_share=0.03, delay_ms=40))
    await page.until_frames_pass(60)
    await page.press("w")
    await page.until_colour("red")

    assert await page.told(*REPAIRS) == []
    assert (await diorama.only_session()).state is SessionState.STREAMING


async def test_a_killed_gateway_is_found_again_while_the_picture_goes_on(
    diorama: Running, network: Network, site: Site, someone: BrowserContext
) -> None:
    page = await Page.visit(someone, site.page(network.address, "painted"))
    await red(page)
    before = await diorama.only_session()

    os.kill(diorama.gateway_pid(), signal.SIGKILL)
    await page.until_told("reconnecting", step="socket", live=True)
    await page.until_frames_pass(20)
    await page.until_told("reconnected")

    assert {e.detail["live"] for e in await page.told("reconnecting")} == {True}
    after = await diorama.until_session(before.id, SessionState.STREAMING, attached=True)
    assert (after.attachment, after.state_entered_at) == (
        before.attachment,
        before.state_entered_at,
    )


async def test_a_killed_worker_is_told_with_a_sentence_and_a_new_session_may_follow(
    diorama: Running, network: Network, site: Site, someone: BrowserContext
) -> None:
    page = await Page.visit(someone, site.page(network.address, "painted"))
    await page.until_playing()

    os.kill(diorama.worker_pid(), signal.SIGKILL)
    ended = await page.until_told("ended")
    await diorama.until_free()

    assert (ended.detail["code"], ended.detail["reason"]) == (4006, "worker_lost")
    assert ended.detail["message"] == "The world stopped unexpectedly."
    assert ended.detail["retry"] == "new_session"


async def test_a_page_that_wishes_so_goes_on_in_a_new_session_where_the_end_allows_it(
    diorama: Running, network: Network, site: Site, someone: BrowserContext
) -> None:
    page = await Page.visit(someone, site.page(network.address, "painted", restart="auto"))
    await red(page)
    before = await diorama.only_session()

    os.kill(diorama.worker_pid(), signal.SIGKILL)
    told = await page.until_told("restarting")
    await page.until_told("media", value="none")
    await page.until_playing()
    await page.until_colour("grey")

    assert told.detail["end"]["code"] == 4006
    assert (await diorama.only_session()).id != before.id
    assert (await diorama.session(before.id)).end is not None
