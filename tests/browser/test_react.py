"""A React app under a real Vite dev server: what developers do all day makes no second session.

The app is the code of docs/clean-sessions.md. One Diorama and one dev server for all of it.
"""

from collections.abc import AsyncIterator
from typing import Final

import pytest
import pytest_asyncio
from playwright.async_api import BrowserContext
from playwright.async_api import TimeoutError as NotInTime

from tests.browser.player import Player
from tests.browser.running import PAINTED, Running, running
from tests.browser.vite import DevServer, dev_server

pytestmark = pytest.mark.asyncio(loop_scope="session")
PATIENT: Final = "[timers]\npage_left_grace_s = 10\n"
"""However slow this machine is, a page that reloads is back in that time."""
AT_WORK: Final = "rules.afk.enabled = false\n"
"""Twenty edits take as long as they take, and nobody touches the world meanwhile."""
EDITS: Final = 20
SAVES: Final = 8
SAVED_WITHIN_MS: Final = 3_000
STILL: Final = "() => { window.still = true }"
IS_STILL: Final = "() => window.still === true"


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def house(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Running]:
    """Yield the Diorama of this module."""
    async with running(
        tmp_path_factory.mktemp("house"), PATIENT + PAINTED + AT_WORK, slots=2
    ) as found:
        yield found


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def app(house: Running, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[DevServer]:
    """Yield the dev server."""
    log = tmp_path_factory.mktemp("vite") / "log"
    environment = {"VITE_DIORAMA_SERVER": house.address, "VITE_DIORAMA_PROJECT": "painted"}
    async with dev_server(environment, log) as found:
        yield found


class App(Player):
    """One tab with the app."""

    async def until_playing(self) -> None:
        """Wait until pictures come."""
        await self.page.wait_for_selector("main[data-state=streaming]")
        await self.until_frames_pass(5)

    async def until_caption(self, text: str, app: DevServer) -> None:
        """Wait until the app shows what was edited, and nothing of the edit before."""
        shown = self.page.get_by_role("heading", name=text, exact=True)
        for _ in range(SAVES):
            try:
                return await shown.wait_for(timeout=SAVED_WITHIN_MS)
            except NotInTime:
                app.save_again()
        return await shown.wait_for()


async def test_two_mounts_of_strict_mode_open_one_session(
    diorama: Running, app: DevServer, someone: BrowserContext
) -> None:
    known = {session.id for session in await diorama.all()}
    tab = await App.visit(someone, app.address)
    await tab.until_playing()

    opened = [session for session in await diorama.all() if session.id not in known]
    assert [session.end for session in opened] == [None]
    assert opened[0].attachment == 1


async def test_twenty_edits_leave_the_one_session_its_world_and_its_connection(
    diorama: Running, app: DevServer, someone: BrowserContext
) -> None:
    known = {session.id for session in await diorama.all()}
    tab = await App.visit(someone, app.address)
    await tab.until_playing()
    await tab.press("w")
    await tab.until_colour("red")
    before = await diorama.only_session()
    await tab.page.evaluate(STILL)

    caption = "A world"
    for edit in range(EDITS):
        edited = f"Edit {edit}"
        if edit % 2:
            app.edit("World.tsx", "<h1>{caption}", f"<h1>{edited} {{caption}}")
            await tab.until_caption(f"{edited} {caption}", app)
            app.edit("World.tsx", f"<h1>{edited} ", "<h1>")
        else:
            app.edit("caption.ts", caption, edited)
            caption = edited
        await tab.until_caption(caption, app)
        session = await diorama.only_session()
        assert (session.id, session.attachment) == (before.id, before.attachment)
    app.edit("caption.ts", caption, "A world")
    await tab.until_frames_pass(10)
    await tab.until_colour("red")

    assert await tab.page.evaluate(IS_STILL), "every edit was taken without a reload"
    assert [s.id for s in await diorama.all() if s.id not in known] == [before.id]


async def test_an_edit_that_reloads_the_page_goes_on_with_session_and_world(
    diorama: Running, app: DevServer, someone: BrowserContext
) -> None:
    tab = await App.visit(someone, app.address)
    await tab.until_playing()
    await tab.press("w")
    await tab.until_colour("red")
    before = await diorama.only_session()
    await tab.page.evaluate(STILL)

    app.edit("main.tsx", "<App />", "<App />{' '}")
    await tab.page.wait_for_function("() => window.still === undefined")
    await tab.until_playing()
    await tab.until_colour("red")

    assert (await diorama.only_session()).id == before.id


async def test_a_dev_server_that_is_restarted_leaves_one_session(
    diorama: Running, app: DevServer, someone: BrowserContext
) -> None:
    tab = await App.visit(someone, app.address)
    await tab.until_playing()
    await tab.press("w")
    await tab.until_colour("red")
    before = await diorama.only_session()
    await tab.page.evaluate(STILL)

    await app.stop()
    await tab.until_frames_pass(10)
    await app.start()
    await tab.page.wait_for_function("() => window.still === undefined")
    await tab.until_playing()
    await tab.until_colour("red")

    assert (await diorama.only_session()).id == before.id


async def test_a_component_that_is_put_away_ends_its_session_and_opens_another_when_it_is_back(
    diorama: Running, app: DevServer, someone: BrowserContext
) -> None:
    tab = await App.visit(someone, app.address)
    await tab.until_playing()
    first = await diorama.only_session()
    await tab.page.click("text=Put away")
    await diorama.until_free()
    await tab.page.click("text=Bring back")
    await tab.until_playing()

    ended = await diorama.session(first.id)
    assert ended.end is not None
    assert (ended.end.code, ended.end.reason) == (1000, "viewer_left")
    assert (await diorama.only_session()).id != first.id
