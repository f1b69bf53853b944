"""Dreamer: a landscape that prompts change while it runs. It reads words; no model is inside."""

import math
from typing import Final

import msgspec
import numpy as np

from diorama.protocol.input import InputEvent, Text
from diorama.world.demos.dreamer.air import (
    draw_beam,
    draw_bolt,
    draw_fall,
    draw_heavens,
    draw_sails,
    draw_water,
    expose,
)
from diorama.world.demos.dreamer.landscape import (
    RIDGES,
    Sight,
    draw_land,
    draw_ridges,
    draw_sky,
    make_tables,
)
from diorama.world.demos.dreamer.palette import Palette, in_palette, palette_of
from diorama.world.demos.dreamer.prompts import STARTERS
from diorama.world.demos.dreamer.scene import CHANGE_S, Scene, between, counts_of, scene_of
from diorama.world.demos.dreamer.things import (
    BOAT,
    LIGHTHOUSE,
    WINDMILL,
    Glow,
    Place,
    draw_card,
    draw_glow,
    make_cards,
    place_all,
    place_lights,
)
from diorama.world.demos.dreamer.words import HOURS, THINGS, TINTS, Wish, is_known, understand
from diorama.world.demos.steering import Intent, Steering
from diorama.world.demos.tone import tone_curve
from diorama.world.world import FrameTime, Json, Picture, World, WorldContext

WIDTH: Final = 1280
HEIGHT: Final = 720
LONGEST_STEP_S: Final = 0.1
MOST_SPARKS: Final = 16
SPARK_S: Final = 7.0
STROKE_EVERY_S: Final = 3.7
HALF: Final = 0.5
ROUND: Final = 819_200.0  # every ridge is back where it was after so many pixels
MOST_PROMPT: Final = 4_000
_COLOURS: Final = frozenset((*HOURS, *TINTS))


class Spark(msgspec.Struct, frozen=True):
    """A light that a tap let go: where it began, as pixels, and when."""

    x: float
    y: float
    born_s: float


class Kept(msgspec.Struct, frozen=True):
    """What a snapshot keeps."""

    wish: Wish
    x: float
    y: float
    passed_s: float
    palette: Palette | None = None


class Dreamer(World):
    """A prompt changes the hour, the weather, the season, the place and what is to be seen.

    Keys A and D, or the arrows, walk along; W and S, a drag or the wheel look up, down and aside; a
    tap lets a light go. An image lends the scene its colours, until a prompt names an hour or a
    colour. Sends `{"type": "understood", "words": [...]}` for each prompt, and
    `{"type": "starters", "prompts": [...]}` at the start and when asked: `{"type": "starters"}`.
    """

    size = (WIDTH, HEIGHT)
    fps = 30

    def start(self, context: WorldContext) -> None:
        """Make the tables of the context's seed; option `prompt` is what the viewer finds."""
        self._context = context
        self._tables = make_tables(context.seed % (2**31))
        self._cards = make_cards()
        self._tone = tone_curve()
        self._steering = Steering()
        self._canvas = np.zeros((HEIGHT, WIDTH, 3), np.float32)
        self._picture = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
        self._tops = np.zeros((RIDGES, WIDTH), np.float32)
        first = context.options.get("prompt")
        prompt = first if isinstance(first, str) else STARTERS[0]
        self._wish = understand(prompt[:MOST_PROMPT], Wish()).wish
        self._palette: Palette | None = None
        self._new = self._old = self._now = scene_of(self._wish)
        self._new_counts = self._old_counts = self._counts = counts_of(self._wish)
        self._changed_s = -CHANGE_S
        self._passed_s = 0.0
        self._x = self._y = 0.0
        self._speed = 10.0
        self._rise = 0.0
        self._clouds_x = 0.0
        self._sparks: list[Spark] = []
        context.send({"type": "starters", "prompts": list(STARTERS)})

    def on_input(self, event: InputEvent) -> None:
        """Gather what the viewer does until the next frame; composed text is a prompt."""
        if isinstance(event, Text):
            self.on_prompt(event.text)
        else:
            self._steering.take(event)

    def on_prompt(self, text: str) -> None:
        """Begin to change the scene into what the prompt asks for, from how it looks now."""
        understood = understand(text[:MOST_PROMPT], self._wish)
        self._context.send({"type": "understood", "words": list(understood.words)})
        if understood.wish == Wish() or not _COLOURS.isdisjoint(understood.words):
            self._palette = None
        self._wish = understood.wish
        self._change()

    def on_image(self, image: Picture, text: str) -> None:
        """Begin to change the scene into what the prompt asks for, in the image's colours."""
        understood = understand(text[:MOST_PROMPT], self._wish)
        self._context.send({"type": "understood", "words": list(understood.words)})
        self._wish, self._palette = understood.wish, palette_of(image)
        self._change()

    def _change(self) -> None:
        self._old, self._old_counts = self._now, self._counts
        self._new, self._new_counts = self._wanted(), counts_of(self._wish)
        self._changed_s = self._passed_s

    def _wanted(self) -> Scene:
        scene = scene_of(self._wish)
        return scene if self._palette is None else in_palette(scene, self._palette)

    def on_message(self, data: Json) -> None:
        """Take `{"type": "prompt", "text": ...}` as a prompt; send the starters when asked."""
        if not isinstance(data, dict):
            return
        text = data.get("text")
        if data.get("type") == "prompt" and isinstance(text, str):
            self.on_prompt(text)
        elif data.get("type") == "starters":
            self._context.send({"type": "starters", "prompts": list(STARTERS)})

    def render(self, time: FrameTime) -> Picture:
        """Move on to `time`, and draw: sky, far land, water, things, near land, weather, light."""
        delta_s = min(max(time.delta_s, 0.0), LONGEST_STEP_S)
        self._passed_s += delta_s
        self._wander(self._steering.drain(), delta_s)
        share = min((self._passed_s - self._changed_s) / CHANGE_S, 1.0)
        self._now = Scene(*between(self._old, self._new, share))
        self._counts = between(self._old_counts, self._new_counts, share)
        scene = self._now
        self._clouds_x += delta_s * (1.6 + 9.0 * scene.wind)
        flash, bolt = self._stroke(scene)
        sight = Sight(self._x, self._y, self._passed_s, self._clouds_x, flash)
        self._draw(scene, sight, bolt)
        expose(self._canvas, self._tone, flash, self._picture)
        return self._picture

    def snapshot(self) -> bytes:
        """Return what was asked for and where the viewer is."""
        return msgspec.json.encode(
            Kept(self._wish, self._x, self._y, self._passed_s, self._palette)
        )

    def restore(self, state: bytes) -> None:
        """Take up a snapshot."""
        kept = msgspec.json.decode(state, type=Kept)
        if not is_known(kept.wish):
            raise msgspec.ValidationError("The snapshot names words that Dreamer does not know.")
        self._wish = kept.wish
        self._x, self._y, self._passed_s = kept.x, kept.y, kept.passed_s
        self._palette = kept.palette
        self._new = self._old = self._now = self._wanted()
        self._new_counts = self._old_counts = self._counts = counts_of(self._wish)
        self._changed_s = self._passed_s - CHANGE_S

    def _wander(self, intent: Intent, delta_s: float) -> None:
        brisk = 520.0 if intent.haste else 260.0
        ease = 1.0 - math.exp(-5.0 * delta_s)
        along = intent.strafe or intent.turn
        self._speed += ((along * brisk if along else 10.0) - self._speed) * ease
        up = intent.forward or intent.lift
        self._rise += (up * 150.0 - self._rise) * ease
        self._x += self._speed * delta_s + intent.look_x * 420.0 + intent.wheel * 40.0
        self._x = math.remainder(self._x, ROUND)
        self._y += self._rise * delta_s - intent.look_y * 220.0
        self._y = min(max(self._y, -70.0), 110.0)
        fresh = [Spark(x * WIDTH, y * HEIGHT, self._passed_s) for x, y in intent.taps]
        alive = [one for one in self._sparks if self._passed_s - one.born_s < SPARK_S]
        self._sparks = [*alive, *fresh][-MOST_SPARKS:]

    def _stroke(self, scene: Scene) -> tuple[float, int]:
        """Return the light of the present stroke of lightning, and its number."""
        if scene.storm < 0.5:
            return 0.0, 0
        bolt = int(self._passed_s / STROKE_EVERY_S)
        since_s = self._passed_s - bolt * STROKE_EVERY_S
        flicker = 1.0 if since_s < 0.07 or 0.13 < since_s < 0.2 else 0.55
        return scene.storm * flicker * math.exp(-7.0 * since_s), bolt

    def _draw(self, scene: Scene, sight: Sight, bolt: int) -> None:
        tables, tops, canvas = self._tables, self._tops, self._canvas
        draw_ridges(scene, sight, tables, tops, HEIGHT)
        draw_sky(scene, sight, tables, tops, canvas)
        draw_heavens(scene, sight, tables, tops, canvas, self._counts[THINGS.index("moon")])
        if sight.flash > 0.02:
            draw_bolt(sight, tops, canvas, bolt)
        placed = place_all(self._counts, scene, sight, tops, HEIGHT)
        glows = place_lights(self._counts, placed, sight, WIDTH, HEIGHT)
        glows += [self._spark(one) for one in self._sparks]
        draw_land(scene, sight, tables, tops, canvas, 0, 3)
        for place in placed:
            if place.card != BOAT:
                draw_card(scene, self._cards, place, tops, canvas)
        self._draw_moving_parts(scene, placed)
        for glow in glows:
            draw_glow(glow, canvas)
        if scene.water > 0.01:
            draw_water(scene, sight, tables, tops, canvas)
        for place in placed:
            if place.card == BOAT:
                draw_card(scene, self._cards, place, tops, canvas)
        draw_land(scene, sight, tables, tops, canvas, 3, RIDGES)
        draw_fall(scene, sight, canvas)

    def _draw_moving_parts(self, scene: Scene, placed: list[Place]) -> None:
        light = (scene.light_red + scene.light_green + scene.light_blue) / 3.0
        for place in placed:
            if place.card == WINDMILL and place.share > HALF:
                turn_rad = self._passed_s * (0.5 + 1.6 * scene.wind) + place.x * 0.001
                hub = place.foot - place.tall * 0.68
                reach = place.tall * 0.46
                draw_sails(
                    self._canvas, self._tops, place.x, hub, reach, turn_rad % math.tau, light
                )
            elif place.card == LIGHTHOUSE:
                lamp = place.foot - place.tall * 0.86
                strength = place.share * (scene.night * 0.8 + scene.gloom * 0.3)
                turn = math.cos(self._passed_s * 1.1)
                if strength > 0.02:
                    draw_beam(self._canvas, self._tops, place.x, lamp, turn, strength)

    def _spark(self, spark: Spark) -> Glow:
        age_s = self._passed_s - spark.born_s
        fade = min(1.0, age_s * 8.0 + 0.2) * (1.0 - age_s / SPARK_S)
        x = spark.x + 16.0 * math.sin(age_s * 1.3 + spark.x)
        return Glow(x, spark.y - 34.0 * age_s, 64.0, max(fade, 0.0) * 1.2, 1.3, 0.72, 0.30)
