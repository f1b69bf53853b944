"""How long the unmodified Odyssey SDK takes to connect, beside Diorama's own web SDK.

Measured through `diorama up` as it is, in headless Chromium over loopback, from a page of another
origin, so that each request pays for its preflight as it does in the field. The two take turns, and
each connect is a new session: request, slot, world, peer connection. A client is new each time, so
that Odyssey's exchanges its key each time.
"""

import asyncio
import contextlib
import http.server
import tempfile
import threading
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Final

import httpx
import msgspec
from playwright.async_api import Page, async_playwright
from programs import Program, running
from report import ROOT, Figures, median, publish, quantile, scaled, versions, wait_for_quiet

HERE: Final = Path(__file__).resolve().parent
PROJECT: Final = "at30"
CONNECTS: Final = 40
GOAL_MS: Final = 500
_WITHIN_MS: Final = 20_000
_FREE_WITHIN_S: Final = 20.0
_LOOK_EVERY_S: Final = 0.05
_ARGUMENTS: Final = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--autoplay-policy=no-user-gesture-required",
)
_PACKAGE: Final = ROOT / "web" / "node_modules" / "@odysseyml" / "odyssey" / "package.json"


def settings() -> str:
    """Return the configuration: one project that pages of any site may open with a key."""
    return f'[[projects]]\nname = "{PROJECT}"\nworld = "{HERE}/panning.py:At30"\n'


class _Files(http.server.SimpleHTTPRequestHandler):
    """Serves this repository without a word."""

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextlib.contextmanager
def site() -> Iterator[str]:
    """Serve this repository on loopback; yield the address."""
    serve = partial(_Files, directory=str(ROOT))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), serve) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
            thread.join()


@contextlib.asynccontextmanager
async def viewer() -> AsyncIterator[Page]:
    """Yield a page of the site with both SDKs in it."""
    with site() as address:
        async with async_playwright() as playwright:
            browser = await playwright.chromium.launch(
                executable_path="/usr/bin/chromium", args=list(_ARGUMENTS)
            )
            try:
                page = await browser.new_page()
                page.on("pageerror", lambda error: print(f"page: {error}"))
                page.set_default_timeout(_WITHIN_MS)
                await page.goto(f"{address}/benchmarks/odyssey_page.html")
                await page.wait_for_function("() => window.byDiorama")
                yield page
            finally:
                await browser.close()


@dataclass(frozen=True, slots=True)
class Turns:
    """What each SDK's connects took, in milliseconds."""

    odyssey: list[dict[str, Any]]
    diorama: list[dict[str, Any]]


async def take_turns(page: Page, program: Program, key: str) -> Turns:
    """Connect by one and by the other, a few times without counting."""
    found = Turns([], [])
    api = f"{program.url}/odyssey/{PROJECT}"
    headers = {"Authorization": f"Bearer {key}"}
    async with httpx.AsyncClient(base_url=program.url, headers=headers) as rest:
        for number in range(-2, scaled(CONNECTS, least=2)):
            by_odyssey = await page.evaluate("([api, key]) => byOdyssey(api, key)", [api, key])
            await _leave(page, rest)
            by_diorama = await page.evaluate(
                "([server, project, key]) => byDiorama(server, project, key)",
                [program.url, PROJECT, key],
            )
            await _leave(page, rest)
            if number >= 0:
                found.odyssey.append(by_odyssey)
                found.diorama.append(by_diorama)
    return found


async def _leave(page: Page, rest: httpx.AsyncClient) -> None:
    """Disconnect, and wait until every slot is free and a world waits again."""
    await page.evaluate("leave()")
    async with asyncio.timeout(_FREE_WITHIN_S):
        while not await _all_free(rest):  # noqa: ASYNC110 - another process's state
            await asyncio.sleep(_LOOK_EVERY_S)
    await asyncio.sleep(1)


async def _all_free(rest: httpx.AsyncClient) -> bool:
    answer = (await rest.get("/v1/workers")).raise_for_status().json()
    return all(slot["state"] == "free" for worker in answer["workers"] for slot in worker["slots"])


def connects(turns: Turns) -> list[Figures]:
    """Return how long each SDK took to be connected, and to its first picture.

    `connect()` of Odyssey's resolves once its data channel is open and a track is there; Diorama's
    returns at once.
    """
    return [
        _spread("@odysseyml/odyssey", turns.odyssey),
        _spread("@diorama/sdk", turns.diorama),
    ]


def _spread(name: str, found: list[dict[str, Any]]) -> Figures:
    resolved = [each["resolved"] for each in found if "resolved" in each]
    pictures = [each["picture"] for each in found]
    return {
        "SDK": name,
        "connects": len(found),
        "peer_connected_median_ms": round(median([each["peer"] for each in found])),
        "connect_median_ms": round(median(resolved)) if resolved else None,
        "connect_p95_ms": round(quantile(resolved, 0.95)) if resolved else None,
        "connect_max_ms": round(max(resolved)) if resolved else None,
        "picture_median_ms": round(median(pictures)),
        "picture_p95_ms": round(quantile(pictures, 0.95)),
    }


def steps(turns: Turns) -> list[Figures]:
    """Return where the time of Odyssey's connects goes: each request, and what follows them."""
    names = list(dict.fromkeys(name for each in turns.odyssey for name in each["requests"]))
    rows: list[Figures] = []
    for name in names:
        asked = [each["requests"][name] for each in turns.odyssey if name in each["requests"]]
        rows.append(
            {
                "step": name,
                "begins_median_ms": round(median([one["at"] for one in asked]), 1),
                "takes_median_ms": round(median([one["took"] for one in asked]), 1),
                "takes_max_ms": round(max(one["took"] for one in asked), 1),
            }
        )
    last = [max(one["at"] + one["took"] for one in _asked(each)) for each in turns.odyssey]
    rest = [each["resolved"] - end for each, end in zip(turns.odyssey, last, strict=True)]
    rows.append(
        {
            "step": "socket, offer, answer, ICE, DTLS, channels",
            "begins_median_ms": round(median(last), 1),
            "takes_median_ms": round(median(rest), 1),
            "takes_max_ms": round(max(rest), 1),
        }
    )
    return rows


def _asked(each: dict[str, Any]) -> list[dict[str, float]]:
    return list(each["requests"].values())


async def run(folder: Path) -> dict[str, list[Figures]]:
    """Return the tables."""
    with running("up", folder, settings(), DIORAMA_LOCAL_WORKER__SLOTS="2") as program:
        key = (folder / "data" / "secrets" / "api.key").read_text()
        async with viewer() as page:
            turns = await take_turns(page, program, key)
    return {
        f"From connect() on, goal: median under {GOAL_MS} ms": connects(turns),
        "Where the time of Odyssey's connects goes": steps(turns),
    }


def main() -> None:
    """Measure, print and write the results."""
    load = wait_for_quiet()
    with tempfile.TemporaryDirectory(prefix="diorama-bench-") as name:
        sections = asyncio.run(run(Path(name)))
    used = versions("reactor-webrtc", "playwright")
    used["@odysseyml/odyssey"] = msgspec.json.decode(_PACKAGE.read_bytes())["version"]
    publish("odyssey", load, used, sections)


if __name__ == "__main__":
    main()
