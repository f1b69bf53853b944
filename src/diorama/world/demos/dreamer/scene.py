"""What a wish looks like: a scene of plain numbers, so any two scenes have one between them."""

from collections.abc import Mapping
from typing import Final, NamedTuple

from diorama.world.demos.dreamer.words import THINGS, Wish

Color = tuple[float, float, float]
CHANGE_S: Final = 1.8


class Scene(NamedTuple):
    """All that a picture depends on but time and chance. Colours are linear light; weights 0 to 1.

    `top`, `low`: the sky above and at the horizon. `orb`: the sun, or by night the moon, at
    `orb_x`, `orb_y` as fractions of the picture; `glow` its halo. `light`: what falls on the land.
    `near`, `far`: the land's own colours.
    """

    top_red: float
    top_green: float
    top_blue: float
    low_red: float
    low_green: float
    low_blue: float
    glow_red: float
    glow_green: float
    glow_blue: float
    light_red: float
    light_green: float
    light_blue: float
    near_red: float
    near_green: float
    near_blue: float
    far_red: float
    far_green: float
    far_blue: float
    orb_x: float
    orb_y: float
    orb: float
    night: float
    mountains: float
    hills: float
    dunes: float
    towers: float
    forest: float
    blossom: float
    water: float
    waves: float
    cover: float
    caps: float
    cloud: float
    gloom: float
    fog: float
    rain: float
    snow: float
    storm: float
    wind: float
    aurora: float
    rainbow: float
    stars: float


class _Hour(NamedTuple):
    top: Color
    low: Color
    glow: Color
    light: Color
    orb: tuple[float, float]
    night: float


_HOURS: Final[Mapping[str, _Hour]] = {
    "dawn": _Hour(
        top=(0.16, 0.25, 0.44), low=(0.80, 0.47, 0.36), glow=(1.30, 0.66, 0.30),
        light=(0.80, 0.66, 0.62), orb=(0.70, 0.46), night=0.0,
    ),
    "day": _Hour(
        top=(0.10, 0.28, 0.66), low=(0.58, 0.76, 0.92), glow=(0.70, 0.66, 0.52),
        light=(1.10, 1.04, 0.94), orb=(0.78, 0.13), night=0.0,
    ),
    "sunset": _Hour(
        top=(0.15, 0.14, 0.34), low=(1.15, 0.44, 0.17), glow=(1.70, 0.66, 0.20),
        light=(0.80, 0.48, 0.38), orb=(0.62, 0.49), night=0.10,
    ),
    "dusk": _Hour(
        top=(0.035, 0.06, 0.20), low=(0.42, 0.24, 0.34), glow=(0.44, 0.18, 0.16),
        light=(0.26, 0.26, 0.40), orb=(0.60, 0.66), night=0.6,
    ),
    "night": _Hour(
        top=(0.005, 0.011, 0.040), low=(0.028, 0.058, 0.125), glow=(0.16, 0.19, 0.25),
        light=(0.075, 0.105, 0.19), orb=(0.70, 0.20), night=1.0,
    ),
}  # fmt: skip

_TINTS: Final[Mapping[str, Color]] = {
    "": (1.0, 1.0, 1.0),
    "pink": (1.08, 0.78, 1.45),
    "golden": (1.22, 0.98, 0.52),
    "purple": (0.84, 0.62, 1.50),
    "red": (1.35, 0.58, 0.56),
    "green": (0.62, 1.16, 0.80),
    "blue": (0.55, 0.82, 1.55),
}

_SEASONS: Final[Mapping[str, tuple[Color, Color]]] = {
    "spring": ((0.16, 0.27, 0.055), (0.13, 0.20, 0.15)),
    "summer": ((0.085, 0.165, 0.045), (0.105, 0.145, 0.125)),
    "autumn": ((0.33, 0.125, 0.028), (0.24, 0.125, 0.075)),
    "winter": ((0.30, 0.33, 0.37), (0.24, 0.27, 0.33)),
}

_SAND: Final = ((0.50, 0.29, 0.13), (0.42, 0.25, 0.15))
_STONE: Final = ((0.075, 0.080, 0.090), (0.10, 0.105, 0.13))

_LANDS: Final[Mapping[str, tuple[float, float, float, float, float]]] = {
    # mountains, hills, dunes, towers, forest
    "mountains": (1.0, 0.15, 0.0, 0.0, 0.75),
    "hills": (0.10, 1.0, 0.0, 0.0, 0.30),
    "desert": (0.12, 0.0, 1.0, 0.0, 0.0),
    "forest": (0.35, 0.55, 0.0, 0.0, 1.0),
    "city": (0.06, 0.03, 0.0, 1.0, 0.0),
    "meadow": (0.25, 0.80, 0.0, 0.0, 0.12),
}


def scene_of(wish: Wish) -> Scene:
    """Return the scene of a wish."""
    hour = _HOURS[wish.hour]
    weather = wish.weather
    gloom = 0.80 if "storm" in weather else 0.45 if "rain" in weather else 0.0
    gloom = max(gloom, 0.30 if weather & {"cloudy", "snow"} else 0.0)
    tint = _TINTS[wish.tint]
    dim = 0.75 * (1.0 - hour.night)  # a night is dark enough without clouds
    top = _greyer(_times(hour.top, tint), gloom, dim)
    low = _greyer(_times(hour.low, tint), gloom, dim)
    light = _greyer(_times(hour.light, _half(tint)), gloom, 0.85 * dim)
    near, far = _colors(wish)
    mountains, hills, dunes, towers, forest = _LANDS[wish.place]
    sea = 0.45 if wish.shore == "sea" else 1.0
    orb_x, orb_y = hour.orb
    return Scene(
        *top, *low, *_times(hour.glow, tint), *light, *near, *far,
        orb_x=orb_x,
        orb_y=orb_y,
        orb=1.0 - gloom,
        night=hour.night,
        mountains=mountains * sea,
        hills=hills * sea,
        dunes=dunes,
        towers=towers,
        forest=forest * (0.6 if wish.shore == "sea" else 1.0),
        blossom=_blossom(wish),
        water=1.0 if wish.shore else 0.0,
        waves=_waves(wish),
        cover=_cover(wish),
        caps=_caps(wish),
        cloud=_cloud(weather),
        gloom=gloom,
        fog=1.0 if "fog" in weather else 0.35 if weather & {"rain", "snow", "storm"} else 0.18,
        rain=1.0 if "storm" in weather else 0.65 if "rain" in weather else 0.0,
        snow=1.0 if "snow" in weather else 0.0,
        storm=1.0 if "storm" in weather else 0.0,
        wind=_wind(weather),
        aurora=1.0 if "aurora" in weather else 0.0,
        rainbow=1.0 if "rainbow" in weather else 0.0,
        stars=_stars(wish, hour.night, gloom),
    )  # fmt: skip


def counts_of(wish: Wish) -> tuple[float, ...]:
    """Return how many there are of each of `THINGS`, in their order."""
    return tuple(float(wish.things.get(name, 0)) for name in THINGS)


def between(old: tuple[float, ...], new: tuple[float, ...], share: float) -> tuple[float, ...]:
    """Return what lies between two scenes, or two sets of counts; eased at both ends."""
    eased = share * share * (3.0 - 2.0 * share)
    return tuple(a + (b - a) * eased for a, b in zip(old, new, strict=True))


def _times(color: Color, other: Color) -> Color:
    return color[0] * other[0], color[1] * other[1], color[2] * other[2]


def _half(tint: Color) -> Color:
    return (1.0 + tint[0]) / 2, (1.0 + tint[1]) / 2, (1.0 + tint[2]) / 2


def _greyer(color: Color, gloom: float, dim: float) -> Color:
    """Return a colour as under clouds: toward its own grey, and dimmer."""
    grey = color[0] * 0.30 + color[1] * 0.50 + color[2] * 0.20
    left = 1.0 - dim * gloom
    red, green, blue = (part + (grey - part) * gloom * 0.85 for part in color)
    return red * left * 0.96, green * left, blue * left * 1.06


def _colors(wish: Wish) -> tuple[Color, Color]:
    if wish.place == "desert" and wish.season != "winter":
        return _SAND
    return _STONE if wish.place == "city" else _SEASONS[wish.season]


def _blossom(wish: Wish) -> float:
    if wish.season == "winter" or wish.place in {"desert", "city"}:
        return 0.0
    return 1.0 if wish.place == "meadow" or wish.season == "spring" else 0.0


def _waves(wish: Wish) -> float:
    rough = 0.9 if "storm" in wish.weather else 0.5 if "wind" in wish.weather else 0.16
    return rough + (0.22 if wish.shore == "sea" else 0.0)


def _cover(wish: Wish) -> float:
    return 1.0 if wish.season == "winter" else 0.75 if "snow" in wish.weather else 0.0


def _caps(wish: Wish) -> float:
    return {"winter": 1.0, "spring": 0.75, "summer": 0.45, "autumn": 0.55}[wish.season]


def _cloud(weather: frozenset[str]) -> float:
    if "storm" in weather:
        return 1.0
    if weather & {"cloudy", "rain", "snow"}:
        return 0.85
    return 0.08 if weather & {"clear", "stars", "aurora"} else 0.42


def _wind(weather: frozenset[str]) -> float:
    return 1.0 if weather & {"storm", "wind"} else 0.25


def _stars(wish: Wish, night: float, gloom: float) -> float:
    shown = max(0.0, night - 0.4) / 0.6
    return max(shown, 0.8 if "stars" in wish.weather else 0.0) * max(0.0, 1.0 - 2.0 * gloom)
