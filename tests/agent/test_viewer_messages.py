"""What becomes of a viewer's messages."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from diorama.agent.viewer_messages import Taken, ViewerMessages, to_text, world_message
from diorama.kernel.units import SECOND_US
from diorama.protocol.channel import (
    CONTROL,
    INPUT,
    MAX_BYTES,
    MAX_EVENTS_PER_S,
    Ack,
    Leaving,
    Message,
    Ping,
    Pong,
    Prompt,
    Refusal,
)
from diorama.protocol.input import KeyDown, PointerMove

KEY = KeyDown(code="KeyW", key="w")
MOVE = PointerMove(x=0.5, y=0.5)


def take(data: object, *, label: str = CONTROL) -> Taken:
    raw = data if isinstance(data, (bytes, str)) else msgspec.json.encode(data)
    return ViewerMessages(now_us=0).take(label, raw, 0)


def problem(taken: Taken) -> str:
    assert isinstance(taken.reply, Refusal)
    assert taken.to_world is None
    return taken.reply.code


@pytest.mark.parametrize("message", [KEY, MOVE, Prompt("rain")])
def test_what_a_person_does_is_input_for_the_world(message: KeyDown | PointerMove | Prompt) -> None:
    taken = take(message)

    assert taken.to_world == message
    assert taken.is_input


def test_a_pages_message_goes_to_the_world_is_acknowledged_and_is_no_input() -> None:
    taken = take(Message({"a": 1}, id=4))

    assert taken.to_world == Message({"a": 1}, id=4)
    assert taken.reply == Ack(4)
    assert not taken.is_input
    assert take(Message("x")).reply is None


def test_a_ping_is_answered_and_a_goodbye_heard() -> None:
    assert take(Ping(7)) == Taken(reply=Pong(7))
    assert take(Leaving(1001)) == Taken(leaving=Leaving(1001))
    assert take(Ack(1)) == Taken()


def test_the_unreliable_channel_takes_moves_only() -> None:
    assert take(MOVE, label=INPUT).to_world == MOVE
    assert problem(take(KEY, label=INPUT)) == "wrong_channel"


@pytest.mark.parametrize(
    ("data", "code"),
    [
        ("{", "json_syntax"),
        (b"\xff", "json_text"),
        ('{"type":"ping","n":1,"n":2}', "json_duplicate_key"),
        ('{"type":"pointer_move","x":1e999,"y":0}', "json_number"),
        ('{"type":"pointer_move","x":1.5,"y":0}', "schema"),
        ('{"type":"nothing"}', "schema"),
        ("[" * 40 + "]" * 40, "json_depth"),
        (" " * (MAX_BYTES + 1), "too_large"),
    ],
)
def test_a_wrong_message_is_answered_with_what_is_wrong(data: bytes | str, code: str) -> None:
    assert problem(take(data)) == code


@given(st.one_of(st.binary(max_size=200), st.text(max_size=200)))
def test_no_message_does_harm(data: bytes | str) -> None:
    assert isinstance(take(data), Taken)


def test_what_is_beyond_a_thousand_a_second_is_dropped_and_counted() -> None:
    messages = ViewerMessages(now_us=0)
    text = msgspec.json.encode(KEY)
    taken = [messages.take(CONTROL, text, 0) for _ in range(MAX_EVENTS_PER_S + 5)]

    assert sum(each.to_world is not None for each in taken) == MAX_EVENTS_PER_S
    assert messages.dropped == 5
    assert messages.take(CONTROL, text, SECOND_US // MAX_EVENTS_PER_S).to_world == KEY


def test_a_ping_is_answered_with_the_rate_that_the_world_means_to_show() -> None:
    messages = ViewerMessages(now_us=0)
    messages.fps = 24
    ping = msgspec.json.encode(Ping(7))

    assert messages.take(CONTROL, ping, 0) == Taken(reply=Pong(7, fps=24))
    assert to_text(Pong(7, fps=24)) == '{"type":"pong","n":7,"fps":24}'


def test_complaints_are_few() -> None:
    messages = ViewerMessages(now_us=0)
    answers = [messages.take(CONTROL, "{", 0).reply for _ in range(50)]

    assert sum(answer is not None for answer in answers) == 5


def test_messages_for_the_viewer_are_json() -> None:
    assert to_text(Pong(3)) == '{"type":"pong","n":3}'
    assert world_message('{"a":1}') == '{"type":"message","data":{"a":1}}'
