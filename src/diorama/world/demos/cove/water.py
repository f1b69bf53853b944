"""How the sea moves: a texture of swell that repeats, and rings of waves where a stone fell.

The rings are the wave equation on a grid over the bay, so they run around stacks and come back
from the shore. It steps by the world's time alone, at a fixed rate.
"""

from typing import Final, NamedTuple

import numpy as np

from diorama.world.demos.compiled import Cube, Grid, compiled, inlined
from diorama.world.demos.cove.terrain import CENTRE, Land

SWELL: Final = 256
POOL: Final = 512
CELL_M: Final = 0.75
POOL_FROM: Final = CENTRE - POOL * CELL_M / 2
STEP_S: Final = 1 / 60
SPEED: Final = 6.5  # metres a second


class Water(NamedTuple):
    """The sea as kernels read it.

    `swell` holds slopes along x and z, one cell for `1 / SWELL` of a tile; `now` and `before` are
    the heights of the rings, `rings` their slopes, `wet` is 1 where there is water.
    """

    swell: Cube
    now: Grid
    before: Grid
    rings: Cube
    wet: Grid


def make_water(land: Land, seed: int) -> Water:
    """Return still water over the land's bay, with the swell of a seed."""
    wet = np.zeros((POOL, POOL), np.float32)
    cells = (POOL_FROM + np.arange(1, POOL - 1) * CELL_M).astype(np.int64)
    wet[1:-1, 1:-1] = land.heights[np.ix_(cells, cells)] < 0.0
    grids = [np.zeros((POOL, POOL), np.float32) for _ in range(2)]
    rings = np.zeros((POOL, POOL, 2), np.float32)
    return Water(_swell(seed), grids[0], grids[1], rings, wet)


def _swell(seed: int) -> Cube:
    """Sum waves of whole numbers to a tile, most of them along one wind."""
    random = np.random.default_rng(seed)
    along = np.arange(SWELL, dtype=np.float32) * np.float32(2 * np.pi / SWELL)
    slopes = np.zeros((SWELL, SWELL, 2), np.float32)
    for _ in range(56):
        length = random.uniform(2.0, 30.0)
        heading = random.normal(1.2, 0.75)
        wave_x, wave_z = round(length * np.cos(heading)), round(length * np.sin(heading))
        size = max(1.0, float(np.hypot(wave_x, wave_z)))
        phase = random.uniform(0.0, 2 * np.pi)
        slope = np.cos(wave_x * along[None, :] + wave_z * along[:, None] + phase) / size**0.45
        slopes[:, :, 0] += slope * (wave_x / size)
        slopes[:, :, 1] += slope * (wave_z / size)
    return np.ascontiguousarray(slopes / np.float32(slopes.std()), dtype=np.float32)


@inlined
def _ring_slope(rings: Cube, x: int, z: int, part_x: float, part_z: float, axis: int) -> float:
    top = rings[z, x, axis] * (1.0 - part_x) + rings[z, x + 1, axis] * part_x
    low = rings[z + 1, x, axis] * (1.0 - part_x) + rings[z + 1, x + 1, axis] * part_x
    return float(top + (low - top) * part_z)


@compiled
def spread_rings(water: Water) -> float:
    """Move the rings on by `STEP_S` and return the steepest slope among them."""
    pull = (SPEED * STEP_S / CELL_M) ** 2
    steepest = 0.0
    for z in range(1, POOL - 1):
        for x in range(1, POOL - 1):
            here = water.now[z, x]
            # A shore mirrors: beyond it the water stands as high as here.
            round_about = (
                (water.now[z, x + 1] - here) * water.wet[z, x + 1]
                + (water.now[z, x - 1] - here) * water.wet[z, x - 1]
                + (water.now[z + 1, x] - here) * water.wet[z + 1, x]
                + (water.now[z - 1, x] - here) * water.wet[z - 1, x]
            )
            moved = here + (here - water.before[z, x]) * 0.992 + pull * round_about
            water.before[z, x] = moved * water.wet[z, x] * 0.9985
    for z in range(1, POOL - 1):
        for x in range(1, POOL - 1):
            kept = water.now[z, x]
            water.now[z, x] = water.before[z, x]
            water.before[z, x] = kept
    for z in range(1, POOL - 1):
        for x in range(1, POOL - 1):
            along_x = (water.now[z, x + 1] - water.now[z, x - 1]) * (0.5 / CELL_M)
            along_z = (water.now[z + 1, x] - water.now[z - 1, x]) * (0.5 / CELL_M)
            water.rings[z, x, 0] = along_x
            water.rings[z, x, 1] = along_z
            steepest = max(steepest, abs(along_x) + abs(along_z))
    return steepest


@compiled
def push(water: Water, x: float, z: float, depth: float) -> None:
    """Push the water down by `depth` metres around a point of the world."""
    at_x = (x - POOL_FROM) / CELL_M
    at_z = (z - POOL_FROM) / CELL_M
    if not (4.0 < at_x < POOL - 5.0 and 4.0 < at_z < POOL - 5.0):
        return
    for off_z in range(-4, 5):
        for off_x in range(-4, 5):
            cell_x = int(at_x) + off_x
            cell_z = int(at_z) + off_z
            apart = (cell_x - at_x) ** 2 + (cell_z - at_z) ** 2
            pressed = depth * max(0.0, 1.0 - apart / 9.0) ** 2
            water.now[cell_z, cell_x] -= pressed * water.wet[cell_z, cell_x]


@inlined
def ring_slopes(water: Water, x: float, z: float) -> tuple[float, float]:
    """Return the slopes of the rings along x and z at a point, 0 outside the bay."""
    at_x = (x - POOL_FROM) * (1.0 / CELL_M)
    at_z = (z - POOL_FROM) * (1.0 / CELL_M)
    if at_x < 1.0 or at_z < 1.0 or at_x >= POOL - 2.0 or at_z >= POOL - 2.0:
        return 0.0, 0.0
    x0 = int(at_x)
    z0 = int(at_z)
    part_x = at_x - x0
    part_z = at_z - z0
    return (
        _ring_slope(water.rings, x0, z0, part_x, part_z, 0),
        _ring_slope(water.rings, x0, z0, part_x, part_z, 1),
    )
