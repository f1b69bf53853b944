"""Cove: a bay at the golden hour, to walk and fly in; stones make waves, lamps light the way."""

import math
from typing import Annotated, Final

import msgspec
import numpy as np

from diorama.protocol.input import InputEvent
from diorama.world.demos.cove.cards import LAMP, make_cards
from diorama.world.demos.cove.column import View
from diorama.world.demos.cove.motion import Point, Stand, Stone, arrive, fly, move, show, throw
from diorama.world.demos.cove.picture import draw, find_ground, make_column
from diorama.world.demos.cove.scenery import Placed, place_lighthouse, plant_pines, sail, shine
from diorama.world.demos.cove.sky import AROUND, ROWS, light_at, paint_sky
from diorama.world.demos.cove.terrain import SIDE, make_land
from diorama.world.demos.cove.things import GLOW, make_things, see
from diorama.world.demos.cove.water import STEP_S, make_water, push, spread_rings
from diorama.world.demos.steering import Intent, Steering
from diorama.world.world import FrameTime, Json, Picture, World, WorldContext

WIDTH: Final = 1280
HEIGHT: Final = 720
SCALE: Final = WIDTH / 2 / math.tan(math.radians(32))
MOST_LAMPS: Final = 32
MOST_STONES: Final = 8
LAMP_REACH: Final = 13
STILL: Final = 2e-4
LONGEST_STEP_S: Final = 0.1
GOLDEN: Final = 0.2
HOURS: Final = {
    "day": 0.0,
    "golden": GOLDEN,
    "sunset": 0.33,
    "evening": 0.4,
    "dusk": 0.5,
    "twilight": 0.6,
    "night": 1.0,
    "dark": 1.0,
}

Coordinate = Annotated[float, msgspec.Meta(ge=2.0, le=SIDE - 3)]
Share = Annotated[float, msgspec.Meta(ge=0.0, le=1.0)]


class Kept(msgspec.Struct, frozen=True):
    """What a snapshot keeps; waves and flying stones settle instead."""

    x: Coordinate
    z: Coordinate
    above: Annotated[float, msgspec.Meta(ge=0.0, le=100.0)]
    yaw: Annotated[float, msgspec.Meta(ge=-4.0, le=4.0)]
    pitch: Annotated[float, msgspec.Meta(ge=-1.0, le=1.0)]
    dusk: Share
    passed_s: float
    lamps: Annotated[list[tuple[Coordinate, Coordinate]], msgspec.Meta(max_length=MOST_LAMPS)]


class Cove(World):
    """Keys WASD or arrows move and turn, E and Q rise and sink, Shift hurries.

    A drag, or the mouse under pointer lock, looks. A click on the water throws a stone, a click on
    land lights a lamp. The wheel moves the hour. A prompt or a message `{"hour": "night"}` sets it.
    """

    size = (WIDTH, HEIGHT)
    fps = 30

    def start(self, context: WorldContext) -> None:
        """Build the land of the context's seed; option `hour` is where the day starts."""
        self._context = context
        self._seed = context.seed % (2**31)
        self._land = make_land(self._seed)
        self._water = make_water(self._land, self._seed)
        self._things = make_things(make_cards(self._seed))
        self._pines = plant_pines(self._land, self._seed)
        self._stand = arrive(self._land)
        self._tower = place_lighthouse(self._land, self._stand.x, self._stand.z)
        self._steering = Steering()
        self._eye = self._ground_under(self._stand) + self._stand.above
        self._wanted_dusk = self._dusk = _first_hour(context)
        self._lamps: list[Point] = []
        self._stones: list[Stone] = []
        self._passed_s = self._owed_s = 0.0
        self._steepest = 0.0
        self._column = make_column(HEIGHT)
        self._picture = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
        self._sky = np.zeros((AROUND, ROWS + 1, 3), np.float32)
        self._painted = 0
        self._stale = 0
        paint_sky(self._sky, light_at(self._dusk), 0.0, 0, AROUND, self._seed)

    def on_input(self, event: InputEvent) -> None:
        """Gather what the viewer does until the next frame."""
        self._steering.take(event)

    def on_prompt(self, text: str) -> None:
        """Set the hour, where the prompt names one."""
        for word in text.lower().split():
            hour = _hour(word.strip(".,;:!?\"'"))
            if hour is not None:
                self._wanted_dusk = hour

    def on_message(self, data: Json) -> None:
        """Set the hour: `{"hour": "night"}`, or a number from 0 (golden hour) to 1 (night)."""
        if isinstance(data, dict):
            hour = _hour(data.get("hour"))
            if hour is not None:
                self._wanted_dusk = hour

    def render(self, time: FrameTime) -> Picture:
        """Move everything on to `time` and draw it."""
        delta_s = min(max(time.delta_s, 0.0), LONGEST_STEP_S)
        self._passed_s += delta_s
        intent = self._steering.drain()
        self._stand = move(self._stand, intent, delta_s)
        self._follow_ground(delta_s)
        self._turn_hour(intent, delta_s)
        for tap in intent.taps:
            self._touch(tap)
        self._move_water(delta_s)
        self._paint_some_sky()
        view = self._view()
        see(self._things, self._placed(), view, WIDTH)
        light = light_at(self._dusk)
        draw(
            view,
            light,
            self._land,
            self._water,
            self._sky,
            self._things,
            self._column,
            self._picture,
        )
        return self._picture

    def snapshot(self) -> bytes:
        """Return where the viewer stands, the hour and the lamps."""
        stand = self._stand
        lamps = [(x, z) for x, z, _ in self._lamps]
        kept = Kept(
            stand.x, stand.z, stand.above, stand.yaw, stand.pitch, self._dusk, self._passed_s, lamps
        )
        return msgspec.json.encode(kept)

    def restore(self, state: bytes) -> None:
        """Take up a snapshot."""
        kept = msgspec.json.decode(state, type=Kept)
        self._stand = Stand(kept.x, kept.z, kept.above, kept.yaw, kept.pitch)
        self._eye = self._ground_under(self._stand) + kept.above
        self._dusk = self._wanted_dusk = kept.dusk
        self._passed_s = kept.passed_s
        self._lamps = [(x, z, self._surface(x, z)) for x, z in kept.lamps]
        self._shed_lamplight()
        drift = self._passed_s * 0.004
        paint_sky(self._sky, light_at(self._dusk), drift, 0, AROUND, self._seed)

    def _surface(self, x: float, z: float) -> float:
        return max(float(self._land.heights[int(z), int(x)]), 0.0)

    def _ground_under(self, stand: Stand) -> float:
        """Return the highest ground within a step of where the viewer stands."""
        return max(self._surface(stand.x + dx, stand.z + dz) for dx in (-1, 1) for dz in (-1, 1))

    def _follow_ground(self, delta_s: float) -> None:
        ground = self._ground_under(self._stand)
        ease = 1.0 - math.exp(-5.0 * delta_s)
        self._eye += (ground + self._stand.above - self._eye) * ease
        self._eye = max(self._eye, ground + 1.2)

    def _turn_hour(self, intent: Intent, delta_s: float) -> None:
        self._wanted_dusk = min(max(self._wanted_dusk + intent.wheel * 0.07, 0.0), 1.0)
        off = self._wanted_dusk - self._dusk
        if abs(off) > STILL:
            self._dusk += off * (1.0 - math.exp(-3.0 * delta_s))
            self._stale = AROUND
        elif off:
            self._dusk = self._wanted_dusk

    def _touch(self, tap: tuple[float, float]) -> None:
        view = self._view()
        across = (tap[0] - 0.5) * WIDTH / SCALE
        bear_x = view.ahead_x + view.ahead_z * across
        bear_z = view.ahead_z - view.ahead_x * across
        slope = (view.horizon - tap[1] * HEIGHT) / SCALE
        distance = find_ground(view, self._land, bear_x, bear_z, slope)
        if distance < 0.0:
            return
        x, z = view.x + bear_x * distance, view.z + bear_z * distance
        inside = 2.0 < x < SIDE - 3.0 and 2.0 < z < SIDE - 3.0
        if inside and self._land.heights[int(z), int(x)] > 0.0:
            self._lamps = [*self._lamps, (x, z, self._surface(x, z))][-MOST_LAMPS:]
            self._shed_lamplight()
            self._context.send({"type": "lamp", "lamps": len(self._lamps)})
        elif len(self._stones) < MOST_STONES:
            hand = (view.x + bear_x * 2.0, view.z + bear_z * 2.0, view.height - 0.7)
            self._stones.append(throw(hand, (x, z, 0.0)))
            self._context.send({"type": "stone", "distance_m": round(distance, 1)})

    def _shed_lamplight(self) -> None:
        """Lay a pool of light under each lamp."""
        lamps = self._land.lamps
        lamps[:] = 0
        for x, z, _ in self._lamps:
            left, top = max(int(x) - LAMP_REACH, 0), max(int(z) - LAMP_REACH, 0)
            pool = lamps[top : int(z) + LAMP_REACH + 1, left : int(x) + LAMP_REACH + 1]
            rows, columns = np.mgrid[top : top + pool.shape[0], left : left + pool.shape[1]]
            apart = ((columns - x) ** 2 + (rows - z) ** 2) / LAMP_REACH**2
            light = 255.0 * np.clip(1.0 - apart, 0.0, 1.0) ** 2 / (1.0 + 6.0 * apart)
            pool[:] = np.minimum(pool + light, 255.0).astype(np.uint8)

    def _move_water(self, delta_s: float) -> None:
        moved = [fly(stone, delta_s) for stone in self._stones]
        self._stones = [stone for stone in moved if not stone.gone]
        self._owed_s = min(self._owed_s + delta_s, LONGEST_STEP_S)
        while self._owed_s >= STEP_S:
            self._owed_s -= STEP_S
            for stone in self._stones:
                if stone.landed:
                    push(self._water, stone.goal[0], stone.goal[1], stone.pressure)
                    self._steepest = 1.0
            if self._steepest > STILL:
                self._steepest = spread_rings(self._water)

    def _paint_some_sky(self) -> None:
        """Paint a strip of sky: what is in view first while the light changes, else all in turn."""
        count = 24
        if self._stale > 0:
            count = 64
            self._stale -= count
            toward = int(self._stand.yaw / math.tau * AROUND) % AROUND
            if (self._painted - toward + 160) % AROUND > 320 and self._dusk != self._wanted_dusk:
                self._painted = (toward - 160) % AROUND
        drift = self._passed_s * 0.004
        last = self._painted + count
        paint_sky(self._sky, light_at(self._dusk), drift, self._painted, last, self._seed)
        self._painted = last % AROUND

    def _view(self) -> View:
        stand = self._stand
        return View(
            x=stand.x,
            z=stand.z,
            height=self._eye,
            ahead_x=math.sin(stand.yaw),
            ahead_z=math.cos(stand.yaw),
            scale=SCALE,
            horizon=HEIGHT * 0.5 + stand.pitch * SCALE,
            time_s=self._passed_s,
            rings=self._steepest if self._steepest > STILL else 0.0,
        )

    def _placed(self) -> Placed:
        glow = 0.5 + 1.6 * self._dusk
        cards = [(x, z, foot, 0.9, 2.6, LAMP, 1.0) for x, z, foot in self._lamps]
        halos = [(x, z - 0.1, foot - 0.6, 5.4, 5.4, GLOW, glow * 0.5) for x, z, foot in self._lamps]
        lamps = np.array([*cards, *halos]).reshape(-1, 7)
        light = shine(self._tower, self._passed_s, self._dusk)
        boats = sail(self._passed_s, self._seed)
        stones = [show(stone) for stone in self._stones]
        return np.concatenate([self._pines, self._tower, light, boats, lamps, *stones])


def _first_hour(context: WorldContext) -> float:
    hour = _hour(context.options.get("hour"))
    return GOLDEN if hour is None else hour


def _hour(named: Json) -> float | None:
    """Return the dusk that a name or a number stands for, None for anything else."""
    if isinstance(named, str):
        return HOURS.get(named)
    if isinstance(named, int | float) and math.isfinite(named):
        return min(max(float(named), 0.0), 1.0)
    return None
