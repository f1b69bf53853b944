"""Scripts beside a live stream: what the stream loses by them, and how fast they are.

Measured through `diorama up` as it is, with one worker of three slots: headless Chromium watches a
session of a shipped world on one of them, and 20 scripts of the same world go through the two
others, in simulations of four. Between two of them the stream is timed alone: a round's share is
its rate beside the scripts, of the mean before and after, so that what else the machine has to do
weighs on all three. The recordings are uploaded and kept as they always are.
"""

import asyncio
import contextlib
import itertools
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import httpx
import msgspec
from playwright.async_api import Page, async_playwright
from programs import Program, cpu_s, running
from report import Figures, median, publish, quantile, scaled, versions, wait_for_quiet

from diorama.protocol.simulation_views import RunView, SimulationView
from diorama.protocol.states import OVER, SimulationState

HERE: Final = Path(__file__).resolve().parent
SLOTS: Final = 3
ROUNDS: Final = 5
SCRIPTS: Final = 4
"""Of each round."""
SCRIPT_S: Final = 10
FRAME: Final = {"width": 640, "height": 360, "fps": 15}
GOAL_SHARE: Final = 0.95
SETTLE_S: Final = 6.0
ALONE_S: Final = 10
SAMPLE_S: Final = 1.0
WORST_OF: Final = 5  # samples that a stretch's worst is taken over
WITHIN_S: Final = 600
"""Scripts that are not done by then are cancelled, and are told as such."""
_WITHIN_MS: Final = 60_000
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


def settings() -> str:
    """Return the configuration: a shipped world, whose viewer may do nothing."""
    return (
        '[[projects]]\nname = "cove"\nworld = "diorama.world.demos.cove:Cove"\n'
        "rules = { afk = { enabled = false } }\n"
    )


@contextlib.asynccontextmanager
async def viewer(url: str) -> AsyncIterator[Page]:
    """Yield a page that watches a session of the world."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=list(_ARGUMENTS)
        )
        try:
            page = await browser.new_page(
                viewport={"width": 1_280, "height": 720},
                bypass_csp=True,  # Playwright evaluates what the player's pages forbid
            )
            page.set_default_timeout(_WITHIN_MS)
            page.on("pageerror", lambda error: print(f"page: {error}"))
            await page.add_init_script(path=HERE / "stream_page.js")
            await page.goto(f"{url}/healthz")
            await page.evaluate("openSession('cove').then(connect)")
            yield page
            await page.evaluate("endSession()")
        finally:
            await browser.close()


@dataclass(frozen=True, slots=True)
class Sample:
    """What the page had received, and what the processes had burned, at one time."""

    at_s: float
    frames: int
    worker_s: float
    world_s: float


class Watch:
    """Looks at the stream, sample by sample.

    Args:
        page: watches it.
        worker: the worker's process.
        world: that of the live world.
    """

    def __init__(self, page: Page, worker: int, world: int) -> None:
        self._page = page
        self._worker = worker
        self._world = world

    async def look(self) -> Sample:
        """Return how it is now."""
        seen = await self._page.evaluate("reception()")
        return Sample(
            at_s=time.perf_counter(),
            frames=seen["framesReceived"],
            worker_s=cpu_s(self._worker),
            world_s=cpu_s(self._world),
        )

    async def while_(self, busy: asyncio.Event) -> list[Sample]:
        """Return samples until the event is set."""
        samples = [await self.look()]
        while not busy.is_set():
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(busy.wait(), SAMPLE_S)
            samples.append(await self.look())
        return samples

    async def alone(self) -> list[Sample]:
        """Return samples of the stream with nothing beside it."""
        samples = [await self.look()]
        for _ in range(ALONE_S):
            await asyncio.sleep(SAMPLE_S)
            samples.append(await self.look())
        return samples


def fps_of(samples: list[Sample]) -> float:
    """Return the frame rate from the first sample to the last."""
    first, last = samples[0], samples[-1]
    return (last.frames - first.frames) / (last.at_s - first.at_s)


def stretch(name: str, samples: list[Sample]) -> Figures:
    """Return one stretch of the stream."""
    first, last = samples[0], samples[-1]
    seconds = last.at_s - first.at_s
    of = min(WORST_OF, len(samples) - 1)
    worst = min(fps_of(samples[at : at + of + 1]) for at in range(len(samples) - of))
    return {
        "the stream": name,
        "seconds": round(seconds, 1),
        "frames": last.frames - first.frames,
        "fps": round(fps_of(samples), 2),
        f"worst_{WORST_OF}_s_fps": round(worst, 1),
        "worker_cpu_s_per_s": round((last.worker_s - first.worker_s) / seconds, 3),
        "world_cpu_s_per_s": round((last.world_s - first.world_s) / seconds, 3),
    }


async def submit(rest: httpx.AsyncClient) -> SimulationView:
    """Ask for the scripts: each walks, looks and ends."""
    script = [
        {"at_ms": 0, "input": {"type": "key_down", "code": "KeyW", "key": "w"}},
        {"at_ms": SCRIPT_S * 500, "input": {"type": "key_up", "code": "KeyW", "key": "w"}},
        {"at_ms": SCRIPT_S * 1_000, "end": True},
    ]
    document = {
        "project": "cove",
        "scripts": [script] * SCRIPTS,
        "frame": FRAME,
        "seed": 7,
    }
    reply = await rest.post("/v1/simulations", json=document)
    return msgspec.json.decode(reply.raise_for_status().content, type=SimulationView)


async def follow(rest: httpx.AsyncClient, job: str, done: asyncio.Event) -> SimulationView:
    """Return the simulation once it is over, and set `done`."""
    until_s = time.perf_counter() + scaled(WITHIN_S)
    try:
        while True:
            reply = (await rest.get(f"/v1/simulations/{job}")).raise_for_status()
            view = msgspec.json.decode(reply.content, type=SimulationView)
            if view.state in OVER:
                return view
            if time.perf_counter() > until_s:
                (await rest.post(f"/v1/simulations/{job}/cancel")).raise_for_status()
            await asyncio.sleep(SAMPLE_S)
    finally:
        done.set()


def scripts(views: list[SimulationView]) -> Figures:
    """Return how the scripts went; `wall_s` goes from the first slot of each round to its end."""
    runs = [run for view in views for run in view.runs]
    took = [_seconds(run) for run in runs if run.state is SimulationState.COMPLETED]
    wall_s = sum(_wall_s(view) for view in views)
    return {
        "the scripts": f"{len(runs)} of {SCRIPT_S} s on {SLOTS - 1} slots",
        "frame": f"{FRAME['width']}x{FRAME['height']} at {FRAME['fps']}",
        "completed": len(took),
        "failures": sum(run.state is SimulationState.FAILED for run in runs),
        "retries": sum(view.retries for view in views),
        "frames": sum(run.frames for run in runs),
        "wall_s": round(wall_s, 1),
        "times_real_time": round(len(took) * SCRIPT_S / wall_s, 2),
        "one_median_s": round(median(took), 1) if took else None,
        "one_p95_s": round(quantile(took, 0.95), 1) if took else None,
        "one_times_real_time": round(SCRIPT_S / median(took), 2) if took else None,
    }


def _wall_s(view: SimulationView) -> float:
    assert view.dispatched_at is not None, "it had a slot"
    assert view.ended_at is not None, "it is over"
    return (view.ended_at - view.dispatched_at).total_seconds()


def _seconds(run: RunView) -> float:
    assert run.started_at is not None, "it is completed"
    assert run.ended_at is not None, "it is completed"
    return (run.ended_at - run.started_at).total_seconds()


async def live_world(program: Program) -> int:
    """Return the process of the one world that runs: of all hosts, the one that works."""
    before = {host: cpu_s(host) for host in program.children("diorama.world.host")}
    await asyncio.sleep(SETTLE_S)
    return max(before, key=lambda host: cpu_s(host) - before[host])


async def run(folder: Path) -> dict[str, list[Figures]]:
    """Return the tables."""
    with running("up", folder, settings(), DIORAMA_LOCAL_WORKER__SLOTS=str(SLOTS)) as program:
        key = (folder / "data" / "secrets" / "api.key").read_text()
        headers = {"Authorization": f"Bearer {key}"}
        async with (
            viewer(program.url) as page,
            httpx.AsyncClient(base_url=program.url, headers=headers, timeout=30) as rest,
        ):
            await asyncio.sleep(SETTLE_S)
            (worker,) = program.children("worker")
            watch = Watch(page, worker, await live_world(program))
            alone, beside = [await watch.alone()], list[list[Sample]]()
            views = list[SimulationView]()
            for _ in range(scaled(ROUNDS)):
                samples, view = await round_of(watch, rest)
                beside.append(samples)
                views.append(view)
                alone.append(await watch.alone())
    return {
        "The live stream": list(stretches(alone, beside)),
        f"Goal: above {GOAL_SHARE:.0%} of its frame rate": [shares(alone, beside)],
        "The scripts": [scripts(views)],
    }


async def round_of(watch: Watch, rest: httpx.AsyncClient) -> tuple[list[Sample], SimulationView]:
    """Run one round's scripts; return how the stream went meanwhile, and how they did."""
    view = await submit(rest)
    over = asyncio.Event()
    async with asyncio.TaskGroup() as tasks:
        ending = tasks.create_task(follow(rest, view.id, over))
        samples = await watch.while_(over)
    return samples, ending.result()


def stretches(alone: list[list[Sample]], beside: list[list[Sample]]) -> Iterator[Figures]:
    """Yield the stretches in the order in which they were."""
    yield stretch("alone", alone[0])
    for with_scripts, later in zip(beside, alone[1:], strict=True):
        yield stretch("beside the scripts", with_scripts)
        yield stretch("alone", later)


def shares(alone: list[list[Sample]], beside: list[list[Sample]]) -> Figures:
    """Return the rate beside scripts as a share of the rate just before and after, by round."""
    around = [(fps_of(a) + fps_of(b)) / 2 for a, b in itertools.pairwise(alone)]
    found = [fps_of(one) / rate for one, rate in zip(beside, around, strict=True)]
    return {
        "rounds": len(found),
        "share_median": round(median(found), 4),
        "share_min": round(min(found), 4),
        "share_max": round(max(found), 4),
        "goal": GOAL_SHARE,
    }


def main() -> None:
    """Measure, print and write the results."""
    load = wait_for_quiet()
    with tempfile.TemporaryDirectory(prefix="diorama-bench-") as name:
        sections = asyncio.run(run(Path(name)))
    publish("simulations", load, versions("reactor-webrtc", "av", "numpy", "playwright"), sections)


if __name__ == "__main__":
    main()
