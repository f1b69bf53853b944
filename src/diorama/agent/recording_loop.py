"""What the recorder's process does: look, copy, encode, and write what is told.

It begins with the first picture after the viewer gets any, and ends with the session, or where the
disk has no more room than the machine needs itself. What was kept until then is whole.
"""

import os
import select
import signal
import socket
from pathlib import Path
from typing import Final

import numpy as np
import structlog

from diorama.agent.event_lines import Line
from diorama.agent.frame_ring import FrameCopier
from diorama.agent.media.video_file import KEPT_CHEAPLY, NotKept
from diorama.agent.recorder_link import (
    MAX_PACKET_BYTES,
    RecorderSettings,
    RecordFrom,
    Tell,
    message_of,
)
from diorama.agent.recording_files import RecordingFiles
from diorama.agent.recording_pace import RecordingPace
from diorama.agent.spool import Kept, has_room
from diorama.kernel.clock import SystemClock
from diorama.kernel.errors import Invalid
from diorama.kernel.units import MILLISECOND_US, SECOND_US

NOTHING_SHOWN: Final = "nothing_shown"
BROKEN: Final = "recorder_failed"
_LOOKS_PER_PICTURE: Final = 4
_SLOWEST_LOOK_S: Final = 0.05
_ROOM_EVERY_US: Final = SECOND_US
_THUMBNAIL_AT_S: Final = 5
_MAX_EARLY: Final = 1_000  # lines before the first picture

log = structlog.get_logger(__name__)


def record(settings: RecorderSettings) -> int:
    """Record a session to its end and return the exit status: 0 where its files are whole."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a terminal's Ctrl-C: the worker says when
    kept = Kept(Path(settings.folder))
    try:
        recording = LiveRecording(settings, kept)
        os.close(settings.memory)
        with socket.socket(fileno=os.dup(0)) as connection:
            recording.run(connection)
        recording.finish()
    except (NotKept, Invalid, OSError) as error:
        log.warning("a recording failed", session_id=settings.session, reason=str(error))
        kept.fail(error.code if isinstance(error, NotKept) else BROKEN)
        return 1
    return 0


class LiveRecording:
    """One session's recording."""

    def __init__(self, settings: RecorderSettings, kept: Kept) -> None:
        self._settings = settings
        self._kept = kept
        self._clock = SystemClock()
        width, height = settings.picture
        self._copier = FrameCopier(settings.memory, width=width, height=height)
        self._picture = np.empty((height, width, 3), dtype=np.uint8)
        self._pace = RecordingPace(settings.fps)
        self._files: RecordingFiles | None = None
        self._early: list[Line] = []
        self._from_us: int | None = None
        self._seen = -1
        self._started_us = 0
        self._room_us = 0

    def run(self, connection: socket.socket) -> None:
        """Record until the other end of `connection` is closed. Raises NotKept, Invalid."""
        look_s = min(1 / (self._settings.fps * _LOOKS_PER_PICTURE), _SLOWEST_LOOK_S)
        goes_on = True
        while goes_on:
            goes_on = self._heard(connection, None if self._from_us is None else look_s)
            if self._from_us is not None:
                self._look(self._from_us)
            if not self._has_room():
                self._tell({"type": "disk_full", "at_ms": self._at_ms()})
                return

    def finish(self) -> None:
        """Finish the files. Raises NotKept, also where there was never a picture."""
        if self._files is None:
            raise NotKept("no viewer ever got a picture", code=NOTHING_SHOWN)
        self._tell({"type": "end", "at_ms": self._at_ms()})
        self._files.close()
        facts = self._files.facts(frames_dropped=self._pace.dropped, started_us=self._started_us)
        self._kept.finish(facts)

    def _heard(self, connection: socket.socket, timeout_s: float | None) -> bool:
        """Take what was said, waiting so long for it; False where no more will come."""
        if not select.select([connection], [], [], timeout_s)[0]:
            return True
        packet = connection.recv(MAX_PACKET_BYTES)
        if not packet:
            return False
        match message_of(packet):
            case RecordFrom(boottime_us=from_us):
                self._from_us = from_us
            case Tell(line=line):
                self._tell(line)
        return True

    def _look(self, from_us: int) -> None:
        copied = self._copier.copy_latest(self._picture, self._seen)
        if copied is None:
            return
        self._seen, rendered_us = copied
        if self._files is None and rendered_us < from_us - SECOND_US:
            return  # of a world that stands still: the next one is new
        if self._pace.wants(rendered_us):
            files = self._files or self._open(rendered_us)
            files.add(self._picture, ticks=self._pace.keep(self._seen, rendered_us))

    def _open(self, rendered_us: int) -> RecordingFiles:
        settings = self._settings
        self._pace.wanted_from(self._from_us or rendered_us)
        self._files = RecordingFiles(
            self._kept.folder,
            size=settings.size,
            fps=settings.fps,
            recipe=KEPT_CHEAPLY,
            thumbnail_at=_THUMBNAIL_AT_S * settings.fps,
        )
        self._started_us = self._clock.now_us() - (self._clock.boottime_us() - rendered_us)
        self._files.tell(
            {
                "type": "session",
                "session": settings.session,
                "video_at_ms": max(rendered_us - settings.session_us, 0) // MILLISECOND_US,
                "fps": settings.fps,
                "width": settings.size[0],
                "height": settings.size[1],
            }
        )
        for line in self._early:
            self._files.tell(line)
        return self._files

    def _tell(self, line: Line) -> None:
        if self._files is not None:
            self._files.tell(line)
        elif len(self._early) < _MAX_EARLY:
            self._early.append(line)

    def _has_room(self) -> bool:
        now_us = self._clock.boottime_us()
        if now_us - self._room_us < _ROOM_EVERY_US:
            return True
        self._room_us = now_us
        return has_room(self._kept.folder)

    def _at_ms(self) -> int:
        return (self._clock.boottime_us() - self._settings.session_us) // MILLISECOND_US
