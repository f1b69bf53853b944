"""What hands mean to a world."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diorama.protocol.input import (
    Gamepad,
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
from diorama.world.demos.steering import MOST_LOOK, MOST_TAPS, Intent, Steering
from tests.world.demos.strange import events


def after(*happened: InputEvent) -> Intent:
    steering = Steering()
    for event in happened:
        steering.take(event)
    return steering.drain()


def test_a_key_counts_while_it_is_held() -> None:
    steering = Steering()

    steering.take(KeyDown("KeyW", "w"))
    held = [steering.drain().forward for _ in range(2)]
    steering.take(KeyUp("KeyW", "w"))

    assert (*held, steering.drain().forward) == (1.0, 1.0, 0.0)


def test_opposite_keys_cancel_out() -> None:
    assert after(KeyDown("KeyA", "a"), KeyDown("KeyD", "d")).strafe == 0.0


def test_two_keys_of_one_direction_are_no_faster_than_one() -> None:
    assert after(KeyDown("KeyW", "w"), KeyDown("ArrowUp", "ArrowUp")).forward == 1.0


def test_a_drag_looks_and_is_no_tap() -> None:
    intent = after(
        PointerMove(0.5, 0.5),
        PointerDown(0.5, 0.5),
        PointerMove(0.6, 0.5, movement_x=100.0, buttons=1),
        PointerUp(0.6, 0.5),
    )

    assert intent.look_x > 0.0
    assert intent.taps == ()


def test_a_click_is_a_tap_where_it_was() -> None:
    assert after(PointerDown(0.2, 0.7), PointerUp(0.2, 0.7)).taps == ((0.2, 0.7),)


def test_a_mouse_that_stands_still_while_it_moves_is_locked_and_looks() -> None:
    intent = after(PointerMove(0.5, 0.5), PointerMove(0.5, 0.5, movement_y=50.0))

    assert intent.look_y > 0.0


def test_a_finger_taps_or_drags_what_it_touches() -> None:
    assert after(TouchStart(3, 0.4, 0.4), TouchEnd(3)).taps == ((0.4, 0.4),)
    assert after(TouchStart(3, 0.4, 0.4), TouchMove(3, 0.6, 0.4)).look_x < 0.0


def test_two_fingers_walk_on() -> None:
    assert after(TouchStart(1, 0.4, 0.4), TouchStart(2, 0.6, 0.4)).forward == 1.0


def test_a_stick_steers_beyond_its_dead_zone() -> None:
    assert after(Gamepad(0, (0.0, -1.0, 0.05, 0.0), ())).forward == 1.0
    assert after(Gamepad(0, (0.0, 0.0, 0.05, 0.0), ())).turn == 0.0


def test_what_counts_once_is_told_once() -> None:
    steering = Steering()
    steering.take(Wheel(0.0, 200.0))

    assert (steering.drain().wheel, steering.drain().wheel) == (2.0, 0.0)


@pytest.mark.parametrize("code", ["", "KeyÄ", "\0", "x" * 64])
def test_a_key_it_does_not_know_is_left_out(code: str) -> None:
    assert after(KeyDown(code, code)) == after()


@given(st.lists(events, max_size=60))
def test_whatever_comes_in_what_comes_out_is_within_bounds(happened: list[InputEvent]) -> None:
    intent = after(*happened)

    axes = (intent.forward, intent.strafe, intent.turn, intent.lift)
    assert all(-1.0 <= axis <= 1.0 for axis in axes)
    assert max(abs(intent.look_x), abs(intent.look_y)) <= MOST_LOOK
    assert math.isfinite(intent.wheel)
    assert len(intent.taps) <= MOST_TAPS
    assert all(0.0 <= at <= 1.0 for tap in (*intent.taps, intent.hover) for at in tap)
