"""The files of one recording as they are made: video, preview, thumbnail, events, in one folder.

It decides which of the pictures that are kept make the preview (the first seconds, small, at half
the rate) and the thumbnail. Whether a picture is kept at all is its caller's.
"""

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import msgspec
import numpy as np

from diorama.agent.media.encoder import Pixels
from diorama.agent.media.video_file import (
    SMALL,
    TICKS_PER_FRAME,
    FileRecipe,
    NotKept,
    VideoFile,
    write_jpeg,
)
from diorama.agent.recording_facts import (
    EVENTS,
    PREVIEW,
    THUMBNAIL,
    VIDEO,
    Size,
    size_within,
)
from diorama.kernel.units import SECOND_US
from diorama.protocol.recording_views import RecordedFacts
from diorama.protocol.worker import Frame

PREVIEW_S: Final = 6
PREVIEW_WIDTH: Final = 320
PREVIEW_FPS: Final = 15
THUMBNAIL_WIDTH: Final = 640
MAX_EVENTS: Final = 100_000  # lines: a viewer who never rests for an hour


class RecordingFiles:
    """See above. Used by one thread; every method raises NotKept where a file cannot be written."""

    def __init__(
        self, folder: Path, *, size: Size, fps: int, recipe: FileRecipe, thumbnail_at: int
    ) -> None:
        """Open them.

        Args:
            folder: where; it is there and empty of them.
            size: of the video.
            fps: how many pictures a second are meant.
            recipe: how the video is encoded.
            thumbnail_at: which of the kept pictures is the thumbnail; the last, if there are fewer.
        """
        self._folder = folder
        self._size, self._fps = size, fps
        self._video = VideoFile(folder / VIDEO, size=size, fps=fps, recipe=recipe)
        self._preview_fps = min(fps, PREVIEW_FPS)
        self._preview = VideoFile(
            folder / PREVIEW,
            size=size_within(size, Frame(width=PREVIEW_WIDTH)),
            fps=self._preview_fps,
            recipe=SMALL,
        )
        self._thumbnail_at = thumbnail_at
        self._last: Pixels | None = None
        self._previewed = -1
        self._events = EventsFile(folder / EVENTS)
        self.frames = 0
        self.end_ticks = 0

    @property
    def duration_us(self) -> int:
        """How long the video is."""
        return self.end_ticks * SECOND_US // (TICKS_PER_FRAME * self._fps)

    def add(self, pixels: Pixels, *, ticks: int) -> None:
        """Keep a picture, which is shown from `ticks` on."""
        self._video.add(pixels, ticks=ticks)
        self._add_to_preview(pixels, ticks)
        if self.frames <= self._thumbnail_at:
            self._choose(pixels)
        self.frames += 1
        self.end_ticks = ticks + TICKS_PER_FRAME

    def tell(self, line: Mapping[str, object]) -> None:
        """Add a line to the events."""
        self._events.tell(line)

    def close(self) -> None:
        """Finish all of them."""
        self._video.close()
        self._preview.close()
        if self._last is None:
            raise NotKept("a recording of no picture has no files")
        write_jpeg(
            self._folder / THUMBNAIL,
            self._last,
            size=size_within(self._size, Frame(width=THUMBNAIL_WIDTH)),
        )
        self._events.close()

    def facts(self, **more: int | str | None) -> RecordedFacts:
        """Return what is in the video."""
        width, height = self._size
        told = {
            "width": width,
            "height": height,
            "fps": self._fps,
            "frames": self.frames,
            "duration_us": self.duration_us,
        }
        return msgspec.convert(told | more, RecordedFacts)

    def _add_to_preview(self, pixels: Pixels, ticks: int) -> None:
        at = ticks * self._preview_fps // self._fps
        number = at // TICKS_PER_FRAME
        if number > self._previewed and number < PREVIEW_S * self._preview_fps:
            self._previewed = number
            self._preview.add(pixels, ticks=at)

    def _choose(self, pixels: Pixels) -> None:
        is_due = self.frames in {0, self._thumbnail_at} or self.frames % self._fps == 0
        if is_due:
            self._last = np.array(pixels)


class EventsFile:
    """A line of JSON for each thing that happened, up to a bound; the last line tells of it."""

    def __init__(self, path: Path) -> None:
        self._lines = 0
        try:
            self._file = path.open("wb")
        except OSError as error:
            raise NotKept(f"{path.name} cannot be written: {error}") from error

    def tell(self, line: Mapping[str, object]) -> None:
        """Add a line, unless there are too many."""
        self._lines += 1
        if self._lines > MAX_EVENTS:
            return
        if self._lines == MAX_EVENTS:
            line = {"type": "no_more_events", "bound": MAX_EVENTS}
        try:
            self._file.write(msgspec.json.encode(line) + b"\n")
        except OSError as error:
            raise NotKept(f"the events cannot be written: {error}") from error

    def close(self) -> None:
        """Write what waits."""
        try:
            self._file.close()
        except OSError as error:
            raise NotKept(f"the events cannot be written: {error}") from error


class PicturesHash:
    """SHA-256 over the pictures of a run, in order: uint8 RGB, rows top to bottom, nothing else."""

    def __init__(self) -> None:
        self._hash = hashlib.sha256()

    def add(self, pixels: Pixels) -> None:
        """Take a picture."""
        self._hash.update(np.ascontiguousarray(pixels).data)

    def hexdigest(self) -> str:
        """Return it in hexadecimal."""
        return self._hash.hexdigest()
