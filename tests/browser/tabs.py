"""A browser whose tabs hide each other, as those of a person do.

Playwright keeps every tab visible, so this one is spoken to in the protocol of its own: DevTools.
"""

import asyncio
import contextlib
import os
import signal
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any, Final

import aiohttp

from tests.browser.waiting import until

CHROMIUM: Final = "/usr/bin/chromium"
FLAGS: Final = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--remote-debugging-port=0",
    "--autoplay-policy=document-user-activation-required",  # as where there is a screen
    # One timer a minute after 2 s of being hidden, where Chromium by itself waits 5 minutes.
    "--enable-features=IntensiveWakeUpThrottling:grace_period_seconds/2",
)


class Tab:
    """One tab."""

    def __init__(self, talk: aiohttp.ClientWebSocketResponse) -> None:
        self._talk = talk
        self._asked = 0

    async def evaluate(self, expression: str) -> Any:  # noqa: ANN401 - whatever JSON the page has
        """Return what an expression comes to in the page, once it has."""
        answer = await self._ask(
            "Runtime.evaluate",
            {"expression": expression, "returnByValue": True, "awaitPromise": True},
        )
        if "exceptionDetails" in answer:
            raise AssertionError(answer["exceptionDetails"])
        return answer["result"].get("value")

    async def open(self, address: str, *, first: str) -> None:
        """Go to a page, where `first` is run before any script of its own."""
        await self._ask("Page.enable", {})
        await self._ask("Page.addScriptToEvaluateOnNewDocument", {"source": first})
        await self._ask("Page.navigate", {"url": address})

    async def click(self, x: float, y: float) -> None:
        """Click as a person does."""
        for kind in ("mousePressed", "mouseReleased"):
            at = {"type": kind, "x": x, "y": y, "button": "left", "clickCount": 1}
            await self._ask("Input.dispatchMouseEvent", at)

    async def until(self, expression: str) -> None:
        """Wait until an expression is true in the page."""

        async def look() -> bool | None:
            return bool(await self.evaluate(expression)) or None

        await until(look, what=f"true in the page: {expression}", within_s=120.0)

    async def _ask(self, method: str, params: Mapping[str, object]) -> dict[str, Any]:
        self._asked += 1
        await self._talk.send_json({"id": self._asked, "method": method, "params": params})
        while True:
            message = await self._talk.receive_json(timeout=60.0)
            if message.get("id") == self._asked:
                return dict(message["result"])


class Tabs:
    """The browser; a new tab hides the one before."""

    def __init__(self, http: aiohttp.ClientSession, port: int) -> None:
        self._http = http
        self._port = port
        self._talks: list[aiohttp.ClientWebSocketResponse] = []

    async def new(self) -> Tab:
        """Open a tab, and see it alone."""
        address = f"http://127.0.0.1:{self._port}/json/new?about:blank"
        async with self._http.put(address) as answer:
            found = await answer.json()
        talk = await self._http.ws_connect(found["webSocketDebuggerUrl"], max_msg_size=0)
        self._talks.append(talk)  # one that nobody refers to would be found unclosed
        return Tab(talk)

    async def hang_up(self) -> None:
        """End the talk with every tab; the tabs stay."""
        for talk in self._talks:
            await talk.close()


@contextlib.asynccontextmanager
async def tabs_running(profile: Path) -> AsyncIterator[Tabs]:
    """Run the browser."""
    process = await asyncio.create_subprocess_exec(
        *(CHROMIUM, *FLAGS, f"--user-data-dir={profile}"),
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
        process_group=0,
    )
    try:
        port = await until(lambda: _port(profile), what="the browser listens")
        async with aiohttp.ClientSession() as http:
            tabs = Tabs(http, port)
            try:
                yield tabs
            finally:
                await tabs.hang_up()
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        await process.wait()


async def _port(profile: Path) -> int | None:
    file = profile / "DevToolsActivePort"
    lines = file.read_text().split() if file.exists() else []
    return int(lines[0]) if len(lines) > 1 else None
