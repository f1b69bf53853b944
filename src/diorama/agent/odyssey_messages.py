"""What to do with a message of Odyssey's SDK on its data channel. Pure.

Its viewer starts a stream, changes what is shown by prompts, and ends it; a prompt is one for the
world. Diorama's stream is there from the start: starting it says its id, ending it ends nothing but
what the SDK calls a stream. The SDK waits for an answer to each message without a time-out, so each
is answered, those that are wrong too. Of two that wait it takes the first answer for the second:
nothing here can mend that. An image comes with a start alone, by the signalling socket: `images`
takes it from there.

Two channels: `streamerToClient` carries what the worker says and is opened first, so that it is
open when the viewer first speaks on `clientToStreamer`. That one follows a moment later: the SDK's
`connect()` is done once it is open, and `startStream` fails at once unless the page was told before
that its connection stands. Chromium tells of a channel as soon as it can, of a connection in a task
of its own, so in a page that was busy the channel came first if both were there.
Source: `@odysseyml/odyssey` 1.3.1, dist/index.js, `callOnConnected`, `startStream`,
`setupStreamerToClientChannel`.
"""

from typing import Final

import msgspec

from diorama.agent.viewer_messages import Budget, Taken
from diorama.kernel.errors import Invalid
from diorama.protocol.channel import Prompt
from diorama.protocol.input import MAX_TEXT
from diorama.protocol.media import Notice
from diorama.protocol.strict_json import parse

TO_VIEWER: Final = "streamerToClient"
FROM_VIEWER: Final = "clientToStreamer"
CHANNELS: Final = (TO_VIEWER,)
SETTLES_S: Final = 0.15
"""From `streamerToClient` to `clientToStreamer`: three of what browsers call a long task. The page
has its picture so much later (docs/benchmarks.md)."""
MAX_MESSAGE_BYTES: Final = 256 * 1024
"""What the SDK sends by a channel at most: a longer one must reach us to be answered."""
_MAX_PER_S: Final = 50
_MAX_COMPLAINTS_PER_S: Final = 5


class StartStream(msgspec.Struct, frozen=True, tag_field="type", tag="interactive_stream_start"):
    """The viewer starts a stream. Whether it is upright or not is the world's to say."""

    prompt: str = ""
    broadcast: bool = False
    input_image_base64: str | None = None


class Update(msgspec.Struct, frozen=True, tag_field="type", tag="update"):
    """The viewer changes what is shown."""

    prompt: str


class EndStream(msgspec.Struct, frozen=True, tag_field="type", tag="interactive_stream_end"):
    """The viewer ends the stream; its connection stays."""


class StreamStarted(msgspec.Struct, frozen=True, tag_field="type", tag="stream_started"):
    """The stream is started; the prompt is the one that the world was given."""

    stream_id: str
    applied_prompt: str


class UpdateAcknowledged(msgspec.Struct, frozen=True, tag_field="type", tag="update_acknowledged"):
    """The world was given the prompt."""

    prompt: str


class StreamEnded(msgspec.Struct, frozen=True, tag_field="type", tag="stream_ended"):
    """The stream is ended."""


class StreamError(msgspec.Struct, frozen=True, tag_field="type", tag="interactive_stream_error"):
    """Something of the stream failed, or the viewer is warned; the connection stays."""

    reason: str
    message: str


class BroadcastReady(msgspec.Struct, frozen=True, tag_field="type", tag="broadcast_ready"):
    """Where others may watch the stream.

    Without an address the SDK tells its app that there is none, and fails nothing that waits.
    """

    webrtc_url: str = ""
    spectator_token: str = ""


class OdysseyMessages:
    """Reads one viewer's messages.

    Args:
        now_us: now.
        stream_id: what its streams are called.
    """

    def __init__(self, *, now_us: int, stream_id: str) -> None:
        self._stream_id = stream_id
        self._budget = Budget(_MAX_PER_S, now_us=now_us)
        self._complaints = Budget(_MAX_COMPLAINTS_PER_S, now_us=now_us)

    def take(self, label: str, data: bytes | str, now_us: int) -> Taken:
        """Return what to do with a message that came on the channel `label`."""
        try:
            return self._meaning(self._read(label, data, now_us))
        except Invalid as error:
            if not self._complaints.spend(now_us):
                return Taken()
            return Taken(reply=StreamError(error.code, str(error)))

    def _read(self, label: str, data: bytes | str, now_us: int) -> StartStream | Update | EndStream:
        if label != FROM_VIEWER:
            raise Invalid(f"{label} carries what the worker says", code="wrong_channel")
        if not self._budget.spend(now_us):
            raise Invalid(f"more than {_MAX_PER_S} messages a second", code="too_many")
        return parse(data, StartStream | Update | EndStream, max_bytes=MAX_MESSAGE_BYTES)

    def _meaning(self, message: StartStream | Update | EndStream) -> Taken:
        match message:
            case StartStream():
                return self._start(message)
            case Update(prompt=prompt):
                return Taken(reply=UpdateAcknowledged(prompt), to_world=_prompt(prompt))
            case EndStream():
                return Taken(reply=StreamEnded())

    def started(self, prompt: str) -> StreamStarted:
        """Return what a viewer is told whose stream is started."""
        return StreamStarted(self._stream_id, prompt)

    def _start(self, message: StartStream) -> Taken:
        if message.input_image_base64 is not None:
            raise Invalid("an image comes by the signalling socket", code="image_wrong_way")
        return Taken(
            reply=self.started(message.prompt),
            broadcast=message.broadcast,
            to_world=_prompt(message.prompt),
        )


def _prompt(text: str) -> Prompt | None:
    """Return a prompt as the world has it; an empty one changes nothing there."""
    if len(text) > MAX_TEXT:
        raise Invalid(f"a prompt has {MAX_TEXT} characters at most", code="prompt_too_long")
    return Prompt(text) if text else None


def told(notice: Notice) -> StreamError:
    """Return what the gateway tells a viewer as its SDK shows it to the page."""
    return StreamError(notice.reason, notice.message)
