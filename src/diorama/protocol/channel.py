"""Messages on the data channels between a viewer and its worker.

Two channels, made by the worker before its offer: `control` (reliable, ordered) carries everything;
`input` (unordered, no retransmits) carries pointer moves only, which the next one makes worthless.
Every message is JSON of at most 16 KiB. The viewer pings twice a second: that is how the worker
hears that it is there, whatever became of its WebSocket.
"""

from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta

from diorama.protocol.input import MAX_TEXT, InputEvent

CONTROL: Final = "control"
INPUT: Final = "input"
MAX_BYTES: Final = 16 * 1024
PING_EVERY_S: Final = 0.5
MAX_EVENTS_PER_S: Final = 1_000
"""Of one viewer; what is beyond is dropped and counted. A mouse at 1 kHz coalesces below this."""


class Ping(msgspec.Struct, frozen=True, tag_field="type", tag="ping"):
    """The viewer is there; `visible` tells whether its page is shown."""

    n: Annotated[int, Meta(ge=0, le=2**53 - 1)]
    visible: bool = True


class Prompt(msgspec.Struct, frozen=True, tag_field="type", tag="prompt"):
    """A text prompt for the world."""

    text: Annotated[str, Meta(min_length=1, max_length=MAX_TEXT)]


class Message(msgspec.Struct, frozen=True, tag_field="type", tag="message"):
    """A JSON message, either way; an `id` asks the other side for an `ack`."""

    data: Annotated[object, Meta(extra_json_schema={"description": "any JSON"})]
    id: Annotated[int, Meta(ge=0, le=2**53 - 1)] | None = None


class Leaving(msgspec.Struct, frozen=True, tag_field="type", tag="bye"):
    """The viewer goes: 1000 on purpose, 1001 because the page is left."""

    code: Literal[1000, 1001] = 1000


class Pong(msgspec.Struct, frozen=True, tag_field="type", tag="pong", omit_defaults=True):
    """The worker's answer to `ping`, at once: the page reads its round trip from it.

    `fps`: how many pictures a second the world means to show, once that is known: fewer come where
    a machine is busy or the network narrow.
    """

    n: int
    fps: Annotated[int, Meta(ge=1, le=120)] | None = None


class Ack(msgspec.Struct, frozen=True, tag_field="type", tag="ack"):
    """The message with this id was handed over."""

    id: int


class Refusal(msgspec.Struct, frozen=True, tag_field="type", tag="problem"):
    """A message that cannot be taken."""

    code: str
    message: str


FromViewer = InputEvent | Ping | Prompt | Message | Leaving | Ack
ToViewer = Pong | Message | Ack | Refusal
