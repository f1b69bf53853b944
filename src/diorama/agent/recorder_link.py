"""What a worker says to the process that records a session. Pure.

One message is one packet of a local socket, which keeps their bounds; nothing is answered. The end
of the socket is the end of the session. How it went is in the recording's folder (`spool`).
"""

from typing import Final

import msgspec

from diorama.agent.event_lines import Line
from diorama.kernel.errors import Invalid

MAX_PACKET_BYTES: Final = 64 * 1024


class RecordFrom(msgspec.Struct, frozen=True, tag_field="type", tag="from"):
    """The session's viewer gets pictures from now on: what is rendered after this is kept."""

    boottime_us: int


class Tell(msgspec.Struct, frozen=True, tag_field="type", tag="tell"):
    """Add this line to the events."""

    line: Line


ToRecorder = RecordFrom | Tell

_ENCODER: Final = msgspec.msgpack.Encoder()
_DECODER: Final[msgspec.msgpack.Decoder[ToRecorder]] = msgspec.msgpack.Decoder(ToRecorder)


class RecorderSettings(msgspec.Struct, frozen=True, kw_only=True):
    """What the process is started with, as one argument.

    Attributes:
        parent: the worker; the process dies with it.
        memory: the descriptor of the world's frame memory.
        picture: width and height of the world's pictures.
        size: of the video.
        fps: the most that are kept in a second.
        folder: of the recording.
        session: whose it is.
        session_us: when that began, CLOCK_BOOTTIME.
    """

    parent: int
    memory: int
    picture: tuple[int, int]
    size: tuple[int, int]
    fps: int
    folder: str
    session: str
    session_us: int


def packet_of(message: ToRecorder) -> bytes:
    """Return a message as it goes on the socket."""
    return _ENCODER.encode(message)


def message_of(packet: bytes) -> ToRecorder:
    """Return what the worker said. Raises Invalid."""
    try:
        return _DECODER.decode(packet)
    except msgspec.DecodeError as error:
        raise Invalid(f"not a message to a recorder: {error}") from None
