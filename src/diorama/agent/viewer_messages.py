"""What to do with a message of the viewer on a data channel. Pure.

A message is input for the world, a ping, a goodbye, or wrong; wrong ones are answered and never
harm the session. A viewer has a budget of messages a second, and a smaller one of complaints.
"""

from dataclasses import dataclass
from typing import Final

import msgspec

from diorama.kernel.errors import Invalid
from diorama.kernel.units import SECOND_US
from diorama.protocol.channel import (
    INPUT,
    MAX_BYTES,
    MAX_EVENTS_PER_S,
    Ack,
    FromViewer,
    Leaving,
    Message,
    Ping,
    Pong,
    Prompt,
    Refusal,
)
from diorama.protocol.input import InputEvent, PointerMove
from diorama.protocol.strict_json import parse

_MAX_COMPLAINTS_PER_S: Final = 5
_ENCODER: Final = msgspec.json.Encoder()


@dataclass(frozen=True, slots=True)
class Taken:
    """What a message comes to: any of an answer, something for the world, a goodbye.

    `broadcast`: its viewer asks that others may watch.
    """

    reply: msgspec.Struct | None = None
    to_world: InputEvent | Prompt | Message | None = None
    leaving: Leaving | None = None
    broadcast: bool = False

    @property
    def is_input(self) -> bool:
        """Whether it shows a person at work: all that reaches the world but a page's messages."""
        return self.to_world is not None and not isinstance(self.to_world, Message)


class Budget:
    """So many a second, one second's worth at once at most."""

    def __init__(self, per_s: int, *, now_us: int) -> None:
        self._per_s = per_s
        self._left = float(per_s)
        self._seen_us = now_us

    def spend(self, now_us: int) -> bool:
        """Return whether one more is within the budget, and take it from there."""
        earned = (now_us - self._seen_us) * self._per_s / SECOND_US
        self._left = min(self._left + earned, self._per_s)
        self._seen_us = now_us
        if self._left < 1:
            return False
        self._left -= 1
        return True


class ViewerMessages:
    """Reads one viewer's messages.

    Attributes:
        dropped: how many were beyond the budget.
        fps: how many pictures a second the world means to show; None while that is not known.
    """

    def __init__(self, *, now_us: int) -> None:
        self._events = Budget(MAX_EVENTS_PER_S, now_us=now_us)
        self._complaints = Budget(_MAX_COMPLAINTS_PER_S, now_us=now_us)
        self.dropped = 0
        self.fps: int | None = None

    def take(self, label: str, data: bytes | str, now_us: int) -> Taken:
        """Return what to do with a message that came on the channel `label`."""
        if not self._events.spend(now_us):
            self.dropped += 1
            return Taken()
        try:
            return _meaning(_read(label, data), self.fps)
        except Invalid as error:
            return self._complain(error, now_us)

    def _complain(self, error: Invalid, now_us: int) -> Taken:
        if not self._complaints.spend(now_us):
            return Taken()
        return Taken(reply=Refusal(code=error.code, message=str(error)))


def _read(label: str, data: bytes | str) -> FromViewer:
    message: FromViewer = parse(data, FromViewer, max_bytes=MAX_BYTES)
    if label == INPUT and not isinstance(message, PointerMove):
        raise Invalid("the input channel carries pointer moves only", code="wrong_channel")
    return message


def _meaning(message: FromViewer, fps: int | None) -> Taken:
    match message:
        case Ping(n=n):
            return Taken(reply=Pong(n, fps))
        case Leaving():
            return Taken(leaving=message)
        case Ack():
            return Taken()
        case Message(id=number):
            return Taken(to_world=message, reply=None if number is None else Ack(number))
        case _:
            return Taken(to_world=message)


def to_text(message: msgspec.Struct) -> str:
    """Return a message for the viewer as it goes on a channel."""
    return _ENCODER.encode(message).decode()


def world_message(data: str) -> str:
    """Return a world's message, given as JSON text, as it goes on a channel."""
    return f'{{"type":"message","data":{data}}}'
