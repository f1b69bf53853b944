"""Which cards there are: pines, a sailing boat, a lighthouse, a lamp; painted once at the start."""

from typing import Final

import numpy as np

from diorama.world.demos.brush import Brush
from diorama.world.demos.compiled import Pixels, Sheets, compiled
from diorama.world.demos.noise import fractal, noise, smooth

ROWS: Final = 128
COLUMNS: Final = 96
PINES: Final = 5
BOAT: Final = PINES
LIGHTHOUSE: Final = PINES + 1
LAMP: Final = PINES + 2


def make_cards(seed: int) -> Sheets:
    """Return the cards, uint8, (card, `ROWS`, `COLUMNS`, 5); see `things.Things`."""
    cards = np.zeros((LAMP + 1, ROWS, COLUMNS, 5), np.uint8)
    for kind in range(PINES):
        paint_pine(cards[kind], seed % 100_003 + kind * 31)
    cards[BOAT] = _boat()
    cards[LIGHTHOUSE] = _lighthouse()
    cards[LAMP] = _lamp()
    return cards


@compiled
def paint_pine(card: Pixels, seed: int) -> None:
    """Paint a pine of a seed."""
    for row in range(ROWS):
        down = (row + 0.5) / ROWS
        for column in range(COLUMNS):
            side = (column + 0.5) / COLUMNS * 2.0 - 1.0
            sag = down + 0.10 * abs(side) - 0.05 * noise(side * 7.0, 3.0, seed)
            tier = sag * 7.5 + noise(1.0, down * 3.0, seed + 5)
            step = tier - int(tier)
            reach = (0.10 + 0.80 * down**0.85) * (0.55 + 0.45 * step)
            reach *= 0.80 + 0.45 * (fractal(side * 5.0, down * 16.0, seed + 9, 3) - 0.3)
            inside = smooth(reach, reach - 0.10, abs(side)) * smooth(0.95, 0.93, down)
            trunk = smooth(0.055, 0.035, abs(side)) * smooth(0.05, 0.1, down)
            cover = max(inside, trunk)
            dark = 0.55 + 0.45 * step
            speck = noise(side * 22.0, down * 40.0, seed + 14)
            sun = (0.06 + 0.34 * step) * (0.4 + 0.8 * speck) * (0.65 + 0.35 * abs(side) / 0.5)
            if inside >= trunk or cover == 0.0:
                card[row, column, 0] = int(255.0 * (0.075 * dark + 0.05 * speck) ** 0.5)
                card[row, column, 1] = int(255.0 * (0.105 * dark + 0.05 * speck) ** 0.5)
                card[row, column, 2] = int(255.0 * (0.040 * dark + 0.012 * speck) ** 0.5)
            else:
                card[row, column, 0] = 84
                card[row, column, 1] = 62
                card[row, column, 2] = 48
            card[row, column, 3] = int(255.0 * cover)
            card[row, column, 4] = int(255.0 * min(max(sun, 0.0), 1.0))


def _boat() -> Pixels:
    brush = Brush(ROWS, COLUMNS)
    side, down = brush.side, brush.down
    sail_top, sail_foot = 0.06, 0.78
    rise = np.maximum(down - sail_top, 0.0) / (sail_foot - sail_top)
    between = (down > sail_top) & (down < sail_foot)
    brush.fill(
        between & (side > 0.03) & (side < 0.03 + 0.62 * rise**1.15), (0.85, 0.80, 0.70), 0.95
    )
    brush.fill(
        between & (side < -0.03) & (side > -0.03 - 0.40 * rise**1.3), (0.80, 0.74, 0.64), 0.7
    )
    brush.fill((down > 0.02) & (down < 0.86) & (abs(side) < 0.018), (0.20, 0.13, 0.08), 0.5)
    hull = 0.88 - 0.42 * np.clip((down - 0.82) / 0.18, 0, 1) ** 1.6
    brush.fill((down > 0.82) & (abs(side - 0.02) < hull), (0.34, 0.05, 0.035), 0.55)
    brush.fill((down > 0.82) & (down < 0.85) & (abs(side - 0.02) < hull), (0.75, 0.68, 0.55), 0.8)
    return brush.done()


def _lighthouse() -> Pixels:
    brush = Brush(ROWS, COLUMNS)
    side, down = brush.side, brush.down
    half = 0.30 + 0.26 * (down - 0.2)
    body = (down > 0.22) & (abs(side) < half)
    brush.fill(body, (0.80, 0.76, 0.70), 0.45)
    band = (np.floor((down - 0.22) / 0.13) % 2 == 1) & body
    brush.fill(band, (0.52, 0.06, 0.045), 0.45)
    brush.fill(body & (side > half * 0.45) & ~band, (0.84, 0.80, 0.74), 0.95)
    brush.fill(body & (side > half * 0.45) & band, (0.60, 0.08, 0.05), 0.95)
    for top in (0.42, 0.68):
        brush.fill(
            (abs(side) < 0.055) & (down > top) & (down < top + 0.035), (0.05, 0.05, 0.06), 0.1
        )
    brush.fill((down > 0.205) & (down < 0.232) & (abs(side) < 0.46), (0.09, 0.08, 0.08), 0.5)
    brush.fill((down > 0.10) & (down < 0.205) & (abs(side) < 0.24), (0.85, 0.66, 0.30), 0.6)
    pane = (down > 0.10) & (down < 0.205) & (abs(abs(side) - 0.12) < 0.018)
    brush.fill(pane, (0.06, 0.06, 0.06), 0.2)
    brush.fill(
        (down > 0.035) & (down < 0.105) & (abs(side) < 0.32 * (down - 0.03) / 0.075),
        (0.45, 0.05, 0.04),
        0.6,
    )
    return brush.done()


def _lamp() -> Pixels:
    brush = Brush(ROWS, COLUMNS)
    side, down = brush.side, brush.down
    brush.fill((down > 0.30) & (abs(side) < 0.05), (0.06, 0.05, 0.045), 0.4)
    brush.fill((down > 0.10) & (down < 0.30) & (abs(side) < 0.26), (1.0, 0.82, 0.45), 1.0)
    brush.fill(
        (down > 0.04) & (down < 0.11) & (abs(side) < 0.34 * (down - 0.02) / 0.09),
        (0.05, 0.04, 0.04),
        0.4,
    )
    frame = (down > 0.09) & (down < 0.31) & (abs(abs(side) - 0.25) < 0.03)
    brush.fill(frame, (0.05, 0.04, 0.04), 0.4)
    return brush.done()
