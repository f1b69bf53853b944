"""Where things stand in the cove, from its seed: pines on the slopes, a lighthouse, boats.

Rows are those of `things.see`: x, z, height of foot, width, height, card, strength.
"""

import math
from typing import Final

import numpy as np
import numpy.typing as npt

from diorama.world.demos.cove.cards import BOAT, LIGHTHOUSE, PINES
from diorama.world.demos.cove.terrain import CENTRE, SIDE, Land
from diorama.world.demos.cove.things import GLOW

Placed = npt.NDArray[np.float64]
TRIES: Final = 5600
MOST_PINES: Final = 900
TOWER_M: Final = 17.0


def plant_pines(land: Land, seed: int) -> Placed:
    """Return pines where a slope is green, in groves, and shade the ground under them."""
    random = np.random.default_rng(seed + 1)
    x = random.uniform(8, SIDE - 9, TRIES)
    z = random.uniform(8, SIDE - 9, TRIES)
    size = random.uniform(5.0, 11.5, TRIES)
    kind = random.integers(0, PINES, TRIES)
    column, row = x.astype(np.int64), z.astype(np.int64)
    height = land.heights[row, column]
    slope_x = land.heights[row, column + 2] - land.heights[row, column - 2]
    slope_z = land.heights[row + 2, column] - land.heights[row - 2, column]
    steep = np.hypot(slope_x, slope_z) / 4.0
    grove = np.sin(x * 0.041 + seed % 7) * np.sin(z * 0.037 + seed % 5) + random.normal(
        0, 0.3, TRIES
    )
    fits = (height > 4.0) & (height < 75.0) & (steep < 1.05) & (grove > -0.30)
    chosen = np.flatnonzero(fits)[:MOST_PINES]
    for index in chosen:
        _shade(land, row[index], column[index])
    placed = np.zeros((len(chosen), 7))
    placed[:, 0], placed[:, 1] = x[chosen], z[chosen]
    placed[:, 2] = height[chosen] - 0.35 - steep[chosen]
    placed[:, 3], placed[:, 4] = size[chosen] * 0.62, size[chosen] * 1.08
    placed[:, 5], placed[:, 6] = kind[chosen], 1.0
    return placed


def _shade(land: Land, row: int, column: int) -> None:
    patch = land.near[row - 2 : row + 3, column - 2 : column + 3, 3]
    patch[:] = (patch * 0.45).astype(np.uint8)


def place_lighthouse(land: Land, x: float, z: float) -> Placed:
    """Return the lighthouse on the best ground seen from a place, to the left by choice."""
    rows, columns = np.mgrid[0:SIDE:4, 0:SIDE:4]
    heights = land.heights[::4, ::4]
    ahead = rows - z
    aside = (columns - x) / np.maximum(ahead, 1.0)
    seen = (heights > 2.5) & (ahead > 150.0) & (ahead < 420.0) & (np.abs(aside) < 0.5)
    # High, but not lost among hills; off the middle, where the sun goes down.
    worth = np.minimum(heights, 24.0) - 0.05 * ahead - 60.0 * np.abs(aside + 0.36)
    best = int(np.argmax(np.where(seen, worth, heights - 1e4)))
    foot = float(heights.flat[best]) - 0.8
    at = (float(columns.flat[best]), float(rows.flat[best]))
    return np.array([[*at, foot, TOWER_M * 0.42, TOWER_M, LIGHTHOUSE, 1.0]])


def shine(tower: Placed, time_s: float, dusk: float) -> Placed:
    """Return the lighthouse's light: a slow sweep, stronger by night."""
    sweep = math.sin(time_s * 0.9) ** 8
    size = (5.0 + 9.0 * sweep) * (0.6 + dusk)
    strength = (0.15 + 0.85 * sweep) * (0.15 + 0.85 * dusk) * 1.6
    x, z, foot = tower[0, 0], tower[0, 1], tower[0, 2] + TOWER_M * 0.86
    return np.array([[x, z - 1.0, foot - size / 2, size, size, GLOW, strength]])


def sail(time_s: float, seed: int) -> Placed:
    """Return the boats, on slow rounds in and before the bay."""
    boats = np.zeros((3, 7))
    for index in range(3):
        phase = index * 2.4 + (seed % 11) * 0.3
        turn = phase + time_s * (0.013 + 0.004 * index)
        reach = (46.0, 30.0, 120.0)[index]
        middle = (CENTRE + 150.0, CENTRE + 55.0, CENTRE + 330.0)[index]
        boats[index, 0] = CENTRE + 18.0 + reach * math.sin(turn)
        boats[index, 1] = middle + 24.0 * math.cos(turn * 1.3)
        boats[index, 2] = -0.28 + 0.10 * math.sin(time_s * 1.1 + phase)
        boats[index, 3:7] = (6.4, 8.2, BOAT, 1.0)
    return boats
