"""How a column is coloured, and the columns become a picture: land, water, mirror, haze, sky."""

from typing import Final

import numpy as np

from diorama.world.demos.compiled import Bytes, Cube, Pixels, compiled, inlined
from diorama.world.demos.cove.column import SEA_FLOOR, Column, View, height_at, walk
from diorama.world.demos.cove.sky import AROUND, ROWS, TOP_SLOPE, Light
from diorama.world.demos.cove.terrain import DETAIL, SIDE, Land
from diorama.world.demos.cove.things import Things, draw_things
from diorama.world.demos.cove.water import SWELL, Water, ring_slope
from diorama.world.demos.noise import smooth

BRIGHTEST: Final = 4.0
TONES: Final = 16384
TONE_STEPS: Final = TONES / BRIGHTEST


def make_column(rows: int) -> Column:
    """Return room for columns of `rows` rows."""
    lines = [np.zeros(rows, np.float32) for _ in range(4)]
    grids = [np.zeros((rows, 3), np.float32) for _ in range(2)]
    return Column(*lines, *grids, np.zeros((ROWS + 1, 3), np.float32), tone_curve())


def tone_curve() -> Bytes:
    """Return the step from linear light, 0 to `BRIGHTEST` in `TONES` steps, to a pixel's byte.

    Soft in the lights, as film is, so that the sun and its path on the water keep their colour.
    """
    light = np.arange(TONES) / TONE_STEPS
    bent = (light * (2.51 * light + 0.03)) / (light * (2.43 * light + 0.59) + 0.14)
    return (np.clip(bent, 0.0, 1.0) ** (1 / 2.2) * 255.0 + 0.5).astype(np.uint8)


@inlined
def _take_sky(sky: Cube, column: Column, bear_x: float, bear_z: float) -> None:
    """Copy the panorama's column of a bearing, between its two nearest."""
    around = np.arctan2(bear_x, bear_z) * (AROUND / 6.283185307)
    if around < 0.0:
        around += AROUND
    first = int(around)
    part = np.float32(around - first)
    first %= AROUND
    other = (first + 1) % AROUND
    for row in range(ROWS + 1):
        for channel in range(3):
            here = sky[first, row, channel]
            column.sky[row, channel] = here + (sky[other, row, channel] - here) * part


@inlined
def _sky_at(column: Column, slope: float, channel: int) -> float:
    at = min(max(slope, 0.0) * (ROWS / TOP_SLOPE), ROWS - 2.0)
    row = int(at)
    low = column.sky[row, channel]
    return low + (column.sky[row + 1, channel] - low) * (at - row)


@inlined
def _color_sky(view: View, column: Column, sky_row: int) -> None:
    for row in range(sky_row):
        slope = (view.horizon - row - 0.5) / view.scale
        column.color[row, 0] = _sky_at(column, slope, 0)
        column.color[row, 1] = _sky_at(column, slope, 1)
        column.color[row, 2] = _sky_at(column, slope, 2)


@inlined
def _color_sun(
    view: View, light: Light, column: Column, sky_row: int, bear_x: float, bear_z: float
) -> None:
    """Add the sun's disc to the sky."""
    off = _off_sun(bear_x, bear_z)
    if abs(off) > 0.06:
        return
    for row in range(sky_row):
        rise = (view.horizon - row - 0.5) / view.scale - light.sun_slope
        apart = (off * off + rise * rise) ** 0.5
        disc = smooth(0.0265, 0.0245, apart) * max(0.0, 1.0 - 2.0 * light.dusk)
        column.color[row, 0] += 5.0 * disc
        column.color[row, 1] += 3.6 * disc
        column.color[row, 2] += 1.9 * disc


@inlined
def _off_sun(bear_x: float, bear_z: float) -> float:
    """Return how far a bearing is off the sun's, as a slope; 9 where it looks away from it."""
    along = bear_x * 0.22 + bear_z * 0.9755
    if along <= 0.1:
        return 9.0
    return (bear_x * 0.9755 - bear_z * 0.22) / along


@inlined
def _haze(distance: float) -> float:
    thick = distance * 0.00115
    thick *= thick
    return thick / (1.0 + thick)


@inlined
def _color_mirror(
    view: View, light: Light, land: Land, column: Column, bear_x: float, bear_z: float
) -> None:
    """Colour what a flat sea would show, from the horizon down."""
    rows = column.depth.shape[0]
    first = max(int(view.horizon), 0)
    for row in range(first, rows):
        distance = column.mirror_depth[row]
        slope = (row + 0.5 - view.horizon) / view.scale
        if distance == 0.0:
            for channel in range(3):
                column.mirror[row, channel] = _sky_at(column, slope, channel)
            continue
        at_x = int(view.x + bear_x * distance) >> 2
        at_z = int(view.z + bear_z * distance) >> 2
        sun = land.far[at_z, at_x, 3] * (1.0 / 255.0)
        haze = _haze(distance)
        red = land.far[at_z, at_x, 0] * (1.0 / 255.0)
        green = land.far[at_z, at_x, 1] * (1.0 / 255.0)
        blue = land.far[at_z, at_x, 2] * (1.0 / 255.0)
        red *= red * (light.sky_red + light.sun_red * sun)
        green *= green * (light.sky_green + light.sun_green * sun)
        blue *= blue * (light.sky_blue + light.sun_blue * sun)
        column.mirror[row, 0] = red + (column.sky[ROWS, 0] - red) * haze
        column.mirror[row, 1] = green + (column.sky[ROWS, 1] - green) * haze
        column.mirror[row, 2] = blue + (column.sky[ROWS, 2] - blue) * haze


@inlined
def _color_ground(
    view: View,
    light: Light,
    land: Land,
    water: Water,
    column: Column,
    sky_row: int,
    bear_x: float,
    bear_z: float,
) -> None:
    off_sun = _off_sun(bear_x, bear_z)
    for row in range(sky_row, column.depth.shape[0]):
        distance = column.depth[row]
        x = view.x + bear_x * distance
        z = view.z + bear_z * distance
        if column.ground[row] > 0.0:
            _color_land(light, land, column, row, x, z, distance)
        else:
            _color_water(view, light, land, water, column, row, x, z, bear_x, bear_z, off_sun)
        haze = _haze(distance)
        for channel in range(3):
            here = column.color[row, channel]
            column.color[row, channel] = here + (column.sky[ROWS, channel] - here) * haze


@inlined
def _color_land(
    light: Light, land: Land, column: Column, row: int, x: float, z: float, distance: float
) -> None:
    grain = land.detail[int(z * 11.0) & (DETAIL - 1), int(x * 11.0) & (DETAIL - 1)]
    broad = land.detail[int(z * 2.3) & (DETAIL - 1), int(x * 2.3) & (DETAIL - 1)]
    fine = 1.0 / (1.0 + (distance * 0.045) ** 2)
    rough = 1.0 + 0.24 * grain * fine + 0.20 * broad / (1.0 + (distance * 0.012) ** 2)
    if distance < 260.0:
        at_x = min(max(x, 0.0), SIDE - 2.0)
        at_z = min(max(z, 0.0), SIDE - 2.0)
        x0 = int(at_x)
        z0 = int(at_z)
        part_x = np.float32(at_x - x0)
        part_z = np.float32(at_z - z0)
        red = _between(land.near, x0, z0, part_x, part_z, 0)
        green = _between(land.near, x0, z0, part_x, part_z, 1)
        blue = _between(land.near, x0, z0, part_x, part_z, 2)
        sun = _between(land.near, x0, z0, part_x, part_z, 3)
        lamp = land.lamps[z0, x0] * (1.0 - part_x) + land.lamps[z0, x0 + 1] * part_x
        low = land.lamps[z0 + 1, x0] * (1.0 - part_x) + land.lamps[z0 + 1, x0 + 1] * part_x
        lamp += (low - lamp) * part_z
    else:
        x0 = min(max(int(x), 0), SIDE - 1) >> 2
        z0 = min(max(int(z), 0), SIDE - 1) >> 2
        red = land.far[z0, x0, 0] * 1.0
        green = land.far[z0, x0, 1] * 1.0
        blue = land.far[z0, x0, 2] * 1.0
        sun = land.far[z0, x0, 3] * 1.0
        lamp = land.lamps[z0 * 4, x0 * 4] * 1.0
    red *= 1.0 / 255.0
    green *= 1.0 / 255.0
    blue *= 1.0 / 255.0
    sun *= 1.0 / 255.0
    lamp *= (0.25 + 0.75 * light.dusk) * (2.2 / 255.0)
    column.color[row, 0] = red * red * rough * (light.sky_red + light.sun_red * sun + lamp)
    column.color[row, 1] = green * green * rough * (light.sky_green + light.sun_green * sun + lamp * 0.58)
    column.color[row, 2] = blue * blue * rough * (light.sky_blue + light.sun_blue * sun + lamp * 0.22)


@inlined
def _between(
    cells: Pixels, x: int, z: int, part_x: np.float32, part_z: np.float32, channel: int
) -> float:
    top = cells[z, x, channel] + (
        np.float32(cells[z, x + 1, channel]) - np.float32(cells[z, x, channel])
    ) * part_x
    low = cells[z + 1, x, channel] + (
        np.float32(cells[z + 1, x + 1, channel]) - np.float32(cells[z + 1, x, channel])
    ) * part_x
    return top + (low - top) * part_z


@inlined
def _swell_slope(water: Water, x: float, z: float, axis: int) -> float:
    """Return the swell's slope at a point of its tile, in cells; between cells."""
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
    top = water.swell[z0, x0, axis] + (water.swell[z0, x1, axis] - water.swell[z0, x0, axis]) * part_x
    low = water.swell[z1, x0, axis] + (water.swell[z1, x1, axis] - water.swell[z1, x0, axis]) * part_x
    return top + (low - top) * part_z


@inlined
def _mirror_at(column: Column, row: int, part: float, channel: int) -> float:
    here = column.mirror[row, channel]
    return here + (column.mirror[row + 1, channel] - here) * part


@inlined
def _color_water(
    view: View,
    light: Light,
    land: Land,
    water: Water,
    column: Column,
    row: int,
    x: float,
    z: float,
    bear_x: float,
    bear_z: float,
    off_sun: float,
) -> None:
    distance = column.depth[row]
    down = max((row + 0.5 - view.horizon) / view.scale, 0.0004)
    calm = 0.075 / (1.0 + distance * 0.006)
    near = 0.05 / (1.0 + (distance * 0.03) ** 2)
    time_s = view.time_s
    tilt_x = calm * _swell_slope(water, x * 3.1 + time_s * 2.6, z * 3.1 - time_s * 3.3, 0)
    tilt_z = calm * _swell_slope(water, x * 3.1 + time_s * 2.6, z * 3.1 - time_s * 3.3, 1)
    if near > 0.004:
        tilt_x += near * _swell_slope(water, x * 11.7 - time_s * 9.0, z * 11.7 - time_s * 7.0, 0)
        tilt_z += near * _swell_slope(water, x * 11.7 - time_s * 9.0, z * 11.7 - time_s * 7.0, 1)
    tilt_x += ring_slope(water, x, z, 0)
    tilt_z += ring_slope(water, x, z, 1)
    toward = -(tilt_x * view.ahead_x + tilt_z * view.ahead_z)
    aside = tilt_x * view.ahead_z - tilt_z * view.ahead_x
    grazing = min(max(down / (1.0 + down * down) ** 0.5 + toward * 0.8, 0.0), 1.0)
    mirrored = (1.0 - grazing) ** 2
    mirrored = 0.03 + 0.97 * mirrored * mirrored * (1.0 - grazing)
    back = max(down + 1.7 * toward, 0.003)
    mirror_at = min(max(view.horizon + back * view.scale, 0.0), column.depth.shape[0] - 1.01)
    mirror_row = int(mirror_at)
    mirror_part = mirror_at - mirror_row
    show_red = _mirror_at(column, mirror_row, mirror_part, 0)
    show_green = _mirror_at(column, mirror_row, mirror_part, 1)
    show_blue = _mirror_at(column, mirror_row, mirror_part, 2)
    depth = -column.ground[row]
    clear = 1.0 / (1.0 + depth * 0.55 + depth * depth * 0.12)
    day = light.sky_green * 2.2
    red = (0.010 + 0.20 * clear * clear) * day
    green = (0.060 + 0.24 * clear) * day
    blue = (0.085 + 0.20 * clear) * day
    glint_x = off_sun + 1.6 * aside
    glint_y = back - light.sun_slope
    glint = 1.0 / (1.0 + 420.0 * (glint_x * glint_x * 1.6 + glint_y * glint_y * 0.6))
    glint *= glint * glint * 3.2
    foam = smooth(0.42, 0.0, depth + 0.16 * tilt_x / 0.05 * 0.3 + 0.13 * _swell_slope(water, x * 1.3 + time_s * 4.0, z * 1.3, 0))
    red += (show_red - red) * mirrored + glint * light.sun_red
    green += (show_green - green) * mirrored + glint * light.sun_green
    blue += (show_blue - blue) * mirrored + glint * light.sun_blue
    bright = (light.sky_green * 1.1 + light.sun_green * 0.25) * foam
    foam *= 0.8
    column.color[row, 0] = red * (1.0 - foam) + bright
    column.color[row, 1] = green * (1.0 - foam) + bright * 0.94
    column.color[row, 2] = blue * (1.0 - foam) + bright * 0.9


@inlined
def _soften_edges(column: Column) -> None:
    """Blend the row where a nearer surface ends with what stands behind it."""
    for row in range(1, column.edge.shape[0] - 1):
        cover = column.edge[row]
        if cover > 0.0:
            other = row - 1 if cover >= 0.5 else row + 1
            weight = cover if cover >= 0.5 else 1.0 - cover
            for channel in range(3):
                behind = column.color[other, channel]
                column.color[row, channel] = behind + (column.color[row, channel] - behind) * weight


@inlined
def _expose(column: Column, image: Pixels, x: int) -> None:
    for row in range(column.color.shape[0]):
        for channel in range(3):
            tone = int(column.color[row, channel] * np.float32(TONE_STEPS))
            image[x, row, channel] = column.tone[min(max(tone, 0), TONES - 1)]


@compiled
def draw(
    view: View,
    light: Light,
    land: Land,
    water: Water,
    sky: Cube,
    things: Things,
    column: Column,
    image: Pixels,
) -> None:
    """Draw the view into `image`, uint8, (width, height, 3): columns first, rows top to bottom."""
    width = image.shape[0]
    for x in range(width):
        across = (x + 0.5 - width * 0.5) / view.scale
        bear_x = view.ahead_x + view.ahead_z * across
        bear_z = view.ahead_z - view.ahead_x * across
        sky_row = walk(view, land.heights, column, bear_x, bear_z)
        _take_sky(sky, column, bear_x, bear_z)
        _color_sky(view, column, sky_row)
        _color_sun(view, light, column, sky_row, bear_x, bear_z)
        _color_mirror(view, light, land, column, bear_x, bear_z)
        draw_things(view, light, things, column, x, True)
        _color_ground(view, light, land, water, column, sky_row, bear_x, bear_z)
        _soften_edges(column)
        draw_things(view, light, things, column, x, False)
        _expose(column, image, x)


@compiled
def turn(image: Pixels, picture: Pixels) -> None:
    """Write `image`, columns first, into `picture`, rows first, block by block."""
    width, height = image.shape[0], image.shape[1]
    for left in range(0, width, 16):
        for y in range(height):
            for x in range(left, min(left + 16, width)):
                picture[y, x, 0] = image[x, y, 0]
                picture[y, x, 1] = image[x, y, 1]
                picture[y, x, 2] = image[x, y, 2]


@compiled
def find_ground(view: View, land: Land, bear_x: float, bear_z: float, slope: float) -> float:
    """Return how far along a bearing a ray of a slope (up is positive) meets land or sea; -1: never."""
    distance = 1.0
    while distance < 900.0:
        ground = max(height_at(land.heights, view.x + bear_x * distance, view.z + bear_z * distance), 0.0)
        if view.height + slope * distance <= ground:
            return distance
        distance += max(0.1, distance * 0.003)
    return -1.0
