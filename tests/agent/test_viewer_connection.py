"""One attachment of a viewer who speaks as Odyssey's SDK does, over a peer connection by hand."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field

import msgspec

from diorama.agent.hearing import Hearing
from diorama.agent.media.encoder import Encoder, EncoderSettings
from diorama.agent.media.engine import (
    Answerer,
    Codec,
    ConnectionState,
    IceCandidate,
    PeerEvents,
    PeerSettings,
    PeerStats,
    VideoFeed,
)
from diorama.agent.media.frames import FrameSource
from diorama.agent.odyssey_messages import CHANNELS, FROM_VIEWER, TO_VIEWER
from diorama.agent.viewer_connection import ViewerConnection
from diorama.agent.viewer_messages import Taken
from diorama.agent.world_link import ImageSeen
from diorama.kernel.clock import SystemClock
from diorama.kernel.errors import Refused, Unavailable
from diorama.kernel.units import SECOND_US
from diorama.protocol.channel import Prompt
from diorama.protocol.media import (
    Broadcasting,
    FromPeer,
    ImageGiven,
    MediaState,
    Notice,
    Offer,
    Said,
)
from diorama.protocol.worker import Attach

PATIENCE_S = 30.0


@dataclass
class HandEngine:
    """Makes one peer connection, whose far end is the test. See `engine.MediaEngine`."""

    name: str = "by hand"
    sent: list[tuple[str, str]] = field(default_factory=list)
    opened: set[str] = field(default_factory=set)
    asked: asyncio.Queue[str] = field(default_factory=asyncio.Queue)
    events: PeerEvents | None = None
    offered: asyncio.Event = field(default_factory=asyncio.Event)

    def create_peer(self, settings: PeerSettings, events: PeerEvents) -> "HandEngine":
        assert settings.channels == CHANNELS
        self.events = events
        return self

    def create_answerer(self, settings: PeerSettings, events: PeerEvents) -> Answerer:
        raise Refused(f"{settings} {events}")

    async def create_offer(self) -> str:
        self.offered.set()
        return "v=0"

    async def set_answer(self, sdp: str) -> None:
        """Take it."""

    async def add_remote_candidate(self, candidate: IceCandidate | None) -> bool:
        return candidate is None

    def open_channel(self, label: str) -> None:
        self.asked.put_nowait(label)

    def send(self, label: str, data: bytes | str) -> bool:
        self.sent.append((label, str(data)))
        return label in self.opened

    def attach(self, feed: VideoFeed | None) -> None:
        """Take it."""

    def frame_ready(self) -> bool:
        return False

    async def restart_ice(self) -> str:
        return "v=0"

    async def stats(self) -> PeerStats:
        raise Refused("none")

    async def close(self) -> None:
        """Close."""

    def open(self, label: str) -> None:
        assert self.events is not None
        self.opened.add(label)
        self.events.on_channel_open(label)

    def says(self, **message: object) -> None:
        assert self.events is not None
        text = msgspec.json.encode(message).decode()
        self.events.on_channel_message(FROM_VIEWER, text)

    @property
    def told(self) -> list[tuple[str, str]]:
        """The channel and the type of what was sent."""
        return [(label, msgspec.json.decode(text)["type"]) for label, text in self.sent]


@dataclass
class Heard:
    """What a session hears. See `viewer_connection.ViewerEvents`."""

    signals: list[FromPeer] = field(default_factory=list)
    media: list[MediaState] = field(default_factory=list)
    taken: list[Taken] = field(default_factory=list)
    images: list[tuple[ImageGiven, Callable[[ImageSeen], None]]] = field(default_factory=list)

    def on_signal(self, signal: FromPeer) -> None:
        self.signals.append(signal)

    def on_media(self, attachment: int, state: MediaState) -> None:
        assert attachment == 1
        self.media.append(state)

    def on_taken(self, taken: Taken) -> None:
        self.taken.append(taken)

    def on_image(self, given: ImageGiven, answer: Callable[[ImageSeen], None]) -> None:
        self.images.append((given, answer))


@contextlib.asynccontextmanager
async def connection() -> AsyncIterator[tuple[ViewerConnection, HandEngine, Heard]]:
    """Run a connection that has offered, until the block ends."""
    engine, heard = HandEngine(), Heard()
    viewer = ViewerConnection(
        attach=Attach("ses_1", 1, 1, (), dialect="odyssey"),
        stream_id="rec_1",
        engine=engine,
        settings=PeerSettings(channels=CHANNELS),
        events=heard,
        clock=SystemClock(),
    )
    pictures: asyncio.Future[FrameSource] = asyncio.get_running_loop().create_future()
    running = asyncio.create_task(viewer.run(pictures, _NoEncoders()))
    await engine.offered.wait()
    yield viewer, engine, heard
    running.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await running


class _NoEncoders:
    """No pictures come here. See `encoder.EncoderFactory`."""

    codecs: tuple[Codec, ...] = ("H264",)

    def open(self, codec: Codec, settings: EncoderSettings) -> Encoder:
        raise Unavailable(f"no {codec} {settings}")


async def test_an_answer_waits_for_the_channel_that_it_goes_by() -> None:
    async with connection() as (_, engine, heard):
        engine.open(FROM_VIEWER)
        engine.says(type="interactive_stream_start", prompt="a red sky")
        engine.says(type="update", prompt="snow")
        before = list(engine.told)
        engine.open(TO_VIEWER)

    assert isinstance(heard.signals[0], Offer)
    assert before == []
    assert engine.told == [(TO_VIEWER, "stream_started"), (TO_VIEWER, "update_acknowledged")]
    assert msgspec.json.decode(engine.sent[0][1])["stream_id"] == "rec_1"
    assert [taken.to_world for taken in heard.taken] == [Prompt("a red sky"), Prompt("snow")]


async def test_the_viewer_may_speak_a_moment_after_it_is_spoken_to() -> None:
    async with connection() as (_, engine, _):
        engine.open(TO_VIEWER)
        at_once = engine.asked.qsize()
        async with asyncio.timeout(PATIENCE_S):
            then = await engine.asked.get()

    assert (at_once, then) == (0, FROM_VIEWER)
    assert FROM_VIEWER not in CHANNELS, "those of the offer are open all at once"


async def test_what_was_said_on_the_socket_is_taken_as_if_on_the_channel() -> None:
    async with connection() as (viewer, engine, heard):
        engine.open(TO_VIEWER)
        viewer.signal(Said(1, '{"type":"interactive_stream_start","prompt":"rain"}'))
        viewer.signal(Notice(1, "afk_warning", "soon over"))
        viewer.signal(Broadcasting(1, "https://worlds.example/watch", "dsp_x"))
        await asyncio.sleep(0)  # the connection takes what waits for it
        await asyncio.sleep(0)

    assert [kind for _, kind in engine.told] == [
        "stream_started",
        "interactive_stream_error",
        "broadcast_ready",
    ]
    assert [taken.to_world for taken in heard.taken] == [Prompt("rain")]


async def test_a_place_to_watch_is_asked_for_once_there_is_something_to_see() -> None:
    async with connection() as (_, engine, heard):
        engine.open(TO_VIEWER)
        engine.says(type="interactive_stream_start", broadcast=True)

    assert engine.told == [(TO_VIEWER, "stream_started")]
    assert [type(signal) for signal in heard.signals] == [Offer]


async def test_a_message_of_the_world_is_for_viewers_of_diorama_s_own() -> None:
    async with connection() as (viewer, engine, _):
        engine.open(TO_VIEWER)
        passed = viewer.pass_on('{"score":1}')

    assert not passed
    assert engine.sent == []


def test_who_says_nothing_is_heard_for_as_long_as_the_connection_is_connected() -> None:
    hearing = Hearing(now_us=0, pings=False)
    hearing.connection_changed(ConnectionState.CONNECTED)
    hearing.frame_sent(SECOND_US)

    assert hearing.media(60 * SECOND_US) == "connected"
    assert hearing.viewer_age_ms(60 * SECOND_US) == 0
    hearing.connection_changed(ConnectionState.DISCONNECTED)
    assert [hearing.media(at_s * SECOND_US) for at_s in (61, 62)] == ["connected"] * 2
    assert hearing.media(63 * SECOND_US) == "lost"
    hearing.connection_changed(ConnectionState.CONNECTED)
    assert hearing.media(64 * SECOND_US) == "connected"


async def test_a_start_with_an_image_is_answered_once_the_world_was_given_it() -> None:
    async with connection() as (viewer, engine, heard):
        engine.open(TO_VIEWER)
        for prompt in ("rain", "snow"):
            viewer.signal(ImageGiven(1, "dim_x", 9, prompt))
            await asyncio.sleep(0)  # the connection takes what waits for it
            await asyncio.sleep(0)
        before = list(engine.told)
        (first, answer_first), (second, answer_second) = heard.images
        answer_first(ImageSeen(1))
        answer_second(ImageSeen(2, "image_broken", "the image is broken"))
        answers = [msgspec.json.decode(text) for _, text in engine.sent]

    assert (before, first.prompt, second.prompt) == ([], "rain", "snow")
    assert answers == [
        {"type": "stream_started", "stream_id": "rec_1", "applied_prompt": "rain"},
        {
            "type": "interactive_stream_error",
            "reason": "image_broken",
            "message": "the image is broken",
        },
    ]
