import pytest

from diorama.client import Invalid
from diorama.client.streaming.channels import Channels, checked
from diorama.protocol.channel import Message, Prompt
from diorama.protocol.input import InputEvent, KeyDown, PointerMove, Text, Wheel


class Silence:
    """Hears nothing of channels that were never there."""

    def on_message(self, data: object) -> None:
        raise AssertionError(data)

    def on_refusal(self, code: str, message: str) -> None:
        raise AssertionError(code, message)


@pytest.mark.parametrize(
    "event",
    [
        PointerMove(-0.1, 0.5),
        PointerMove(0.5, 1.1),
        Wheel(1e9, 0.0),
        KeyDown("K" * 65, "k"),
        Text(""),
    ],
)
def test_input_out_of_its_bounds_is_refused_before_it_is_sent(event: InputEvent) -> None:
    with pytest.raises(Invalid, match="cannot be sent"):
        checked(event)


@pytest.mark.parametrize("data", [object(), {"a": {1, 2}}, float("nan"), 10**30])
def test_what_is_no_json_is_refused(data: object) -> None:
    with pytest.raises(Invalid):
        checked(Message(data, 1))


def test_a_message_may_have_16_kib() -> None:
    room = 16 * 1024 - len(checked(Message("", 1)))

    assert len(checked(Message("x" * room, 1))) == 16 * 1024
    with pytest.raises(Invalid) as refused:
        checked(Message("x" * (room + 1), 1))
    assert refused.value.code == "too_large"


async def test_without_a_channel_nothing_is_sent_and_nothing_waits() -> None:
    channels = Channels(Silence(), lambda: 0.0)

    assert not channels.send_input(PointerMove(0.5, 0.5))
    assert not channels.send(Prompt("a castle"))
    assert not channels.say_bye(1000)
    assert not await channels.send_message({"a": 1})
    channels.ping()
    assert channels.rtt_s is None
