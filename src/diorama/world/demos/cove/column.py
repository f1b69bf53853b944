"""What one column of the picture meets: how far each row's ray goes, in the air and off the water.

The view is drawn column by column. A ray's bearing is the column's, its slope the row's, so one
walk over the land from near to far serves all rows: each step that stands higher than all before
it fills the rows between. The same walk fills the mirror, what the water would show if it lay flat.
"""

from typing import Final, NamedTuple

from diorama.world.demos.compiled import Bytes, Grid, Line, inlined
from diorama.world.demos.cove.terrain import DEEP_M, SIDE, Land

NEAR: Final = 0.7
FAR: Final = 980.0
STEP: Final = 0.0095
SEA_FLOOR: Final = -16.0


class View(NamedTuple):
    """The camera.

    `scale` turns a slope into rows, `horizon` is the row of slope 0, `rings` how steep the steepest
    ring of waves is.
    """

    x: float
    z: float
    height: float
    ahead_x: float
    ahead_z: float
    scale: float
    horizon: float
    time_s: float
    rings: float


class Column(NamedTuple):
    """Room for the work on one column, used again for each.

    `depth` is the distance along the view per row (0 where there is sky), `ground` the height of
    the land there, `edge` the share of a row that the nearer of two surfaces covers; `mirror_depth`
    likewise for the mirror; `sea` is what the column before showed of the sea, and `sea_depth` how
    far off. `color`, `mirror` and `sky` are linear light.
    """

    depth: Line
    ground: Line
    edge: Line
    mirror_depth: Line
    sea_depth: Line
    color: Grid
    sea: Grid
    mirror: Grid
    sky: Grid
    tone: Bytes


@inlined
def height_at(heights: Grid, x: float, z: float) -> float:
    """Return the land's height at a point, between its cells; open sea outside."""
    if x < 0.0 or z < 0.0 or x >= SIDE - 1.0 or z >= SIDE - 1.0:
        return SEA_FLOOR
    x0 = int(x)
    z0 = int(z)
    part_x = x - x0
    part_z = z - z0
    top = heights[z0, x0] + (heights[z0, x0 + 1] - heights[z0, x0]) * part_x
    low = heights[z0 + 1, x0] + (heights[z0 + 1, x0 + 1] - heights[z0 + 1, x0]) * part_x
    return float(top + (low - top) * part_z)


@inlined
def walk(view: View, land: Land, column: Column, bear_x: float, bear_z: float) -> int:
    """Fill depth, ground, edge and mirror depth of a column; return its lowest row of sky."""
    rows = column.depth.shape[0]
    for row in range(rows):
        column.depth[row] = 0.0
        column.edge[row] = 0.0
        column.mirror_depth[row] = 0.0
    top = float(rows)
    last_y = 1e9
    last_part = 1.0 / NEAR
    last_ground = 0.0
    span_low = rows
    span_high = rows
    distance = NEAR
    far = min(FAR, _way_out(view.x, bear_x), _way_out(view.z, bear_z))
    while distance < far:
        x = view.x + bear_x * distance
        z = view.z + bear_z * distance
        ground = height_at(land.heights, x, z)
        part = 1.0 / distance
        y = view.horizon + (view.height - max(ground, 0.0)) * view.scale * part
        if y < top:
            if last_y > top and top < rows:
                _mark_edge(column, top)
            _fill(column, top, last_y, last_part, last_ground, y, part, ground)
            top = y
        if ground > 0.0:
            low = int(view.horizon + view.height * view.scale * part)
            high = int(view.horizon + (view.height + ground) * view.scale * part) + 1
            if low < rows:
                span_low, span_high = _mirror(
                    column, max(low, 0), min(high, rows), span_low, span_high, distance
                )
        elif top <= 0.0:
            break
        last_y = y
        last_part = part
        last_ground = ground
        distance += _stride(land, x, z, ground, distance)
    if top < view.horizon:
        _mark_edge(column, top)
        return max(0, int(top + 0.5))
    return _fill_open_sea(view, column, top)


@inlined
def _stride(land: Land, x: float, z: float, ground: float, distance: float) -> float:
    """Return how far to the next look at the land: far over deep water, else a share of the way."""
    stride = max(0.26, distance * STEP)
    if ground < -1.0 and land.deep[int(z) // DEEP_M, int(x) // DEEP_M] > 0:
        return float(max(stride, DEEP_M))
    return float(stride)


@inlined
def _way_out(position: float, bearing: float) -> float:
    """Return how far ahead the land's edge lies along one axis."""
    if bearing > 1e-6:
        return (SIDE - 1.01 - position) / bearing
    if bearing < -1e-6:
        return (0.01 - position) / bearing
    return FAR


@inlined
def _mark_edge(column: Column, top: float) -> None:
    row = int(top)
    if 0 < row < column.edge.shape[0] - 1:
        column.edge[row] = 1.0 - (top - row)


@inlined
def _fill(
    column: Column,
    top: float,
    last_y: float,
    last_part: float,
    last_ground: float,
    y: float,
    part: float,
    ground: float,
) -> None:
    """Fill the rows that one step of the walk adds, even in 1 / distance as perspective is."""
    first = max(int(y + 0.5), 0)
    past = min(int(top + 0.5), column.depth.shape[0])
    per_row = 1.0 / max(last_y - y, 1e-6)
    for row in range(first, past):
        share = min(max((last_y - row - 0.5) * per_row, 0.0), 1.0)
        column.depth[row] = 1.0 / (last_part + (part - last_part) * share)
        column.ground[row] = last_ground + (ground - last_ground) * share


@inlined
def _mirror(
    column: Column, low: int, high: int, span_low: int, span_high: int, distance: float
) -> tuple[int, int]:
    """Fill the mirror's rows `low` to `high` but those of the span last filled; return the span."""
    if low < span_low:
        _fill_mirror(column, low, min(high, span_low), distance)
    if high > span_high:
        _fill_mirror(column, max(low, span_high), high, distance)
    if high < span_low:
        span_high = high
    return min(low, span_low), max(high, span_high)


@inlined
def _fill_mirror(column: Column, first: int, past: int, distance: float) -> None:
    for row in range(first, past):
        if column.mirror_depth[row] == 0.0:
            column.mirror_depth[row] = distance


@inlined
def _fill_open_sea(view: View, column: Column, top: float) -> int:
    """Fill from the end of the walk up to the horizon; return the lowest row of sky."""
    first = max(int(view.horizon + 0.5), 0)
    for row in range(first, min(int(top + 0.5), column.depth.shape[0])):
        under = max(row + 0.5 - view.horizon, 0.05)
        column.depth[row] = min(view.height * view.scale / under, 20000.0)
        column.ground[row] = SEA_FLOOR
    return first
