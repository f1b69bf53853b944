"""One Chromium for all browser tests, a context of its own and a Diorama of its own for each."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Final

import pytest_asyncio
from playwright.async_api import Browser, BrowserContext, async_playwright

from tests.browser.running import PAINTED, Running, running

CHROMIUM: Final = "/usr/bin/chromium"
FLAGS: Final = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def chromium() -> AsyncIterator[Browser]:
    """Yield the browser."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        yield browser
        await browser.close()


@pytest_asyncio.fixture(loop_scope="session")
async def someone(chromium: Browser) -> AsyncIterator[BrowserContext]:
    """Yield the browser of a person who was never here."""
    context = await chromium.new_context(viewport={"width": 1280, "height": 720})
    yield context
    await context.close()


@pytest_asyncio.fixture(loop_scope="session")
async def another(chromium: Browser) -> AsyncIterator[BrowserContext]:
    """Yield the browser of a second person."""
    context = await chromium.new_context(viewport={"width": 1280, "height": 720})
    yield context
    await context.close()


@pytest_asyncio.fixture(loop_scope="session")
async def diorama(tmp_path: Path) -> AsyncIterator[Running]:
    """Yield a Diorama with one slot and the project `painted`."""
    async with running(tmp_path, PAINTED, slots=1) as found:
        yield found
