"""How a scene's sky, land and water are drawn, row by row, into a canvas of linear light.

Five ridges stand one behind the other; each is a line over the picture's columns, a sum of shapes
weighed by the scene, so that one land turns into another. All pattern comes from tables made once
from the seed: a frame only looks them up.
"""

from typing import Final, NamedTuple

import numpy as np

from diorama.world.demos.compiled import Cube, Grid, compiled, inlined
from diorama.world.demos.dreamer.scene import Scene
from diorama.world.demos.noise import chance, fractal, noise, ridged, smooth

RIDGES: Final = 5
SHAPES: Final = 5  # mountains, hills, dunes, towers, trees
SPAN: Final = 4096
TILE: Final = 512
SHORE: Final = 0.645
PACES: Final = (0.06, 0.13, 0.27, 0.55, 1.0)
"""How far a ridge moves for each pixel of the nearest one: the farther the less."""


class Tables(NamedTuple):
    """Patterns of a seed: `shapes` (ridge, shape, place), 0 to 1; `tile` is noise that repeats."""

    shapes: Cube
    tile: Grid


class Sight(NamedTuple):
    """Where the viewer is, in pixels of the nearest ridge, and when."""

    x: float
    y: float
    time_s: float
    clouds_x: float
    flash: float


def make_tables(seed: int) -> Tables:
    """Return the tables of a seed; about a tenth of a second."""
    tables = Tables(
        np.zeros((RIDGES, SHAPES, SPAN), np.float32), np.zeros((TILE, TILE), np.float32)
    )
    fill_tables(tables, seed % 100_003)
    return tables


@inlined
def _shape(shape: int, ridge: int, x: float, seed: int) -> float:
    """Return a shape's height at a place, 0 to 1."""
    lane = ridge * 11.0
    if shape == 0:
        return float(ridged(x * (0.0042 - 0.0004 * ridge), lane, seed, 7) ** 1.25 * 1.15)
    if shape == 1:
        rolling = fractal(x * 0.0034, lane, seed + 20, 4) * 0.9
        return float(rolling + 0.02 * noise(x * 0.05, lane, seed))
    if shape == 2:
        wave = x * 0.0021 + fractal(x * 0.002, lane, seed + 40, 2) * 1.7
        part = wave - int(wave)
        rise = part / 0.72 if part < 0.72 else (1.0 - part) / 0.28
        tall = 0.35 + 0.5 * noise(float(int(wave)), lane, seed + 41)
        return float(rise * rise * (3.0 - 2.0 * rise) * tall)
    if shape == 3:
        return _tower(ridge, x, seed)
    return _tree(ridge, x, seed)


@inlined
def _tower(ridge: int, x: float, seed: int) -> float:
    width = 19.0 + 5.0 * ridge
    block = int(x / width)
    tall = chance(block, ridge, seed + 60)
    down_town = noise(block * width * 0.0042, ridge * 11.0, seed + 61)
    gap = 1.0 if chance(block, ridge, seed + 62) > 0.12 else 0.15
    height = (0.10 + 0.90 * tall * tall * down_town) * gap
    off = abs(x - (block + 0.5) * width)
    return float(height + (0.12 * tall if off < 1.2 and tall > 0.72 else 0.0))  # a mast


@inlined
def _tree(ridge: int, x: float, seed: int) -> float:
    step = 13.0 + 5.0 * ridge
    crown = 0.0
    for offset in range(-1, 2):
        tree = int(x / step) + offset
        stands = (tree + 0.5 + 0.6 * (chance(tree, ridge, seed + 80) - 0.5)) * step
        tall = 0.45 + 0.55 * chance(tree, ridge, seed + 81)
        tall *= smooth(0.30, 0.52, noise(tree * 0.09, ridge * 11.0, seed + 82))
        off = abs(x - stands) / (step * 0.62)
        ragged = 1.0 - off + 0.16 * (noise(off * 9.0, float(tree), seed + 83) - 0.5)
        crown = max(crown, tall * ragged)
    return float(max(crown, 0.0))


@inlined
def tile_at(tile: Grid, x: float, y: float) -> float:
    """Return the repeating noise at a place, between its cells; about 0.2 to 0.75."""
    x0 = int(np.floor(x))
    y0 = int(np.floor(y))
    part_x = np.float32(x - x0)
    part_y = np.float32(y - y0)
    x0 &= TILE - 1
    y0 &= TILE - 1
    x1 = (x0 + 1) & (TILE - 1)
    y1 = (y0 + 1) & (TILE - 1)
    top = tile[y0, x0] + (tile[y0, x1] - tile[y0, x0]) * part_x
    low = tile[y1, x0] + (tile[y1, x1] - tile[y1, x0]) * part_x
    return float(top + (low - top) * part_y)


@inlined
def _shape_at(tables: Tables, ridge: int, shape: int, x: float) -> float:
    x0 = int(np.floor(x))
    part = x - x0
    x0 &= SPAN - 1
    here = tables.shapes[ridge, shape, x0]
    return float(here + (tables.shapes[ridge, shape, (x0 + 1) & (SPAN - 1)] - here) * part)


@inlined
def ridge_foot(scene: Scene, sight: Sight, ridge: int, height: int) -> float:
    """Return the row that a ridge stands on."""
    dry = (0.60, 0.655, 0.715, 0.82, 0.955)[ridge]
    wet = (0.628, 0.640, SHORE + 0.004, 0.90, 1.00)[ridge]
    return (dry + (wet - dry) * scene.water) * height + sight.y * (0.3 + 0.7 * PACES[ridge])


@inlined
def _bank(ridge: int, x: float, width: int) -> float:
    """Return how far a near ridge sinks at a column before water: banks stay at the sides."""
    off = abs(x / width - (0.56 if ridge == 3 else 0.44)) * 2.0
    return 1.0 - 0.75 * smooth(0.35, 1.0, off)


@inlined
def _add_cloud(
    scene: Scene,
    tables: Tables,
    canvas: Cube,
    y: int,
    x: int,
    at_x: float,
    at_y: float,
    thin: float,
    halo: float,
) -> None:
    body = tile_at(tables.tile, at_x, at_y)
    edge = 0.60 - 0.26 * scene.cloud
    cover = smooth(edge, edge + 0.20, body) * thin * min(scene.cloud * 2.5, 1.0) * 0.92
    if cover <= 0.004:
        return
    thick = tile_at(tables.tile, at_x + 5.0, at_y - 9.0) - edge
    lit = min(max(0.85 - 2.3 * thick, 0.12), 1.0)
    shade = 0.42 + 0.58 * lit - 0.30 * scene.gloom
    glow = lit * (0.20 + 1.5 * halo) * (1.0 - 0.75 * scene.gloom)
    red = (0.62 * scene.low_red + 0.38 * scene.light_red) * shade + scene.glow_red * glow * 0.5
    green = (
        0.62 * scene.low_green + 0.38 * scene.light_green
    ) * shade + scene.glow_green * glow * 0.5
    blue = (0.62 * scene.low_blue + 0.40 * scene.light_blue) * shade + scene.glow_blue * glow * 0.5
    canvas[y, x, 0] += (red - canvas[y, x, 0]) * cover
    canvas[y, x, 1] += (green - canvas[y, x, 1]) * cover
    canvas[y, x, 2] += (blue - canvas[y, x, 2]) * cover


@inlined
def shore_row(scene: Scene, sight: Sight, height: int) -> float:
    """Return the row at which the water begins; below the picture where there is none."""
    return (1.02 + (SHORE - 1.02) * scene.water) * height + sight.y * 0.5


@inlined
def _ridge_haze(scene: Scene, ridge: int, y: int, foot: float, height: int) -> float:
    """Return how much of a ridge is lost in the air: with distance, and in the mist at its foot."""
    near = ridge * 0.25
    haze = (0.72, 0.50, 0.27, 0.10, 0.02)[ridge]
    mist = smooth(foot - 0.20 * height, foot + 0.04 * height, float(y))
    mist *= (0.06 + 0.80 * scene.fog) * (1.0 - 0.80 * near)
    return min(haze * (0.62 + 0.55 * scene.fog) + mist, 0.96)


@inlined
def _color_ridge(
    scene: Scene,
    sight: Sight,
    tables: Tables,
    canvas: Cube,
    ridge: int,
    y: int,
    x: int,
    top: float,
) -> None:
    near = ridge * 0.25
    height = canvas.shape[0]
    deep = y - top
    at = x + sight.x * PACES[ridge] + 900.0 * ridge
    fine = 1.15 - 0.12 * ridge
    foot = ridge_foot(scene, sight, ridge, height)
    down = y - foot + 300.0
    grain = tile_at(tables.tile, at * fine * 1.5 + down * 0.9, down * fine * 1.1 - at * 0.35)
    face = (grain - 0.47) * 4.2
    red = scene.far_red + (scene.near_red - scene.far_red) * near
    green = scene.far_green + (scene.near_green - scene.far_green) * near
    blue = scene.far_blue + (scene.near_blue - scene.far_blue) * near
    rough = 1.0 + face * (0.55 - 0.20 * scene.dunes)
    crest = 1.0 - 0.50 * scene.forest * near * smooth(70.0, 0.0, deep)
    rough = max(rough, 0.25) * crest
    red *= rough
    green *= rough
    blue *= rough
    white = scene.cover * smooth(-1.2, 0.0, face) * (0.95 - 0.25 * near * scene.forest)
    white *= 1.0 - 0.85 * scene.towers
    if ridge < 2:
        high = scene.caps * scene.mountains * smooth(0.50, 0.30, y / canvas.shape[0] - 0.05 * face)
        white = max(white, high * smooth(-0.25, 0.22, face))
    red += (0.78 - red) * white
    green += (0.84 - green) * white
    blue += (0.94 - blue) * white
    if scene.blossom > 0.01 and ridge >= 3:
        petals = scene.blossom * _blossom(ridge, at, deep)
        red += (0.80 - red) * petals
        green += (0.30 + 0.3 * near - green) * petals
        blue += (0.42 - blue) * petals
    red *= scene.light_red
    green *= scene.light_green + 0.05 * scene.aurora
    blue *= scene.light_blue + 0.03 * scene.aurora
    if scene.towers > 0.02 and ridge < 3 and ridge > 0:
        lit = _window(scene, ridge, int(np.floor(at)), int(deep))
        red += lit * 1.25
        green += lit * 0.80
        blue += lit * 0.34
    haze = _ridge_haze(scene, ridge, y, foot, height)
    shine = 0.30 * scene.orb / (1.0 + 9.0 * ((x / canvas.shape[1] - scene.orb_x) ** 2))
    red += (scene.low_red * 0.60 + scene.glow_red * shine - red) * haze
    green += (scene.low_green * 0.64 + scene.glow_green * shine - green) * haze
    blue += (scene.low_blue * 0.74 + scene.glow_blue * shine - blue) * haze
    cover = min(max(deep + 0.5, 0.0), 1.0)
    canvas[y, x, 0] += (red - canvas[y, x, 0]) * cover
    canvas[y, x, 1] += (green - canvas[y, x, 1]) * cover
    canvas[y, x, 2] += (blue - canvas[y, x, 2]) * cover


@inlined
def _window(scene: Scene, ridge: int, x: int, deep: int) -> float:
    """Return the light of a window at a place of a tower; by day they are dark."""
    if deep < 5 or x % 5 > 2 or deep % 8 > 3:
        return 0.0
    lives = chance(x // 5, deep // 8, ridge + 700)
    return (
        scene.towers
        * smooth(0.1, 0.7, scene.night + 0.4 * scene.gloom)
        * (lives > 0.52)
        * lives
        * 0.8
    )


@inlined
def _blossom(ridge: int, x: float, deep: float) -> float:
    """Return how much of a flower there is at a place of a meadow."""
    size = 6.0 + 9.0 * (ridge - 3)
    if deep < size:
        return 0.0
    cell_x = int(np.floor(x / size))
    cell_y = int(deep / (size * 0.6))
    patch = noise(x * 0.006, deep * 0.02, 805)
    if chance(cell_x, cell_y, ridge + 800) < 1.05 - 0.55 * patch:
        return 0.0
    off_x = x / size - cell_x - 0.3 - 0.4 * chance(cell_x, cell_y, 801)
    off_y = deep / (size * 0.6) - cell_y - 0.3 - 0.4 * chance(cell_x, cell_y, 802)
    return 0.85 * smooth(0.075, 0.02, off_x * off_x + off_y * off_y)


@compiled
def fill_tables(tables: Tables, seed: int) -> None:
    """Fill in the tables; both repeat without a seam."""
    blend = 256
    for ridge in range(RIDGES):
        for shape in range(SHAPES):
            for x in range(SPAN):
                height = _shape(shape, ridge, float(x + SPAN), seed)
                if x >= SPAN - blend:
                    share = smooth(0.0, 1.0, (x - (SPAN - blend)) / blend)
                    before = _shape(shape, ridge, float(x), seed)
                    height += (before - height) * share
                tables.shapes[ridge, shape, x] = height
    for y in range(TILE):
        for x in range(TILE):
            total = 0.0
            for side_y in range(2):
                for side_x in range(2):
                    weight = abs(1 - side_x - x / TILE) * abs(1 - side_y - y / TILE)
                    at_x = (x - TILE * side_x) * 0.022
                    total += weight * fractal(at_x, (y - TILE * side_y) * 0.022, seed + 300, 6)
            tables.tile[y, x] = total


@compiled
def draw_ridges(scene: Scene, sight: Sight, tables: Tables, tops: Grid, height: int) -> None:
    """Fill in the row at which each ridge begins, for each column: float32, (RIDGES, width)."""
    width = tops.shape[1]
    for ridge in range(RIDGES):
        pace = PACES[ridge]
        foot = ridge_foot(scene, sight, ridge, height)
        tall = (0.40, 0.34, 0.25, 0.22, 0.20)[ridge] * height
        soft = (0.20, 0.19, 0.19, 0.20, 0.22)[ridge] * height
        town = (0.10, 0.30, 0.40, 0.10, 0.02)[ridge] * height
        trees = (0.0, 0.012, 0.034, 0.085, 0.16)[ridge] * height
        near = max(0.0, 1.0 - 0.22 * ridge)
        for x in range(width):
            at = x + sight.x * pace + 900.0 * ridge
            rise = scene.mountains * near * tall * _shape_at(tables, ridge, 0, at)
            rise += scene.hills * soft * _shape_at(tables, ridge, 1, at)
            rise += scene.dunes * soft * 1.2 * _shape_at(tables, ridge, 2, at)
            rise += scene.towers * town * _shape_at(tables, ridge, 3, at)
            rise += scene.forest * trees * _shape_at(tables, ridge, 4, at)
            sunk = 0.0
            if ridge >= 3:
                sunk = scene.water * _bank(ridge, float(x), width) * 0.30 * height
            tops[ridge, x] = foot - rise + sunk


@compiled
def draw_sky(scene: Scene, sight: Sight, tables: Tables, tops: Grid, canvas: Cube) -> None:
    """Draw the sky down to the land."""
    height, width = canvas.shape[0], canvas.shape[1]
    horizon = SHORE * height + sight.y * 0.3
    orb_x = scene.orb_x * width - sight.x * 0.012
    orb_y = scene.orb_y * height + sight.y * 0.2
    lowest = 0.0
    for x in range(width):
        lowest = max(lowest, min(tops[0, x], tops[1, x], tops[2, x]))
    for y in range(min(int(lowest) + 2, height)):
        share = min(max((horizon - y) / (horizon + 60.0), 0.0), 1.0)
        low = (1.0 - share) ** 2.2
        red = scene.top_red + (scene.low_red - scene.top_red) * low
        green = scene.top_green + (scene.low_green - scene.top_green) * low
        blue = scene.top_blue + (scene.low_blue - scene.top_blue) * low
        away = max(horizon - y, 0.0) / height
        flat = 1.0 / (away + 0.13)
        thin = smooth(0.0, 0.10, away)
        for x in range(width):
            if y > tops[0, x] + 1.0:
                continue
            off_x = (x - orb_x) / height
            off_y = (y - orb_y) / height
            apart = off_x * off_x + off_y * off_y * 1.3
            halo = scene.orb * (0.055 / (0.055 + apart) * 0.55 + 0.0022 / (0.0022 + apart) * 0.55)
            canvas[y, x, 0] = red + scene.glow_red * halo
            canvas[y, x, 1] = green + scene.glow_green * halo
            canvas[y, x, 2] = blue + scene.glow_blue * halo
            if scene.cloud > 0.01:
                at_x = (x - width * 0.5 + sight.x * 0.02) * flat * 0.16 + sight.clouds_x
                at_y = flat * 62.0
                _add_cloud(scene, tables, canvas, y, x, at_x, at_y, thin, halo)


@compiled
def draw_land(
    scene: Scene, sight: Sight, tables: Tables, tops: Grid, canvas: Cube, first: int, last: int
) -> None:
    """Draw the ridges `first` to `last`, far to near; those before the shore end at the water."""
    height, width = canvas.shape[0], canvas.shape[1]
    shore = shore_row(scene, sight, height)
    for ridge in range(first, last):
        end = float(height)
        if ridge < 3:
            end = min(shore, float(height))
        for y in range(height):
            if y >= end:
                break
            for x in range(width):
                top = tops[ridge, x]
                if y < top - 1.0:
                    continue
                under = float(height)
                for other in range(ridge + 1, last):
                    under = min(under, tops[other, x])
                if y > under + 1.0:
                    continue
                _color_ridge(scene, sight, tables, canvas, ridge, y, x, top)
