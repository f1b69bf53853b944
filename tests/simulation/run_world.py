"""A run of a simulation on a worker of the simulated world: stands for `agent.headless.Headless`.

A world that takes its time to start, renders for as long as its script asks, may fail, crash or
hang; then the upload of its files by production's rules (`agent.uploading`): asked for, put and
completed, begun anew at another gateway where an answer does not come, a bounded number of times.
What was rendered when goes to the diary.
"""

import asyncio
import itertools
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Final, TypeVar

from diorama.agent.backoff import wait_s
from diorama.agent.recording_facts import FILES
from diorama.agent.uploading import ANSWER_WITHIN_S, ATTEMPTS
from diorama.agent.world_process import WorldOver
from diorama.kernel.errors import DioramaError, Refused, Unavailable
from diorama.kernel.units import MILLISECOND_US
from diorama.protocol import worker as wire
from diorama.protocol.recording_views import (
    BeginUpload,
    CompleteUpload,
    FileToUpload,
    RecordedFacts,
)
from tests.simulation.gateway import Gateway
from tests.simulation.pictures import Pictures
from tests.simulation.requests import Ask, request

if TYPE_CHECKING:
    from tests.simulation.worker import SimulatedWorker

T = TypeVar("T")
PROGRESS_EVERY_S: Final = 4.0
FPS: Final = 10
FILE_BYTES: Final = 1_000
UPLOAD_FAILED: Final = "upload_failed"


class RunWorld:
    """What a slot runs for a script."""

    def __init__(self, worker: "SimulatedWorker", assign: wire.Assign) -> None:
        assert assign.run is not None
        assert assign.keeping is not None
        self._worker = worker
        self._assign = assign
        self._host = worker.host
        self._rng = worker.host.rng
        self._script, self._keeping = assign.run, assign.keeping
        self._over = asyncio.Event()
        self._urgent = False
        self._renders = False
        self._uploading: asyncio.Task[str] | None = None
        self._pictures: Pictures | None = None
        self.index = assign.index
        self.term = assign.term
        self.is_alive = True

    async def run(self) -> None:
        """Run until its world is gone, and its files are uploaded or given up."""
        over = await self._live()
        failure = None if over is None or over.outcome != "ended" else await self._hand_over()
        self.is_alive = False
        if failure is None:
            self._worker.on_world_gone(self._assign, None if self._over.is_set() else over)
        else:
            reason = UPLOAD_FAILED if failure else ""
            self._worker.on_run_over(self._assign, reason, failure)

    # The world

    async def _live(self) -> WorldOver | None:
        """Return how its world ended; None where it was ended."""
        temper, rng = self._host.temper, self._rng
        if await self._is_ended_within(rng.uniform(*temper.start_s)):
            await self._go()
            return None
        if rng.random() < temper.fails_to_start:
            return WorldOver("failed_to_start", 1, "simulated")
        self._worker.on_world_started(self._assign)
        self._renders = True
        self.go_on()
        over = await self._render()
        self._renders = False
        self.cease()
        if over is None:
            await self._go()
        return over

    async def _render(self) -> WorldOver | None:
        temper, rng, assign = self._host.temper, self._rng, self._assign
        total = self._script.length_ms * FPS // 1_000
        takes_s = left_s = self._script.length_ms / 1_000 * rng.uniform(0.5, 1.5)
        hangs = rng.random() < temper.hangs
        per_look = temper.crashes_per_hour * PROGRESS_EVERY_S / 3_600
        while left_s > 0:
            step_s = min(PROGRESS_EVERY_S, left_s)
            if await self._is_ended_within(step_s):
                return None
            left_s -= step_s
            if rng.random() < per_look:
                return WorldOver("crashed", -6, "simulated")
            if hangs and left_s < takes_s / 2:
                self._renders = False
                self.cease()
                self._host.diary.hung.add((assign.session, assign.term))
                await self._over.wait()
                return None
            frames = min(round(total * (1 - left_s / takes_s)), total)
            progress = wire.RunProgress(assign.session, assign.term, frames, total)
            self._worker.on_run_progress(assign, progress)
        self.cease()
        self._worker.on_run_rendered(assign, total)
        return WorldOver("ended", 0, "")

    async def _is_ended_within(self, timeout_s: float) -> bool:
        try:
            async with asyncio.timeout(timeout_s):
                await self._over.wait()
        except TimeoutError:
            return False
        return True

    async def _go(self) -> None:
        if not self._urgent:
            await asyncio.sleep(self._rng.uniform(*self._host.temper.stop_s))

    # Its files

    async def _hand_over(self) -> str | None:
        """Return why there are no files, empty where there are; None where they were given up."""
        if self._over.is_set():
            return None
        self._uploading = asyncio.ensure_future(self._upload())
        await asyncio.wait({self._uploading})
        return None if self._uploading.cancelled() else self._uploading.result()

    async def _upload(self) -> str:
        rng, gateways = self._rng, self._host.around.gateways
        in_turn = itertools.islice(itertools.cycle(gateways), rng.randrange(len(gateways)), None)
        for failures in range(1, ATTEMPTS + 1):
            try:
                await self._attempt(next(in_turn))
            except (Unavailable, Refused, TimeoutError):  # 409 and what is 500 or more: once more
                if failures < ATTEMPTS:
                    await asyncio.sleep(wait_s(failures, rng))
            except DioramaError as error:
                return str(error)
            else:
                return ""
        return "no gateway took the files"

    async def _attempt(self, gateway: Gateway) -> None:
        around, token = self._host.around, self._keeping.upload_token
        asked = BeginUpload(token, tuple(FileToUpload(name, FILE_BYTES) for name in FILES))
        targets = await self._request(gateway, lambda there: there.begin_upload(asked))
        await asyncio.sleep(self._rng.uniform(*self._host.temper.upload_s))
        for place in targets.files:
            around.bucket.put(place.url, FILE_BYTES)
        said = CompleteUpload(token, self._facts())
        twice = around.network.rng.random() < around.network.weather.doubled
        if twice:
            around.network.counts["doubled_upload"] += 1
            gateway.process.spawn(_quietly(gateway.complete_upload, said))
        await self._request(gateway, lambda there: there.complete_upload(said))
        around.oracle.runs.uploaded(self._assign.session, self._assign.term)

    def _facts(self) -> RecordedFacts:
        """Return what was recorded; the pictures are told apart by the term they are of."""
        length_ms = self._script.length_ms
        return RecordedFacts(
            width=64,
            height=64,
            fps=float(FPS),
            frames=length_ms * FPS // 1_000,
            duration_us=length_ms * MILLISECOND_US,
            frames_sha256=f"{self.term:064x}",
        )

    async def _request(self, gateway: Gateway, ask: Ask[T]) -> T:
        network = self._host.around.network
        return await request(
            network,
            gateway,
            ask,
            within_s=ANSWER_WITHIN_S,
            reaches=lambda: not self._host.is_off_the_net,
        )

    # What production's worker asks of a run

    def stop(self) -> None:
        """End it, with patience; nothing is uploaded any more."""
        self._over.set()
        if self._uploading is not None:
            self._uploading.cancel()

    def kill(self) -> None:
        """End it at once."""
        self._urgent = True
        self.stop()

    def report(self, report: wire.SlotReport) -> wire.SlotReport:
        """Return the slot's report: a run has no ages."""
        return report

    # What it renders

    def term_sent(self, _index: int) -> int | None:
        """Return nothing: nobody is sent the pictures of a run."""
        return None

    def cease(self) -> None:
        """Render no more."""
        if self._pictures is not None:
            self._pictures.to_us = self._host.around.loop.now_us
            self._pictures = None

    def pause(self) -> None:
        """Render no more while the process is stopped."""
        self.cease()

    def go_on(self) -> None:
        """Render, or go on with it."""
        if self._renders and self._pictures is None and not self._over.is_set():
            assign, host = self._assign, self._host
            self._pictures = Pictures(
                host.name,
                host.boots,
                assign.index,
                assign.session,
                assign.term,
                host.around.loop.now_us,
            )
            host.diary.note_rendering(self._pictures)


async def _quietly(ask: Callable[[CompleteUpload], Awaitable[None]], said: CompleteUpload) -> None:
    """Say it once more, as one between that sends a request again: nobody reads the answer."""
    try:
        await ask(said)
    except DioramaError:
        return
