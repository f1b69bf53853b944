"""Takes the pictures of the player in docs/images: `python -m scripts.screenshots [NAME...]`.

They are of real sessions. One `diorama up` runs projects whose rules bring a session quickly to
what is to be seen; where a loss is to be seen, a process is killed or stopped. Each picture is
taken 1280 pixels wide by day and 360 wide by night. Names take those alone.
"""  # noqa: INP001 - a script

import asyncio
import contextlib
import io
import os
import signal
import sys
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Final, Literal

import av
from av.filter import Graph
from av.video.frame import VideoFrame
from playwright.async_api import Browser, BrowserContext, Page, async_playwright

from tests.browser.people import CHROMIUM, FLAGS
from tests.browser.player import Player
from tests.browser.running import Running, running

IMAGES: Final = Path(__file__).parents[1] / "docs" / "images"
MAX_BYTES: Final = 200_000
SLOTS: Final = 2
WAITERS: Final = 4
STAY_FRAMES: Final = 60
STAYS: Final = 10
"""Fewer, and nobody is told how long it takes."""
LOOKS: Final[tuple[tuple[str, int, int, Literal["light", "dark"]], ...]] = (
    ("", 1280, 720, "light"),
    ("-360", 360, 720, "dark"),
)
_WORLD: Final = """
title = "The cove"
description = "A bay at golden hour. Walk with W A S D or the arrow keys, drag to look around."
world = "diorama.world.demos.cove:Cove"
"""


def _project(name: str, *rules: str) -> str:
    return f'[[projects]]\nname = "{name}"{_WORLD}[projects.rules]\n' + "\n".join(rules) + "\n"


CONFIGURATION: Final = "".join(
    (
        _project("cove"),
        _project("line", "worker_count = 1"),
        _project("away", "[projects.rules.afk]", "warn_after_s = 2", "disconnect_after_s = 15"),
        _project("short", "max_runtime_s = 61"),
        _project("full", "worker_count = 1", 'on_limit = "reject"', "queue.enabled = false"),
    )
)


@dataclass(frozen=True, slots=True)
class Studio:
    """What a picture is taken with."""

    diorama: Running
    browser: Browser

    @contextlib.asynccontextmanager
    async def someone(self) -> AsyncIterator[BrowserContext]:
        """Yield the browser of a person who was never here; leaving it ends their sessions."""
        context = await self.browser.new_context(viewport={"width": 1280, "height": 720})
        try:
            yield context
        finally:
            for page in context.pages:
                await page.close(run_before_unload=True)
            await context.close()

    async def play(self, context: BrowserContext, project: str) -> Player:
        """Open a project and wait until it has been played for a moment."""
        player = await Player.open(context, self.diorama.address, project)
        await player.until_playing()
        await player.until_frames_pass(30)
        return player


async def waiting(studio: Studio) -> None:
    """Stand third in a line."""
    async with studio.someone() as first, studio.someone() as others:
        await studio.play(first, "line")
        line = [await Player.open(others, studio.diorama.address, "line") for _ in range(WAITERS)]
        await line[2].until_reads("#wait-title", f"You are number 3 of {WAITERS}")
        await shoot(line[2].page, "wait")


async def waiting_long_enough(studio: Studio) -> None:
    """Stand third in a line of which enough is known, of ten short stays."""
    for _ in range(STAYS):
        async with studio.someone() as visitor:
            player = await studio.play(visitor, "line")
            await player.until_frames_pass(STAY_FRAMES)
        await studio.diorama.until_free(within_s=30)
    async with studio.someone() as first, studio.someone() as others:
        await studio.play(first, "line")
        line = [await Player.open(others, studio.diorama.address, "line") for _ in range(WAITERS)]
        await line[2].until_reads("#wait-figures", "about")
        await others.grant_permissions(["notifications"])
        await line[2].page.click("#wait-tell")
        await shoot(line[2].page, "wait-eta")


async def away(studio: Studio) -> None:
    """Do nothing until the countdown, and until the end."""
    async with studio.someone() as person:
        player = await studio.play(person, "away")
        await player.page.locator("#warning-stay").wait_for()
        await shoot(player.page, "countdown-afk")
        await player.until_screen("ended")
        await shoot(player.page, "end-afk")


async def short(studio: Studio) -> None:
    """Play until a minute of the runtime is left."""
    async with studio.someone() as person:
        player = await studio.play(person, "short")
        await player.page.locator("#warning").wait_for()
        await shoot(player.page, "warning-runtime")


async def gateway_lost(studio: Studio) -> None:
    """Kill the gateway: the picture goes on."""
    async with studio.someone() as person:
        player = await studio.play(person, "cove")
        os.kill(studio.diorama.gateway_pid(), signal.SIGKILL)
        await player.page.locator("#repair").wait_for()
        await shoot(player.page, "reconnect-live")
        await player.page.locator("#repair").wait_for(state="hidden")


async def media_lost(studio: Studio) -> None:
    """Stop the worker: the last picture stays."""
    async with studio.someone() as person:
        player = await studio.play(person, "cove")
        worker = studio.diorama.worker_pid()
        os.kill(worker, signal.SIGSTOP)
        try:
            await player.page.locator("#lost").wait_for()
            await shoot(player.page, "reconnect-lost")
        finally:
            os.kill(worker, signal.SIGCONT)


async def full(studio: Studio) -> None:
    """Ask for a place that another tab of the same browser holds."""
    async with studio.someone() as person:
        await studio.play(person, "full")
        second = await Player.open(person, studio.diorama.address, "full")
        await second.page.locator("#end-holders button").wait_for()
        await shoot(second.page, "end-limit")


async def crashed(studio: Studio) -> None:
    """Kill the world."""
    async with studio.someone() as person:
        player = await studio.play(person, "cove")
        os.kill(studio.diorama.world_pid(), signal.SIGKILL)
        await player.until_screen("ended")
        await shoot(player.page, "end-crashed")


async def shared(studio: Studio) -> None:
    """Open what gives a world on."""
    async with studio.someone() as person:
        player = await studio.play(person, "cove")
        await player.page.click("#tool-share")
        await shoot(player.page, "share")


SHOTS: Final[dict[str, Callable[[Studio], Awaitable[None]]]] = {
    "wait": waiting,
    "eta": waiting_long_enough,
    "away": away,
    "short": short,
    "gateway": gateway_lost,
    "media": media_lost,
    "full": full,
    "crashed": crashed,
    "share": shared,
}


async def shoot(page: Page, name: str) -> None:
    """Take a page in each of the looks."""
    for suffix, width, height, scheme in LOOKS:
        await page.emulate_media(color_scheme=scheme)
        await page.set_viewport_size({"width": width, "height": height})
        png = small(await page.screenshot(animations="disabled"))
        (IMAGES / f"{name}{suffix}.png").write_bytes(png)
        sys.stdout.write(f"{name}{suffix}.png {len(png) // 1000} kB\n")


def small(png: bytes) -> bytes:
    """Return a PNG again with a palette of its own, as large as fits."""
    for colours in (256, 128, 64, 32):
        found = _in_colours(png, colours)
        if len(found) <= MAX_BYTES:
            return found
    raise SystemExit(f"a picture has {len(found)} bytes in {colours} colours")


def _in_colours(png: bytes, colours: int) -> bytes:
    with av.open(io.BytesIO(png), "r", format="png_pipe") as source:
        frame = next(source.decode(video=0))
    graph = Graph()
    into = graph.add_buffer(
        width=frame.width, height=frame.height, format=frame.format, time_base=Fraction(1, 25)
    )
    split, make = (
        graph.add("split"),
        graph.add("palettegen", f"max_colors={colours}:reserve_transparent=0"),
    )
    use, out = graph.add("paletteuse", "dither=none"), graph.add("buffersink")
    into.link_to(split)
    split.link_to(use, 0, 0)
    split.link_to(make, 1, 0)
    make.link_to(use, 0, 1)
    use.link_to(out)
    graph.configure()
    into.push(frame)
    into.push(None)
    found = out.pull()
    assert isinstance(found, VideoFrame), "the graph yields pictures"
    return _encoded(found)


def _encoded(frame: VideoFrame) -> bytes:
    encoder = av.CodecContext.create("png", "w")
    assert isinstance(encoder, av.VideoCodecContext), "PNG is a codec of pictures"
    encoder.width, encoder.height, encoder.pix_fmt = frame.width, frame.height, "pal8"
    encoder.time_base = Fraction(1, 25)
    encoder.options = {"compression_level": "9", "pred": "none"}
    return b"".join(bytes(packet) for packet in [*encoder.encode(frame), *encoder.encode(None)])


async def main(names: list[str]) -> None:
    """Take the pictures with these names, or all."""
    with tempfile.TemporaryDirectory() as folder:
        async with async_playwright() as playwright:
            browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
            async with running(Path(folder), CONFIGURATION, slots=SLOTS) as diorama:
                for name in names or SHOTS:
                    await SHOTS[name](Studio(diorama, browser))
                    await diorama.until_free(within_s=30)
            await browser.close()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1:]))
