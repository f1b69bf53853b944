"""One stream, from the world's process to Chromium on the same machine.

Measured through `diorama up` as it is: gateway, worker, a world in its own process, WebRTC over
loopback, headless Chromium. What the worker burns is held against the encoder alone, which converts
and encodes the same pictures with the same settings at the same rate in this process; the two take
turns, and medians are told.
"""

import asyncio
import contextlib
import itertools
import sqlite3
import tempfile
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from panning import HEIGHT, WIDTH, scenery, view
from playwright.async_api import Page, async_playwright
from programs import Program, cpu_s, running
from report import Figures, median, publish, quantile, scaled, versions, wait_for_quiet

from diorama.agent.media import find_encoders
from diorama.agent.media.encoder import EncoderSettings
from diorama.agent.media.engine import Codec
from diorama.agent.media.rate import Rate, RateControl, RateLimits

HERE: Final = Path(__file__).resolve().parent
RATES: Final = (60, 30)
MAX_KBPS: Final = 2_500
"""As much as a stream starts with: its rate then stays what it is at the first picture."""
ROUNDS: Final = 3
SETTLE_S: Final = 4.0
WINDOW_S: Final = 5.0
TRIALS: Final = 100
RECONNECTS: Final = 10
STARTS: Final = 3
_MS: Final = 1_000
_WITHIN_MS: Final = 20_000
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
_FIRST_FRAME: Final = """
const seen = setInterval(() => {
  const video = document.querySelector("video");
  if (!video) return;
  clearInterval(seen);
  video.requestVideoFrameCallback(() => { window.firstFrame = performance.now(); });
}, 5);
"""


def settings() -> str:
    """Return the configuration: one project for each frame rate."""
    projects = [
        f'[[projects]]\nname = "at{fps}"\nworld = "{HERE}/panning.py:At{fps}"\n'
        f"video = {{ max_bitrate_kbps = {MAX_KBPS}, max_fps = {fps} }}\n"
        for fps in RATES
    ]
    return "\n".join(projects)


@contextlib.asynccontextmanager
async def viewer(url: str) -> AsyncIterator[Page]:
    """Yield a page with the benchmark's own viewer in it, under the gateway's origin."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=list(_ARGUMENTS)
        )
        try:
            page = await browser.new_page(
                viewport={"width": WIDTH, "height": HEIGHT},
                bypass_csp=True,  # Playwright evaluates what the player's pages forbid
            )
            page.on("pageerror", lambda error: print(f"page: {error}"))
            # A small page of the gateway's own origin, as browsers keep others from its sockets.
            await page.add_init_script(path=HERE / "stream_page.js")
            await page.goto(f"{url}/healthz")
            yield page
        finally:
            await browser.close()


@dataclass(frozen=True, slots=True)
class Window:
    """What a stretch of streaming, or of encoding alone, took."""

    frames: int
    seconds: float
    worker_s: float
    world_s: float = 0.0
    kbps: float = 0.0

    @property
    def ms_per_frame(self) -> float:
        """Processor time a frame."""
        return self.worker_s / self.frames * _MS


@dataclass(frozen=True, slots=True)
class Codecs:
    """What the stream was encoded with, and by whom."""

    codec: Codec
    encoder: str


async def stream_window(page: Page, program: Program) -> tuple[Window, list[float]]:
    """Return what the worker and the world took for a while of a stream, and when pictures came."""
    (worker,) = program.children("worker")
    worlds = program.children("diorama.world.host")  # one waits for the next session
    before = await page.evaluate("reception()")
    await page.evaluate("record(true)")
    worker_s, world_s, began = cpu_s(worker), sum(map(cpu_s, worlds)), time.perf_counter()
    await asyncio.sleep(WINDOW_S)
    worker_s, world_s = cpu_s(worker) - worker_s, sum(map(cpu_s, worlds)) - world_s
    seconds = time.perf_counter() - began
    times: list[float] = await page.evaluate("record(false)")
    after = await page.evaluate("reception()")
    return Window(
        frames=after["framesReceived"] - before["framesReceived"],
        seconds=seconds,
        worker_s=worker_s,
        world_s=world_s,
        kbps=(after["bytesReceived"] - before["bytesReceived"]) * 8 / _MS / seconds,
    ), times


def start_rate(fps: int) -> Rate:
    """Return what a stream of these projects is encoded with from first to last."""
    limits = RateLimits(min_bitrate_kbps=150, max_bitrate_kbps=MAX_KBPS, fps=fps)
    return RateControl(limits, start_kbps=MAX_KBPS).rate


async def encoder_alone(codec: Codec, fps: int) -> tuple[Window, str]:
    """Return what converting and encoding the same pictures takes, at the same pace."""
    encoders = await find_encoders()
    encoder = encoders.open(
        codec,
        EncoderSettings(
            width=WIDTH, height=HEIGHT, bitrate_kbps=start_rate(fps).bitrate_kbps, fps=fps
        ),
    )
    painted = scenery()
    pictures = [np.ascontiguousarray(view(painted, number)) for number in range(2 * fps)]
    name = encoder.info.name

    def encode() -> Window:
        count = round(WINDOW_S * fps)
        spent_s, began = time.process_time(), time.perf_counter()
        for number in range(count):
            time.sleep(max(0.0, began + number / fps - time.perf_counter()))
            rendered_us = round(number / fps * 1_000_000)
            picture = pictures[number % len(pictures)]
            encoder.encode(picture, rendered_us=rendered_us, key=number == 0)
        spent_s = time.process_time() - spent_s
        return Window(frames=count, seconds=time.perf_counter() - began, worker_s=spent_s)

    window = await asyncio.to_thread(encode)
    encoder.close()
    return window, name


async def cost(page: Page, program: Program, fps: int) -> tuple[Figures, Figures]:
    """Return the processor time of a stream against the encoder alone, and how pictures came."""
    streams, alone, times = list[Window](), list[Window](), list[float]()
    encoder, seen = "", dict[str, Any]()
    for _ in range(scaled(ROUNDS)):
        await page.evaluate(f"openSession('at{fps}').then(connect)")
        await asyncio.sleep(SETTLE_S)
        window, times = await stream_window(page, program)
        streams.append(window)
        seen = await page.evaluate("reception()")
        await page.evaluate("endSession()")
        await asyncio.sleep(1)
        codec: Codec = "VP8" if "VP8" in seen["codec"] else "H264"
        window, encoder = await encoder_alone(codec, fps)
        alone.append(window)
    stream_ms = median([window.ms_per_frame for window in streams])
    alone_ms = median([window.ms_per_frame for window in alone])
    row: Figures = {
        "stream": f"{fps} fps, {encoder}",
        "fps_received": round(median([w.frames / w.seconds for w in streams]), 1),
        "kbps": round(median([w.kbps for w in streams])),
        "worker_cpu_s_per_s": round(median([w.worker_s / w.seconds for w in streams]), 3),
        "world_cpu_s_per_s": round(median([w.world_s / w.seconds for w in streams]), 3),
        "worker_ms_per_frame": round(stream_ms, 2),
        "encoder_alone_ms": round(alone_ms, 2),
        "ratio": round(stream_ms / alone_ms, 2),
    }
    return row, _pacing(fps, times, seen)


def _pacing(fps: int, times: list[float], seen: dict[str, Any]) -> Figures:
    gaps = [later - earlier for earlier, later in itertools.pairwise(times)]
    return {
        "pictures": f"{fps} fps",
        "shown": len(times),
        "gap_p50_ms": round(median(gaps), 1),
        "gap_p95_ms": round(quantile(gaps, 0.95), 1),
        "gap_p99_ms": round(quantile(gaps, 0.99), 1),
        "gap_max_ms": round(max(gaps), 1),
        "dropped": seen["framesDropped"],
        "freezes": seen["freezeCount"],
    }


async def latency(page: Page, fps: int) -> Figures:
    """Return how long after a key the picture has changed."""
    await page.evaluate(f"openSession('at{fps}').then(connect)")
    await asyncio.sleep(SETTLE_S)
    count = scaled(TRIALS, least=10)
    took: list[float] = await page.evaluate(f"trials({count})")
    await page.evaluate("endSession()")
    await asyncio.sleep(1)
    good = [each for each in took if each >= 0]
    return {
        "input to picture": f"{fps} fps",
        "trials": count,
        "lost": count - len(good),
        "median_ms": round(median(good), 1),
        "p95_ms": round(quantile(good, 0.95), 1),
        "max_ms": round(max(good), 1),
    }


async def first_frames(page: Page, url: str) -> list[Figures]:
    """Return how long a first picture takes: from hello, the request, the page's start."""
    cold, warm, opened = list[dict[str, float]](), list[dict[str, float]](), list[float]()
    for _ in range(scaled(STARTS)):
        cold.append(await page.evaluate("openSession('at60').then(connect)"))
        for _ in range(scaled(RECONNECTS) // scaled(STARTS) + 1):
            await asyncio.sleep(0.3)
            warm.append(await page.evaluate("connect()"))
        await page.evaluate("endSession()")
        await asyncio.sleep(1)
    await page.add_init_script(_FIRST_FRAME)
    for _ in range(scaled(STARTS)):
        await page.goto(f"{url}/play/at60")
        await page.wait_for_function("window.firstFrame", timeout=_WITHIN_MS)
        opened.append(await page.evaluate("window.firstFrame"))
        await page.goto("about:blank")
        await asyncio.sleep(2.5)
    total = [each["asked"] + each["picture"] for each in cold]
    return [
        _steps("hello, world running", warm),
        _steps("hello, world to be started", cold),
        {"until the first picture": "POST, world to be started", **_spread(total)},
        {"until the first picture": "player page opened, world to be started", **_spread(opened)},
    ]


def _steps(name: str, steps: list[dict[str, float]]) -> Figures:
    return {
        "until the first picture": name,
        **_spread([each["picture"] for each in steps]),
        "offer_ms": round(median([each["offer"] for each in steps])),
        "connected_ms": round(median([each["connected"] for each in steps])),
    }


def _spread(values: list[float]) -> Figures:
    return {"runs": len(values), "median_ms": round(median(values)), "max_ms": round(max(values))}


def world_starts(data: Path) -> Figures:
    """Return from the store, once the gateway let go of it, what a world's start was made of."""
    with contextlib.closing(sqlite3.connect(data / "diorama.db")) as connection:
        rows = connection.execute(
            "SELECT (accepted_us - created_us) / 1000.0, (world_started_us - created_us) / 1000.0,"
            " (first_frame_us - created_us) / 1000.0 FROM session"
            " WHERE first_frame_us IS NOT NULL AND world_started_us IS NOT NULL"
        ).fetchall()
    accepted, started, framed = zip(*rows, strict=True)
    return {
        "after the request": f"{len(rows)} sessions",
        "accepted_ms": round(median(accepted), 1),
        "world_started_ms": round(median(started), 1),
        "first_frame_sent_ms": round(median(framed), 1),
    }


async def run(folder: Path) -> dict[str, list[Figures]]:
    """Return the tables."""
    costs, pacing, delays = list[Figures](), list[Figures](), list[Figures]()
    with running("up", folder, settings(), DIORAMA_LOCAL_WORKER__SLOTS="2") as program:
        async with viewer(program.url) as page:
            page.set_default_timeout(_WITHIN_MS)
            for fps in RATES:
                row, paced = await cost(page, program, fps)
                costs.append(row)
                pacing.append(paced)
                delays.append(await latency(page, fps))
            firsts = await first_frames(page, program.url)
    return {
        "Processor time": costs,
        "Pictures as the page got them": pacing,
        "From a key to its picture": delays,
        "First picture": firsts,
        "World start, as the store has it": [world_starts(folder / "data")],
    }


def main() -> None:
    """Measure, print and write the results."""
    load = wait_for_quiet()
    with tempfile.TemporaryDirectory(prefix="diorama-bench-") as name:
        sections = asyncio.run(run(Path(name)))
    publish("stream", load, versions("reactor-webrtc", "av", "numpy", "playwright"), sections)


if __name__ == "__main__":
    main()
