"""The hook of the Odyssey SDK in a React app under a real Vite dev server.

The app is the code of docs/odyssey.md, and StrictMode mounts it twice.
"""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import BrowserContext

from tests.browser.player import Player
from tests.browser.running import Running
from tests.browser.vite import DevServer, dev_server
from tests.interop.house import api_of

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def app(house: Running, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[DevServer]:
    """Yield the dev server."""
    log = tmp_path_factory.mktemp("vite") / "log"
    environment = {"VITE_ODYSSEY_API_URL": api_of(house), "VITE_ODYSSEY_API_KEY": house.key}
    async with dev_server(environment, log) as found:
        yield found


async def test_two_mounts_of_strict_mode_make_one_session_that_plays_and_hears(
    diorama: Running, app: DevServer, someone: BrowserContext
) -> None:
    known = {session.id for session in await diorama.all()}
    tab = await Player.visit(someone, f"{app.address}odyssey.html")
    await tab.page.wait_for_selector("main[data-status=connected]")
    await tab.until_frames_pass(1)
    await tab.until_colour("red")
    await tab.page.click("text=Blue")
    await tab.until_colour("blue")

    opened = [session for session in await diorama.all() if session.id not in known]
    assert [session.end for session in opened] == [None]


async def test_a_reloaded_app_leaves_its_first_session_for_another(
    diorama: Running, app: DevServer, someone: BrowserContext
) -> None:
    tab = await Player.visit(someone, f"{app.address}odyssey.html")
    await tab.page.wait_for_selector("main[data-status=connected]")
    await tab.until_colour("red")
    first = await diorama.only_session()

    await tab.page.reload()
    await tab.page.wait_for_selector("main[data-status=connected]")
    await tab.until_colour("red")

    assert (await diorama.session(first.id)).end is not None
    assert (await diorama.only_session()).id != first.id
