"""Which things a wish can name, how each looks, and where it is at a time."""

import math
from typing import Final, NamedTuple

import numpy as np

from diorama.world.demos.brush import Brush
from diorama.world.demos.compiled import Cube, Grid, Pixels, Sheets, compiled, inlined
from diorama.world.demos.dreamer.landscape import PACES, SHORE, Sight
from diorama.world.demos.dreamer.scene import Scene
from diorama.world.demos.dreamer.words import MOST_OF_A_THING, THINGS
from diorama.world.demos.noise import smooth

ROWS: Final = 144
COLUMNS: Final = 112
BALLOONS: Final = 3
BIRD: Final = 3  # and the next: wings up, wings down
BOAT: Final = 5
LIGHTHOUSE: Final = 6
HOUSE: Final = 7
CASTLE: Final = 8
WINDMILL: Final = 9
CARDS: Final = 10
SKY: Final = -1


class Place(NamedTuple):
    """Where a card goes: its middle and foot in pixels, its size, on which ridge (or `SKY`)."""

    card: int
    x: float
    foot: float
    wide: float
    tall: float
    ridge: int
    share: float


class Glow(NamedTuple):
    """A light: where in pixels, how wide, how strong, its colour."""

    x: float
    y: float
    radius: float
    strength: float
    red: float
    green: float
    blue: float


def make_cards() -> Sheets:
    """Return the cards, uint8, (card, `ROWS`, `COLUMNS`, 5): square roots, cover, own light."""
    cards = np.zeros((CARDS, ROWS, COLUMNS, 5), np.uint8)
    silks = ((0.72, 0.09, 0.06), (0.85, 0.46, 0.08), (0.10, 0.28, 0.52))
    for index, silk in enumerate(silks):
        cards[index] = _balloon(silk)
    cards[BIRD], cards[BIRD + 1] = _bird(up=True), _bird(up=False)
    cards[BOAT], cards[LIGHTHOUSE] = _boat(), _lighthouse()
    cards[HOUSE], cards[CASTLE], cards[WINDMILL] = _house(), _castle(), _mill()
    return cards


def _balloon(silk: tuple[float, float, float]) -> Pixels:
    brush = Brush(ROWS, COLUMNS)
    side, down = brush.side, brush.down
    wide = 0.93 * np.sqrt(np.clip(1.0 - ((down - 0.36) / 0.36) ** 2, 0.0, 1.0))
    neck = np.clip((down - 0.36) / 0.44, 0.0, 1.0)
    lower = 0.93 * np.cos(neck * 1.40)
    half = np.where(down < 0.36, wide, lower)
    skin = (abs(side) < half) & (down < 0.775)
    brush.fill(skin, silk, 0.10)
    gore = np.floor((np.arcsin(np.clip(side / np.maximum(half, 1e-6), -1, 1)) / math.pi + 0.5) * 7)
    brush.fill(skin & (gore % 2 == 1), (0.82, 0.76, 0.66), 0.10)
    red, green, blue = silk
    sunny, shady = skin & (side > half * 0.45) & (gore % 2 == 0), skin & (side < -half * 0.55)
    brush.fill(sunny, (red * 1.35, green * 1.35, blue * 1.35), 0.13)
    brush.fill(shady, (red * 0.55 + 0.02, green * 0.55 + 0.02, blue * 0.55 + 0.02), 0.05)
    ropes = (abs(abs(side) - 0.10) < 0.012) & (down > 0.775) & (down < 0.90)
    brush.fill(ropes, (0.10, 0.08, 0.06), 0.0)
    brush.fill((abs(side) < 0.14) & (down > 0.885) & (down < 0.985), (0.20, 0.11, 0.05), 0.0)
    return brush.done()


def _bird(*, up: bool) -> Pixels:
    brush = Brush(ROWS, COLUMNS)
    side, down = brush.side, brush.down
    bend = 0.42 - 0.30 * np.abs(side) ** 0.7 if up else 0.42 + 0.24 * np.abs(side) ** 1.5
    thick = 0.055 * (1.0 - np.abs(side)) + 0.012
    brush.fill((abs(down - bend) < thick) & (abs(side) < 0.97), (0.05, 0.05, 0.06), 0.0)
    brush.fill((side / 0.16) ** 2 + ((down - 0.45) / 0.085) ** 2 < 1.0, (0.05, 0.05, 0.06), 0.0)
    return brush.done()


def _boat() -> Pixels:
    brush = Brush(ROWS, COLUMNS)
    side, down = brush.side, brush.down
    rise = np.clip((down - 0.05) / 0.73, 0.0, 1.0)
    between = (down > 0.05) & (down < 0.78)
    brush.fill(between & (side > 0.03) & (side < 0.03 + 0.66 * rise**1.2), (0.80, 0.75, 0.66), 0.0)
    brush.fill(
        between & (side < -0.03) & (side > -0.03 - 0.44 * rise**1.3), (0.66, 0.58, 0.50), 0.0
    )
    brush.fill((down > 0.02) & (down < 0.86) & (abs(side) < 0.018), (0.16, 0.10, 0.06), 0.0)
    hull = 0.86 - 0.40 * np.clip((down - 0.82) / 0.18, 0.0, 1.0) ** 1.6
    brush.fill((down > 0.82) & (abs(side - 0.02) < hull), (0.24, 0.06, 0.05), 0.0)
    brush.fill((down > 0.82) & (down < 0.852) & (abs(side - 0.02) < hull), (0.66, 0.58, 0.44), 0.0)
    return brush.done()


def _lighthouse() -> Pixels:
    brush = Brush(ROWS, COLUMNS)
    side, down = brush.side, brush.down
    half = 0.17 + 0.15 * (down - 0.2)
    body = (down > 0.20) & (abs(side) < half)
    band = (np.floor((down - 0.20) / 0.135) % 2 == 1) & body
    brush.fill(body, (0.70, 0.67, 0.62), 0.02)
    brush.fill(band, (0.45, 0.05, 0.04), 0.02)
    brush.fill(body & (side < -half * 0.3) & ~band, (0.42, 0.41, 0.42), 0.0)
    brush.fill(body & (side < -half * 0.3) & band, (0.26, 0.03, 0.03), 0.0)
    brush.fill((down > 0.185) & (down < 0.212) & (abs(side) < 0.27), (0.06, 0.06, 0.06), 0.0)
    brush.fill((down > 0.10) & (down < 0.186) & (abs(side) < 0.135), (1.0, 0.80, 0.42), 1.0)
    brush.fill(
        (down > 0.10) & (down < 0.186) & (abs(abs(side) - 0.07) < 0.012), (0.06, 0.06, 0.06), 0.0
    )
    brush.fill(
        (down > 0.03) & (down < 0.103) & (abs(side) < 2.5 * (down - 0.025)),
        (0.38, 0.04, 0.035),
        0.0,
    )
    return brush.done()


def _house() -> Pixels:
    brush = Brush(ROWS, COLUMNS)
    side, down = brush.side, brush.down
    wall = (down > 0.55) & (abs(side) < 0.70)
    brush.fill(wall, (0.36, 0.25, 0.17), 0.0)
    brush.fill(wall & (side < -0.35), (0.26, 0.18, 0.13), 0.0)
    brush.fill(
        (side > 0.30) & (side < 0.47) & (down > 0.16) & (down < 0.5), (0.20, 0.12, 0.10), 0.0
    )
    roof = (down > 0.22) & (down < 0.58) & (abs(side) < 0.30 + 0.56 * (down - 0.22) / 0.36)
    brush.fill(roof, (0.30, 0.085, 0.055), 0.0)
    for left in (-0.52, 0.02, 0.38):
        pane = (side > left) & (side < left + 0.22) & (down > 0.66) & (down < 0.80)
        brush.fill(pane, (1.0, 0.70, 0.30), 1.0)
    brush.fill((side > -0.22) & (side < -0.04) & (down > 0.66), (0.12, 0.07, 0.05), 0.0)
    return brush.done()


def _castle() -> Pixels:
    brush = Brush(ROWS, COLUMNS)
    side, down = brush.side, brush.down
    stone, shade = (0.30, 0.28, 0.28), (0.19, 0.18, 0.20)
    teeth = np.floor(side * 18.0) % 2 == 0
    towers = ((-0.74, 0.13, 0.42), (0.76, 0.13, 0.40), (-0.26, 0.15, 0.22), (0.30, 0.17, 0.30))
    brush.fill((down > 0.62) & (abs(side) < 0.86), stone, 0.0)
    brush.fill((down > 0.585) & (down < 0.63) & (abs(side) < 0.86) & teeth, stone, 0.0)
    for middle, half, top in towers:
        off = side - middle
        brush.fill((abs(off) < half) & (down > top), stone, 0.0)
        brush.fill((off < -half * 0.25) & (off > -half) & (down > top), shade, 0.0)
        roof = (
            (down > top - 0.20)
            & (down < top)
            & (abs(off) < (half + 0.05) * (down - top + 0.20) / 0.20)
        )
        brush.fill(roof, (0.12, 0.13, 0.22), 0.0)
        brush.fill((abs(off) < 0.032) & (abs(down - top - 0.10) < 0.028), (1.0, 0.74, 0.34), 1.0)
    arch = (abs(side - 0.02) < 0.10) & (down > 0.80)
    brush.fill(arch, (0.06, 0.05, 0.05), 0.0)
    for left in (-0.56, 0.02, 0.52):
        brush.fill((abs(side - left) < 0.028) & (abs(down - 0.70) < 0.024), (1.0, 0.74, 0.34), 1.0)
    return brush.done()


def _mill() -> Pixels:
    brush = Brush(ROWS, COLUMNS)
    side, down = brush.side, brush.down
    half = 0.13 + 0.20 * (down - 0.35)
    brush.fill((down > 0.36) & (abs(side) < half), (0.56, 0.52, 0.46), 0.0)
    brush.fill((down > 0.36) & (side > -half) & (side < -half * 0.3), (0.34, 0.32, 0.30), 0.0)
    brush.fill(
        (down > 0.26) & (down < 0.37) & (abs(side) < 0.19 * (down - 0.25) / 0.12),
        (0.24, 0.09, 0.06),
        0.0,
    )
    brush.fill((abs(side) < 0.05) & (down > 0.60) & (down < 0.68), (1.0, 0.74, 0.34), 1.0)
    brush.fill((abs(side) < 0.07) & (down > 0.88), (0.12, 0.08, 0.06), 0.0)
    return brush.done()


def shares(count: float) -> list[float]:
    """Return how much each of `count` things is there: a count between two is one half there."""
    return [min(1.0, count - index) for index in range(min(math.ceil(count), 2 * MOST_OF_A_THING))]


def place_all(
    counts: tuple[float, ...], scene: Scene, sight: Sight, tops: Grid, height: int
) -> list[Place]:
    """Return where the cards are now, far before near."""
    wanted = dict(zip(THINGS, counts, strict=True))
    width = tops.shape[1]
    placed: list[Place] = []
    for index, share in enumerate(shares(wanted["castle"])):
        placed.append(_on_ridge(CASTLE, 330.0 + index, 2, 0.21 * height, sight, tops, share))
    for index, share in enumerate(shares(wanted["lighthouse"])):
        placed.append(_on_ridge(LIGHTHOUSE, 250.0 + index, 2, 0.245 * height, sight, tops, share))
    for index, share in enumerate(shares(wanted["windmill"])):
        at = 760.0 + 190.0 * index - 380.0 * (index % 2)
        placed.append(_on_ridge(WINDMILL, at, 2, 0.14 * height, sight, tops, share))
    for index, share in enumerate(shares(wanted["house"])):
        at = 520.0 + (index * 83.0 + 29.0 * (index % 3)) * (1 if index % 2 else -1)
        placed.append(
            _on_ridge(HOUSE, at, 2, (0.060 + 0.008 * (index % 3)) * height, sight, tops, share)
        )
    placed += _birds(wanted["bird"], sight, width, height)
    placed += _balloons(wanted["balloon"], sight, width, height)
    placed += _boats(wanted["boat"], scene, sight, width, height)
    return placed


def _on_ridge(
    card: int, at: float, ridge: int, tall: float, sight: Sight, tops: Grid, share: float
) -> Place:
    width = tops.shape[1]
    x = _around(at - sight.x * PACES[ridge], float(width))
    near = tops[ridge, max(int(x) - 6, 0) : int(x) + 7]
    foot = float(near.max()) + 3.0 if len(near) else float(tops[ridge, -1])
    return Place(card, x, foot + tall * 0.04, tall * COLUMNS / ROWS, tall, ridge, share)


def _around(x: float, width: float) -> float:
    """Bring a place that moved out of the picture in again at the other side."""
    return (x + 160.0) % (width + 320.0) - 160.0


def _balloons(count: float, sight: Sight, width: int, height: int) -> list[Place]:
    placed = []
    for index, share in enumerate(shares(count)):
        near = (0.55, 1.0, 0.38, 0.72, 0.28)[index % 5]
        tall = 0.24 * height * near
        drift = sight.time_s * (5.0 + 7.0 * near) - sight.x * 0.25 * near
        x = _around(width * ((0.30 + 0.381966 * index) % 1.0) + drift, float(width))
        bob = 9.0 * near * math.sin(sight.time_s * 0.5 + index * 2.0)
        foot = height * (0.20 + 0.14 * ((index * 0.618) % 1.0)) + tall * 0.75 + bob + sight.y * near
        placed.append(Place(index % BALLOONS, x, foot, tall * COLUMNS / ROWS, tall, SKY, share))
    return sorted(placed, key=lambda place: place.tall)


def _birds(count: float, sight: Sight, width: int, height: int) -> list[Place]:
    placed = []
    for index, share in enumerate(shares(count)):
        size = height * (0.030 + 0.012 * (index % 3))
        flight = sight.time_s * (34.0 + 3.0 * (index % 4)) - sight.x * 0.1
        row = (index + 1) // 2 * (1 if index % 2 else -1)
        x = _around(0.32 * width + 46.0 * abs(row) * -1.0 + flight, float(width))
        y = height * 0.24 + row * 24.0 + 9.0 * math.sin(sight.time_s * 0.9 + index)
        beat = math.sin(sight.time_s * 7.0 + index * 1.7) > 0.0
        placed.append(Place(BIRD + (0 if beat else 1), x, y, size * 1.5, size, SKY, share))
    return placed


def _boats(count: float, scene: Scene, sight: Sight, width: int, height: int) -> list[Place]:
    placed = []
    for index, share in enumerate(shares(count)):
        near = (0.35, 0.75, 0.5, 1.0, 0.25)[index % 5]
        shore = SHORE * height + sight.y * 0.5
        rock = scene.waves * 9.0 * near * math.sin(sight.time_s * 1.6 + index * 2.2)
        foot = shore + (0.02 + 0.13 * near) * height + rock
        sail = sight.time_s * (4.0 + 5.0 * near) * (1 if index % 2 else -1)
        x = _around(
            width * ((0.38 + 0.381966 * index) % 1.0) + sail - sight.x * 0.6 * near, float(width)
        )
        tall = height * 0.17 * (0.35 + 0.65 * near)
        there = share * min(1.0, scene.water * 2.0)
        placed.append(Place(BOAT, x, foot, tall * COLUMNS / ROWS, tall, SKY, there))
    return sorted(placed, key=lambda place: place.foot)


def place_lights(
    counts: tuple[float, ...], placed: list[Place], sight: Sight, width: int, height: int
) -> list[Glow]:
    """Return the lights that are up: lanterns, fireflies, the lamp of a lighthouse."""
    wanted = dict(zip(THINGS, counts, strict=True))
    glows = _lanterns(wanted["lantern"] * 2.0, sight, width, height)
    glows += _fireflies(wanted["firefly"] * 2.0, sight, width, height)
    for place in placed:
        if place.card == LIGHTHOUSE:
            sweep = math.sin(sight.time_s * 1.1) ** 8
            y = place.foot - place.tall * 0.86
            strength = place.share * (0.30 + 0.90 * sweep)
            glows.append(Glow(place.x, y, 34.0 + 120.0 * sweep, strength, 1.2, 0.90, 0.50))
    return glows


def _lanterns(count: float, sight: Sight, width: int, height: int) -> list[Glow]:
    glows = []
    for index, share in enumerate(shares(count)):
        rise = (sight.time_s * (0.016 + 0.005 * (index % 4)) + index * 0.37) % 1.0
        sway = 26.0 * math.sin(sight.time_s * 0.4 + index * 1.9)
        x = _around(width * ((0.12 + 0.618 * index) % 1.0) + sway - sight.x * 0.4, float(width))
        y = height * (0.80 - 0.78 * rise) + sight.y * 0.5
        size = height * (0.040 + 0.030 * ((index * 0.37) % 1.0))
        fade = share * min(1.0, 6.0 * rise, 6.0 * (1.0 - rise))
        glows.append(Glow(x, y, size, fade, 1.35, 0.62, 0.20))
    return glows


def _fireflies(count: float, sight: Sight, width: int, height: int) -> list[Glow]:
    glows = []
    for index, share in enumerate(shares(count)):
        way = 60.0 * math.sin(sight.time_s * 0.5 + index * 2.4)
        x = _around(width * ((0.07 + 0.618 * index) % 1.0) + way - sight.x * 0.8, float(width))
        dance = 22.0 * math.sin(sight.time_s * 0.8 + index)
        y = height * (0.74 + 0.18 * ((index * 0.29) % 1.0)) + dance
        pulse = share * max(0.0, math.sin(sight.time_s * 1.7 + index * 2.9))
        glows.append(Glow(x, y, 20.0, pulse, 0.65, 0.95, 0.22))
    return glows


@inlined
def _card_at(
    cards: Sheets, card: int, y: int, x: int, channel: int, part_x: float, part_y: float
) -> float:
    top = cards[card, y, x, channel] * (1.0 - part_x) + cards[card, y, x + 1, channel] * part_x
    low = cards[card, y + 1, x, channel] * (1.0 - part_x)
    low += cards[card, y + 1, x + 1, channel] * part_x
    return float((top + (low - top) * part_y) * (1.0 / 255.0))


@compiled
def draw_card(scene: Scene, cards: Sheets, place: Place, tops: Grid, canvas: Cube) -> None:
    """Draw a card; ridges nearer than its own hide it."""
    height, width = canvas.shape[0], canvas.shape[1]
    own = smooth(0.05, 0.7, scene.night + 0.6 * scene.gloom)
    haze = 0.06 + 0.30 * scene.fog * (place.tall < 0.2 * height)
    left = place.x - place.wide * 0.5
    top = place.foot - place.tall
    for y in range(max(int(top), 0), min(int(place.foot) + 1, height)):
        line = (y + 0.5 - top) / place.tall * ROWS - 0.5
        if line < 0.0 or line >= ROWS - 1.0:
            continue
        y0 = int(line)
        part_y = line - y0
        for x in range(max(int(left), 0), min(int(left + place.wide) + 1, width)):
            cell = (x + 0.5 - left) / place.wide * COLUMNS - 0.5
            if cell < 0.0 or cell >= COLUMNS - 1.0 or y > tops[3, x] or y > tops[4, x]:
                continue
            x0 = int(cell)
            part_x = cell - x0
            cover = _card_at(cards, place.card, y0, x0, 3, part_x, part_y) * place.share
            if cover <= 0.01:
                continue
            lamp = _card_at(cards, place.card, y0, x0, 4, part_x, part_y) * own
            for channel in range(3):
                color = _card_at(cards, place.card, y0, x0, channel, part_x, part_y)
                light = (scene.light_red, scene.light_green, scene.light_blue)[channel]
                low = (scene.low_red, scene.low_green, scene.low_blue)[channel]
                shown = color * color * (light * 1.15 + lamp * (1.5, 1.2, 0.8)[channel])
                shown += (low * 0.75 - shown) * haze * (1.0 - lamp)
                canvas[y, x, channel] += (shown - canvas[y, x, channel]) * cover


@compiled
def draw_glow(glow: Glow, canvas: Cube) -> None:
    """Add a light."""
    height, width = canvas.shape[0], canvas.shape[1]
    for y in range(max(int(glow.y - glow.radius), 0), min(int(glow.y + glow.radius) + 1, height)):
        for x in range(
            max(int(glow.x - glow.radius), 0), min(int(glow.x + glow.radius) + 1, width)
        ):
            apart = ((x - glow.x) ** 2 + (y - glow.y) ** 2) / (glow.radius * glow.radius)
            if apart < 1.0:
                fall = (1.0 - apart) ** 2
                fall = glow.strength * (0.30 * fall * fall + 1.8 * smooth(0.030, 0.008, apart))
                canvas[y, x, 0] += fall * glow.red
                canvas[y, x, 1] += fall * glow.green
                canvas[y, x, 2] += fall * glow.blue
