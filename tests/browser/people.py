"""Who sits at a browser, and the Diorama that is looked at: one Chromium for all tests in one.

A plugin of pytest (tests/conftest.py), so that several folders of tests share the one Chromium.
"""

import asyncio
import contextlib
import os
import signal
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest
import pytest_asyncio
from playwright.async_api import Browser, BrowserContext, async_playwright

from tests.browser.running import PAINTED, Running, running
from tests.browser.waiting import WITHIN_MS, until

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
        browser = await playwright.chromium.launch(
            executable_path=CHROMIUM, args=list(FLAGS), timeout=WITHIN_MS
        )
        yield browser
        await browser.close()


@pytest_asyncio.fixture(loop_scope="session")
async def someone(chromium: Browser) -> AsyncIterator[BrowserContext]:
    """Yield the browser of a person who was never here."""
    context = await chromium.new_context(viewport={"width": 1280, "height": 720})
    context.set_default_timeout(WITHIN_MS)
    yield context
    await context.close()


@pytest_asyncio.fixture(loop_scope="session")
async def another(chromium: Browser) -> AsyncIterator[BrowserContext]:
    """Yield the browser of a second person."""
    context = await chromium.new_context(viewport={"width": 1280, "height": 720})
    context.set_default_timeout(WITHIN_MS)
    yield context
    await context.close()


@dataclass(frozen=True, slots=True)
class Doomed:
    """A person whose browser a test may kill or freeze."""

    context: BrowserContext
    process: asyncio.subprocess.Process

    def kill(self) -> None:
        """Kill the browser with everything in it: no page is told."""
        os.killpg(self.process.pid, signal.SIGKILL)

    def freeze(self) -> None:
        """Stop every process of it, as a phone does with what is not on its screen."""
        os.killpg(self.process.pid, signal.SIGSTOP)

    def thaw(self) -> None:
        """Let every process go on."""
        os.killpg(self.process.pid, signal.SIGCONT)


@pytest_asyncio.fixture(loop_scope="session")
async def doomed(tmp_path: Path) -> AsyncIterator[Doomed]:
    """Yield a person with a browser process of its own."""
    profile = tmp_path / "profile"
    own = ("--headless", "--remote-debugging-port=0", f"--user-data-dir={profile}", "about:blank")
    process = await asyncio.create_subprocess_exec(
        *(CHROMIUM, *FLAGS, *own),
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
        process_group=0,
    )
    try:
        port = await until(lambda: _debugging_port(profile), what="the browser listens")
        async with async_playwright() as playwright:
            address = f"http://127.0.0.1:{port}"
            browser = await playwright.chromium.connect_over_cdp(address, timeout=WITHIN_MS)
            browser.contexts[0].set_default_timeout(WITHIN_MS)
            yield Doomed(browser.contexts[0], process)
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        await process.wait()


async def _debugging_port(profile: Path) -> int | None:
    """Return the port that a browser has written down, once it has."""
    file = profile / "DevToolsActivePort"
    lines = file.read_text().split() if file.exists() else []
    return int(lines[0]) if len(lines) > 1 else None


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def house(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Running]:
    """Yield the Diorama of one module: one slot and the project `painted`, or what it says."""
    async with running(tmp_path_factory.mktemp("house"), PAINTED, slots=1) as found:
        yield found


@pytest_asyncio.fixture(loop_scope="session")
async def diorama(house: Running) -> AsyncIterator[Running]:
    """Yield the module's Diorama with no session in it."""
    await house.clear()
    yield house
    await house.clear()
