"""The other end of a peer: a viewer made of aiortc, and a world that paints plain pictures."""

import asyncio
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from aiortc import (
    MediaStreamTrack,
    RTCConfiguration,
    RTCDataChannel,
    RTCPeerConnection,
    RTCSessionDescription,
)
from aiortc.mediastreams import MediaStreamError
from aiortc.sdp import candidate_from_sdp
from av import VideoFrame

from diorama.agent.media.encoder import Pixels
from diorama.agent.media.engine import (
    ConnectionState,
    IceCandidate,
    MediaEngine,
    Peer,
    PeerSettings,
)
from diorama.agent.media.frames import Frame
from diorama.agent.media.probe import Encoders
from diorama.agent.media.stream import Stream

PATIENCE_S: Final = 60.0
LOCAL: Final = PeerSettings(allow_private_candidates=True, fps=30)
RGB: Final = (200, 60, 30)
_WISH_EVERY_S: Final = 0.4


def far_connection() -> RTCPeerConnection:
    """Return a connection that asks nobody else: aiortc would look for a STUN server by name."""
    return RTCPeerConnection(RTCConfiguration(iceServers=[]))


class PaintedWorld:
    """A source of plain pictures of one colour, with a dark bar that moves; 30 a second."""

    def __init__(self, *, width: int = 320, height: int = 240) -> None:
        self.colour = RGB
        self.number = 0
        self.moving = True
        self.shown_again = threading.Event()
        self._shown = -1
        self._pixels = np.zeros((height, width, 3), dtype=np.uint8)
        self._tick = threading.Event()

    def resize(self, *, width: int, height: int) -> None:
        """Paint pictures of another size from now on."""
        self._pixels = np.zeros((height, width, 3), dtype=np.uint8)

    def latest(self, after: int) -> Frame | None:
        """Return the newest picture."""
        if self.number <= after:
            return None
        if self.number == self._shown:
            self.shown_again.set()
        self._shown = self.number
        self._pixels[:] = self.colour
        self._pixels[:16, : 16 + self.number % 64] = 0
        return Frame(number=self.number, rendered_us=0, pixels=self._pixels)

    def wait(self, after: int, timeout_s: float) -> bool:
        """Render the next picture after a thirtieth of a second."""
        self._tick.wait(min(timeout_s, 1 / 30))
        self.number += self.moving
        return self.number > after


@dataclass
class Heard:
    """The events of one peer, as they came."""

    candidates: list[IceCandidate | None] = field(default_factory=list)
    states: list[ConnectionState] = field(default_factory=list)
    open: set[str] = field(default_factory=set)
    messages: list[tuple[str, bytes | str]] = field(default_factory=list)
    key_frame_requests: int = 0
    targets_kbps: list[int] = field(default_factory=list)
    threads: set[int] = field(default_factory=set)
    news: asyncio.Condition = field(default_factory=asyncio.Condition)
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    def on_local_candidate(self, candidate: IceCandidate | None) -> None:
        """Keep it."""
        self.candidates.append(candidate)
        self._tell()

    def on_connection_state(self, state: ConnectionState) -> None:
        """Keep it."""
        self.states.append(state)
        self._tell()

    def on_channel_open(self, label: str) -> None:
        """Keep it."""
        self.open.add(label)
        self._tell()

    def on_channel_message(self, label: str, data: bytes | str) -> None:
        """Keep it."""
        self.messages.append((label, data))
        self._tell()

    def on_key_frame_request(self) -> None:
        """Count it."""
        self.key_frame_requests += 1
        self._tell()

    def on_target_bitrate(self, bitrate_kbps: int) -> None:
        """Keep it."""
        self.targets_kbps.append(bitrate_kbps)
        self._tell()

    def _tell(self) -> None:
        self.threads.add(threading.get_ident())
        task = asyncio.get_running_loop().create_task(self._notify())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _notify(self) -> None:
        async with self.news:
            self.news.notify_all()


class Viewer:
    """A browser's part, played by aiortc."""

    def __init__(self) -> None:
        self.connection = far_connection()
        self.channels: dict[str, RTCDataChannel] = {}
        self._channel_came = asyncio.Event()
        self._messages: asyncio.Queue[bytes | str] = asyncio.Queue()
        self.track: asyncio.Future[MediaStreamTrack] = asyncio.get_running_loop().create_future()
        self.connection.on("track", self.track.set_result)
        self.connection.on("datachannel", self._hear_channel)

    def _hear_channel(self, channel: RTCDataChannel) -> None:
        self.channels[channel.label] = channel
        channel.on("message", self._messages.put_nowait)
        self._channel_came.set()

    async def channel(self, label: str) -> RTCDataChannel:
        """Return a channel of the worker, which sends on it before this end knows of it."""
        async with asyncio.timeout(PATIENCE_S):
            while label not in self.channels:
                self._channel_came.clear()
                await self._channel_came.wait()
        return self.channels[label]

    async def message(self) -> bytes | str:
        """Return the next message of the worker."""
        async with asyncio.timeout(PATIENCE_S):
            return await self._messages.get()

    async def answer(self, offer: str) -> str:
        """Return the answer to an offer."""
        await self.connection.setRemoteDescription(RTCSessionDescription(offer, "offer"))
        await self.connection.setLocalDescription(await self.connection.createAnswer())
        return self.connection.localDescription.sdp

    async def take(self, candidate: IceCandidate | None) -> None:
        """Take a candidate of the worker."""
        if candidate is None:
            await self.connection.addIceCandidate(None)
            return
        native = candidate_from_sdp(candidate.candidate.removeprefix("candidate:"))
        native.sdpMid, native.sdpMLineIndex = candidate.sdp_mid, candidate.sdp_m_line_index
        if native.protocol == "udp":
            await self.connection.addIceCandidate(native)

    async def picture(self) -> VideoFrame:
        """Return the next decoded picture."""
        async with asyncio.timeout(PATIENCE_S):
            frame = await (await self.track).recv()
        assert isinstance(frame, VideoFrame)
        return frame

    async def key_picture(self) -> VideoFrame:
        """Return the next decoded key frame."""
        async with asyncio.timeout(PATIENCE_S):
            while not (frame := await self.picture()).key_frame:
                pass
        return frame

    async def picture_like(self, colour: tuple[int, int, int]) -> VideoFrame:
        """Return the next decoded picture whose middle has about this colour."""
        async with asyncio.timeout(PATIENCE_S):
            while np.abs(middle(frame := await self.picture()) - colour).max() > 12:
                pass
        return frame

    @asynccontextmanager
    async def wishing_for_a_key_frame(self) -> AsyncIterator[None]:
        """Send picture loss indications again and again, as a browser does that lost the thread.

        libwebrtc passes over those that come within 300 ms of another (`EncoderRtcpFeedback`).
        """
        wishing = asyncio.create_task(self._wish())
        try:
            yield
        finally:
            wishing.cancel()
            with suppress(asyncio.CancelledError):
                await wishing

    async def _wish(self) -> None:
        while True:
            await self._request_key_frame()
            await asyncio.sleep(_WISH_EVERY_S)

    async def _request_key_frame(self) -> None:
        """Send a picture loss indication."""
        track = await self.track
        for receiver in self.connection.getReceivers():
            if receiver.track is track:
                # aiortc sends one by itself only when it misses packets.
                active = receiver._RTCRtpReceiver__active_ssrc  # type: ignore[attr-defined] # noqa: SLF001
                for ssrc in tuple(active):  # one of them repairs, and is not listened to
                    await receiver._send_rtcp_pli(ssrc)  # noqa: SLF001


@dataclass
class Link:
    """A worker's peer and a viewer, connected."""

    peer: Peer
    heard: Heard
    viewer: Viewer
    world: PaintedWorld
    stream: Stream


def middle(frame: VideoFrame) -> Pixels:
    """Return the mean colour of a picture's middle: int, (3,), RGB."""
    rgb = frame.to_ndarray(format="rgb24", src_colorspace="ITU601")
    height, width = rgb.shape[:2]
    inner = rgb[height // 3 : 2 * height // 3, width // 3 : 2 * width // 3]
    mean: Pixels = inner.reshape(-1, 3).mean(axis=0).astype(int)
    return mean


async def until(heard: Heard, condition: Callable[[], bool]) -> None:
    """Wait until the events heard make it true."""
    async with asyncio.timeout(PATIENCE_S), heard.news:
        await heard.news.wait_for(condition)


@asynccontextmanager
async def linked(
    engine: MediaEngine, encoders: Encoders, settings: PeerSettings = LOCAL
) -> AsyncIterator[Link]:
    """Yield a peer and a viewer that are connected, streaming the painted world."""
    async with AsyncExitStack() as stack:
        heard, viewer, world = Heard(), Viewer(), PaintedWorld()
        stack.push_async_callback(viewer.connection.close)
        peer = engine.create_peer(settings, heard)
        stack.push_async_callback(peer.close)
        stream = Stream(source=world, peer=peer, encoders=encoders, settings=settings)
        stack.push_async_callback(stream.stop)
        stream.start()
        await negotiate(peer, heard, viewer, await peer.create_offer())
        await until(heard, lambda: ConnectionState.CONNECTED in heard.states)
        yield Link(peer=peer, heard=heard, viewer=viewer, world=world, stream=stream)


async def negotiate(peer: Peer, heard: Heard, viewer: Viewer, offer: str) -> None:
    """Carry offer, answer and candidates between the two."""
    answer = await viewer.answer(offer)
    await peer.set_answer(answer)
    await until(heard, lambda: None in heard.candidates)
    for candidate in heard.candidates:
        await viewer.take(candidate)


async def drain(viewer: Viewer, seconds: float) -> int:
    """Decode for a while and return how many pictures came."""
    count = 0
    with suppress(TimeoutError, MediaStreamError):
        async with asyncio.timeout(seconds):
            while True:
                await viewer.picture()
                count += 1
    return count
