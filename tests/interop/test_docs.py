"""What docs/odyssey.md shows is what these tests run: in Node, and in a browser as it stands."""

import asyncio
import os
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Final

import httpx
import pytest
import pytest_asyncio
from playwright.async_api import BrowserContext

from tests.browser.player import Player
from tests.browser.running import Running
from tests.browser.site import Site
from tests.browser.vite import EXAMPLE
from tests.browser.waiting import WITHIN_S
from tests.docs.blocks import REPOSITORY, blocks_of
from tests.interop.backend import node_backend, site_of
from tests.interop.house import api_of
from tests.interop.page import OdysseyPage

pytestmark = pytest.mark.asyncio(loop_scope="session")
PAGE: Final = REPOSITORY / "docs" / "odyssey.md"
SHOWN_API: Final = "http://127.0.0.1:8080/odyssey/cove"
SHOWN_KEY: Final = "YOUR_KEY"
SIMULATED_WITHIN_S: Final = 120.0


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def backend(house: Running, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[str]:
    """Yield the address of the backend that makes credentials."""
    log = tmp_path_factory.mktemp("node") / "log"
    async with node_backend(api_of(house), house.key, log) as found:
        yield found


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def pages(house: Running, backend: str) -> AsyncIterator[str]:
    """Yield the origin of a site with the page's files, pointed at this Diorama."""
    shown = blocks_of(PAGE, PAGE.read_text())
    files = {
        str(block.word): block.text.replace(SHOWN_API, api_of(house)).replace(SHOWN_KEY, house.key)
        for block in shown
        if block.mark == "file"
    }
    async with site_of(files, backend) as found:
        yield found


@pytest.mark.parametrize("name", ["src/odyssey.tsx", "credentials.mjs", "simulate.mjs"])
async def test_the_docs_show_the_files_that_the_tests_run(name: str) -> None:
    language = name.rpartition(".")[2].removeprefix("m")
    text = (EXAMPLE / name).read_text()

    assert f"`{name}`\n\n```{language}\n{text}```\n" in PAGE.read_text()


async def test_a_page_with_a_key_shows_the_world_and_prompts_it(
    diorama: Running, pages: str, someone: BrowserContext
) -> None:
    tab = await Player.visit(someone, f"{pages}/index.html")
    await tab.until_frames_pass(5)
    await tab.page.fill("input", "blue")
    await tab.page.keyboard.press("Enter")
    await tab.until_colour("blue")

    assert len(await diorama.live()) == 1


async def test_a_page_without_a_key_shows_the_world_by_credentials_of_its_backend(
    diorama: Running, pages: str, someone: BrowserContext
) -> None:
    tab = await Player.visit(someone, f"{pages}/guest.html")
    await tab.until_frames_pass(5)

    assert diorama.key not in await tab.page.content()
    assert len(await diorama.live()) == 1


async def test_credentials_that_node_made_connect_a_browser_that_has_no_key(
    diorama: Running, backend: str, site: Site, someone: BrowserContext
) -> None:
    async with httpx.AsyncClient(timeout=WITHIN_S) as client:
        credentials = (await client.post(backend)).raise_for_status().json()
    given = await diorama.only_session()
    page = await OdysseyPage.of(someone, site)
    await page.connect_with(credentials)
    await page.until_frames_pass(5)

    assert await page.session_id() == given.id
    assert [session.id for session in await diorama.live()] == [given.id]


def _videos(folder: Path) -> list[Path]:
    """Return the recordings that were saved, but for empty ones."""
    return [file for file in folder.glob("rec_*.mp4") if file.stat().st_size]


async def test_the_script_of_the_page_runs_in_node_and_its_video_is_saved(
    diorama: Running, tmp_path: Path
) -> None:
    process = await asyncio.create_subprocess_exec(
        *("node", str(EXAMPLE / "simulate.mjs")),
        cwd=tmp_path,
        env=os.environ | {"API_URL": api_of(diorama), "ODYSSEY_API_KEY": diorama.key},
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    async with asyncio.timeout(SIMULATED_WITHIN_S):
        said, _ = await process.communicate()

    assert said.decode().split() == ["completed"]
    assert len(_videos(tmp_path)) == 1


async def test_credentials_are_of_no_use_once_their_session_is_over(
    diorama: Running, backend: str, site: Site, someone: BrowserContext
) -> None:
    async with httpx.AsyncClient(timeout=WITHIN_S) as client:
        credentials = (await client.post(backend)).raise_for_status().json()
    page = await OdysseyPage.of(someone, site)
    await page.connect_with(credentials)
    await page.do("() => client.disconnect()")
    await diorama.until_free()

    refused = await page.refused_at(
        """(given) => client.connectWithCredentials(odyssey.credentialsFromDict(given), handlers)
             .then(() => null)""",
        credentials,
    )

    assert refused.message
    assert await diorama.live() == []
