"""One peer connection of aiortc, made for one attachment: answers offers, receives frames.

It tells how it is and decides nothing about repair. It cannot restart ICE: an offer that asks for
that is told as a failure, which brings a new one.
"""

import asyncio
import contextlib
from collections.abc import Callable
from typing import Final, Protocol

from aiortc import (
    MediaStreamTrack,
    RTCBundlePolicy,
    RTCConfiguration,
    RTCIceServer,
    RTCPeerConnection,
    RTCSessionDescription,
)
from aiortc.exceptions import InvalidAccessError, InvalidStateError
from aiortc.mediastreams import MediaStreamError
from aiortc.sdp import candidate_from_sdp
from av import VideoFrame

from diorama.client.core.model import MediaSeen
from diorama.client.core.vitals import Vitals, seen
from diorama.client.streaming.channels import ChannelEvents, Channels
from diorama.protocol.channel import PING_EVERY_S
from diorama.protocol.media import IceCandidate, Offer

CLOSE_WITHIN_S: Final = 5.0
NEGOTIATE_WITHIN_S: Final = 15.0
_MAX_JOBS: Final = 256
_UNUSABLE: Final = (
    ValueError,
    AssertionError,
    LookupError,
    InvalidStateError,
    InvalidAccessError,
    OSError,
    TimeoutError,
)


class PeerEvents(ChannelEvents, Protocol):
    """What comes of a peer, on the loop, beside what its channels say."""

    def on_answer(self, peer: "Peer", sdp: str) -> None:
        """Take the answer to the offer accepted last; it holds every candidate."""

    def on_seen(self, peer: "Peer", seen: MediaSeen) -> None:
        """Take how it is now."""

    def on_frame(self, peer: "Peer", frame: VideoFrame) -> None:
        """Take a decoded frame."""


class Peer:
    """See above. Its owner runs `run` in a task, and `close` ends it."""

    def __init__(self, offer: Offer, events: PeerEvents, now_s: Callable[[], float]) -> None:
        self.attachment: Final = offer.attachment
        self.channels: Final = Channels(events, now_s)
        self._events = events
        self._now_s = now_s
        self._connection = RTCPeerConnection(_configuration(offer))
        self._jobs: asyncio.Queue[Offer | IceCandidate] = asyncio.Queue(_MAX_JOBS)
        self._answered: tuple[str, str] | None = None
        self._closing = asyncio.Event()
        self._linger_s = 0.0
        self._track: asyncio.Queue[MediaStreamTrack] = asyncio.Queue(1)
        self._connected_s: float | None = None
        self._frame_s: float | None = None
        self._failed = False
        self._seen: MediaSeen | None = None
        self._connection.on("datachannel", self.channels.take_channel)
        self._connection.on("track", self._take_track)
        self._connection.on("connectionstatechange", self._look)
        self.accept(offer)

    def accept(self, offer: Offer) -> None:
        """Answer an offer, after what came before it."""
        self._enqueue(offer)

    def add_candidate(self, candidate: IceCandidate) -> None:
        """Take a candidate of the worker, after what came before it."""
        self._enqueue(candidate)

    def close(self, *, linger_s: float = 0.0) -> None:
        """End `run`, after the time that a last word on a data channel needs to leave."""
        self._linger_s = linger_s
        self._closing.set()

    async def run(self) -> None:
        """Negotiate, receive and ping until it is closed."""
        try:
            async with asyncio.TaskGroup() as tasks:
                parts = (self._negotiate(), self._receive(), self._watch())
                running = [tasks.create_task(part) for part in parts]
                await self._closing.wait()
                await asyncio.sleep(self._linger_s)
                for task in running:
                    task.cancel()
        finally:
            self.channels.stop()
            self._connection.remove_all_listeners()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(CLOSE_WITHIN_S):
                    await self._connection.close()

    def _enqueue(self, job: Offer | IceCandidate) -> None:
        with contextlib.suppress(asyncio.QueueFull):  # of candidates: one too many is no loss
            self._jobs.put_nowait(job)

    async def _negotiate(self) -> None:
        while True:
            job = await self._jobs.get()
            try:
                async with asyncio.timeout(NEGOTIATE_WITHIN_S):
                    await (self._answer(job) if isinstance(job, Offer) else self._add(job))
            except _UNUSABLE as error:
                self._events.on_refusal("media", str(error) or type(error).__name__)
                self._failed = self._failed or isinstance(job, Offer)
                self._look()

    async def _answer(self, offer: Offer) -> None:
        if self._answered is None:
            description = RTCSessionDescription(offer.sdp, "offer")
            await self._connection.setRemoteDescription(description)
            if not self._connection.getTransceivers():
                raise ValueError("there is no video in the offer")
            await self._connection.setLocalDescription(await self._connection.createAnswer())
            self._answered = offer.sdp, self._connection.localDescription.sdp
        told, answer = self._answered
        if told != offer.sdp:
            raise ValueError("this viewer cannot change a peer connection: it takes a new one")
        self._events.on_answer(self, answer)

    async def _add(self, candidate: IceCandidate) -> None:
        if not candidate.candidate:
            return
        native = candidate_from_sdp(candidate.candidate.removeprefix("candidate:"))
        native.sdpMid, native.sdpMLineIndex = candidate.sdp_mid, candidate.sdp_m_line_index
        if native.protocol == "udp":  # aiortc speaks no ICE over TCP
            await self._connection.addIceCandidate(native)

    def _take_track(self, track: MediaStreamTrack) -> None:
        if track.kind == "video" and self._track.empty():
            self._track.put_nowait(track)

    async def _receive(self) -> None:
        track = await self._track.get()
        with contextlib.suppress(MediaStreamError):  # it ended with its connection
            while True:
                frame = await track.recv()
                assert isinstance(frame, VideoFrame), "of a video track"
                self._frame_s = self._now_s()
                self._events.on_frame(self, frame)
                if self._seen != "playing":
                    self._look()

    async def _watch(self) -> None:
        while True:
            self.channels.ping()
            self._look()
            await asyncio.sleep(PING_EVERY_S)

    def _look(self) -> None:
        state = self._connection.connectionState
        if state == "connected" and self._connected_s is None:
            self._connected_s = self._now_s()
        vitals = Vitals(
            connected_s=self._connected_s,
            frame_s=self._frame_s,
            pong_s=self.channels.heard_s,
            failed=self._failed or state in {"failed", "closed"},
            cut=self.channels.is_cut,
        )
        found = seen(vitals, self._now_s())
        if found is not None and found != self._seen and not self._closing.is_set():
            self._seen = found
            self._events.on_seen(self, found)


def _configuration(offer: Offer) -> RTCConfiguration:
    return RTCConfiguration(  # an empty list is no server: None would be one of aiortc's choice
        iceServers=[
            RTCIceServer(
                urls=list(server.urls), username=server.username, credential=server.credential
            )
            for server in offer.ice_servers
        ],
        bundlePolicy=RTCBundlePolicy.MAX_BUNDLE,
    )
