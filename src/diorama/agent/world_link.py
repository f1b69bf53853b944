"""What a worker and a world's host say to each other: messages, and their frames on a socket.

Pure. Pictures do not come this way (`frame_ring`). A message is MessagePack behind four bytes of
length. The worker's first word is `Begin`; the host answers `Loaded`, then `FirstFrame`. Where it
is to run a script there is no frame memory and no `Loaded`: after `FirstFrame` come the words of a
run. The worker ends a world by SIGTERM to its process group.
"""

from collections.abc import Iterator
from typing import Annotated, Final, TypeVar

import msgspec
from msgspec import Meta

from diorama.agent.recording_facts import MAX_SIDE, MIN_SIDE
from diorama.kernel.errors import Invalid
from diorama.protocol.channel import Message, Prompt
from diorama.protocol.input import MAX_TEXT, InputEvent
from diorama.protocol.recording_views import RecordedFacts
from diorama.protocol.scripts import MAX_SCRIPT_MS
from diorama.protocol.worker import MAX_HOLD_OFF_S, Count, Frame, Outcome

MAX_FRAME_BYTES: Final = 256 * 1024  # the longest is `Begin`: 16,000 characters of options
MAX_FPS: Final = 120
SCRIPT: Final = "script.json"
"""The file that a run's script is handed over in: it may be longer than a message."""
_HEAD_BYTES: Final = 4
T = TypeVar("T")
Side = Annotated[int, Meta(ge=MIN_SIDE, le=MAX_SIDE, multiple_of=2)]


class BeginRun(msgspec.Struct, frozen=True, tag_field=None):
    """A script instead of a viewer: `SCRIPT` in `folder`, where the recording's files go too."""

    folder: str
    length_ms: Annotated[int, Meta(ge=1, le=MAX_SCRIPT_MS)]
    frame: Frame = Frame()


class Begin(msgspec.Struct, frozen=True, tag_field="type", tag="begin"):
    """Run this world: its entry, and what its context says. `options` is JSON text."""

    session: str
    entry: str
    options: str
    seed: int
    run: BeginRun | None = None


class GiveImage(msgspec.Struct, frozen=True, tag_field="type", tag="give_image"):
    """An image that came with a prompt, which may be empty: the file at `path`."""

    number: Count
    path: str
    text: Annotated[str, Meta(max_length=MAX_TEXT)]


class Loaded(msgspec.Struct, frozen=True, tag_field="type", tag="loaded"):
    """The class is found and the frame memory has its size; `start` is being called."""

    width: Side
    height: Side
    fps: Annotated[int, Meta(ge=1, le=MAX_FPS)]


class FirstFrame(msgspec.Struct, frozen=True, tag_field="type", tag="first_frame"):
    """The first picture is in the frame memory."""


class Say(msgspec.Struct, frozen=True, tag_field="type", tag="say"):
    """The world sends a JSON message to the viewer; `data` is its text."""

    data: str


class ImageSeen(msgspec.Struct, frozen=True, tag_field="type", tag="image_seen"):
    """The world was given an image; or, with a code, why it was not. The file is of no more use."""

    number: Count
    code: str = ""
    message: str = ""


class HoldOff(msgspec.Struct, frozen=True, tag_field="type", tag="hold_off"):
    """The world holds the AFK warning off for so long from now; 0 lets go."""

    seconds: Annotated[float, Meta(ge=0, le=MAX_HOLD_OFF_S)]


class Over(msgspec.Struct, frozen=True, tag_field="type", tag="over"):
    """The world is over by itself; the host's last word."""

    outcome: Outcome
    detail: str = ""


class Rendering(msgspec.Struct, frozen=True, tag_field="type", tag="rendering"):
    """So many pictures of a run are rendered; about once a second."""

    frames: Count
    frames_total: Count


class Rendered(msgspec.Struct, frozen=True, tag_field="type", tag="rendered"):
    """The last picture of a run is rendered; its files are being finished."""

    frames: Count


class Kept(msgspec.Struct, frozen=True, tag_field="type", tag="kept"):
    """The files of a run are whole."""

    facts: RecordedFacts


class FilesFailed(msgspec.Struct, frozen=True, tag_field="type", tag="files_failed"):
    """The files of a run cannot be written, through no fault of the world."""

    detail: str


RunWord = Rendering | Rendered | Kept | FilesFailed

ToHost = Begin | Prompt | Message | InputEvent | GiveImage
FromHost = Loaded | FirstFrame | Say | HoldOff | ImageSeen | Over | RunWord

_ENCODER: Final = msgspec.msgpack.Encoder()
_TO_HOST: Final[msgspec.msgpack.Decoder[ToHost]] = msgspec.msgpack.Decoder(ToHost)
_FROM_HOST: Final[msgspec.msgpack.Decoder[FromHost]] = msgspec.msgpack.Decoder(FromHost)


def to_bytes(message: ToHost | FromHost) -> bytes:
    """Return a message as it goes on the socket."""
    body = _ENCODER.encode(message)
    return len(body).to_bytes(_HEAD_BYTES, "big") + body


def to_host(body: bytes) -> ToHost:
    """Return what the worker said. Raises Invalid."""
    return _decoded(_TO_HOST, body)


def from_host(body: bytes) -> FromHost:
    """Return what the host said. Raises Invalid."""
    return _decoded(_FROM_HOST, body)


def _decoded(decoder: msgspec.msgpack.Decoder[T], body: bytes) -> T:
    try:
        return decoder.decode(body)
    except msgspec.DecodeError as error:
        raise Invalid(f"not a message between worker and world: {error}") from None


class Deframer:
    """Cuts what a socket yields into messages' bodies."""

    def __init__(self) -> None:
        self._buffer = bytearray()

    def feed(self, data: bytes) -> Iterator[bytes]:
        """Take `data` and yield each body it completes. Raises Invalid for one too long."""
        self._buffer += data
        while len(self._buffer) >= _HEAD_BYTES:
            length = int.from_bytes(self._buffer[:_HEAD_BYTES], "big")
            if length > MAX_FRAME_BYTES:
                raise Invalid(f"a message of {length} bytes, more than {MAX_FRAME_BYTES}")
            if len(self._buffer) < _HEAD_BYTES + length:
                return
            body = bytes(self._buffer[_HEAD_BYTES : _HEAD_BYTES + length])
            del self._buffer[: _HEAD_BYTES + length]
            yield body
