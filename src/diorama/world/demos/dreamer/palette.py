"""The colours that an image lends to a scene. Pure.

The upper part of an image is taken for its sky, the lower for its land, and what is brightest for
its light, whatever is to be seen there.
"""

from typing import Final, NamedTuple

import numpy as np

from diorama.world.demos.dreamer.scene import Color, Scene
from diorama.world.world import Picture

_LOOKED_AT: Final = 64
"""Rows and columns of an image that are enough to tell its colours."""
_BRIGHTEST: Final = 95.0


class Palette(NamedTuple):
    """Colours in linear light."""

    top: Color
    low: Color
    glow: Color
    near: Color
    far: Color


def palette_of(image: Picture) -> Palette:
    """Return the colours of an image of any size."""
    height, width = image.shape[:2]
    rows = np.linspace(0, height - 1, _LOOKED_AT).astype(int)
    columns = np.linspace(0, width - 1, _LOOKED_AT).astype(int)
    light = (image[np.ix_(rows, columns)].astype(np.float64) / 255.0) ** 2.2
    quarter = _LOOKED_AT // 4
    parts = [light[at : at + quarter].reshape(-1, 3) for at in range(0, _LOOKED_AT, quarter)]
    brightness = light.sum(axis=2)
    bright = light[brightness >= np.percentile(brightness, _BRIGHTEST)]
    return Palette(
        top=_mean(parts[0]),
        low=_mean(parts[1]),
        glow=_mean(bright),
        far=_mean(parts[2]),
        near=_mean(parts[3]),
    )


def in_palette(scene: Scene, palette: Palette) -> Scene:
    """Return a scene in the colours of a palette: its hour, its weather and its things stay."""
    top, low, glow, near, far = palette
    light = tuple((0.35 + 0.65 * part) for part in glow)
    return scene._replace(
        top_red=top[0], top_green=top[1], top_blue=top[2],
        low_red=low[0], low_green=low[1], low_blue=low[2],
        glow_red=glow[0], glow_green=glow[1], glow_blue=glow[2],
        light_red=light[0], light_green=light[1], light_blue=light[2],
        near_red=near[0] * 0.6, near_green=near[1] * 0.6, near_blue=near[2] * 0.6,
        far_red=far[0] * 0.6, far_green=far[1] * 0.6, far_blue=far[2] * 0.6,
    )  # fmt: skip


def _mean(colors: Picture) -> Color:
    red, green, blue = colors.mean(axis=0)
    return float(red), float(green), float(blue)
