"""How a column is coloured, and the columns become a picture: land, water, mirror, haze, sky."""

from typing import Final

import numpy as np

from diorama.world.demos.compiled import Cube, Pixels, compiled, inlined
from diorama.world.demos.cove.column import Column, View, height_at, walk
from diorama.world.demos.cove.sky import AROUND, MOON_X, MOON_Z, ROWS, TOP_SLOPE, Light
from diorama.world.demos.cove.surface import SPARSE_M, Bearing, color_water
from diorama.world.demos.cove.terrain import DETAIL, SIDE, SUN_X, SUN_Z, Land
from diorama.world.demos.cove.things import AIR, MIRROR, Things, draw_things
from diorama.world.demos.cove.water import Water
from diorama.world.demos.noise import smooth
from diorama.world.demos.tone import TONE_STEPS, TONES, tone_curve

SMOOTH_M: Final = 330.0
FINE_MIRROR: Final = 70  # rows


def make_column(rows: int) -> Column:
    """Return room for columns of `rows` rows."""
    depth, ground, edge, mirror_depth, sea_depth = (np.zeros(rows, np.float32) for _ in range(5))
    color, sea, mirror = (np.zeros((rows, 3), np.float32) for _ in range(3))
    sky = np.zeros((ROWS + 1, 3), np.float32)
    return Column(
        depth, ground, edge, mirror_depth, sea_depth, color, sea, mirror, sky, tone_curve()
    )


@inlined
def _take_sky(view: View, sky: Cube, column: Column, bear_x: float, bear_z: float) -> None:
    """Copy the panorama's column of a bearing, between its two nearest."""
    around = np.arctan2(bear_x, bear_z) * (AROUND / 6.283185307)
    if around < 0.0:
        around += AROUND
    first = int(around)
    part = np.float32(around - first)
    first %= AROUND
    other = (first + 1) % AROUND
    seen = max(view.horizon, column.depth.shape[0] - view.horizon) / view.scale
    used = min(int(seen * (ROWS / TOP_SLOPE)) + 3, ROWS)
    for count in range(used + 1):
        row = ROWS if count == used else count
        for channel in range(3):
            here = sky[first, row, channel]
            column.sky[row, channel] = here + (sky[other, row, channel] - here) * part


@inlined
def _sky_at(column: Column, slope: float, channel: int) -> float:
    at = min(max(slope, 0.0) * (ROWS / TOP_SLOPE), ROWS - 2.0)
    row = int(at)
    low = column.sky[row, channel]
    return float(low + (column.sky[row + 1, channel] - low) * (at - row))


@inlined
def _color_sky(view: View, column: Column, sky_row: int) -> None:
    for row in range(sky_row):
        slope = (view.horizon - row - 0.5) / view.scale
        column.color[row, 0] = _sky_at(column, slope, 0)
        column.color[row, 1] = _sky_at(column, slope, 1)
        column.color[row, 2] = _sky_at(column, slope, 2)


@inlined
def _color_sun(view: View, light: Light, column: Column, sky_row: int, off: float) -> None:
    """Add the sun's disc to the sky."""
    if abs(off) > 0.06:
        return
    for row in range(sky_row):
        rise = (view.horizon - row - 0.5) / view.scale - light.sun_slope
        apart = (off * off + rise * rise) ** 0.5
        disc = smooth(0.0265, 0.0245, apart) * max(0.0, 1.0 - 2.0 * light.dusk)
        column.color[row, 0] += 5.0 * disc
        column.color[row, 1] += 3.2 * disc
        column.color[row, 2] += 1.2 * disc


@inlined
def _color_moon(view: View, light: Light, column: Column, sky_row: int, off: float) -> None:
    """Add the moon's disc and its glow to the sky."""
    if abs(off) > 0.4 or light.moon <= 0.0:
        return
    for row in range(sky_row):
        rise = (view.horizon - row - 0.5) / view.scale - light.moon_slope
        apart = (off * off + rise * rise) ** 0.5
        glow = 0.05 * smooth(0.36, 0.0, apart) + 0.10 / (1.0 + apart * apart * 900.0)
        disc = light.moon * (1.1 * smooth(0.0235, 0.0215, apart) + glow)
        column.color[row, 0] += 0.80 * disc
        column.color[row, 1] += 0.88 * disc
        column.color[row, 2] += disc


@inlined
def _off(bear_x: float, bear_z: float, light_x: float, light_z: float) -> float:
    """Return how far a bearing is off a light's, as a slope; 9 where it looks away from it."""
    along = bear_x * light_x + bear_z * light_z
    if along <= 0.1:
        return 9.0
    return (bear_x * light_z - bear_z * light_x) / along


@inlined
def _haze(distance: float) -> float:
    thick = distance * 0.00115
    thick *= thick
    return thick / (1.0 + thick)


@inlined
def _color_mirror(
    view: View, light: Light, land: Land, column: Column, bear_x: float, bear_z: float
) -> None:
    """Colour what a flat sea would show, from the horizon down; farther down in pairs of rows."""
    rows = column.depth.shape[0]
    row = max(int(view.horizon), 0)
    fine = int(view.horizon) + FINE_MIRROR
    while row < rows:
        distance = column.mirror_depth[row]
        if distance == 0.0:
            slope = (row + 0.5 - view.horizon) / view.scale
            for channel in range(3):
                column.mirror[row, channel] = _sky_at(column, slope, channel)
        else:
            x = view.x + bear_x * distance
            z = view.z + bear_z * distance
            _mirror_land(light, land, column, row, x, z, distance)
        if row >= fine and row + 1 < rows:
            for channel in range(3):
                column.mirror[row + 1, channel] = column.mirror[row, channel]
            row += 1
        row += 1


@inlined
def _mirror_land(
    light: Light, land: Land, column: Column, row: int, x: float, z: float, distance: float
) -> None:
    sun = land.far[int(z) >> 2, int(x) >> 2, 3] * (1.0 / 255.0)
    red = land.far[int(z) >> 2, int(x) >> 2, 0] * (1.0 / 255.0)
    green = land.far[int(z) >> 2, int(x) >> 2, 1] * (1.0 / 255.0)
    blue = land.far[int(z) >> 2, int(x) >> 2, 2] * (1.0 / 255.0)
    haze = _haze(distance)
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
    bearing: Bearing,
    x: int,
) -> None:
    rows = column.depth.shape[0]
    row = sky_row
    sparse = SPARSE_M * view.height * view.scale
    while row < rows:
        distance = column.depth[row]
        if column.ground[row] > 0.0:
            at_x = view.x + bearing.x * distance
            at_z = view.z + bearing.z * distance
            _color_land(light, land, column, row, at_x, at_z, distance)
        elif distance * distance < sparse and row + 2 < rows and column.ground[row + 1] <= 0.0:
            color_water(view, light, water, column, row + 1, bearing, x)
            for channel in range(3):
                both = column.color[row - 1, channel] + column.color[row + 1, channel]
                column.color[row, channel] = 0.5 * both
            _add_haze(column, row + 1)
            row += 2
            continue
        else:
            color_water(view, light, water, column, row, bearing, x)
        _add_haze(column, row)
        row += 1


@inlined
def _add_haze(column: Column, row: int) -> None:
    haze = _haze(column.depth[row])
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
    rough = 1.0 + 0.30 * grain * fine + 0.30 * broad / (1.0 + (distance * 0.012) ** 2)
    if distance < SMOOTH_M:
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
        x0 = min(max(int(x), 0), SIDE - 1)
        z0 = min(max(int(z), 0), SIDE - 1)
        red = land.near[z0, x0, 0] * 1.0
        green = land.near[z0, x0, 1] * 1.0
        blue = land.near[z0, x0, 2] * 1.0
        sun = land.near[z0, x0, 3] * 1.0
        lamp = land.lamps[z0, x0] * 1.0
    red *= 1.0 / 255.0
    green *= 1.0 / 255.0
    blue *= 1.0 / 255.0
    sun *= 1.0 / 255.0
    lamp *= (0.25 + 0.75 * light.dusk) * (2.2 / 255.0)
    column.color[row, 0] = red * red * rough * (light.sky_red + light.sun_red * sun + lamp)
    column.color[row, 1] = (
        green * green * rough * (light.sky_green + light.sun_green * sun + lamp * 0.58)
    )
    column.color[row, 2] = (
        blue * blue * rough * (light.sky_blue + light.sun_blue * sun + lamp * 0.22)
    )


@inlined
def _between(
    cells: Pixels, x: int, z: int, part_x: np.float32, part_z: np.float32, channel: int
) -> float:
    top = (
        cells[z, x, channel]
        + (np.float32(cells[z, x + 1, channel]) - np.float32(cells[z, x, channel])) * part_x
    )
    low = (
        cells[z + 1, x, channel]
        + (np.float32(cells[z + 1, x + 1, channel]) - np.float32(cells[z + 1, x, channel])) * part_x
    )
    return float(top + (low - top) * part_z)


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
def _expose(column: Column, picture: Pixels, x: int) -> None:
    for row in range(column.color.shape[0]):
        for channel in range(3):
            tone = int(column.color[row, channel] * np.float32(TONE_STEPS))
            picture[row, x, channel] = column.tone[min(max(tone, 0), TONES - 1)]


@compiled
def draw(
    view: View,
    light: Light,
    land: Land,
    water: Water,
    sky: Cube,
    things: Things,
    column: Column,
    picture: Pixels,
) -> None:
    """Draw the view into `picture`, uint8, (height, width, 3), RGB, rows top to bottom."""
    width = picture.shape[1]
    for row in range(column.sea_depth.shape[0]):
        column.sea_depth[row] = 0.0
    for x in range(width):
        across = (x + 0.5 - width * 0.5) / view.scale
        bear_x = view.ahead_x + view.ahead_z * across
        bear_z = view.ahead_z - view.ahead_x * across
        sky_row = walk(view, land, column, bear_x, bear_z)
        even = x % 2 == 0
        if even:
            _take_sky(view, sky, column, bear_x, bear_z)
        _color_sky(view, column, sky_row)
        off_sun = _off(bear_x, bear_z, SUN_X, SUN_Z)
        off_moon = _off(bear_x, bear_z, MOON_X, MOON_Z)
        _color_sun(view, light, column, sky_row, off_sun)
        _color_moon(view, light, column, sky_row, off_moon)
        if even:  # the sea never lies so flat that its mirror would need every column
            _color_mirror(view, light, land, column, bear_x, bear_z)
            draw_things(view, light, things, column, x, MIRROR)
        bearing = Bearing(bear_x, bear_z, off_sun, off_moon)
        _color_ground(view, light, land, water, column, sky_row, bearing, x)
        _soften_edges(column)
        draw_things(view, light, things, column, x, AIR)
        _expose(column, picture, x)


@compiled
def find_ground(view: View, land: Land, bear_x: float, bear_z: float, slope: float) -> float:
    """Return how far along a bearing a ray of a slope meets land or sea; -1 for never."""
    distance = 1.0
    while distance < 900.0:
        ground = max(
            height_at(land.heights, view.x + bear_x * distance, view.z + bear_z * distance), 0.0
        )
        if view.height + slope * distance <= ground:
            return distance
        distance += max(0.1, distance * 0.003)
    return -1.0
