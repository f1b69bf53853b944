"""What stands over the cove: a panorama of sky, clouds and far hills, painted anew as light moves.

Columns go once around from +z through +x; rows go up from the horizon, equal steps of slope, to
`TOP_SLOPE`. A column is painted in one go, so a world spreads a repaint over many frames.
"""

from typing import Final, NamedTuple

from diorama.world.demos.compiled import Cube, compiled, inlined
from diorama.world.demos.noise import chance, fractal, smooth

AROUND: Final = 1536
TOP_SLOPE: Final = 1.5
ROWS: Final = 384
MOON_X: Final = -0.1045  # a little to the left of the mouth of the bay
MOON_Z: Final = 0.9945


class Light(NamedTuple):
    """The light of one moment: linear colours, and where the sun is.

    `dusk` is 0 in the golden hour and 1 at night.
    """

    dusk: float
    sun_slope: float
    sun_red: float
    sun_green: float
    sun_blue: float
    sky_red: float
    sky_green: float
    sky_blue: float
    moon: float
    moon_slope: float


def light_at(dusk: float) -> Light:
    """Return the light for a `dusk` of 0 (golden hour) to 1 (night)."""
    glow = max(0.0, 1.0 - dusk * 1.6)
    return Light(
        dusk=dusk,
        sun_slope=0.150 - 0.32 * dusk,
        sun_red=2.5 * glow + 0.05 * dusk,
        sun_green=(1.28 - 0.6 * dusk) * glow + 0.07 * dusk,
        sun_blue=(0.50 - 0.35 * dusk) * glow + 0.13 * dusk,
        sky_red=0.25 * (1.0 - dusk) + 0.026,
        sky_green=0.31 * (1.0 - dusk) + 0.042,
        sky_blue=0.46 * (1.0 - dusk) + 0.098,
        moon=max(0.0, dusk * 2.0 - 1.0),
        moon_slope=0.04 + 0.15 * dusk,
    )


@inlined
def _mix(day: float, evening: float, night: float, dusk: float) -> float:
    if dusk < 0.5:
        return day + (evening - day) * dusk * 2.0
    return evening + (night - evening) * (dusk * 2.0 - 1.0)


@inlined
def _clear(slope: float, away: float, light: Light) -> tuple[float, float, float]:
    """Return the cloudless sky; `away` is 0 toward the sun and 1 opposite."""
    low = 1.0 / (1.0 + (slope * 5.6) ** 1.7)
    warm = (1.0 - away) ** 3
    red = _mix(0.105 + 0.13 * warm, 0.045 + 0.06 * warm, 0.007, light.dusk)
    green = _mix(0.205 + 0.09 * warm, 0.070 + 0.03 * warm, 0.013, light.dusk)
    blue = _mix(0.400 - 0.03 * warm, 0.185, 0.037, light.dusk)
    red += (_mix(0.46 + 0.62 * warm, 0.22 + 0.95 * warm, 0.020, light.dusk) - red) * low
    green += (_mix(0.38 + 0.18 * warm, 0.15 + 0.20 * warm, 0.038, light.dusk) - green) * low
    blue += (_mix(0.40 - 0.20 * warm, 0.24 - 0.06 * warm, 0.085, light.dusk) - blue) * low
    return red, green, blue


@inlined
def _turn(angle: float) -> float:
    """Return the sine of an angle of -7 to 14, to 0.001: quicker than the exact one."""
    turns = angle * 0.15915494
    part = turns - int(turns + 8.0) + 8.0
    part = part - 0.5
    wave = part * (1.0 - 2.0 * abs(part)) * -8.0
    return wave * (0.775 + 0.225 * abs(wave))


@inlined
def _hills(around: float, layer: int, seed: int) -> float:
    """Return the slope of the far hills' crest in a direction; `around` is 0 to 1."""
    at = around * AROUND
    crest = 0.0
    share = abs(2.0 * around - 1.0)  # the two ends meet
    crest += fractal(at * 0.012 * (1 + layer) + 40.0, 7.0 * layer, seed + 300 + layer, 6)
    other = fractal((AROUND - at) * 0.012 * (1 + layer) + 40.0, 7.0 * layer, seed + 300 + layer, 6)
    crest += (0.5 * (crest + other) - crest) * smooth(0.8, 1.0, share)
    open_sea = smooth(0.075, 0.17, min(around, 1.0 - around))
    return (crest * 0.19 - 0.045 - 0.022 * layer) * open_sea - 0.004


@inlined
def _cloud(around: float, slope: float, drift: float, seed: int) -> tuple[float, float]:
    """Return how much of the sky a cloud covers in a direction, and the share of light it keeps.

    Clouds lie on a plane above: toward the horizon they crowd and thin out.
    """
    flat = 1.0 / (slope + 0.16)
    angle = around * 6.2832
    at_x = (_turn(angle) * flat * 1.9 + drift) * 0.9
    at_z = _turn(angle + 1.5708) * flat * 1.9 * 1.9
    cover = smooth(0.47, 0.70, fractal(at_x, at_z, seed + 600, 6)) * smooth(0.02, 0.20, slope)
    if cover <= 0.0:
        return 0.0, 0.0
    thick = smooth(0.50, 0.80, fractal(at_x + 0.10, at_z + 0.16, seed + 600, 5))
    return cover * 0.86, 1.0 - 0.72 * thick


@inlined
def _star(column: int, row: int, light: Light, seed: int) -> float:
    """Return the light of a star in a place of the panorama, where there is one and it is dark."""
    if light.dusk <= 0.45 or chance(column, row, seed) <= 0.9968:
        return 0.0
    return float((light.dusk - 0.45) * (0.12 + 0.8 * chance(row, column, seed) ** 3))


@compiled
def paint_sky(sky: Cube, light: Light, drift: float, first: int, last: int, seed: int) -> None:
    """Paint the columns `first` to `last` of `sky`, float32 (AROUND, ROWS + 1, 3), linear light.

    The row past the last is the colour of haze in that direction.
    """
    for count in range(first, last):
        column = count % AROUND
        around = column / AROUND
        off = min(around - 0.0354, 1.0354 - around) if around > 0.0354 else 0.0354 - around
        off = min(abs(off), 1.0) * 6.2832
        away = min(off / 3.1416, 1.0)
        haze_red, haze_green, haze_blue = _clear(0.05, away, light)
        near_sun = 0.05 / (0.05 + off * off)
        sky[column, ROWS, 0] = haze_red * 0.9 + light.sun_red * near_sun * 0.14
        sky[column, ROWS, 1] = haze_green * 0.9 + light.sun_green * near_sun * 0.10
        sky[column, ROWS, 2] = haze_blue * 0.9 + light.sun_blue * near_sun * 0.05
        far_crest = _hills(around, 0, seed)
        near_crest = _hills(around, 1, seed)
        for row in range(ROWS):
            slope = row * (TOP_SLOPE / ROWS)
            red, green, blue = _clear(slope, away, light)
            rise = slope - light.sun_slope
            apart = off * off + rise * rise
            halo = 0.030 / (0.030 + apart) + 0.9 * 0.0016 / (0.0016 + apart)
            red += light.sun_red * halo * 0.30
            green += light.sun_green * halo * 0.26
            blue += light.sun_blue * halo * 0.16
            cover, lit = _cloud(around, slope, drift, seed)
            if cover > 0.0:
                lit *= 0.25 + 1.1 * (1.0 - away) ** 2 * (0.35 + halo)
                red += (light.sky_red * 0.85 + light.sun_red * lit * 0.62 - red) * cover
                green += (light.sky_green * 0.75 + light.sun_green * lit * 0.50 - green) * cover
                blue += (light.sky_blue * 0.78 + light.sun_blue * lit * 0.55 - blue) * cover
            else:
                star = _star(column, row, light, seed) * smooth(0.03, 0.3, slope)
                red += star
                green += star
                blue += star * 1.1
            for layer in range(2):
                crest = far_crest if layer == 0 else near_crest
                over = smooth(crest + 0.0025, crest - 0.0025, slope)
                if over > 0.0:
                    haze = 0.70 - 0.34 * layer + 0.25 * (1.0 - min(slope / 0.08, 1.0))
                    low_red, low_green, low_blue = _clear(0.03, away, light)
                    red += (low_red * haze + light.sky_red * 0.13 - red) * over
                    green += (low_green * haze + light.sky_green * 0.15 - green) * over
                    blue += (low_blue * haze + light.sky_blue * 0.22 - blue) * over
            sky[column, row, 0] = red
            sky[column, row, 1] = green
            sky[column, row, 2] = blue
