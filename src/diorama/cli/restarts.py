"""Whether and when a child of `diorama up` is started again. Pure.

The first end in a row is answered at once: a crash should cost a viewer no more than it must. Ends
that follow soon after their starts wait longer and longer, and at last nothing is tried any more.
"""

from dataclasses import dataclass
from typing import Final

REFUSED: Final = 2
"""The exit code of a child that was set wrongly: starting it again would change nothing."""
STEADY_S: Final = 60.0
"""Who ran this long was well: its end counts as a first one."""
DELAYS_S: Final = (0.0, 1.0, 2.0, 4.0, 8.0, 15.0)
MAX_QUICK_ENDS: Final = 12
"""Ends in a row, each soon after a start: about two minutes of trying."""


@dataclass(frozen=True, slots=True)
class Restart:
    """Start it again after `delay_s`; `quick_ends` is what to say at its next end."""

    delay_s: float
    quick_ends: int


@dataclass(frozen=True, slots=True)
class GiveUp:
    """Start it no more; the supervisor stops all and exits with `exit_code`."""

    exit_code: int


def after_end(*, exit_code: int, ran_s: float, quick_ends: int) -> Restart | GiveUp:
    """Return what follows the end of a child.

    Args:
        exit_code: as subprocess has it: negative is a signal.
        ran_s: how long it ran.
        quick_ends: how many ends in a row came soon after their starts, before this one.
    """
    if exit_code == REFUSED:
        return GiveUp(REFUSED)
    before = 0 if ran_s >= STEADY_S else quick_ends
    if before + 1 >= MAX_QUICK_ENDS:
        return GiveUp(1)
    return Restart(DELAYS_S[min(before, len(DELAYS_S) - 1)], before + 1)
