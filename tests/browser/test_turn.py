"""Playing through a TURN server, and nothing but it: a real coturn, in a real Chromium.

The network of a test has no NAT. A page that lets media go by relays alone is as one behind a NAT
that lets nothing else through.
"""

from collections.abc import AsyncIterator
from contextlib import ExitStack
from pathlib import Path
from typing import Final

import httpx
import msgspec
import pytest
import pytest_asyncio
from playwright.async_api import BrowserContext

from diorama.protocol.spectator_views import CreatedSpectator
from tests.browser.page import Page
from tests.browser.running import PAINTED, Running, running
from tests.browser.site import Site, site_running
from tests.browser.waiting import WITHIN_S, until
from tests.coturn import Coturn, coturn_running, needs_coturn
from tests.interop.house import PACKAGE, api_of
from tests.interop.page import OdysseyPage

pytestmark = [needs_coturn, pytest.mark.asyncio(loop_scope="session")]
ODYSSEY_PAGES: Final = Path(__file__).parents[1] / "interop" / "pages"
PATIENT_S: Final = 60.0
"""What an ICE restart and a verdict on what does not connect may take on a busy machine."""
SPOILED: Final = """
(() => {
  const spoil = ({ iceServers, ...rest }) => ({
    ...rest,
    iceServers: iceServers.map((server) => ({ ...server, credential: 'of another secret' })),
  })
  const { setConfiguration } = RTCPeerConnection.prototype
  RTCPeerConnection.prototype.setConfiguration = function (given) {
    return setConfiguration.call(this, spoil(given))
  }
  window.RTCPeerConnection = new Proxy(RTCPeerConnection, {
    construct: (kind, [given]) => new kind(spoil(given)),
  })
})()
"""
"""Makes of each credential what a gateway with another secret would have made."""
WATCH: Final = """async ({ url, token }) => {
  const { watch } = await import('/sdk/watch.js')
  const video = document.createElement('video')
  video.muted = true
  window.watched = watch(url, { token, video, iceTransportPolicy: 'relay' })
}"""


class Relay:
    """The one TURN server of these tests, which may be started anew."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._running = ExitStack()
        self.coturn: Coturn = self._running.enter_context(coturn_running(folder))

    def restart(self) -> None:
        """Lose every relay there is, as a server does that is started anew."""
        self.stop()
        again = coturn_running(self._folder, port=self.coturn.port)
        self.coturn = self._running.enter_context(again)

    def stop(self) -> None:
        """End it."""
        self._running.close()


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def relay(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Relay]:
    """Yield the TURN server."""
    found = Relay(tmp_path_factory.mktemp("coturn"))
    yield found
    found.stop()


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def house(relay: Relay, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Running]:
    """Yield a Diorama that tells of it."""
    configuration = (
        f"{relay.coturn.settings(workers=True)}{PAINTED}rules.spectators.enabled = true\n"
    )
    async with running(tmp_path_factory.mktemp("house"), configuration, slots=1) as found:
        yield found


async def playing(diorama: Running, site: Site, someone: BrowserContext) -> Page:
    """Return a page that plays by a relay."""
    page = await Page.visit(someone, site.page(diorama.address, "painted", policy="relay"))
    await page.until_playing()
    return page


async def path_of(page: Page) -> dict[str, object]:
    """Return the way its media takes, once the page knows."""

    async def look() -> dict[str, object] | None:
        found: dict[str, object] | None = await page.page.evaluate(
            "() => session.stats()?.path ?? null"
        )
        return found

    return await until(look, what="the page knows the path of its media")


async def verdict_of(page: Page) -> str:
    found: str = await page.page.evaluate("async () => (await session.getDiagnostics()).verdict")
    return found


async def until_verdict(page: Page, words: str) -> str:
    async def look() -> str | None:
        verdict = await verdict_of(page)
        return verdict if words in verdict else None

    return await until(look, what=f"a verdict with {words!r}", within_s=PATIENT_S)


async def test_a_page_that_only_relays_reach_plays_and_says_so(
    diorama: Running, relay: Relay, site: Site, someone: BrowserContext, another: BrowserContext
) -> None:
    page = await playing(diorama, site, someone)
    session = await diorama.only_session()
    path = await path_of(page)
    verdict = await until_verdict(page, "TURN")
    notes = await diorama.until_noted(session.id, "media_path")
    await page.press("w")
    await page.until_colour("red")
    friend = await watching(diorama, site, another, session.id)

    users = [user for user in relay.coturn.users() if session.id in user]
    holders = {user.partition(":")[2] for user in users}
    assert (path["local"], path["relayed"], path["relayProtocol"]) == ("relay", True, "udp")
    assert "over a TURN relay by UDP" in verdict
    assert notes["media_path"].facts["local"] == "relay"
    assert holders == {session.id, f"{session.id}.worker", f"{session.id}.{friend}"}


async def watching(diorama: Running, site: Site, another: BrowserContext, session_id: str) -> str:
    """Have somebody watch by a relay; return their id."""
    headers = {"Authorization": f"Bearer {diorama.key}"}
    async with httpx.AsyncClient(
        base_url=diorama.address, headers=headers, timeout=WITHIN_S
    ) as rest:
        made = await rest.post(f"/v1/sessions/{session_id}/spectators", json={})
    who = msgspec.json.decode(made.raise_for_status().content, type=CreatedSpectator)
    page = await another.new_page()
    await page.goto(f"http://127.0.0.1:{site.port}/page.js")  # any page of the site's origin
    url = f"{diorama.address}/v1/whep/{session_id}"
    await page.evaluate(WATCH, {"url": url, "token": who.token})
    await page.wait_for_function("() => window.watched.state === 'watching'")
    return who.id


async def test_a_relay_that_is_lost_is_found_again_with_a_fresh_credential(
    diorama: Running, relay: Relay, site: Site, someone: BrowserContext
) -> None:
    page = await playing(diorama, site, someone)
    session = await diorama.only_session()
    before = relay.coturn.users()

    relay.restart()
    await page.until_told("reconnected", within_s=PATIENT_S)
    await page.until_frames_pass(10)

    after = relay.coturn.users()
    own = [user for user in after if user.endswith(f":{session.id}")]
    assert own
    assert not set(own) & set(before)
    assert (await path_of(page))["local"] == "relay"
    assert (await diorama.only_session()).id == session.id


async def test_the_unmodified_sdk_of_odyssey_goes_by_the_relay_too(
    diorama: Running, relay: Relay, someone: BrowserContext
) -> None:
    async with site_running(ODYSSEY_PAGES, PACKAGE / "dist") as own_site:
        page = await OdysseyPage.of(someone, own_site, api=api_of(diorama), key=diorama.key)
        await page.connect()
        await page.until_frames_pass(10)
        session = await diorama.only_session()

    holders = [user.partition(":")[2] for user in relay.coturn.users()]
    assert session.id in holders


async def test_a_credential_of_another_secret_is_told_to_whoever_looks(
    diorama: Running, site: Site, someone: BrowserContext
) -> None:
    await someone.add_init_script(SPOILED)
    page = await Page.visit(someone, site.page(diorama.address, "painted", policy="relay"))

    verdict = await until_verdict(page, "the TURN server")

    assert verdict.endswith(
        "the TURN server refuses the credential: it has another shared secret than the gateway,"
        " or their clocks differ."
    )
