"""A web site on the Odyssey SDK, and a session that lasts as long as one may."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest
import pytest_asyncio
from playwright.async_api import Browser

from tests.browser.running import PAINTED, WORLDS, Running, running
from tests.browser.site import Site, site_running
from tests.browser.waiting import WITHIN_MS
from tests.interop.house import PACKAGE, api_of
from tests.interop.page import OdysseyPage

PROJECTS: Final = f"""
{PAINTED}
[[projects]]
name = "line"
world = "{WORLDS}:Painted"
rules.worker_count = 1

[[projects]]
name = "given"
world = "{WORLDS}:Painted"
rules.images = true

[[projects]]
name = "shown"
world = "{WORLDS}:Painted"
rules.spectators.enabled = true

[[projects]]
name = "kept"
world = "{WORLDS}:Painted"
rules.recording.enabled = true

[[projects]]
name = "patient"
world = "{WORLDS}:Painted"
rules.afk.warn_after_s = 1
rules.afk.disconnect_after_s = 600

[[projects]]
name = "impatient"
world = "{WORLDS}:Painted"
rules.afk.warn_after_s = 1
rules.afk.disconnect_after_s = 2
"""
LASTS_S: Final = 61.0
"""The shortest that a project may let its longest session be, and be warned before."""


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def site() -> AsyncIterator[Site]:
    """Yield the site, which serves the package unmodified, as its lock file had it installed."""
    async with site_running(Path(__file__).with_name("pages"), PACKAGE / "dist") as found:
        yield found


@pytest_asyncio.fixture(scope="package", loop_scope="session")
async def house(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Running]:
    """Yield the Diorama of all modules here that need none of their own: it has two slots."""
    async with running(tmp_path_factory.mktemp("house"), PROJECTS, slots=2) as found:
        yield found


@dataclass(frozen=True, slots=True, kw_only=True)
class Lasting:
    """A page in a session that began before all tests here, and where."""

    page: OdysseyPage
    diorama: Running
    session_id: str


@pytest_asyncio.fixture(scope="package", loop_scope="session", autouse=True)
async def lasting(
    request: pytest.FixtureRequest,
    chromium: Browser,
    site: Site,
    tmp_path_factory: pytest.TempPathFactory,
) -> AsyncIterator[Lasting | None]:
    """Yield a session whose minute passes beside the other tests, if one of them asks for it."""
    items = request.session.items
    if not any("outlasted" in getattr(item, "fixturenames", ()) for item in items):
        yield None
        return
    rules = f"rules.max_runtime_s = {LASTS_S}\n"
    folder = tmp_path_factory.mktemp("lasting")
    async with running(folder, PAINTED + rules, slots=1) as diorama:
        context = await chromium.new_context()
        context.set_default_timeout(WITHIN_MS)
        page = await OdysseyPage.of(context, site, api=api_of(diorama), key=diorama.key)
        session_id = await page.connect()
        yield Lasting(page=page, diorama=diorama, session_id=session_id)
        await context.close()


@pytest.fixture
def outlasted(lasting: Lasting | None) -> Lasting:
    """Return the session that began before all tests here."""
    assert lasting is not None
    return lasting
