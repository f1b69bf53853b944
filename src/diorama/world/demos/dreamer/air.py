"""What is in the air of a scene: stars, aurora, rainbow, sun and moon; rain, snow, lightning."""

from typing import Final

import numpy as np

from diorama.world.demos.compiled import Bytes, Cube, Grid, Pixels, compiled, inlined
from diorama.world.demos.dreamer.landscape import SHORE, Sight, Tables, shore_row, tile_at
from diorama.world.demos.dreamer.scene import Scene
from diorama.world.demos.noise import chance, noise, smooth
from diorama.world.demos.tone import TONE_STEPS, TONES

STARS: Final = 420
FLAKES: Final = 520
DROPS: Final = 420
MIRROR: Final = 0.86


@inlined
def _dot(canvas: Cube, tops: Grid, x: float, y: float, radius: float, light: float) -> None:
    """Add a soft white dot to the sky."""
    height, width = canvas.shape[0], canvas.shape[1]
    for row in range(max(int(y - radius), 0), min(int(y + radius) + 2, height)):
        for column in range(max(int(x - radius), 0), min(int(x + radius) + 2, width)):
            if row >= tops[0, column] or row >= tops[1, column] or row >= tops[2, column]:
                continue
            apart = ((column - x) ** 2 + (row - y) ** 2) / (radius * radius)
            if apart < 1.0:
                lit = light * (1.0 - apart) ** 2
                canvas[row, column, 0] += lit
                canvas[row, column, 1] += lit
                canvas[row, column, 2] += lit * 1.15


@inlined
def _draw_aurora(scene: Scene, sight: Sight, tables: Tables, tops: Grid, canvas: Cube) -> None:
    height, width = canvas.shape[0], canvas.shape[1]
    for x in range(width):
        for band in range(3):
            at = (x + sight.x * 0.02) * (0.10 + 0.03 * band) + band * 140.0
            drift = sight.time_s * (2.2 + band)
            fold = tile_at(tables.tile, at + drift, 40.0 * band + sight.time_s * 1.1) - 0.47
            foot = (0.43 - 0.09 * band + 0.42 * fold) * height
            strong = tile_at(tables.tile, at * 2.7 - drift, 200.0 + 31.0 * band)
            strong = smooth(0.36, 0.64, strong) * scene.aurora * (0.36 - 0.07 * band)
            tall = (0.22 + 0.14 * strong) * height
            end = min(foot + 18.0, tops[0, x], tops[1, x], tops[2, x])
            for y in range(max(int(foot - tall), 0), int(max(end, 0.0))):
                up = (foot - y) / tall
                light = strong * ((1.0 - up) ** 2 if up > 0.0 else smooth(-18.0 / tall, 0.0, up))
                canvas[y, x, 0] += light * (0.12 + 0.75 * up * up)
                canvas[y, x, 1] += light * (1.0 - 0.55 * up)
                canvas[y, x, 2] += light * (0.45 + 0.55 * up)


@inlined
def _draw_rainbow(scene: Scene, sight: Sight, tops: Grid, canvas: Cube) -> None:
    height, width = canvas.shape[0], canvas.shape[1]
    middle_x = 0.36 * width - sight.x * 0.02
    middle_y = 0.80 * height
    for y in range(int(0.75 * height)):
        for x in range(width):
            if y >= tops[0, x]:
                continue
            off_x = x - middle_x
            off_y = y - middle_y
            part = ((off_x * off_x + off_y * off_y) ** 0.5 / height - 0.60) / 0.075
            if part < 0.0 or part > 1.0:
                continue
            light = scene.rainbow * 0.34 * smooth(0.0, 0.2, part) * smooth(1.0, 0.8, part)
            light *= 0.25 + 0.75 * (1.0 - scene.night)
            canvas[y, x, 0] += light * smooth(0.35, 0.95, part) * 1.2
            canvas[y, x, 1] += light * max(0.0, 1.0 - abs(part - 0.52) * 2.6)
            canvas[y, x, 2] += light * smooth(0.62, 0.08, part) * 1.2


@inlined
def _draw_orb(scene: Scene, sight: Sight, tops: Grid, canvas: Cube, moon: float) -> None:
    """Draw the sun; by night, or where it was asked for, the moon."""
    height, width = canvas.shape[0], canvas.shape[1]
    orb_x = scene.orb_x * width - sight.x * 0.012
    orb_y = scene.orb_y * height + sight.y * 0.2
    if scene.night < 0.95:
        bright = scene.orb * (1.0 - scene.night)
        _disc(tops, canvas, orb_x, orb_y, 0.050 * height, bright, 2.2, 1.5, 0.75)
    shown = max(smooth(0.75, 1.0, scene.night) * smooth(0.25, 0.8, scene.orb), moon * 0.9)
    if shown > 0.02:
        moon_x = orb_x if scene.night > 0.5 else 0.24 * width
        moon_y = orb_y if scene.night > 0.8 else 0.17 * height
        radius = 0.043 * height * (1.0 + 0.45 * moon)
        _disc(tops, canvas, moon_x, moon_y, radius, shown, 0.95, 0.98, 1.0)


@inlined
def _disc(
    tops: Grid,
    canvas: Cube,
    x: float,
    y: float,
    radius: float,
    share: float,
    red: float,
    green: float,
    blue: float,
) -> None:
    height, width = canvas.shape[0], canvas.shape[1]
    for row in range(max(int(y - radius) - 1, 0), min(int(y + radius) + 2, height)):
        for column in range(max(int(x - radius) - 1, 0), min(int(x + radius) + 2, width)):
            apart = ((column - x) ** 2 + (row - y) ** 2) ** 0.5
            cover = min(max(radius - apart + 0.5, 0.0), 1.0) * share
            if cover <= 0.0 or row >= tops[0, column]:
                continue
            sea = noise((column - x) * 0.11 + 9.0, (row - y) * 0.11 + 9.0, 5)
            spot = 1.0 - 0.30 * smooth(0.45, 0.75, sea) * (red < 1.0)
            canvas[row, column, 0] += red * spot * cover
            canvas[row, column, 1] += green * spot * cover
            canvas[row, column, 2] += blue * spot * cover


@inlined
def _wave(turns: float) -> float:
    """Return about the sine of a number of whole turns."""
    part = turns - int(turns) - 0.5
    return part * (1.0 - 2.0 * abs(part)) * -8.0


@inlined
def _flake(canvas: Cube, x: float, y: float, radius: float, light: float) -> None:
    height, width = canvas.shape[0], canvas.shape[1]
    for row in range(max(int(y - radius), 0), min(int(y + radius) + 2, height)):
        for column in range(max(int(x - radius), 0), min(int(x + radius) + 2, width)):
            apart = ((column - x) ** 2 + (row - y) ** 2) / (radius * radius)
            if apart < 1.0:
                cover = 0.85 * (1.0 - apart)
                for channel in range(3):
                    canvas[row, column, channel] += (light - canvas[row, column, channel]) * cover


@inlined
def _streak(canvas: Cube, x: float, y: float, tall: float, lean: float, light: float) -> None:
    height, width = canvas.shape[0], canvas.shape[1]
    for row in range(max(int(y), 0), min(int(y + tall), height)):
        at = x - (row - y) * lean
        column = int(at)
        if 0 <= column < width - 1:
            part = at - column
            fade = (row - y) / tall
            for channel in range(3):
                canvas[row, column, channel] += light * fade * (1.0 - part)
                canvas[row, column + 1, channel] += light * fade * part


@compiled
def draw_beam(canvas: Cube, tops: Grid, x: float, y: float, turn: float, strength: float) -> None:
    """Draw a lighthouse's beam from a lamp; `turn` is its sweep, -1 (left) to 1 (right)."""
    height, width = canvas.shape[0], canvas.shape[1]
    reach = turn * 0.62 * width
    step = 1 if reach > 0.0 else -1
    for away in range(int(abs(reach))):
        column = int(x) + step * away
        if not 0 <= column < width:
            break
        share = away / abs(reach)
        half = 3.0 + 0.075 * away / max(abs(turn), 0.25)
        light = strength * (1.0 - share) ** 1.5
        for row in range(max(int(y - half), 0), min(int(y + half) + 1, height)):
            if row < tops[3, column] and row < tops[4, column]:
                fall = light * (1.0 - ((row - y) / half) ** 2)
                canvas[row, column, 0] += fall * 0.50
                canvas[row, column, 1] += fall * 0.40
                canvas[row, column, 2] += fall * 0.24


@compiled
def draw_sails(
    canvas: Cube, tops: Grid, x: float, y: float, reach: float, turn: float, light: float
) -> None:
    """Draw a windmill's four sails around their hub; `turn` in radians."""
    height, width = canvas.shape[0], canvas.shape[1]
    along_x, along_y = np.cos(turn), np.sin(turn)
    for row in range(max(int(y - reach), 0), min(int(y + reach) + 1, height)):
        for column in range(max(int(x - reach), 0), min(int(x + reach) + 1, width)):
            if row > tops[3, column] or row > tops[4, column]:
                continue
            off_x = (column - x) / reach
            off_y = (row - y) / reach
            one = off_x * along_x + off_y * along_y
            two = off_y * along_x - off_x * along_y
            if abs(two) > abs(one):
                one, two = two, -one
            side = two if one > 0.0 else -two
            spar = smooth(0.030, 0.012, abs(two)) * smooth(1.0, 0.97, abs(one))
            cloth = smooth(-0.01, 0.01, side) * smooth(0.17, 0.15, side)
            cloth *= smooth(0.22, 0.24, abs(one)) * smooth(0.98, 0.96, abs(one))
            cover = max(spar, 0.85 * cloth)
            color = light * (0.12 if spar > cloth else 0.62)
            for channel in range(3):
                canvas[row, column, channel] += (color - canvas[row, column, channel]) * cover


@compiled
def draw_heavens(
    scene: Scene, sight: Sight, tables: Tables, tops: Grid, canvas: Cube, moon: float
) -> None:
    """Draw stars, aurora, rainbow and the sun or moon over the sky, behind the land."""
    height, width = canvas.shape[0], canvas.shape[1]
    if scene.stars > 0.01:
        for star in range(STARS):
            x = (chance(star, 1, 77) * 1.2 * width - sight.x * 0.012) % (1.2 * width)
            y = chance(star, 2, 77) ** 1.3 * SHORE * height
            size = 1.0 + 1.1 * chance(star, 3, 77) ** 6
            light = (0.10 + 0.75 * chance(star, 4, 77) ** 4) * scene.stars
            _dot(canvas, tops, x, y, size, light * smooth(SHORE, 0.35, y / height) * 1.6)
    if scene.aurora > 0.01:
        _draw_aurora(scene, sight, tables, tops, canvas)
    if scene.rainbow > 0.01:
        _draw_rainbow(scene, sight, tops, canvas)
    _draw_orb(scene, sight, tops, canvas, moon)


@compiled
def draw_water(scene: Scene, sight: Sight, tables: Tables, tops: Grid, canvas: Cube) -> None:
    """Mirror what stands over the shore in the water under it, broken by waves."""
    height, width = canvas.shape[0], canvas.shape[1]
    shore = shore_row(scene, sight, height)
    orb_x = scene.orb_x * width - sight.x * 0.012
    for y in range(max(int(shore), 0), height):
        under = y - shore
        share = under / height
        pace = 0.27 + 1.9 * share
        squeeze = 1.0 / (0.22 + share * 2.4)
        sway = scene.waves * (3.0 + 70.0 * share)
        ripple_y = 90.0 * squeeze + sight.time_s * 9.0
        clear = smooth(0.0, 0.30, share)
        for x in range(width):
            if y > tops[3, x] + 1.0 or y > tops[4, x] + 1.0:
                continue
            at = (x - width * 0.5) * squeeze * 0.36 + sight.x * pace * 0.36 * squeeze
            wave = tile_at(tables.tile, at * 2.2 + sight.time_s * 7.0, ripple_y * 2.0) - 0.47
            other = (
                tile_at(tables.tile, at * 0.8 - sight.time_s * 5.0, ripple_y * 0.9 + 99.0) - 0.47
            )
            tilt = wave + 0.8 * other
            from_y = shore - under * 0.92 - 2.0 + tilt * sway * 3.2
            from_x = min(max(x + other * sway * 0.9, 0.0), width - 1.0)
            row = min(max(from_y, 0.0), shore - 1.0, height - 2.0)
            y0 = max(int(row), 0)
            x0 = int(from_x)
            part = row - y0
            steep = min(max(1.0 - clear * 0.55 + tilt * (0.5 + scene.waves), 0.25), 1.0) * MIRROR
            deep = 0.16 + 0.55 * tilt * scene.waves
            near_orb = (x - orb_x + tilt * sway * 2.0) / (30.0 + 220.0 * share)
            glint = scene.orb * smooth(0.05, 0.24, tilt) * 0.8 / (1.0 + near_orb * near_orb * 3.0)
            crest = 0.5 * smooth(0.20, 0.34, tilt) * smooth(0.5, 1.0, scene.waves)
            for channel in range(3):
                shown = canvas[y0, x0, channel]
                shown += (canvas[min(y0 + 1, height - 1), x0, channel] - shown) * part
                low = (scene.low_red, scene.low_green, scene.low_blue)[channel]
                body = deep * low * (0.35, 0.55, 0.70)[channel]
                light = (scene.light_red, scene.light_green, scene.light_blue)[channel]
                glow = (scene.glow_red, scene.glow_green, scene.glow_blue)[channel]
                shown = body + (shown - body) * steep + glow * glint + light * crest
                canvas[y, x, channel] = shown


@compiled
def draw_fall(scene: Scene, sight: Sight, canvas: Cube) -> None:
    """Draw rain and snow before all else."""
    height, width = canvas.shape[0], canvas.shape[1]
    light = 0.18 + 0.45 * (scene.light_red + scene.light_green + scene.light_blue) / 3.0
    for flake in range(int(FLAKES * scene.snow)):
        near = chance(flake, 1, 31) ** 2
        speed = (40.0 + 90.0 * near) * (1.0 + 0.8 * scene.wind * chance(flake, 2, 31))
        y = (chance(flake, 3, 31) * height * 1.1 + sight.time_s * speed) % (height * 1.1) - 20.0
        blown = sight.time_s * scene.wind * (30.0 + 150.0 * near)
        sway = 14.0 * _wave(sight.time_s * (0.12 + 0.10 * near) + chance(flake, 5, 31))
        x = (chance(flake, 4, 31) * width * 1.1 + blown + sway - sight.x * near) % (
            width * 1.1
        ) - 40.0
        _flake(canvas, x, y, 1.3 + 3.2 * near, light * 1.5)
    for drop in range(int(DROPS * scene.rain)):
        near = 0.3 + 0.7 * chance(drop, 1, 41)
        speed = 900.0 + 900.0 * near
        y = (chance(drop, 3, 41) * height * 1.2 + sight.time_s * speed) % (height * 1.2) - 90.0
        x = (chance(drop, 4, 41) * width * 1.3 - sight.x * near) % (width * 1.3) - 60.0
        _streak(canvas, x, y, 22.0 + 46.0 * near, 0.10 + 0.22 * scene.wind, light * 0.34 * near)


@compiled
def draw_bolt(sight: Sight, tops: Grid, canvas: Cube, bolt: int) -> None:
    """Draw a stroke of lightning, its way told by a number."""
    width = canvas.shape[1]
    x = (0.15 + 0.7 * chance(bolt, 1, 51)) * width
    for y in range(canvas.shape[0]):
        x += (noise(y * 0.13, bolt * 3.7, 52) - 0.5) * 9.0 + (
            noise(y * 0.03, bolt * 1.3, 53) - 0.5
        ) * 5.0
        if not 12.0 < x < width - 13.0 or y >= tops[2, int(x)] or y >= tops[1, int(x)]:
            break
        for column in range(int(x) - 10, int(x) + 11):
            apart = abs(column - x)
            light = sight.flash * (2.4 * smooth(2.2, 0.8, apart) + 0.35 * (1.0 - apart / 11.0) ** 2)
            canvas[y, column, 0] += light * 0.85
            canvas[y, column, 1] += light * 0.88
            canvas[y, column, 2] += light


@compiled
def expose(canvas: Cube, tone: Bytes, flash: float, picture: Pixels) -> None:
    """Write the canvas as a picture; `flash` is light from a stroke of lightning."""
    steps = TONE_STEPS * (1.0 + 1.1 * flash)
    height, width = canvas.shape[0], canvas.shape[1]
    for y in range(height):
        for x in range(width):
            for channel in range(3):
                step = int(canvas[y, x, channel] * steps + 40.0 * flash)
                picture[y, x, channel] = tone[min(max(step, 0), TONES - 1)]
