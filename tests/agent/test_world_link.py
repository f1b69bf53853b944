"""Messages between a worker and a world's host."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from diorama.agent.world_link import (
    MAX_FRAME_BYTES,
    Begin,
    Deframer,
    FirstFrame,
    FromHost,
    GiveImage,
    HoldOff,
    ImageSeen,
    Loaded,
    Over,
    Say,
    ToHost,
    from_host,
    to_bytes,
    to_host,
)
from diorama.kernel.errors import Invalid
from diorama.protocol.channel import Message, Prompt
from diorama.protocol.input import KeyDown

TO_HOST: list[ToHost] = [
    Begin("ses_1", "m:C", "{}", 2**53),
    Prompt("rain"),
    Message({"a": [1, None]}, id=1),
    KeyDown(code="KeyW", key="w"),
    GiveImage(1, "/spool/1", "rain"),
]
FROM_HOST: list[FromHost] = [
    Loaded(64, 3_840, 120),
    FirstFrame(),
    Say("1"),
    HoldOff(0.5),
    ImageSeen(1, "image_broken", "the image is broken"),
    Over("ended"),
]


def test_messages_arrive_as_they_were_sent() -> None:
    sent = b"".join(map(to_bytes, TO_HOST))

    assert list(map(to_host, Deframer().feed(sent))) == TO_HOST


@given(st.lists(st.integers(1, 20), min_size=1))
def test_it_does_not_matter_how_the_socket_cuts_them(cuts: list[int]) -> None:
    data, deframer = b"".join(map(to_bytes, FROM_HOST)), Deframer()
    heard: list[FromHost] = []
    for size in [*cuts, len(data)]:
        heard += map(from_host, deframer.feed(data[:size]))
        data = data[size:]

    assert heard == FROM_HOST


def test_a_message_that_is_too_long_is_refused_before_it_is_read() -> None:
    head = (MAX_FRAME_BYTES + 1).to_bytes(4, "big")

    with pytest.raises(Invalid, match="more than"):
        list(Deframer().feed(head))


@pytest.mark.parametrize(
    "body", [b"", b"\xc1", msgspec.msgpack.encode({"type": "loaded", "width": 63})]
)
def test_what_is_no_message_is_refused(body: bytes) -> None:
    with pytest.raises(Invalid, match="not a message between worker and world"):
        from_host(body)
