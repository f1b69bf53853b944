"""The default engine: libwebrtc, through `reactor-webrtc`.

It uses libwebrtc's *inline* encoder: announcing a picture pushes a tiny blank frame into the
track, and libwebrtc calls back for the access unit when its pacer and rate control let one
through. So a poor link skips pictures instead of queueing them, and the blank frame, not the
picture, pays the way through libwebrtc's own conversion.

One factory a process: it owns libwebrtc's threads.
"""

import asyncio
import functools
import secrets
from typing import Final

import reactor_webrtc as rw

from diorama.agent.media.engine import (
    INPUT,
    AccessUnit,
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
from diorama.agent.media.postbox import Postbox
from diorama.agent.media.reception import CandidateGate
from diorama.agent.media.sdp import Answer, read_answer, shape_offer
from diorama.kernel.errors import Invalid, Refused

OP_TIMEOUT_S: Final = 10.0
MAX_BUFFERED_BYTES: Final = 1024 * 1024
MAX_VIEWER_CHANNELS: Final = 4
_BLANK_SIDE: Final = 16
_BLANK: Final = bytes(_BLANK_SIDE * _BLANK_SIDE * 4)

_CODECS: Final[dict[str, Codec]] = {"h264": "H264", "vp8": "VP8"}
_KINDS: Final[dict[str, CandidateType]] = {
    "host": "host",
    "srflx": "srflx",
    "prflx": "prflx",
    "relay": "relay",
}


@functools.cache
def _factory() -> rw.PeerConnectionFactory:
    builder = rw.PeerConnectionFactoryBuilder()
    builder.with_synthetic_adm()
    builder.with_metadata(False)  # noqa: FBT003 - the binding takes it by position
    builder.with_send_playout_delay(0.0, 0.0)
    return builder.build()


class ReactorEngine:
    """libwebrtc; see `engine.MediaEngine`. Making the first one starts its threads."""

    name = "reactor-webrtc"

    def __init__(self) -> None:
        self._factory = _factory()

    def create_peer(self, settings: PeerSettings, events: PeerEvents) -> "ReactorPeer":
        """Return a new peer; its events are called on the running loop."""
        return ReactorPeer(self._factory, settings, events)


class ReactorPeer:
    """One libwebrtc peer connection; see `engine.Peer`."""

    def __init__(
        self, factory: rw.PeerConnectionFactory, settings: PeerSettings, events: PeerEvents
    ) -> None:
        self._settings = settings
        self._events = events
        self._postbox = Postbox(asyncio.get_running_loop())
        self._gate = CandidateGate(allow_private=settings.allow_private_candidates)
        self._state = ConnectionState.NEW
        self._feed: VideoFeed | None = None
        self._codec: Codec | None = None
        self._target_kbps = settings.start_bitrate_kbps
        self._held: list[IceCandidate | None] | None = None
        self._opened: set[str] = set()
        self._viewer_channels: list[rw.DataChannel] = []
        self._key_sent = False  # the first picture is a key frame that nobody had to ask for
        self._stats_before = (0, 0.0)
        self._track: rw.Track | None = self._make_track(factory)
        self._connection: rw.PeerConnection | None = factory.create_peer_connection(
            _configuration(settings), self._observer()
        )
        self._transceiver: rw.Transceiver | None = None
        self._channels: dict[str, rw.DataChannel] = {}
        self._prepare(self._connection, self._track)

    async def create_offer(self) -> str:
        """Return the SDP to signal to the viewer; its candidates are heard after that only."""
        connection, transceiver, track = self._parts()
        async with asyncio.timeout(OP_TIMEOUT_S):
            await transceiver.set_track(track)
            await self._bound_bitrate(connection, transceiver)
            offer = await connection.create_offer()
        return await self._offer(connection, offer)

    async def set_answer(self, sdp: str) -> None:
        """Take the viewer's answer. Raises Invalid where it is not a usable one."""
        connection, _, _ = self._parts()
        answer = read_answer(sdp)
        if answer.codec not in self._settings.codecs:
            raise Invalid(f"the answer chose {answer.codec}, not offered", code="bad_answer")
        try:
            async with asyncio.timeout(OP_TIMEOUT_S):
                await connection.set_remote_description(rw.SessionDescription("answer", answer.sdp))
        except RuntimeError as error:
            raise Invalid(f"the answer cannot be used: {error}", code="bad_answer") from error
        self._codec = answer.codec
        await self._take_candidates(answer)

    async def add_remote_candidate(self, candidate: IceCandidate | None) -> bool:
        """Take a candidate of the viewer and return whether it is used."""
        connection, _, _ = self._parts()
        if candidate is None or not candidate.candidate:
            return True
        if not self._gate.admit(candidate):
            return False
        native = rw.IceCandidate(
            candidate.candidate, candidate.sdp_mid or "0", candidate.sdp_m_line_index or 0
        )
        try:
            async with asyncio.timeout(OP_TIMEOUT_S):
                await connection.add_ice_candidate(native)
        except RuntimeError as error:
            raise Invalid(f"the candidate cannot be used: {error}", code="bad_candidate") from error
        return True

    def open_channel(self, label: str) -> None:
        """Open one more channel. Raises Refused."""
        connection, _, _ = self._parts()
        if label not in self._channels:
            self._channels[label] = connection.create_data_channel(label)
            self._listen(label, self._channels[label])

    def send(self, label: str, data: bytes | str) -> bool:
        """Send on a channel; False where it is not open or its buffer is full."""
        channel = self._channels.get(label)
        if channel is None or channel.state() != rw.DataChannelState.Open:
            return False
        if channel.buffered_amount() > MAX_BUFFERED_BYTES:
            return False
        try:
            if isinstance(data, str):
                channel.send(data.encode(), binary=False)
            else:
                channel.send(data, binary=True)
        except RuntimeError:  # it closed meanwhile
            return False
        return True

    def attach(self, feed: VideoFeed | None) -> None:
        """Make `feed` the source of pictures (None: none)."""
        self._feed = feed
        if feed is not None:
            feed.handle_target_bitrate(self._target_kbps)
            feed.handle_connection_state(self._state)

    def frame_ready(self) -> bool:
        """Say that the feed has a newer picture; any thread."""
        track = self._track
        if track is None or self._state is not ConnectionState.CONNECTED:
            return False
        track.push_video_frame(_BLANK, _BLANK_SIDE, _BLANK_SIDE)
        return True

    async def restart_ice(self) -> str:
        """Return a new offer with fresh ICE credentials; media and channels go on meanwhile."""
        connection, _, _ = self._parts()
        self._gate.renew()
        async with asyncio.timeout(OP_TIMEOUT_S):
            offer = await connection.create_offer()
        # New credentials are what an ICE restart is (RFC 8445, section 9).
        fresh = offer.with_ice_credentials(secrets.token_hex(4), secrets.token_hex(16))
        return await self._offer(connection, fresh)

    async def stats(self) -> PeerStats:
        """Return how it is doing."""
        connection, _, _ = self._parts()
        async with asyncio.timeout(OP_TIMEOUT_S):
            report = await connection.get_stats()
        video = next((r for r in report.outbound_rtp if r.kind == rw.StreamKind.Video), None)
        pair = next((p for p in report.candidate_pairs if p.nominated), None)
        rtt_s = (pair and pair.current_round_trip_time_s) or (video and video.round_trip_time_s)
        return PeerStats(
            rtt_ms=rtt_s * 1_000 if rtt_s else None,
            sent_kbps=self._sent_kbps(video.bytes_sent if video else 0),
            frames_sent=video.frames_sent if video else 0,
            packets_lost=video.packets_lost if video else 0,
            nack_count=video.nack_count if video else 0,
            pli_count=video.pli_count if video else 0,
            candidate_type=_KINDS.get(_word(pair.local_candidate_type)) if pair else None,
            codec=self._codec,
            target_bitrate_kbps=self._target_kbps,
            candidates_dropped=self._gate.dropped,
            messages_dropped=self._postbox.dropped,
        )

    async def close(self) -> None:
        """Close it. Idempotent; the events hear CLOSED once and nothing after."""
        if self._connection is None:
            return
        self._set_state(ConnectionState.CLOSED)
        self._postbox.close()
        self._feed = None
        # libwebrtc closes with its last reference, waiting for its threads: not on the loop.
        doomed: list[object] = [
            self._viewer_channels, self._channels, self._transceiver, self._track, self._connection,
        ]  # fmt: skip
        self._viewer_channels, self._channels = [], {}
        self._transceiver = self._track = self._connection = None
        async with asyncio.timeout(OP_TIMEOUT_S):
            await asyncio.to_thread(doomed.clear)

    def _prepare(self, connection: rw.PeerConnection, _track: rw.Track) -> None:
        """Make what the offer is to hold."""
        self._transceiver = connection.add_transceiver(
            rw.MediaKind.Video, rw.TransceiverDirection.SendOnly
        )
        for label in self._settings.channels:
            self.open_channel(label)

    def _parts(self) -> tuple[rw.PeerConnection, rw.Transceiver, rw.Track]:
        if self._connection is None or self._transceiver is None or self._track is None:
            raise Refused("the peer connection is closed", code="peer_closed")
        return self._connection, self._transceiver, self._track

    async def _offer(self, connection: rw.PeerConnection, offer: rw.SessionDescription) -> str:
        """Return the offer, shaped; its candidates are heard after the caller has it."""
        self._held = []
        try:
            async with asyncio.timeout(OP_TIMEOUT_S):
                await connection.set_local_description(offer)
        finally:
            asyncio.get_running_loop().call_soon(self._release_candidates)
        return shape_offer(offer.sdp, self._settings.codecs)

    def _hear_candidate(self, candidate: IceCandidate | None) -> None:
        """Tell of a candidate, unless its offer is not out yet."""
        if self._held is not None:
            self._held.append(candidate)
        else:
            self._events.on_local_candidate(candidate)

    def _release_candidates(self) -> None:
        held, self._held = self._held or [], None
        for candidate in held:
            if self._connection is not None:
                self._events.on_local_candidate(candidate)

    def _make_track(self, factory: rw.PeerConnectionFactory) -> rw.Track:
        track = factory.create_video_track_with_options(
            "video", inline_encoder=self._encode, frame_metadata=False
        )
        assert isinstance(track, rw.Track), "an inline encoder makes a plain track"
        track.on_encoder_feedback(self._heed)
        return track

    def _observer(self) -> rw.PeerConnectionObserver:
        observer = rw.PeerConnectionObserver()
        observer.on_connection_state_change = lambda state: self._postbox.post(
            lambda: self._set_state(ConnectionState(_word(state)))
        )
        observer.on_ice_candidate = lambda native: self._postbox.post(
            lambda: self._hear_candidate(_candidate(native))
        )
        observer.on_ice_gathering_change = self._hear_gathering
        observer.on_data_channel = lambda channel: self._postbox.post(
            lambda: self._accept_channel(channel)
        )
        return observer

    def _hear_gathering(self, state: rw.IceGatheringState) -> None:
        if state == rw.IceGatheringState.Complete:
            self._postbox.post(lambda: self._hear_candidate(None))

    def _accept_channel(self, channel: rw.DataChannel) -> None:
        """Take the viewer's own `input` channel; anything else it opens is closed."""
        is_input = channel.label() == INPUT and INPUT in self._settings.channels
        if not is_input or len(self._viewer_channels) >= MAX_VIEWER_CHANNELS:
            channel.close(0.0)
            return
        self._viewer_channels.append(channel)
        self._listen(INPUT, channel)

    def _listen(self, label: str, channel: rw.DataChannel) -> None:
        channel.on_message(functools.partial(self._hear_message, label))
        channel.on_open(lambda: self._postbox.post(lambda: self._set_open(label)))
        if channel.state() == rw.DataChannelState.Open:
            self._set_open(label)

    def _hear_message(self, label: str, data: bytes, binary: bool) -> None:  # noqa: FBT001 - libwebrtc's
        if len(data) > self._settings.max_message_bytes:
            self._postbox.dropped += 1
            return
        message = data if binary else data.decode(errors="replace")
        self._postbox.post_message(lambda: self._events.on_channel_message(label, message))

    def _set_open(self, label: str) -> None:
        if label not in self._opened:
            self._opened.add(label)
            self._events.on_channel_open(label)

    def _set_state(self, state: ConnectionState) -> None:
        if state is self._state:
            return
        self._state = state
        if self._feed is not None:
            self._feed.handle_connection_state(state)
        self._events.on_connection_state(state)

    def _encode(self, wanted: rw.RawVideoFrameInfo) -> tuple[bytes, bool] | None:
        """Answer libwebrtc's call for an access unit; on its encoder thread."""
        feed, codec = self._feed, _CODECS.get(_word(wanted.codec))
        if feed is None or codec is None:
            return None
        if wanted.request_key_frame and self._key_sent:
            self._postbox.post(self._want_key_frame)
        unit: AccessUnit | None = feed.next_unit(
            UnitWanted(codec=codec, key=wanted.request_key_frame)
        )
        self._key_sent = self._key_sent or unit is not None
        return (unit.data, unit.key) if unit else None

    def _heed(self, feedback: rw.KeyFrameRequest | rw.RateUpdate) -> None:
        """Take libwebrtc's feedback; on one of its threads."""
        if isinstance(feedback, rw.RateUpdate):  # a wish for a key frame comes with `_encode`
            self._postbox.post(functools.partial(self._set_target, feedback.bitrate_bps // 1_000))

    def _want_key_frame(self) -> None:
        """Tell of a viewer's wish; the feed has it with the call for the picture."""
        self._events.on_key_frame_request()

    def _set_target(self, bitrate_kbps: int) -> None:
        if not bitrate_kbps:  # paused: nothing may be sent, and libwebrtc asks for nothing
            return
        self._target_kbps = bitrate_kbps
        if self._feed is not None:
            self._feed.handle_target_bitrate(bitrate_kbps)
        self._events.on_target_bitrate(bitrate_kbps)

    async def _bound_bitrate(
        self, connection: rw.PeerConnection, transceiver: rw.Transceiver
    ) -> None:
        low, start, high = (
            kbps * 1_000
            for kbps in (
                self._settings.min_bitrate_kbps,
                self._settings.start_bitrate_kbps,
                self._settings.max_bitrate_kbps,
            )
        )
        await connection.set_bitrate(min_bps=low, start_bps=start, max_bps=high)
        await transceiver.set_send_bitrate(min_bps=low, max_bps=high)

    async def _take_candidates(self, answer: Answer) -> None:
        for mid, candidate in answer.candidates:
            await self.add_remote_candidate(IceCandidate(candidate=candidate, sdp_mid=mid))

    def _sent_kbps(self, sent_bytes: int) -> float:
        now_s = asyncio.get_running_loop().time()
        before_bytes, before_s = self._stats_before
        self._stats_before = (sent_bytes, now_s)
        return (sent_bytes - before_bytes) * 8 / 1_000 / (now_s - before_s) if before_s else 0.0


def _configuration(settings: PeerSettings) -> rw.RtcConfiguration:
    return rw.RtcConfiguration(
        ice_servers=[
            rw.IceServer(list(server.urls), server.username or "", server.credential or "")
            for server in settings.ice_servers
        ],
        bundle_policy=rw.BundlePolicy.MaxBundle,
        frame_metadata=False,
        dc_chunking=False,
    )


def _word(native: object) -> str:
    """Return the binding's word for one of its enums' members, which do not hash."""
    return str(native).rpartition(".")[2].lower()


def _candidate(native: rw.IceCandidate) -> IceCandidate:
    return IceCandidate(
        candidate=native.candidate,
        sdp_mid=native.sdp_mid,
        sdp_m_line_index=native.sdp_mline_index,
    )
