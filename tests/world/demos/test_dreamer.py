"""What a viewer sees when they talk to the dreamer."""

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from diorama.protocol.input import (
    InputEvent,
    KeyDown,
    PointerDown,
    PointerMove,
    PointerUp,
    Text,
    TouchMove,
    TouchStart,
    Wheel,
)
from diorama.world import FrameTime, Json, Picture
from diorama.world.demos.dreamer import STARTERS, Dreamer
from diorama.world.demos.dreamer.palette import Palette, palette_of
from diorama.world.demos.dreamer.scene import CHANGE_S
from tests.world.demos.stage import FPS, Play, Stage, difference, digest, put_on
from tests.world.demos.strange import events, messages

CHANGED = int(CHANGE_S * FPS) + 4


def play_script(seed: int) -> list[Picture]:
    play = put_on(Dreamer(), Stage(seed=seed))
    pictures = [play.pass_frames(2)]
    play.world.on_prompt(STARTERS[2])
    play.do(KeyDown("KeyD", "d"))
    pictures.append(play.pass_frames(20))
    play.world.on_prompt("pink sunset, snow, three balloons")
    pictures.append(play.pass_frames(20))
    return pictures


@pytest.fixture(scope="module")
def shared() -> Play:
    return put_on(Dreamer())


def test_the_same_seed_and_script_give_the_same_frames() -> None:
    assert digest(play_script(5)) == digest(play_script(5))


def test_another_seed_is_another_land() -> None:
    assert digest(play_script(5)) != digest(play_script(6))


def test_a_prompt_is_answered_with_the_words_understood() -> None:
    play = put_on(Dreamer())

    play.world.on_prompt("A storm at night with a lighthouse, and xyzzy!")

    assert play.stage.sent[-1] == {
        "type": "understood",
        "words": ["storm", "night", "lighthouse"],
    }


def test_composed_text_is_a_prompt_too() -> None:
    play = put_on(Dreamer())

    play.do(Text("snow"))

    assert play.stage.sent[-1] == {"type": "understood", "words": ["snow"]}


def test_a_message_can_carry_a_prompt_or_ask_for_starters() -> None:
    play = put_on(Dreamer())

    play.world.on_message({"type": "prompt", "text": "two boats"})
    play.world.on_message({"type": "starters"})

    assert play.stage.sent[1:] == [
        {"type": "understood", "words": ["boat"]},
        {"type": "starters", "prompts": list(STARTERS)},
    ]


def test_a_scene_changes_over_two_seconds_and_not_at_once() -> None:
    play = put_on(Dreamer())
    before = play.pass_frames(2)

    play.world.on_prompt("a desert at night")
    at_once, later = play.pass_frames(1), play.pass_frames(CHANGED)
    settled = play.pass_frames(3)

    assert difference(at_once, before) < 3.0
    assert difference(later, before) > 30.0
    assert difference(settled, later) < 1.0


@pytest.mark.parametrize("prompt", STARTERS)
def test_each_starter_is_a_scene_of_its_own(prompt: str) -> None:
    play = put_on(Dreamer(), Stage(options={"prompt": "a hazy day over the hills"}))
    before = play.pass_frames(1)

    play.world.on_prompt(prompt)

    assert difference(play.pass_frames(CHANGED), before) > 12.0


@pytest.mark.parametrize(
    "acts",
    [
        (KeyDown("KeyD", "d"),),
        (KeyDown("KeyW", "w"),),
        (PointerDown(0.5, 0.5), PointerMove(0.4, 0.5, movement_x=-120.0, buttons=1)),
        (TouchStart(1, 0.5, 0.5), TouchMove(1, 0.3, 0.5)),
        (Wheel(0.0, 400.0),),
    ],
    ids=["walk", "look up", "drag", "finger", "wheel"],
)
def test_what_a_viewer_does_changes_the_picture(acts: tuple[InputEvent, ...]) -> None:
    left_alone, steered = put_on(Dreamer()), put_on(Dreamer())

    steered.do(*acts)

    assert difference(steered.pass_frames(12), left_alone.pass_frames(12)) > 1.0


def test_a_tap_lets_a_light_go_where_it_was() -> None:
    play = put_on(Dreamer(), Stage(options={"prompt": "hills at night"}))
    before = play.pass_frames(1)

    play.do(PointerDown(0.25, 0.5), PointerUp(0.25, 0.5))

    assert difference(play.pass_frames(6)[300:400, 270:370], before[300:400, 270:370]) > 5.0


def test_a_restored_dream_is_the_same_scene() -> None:
    left = put_on(Dreamer())
    left.world.on_prompt(STARTERS[3])
    left.pass_frames(CHANGED)
    state = left.world.snapshot()
    assert state is not None

    again = put_on(Dreamer())
    again.world.restore(state)

    assert difference(again.pass_frames(1), left.pass_frames(1)) < 4.0


def test_an_image_lends_its_colours_until_a_prompt_names_an_hour() -> None:
    image = np.zeros((90, 160, 3), np.uint8)
    image[:45], image[45:] = (20, 200, 90), (120, 20, 160)
    play, again = put_on(Dreamer()), put_on(Dreamer())
    before = play.pass_frames(1)
    play.world.on_image(image, "mountains by a lake")
    for number in range(20):
        lent = play.world.render(FrameTime(number + 1, number / 10, 0.1)).copy()
    play.world.on_prompt("two windmills")
    kept = play.world.snapshot()
    assert kept is not None
    again.world.restore(kept)
    restored = again.pass_frames(1)
    play.world.on_prompt("sunset")
    after = play.world.snapshot()
    assert after is not None
    skies = [one[:200].reshape(-1, 3).mean(axis=0) for one in (before, lent, restored)]

    assert [bool(sky[1] - sky[0] > 60) for sky in skies] == [False, True, True], "green as it was"
    assert play.stage.sent[-3:-1] == [
        {"type": "understood", "words": ["mountains", "lake"]},
        {"type": "understood", "words": ["windmill"]},
    ]
    assert b'"palette":null' in after


@pytest.mark.parametrize("shape", [(1, 1, 3), (1, 4_096, 3), (700, 3, 3)])
def test_an_image_of_any_shape_has_colours(shape: tuple[int, int, int]) -> None:
    found = palette_of(np.full(shape, 255, np.uint8))

    assert found == Palette(*[(1.0, 1.0, 1.0)] * 5)


@pytest.mark.parametrize(
    "state", [b"", b"{}", b'{"wish": {"hour": "never"}, "x": 0, "y": 0, "passed_s": 0}']
)
def test_a_snapshot_of_something_else_is_refused(state: bytes) -> None:
    with pytest.raises(msgspec.DecodeError):
        put_on(Dreamer()).world.restore(state)


@settings(max_examples=40, deadline=None)
@given(happening=st.lists(events | st.text(max_size=4_000), max_size=20), message=messages)
def test_nothing_a_viewer_sends_breaks_the_dream(
    shared: Play, happening: list[InputEvent | str], message: Json
) -> None:
    for happens in happening:
        if isinstance(happens, str):
            shared.world.on_prompt(happens)
        else:
            shared.do(happens)
    shared.world.on_message(message)

    assert shared.pass_frames(1).shape == (720, 1280, 3)
