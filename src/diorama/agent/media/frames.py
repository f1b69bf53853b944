"""Where pictures come from: the seam between a world and its stream.

Latest-frame semantics: a source keeps the newest picture only; whoever is slow misses some and
never waits for, nor holds up, the one who renders.
"""

from dataclasses import dataclass
from typing import Protocol

from diorama.agent.media.encoder import Pixels


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """One rendered picture.

    `number` grows; `rendered_us` is CLOCK_BOOTTIME in microseconds; `pixels` is uint8,
    (height, width, 3), RGB, rows top to bottom, valid until the next call of `latest`.
    """

    number: int
    rendered_us: int
    pixels: Pixels


class FrameSource(Protocol):
    """The newest picture of a world; called by media threads, one at a time for each method."""

    def latest(self, after: int) -> Frame | None:
        """Return the newest picture whose number is above `after`; None where there is none."""

    def wait(self, after: int, timeout_s: float) -> bool:
        """Block until a picture above `after` is there (True) or the time is over (False)."""
