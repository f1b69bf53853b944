"""What a world's author reads of an exception: the way through the world, not the way to it."""

import traceback
from pathlib import Path
from typing import Final

_PACKAGE: Final = Path(__file__).parents[1]
_DEMOS: Final = Path(__file__).parent / "demos"


def traceback_of(error: BaseException) -> str:
    """Return an exception's traceback, from where the world comes in.

    The frames before are the host's or the importer's, and say nothing of what is wrong. Where no
    frame is the world's, the exception stands alone: it says of itself what was expected.
    """
    told = traceback.TracebackException.from_exception(error)
    causes: list[traceback.TracebackException | None] = [told]
    while causes:
        one = causes.pop()
        if one is not None:
            one.stack = _from_the_world(one.stack)
            causes += [one.__cause__, one.__context__]
    return "".join(told.format())


def _from_the_world(stack: traceback.StackSummary) -> traceback.StackSummary:
    first = next((at for at, frame in enumerate(stack) if _is_a_worlds(frame)), len(stack))
    return traceback.StackSummary.from_list(stack[first:])


def _is_a_worlds(frame: traceback.FrameSummary) -> bool:
    if frame.filename.startswith("<frozen "):
        return False
    place = Path(frame.filename)
    return not place.is_relative_to(_PACKAGE) or place.is_relative_to(_DEMOS)
