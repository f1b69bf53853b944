"""Whether frames come more slowly than they are meant to. Pure.

A world that shows few pictures a second on purpose is not slow; one that shows fewer than it means
to is, whatever holds it up. The web SDK judges alike: tests/client/core/rates.json.
"""

from typing import Final

SLOW_SHARE: Final = 0.75
ONE_MORE_OR_LESS: Final = 1.0
"""A second that is cut out of a steady stream holds one frame more or less by chance."""
SLOW_FPS: Final = 10.0
"""Where nobody says what is meant: below this even motion that is meant to be slow looks torn."""


def is_slow(fps: float, meant_fps: int | None) -> bool:
    """Return whether so many frames a second are too few."""
    if meant_fps is None:
        return fps < SLOW_FPS
    return fps < meant_fps * SLOW_SHARE - ONE_MORE_OR_LESS
