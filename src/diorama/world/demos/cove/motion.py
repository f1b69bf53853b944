"""Where the viewer stands in the cove and how that changes, and what flies: stones and their spray.

Values only: each step takes what is wanted and the seconds since the last, and nothing else.
"""

import math
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from diorama.world.demos.cove.scenery import Placed
from diorama.world.demos.cove.terrain import CENTRE, SIDE, Land
from diorama.world.demos.cove.things import DOT
from diorama.world.demos.steering import Intent

LEAST_ABOVE_M: Final = 1.8
MOST_ABOVE_M: Final = 90.0
LEAST_PITCH: Final = -0.62
MOST_PITCH: Final = 0.5
FALL: Final = 9.0  # metres a second, twice
SPRAY: Final = 14
SPRAY_S: Final = 0.9
SETTLE_S: Final = 1.6


@dataclass(frozen=True, slots=True)
class Stand:
    """Where the viewer is: metres, `above` what is below; `yaw` in radians; `pitch` as a slope."""

    x: float
    z: float
    above: float
    yaw: float
    pitch: float
    ahead_speed: float = 0.0
    side_speed: float = 0.0
    turn_speed: float = 0.0
    rise_speed: float = 0.0


def arrive(land: Land) -> Stand:
    """Return where a viewer comes in: behind the beach at the end of the bay, facing the sea."""
    x = CENTRE - 4.0
    inland = land.heights[: int(CENTRE), int(x)] > 0.0
    shore = int(np.flatnonzero(inland)[-1]) if inland.any() else int(CENTRE) - 120
    return Stand(x=x, z=shore - 12.0, above=5.0, yaw=0.03, pitch=-0.115)


def move(stand: Stand, intent: Intent, delta_s: float) -> Stand:
    """Return where the viewer is after `delta_s`, having gathered speed as a body does."""
    brisk = (7.0 + 0.45 * stand.above) * (2.6 if intent.haste else 1.0)
    ease = 1.0 - math.exp(-7.0 * delta_s)
    ahead = stand.ahead_speed + (intent.forward * brisk - stand.ahead_speed) * ease
    side = stand.side_speed + (intent.strafe * brisk - stand.side_speed) * ease
    turn = stand.turn_speed + (intent.turn * 1.1 - stand.turn_speed) * ease
    rise = stand.rise_speed + (intent.lift * (4.0 + 0.5 * stand.above) - stand.rise_speed) * ease
    yaw = math.remainder(stand.yaw + turn * delta_s + intent.look_x, math.tau)
    east, north = math.sin(yaw), math.cos(yaw)
    x = stand.x + (east * ahead + north * side) * delta_s
    z = stand.z + (north * ahead - east * side) * delta_s
    return Stand(
        x=min(max(x, 8.0), SIDE - 9.0),
        z=min(max(z, 8.0), SIDE - 9.0),
        above=min(max(stand.above + rise * delta_s, LEAST_ABOVE_M), MOST_ABOVE_M),
        yaw=yaw,
        pitch=min(max(stand.pitch - intent.look_y, LEAST_PITCH), MOST_PITCH),
        ahead_speed=ahead,
        side_speed=side,
        turn_speed=turn,
        rise_speed=rise,
    )


Point = tuple[float, float, float]
"""x, z, height in metres."""


@dataclass(frozen=True, slots=True)
class Stone:
    """A stone on its way from a hand to the water, or the spray it made (`landed`)."""

    start: Point
    goal: Point
    flight_s: float
    age_s: float = 0.0

    @property
    def landed(self) -> bool:
        """Whether it has reached the water."""
        return self.age_s >= self.flight_s

    @property
    def pressure(self) -> float:
        """How far it presses the water down in one step: it bobs, so more rings follow."""
        age_s = self.age_s - self.flight_s
        return 0.042 * math.cos(9.5 * age_s) * math.exp(-2.2 * age_s)

    @property
    def gone(self) -> bool:
        """Whether the water above it is at rest too."""
        return self.age_s >= self.flight_s + SETTLE_S


def throw(start: Point, goal: Point) -> Stone:
    """Return a stone just thrown."""
    apart = math.dist(start, goal)
    return Stone(start, goal, min(0.30 + apart / 75.0, 2.5))


def fly(stone: Stone, delta_s: float) -> Stone:
    """Return the stone after `delta_s`."""
    return replace(stone, age_s=stone.age_s + delta_s)


def show(stone: Stone) -> Placed:
    """Return what of the stone is to be seen, as rows for `things.see`."""
    if not stone.landed:
        share = stone.age_s / stone.flight_s
        arc = FALL * 0.5 * stone.flight_s**2 * share * (1.0 - share)
        x, z, height = (a + (b - a) * share for a, b in zip(stone.start, stone.goal, strict=True))
        return np.array([[x, z, height + arc - 0.15, 0.42, 0.36, DOT, 0.05]])
    age_s = stone.age_s - stone.flight_s
    if age_s >= SPRAY_S:
        return np.zeros((0, 7))
    x, z, _ = stone.goal
    rows = []
    for drop in range(SPRAY):
        round_about = drop * 2.399  # the golden angle: an even crown
        out = 0.6 + 0.5 * (drop % 3)
        height = (4.6 - 0.8 * (drop % 4)) * age_s - 6.0 * age_s**2
        size = 0.42 * (1.0 - age_s / SPRAY_S) + 0.08
        if height > -0.1:
            at_x = x + math.sin(round_about) * out * age_s
            at_z = z + math.cos(round_about) * out * age_s
            rows.append((at_x, at_z, height, size, size, DOT, 1.1))
    return np.array(rows).reshape(-1, 7)
