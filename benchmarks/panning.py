"""A world that costs next to nothing to render, for `bench_stream`: a picture that pans.

A key pressed turns the corner white or black, which is how the time from input to picture is read.
The encoder alone is given the same pictures.
"""

from typing import Final

import numpy as np

from diorama.protocol.input import InputEvent, KeyDown
from diorama.world import FrameTime, Picture, World, WorldContext

WIDTH: Final = 1_280
HEIGHT: Final = 720
CORNER: Final = 16
_STEPS: Final = 60
_STEP_X: Final = 8
_STEP_Y: Final = 4


def scenery() -> Picture:
    """Return a picture larger than the view: slopes of colour under waves and grain."""
    high, wide = HEIGHT + _STEPS * _STEP_Y, WIDTH + _STEPS * _STEP_X
    y, x = np.mgrid[0:high, 0:wide].astype(np.float32)
    waves = 24 * np.sin(x / 37) * np.cos(y / 23)
    grain = np.random.default_rng(1).normal(0, 4, (high, wide)).astype(np.float32)
    slopes = (x * (200 / wide), y * (200 / high), (x + y) * (200 / (wide + high)))
    planes = [np.clip(slope + waves + grain + 30, 0, 255) for slope in slopes]
    return np.stack(planes, axis=-1).astype(np.uint8)


def view(of: Picture, number: int) -> Picture:
    """Return what frame `number` shows: there and back again, without a jump."""
    step = number % (2 * _STEPS)
    step = min(step, 2 * _STEPS - step)
    top, left = step * _STEP_Y, step * _STEP_X
    return of[top : top + HEIGHT, left : left + WIDTH]


class At60(World):
    """The world at 60 frames a second."""

    size = (WIDTH, HEIGHT)
    fps = 60

    def start(self, context: WorldContext) -> None:  # noqa: ARG002 - the signature is World's
        """Paint."""
        self._scenery = scenery()
        self._picture = np.empty((HEIGHT, WIDTH, 3), np.uint8)
        self._white = False

    def on_input(self, event: InputEvent) -> None:
        """Turn the corner as the key says: 1 is white, 0 is black."""
        if isinstance(event, KeyDown):
            self._white = event.key == "1"

    def render(self, time: FrameTime) -> Picture:
        """Copy what is in view, and the corner."""
        np.copyto(self._picture, view(self._scenery, time.number))
        self._picture[:CORNER, :CORNER] = 255 if self._white else 0
        return self._picture


class At30(At60):
    """The world at 30 frames a second."""

    fps = 30
