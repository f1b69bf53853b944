"""The recordings of a worker's live sessions, from their start until their files are taken.

A session's recorder is a process of its own group: the session's slot is free once its world is
gone, while the recording is finished and uploaded behind it. What a worker does not get to is done
by its next start. Nothing here ever harms a session: a recording that cannot be is told to have
failed.
"""

import asyncio
import contextlib
import os
import socket
import sys
from collections.abc import Coroutine
from dataclasses import dataclass
from typing import Final

import msgspec
import structlog

from diorama.agent.event_lines import Happening, Line, Moves
from diorama.agent.frame_ring import FrameReader
from diorama.agent.host_process import environment_of
from diorama.agent.process_group import ProcessGroup
from diorama.agent.recorder_link import (
    RecorderSettings,
    RecordFrom,
    Tell,
    ToRecorder,
    packet_of,
)
from diorama.agent.recording_facts import size_within
from diorama.agent.run_state import RunState
from diorama.agent.spool import KEPT_S, Kept, Spool
from diorama.agent.uploading import Uploader
from diorama.kernel.clock import Clock
from diorama.kernel.errors import Refused, Unavailable
from diorama.kernel.units import MILLISECOND_US
from diorama.protocol.worker import Assign, Keeping

RECORDER_COMMAND: Final = (sys.executable, "-m", "diorama.agent.recorder_process")
DEFAULT_FPS: Final = 30
FINISH_WITHIN_S: Final = 120.0
"""For the last pictures and the index of a long video; then it is killed, and has failed."""
AGAIN_AFTER_S: Final = 60.0
_AT_ONCE: Final = 2  # uploads of a worker
_NOT_KEPT: Final = "not_kept"
_TOO_SLOW: Final = "recorder_too_slow"

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class RecorderParts:
    """What every recorder of a worker shares."""

    spool: Spool
    state: RunState
    mark: str
    clock: Clock


class Recorder:
    """What a session tells of itself to the process that records it. No method raises or waits."""

    def __init__(self, assign: Assign, keeping: Keeping, parts: RecorderParts) -> None:
        self._assign, self._keeping, self._parts = assign, keeping, parts
        self._session_us = parts.clock.boottime_us()
        self._socket: socket.socket | None = None
        self._moves = Moves()
        self._joined: int | None = None
        self._begun = False
        self.ended: Final = asyncio.Event()
        self.lost = 0  # lines that the process was too slow for

    def start(self, kept: Kept, pictures: FrameReader) -> ProcessGroup:
        """Start the process. Raises Unavailable."""
        settings = RecorderSettings(
            parent=os.getpid(),
            memory=pictures.memory,
            picture=pictures.size,
            size=size_within(pictures.size, self._keeping.frame),
            fps=self._keeping.frame.fps or DEFAULT_FPS,
            folder=str(kept.folder),
            session=self._assign.session,
            session_us=self._session_us,
        )
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        ours.setblocking(False)  # noqa: FBT003 - takes no keyword
        try:
            with theirs:
                group = ProcessGroup.start(
                    (*RECORDER_COMMAND, msgspec.json.encode(settings).decode()),
                    stdin=theirs.fileno(),
                    pass_fds=(pictures.memory,),
                    environment=environment_of(os.environ, self._parts.mark),
                )
        except BaseException:
            ours.close()
            raise
        self._socket = ours
        return group

    def viewer_joined(self, attachment: int) -> None:
        """Take that pictures reach a viewer: the first time is the start of the video."""
        if not self._begun:
            self._begun = True
            self._send(RecordFrom(self._parts.clock.boottime_us()))
        if self._joined != attachment:
            self.viewer_left()
            self._joined = attachment
            self._tell({"type": "viewer_joined", "at_ms": self._at_ms(), "attachment": attachment})

    def viewer_left(self) -> None:
        """Take that pictures reach nobody any more."""
        if self._joined is not None:
            line = {"type": "viewer_left", "at_ms": self._at_ms(), "attachment": self._joined}
            self._joined = None
            self._tell_moves()
            self._tell(line)

    def took(self, event: Happening) -> None:
        """Take what the viewer did."""
        for line in self._moves.take(event, self._at_ms()):
            self._tell(line)

    def end(self) -> None:
        """End the recording; its process finishes by itself. Idempotent."""
        if self.ended.is_set():
            return
        self.viewer_left()
        self._tell_moves()
        self.ended.set()
        if self._socket is not None:
            self._socket.close()
            self._socket = None
        if self.lost:
            log.warning("a recording lacks events", session_id=self._assign.session, lost=self.lost)

    def _tell_moves(self) -> None:
        for line in self._moves.flush():
            self._tell(line)

    def _tell(self, line: Line) -> None:
        self._send(Tell(line))

    def _send(self, message: ToRecorder) -> None:
        if self._socket is None:
            return
        try:
            self._socket.send(packet_of(message))
        except OSError:  # it is busy, or gone: its folder tells
            self.lost += 1

    def _at_ms(self) -> int:
        return (self._parts.clock.boottime_us() - self._session_us) // MILLISECOND_US


class Recordings:
    """All recordings of one worker. Its owner runs `run` in a task."""

    def __init__(self, parts: RecorderParts, uploader: Uploader) -> None:
        self._parts = parts
        self._uploader = uploader
        self._turn = asyncio.Semaphore(_AT_ONCE)
        self._tasks: asyncio.TaskGroup | None = None
        self._busy: set[asyncio.Task[None] | None] = set()

    def begin(self, assign: Assign) -> Recorder | None:
        """Return what records a session from its start; None where it is not to be recorded."""
        if assign.keeping is None:
            return None
        return Recorder(assign, assign.keeping, self._parts)

    def start(self, recorder: Recorder, assign: Assign, pictures: FrameReader) -> None:
        """Have its process look at these pictures from now on."""
        keeping = assign.keeping
        assert keeping is not None, "a recorder has something to keep"
        try:
            kept = self._parts.spool.make_recording(keeping.recording, keeping.upload_token)
        except Unavailable as error:
            log.warning("no recording", session_id=assign.session, reason=str(error))
            self._soon(self._tell_failed(keeping.upload_token))
            return
        try:
            group = recorder.start(kept, pictures)
        except Unavailable as error:
            log.warning("no recording", session_id=assign.session, reason=str(error))
            with contextlib.suppress(OSError):
                kept.fail(_NOT_KEPT)
            self._soon(self._deliver(kept))
            return
        log.info("recording", session_id=assign.session, recording=keeping.recording)
        self._soon(self._attend(recorder, group, kept))

    async def run(self) -> None:
        """Finish what an earlier start left, and all that comes; until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            self._tasks = tasks
            for kept in self._parts.spool.recordings():
                log.info("a recording of an earlier start", recording=kept.folder.name)
                self._soon(self._deliver(kept))
            await asyncio.Event().wait()

    async def finish(self, *, timeout_s: float) -> None:
        """Return once what was recorded is uploaded, or the time is over."""
        busy = {task for task in self._busy if task is not None}
        if busy:
            await asyncio.wait(busy, timeout=timeout_s)

    def _soon(self, work: Coroutine[None, None, None]) -> None:
        assert self._tasks is not None, "sessions are there while the worker runs"
        task = self._tasks.create_task(_alone(work))
        self._busy.add(task)
        task.add_done_callback(self._busy.discard)

    async def _attend(self, recorder: Recorder, group: ProcessGroup, kept: Kept) -> None:
        """See the process off, and then to its files."""
        forget = self._parts.state.started(group.pid, group.started)
        exit_watch = asyncio.ensure_future(group.leader_exit())
        ended = asyncio.ensure_future(recorder.ended.wait())
        try:
            await asyncio.wait({exit_watch, ended}, return_when=asyncio.FIRST_COMPLETED)
            if not (await asyncio.wait({exit_watch}, timeout=FINISH_WITHIN_S))[0]:
                kept.fail(_TOO_SLOW)
        finally:
            exit_watch.cancel()
            ended.cancel()
            group.kill()
            await group.end()
            forget()
        await self._deliver(kept)

    async def _deliver(self, kept: Kept) -> None:
        """Upload what is there, or say that it failed, as often as it takes for a day."""
        while kept.age_s < KEPT_S:
            try:
                async with self._turn:
                    await self._hand_in(kept)
            except Refused as error:
                log.warning("nobody wants a recording", recording=kept.folder.name, why=str(error))
                break
            except Unavailable as error:
                log.warning("a recording waits", recording=kept.folder.name, why=str(error))
                self._busy.discard(asyncio.current_task())  # a worker that leaves waits for none
                await asyncio.sleep(AGAIN_AFTER_S)
            else:
                break
        await asyncio.to_thread(kept.remove)

    async def _hand_in(self, kept: Kept) -> None:
        facts = kept.facts
        if facts is None:
            log.warning("a recording failed", recording=kept.folder.name, why=kept.failure)
            await self._uploader.fail(kept.token, kept.failure)
        else:
            await self._uploader.upload(kept.token, kept.folder, facts)
            log.info("recording uploaded", recording=kept.folder.name, frames=facts.frames)

    async def _tell_failed(self, token: str) -> None:
        try:
            await self._uploader.fail(token, _NOT_KEPT)
        except (Refused, Unavailable) as error:
            log.warning("nobody hears that a recording failed", why=str(error))


async def _alone(work: Coroutine[None, None, None]) -> None:
    """Do a recording's work; whatever breaks in it is no other's trouble."""
    try:
        await work
    except Exception:
        log.exception("a recording broke")
