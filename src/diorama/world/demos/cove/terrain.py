"""Which land the cove has: heights, colours and where the sun falls, all from one seed.

A bay of about 260 m in a crescent of hills, open to +z, where the sun goes down. One cell is one
metre; what lies outside is open sea. The light is baked, so a frame only looks it up.
"""

from typing import Final, NamedTuple

import numpy as np

from diorama.world.demos.compiled import ByteGrid, Grid, Pixels, compiled, inlined
from diorama.world.demos.noise import fractal, noise, ridged, smooth

SIDE: Final = 1024
CENTRE: Final = SIDE / 2
SUN_X: Final = 0.22  # the sun stands over the mouth of the bay, a little to its right
SUN_Z: Final = 0.9755
SUN_RISE: Final = 0.19  # its height over the horizon, as a slope
DETAIL: Final = 256
DEEP_M: Final = 16


class Land(NamedTuple):
    """The land as kernels read it.

    `heights` in metres above the sea; `near` and `far` hold red, green, blue (square roots of
    linear light) and the share of sun, one cell for 1 m and for 4 m; `lamps` is the light of the
    lamps; `deep` is 1 where a square of `DEEP_M` and all around it lie under the sea; `detail` is
    grain for what is close, -1 to 1, and repeats.
    """

    heights: Grid
    near: Pixels
    far: Pixels
    lamps: ByteGrid
    deep: ByteGrid
    detail: Grid


def make_land(seed: int) -> Land:
    """Build the land of a seed; about a quarter of a second."""
    land = Land(
        np.zeros((SIDE, SIDE), np.float32),
        np.zeros((SIDE, SIDE, 4), np.uint8),
        np.zeros((SIDE // 4, SIDE // 4, 4), np.uint8),
        np.zeros((SIDE, SIDE), np.uint8),
        np.zeros((SIDE // DEEP_M, SIDE // DEEP_M), np.uint8),
        np.zeros((DETAIL, DETAIL), np.float32),
    )
    raise_hills(land.heights, seed % 100_003)
    squares = land.heights.reshape(SIDE // DEEP_M, DEEP_M, SIDE // DEEP_M, DEEP_M)
    under = np.pad(squares.max(axis=(1, 3)) < -1.0, 1, constant_values=True)
    land.deep[:] = np.lib.stride_tricks.sliding_window_view(under, (3, 3)).all(axis=(2, 3))
    grain(land.detail, seed % 100_003)
    paint(land.heights, land.near, seed % 100_003)
    blocks = land.near.reshape(SIDE // 4, 4, SIDE // 4, 4, 4)
    land.far[:] = blocks.mean(axis=(1, 3), dtype=np.float32).astype(np.uint8)
    return land


@inlined
def _height_at(x: float, z: float, seed: int) -> float:
    bend_x = x + (fractal(x * 0.011, z * 0.011, seed, 4) - 0.5) * 95.0
    bend_z = z + (fractal(x * 0.011, z * 0.011, seed + 50, 4) - 0.5) * 95.0
    off_x = bend_x - CENTRE
    off_z = bend_z - CENTRE
    radius = (off_x * off_x + off_z * off_z) ** 0.5
    ring = 1.0 - ((radius - 235.0) / 112.0) ** 2
    toward = off_z / (radius + 1.0)
    ring -= 1.7 * smooth(0.74, 0.985, toward)
    ring = max(ring, -1.0)
    crest = ridged(x * 0.0062, z * 0.0062, seed + 90, 6)
    rough = fractal(x * 0.03, z * 0.03, seed + 130, 5) - 0.5
    if ring <= 0.0:
        stacks = smooth(0.60, 0.70, noise(x * 0.031, z * 0.031, seed + 7)) * smooth(
            -1.0, -0.3, ring
        )
        far_out = smooth(150.0, 190.0, radius)
        return float(ring * 14.0 + rough * 3.0 + stacks * far_out * 24.0 * (0.6 + rough))
    back = 0.65 + 0.55 * smooth(0.2, -0.9, toward)
    crags = ridged(x * 0.045, z * 0.045, seed + 160, 4) - 0.35
    height = ring * 13.0 + ring * ring * crest * 105.0 * back + rough * 12.0 * ring + rough * 3.0
    height += crags * 11.0 * ring * smooth(4.0, 16.0, height)
    if height < 5.0:
        return float(height * (0.22 + 0.78 * smooth(0.4, 5.0, height)))  # a beach
    return float(height)


@compiled
def raise_hills(heights: Grid, seed: int) -> None:
    """Fill in the heights."""
    for z in range(SIDE):
        for x in range(SIDE):
            edge = min(x, z, SIDE - 1 - x, SIDE - 1 - z)
            height = _height_at(float(x), float(z), seed)
            heights[z, x] = height + (-16.0 - height) * smooth(60.0, 4.0, float(edge))


@compiled
def grain(detail: Grid, seed: int) -> None:
    """Fill in the repeating grain of what is close."""
    for z in range(DETAIL):
        for x in range(DETAIL):
            total = 0.0
            for side_z in range(2):
                for side_x in range(2):
                    weight = abs(1 - side_x - x / DETAIL) * abs(1 - side_z - z / DETAIL)
                    at_x = x - DETAIL * side_x
                    at_z = z - DETAIL * side_z
                    total += weight * fractal(at_x * 0.09, at_z * 0.09, seed + 400, 4)
            detail[z, x] = (total - 0.47) * 3.2


@inlined
def _sun_reaches(heights: Grid, x: int, z: int) -> float:
    """Return how much of the sun's disc stands over the land as seen from a cell, 0 to 1."""
    start = max(heights[z, x], np.float32(0.0)) + 0.3
    clear = 1.0
    reach = 2.0
    while reach < 420.0:
        at_x = int(x + SUN_X * reach)
        at_z = int(z + SUN_Z * reach)
        if at_x < 0 or at_z < 0 or at_x >= SIDE or at_z >= SIDE:
            break
        over = start + SUN_RISE * reach - heights[at_z, at_x]
        clear = min(clear, 0.5 + over / (reach * 0.05 + 0.6))
        if clear <= 0.0:
            return 0.0
        reach *= 1.09
        reach += 0.6
    return clear


@inlined
def _albedo(
    height: float, steep: float, x: float, z: float, seed: int
) -> tuple[float, float, float]:
    patch = fractal(x * 0.03, z * 0.03, seed + 200, 5)
    speck = noise(x * 0.7, z * 0.7, seed + 220)
    band = noise(height * 0.42 + patch * 4.0, 3.0, seed + 240)
    crack = ridged(x * 0.16, z * 0.16 + height * 0.1, seed + 260, 3)
    dry = smooth(0.40, 0.62, patch)
    red = 0.085 + 0.15 * dry + 0.035 * speck
    green = 0.125 + 0.055 * dry + 0.035 * speck
    blue = 0.030 + 0.022 * dry
    stone = smooth(0.62, 0.98, steep + 0.5 * (speck - 0.5) + 0.9 * (patch - 0.5))
    shade = (0.085 + 0.10 * band + 0.05 * speck) * (1.15 - 0.75 * crack)
    red += (shade * 1.28 - red) * stone
    green += (shade * 1.0 - green) * stone
    blue += (shade * 0.76 - blue) * stone
    sand = smooth(3.0 + patch * 1.5, 1.2, height) * smooth(0.8, 0.4, steep)
    wet = 0.55 + 0.45 * smooth(0.0, 0.7, height)
    red += ((0.50 + 0.05 * speck) * wet - red) * sand
    green += ((0.38 + 0.05 * speck) * wet - green) * sand
    blue += ((0.235 + 0.04 * speck) * wet - blue) * sand
    return red, green, blue


@compiled
def paint(heights: Grid, near: Pixels, seed: int) -> None:
    """Fill in colours and the baked sun."""
    length = (1.0 + SUN_RISE * SUN_RISE) ** 0.5
    for z in range(1, SIDE - 1):
        for x in range(1, SIDE - 1):
            slope_x = (heights[z, x + 1] - heights[z, x - 1]) * 0.5
            slope_z = (heights[z + 1, x] - heights[z - 1, x]) * 0.5
            steep = (slope_x * slope_x + slope_z * slope_z) ** 0.5
            upright = 1.0 / (1.0 + steep * steep) ** 0.5
            facing = (SUN_RISE - slope_x * SUN_X - slope_z * SUN_Z) * upright / length
            sun = min(max(facing * 0.9 + 0.06, 0.0), 1.0)
            if sun > 0.0:
                sun *= _sun_reaches(heights, x, z)
            red, green, blue = _albedo(heights[z, x], steep, float(x), float(z), seed)
            hollow = heights[z, x + 1] + heights[z, x - 1] + heights[z + 1, x] + heights[z - 1, x]
            open_sky = (0.55 + 0.45 * upright) * min(
                max(1.0 + 0.25 * (heights[z, x] - hollow * 0.25), 0.6), 1.2
            )
            near[z, x, 0] = int(255.0 * min(red * open_sky, 1.0) ** 0.5)
            near[z, x, 1] = int(255.0 * min(green * open_sky, 1.0) ** 0.5)
            near[z, x, 2] = int(255.0 * min(blue * open_sky, 1.0) ** 0.5)
            near[z, x, 3] = int(255.0 * min(sun, 1.0))
