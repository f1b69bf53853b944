"""One run on a worker: a script's world without a viewer, then the upload of what it yields.

It stands where a session stands. The slot is held until the files are where they belong or are
given up; whatever the end, nothing of the run stays on this machine. What is told to the gateway is
decided by `slots`.
"""

import asyncio
from pathlib import Path
from typing import Final, Protocol

import structlog

from diorama.agent.frame_ring import FrameReader
from diorama.agent.session import SessionParts
from diorama.agent.world_link import (
    Begin,
    BeginRun,
    FilesFailed,
    ImageSeen,
    Kept,
    Rendered,
    Rendering,
    RunWord,
)
from diorama.agent.world_process import WorldOver, WorldProcess
from diorama.kernel.errors import DioramaError
from diorama.protocol.worker import Assign, Frame, RunProgress, SlotReport

UPLOAD_WITHIN_S: Final = 1_800.0
UPLOAD_FAILED: Final = "upload_failed"

log = structlog.get_logger(__name__)


class RunEvents(Protocol):
    """What a worker hears of a run, on the asyncio loop."""

    def on_world_started(self, assign: Assign) -> None:
        """Take note of the world's first picture."""

    def on_world_gone(self, assign: Assign, over: WorldOver | None) -> None:
        """Take that the world failed and its process group is gone; None where it was stopped."""

    def on_run_progress(self, assign: Assign, progress: RunProgress) -> None:
        """Take how far it is."""

    def on_run_rendered(self, assign: Assign, frames: int) -> None:
        """Take that the last frame was rendered just now."""

    def on_run_over(self, assign: Assign, reason: str, detail: str) -> None:
        """Take that it is over and its process group gone; `reason` is empty where it completed."""


class Headless:
    """A `WorldEvents`. The worker runs `run` in a task."""

    def __init__(self, assign: Assign, parts: SessionParts, events: RunEvents) -> None:
        """Start the world's process. Raises Unavailable where that cannot be."""
        assert assign.run is not None, "a run has a script"
        self.assign: Final = assign
        self._parts = parts
        self._events = events
        self._kept: Kept | None = None
        self._failure = ""
        self._stopped = False
        self._uploading: asyncio.Task[str] | None = None
        keeping, run = assign.keeping, assign.run
        self._folder = parts.spool.make_run(assign.session, assign.term, run.script)
        begin = Begin(
            session=assign.session,
            entry=assign.world.entry,
            options=assign.world.options,
            seed=assign.seed,
            run=BeginRun(
                folder=str(self._folder),
                length_ms=run.length_ms,
                frame=keeping.frame if keeping else Frame(),
            ),
        )
        try:
            self._world = WorldProcess(begin, self, parts.hosts.take(), on_run=self._take_word)
        except BaseException:
            parts.spool.remove_run(self._folder)
            raise

    async def run(self) -> None:
        """Run it until its process group is gone and its files are uploaded or given up."""
        try:
            over = await self._world.run(start_timeout_s=self.assign.start_timeout_s)
            failure = await self._finish(over)
        finally:
            await asyncio.to_thread(self._parts.spool.remove_run, self._folder)
        if failure is None:
            self._events.on_world_gone(self.assign, over)
        else:
            self._events.on_run_over(self.assign, UPLOAD_FAILED if failure else "", failure)

    def stop(self) -> None:
        """End it; nothing is uploaded any more."""
        self._world.stop()
        self._give_up()

    def kill(self) -> None:
        """End it without asking the world."""
        self._world.kill()
        self._give_up()

    def report(self, report: SlotReport) -> SlotReport:
        """Return the slot's report: a run has no ages and no rates."""
        return report

    def on_world_loaded(self, pictures: FrameReader, fps: int) -> None:
        """Nothing: a run's world has no frame memory."""

    def on_world_started(self) -> None:
        """Tell the worker."""
        self._events.on_world_started(self.assign)

    def on_world_message(self, data: str) -> None:
        """Nothing: what a run's world says is in its events."""

    def on_world_hold_off(self, asked_s: float) -> None:
        """Nothing: nobody is warned."""

    def on_world_image(self, seen: ImageSeen) -> None:
        """Nothing: no script has images."""

    def _take_word(self, word: RunWord) -> None:
        session, term = self.assign.session, self.assign.term
        match word:
            case Rendering(frames=frames, frames_total=total):
                progress = RunProgress(session, term, frames, total)
                self._events.on_run_progress(self.assign, progress)
            case Rendered(frames=frames):
                self._events.on_run_rendered(self.assign, frames)
            case Kept():
                self._kept = word
            case FilesFailed(detail=detail):
                self._failure = detail

    async def _finish(self, over: WorldOver | None) -> str | None:
        """Return why there are no files, empty where there are; None where the world failed."""
        if over is None or self._stopped:
            return None
        if self._failure or over.outcome != "ended" or self._kept is None:
            return self._failure or None
        self._uploading = asyncio.ensure_future(self._upload(self._folder, self._kept))
        try:
            await asyncio.wait({self._uploading})
        finally:
            self._uploading.cancel()
        return None if self._uploading.cancelled() else self._uploading.result()

    async def _upload(self, folder: Path, kept: Kept) -> str:
        """Return why the files could not be uploaded; empty where they were."""
        keeping = self.assign.keeping
        if keeping is None:
            return ""
        try:
            async with asyncio.timeout(UPLOAD_WITHIN_S):
                await self._parts.uploader.upload(keeping.upload_token, folder, kept.facts)
        except (DioramaError, TimeoutError) as error:
            log.warning("a run's files were not taken", run=self.assign.session, reason=str(error))
            return str(error) or f"not uploaded in {UPLOAD_WITHIN_S:.0f} s"
        return ""

    def _give_up(self) -> None:
        self._stopped = True
        if self._uploading is not None:
            self._uploading.cancel()
