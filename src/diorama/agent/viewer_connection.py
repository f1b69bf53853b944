"""One attachment of a viewer: a peer connection, its stream, and its messages.

It offers, takes the viewer's signals one after the other, streams once the world has pictures, and
tells its session what the viewer did and how the media is. A failure here costs the viewer's
connection, never the world. Messages are taken where they arrive, so encoding never delays input.
"""

import asyncio
from collections import deque
from collections.abc import Callable
from typing import Final, Protocol

import structlog

from diorama.agent.hearing import Hearing
from diorama.agent.media.encoder import EncoderFactory
from diorama.agent.media.engine import (
    CONTROL,
    ConnectionState,
    MediaEngine,
    Peer,
    PeerSettings,
)
from diorama.agent.media.engine import IceCandidate as NativeCandidate
from diorama.agent.media.frames import FrameSource
from diorama.agent.media.stream import Stream, StreamStats
from diorama.agent.odyssey_messages import (
    FROM_VIEWER,
    SETTLES_S,
    TO_VIEWER,
    BroadcastReady,
    OdysseyMessages,
    StreamError,
    StreamStarted,
    told,
)
from diorama.agent.viewer_messages import Taken, ViewerMessages, to_text, world_message
from diorama.agent.world_link import ImageSeen
from diorama.kernel.clock import Clock
from diorama.kernel.errors import DioramaError
from diorama.protocol.media import (
    Answer,
    Broadcast,
    Broadcasting,
    Candidate,
    ForPeer,
    FromPeer,
    IceCandidate,
    ImageGiven,
    MediaState,
    Notice,
    Offer,
    Restart,
    Said,
)
from diorama.protocol.worker import Attach

MAX_SIGNALS: Final = 64  # waiting; a viewer may trickle 30 candidates
MAX_UNSENT: Final = 32
"""Messages to a viewer of Odyssey's SDK that wait for their channel to open."""
_LOOK_EVERY_S: Final = 0.25

log = structlog.get_logger(__name__)


class ViewerEvents(Protocol):
    """What a session hears of its viewer, on the asyncio loop."""

    def on_signal(self, signal: FromPeer) -> None:
        """Take a signal for the viewer."""

    def on_media(self, attachment: int, state: MediaState) -> None:
        """Take how the media of an attachment is now."""

    def on_taken(self, taken: Taken) -> None:
        """Take what a message of the viewer comes to; its answer is on the way."""

    def on_image(self, given: ImageGiven, answer: Callable[[ImageSeen], None]) -> None:
        """Take an image of the viewer, and have its answer sent once the world was given it."""


class ViewerConnection:
    """See above; a `PeerEvents`. Its session runs `run` in a task, and cancels it to close."""

    def __init__(  # noqa: PLR0913 - by name, and in one place only
        self,
        *,
        attach: Attach,
        stream_id: str,
        engine: MediaEngine,
        settings: PeerSettings,
        events: ViewerEvents,
        clock: Clock,
    ) -> None:
        now_us = clock.boottime_us()
        self.attachment: Final = attach.attachment
        self._engine = engine
        self._settings = settings
        self._events = events
        self._clock = clock
        self._is_odyssey = attach.dialect == "odyssey"
        self._hearing = Hearing(now_us=now_us, pings=not self._is_odyssey)
        self._messages = (
            OdysseyMessages(now_us=now_us, stream_id=stream_id)
            if self._is_odyssey
            else ViewerMessages(now_us=now_us)
        )
        self._opened: set[str] = set()
        self._is_broadcast = self._is_showing = False
        self._unsent: deque[str] = deque(maxlen=MAX_UNSENT)
        self._signals: asyncio.Queue[ForPeer] = asyncio.Queue(MAX_SIGNALS)
        self._offer: Offer | None = None
        self._early: list[Candidate] = []  # found before the offer was sent
        self._stream: Stream | None = None
        self._media: MediaState = "connecting"
        self._closed = False
        self._peer: Peer | None = None
        self._settling: asyncio.TimerHandle | None = None

    async def run(self, pictures: "asyncio.Future[FrameSource]", encoders: EncoderFactory) -> None:
        """Offer, connect and stream until cancelled; a failure is told as media lost."""
        try:
            peer = self._peer = self._engine.create_peer(self._settings, self)
            self._send_offer(await peer.create_offer())
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._take_signals(peer))
                tasks.create_task(self._watch())
                await self._stream_from(await asyncio.shield(pictures), peer, encoders)
        except Exception:
            log.exception("viewer connection failed", attachment=self.attachment)
            self._hearing.connection_changed(ConnectionState.FAILED)
            self._look()
        finally:
            await self._close()

    def signal(self, signal: ForPeer) -> None:
        """Take what is for the peer connection; more than can wait are dropped."""
        try:
            self._signals.put_nowait(signal)
        except asyncio.QueueFull:
            log.warning("too many signals of a viewer", attachment=self.attachment)

    def promise(self, fps: int) -> None:
        """Tell the viewer from now on how many pictures a second the world means to show."""
        if isinstance(self._messages, ViewerMessages):
            self._messages.fps = fps

    def repeat_offer(self) -> None:
        """Send the offer again, as its gateway may have lost it."""
        if self._offer is not None:
            self._events.on_signal(self._offer)

    def pass_on(self, data: str) -> bool:
        """Send the viewer a message of the world, JSON; Odyssey's SDK has no use for one."""
        return not self._is_odyssey and self._send(world_message(data))

    def _send(self, text: str) -> bool:
        """Send the viewer a message; False where it cannot be.

        Odyssey's SDK waits for its answers without end, so they wait for their channel.
        """
        if self._peer is None or self._closed:
            return False
        if self._is_odyssey and TO_VIEWER not in self._opened:
            self._unsent.append(text)
            return True
        return self._peer.send(TO_VIEWER if self._is_odyssey else CONTROL, text)

    def viewer_age_ms(self) -> int | None:
        """Return how long ago the viewer was heard; None where it never was."""
        return self._hearing.viewer_age_ms(self._clock.boottime_us())

    def stats(self) -> StreamStats | None:
        """Return how the stream is doing; None before there is one."""
        return self._stream.stats() if self._stream else None

    def on_local_candidate(self, candidate: NativeCandidate | None) -> None:
        """Pass a candidate on to the viewer, after the offer; the last is an empty one."""
        native = candidate or NativeCandidate(candidate="")
        wire = IceCandidate(native.candidate, native.sdp_mid, native.sdp_m_line_index)
        message = Candidate(self.attachment, wire)
        if self._offer is None:
            self._early.append(message)
        else:
            self._events.on_signal(message)

    def on_connection_state(self, state: ConnectionState) -> None:
        """Take a change of the connection."""
        self._hearing.connection_changed(state)
        self._look()

    def on_channel_open(self, label: str) -> None:
        """Send what waited for the channel, if anything may."""
        self._opened.add(label)
        if not self._is_odyssey or label != TO_VIEWER:
            return
        while self._unsent:
            self._send(self._unsent.popleft())
        loop = asyncio.get_running_loop()
        self._settling = loop.call_later(SETTLES_S, self._let_viewer_speak)

    def _let_viewer_speak(self) -> None:
        if self._peer is not None and not self._closed:
            self._peer.open_channel(FROM_VIEWER)

    def on_channel_message(self, label: str, data: bytes | str) -> None:
        """Answer a message of the viewer and tell the session what it comes to."""
        now_us = self._clock.boottime_us()
        self._hearing.heard(now_us)
        taken = self._messages.take(label, data, now_us)
        if taken.to_world is not None or taken.leaving is not None:
            self._events.on_taken(taken)
        if taken.reply is not None:
            self._send(to_text(taken.reply))
        if taken.broadcast:
            self._is_broadcast = True
            self._ask_to_broadcast()

    def on_key_frame_request(self) -> None:
        """Nothing: the stream was told."""

    def on_target_bitrate(self, bitrate_kbps: int) -> None:
        """Nothing: the stream was told."""

    async def _stream_from(self, source: FrameSource, peer: Peer, encoders: EncoderFactory) -> None:
        self._stream = Stream(
            source=source,
            peer=peer,
            encoders=encoders,
            settings=self._settings,
            clock=self._clock,
        )
        self._stream.start()
        await self._stream.first_frame_sent.wait()
        self._hearing.frame_sent(self._clock.boottime_us())
        self._look()
        self._is_showing = True
        self._ask_to_broadcast()

    def _ask_to_broadcast(self) -> None:
        """Ask that others may watch, where the viewer wishes it and there is something to see."""
        if self._is_broadcast and self._is_showing:
            self._events.on_signal(Broadcast(self.attachment))

    async def _take_signals(self, peer: Peer) -> None:
        while True:
            signal = await self._signals.get()
            try:
                await self._take(peer, signal)
            except (DioramaError, TimeoutError) as error:
                log.warning("signal not taken", attachment=self.attachment, reason=str(error))

    async def _take(self, peer: Peer, signal: ForPeer) -> None:
        match signal:
            case Answer(sdp=sdp):
                await peer.set_answer(sdp)
            case Candidate(candidate=wire):
                native = NativeCandidate(
                    candidate=wire.candidate,
                    sdp_mid=wire.sdp_mid,
                    sdp_m_line_index=wire.sdp_m_line_index,
                )
                await peer.add_remote_candidate(native if wire.candidate else None)
            case Said(text=text):
                self.on_channel_message(FROM_VIEWER, text)
            case Notice() if self._is_odyssey:
                self._send(to_text(told(signal)))
            case Notice():
                log.info("a notice for a viewer who is told on its own socket")
            case Broadcasting(url=url, token=token):
                self._send(to_text(BroadcastReady(url, token)))
            case ImageGiven():
                self._take_image(signal)
            case Restart(scope="ice"):
                self._send_offer(await peer.restart_ice())
            case Restart():
                log.info("a new peer connection comes with a new attachment, not by this signal")

    def _take_image(self, given: ImageGiven) -> None:
        """Have it brought to the world, which other signals do not wait for."""
        if isinstance(self._messages, OdysseyMessages):
            started = self._messages.started(given.prompt)
            self._events.on_image(given, lambda seen: self._answer_image(started, seen))
            if given.broadcast:
                self._is_broadcast = True
                self._ask_to_broadcast()

    def _answer_image(self, started: StreamStarted, seen: ImageSeen) -> None:
        answer = StreamError(seen.code, seen.message) if seen.code else started
        self._send(to_text(answer))

    def _send_offer(self, sdp: str) -> None:
        self._offer = Offer(self.attachment, sdp)
        self._events.on_signal(self._offer)
        while self._early:
            self._events.on_signal(self._early.pop(0))

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(_LOOK_EVERY_S)
            self._look()

    def _look(self) -> None:
        media = self._hearing.media(self._clock.boottime_us())
        if media != self._media and not self._closed:
            self._media = media
            self._events.on_media(self.attachment, media)

    async def _close(self) -> None:
        self._closed = True
        if self._settling is not None:
            self._settling.cancel()
        if self._stream is not None:
            await self._stream.stop()
        if self._peer is not None:
            await self._peer.close()
