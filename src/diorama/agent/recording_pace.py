"""Which of a live world's pictures are kept, when they are shown, and how many are missed. Pure.

A recording takes what it can get: it looks at the newest picture now and then, and what was
rendered meanwhile is lost to it. Times are the world's own, so a video keeps step with what was
seen, whatever was missed.
"""

from typing import Final

from diorama.agent.media.video_file import TICKS_PER_FRAME
from diorama.kernel.units import SECOND_US

_EARLY: Final = 4  # a quarter of an interval before its time is in time


class RecordingPace:
    """The pictures of one recording; `dropped` counts those that should have been kept.

    Args:
        fps: the most that are kept in a second.
    """

    def __init__(self, fps: int) -> None:
        self._fps = fps
        self._interval_us = SECOND_US // fps
        self._from_us: int | None = None
        self._first_us: int | None = None
        self._due_us = 0
        self._last_us = 0
        self._last_number = 0
        self._last_ticks = -1
        self.dropped = 0

    def wanted_from(self, from_us: int) -> None:
        """Take from when pictures were to be kept, before the first one is."""
        self._from_us = from_us

    def wants(self, rendered_us: int) -> bool:
        """Return whether a picture of this time is to be kept."""
        return rendered_us >= self._due_us - self._interval_us // _EARLY

    def keep(self, number: int, rendered_us: int) -> int:
        """Take that picture `number` is kept, and return the tick from which it is shown."""
        if self._first_us is None:
            self._first_us = self._due_us = rendered_us
            missed_us = rendered_us - (self._from_us or rendered_us)
            self.dropped = min(max(missed_us // self._interval_us, 0), number)
        else:
            intervals = round((rendered_us - self._last_us) / self._interval_us)
            self.dropped += max(min(number - self._last_number, intervals) - 1, 0)
        self._last_us, self._last_number = rendered_us, number
        self._due_us += self._interval_us
        if self._due_us <= rendered_us:
            self._due_us = rendered_us + self._interval_us
        ticks = (rendered_us - self._first_us) * self._fps * TICKS_PER_FRAME // SECOND_US
        self._last_ticks = max(ticks, self._last_ticks + 1)
        return self._last_ticks
