"""What stands on the land and floats: pictures on upright cards, lights, stones; and their mirror.

`Stock` knows where everything is; `see` sorts what is in view from far to near for the kernel.
"""

from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from diorama.world.demos.compiled import Counts, Grid, Sheets, inlined
from diorama.world.demos.cove.column import Column, View
from diorama.world.demos.cove.sky import ROWS, Light
from diorama.world.demos.noise import smooth

MOST: Final = 768
GLOW: Final = -1.0
DOT: Final = -2.0
FIELDS: Final = 7
BIAS_M: Final = 1.2
AIR: Final = 0
MIRROR: Final = 1


class Things(NamedTuple):
    """What is in view, as kernels read it.

    `sheets` and `small` are the cards' pictures: red, green, blue (square roots of linear light),
    cover, share of sun. A row of `seen`: distance, left and right column, height of foot and top in
    metres, card (`GLOW` adds light, `DOT` is a disc), strength. `used` says how many rows count.
    """

    sheets: Sheets
    small: Sheets
    seen: Grid
    used: Counts


def make_things(sheets: Sheets) -> Things:
    """Return an empty view over these cards."""
    kinds, rows, columns, channels = sheets.shape
    blocks = sheets.reshape(kinds, rows // 4, 4, columns // 4, 4, channels)
    small = np.ascontiguousarray(blocks.mean(axis=(2, 4), dtype=np.float32).astype(np.uint8))
    return Things(sheets, small, np.zeros((MOST, FIELDS), np.float32), np.zeros(1, np.int32))


def see(things: Things, placed: npt.NDArray[np.float64], view: View, width: int) -> None:
    """Take up what of `placed` is in view.

    A row of `placed`: x, z, height of foot, width, height, card, strength.
    """
    off_x = placed[:, 0] - view.x
    off_z = placed[:, 1] - view.z
    distance = off_x * view.ahead_x + off_z * view.ahead_z
    ahead = np.maximum(distance, 1e-3)
    middle = (off_x * view.ahead_z - off_z * view.ahead_x) / ahead * view.scale + width * 0.5
    half = placed[:, 3] * 0.5 * view.scale / ahead
    shown = (distance > 0.8) & (middle + half > 0.0) & (middle - half < width) & (distance < 950.0)
    order = np.flatnonzero(shown)
    order = order[np.argsort(-distance[order], kind="stable")][-MOST:]
    count = len(order)
    things.used[0] = count
    seen = things.seen
    seen[:count, 0] = distance[order]
    seen[:count, 1] = (middle - half)[order]
    seen[:count, 2] = (middle + half)[order]
    seen[:count, 3] = placed[order, 2]
    seen[:count, 4] = placed[order, 2] + placed[order, 4]
    seen[:count, 5] = placed[order, 5]
    seen[:count, 6] = placed[order, 6]


@inlined
def draw_things(
    view: View, light: Light, things: Things, column: Column, x: int, where: int
) -> None:
    """Draw what stands in one column of the picture (`AIR`), or of its mirror (`MIRROR`)."""
    across = x + 0.5
    for index in range(things.used[0]):
        left = things.seen[index, 1]
        right = things.seen[index, 2]
        if across < left or across >= right:
            continue
        distance = things.seen[index, 0]
        foot = things.seen[index, 3]
        head = things.seen[index, 4]
        if where == MIRROR:
            start = view.horizon + (view.height + foot) * view.scale / distance
            end = view.horizon + (view.height + head) * view.scale / distance
        else:
            start = view.horizon + (view.height - foot) * view.scale / distance
            end = view.horizon + (view.height - head) * view.scale / distance
        side = (across - left) / (right - left)
        if things.seen[index, 5] >= 0.0:
            _draw_card(light, things, column, index, side, start, end, where)
        else:
            _draw_light(light, things, column, index, side, start, end, where)


@inlined
def _stands_before(column: Column, row: int, distance: float, where: int) -> bool:
    behind = column.mirror_depth[row] if where == MIRROR else column.depth[row]
    return bool(behind == 0.0 or behind > distance - BIAS_M)


@inlined
def _sample(
    cards: Sheets, kind: int, line: int, cell: int, channel: int, part_x: float, part_y: float
) -> float:
    """Return a card's value between its cells, 0 to 1."""
    top = cards[kind, line, cell, channel] * (1.0 - part_x)
    top += cards[kind, line, cell + 1, channel] * part_x
    low = cards[kind, line + 1, cell, channel] * (1.0 - part_x)
    low += cards[kind, line + 1, cell + 1, channel] * part_x
    return float((top + (low - top) * part_y) * (1.0 / 255.0))


@inlined
def _draw_card(
    light: Light,
    things: Things,
    column: Column,
    index: int,
    side: float,
    start: float,
    end: float,
    where: int,
) -> None:
    distance = things.seen[index, 0]
    kind = int(things.seen[index, 5])
    tall = abs(start - end)
    cards = things.small if tall < 52.0 else things.sheets
    lines = cards.shape[1]
    at_x = min(max(side * cards.shape[2] - 0.5, 0.0), cards.shape[2] - 1.01)
    cell = int(at_x)
    part_x = at_x - cell
    low = min(start, end)
    first = max(int(low + 0.5), 0)
    past = min(int(max(start, end) + 0.5), column.depth.shape[0])
    haze = distance * 0.00115
    haze = haze * haze / (1.0 + haze * haze)
    target = column.mirror if where == MIRROR else column.color
    for row in range(first, past):
        if not _stands_before(column, row, distance, where):
            continue
        share = (row + 0.5 - low) / max(tall, 1e-3)
        at_y = (1.0 - share if where == MIRROR else share) * lines - 0.5
        at_y = min(max(at_y, 0.0), lines - 1.01)
        line = int(at_y)
        part_y = at_y - line
        cover = _sample(cards, kind, line, cell, 3, part_x, part_y)
        if cover <= 0.02:
            continue
        sun = _sample(cards, kind, line, cell, 4, part_x, part_y)
        red = _sample(cards, kind, line, cell, 0, part_x, part_y)
        green = _sample(cards, kind, line, cell, 1, part_x, part_y)
        blue = _sample(cards, kind, line, cell, 2, part_x, part_y)
        red *= red * (light.sky_red + light.sun_red * sun)
        green *= green * (light.sky_green + light.sun_green * sun)
        blue *= blue * (light.sky_blue + light.sun_blue * sun)
        red += (column.sky[ROWS, 0] - red) * haze
        green += (column.sky[ROWS, 1] - green) * haze
        blue += (column.sky[ROWS, 2] - blue) * haze
        target[row, 0] += (red - target[row, 0]) * cover
        target[row, 1] += (green - target[row, 1]) * cover
        target[row, 2] += (blue - target[row, 2]) * cover


@inlined
def _draw_light(
    light: Light,
    things: Things,
    column: Column,
    index: int,
    side: float,
    start: float,
    end: float,
    where: int,
) -> None:
    distance = things.seen[index, 0]
    strength = things.seen[index, 6]
    solid = things.seen[index, 5] < -1.5
    low = min(start, end)
    first = max(int(low + 0.5), 0)
    past = min(int(max(start, end) + 0.5), column.depth.shape[0])
    per_row = 2.0 / max(abs(start - end), 1e-3)
    off_x = side * 2.0 - 1.0
    target = column.mirror if where == MIRROR else column.color
    for row in range(first, past):
        off_y = (row + 0.5 - low) * per_row - 1.0
        apart = off_x * off_x + off_y * off_y
        if apart >= 1.0 or not _stands_before(column, row, distance, where):
            continue
        if solid:
            cover = smooth(1.0, 0.7, apart)
            lit = strength * (light.sky_green + 0.5 * light.sun_green)
            for channel in range(3):
                target[row, channel] += (lit - target[row, channel]) * cover
        else:
            fall = (1.0 - apart) ** 2
            fall = strength * (fall * fall * 0.45 + 2.5 * smooth(0.012, 0.004, apart))
            target[row, 0] += fall * 1.5
            target[row, 1] += fall * 0.86
            target[row, 2] += fall * 0.34
