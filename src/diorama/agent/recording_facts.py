"""What the files of a recording are called, and of what size its video is. Pure.

A run's video has the size that was asked for, to the pixel; a live session's is never made larger
than what the viewer saw.
"""

from fractions import Fraction
from typing import Final

from diorama.protocol.recording_views import FileName
from diorama.protocol.worker import Frame

VIDEO: Final[FileName] = "video.mp4"
PREVIEW: Final[FileName] = "preview.mp4"
THUMBNAIL: Final[FileName] = "thumbnail.jpg"
EVENTS: Final[FileName] = "events.jsonl"
FILES: Final[tuple[FileName, ...]] = (VIDEO, PREVIEW, THUMBNAIL, EVENTS)

MIN_SIDE: Final = 64
MAX_SIDE: Final = 3_840
Size = tuple[int, int]
"""Width and height in pixels, both even."""


def size_asked(world: Size, frame: Frame) -> Size:
    """Return the size that is asked of a world of this size; one side alone keeps its shape."""
    shape = Fraction(*world)
    match frame.width, frame.height:
        case None, None:
            return world
        case width, None if width is not None:
            return width, _even(width / shape)
        case None, height if height is not None:
            return _even(height * shape), height
        case width, height:
            assert width is not None and height is not None, "both are there"  # noqa: PT018 - one
            return width, height


def size_within(world: Size, frame: Frame) -> Size:
    """Return the size of a video of a world that no side of `frame` is to be above."""
    share = min(
        Fraction(1),
        Fraction(frame.width or world[0], world[0]),
        Fraction(frame.height or world[1], world[1]),
    )
    return _even(world[0] * share), _even(world[1] * share)


def fit_into(picture: Size, room: Size) -> Size:
    """Return how large a picture is that fits into a room without losing its shape."""
    share = min(Fraction(room[0], picture[0]), Fraction(room[1], picture[1]))
    return (
        min(_even(picture[0] * share, least=2), room[0]),
        min(_even(picture[1] * share, least=2), room[1]),
    )


def _even(side: Fraction, *, least: int = MIN_SIDE) -> int:
    return min(max(round(side / 2) * 2, least), MAX_SIDE)
