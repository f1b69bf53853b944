import asyncio
import json
from collections.abc import Callable
from typing import cast

import msgspec
import pytest
from aiortc import RTCDataChannel

from diorama.client import Invalid
from diorama.client.streaming.channels import MAX_HELD, Channels, checked
from diorama.protocol.channel import CONTROL, Message, Prompt
from diorama.protocol.input import InputEvent, KeyDown, PointerMove, Text, Wheel


class Silence:
    """Hears nothing of channels that were never there."""

    def on_message(self, data: object) -> None:
        raise AssertionError(data)

    def on_refusal(self, code: str, message: str) -> None:
        raise AssertionError(code, message)


class Control:
    """An open control channel of a worker that takes every message."""

    label = CONTROL
    readyState = "open"  # noqa: N815 - aiortc's name
    bufferedAmount = 0  # noqa: N815 - aiortc's name

    def __init__(self) -> None:
        self.said: list[str] = []

    def on(self, event: str, heard: Callable[[str], None]) -> None:
        if event == "message":
            self._answer = heard

    def send(self, text: str) -> None:
        said = msgspec.json.decode(text)
        self.said.append(said["type"])
        if said["type"] == "message":
            self._answer(json.dumps({"type": "ack", "id": said["id"]}))


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


async def test_without_a_channel_what_is_worthless_later_is_not_sent() -> None:
    channels = Channels(Silence(), lambda: 0.0)

    assert not channels.send_input(PointerMove(0.5, 0.5))
    assert not channels.say_bye(1000)
    channels.ping()
    assert channels.rtt_s is None


async def test_keys_and_prompts_of_the_first_moment_are_sent_once_the_channel_is_there() -> None:
    channels, control = Channels(Silence(), lambda: 0.0), Control()

    assert channels.send_input(KeyDown("KeyW", "w"))
    assert channels.send(Prompt("a castle"))
    channels.take_channel(cast("RTCDataChannel", control))
    assert channels.send(Prompt("at night"))

    assert control.said == ["ping", "key_down", "prompt", "prompt"]


async def test_no_more_is_held_than_a_person_does_in_a_moment() -> None:
    channels = Channels(Silence(), lambda: 0.0)

    held = [channels.send(Prompt("a castle")) for _ in range(MAX_HELD + 1)]
    channels.stop()

    assert held == [True] * MAX_HELD + [False]
    assert not channels.send(Prompt("a castle"))


async def test_a_message_waits_for_the_channel_that_comes_after_the_session() -> None:
    channels, control = Channels(Silence(), lambda: 0.0), Control()

    async with asyncio.TaskGroup() as saying:
        said = saying.create_task(channels.send_message({"hour": "night"}))
        await asyncio.sleep(0)
        channels.take_channel(cast("RTCDataChannel", control))

    assert said.result()


async def test_a_message_that_waits_for_a_channel_is_not_handed_over_when_the_peer_is_gone() -> (
    None
):
    channels = Channels(Silence(), lambda: 0.0)

    async with asyncio.TaskGroup() as saying:
        said = saying.create_task(channels.send_message({"hour": "night"}))
        await asyncio.sleep(0)
        channels.stop()

    assert not said.result()
