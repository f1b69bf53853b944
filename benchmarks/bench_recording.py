"""What a live stream loses by being recorded: two projects of one world, one of them recorded.

Measured through `diorama up` as it is: headless Chromium opens a session of each project in turn,
and how many frames a second reach it is counted for a while. The recordings are made, uploaded and
kept as they always are. The frames that a recording lacks are its own loss, and told too.
"""

import asyncio
import tempfile
import time
from pathlib import Path
from typing import Final

import httpx
import msgspec
from bench_stream import viewer
from playwright.async_api import Page
from programs import Program, running
from report import Figures, median, publish, scaled, versions, wait_for_quiet

from diorama.protocol.recording_views import Recordings, RecordingView

HERE: Final = Path(__file__).resolve().parent
FPS: Final = 30
ROUNDS: Final = 4
SETTLE_S: Final = 3.0
WINDOW_S: Final = 12.0
READY_WITHIN_S: Final = 120.0
PLAIN: Final = "plain"
RECORDED: Final = "recorded"


def projects() -> str:
    """Return the configuration: one world twice, whose viewer may do nothing."""
    world = f"{HERE / 'panning.py'}:At{FPS}"
    return "".join(
        f'[[projects]]\nname = "{name}"\nworld = "{world}"\n'
        f"rules = {{ afk = {{ enabled = false }}, recording = {{ enabled = {kept} }} }}\n"
        for name, kept in ((PLAIN, "false"), (RECORDED, "true"))
    )


async def window(page: Page, program: Program, project: str) -> float:
    """Return the frames a second of a session of its own, once it has settled."""
    await page.goto(f"{program.url}/healthz")
    await page.evaluate("(project) => openSession(project).then(connect)", project)
    await asyncio.sleep(SETTLE_S)
    before, began = await page.evaluate("reception()"), time.perf_counter()
    await asyncio.sleep(WINDOW_S)
    after, seconds = await page.evaluate("reception()"), time.perf_counter() - began
    await page.evaluate("endSession()")
    return float(after["framesReceived"] - before["framesReceived"]) / seconds


async def kept(program: Program, folder: Path, count: int) -> list[RecordingView]:
    """Return the recordings, once there are so many and their files are there."""
    key = (folder / "data" / "secrets" / "api.key").read_text().strip()
    headers = {"Authorization": f"Bearer {key}"}
    async with httpx.AsyncClient(base_url=program.url, headers=headers) as rest:
        async with asyncio.timeout(READY_WITHIN_S):
            while True:
                reply = (await rest.get("/v1/recordings")).raise_for_status()
                found = msgspec.json.decode(reply.content, type=Recordings).recordings
                if len(found) == count and all(one.state != "recording" for one in found):
                    return list(found)
                await asyncio.sleep(1)


async def run(folder: Path) -> dict[str, list[Figures]]:
    """Return the tables."""
    rounds = scaled(ROUNDS)
    rates: dict[str, list[float]] = {PLAIN: [], RECORDED: []}
    with running("up", folder, projects()) as program:
        async with viewer(program.url) as page:
            for _ in range(rounds):
                for project, found in rates.items():
                    found.append(await window(page, program, project))
        recordings = await kept(program, folder, rounds)
    shares = [late / early for early, late in zip(*rates.values(), strict=True)]
    return {
        f"A stream of 1280x720 at {FPS}": [
            {
                "rounds": rounds,
                "plain_fps": round(median(rates[PLAIN]), 2),
                "recorded_fps": round(median(rates[RECORDED]), 2),
                "share_median": round(median(shares), 4),
                "share_min": round(min(shares), 4),
            }
        ],
        "Its recordings": [_row(one) for one in recordings],
    }


def _row(one: RecordingView) -> Figures:
    seconds = None if one.duration_us is None else round(one.duration_us / 1_000_000, 1)
    return {
        "state": one.state,
        "seconds": seconds,
        "frames": one.frames,
        "frames_dropped": one.frames_dropped,
        "bytes": one.bytes,
    }


def main() -> None:
    """Measure, print and write the results."""
    load = wait_for_quiet()
    with tempfile.TemporaryDirectory(prefix="diorama-bench-") as name:
        sections = asyncio.run(run(Path(name)))
    publish("recording", load, versions("reactor-webrtc", "av", "numpy", "playwright"), sections)


if __name__ == "__main__":
    main()
