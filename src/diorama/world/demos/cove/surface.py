"""How the sea looks: tilted by swell and rings it mirrors, glitters, and shows its ground."""

from typing import Final, NamedTuple

import numpy as np

from diorama.world.demos.compiled import Cube, inlined
from diorama.world.demos.cove.column import Column, View
from diorama.world.demos.cove.sky import Light
from diorama.world.demos.cove.water import SWELL, Water, ring_slopes
from diorama.world.demos.noise import smooth

SPARSE_M: Final = 1.0
"""Where two rows lie nearer than this on the sea, it is worked out for every other row only."""

GLITTER: Final = 0.6
"""As far off a light's bearing, as a slope, the sea still throws it back."""


class Bearing(NamedTuple):
    """A column's direction: along x and z for each metre ahead; slopes off the sun and the moon."""

    x: float
    z: float
    off_sun: float
    off_moon: float


@inlined
def swell_slopes(swell: Cube, x: float, z: float) -> tuple[float, float]:
    """Return the swell's slopes along x and z at a point in cells; between cells."""
    x += 4096.0 * SWELL
    z += 4096.0 * SWELL
    x0 = int(x)
    z0 = int(z)
    part_x = np.float32(x - x0)
    part_z = np.float32(z - z0)
    x0 &= SWELL - 1
    z0 &= SWELL - 1
    x1 = (x0 + 1) & (SWELL - 1)
    z1 = (z0 + 1) & (SWELL - 1)
    top_x = swell[z0, x0, 0] + (swell[z0, x1, 0] - swell[z0, x0, 0]) * part_x
    low_x = swell[z1, x0, 0] + (swell[z1, x1, 0] - swell[z1, x0, 0]) * part_x
    top_z = swell[z0, x0, 1] + (swell[z0, x1, 1] - swell[z0, x0, 1]) * part_x
    low_z = swell[z1, x0, 1] + (swell[z1, x1, 1] - swell[z1, x0, 1]) * part_x
    return top_x + (low_x - top_x) * part_z, top_z + (low_z - top_z) * part_z


@inlined
def tilt_at(view: View, water: Water, x: float, z: float, distance: float) -> tuple[float, float]:
    """Return the sea's slopes along x and z; far off, what is too small to see is left out."""
    drift = view.time_s
    calm = 0.058 / (1.0 + distance * 0.005)
    tilt_x, tilt_z = swell_slopes(water.swell, x * 3.1 + drift * 2.6, z * 3.1 - drift * 3.3)
    tilt_x *= calm
    tilt_z *= calm
    if distance < 110.0:
        near = 0.040 / (1.0 + (distance * 0.035) ** 2)
        fine_x, fine_z = swell_slopes(water.swell, x * 11.7 - drift * 9.0, z * 11.7 - drift * 7.0)
        tilt_x += near * fine_x
        tilt_z += near * fine_z
    if view.rings > 0.0:
        ring_x, ring_z = ring_slopes(water, x, z)
        tilt_x += ring_x
        tilt_z += ring_z
    return tilt_x, tilt_z


@inlined
def _mirror_at(column: Column, row: int, part: float, channel: int) -> float:
    here = column.mirror[row, channel]
    return float(here + (column.mirror[row + 1, channel] - here) * part)


@inlined
def _glint(off: float, rise: float, aside: float) -> float:
    """Return how brightly a facet throws back a light that it misses by so much; 0 to 1."""
    off += 1.5 * aside
    share = 1.0 / (1.0 + 300.0 * (off * off * 2.0 + rise * rise * 0.5))
    return share * share * share


@inlined
def _keep(column: Column, row: int, distance: float, red: float, green: float, blue: float) -> None:
    """Keep a colour of the sea for the next column; show it blended with the one before."""
    share = 0.5 if abs(column.sea_depth[row] - distance) < 0.001 * distance else 0.0
    column.color[row, 0] = red + (column.sea[row, 0] - red) * share
    column.color[row, 1] = green + (column.sea[row, 1] - green) * share
    column.color[row, 2] = blue + (column.sea[row, 2] - blue) * share
    column.sea[row, 0] = red
    column.sea[row, 1] = green
    column.sea[row, 2] = blue
    column.sea_depth[row] = distance


@inlined
def color_water(
    view: View,
    light: Light,
    water: Water,
    column: Column,
    row: int,
    bearing: Bearing,
    x: int,
) -> None:
    """Colour a row of column `x` that shows the sea; odd ones take what their neighbour shows."""
    distance = column.depth[row]
    if x % 2 == 1 and abs(column.sea_depth[row] - distance) < 0.001 * distance:
        for channel in range(3):
            column.color[row, channel] = column.sea[row, channel]
        return
    at_x = view.x + bearing.x * distance
    at_z = view.z + bearing.z * distance
    down = max((row + 0.5 - view.horizon) / view.scale, 0.0004)
    tilt_x, tilt_z = tilt_at(view, water, at_x, at_z, distance)
    toward = -(tilt_x * view.ahead_x + tilt_z * view.ahead_z)
    aside = tilt_x * view.ahead_z - tilt_z * view.ahead_x
    grazing = min(max(down / (1.0 + down * down) ** 0.5 + toward * 0.8, 0.0), 1.0)
    mirrored = (1.0 - grazing) ** 2
    mirrored = 0.03 + 0.97 * mirrored * mirrored * (1.0 - grazing)
    # A facet that leans away shows the horizon at most; softly, or the mirror would break.
    over = 0.75 * down + 1.5 * toward
    back = 0.25 * down + 0.5 * (over + (over * over + 0.2 * down * down) ** 0.5)
    at = min(max(view.horizon + back * view.scale, 0.0), column.depth.shape[0] - 1.01)
    mirror_row = int(at)
    part = at - mirror_row
    depth = -column.ground[row]
    clear = 1.0 / (1.0 + depth * 0.55 + depth * depth * 0.12)
    day = light.sky_green * 2.0
    red = (0.008 + 0.21 * clear * clear) * day
    green = (0.055 + 0.25 * clear) * day
    blue = (0.085 + 0.19 * clear) * day
    glint = 0.0
    if light.sun_slope > -0.05 and abs(bearing.off_sun) < GLITTER:
        glint = 4.2 * _glint(bearing.off_sun, back - light.sun_slope, aside)
    red += (_mirror_at(column, mirror_row, part, 0) - red) * mirrored + glint * light.sun_red
    green += (_mirror_at(column, mirror_row, part, 1) - green) * mirrored + glint * light.sun_green
    blue += (_mirror_at(column, mirror_row, part, 2) - blue) * mirrored + glint * light.sun_blue
    if light.moon > 0.0 and abs(bearing.off_moon) < GLITTER:
        glint = 1.5 * light.moon * _glint(bearing.off_moon, back - light.moon_slope, aside)
        red += glint * 0.75
        green += glint * 0.85
        blue += glint
    if depth < 0.5:
        ripple, _ = swell_slopes(water.swell, at_x * 2.3 + view.time_s * 4.0, at_z * 2.3)
        foam = 0.7 * smooth(0.15, 0.01, depth + 0.06 * ripple)
        bright = light.sky_green * 1.25 + light.sun_green * 0.2
        red += (bright - red) * foam
        green += (bright * 0.97 - green) * foam
        blue += (bright * 0.95 - blue) * foam
    _keep(column, row, distance, red, green, blue)
