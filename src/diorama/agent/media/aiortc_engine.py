"""The second engine: aiortc, pure Python, an independent implementation of the same standards.

For tests, and where libwebrtc's wheel does not install. It follows the viewer's REMB estimate,
has no congestion control of its own, asks for no playout delay, and cannot restart ICE.

aiortc makes its own encoder; the peer puts one in its place that asks the feed for access units.
Two private names of aiortc are touched for that (`_install`, `_tap`); the conformance suite is
what notices should they change.
"""

import asyncio
import functools
import time
from contextlib import suppress
from fractions import Fraction
from typing import Final

import av
from aiortc import (
    RTCBundlePolicy,
    RTCConfiguration,
    RTCDataChannel,
    RTCIceServer,
    RTCPeerConnection,
    RTCRtpSender,
    RTCSessionDescription,
    VideoStreamTrack,
)
from aiortc.codecs.base import Encoder
from aiortc.codecs.h264 import H264Encoder
from aiortc.codecs.vpx import Vp8Encoder
from aiortc.exceptions import InvalidStateError
from aiortc.rtp import (
    RTCP_PSFB_APP,
    RTCP_PSFB_FIR,
    RTCP_PSFB_PLI,
    RTCP_RTPFB_NACK,
    AnyRtcpPacket,
    RtcpPsfbPacket,
    RtcpRtpfbPacket,
    unpack_remb_fci,
)
from aiortc.sdp import candidate_from_sdp
from aiortc.stats import RTCOutboundRtpStreamStats, RTCRemoteInboundRtpStreamStats
from av.frame import Frame
from av.packet import Packet
from av.video.stream import VideoStream

from diorama.agent.media.engine import (
    INPUT,
    CandidateType,
    Codec,
    ConnectionState,
    IceCandidate,
    PeerEvents,
    PeerSettings,
    PeerStats,
    UnitWanted,
    VideoFeed,
)
from diorama.agent.media.reception import CandidateGate
from diorama.agent.media.sdp import read_answer, shape_offer
from diorama.kernel.errors import Invalid, Refused

OP_TIMEOUT_S: Final = 10.0
MAX_BUFFERED_BYTES: Final = 1024 * 1024
MAX_VIEWER_CHANNELS: Final = 4
UNPACED_START_KBPS: Final = 1_200  # it sends each picture at once: begin where most links are wider
_VIDEO_CLOCK: Final = Fraction(1, 90_000)
UNUSABLE: Final = (ValueError, AssertionError, LookupError, InvalidStateError)
_KINDS: Final[dict[str, CandidateType]] = {
    "host": "host",
    "srflx": "srflx",
    "prflx": "prflx",
    "relay": "relay",
}


class AiortcEngine:
    """aiortc; see `engine.MediaEngine`."""

    name = "aiortc"

    def create_peer(self, settings: PeerSettings, events: PeerEvents) -> "AiortcPeer":
        """Return a new peer; its events are called on the running loop."""
        return AiortcPeer(settings, events)


class AiortcPeer:
    """One aiortc peer connection; see `engine.Peer`."""

    def __init__(self, settings: PeerSettings, events: PeerEvents) -> None:
        self._settings = settings
        self._events = events
        self._loop = asyncio.get_running_loop()
        self._gate = CandidateGate(allow_private=settings.allow_private_candidates)
        self._state = ConnectionState.NEW
        self._feed: VideoFeed | None = None
        self._codec: Codec | None = None
        self._target_kbps = min(settings.start_bitrate_kbps, UNPACED_START_KBPS)
        self._opened: set[str] = set()
        self._viewer_channels: list[RTCDataChannel] = []
        self._messages_dropped = self._nack_count = self._pli_count = 0
        self._stats_before = (0, 0.0)
        self._connection = RTCPeerConnection(_configuration(settings))
        self._track = _Announced()
        self._transceiver = self._connection.addTransceiver(self._track, direction="sendonly")
        self._encoder = _FeedEncoder(self)
        _install(self._transceiver.sender, self._encoder)
        self._tap(self._transceiver.sender)
        self._channels: dict[str, RTCDataChannel] = {}
        for label in settings.channels:
            self.open_channel(label)
        self._connection.on("connectionstatechange", self._hear_state)
        self._connection.on("datachannel", self._accept_channel)

    async def create_offer(self) -> str:
        """Return the SDP to signal to the viewer; it holds every candidate already."""
        self._assert_open()
        self._prefer(self._settings.codecs)
        async with asyncio.timeout(OP_TIMEOUT_S):
            await self._connection.setLocalDescription(await self._connection.createOffer())
        self._loop.call_soon(self._tell_gathered)
        return shape_offer(self._connection.localDescription.sdp, self._settings.codecs)

    async def set_answer(self, sdp: str) -> None:
        """Take the viewer's answer. Raises Invalid where it is not a usable one."""
        self._assert_open()
        answer = read_answer(sdp)
        if answer.codec not in self._settings.codecs:
            raise Invalid(f"the answer chose {answer.codec}, not offered", code="bad_answer")
        self._prefer((answer.codec,))  # aiortc sends its own favourite, not the viewer's
        self._codec = answer.codec
        try:
            async with asyncio.timeout(OP_TIMEOUT_S):
                await self._connection.setRemoteDescription(
                    RTCSessionDescription(sdp=answer.sdp, type="answer")
                )
        except UNUSABLE as error:
            raise Invalid(f"the answer cannot be used: {error}", code="bad_answer") from error
        for mid, candidate in answer.candidates:
            await self.add_remote_candidate(IceCandidate(candidate=candidate, sdp_mid=mid))

    async def add_remote_candidate(self, candidate: IceCandidate | None) -> bool:
        """Take a candidate of the viewer and return whether it is used."""
        self._assert_open()
        if candidate is None or not candidate.candidate:
            return True
        if not self._gate.admit(candidate):
            return False
        try:
            native = candidate_from_sdp(candidate.candidate.removeprefix("candidate:"))
            native.sdpMid = candidate.sdp_mid or "0"
            native.sdpMLineIndex = candidate.sdp_m_line_index
            async with asyncio.timeout(OP_TIMEOUT_S):
                await self._connection.addIceCandidate(native)
        except UNUSABLE as error:
            raise Invalid(f"the candidate cannot be used: {error}", code="bad_candidate") from error
        return True

    def open_channel(self, label: str) -> None:
        """Open one more channel. Raises Refused."""
        self._assert_open()
        if label not in self._channels:
            self._channels[label] = self._make_channel(label)
            self._listen(label, self._channels[label])

    def send(self, label: str, data: bytes | str) -> bool:
        """Send on a channel; False where it is not open or its buffer is full."""
        channel = self._channels.get(label)
        if channel is None or channel.readyState != "open":
            return False
        if channel.bufferedAmount > MAX_BUFFERED_BYTES:
            return False
        channel.send(data)
        return True

    def attach(self, feed: VideoFeed | None) -> None:
        """Make `feed` the source of pictures (None: none)."""
        self._feed = feed
        if feed is not None:
            feed.handle_target_bitrate(self._target_kbps)
            feed.handle_connection_state(self._state)

    def frame_ready(self) -> bool:
        """Say that the feed has a newer picture; any thread."""
        if self._state is not ConnectionState.CONNECTED:
            return False
        with suppress(RuntimeError):  # the loop is closed
            self._loop.call_soon_threadsafe(self._track.ready.set)
        return True

    async def restart_ice(self) -> str:
        """Refuse: aiortc cannot."""
        raise Refused("aiortc cannot restart ICE: make a new peer", code="ice_restart_unsupported")

    async def stats(self) -> PeerStats:
        """Return how it is doing."""
        self._assert_open()
        report = (await self._transceiver.sender.getStats()).values()
        out = next((r for r in report if isinstance(r, RTCOutboundRtpStreamStats)), None)
        far = next((r for r in report if isinstance(r, RTCRemoteInboundRtpStreamStats)), None)
        return PeerStats(
            rtt_ms=far.roundTripTime * 1_000 if far and far.roundTripTime else None,
            sent_kbps=self._sent_kbps(out.bytesSent if out else 0),
            frames_sent=self._encoder.frames_sent,
            packets_lost=far.packetsLost if far else 0,
            nack_count=self._nack_count,
            pli_count=self._pli_count,
            candidate_type=self._candidate_type(),
            codec=self._codec,
            target_bitrate_kbps=self._target_kbps,
            candidates_dropped=self._gate.dropped,
            messages_dropped=self._messages_dropped,
        )

    async def close(self) -> None:
        """Close it. Idempotent; the events hear CLOSED once and nothing after."""
        if self._state is ConnectionState.CLOSED:
            return
        self._set_state(ConnectionState.CLOSED)
        self._feed = None
        self._connection.remove_all_listeners()
        for channel in (*self._channels.values(), *self._viewer_channels):
            channel.remove_all_listeners()
        async with asyncio.timeout(OP_TIMEOUT_S):
            await self._connection.close()

    @property
    def codec(self) -> Codec | None:
        """Return what the viewer chose; None before its answer."""
        return self._codec

    @property
    def feed(self) -> VideoFeed | None:
        """Return where pictures come from now."""
        return self._feed

    def _make_channel(self, label: str) -> RTCDataChannel:
        if label == INPUT:
            return self._connection.createDataChannel(label, ordered=False, maxRetransmits=0)
        return self._connection.createDataChannel(label)

    def _assert_open(self) -> None:
        if self._state is ConnectionState.CLOSED:
            raise Refused("the peer connection is closed", code="peer_closed")

    def _prefer(self, codecs: tuple[Codec, ...]) -> None:
        known = RTCRtpSender.getCapabilities("video").codecs
        wished = [c for name in codecs for c in known if c.name.upper() == name]
        self._transceiver.setCodecPreferences(wished + [c for c in known if c.name == "rtx"])

    def _tell_gathered(self) -> None:
        if self._state is not ConnectionState.CLOSED:
            self._events.on_local_candidate(None)

    def _hear_state(self) -> None:
        self._set_state(ConnectionState(self._connection.connectionState))

    def _set_state(self, state: ConnectionState) -> None:
        if state is self._state:
            return
        self._state = state
        if self._feed is not None:
            self._feed.handle_connection_state(state)
        self._events.on_connection_state(state)

    def _accept_channel(self, channel: RTCDataChannel) -> None:
        """Take the viewer's own `input` channel; anything else it opens is closed."""
        is_input = channel.label == INPUT and INPUT in self._settings.channels
        if not is_input or len(self._viewer_channels) >= MAX_VIEWER_CHANNELS:
            channel.close()
            return
        self._viewer_channels.append(channel)
        self._listen(INPUT, channel)

    def _listen(self, label: str, channel: RTCDataChannel) -> None:
        channel.on("message", functools.partial(self._hear_message, label))
        channel.on("open", functools.partial(self._set_open, label))
        if channel.readyState == "open":
            self._set_open(label)

    def _hear_message(self, label: str, data: bytes | str) -> None:
        if len(data) > self._settings.max_message_bytes:
            self._messages_dropped += 1
            return
        self._events.on_channel_message(label, data)

    def _set_open(self, label: str) -> None:
        if label not in self._opened:
            self._opened.add(label)
            self._events.on_channel_open(label)

    def _tap(self, sender: RTCRtpSender) -> None:
        """Hear the viewer's RTCP before aiortc does, which tells nobody about it."""
        handle = sender._handle_rtcp_packet  # noqa: SLF001 - the one place all feedback passes

        async def hear(packet: AnyRtcpPacket) -> None:
            self._heed(packet)
            await handle(packet)

        sender._handle_rtcp_packet = hear  # type: ignore[method-assign] # noqa: SLF001 - as above

    def _heed(self, packet: AnyRtcpPacket) -> None:
        if isinstance(packet, RtcpRtpfbPacket) and packet.fmt == RTCP_RTPFB_NACK:
            self._nack_count += len(packet.lost)
        elif isinstance(packet, RtcpPsfbPacket) and packet.fmt in (RTCP_PSFB_PLI, RTCP_PSFB_FIR):
            self._pli_count += 1
            if self._feed is not None:
                self._feed.handle_key_frame_request()
            self._events.on_key_frame_request()
        elif isinstance(packet, RtcpPsfbPacket) and packet.fmt == RTCP_PSFB_APP:
            with suppress(ValueError):  # some other application's feedback
                bits, _ssrcs = unpack_remb_fci(packet.fci)
                self._set_target(bits // 1_000)

    def _set_target(self, bitrate_kbps: int) -> None:
        low, high = self._settings.min_bitrate_kbps, self._settings.max_bitrate_kbps
        self._target_kbps = min(max(bitrate_kbps, low), high)
        if self._feed is not None:
            self._feed.handle_target_bitrate(self._target_kbps)
        self._events.on_target_bitrate(self._target_kbps)

    def _candidate_type(self) -> CandidateType | None:
        ice = self._transceiver.receiver.transport.transport
        pair = ice._connection._nominated.get(1)  # noqa: SLF001 - aiortc names no selected pair
        return _KINDS.get(pair.local_candidate.type) if pair else None

    def _sent_kbps(self, sent_bytes: int) -> float:
        before_bytes, before_s = self._stats_before
        now_s = self._loop.time()
        self._stats_before = (sent_bytes, now_s)
        return (sent_bytes - before_bytes) * 8 / 1_000 / (now_s - before_s) if before_s else 0.0


class _Announced(VideoStreamTrack):
    """A track that yields a blank frame for each announcement; the feed's picture replaces it."""

    def __init__(self) -> None:
        super().__init__()
        self.ready = asyncio.Event()

    async def recv(self) -> Frame:
        """Return a blank frame, stamped now, once one is announced."""
        await self.ready.wait()
        self.ready.clear()
        frame = av.VideoFrame(16, 16, "yuv420p")
        frame.pts, frame.time_base = time.monotonic_ns() * 9 // 100_000, _VIDEO_CLOCK
        return frame


class _FeedEncoder(Encoder):
    """Stands in for aiortc's encoder: asks the feed for an access unit, has aiortc packetize it."""

    def __init__(self, peer: AiortcPeer) -> None:
        self._peer = peer
        self._packers: dict[Codec, Encoder] = {"H264": H264Encoder(), "VP8": Vp8Encoder()}
        self.frames_sent = 0

    def encode(self, frame: Frame, force_keyframe: bool = False) -> tuple[list[bytes], int]:  # noqa: FBT001, FBT002 - aiortc's
        """Return RTP payloads and the timestamp; on a thread of the loop's executor."""
        feed, codec = self._peer.feed, self._peer.codec
        if feed is None or codec is None:
            return [], 0
        unit = feed.next_unit(UnitWanted(codec=codec, key=force_keyframe))
        if unit is None:
            return [], 0
        packet = Packet(unit.data)
        packet.pts, packet.time_base = frame.pts, _VIDEO_CLOCK
        self.frames_sent += 1
        return self._packers[codec].pack(packet)

    def pack(self, packet: "Packet[VideoStream]") -> tuple[list[bytes], int]:
        """Take no packets: the track yields frames."""
        raise NotImplementedError


def _install(sender: RTCRtpSender, encoder: Encoder) -> None:
    """Put our encoder where aiortc would make its own at the first frame."""
    sender._RTCRtpSender__encoder = encoder  # type: ignore[attr-defined] # noqa: SLF001 - as said


def _configuration(settings: PeerSettings) -> RTCConfiguration:
    return RTCConfiguration(
        iceServers=[
            RTCIceServer(
                urls=list(server.urls), username=server.username, credential=server.credential
            )
            for server in settings.ice_servers
        ],
        bundlePolicy=RTCBundlePolicy.MAX_BUNDLE,
    )
