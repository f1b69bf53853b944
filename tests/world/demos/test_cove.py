"""What a viewer sees happen in the cove."""

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from diorama.protocol.input import (
    InputEvent,
    KeyDown,
    KeyUp,
    PointerDown,
    PointerMove,
    PointerUp,
    TouchEnd,
    TouchMove,
    TouchStart,
    Wheel,
)
from diorama.world import Json, Picture
from diorama.world.demos.cove import Cove
from tests.world.demos.stage import Play, Stage, difference, digest, put_on
from tests.world.demos.strange import events, messages

ON_THE_WATER = (0.45, 0.8)
ON_THE_RIGHT_HILL = (0.96, 0.34)


def click(x: float, y: float) -> tuple[InputEvent, InputEvent]:
    return PointerDown(x, y), PointerUp(x, y)


def drag() -> tuple[InputEvent, ...]:
    return (
        PointerMove(0.5, 0.5),
        PointerDown(0.5, 0.5),
        PointerMove(0.6, 0.5, movement_x=120, buttons=1),
        PointerUp(0.6, 0.5),
    )


def play_script(seed: int) -> list[Picture]:
    play = put_on(Cove(), Stage(seed=seed))
    pictures = [play.pass_frames(1)]
    play.do(KeyDown("KeyW", "w"), *click(*ON_THE_WATER), Wheel(0.0, 300.0))
    pictures.append(play.pass_frames(15))
    play.do(KeyUp("KeyW", "w"), *drag(), *click(*ON_THE_RIGHT_HILL))
    pictures.append(play.pass_frames(15))
    return pictures


@pytest.fixture(scope="module")
def shared() -> Play:
    return put_on(Cove())


def test_the_picture_has_the_size_it_promises() -> None:
    picture = put_on(Cove()).pass_frames(1)

    assert picture.shape == (720, 1280, 3)
    assert picture.dtype == np.uint8
    assert picture.std() > 20


def test_the_same_seed_and_script_give_the_same_frames() -> None:
    assert digest(play_script(5)) == digest(play_script(5))


def test_another_seed_is_another_cove() -> None:
    assert digest(play_script(5)) != digest(play_script(6))


@pytest.mark.parametrize("seed", [0, -1, 2**63, 10**30])
def test_any_seed_makes_a_cove(seed: int) -> None:
    assert put_on(Cove(), Stage(seed=seed)).pass_frames(1).std() > 10


@pytest.mark.parametrize(
    "acts",
    [
        (KeyDown("KeyW", "w"),),
        (KeyDown("ArrowLeft", "ArrowLeft"),),
        (KeyDown("KeyE", "e"),),
        drag(),
        (PointerMove(0.5, 0.5), PointerMove(0.5, 0.5, movement_x=90.0)),
        (TouchStart(1, 0.5, 0.5), TouchMove(1, 0.3, 0.5), TouchEnd(1)),
        (TouchStart(1, 0.4, 0.5), TouchStart(2, 0.6, 0.5)),
        (Wheel(0.0, 500.0),),
    ],
    ids=["walk", "turn", "rise", "drag", "locked mouse", "finger", "two fingers", "wheel"],
)
def test_what_a_viewer_does_changes_the_picture(acts: tuple[InputEvent, ...]) -> None:
    left_alone, steered = put_on(Cove()), put_on(Cove())

    steered.do(*acts)

    assert difference(steered.pass_frames(12), left_alone.pass_frames(12)) > 3.0


def test_moving_the_mouse_without_a_button_leaves_the_view_alone() -> None:
    play = put_on(Cove())

    play.do(PointerMove(0.2, 0.2), PointerMove(0.8, 0.4, movement_x=700.0))

    assert digest([play.pass_frames(3)]) == digest([put_on(Cove()).pass_frames(3)])


def test_a_click_on_the_water_throws_a_stone_that_makes_waves() -> None:
    left_alone, thrown = put_on(Cove()), put_on(Cove())

    thrown.do(*click(*ON_THE_WATER))

    rings = difference(thrown.pass_frames(75)[430:], left_alone.pass_frames(75)[430:])
    assert rings > 1.0
    assert thrown.stage.sent[0] == {"type": "stone", "distance_m": pytest.approx(43, abs=30)}


def test_a_click_on_land_lights_a_lamp() -> None:
    play = put_on(Cove(), Stage(options={"hour": "night"}))
    before = play.pass_frames(1)

    play.do(*click(*ON_THE_RIGHT_HILL))

    assert difference(play.pass_frames(1)[100:300, 1150:], before[100:300, 1150:]) > 1.0
    assert play.stage.sent == [{"type": "lamp", "lamps": 1}]


@pytest.mark.parametrize("night", ["a dark NIGHT, please!", {"hour": "night"}, {"hour": 1}])
def test_night_falls_when_it_is_asked_for(night: Json) -> None:
    play = put_on(Cove())
    evening = play.pass_frames(1).mean()

    if isinstance(night, str):
        play.world.on_prompt(night)
    else:
        play.world.on_message(night)

    assert play.pass_frames(60).mean() < evening / 2


def test_the_option_hour_is_where_the_day_starts() -> None:
    night = put_on(Cove(), Stage(options={"hour": "night"})).pass_frames(1)

    assert night.mean() < put_on(Cove()).pass_frames(1).mean() / 2


def test_a_restored_cove_shows_what_was_left() -> None:
    left = put_on(Cove())
    left.do(KeyDown("ArrowRight", "ArrowRight"), Wheel(0.0, 300.0), *click(*ON_THE_RIGHT_HILL))
    left.pass_frames(20)
    left.do(KeyUp("ArrowRight", "ArrowRight"))
    seen = left.pass_frames(90)
    state = left.world.snapshot()
    assert state is not None

    again = put_on(Cove())
    again.world.restore(state)

    assert difference(again.pass_frames(1), seen) < 2.0


@pytest.mark.parametrize("state", [b"", b"{}", b"[1]", b'{"x": 1e9}'])
def test_a_snapshot_of_something_else_is_refused(state: bytes) -> None:
    with pytest.raises(msgspec.DecodeError):
        put_on(Cove()).world.restore(state)


@settings(max_examples=40, deadline=None)
@given(happening=st.lists(events | st.text(max_size=400), max_size=30), message=messages)
def test_nothing_a_viewer_sends_breaks_the_cove(
    shared: Play, happening: list[InputEvent | str], message: Json
) -> None:
    for happens in happening:
        if isinstance(happens, str):
            shared.world.on_prompt(happens)
        else:
            shared.do(happens)
    shared.world.on_message(message)

    assert shared.pass_frames(1).shape == (720, 1280, 3)
