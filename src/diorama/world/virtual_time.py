"""The clock of a world without a viewer: which frame each cue of a script comes before. Pure.

Frame `n` is at `n / fps` seconds, whenever it is rendered, and everything that is due by then comes
before it. All is reckoned in whole numbers, so no rounding moves a cue from one frame to the next.
"""

from collections.abc import Iterator, Sequence
from typing import Final

from diorama.protocol.scripts import Cue
from diorama.world.world import FrameTime

_MS_PER_S: Final = 1_000


def frames_in(length_ms: int, fps: int) -> int:
    """Return how many frames begin before a script's end."""
    return -(-length_ms * fps // _MS_PER_S)


def frame_after(at_ms: int, fps: int) -> int:
    """Return the first frame that shows what happens at `at_ms`."""
    return -(-at_ms * fps // _MS_PER_S)


def frame_time(number: int, fps: int) -> FrameTime:
    """Return when a frame is."""
    return FrameTime(number, number / fps, 1 / fps if number else 0.0)


def due_before(script: Sequence[Cue], fps: int) -> Iterator[tuple[int, Cue]]:
    """Yield each cue but the end with the first frame that shows it, in order."""
    for cue in script:
        if not cue.end:
            yield frame_after(cue.at_ms, fps), cue
