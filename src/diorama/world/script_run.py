"""A script instead of a viewer: every frame on virtual time, hashed, encoded, none dropped.

The world renders as fast as it can, and waits while a frame is encoded; that is all that holds it
up. One that keeps time with the world outside (`realtime`) is paced by the clock.
"""

from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import Final, Protocol

import msgspec

from diorama.agent.event_lines import Line, event_of, happened
from diorama.agent.media.video_file import KEPT_WELL, TICKS_PER_FRAME, NotKept
from diorama.agent.own_process import give_way
from diorama.agent.recording_facts import size_asked
from diorama.agent.recording_files import PicturesHash, RecordingFiles
from diorama.agent.world_link import (
    SCRIPT,
    Begin,
    FilesFailed,
    FromHost,
    Kept,
    Rendered,
    Rendering,
)
from diorama.kernel.clock import SystemClock
from diorama.kernel.units import SECOND_US
from diorama.protocol.scripts import Cue, Script
from diorama.world.calling import hand_over, rendered
from diorama.world.virtual_time import due_before, frame_time, frames_in
from diorama.world.world import Json, Picture, World

_TELL_EVERY_US: Final = SECOND_US
_MAX_DETAIL: Final = 1_900
_MAX_EARLY: Final = 1_000  # words of a world before its first frame


class Link(Protocol):
    """What a run needs of the socket to its worker."""

    def send(self, message: FromHost) -> None:
        """Tell the worker."""

    def receive(self, timeout_s: float) -> None:
        """Wait so long; what is raised means that the worker wants an end, or is gone."""


class Ending(Protocol):
    """Whether the world ended by itself."""

    @property
    def ended(self) -> bool:
        """Return whether it said so."""


class FilesAreLost(Exception):
    """The worker was told that the files cannot be written; the run is over."""


class ScriptRun:
    """One script on one world: `prepare`, the world's `start`, `render`, `finish`."""

    def __init__(self, begin: Begin, world: World, link: Link) -> None:
        assert begin.run is not None, "a script is to be run"
        self._begin, self._run = begin, begin.run
        self._world = world
        self._link = link
        self._folder = Path(begin.run.folder)
        self._clock = SystemClock()
        self._hash = PicturesHash()
        self._files: RecordingFiles | None = None
        self._said: list[Line] = []
        self._number = 0
        self._told_us = 0

    def prepare(self) -> None:
        """Read the script, and give the world the size and rate that are asked for."""
        give_way()
        frame = self._run.frame
        self._script = msgspec.json.decode((self._folder / SCRIPT).read_bytes(), type=Script)
        self._size = size_asked(self._world.size, frame)
        if self._world.resizable:
            self._world.size = self._size
        if frame.fps is not None:
            self._world.fps = frame.fps
        self._fps = self._world.fps
        self._total = frames_in(self._run.length_ms, self._fps)

    def take_word(self, data: Json) -> None:
        """Note what the world says to a viewer who is not there."""
        at_ms = self._number * 1_000 // self._fps if self._files is not None else 0
        self._tell(
            {"type": "said", "at_ms": at_ms, "frame": self._number, "message": data},
        )

    def render(self, context: Ending, on_first: Callable[[], None]) -> None:
        """Render every frame of the script and keep it. Raises FilesAreLost."""
        try:
            self._open()
            self._render(context, on_first)
        except NotKept as error:
            raise self._lost(error) from error
        self._link.send(Rendered(self._number))

    def finish(self) -> None:
        """Finish the files, and tell what is in them. Raises FilesAreLost."""
        assert self._files is not None, "what was rendered is finished"
        try:
            self._files.close()
        except NotKept as error:
            raise self._lost(error) from error
        self._link.send(Kept(self._files.facts(frames_sha256=self._hash.hexdigest())))

    def _render(self, context: Ending, on_first: Callable[[], None]) -> None:
        cues = deque(due_before(self._script, self._fps))
        began_us = self._told_us = self._clock.boottime_us()
        for number in range(self._total):
            self._number = number
            self._wait(began_us + number * SECOND_US // self._fps)
            self._hand_over(cues, context)
            if context.ended and number:  # one that ends at once still shows what it is
                break
            self._keep(rendered(self._world, frame_time(number, self._fps)))
            self._number = number + 1
            if number == 0:
                on_first()
            self._tell_progress()
            if context.ended:
                break
        self._end(ended=context.ended)

    def _open(self) -> None:
        files = RecordingFiles(
            self._folder,
            size=self._size,
            fps=self._fps,
            recipe=KEPT_WELL,
            thumbnail_at=self._total // 2,
        )
        files.tell(
            {
                "type": "run",
                "run": self._begin.session,
                "seed": self._begin.seed,
                "length_ms": self._run.length_ms,
                "frames": self._total,
                "fps": self._fps,
                "width": self._size[0],
                "height": self._size[1],
            }
        )
        self._files = files
        for line in self._said:  # while it started
            files.tell(line)

    def _wait(self, due_us: int) -> None:
        """Hear whether the worker is there, and wait where the world is bound to the clock."""
        self._link.receive(0)
        if self._world.realtime:
            while (left_us := due_us - self._clock.boottime_us()) > 0:
                self._link.receive(left_us / SECOND_US)

    def _hand_over(self, cues: deque[tuple[int, Cue]], context: Ending) -> None:
        while cues and cues[0][0] <= self._number and not context.ended:
            frame, cue = cues.popleft()
            event = event_of(cue)
            self._tell(happened(event, cue.at_ms) | {"frame": frame})
            hand_over(self._world, event)

    def _keep(self, picture: Picture) -> None:
        assert self._files is not None, "it was opened"
        self._hash.add(picture)
        self._files.add(picture, ticks=self._number * TICKS_PER_FRAME)

    def _end(self, *, ended: bool) -> None:
        at_ms = self._number * 1_000 // self._fps if ended else self._run.length_ms
        self._tell(
            {
                "type": "ended_by_world" if ended else "end",
                "at_ms": at_ms,
                "frame": self._number,
            }
        )

    def _tell(self, line: Line) -> None:
        if self._files is None:
            self._said = [*self._said, line][:_MAX_EARLY]
        else:
            self._files.tell(line)

    def _tell_progress(self) -> None:
        now_us = self._clock.boottime_us()
        if now_us - self._told_us >= _TELL_EVERY_US:
            self._told_us = now_us
            self._link.send(Rendering(self._number, self._total))

    def _lost(self, error: NotKept) -> FilesAreLost:
        self._link.send(FilesFailed(str(error)[:_MAX_DETAIL]))
        return FilesAreLost(str(error))
