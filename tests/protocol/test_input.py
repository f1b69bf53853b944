"""The bounds of what a viewer may do, each at its edge and one beyond."""

import json

import pytest

from diorama.kernel.errors import Invalid
from diorama.protocol import channel
from diorama.protocol.input import InputEvent
from diorama.protocol.strict_json import parse

KEY = {"type": "key_down", "code": "KeyA", "key": "a"}
MOVE = {"type": "pointer_move", "x": 0.5, "y": 0.5}
DOWN = {"type": "pointer_down", "x": 0.5, "y": 0.5}
WHEEL = {"type": "wheel", "delta_x": 0, "delta_y": 1}
TOUCH = {"type": "touch_start", "id": 1, "x": 0.5, "y": 0.5}
PAD = {"type": "gamepad", "index": 0, "axes": [0.0], "buttons": [0.0]}
TEXT = {"type": "text", "text": "a"}

EDGES = [
    (KEY, "code", "x" * 64, "x" * 65),
    (KEY, "key", "", None),
    (KEY, "repeat", True, 1),
    (MOVE, "x", 0, -0.001),
    (MOVE, "x", 1, 1.001),
    (MOVE, "y", 0.0, "0"),
    (MOVE, "y", 1.0, 2),
    (MOVE, "movement_x", -100_000, -100_001),
    (MOVE, "movement_y", 100_000, 100_001),
    (MOVE, "buttons", 0, -1),
    (MOVE, "buttons", 0xFFFF, 0x10000),
    (DOWN, "button", 15, 16),
    (DOWN, "button", 0, 0.5),
    (WHEEL, "delta_y", 100_000, 100_000.5),
    (WHEEL, "x", 1, 1.5),
    (TOUCH, "id", 2**31, 2**31 + 1),
    (TOUCH, "id", 0, -1),
    (PAD, "index", 7, 8),
    (PAD, "axes", [-1, 1] * 4, [0] * 9),
    (PAD, "axes", [1], [1.01]),
    (PAD, "buttons", [0, 1] * 16, [0] * 33),
    (PAD, "buttons", [], [-0.01]),
    (TEXT, "text", "\u20ac" * 4_000, "\u20ac" * 4_001),
    (TEXT, "text", " ", ""),
]


@pytest.mark.parametrize(("event", "field", "allowed", "refused"), EDGES)
def test_each_bound_holds_at_its_edge_and_not_beyond(
    event: dict[str, object], field: str, allowed: object, refused: object
) -> None:
    parsed: InputEvent = parse(json.dumps(event | {field: allowed}), InputEvent)

    assert type(parsed).__struct_config__.tag == event["type"]
    with pytest.raises(Invalid) as error:
        parse(json.dumps(event | {field: refused}), InputEvent)
    assert error.value.code == "schema"


@pytest.mark.parametrize("event", [KEY, MOVE, DOWN, WHEEL, TOUCH, PAD, TEXT])
def test_an_event_says_nothing_that_is_not_known(event: dict[str, object]) -> None:
    with pytest.raises(Invalid, match="unknown field"):
        parse(json.dumps(event | {"more": 1}), InputEvent)


@pytest.mark.parametrize("number", ["NaN", "1e999", "-Infinity"])
def test_no_coordinate_is_anything_but_a_number(number: str) -> None:
    with pytest.raises(Invalid) as error:
        parse(f'{{"type": "pointer_move", "x": {number}, "y": 0}}', InputEvent)

    assert error.value.code == "json_number"


def test_the_longest_prompt_fits_a_message_of_the_channel() -> None:
    longest = json.dumps({"type": "prompt", "text": "\U0001f600" * 4_000}, ensure_ascii=False)

    assert len(longest.encode()) <= channel.MAX_BYTES
    assert isinstance(parse(longest, channel.FromViewer), channel.Prompt)
