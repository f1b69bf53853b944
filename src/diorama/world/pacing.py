"""When a world renders its next picture.

Pure. Pictures are due on a grid of absolute instants, so nothing drifts; instants that passed while
a picture took too long are skipped, not caught up.

A discrete input (a key, a button, a prompt) need not wait for the grid: the picture that shows it
may begin early, and the grid goes on from there. That takes the mean wait from half a period (8 ms
at 60 fps, 17 ms at 30) to about 1/32 of one. Early pictures are extra work, so they are paid
for: each on-time picture earns a quarter of one, at most two are saved. A child at the
keyboard raises the rate by a quarter and no more. Moves never begin a picture early:
they come without end, and would spend what a key press needs.
"""

from typing import Final

from diorama.kernel.units import SECOND_US

_GAP: Final = 0.25
"""Of a period, kept between two pictures: nearer ones only wait for the encoder."""
_EARNED: Final = 0.25
_SAVED: Final = 2.0
_FIRST_TOLD_US: Final = 5 * SECOND_US
_TOLD_EVERY_US: Final = 60 * SECOND_US
_ENOUGH: Final = 3
"""Pictures, to say how long one takes."""


class Pacer:
    """The times of one world's pictures, in microseconds of CLOCK_BOOTTIME."""

    def __init__(self, *, fps: int, now_us: int) -> None:
        self._fps = fps
        self._anchor_us = now_us  # of the grid; `_step` counts from it, so nothing adds up
        self._step = 0
        self._early_us = now_us
        self._credit = _SAVED

    def due_us(self, *, input_waits: bool) -> int:
        """Return when the next picture is to begin; `input_waits` for a discrete input."""
        due_us = self._anchor_us + self._step * SECOND_US // self._fps
        return min(self._early_us, due_us) if input_waits and self._credit >= 1 else due_us

    def begin(self, now_us: int) -> None:
        """Take that a picture begins now."""
        early_us = self.due_us(input_waits=False) - now_us
        if early_us > 0:
            self._credit -= early_us * self._fps / SECOND_US
            self._anchor_us, self._step = now_us, 1
        else:
            self._credit = min(self._credit + _EARNED, _SAVED)
            self._step = (now_us - self._anchor_us) * self._fps // SECOND_US + 1
            if self.due_us(input_waits=False) <= now_us:
                self._step += 1  # instants are rounded down: this one is the present
        self._early_us = now_us + round(_GAP * SECOND_US / self._fps)


class Slowness:
    """Whether a world renders slower than it means to: told after five seconds, then each minute.

    The first picture does not count: it may wait for what is made once.
    """

    def __init__(self, *, fps: int, now_us: int) -> None:
        self._fps = fps
        self._due_us = now_us + _FIRST_TOLD_US
        self._pictures = -1
        self._took_us = 0

    def find(self, began_us: int, rendered_us: int) -> str | None:
        """Take how long a picture took, and return what its author should know now."""
        self._pictures += 1
        if self._pictures > 0:
            self._took_us += rendered_us - began_us
        if rendered_us < self._due_us or self._pictures < _ENOUGH:
            return None
        mean_us = self._took_us / self._pictures
        self._due_us = rendered_us + _TOLD_EVERY_US
        self._pictures = self._took_us = 0
        if mean_us * self._fps <= SECOND_US:
            return None
        return (
            f"takes {mean_us / 1_000:.0f} ms a frame, and at {self._fps} frames a second there are "
            f"{1_000 / self._fps:.0f}: viewers see {SECOND_US / mean_us:.1f} a second"
        )
