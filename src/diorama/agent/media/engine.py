"""The seam between a session and whatever speaks WebRTC for it.

It says what a peer connection does for the worker: offer, take the answer, carry data
channels, pull encoded pictures and tell how the network is. It does not decide what is encoded
(`stream`), how (`encoder`), nor which viewer may connect.

The one idea: pictures are *pulled*. `Peer.frame_ready` says that a newer picture exists; the peer
asks its feed for an access unit when, and only when, the network can take one. Nothing queues, so
nothing lags on a poor link.

Data channels: the worker opens those of the settings before the offer; of Diorama's own viewers
`control` (reliable, ordered) and `input`. Such a viewer may open its own `input` (unordered,
`maxRetransmits: 0`): only the end that opens a channel chooses how it is delivered, and libwebrtc's
Python binding opens reliable ones only. Messages of either arrive under the same label. One more
may be opened beside them at any time after the offer: it needs no other.
"""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final, Literal, Protocol

Codec = Literal["H264", "VP8"]
CandidateType = Literal["host", "srflx", "prflx", "relay"]

CONTROL: Final = "control"
INPUT: Final = "input"
CHANNELS: Final = (CONTROL, INPUT)
MAX_REMOTE_CANDIDATES: Final = 30  # precedent: a browser with four interfaces trickles under 20
MAX_SDP_BYTES: Final = 64 * 1024
MAX_MESSAGE_BYTES: Final = 64 * 1024  # what every browser can send (RFC 8831, section 6.6)


class ConnectionState(StrEnum):
    """The words of W3C `RTCPeerConnectionState`."""

    NEW = "new"
    CONNECTING = "connecting"
    CONNECTED = "connected"
    DISCONNECTED = "disconnected"
    FAILED = "failed"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True, kw_only=True)
class IceServer:
    """A STUN or TURN server; TURN needs both credentials."""

    urls: tuple[str, ...]
    username: str | None = None
    credential: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class IceCandidate:
    """One trickled candidate, as W3C `RTCIceCandidateInit`."""

    candidate: str
    sdp_mid: str | None = None
    sdp_m_line_index: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PeerSettings:
    """What one peer connection is made with; `codecs` in order of wish.

    Attributes:
        channels: labels of the data channels, in the order in which they are opened. `input` is
            unordered where the engine can; every other is reliable and ordered.
        max_message_bytes: of a message of the viewer; a longer one is dropped and counted.
    """

    ice_servers: tuple[IceServer, ...] = ()
    codecs: tuple[Codec, ...] = ("H264", "VP8")
    max_bitrate_kbps: int = 8_000
    min_bitrate_kbps: int = 150
    start_bitrate_kbps: int = 2_500
    fps: int = 60
    allow_private_candidates: bool = False
    channels: tuple[str, ...] = CHANNELS
    max_message_bytes: int = MAX_MESSAGE_BYTES


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessUnit:
    """One encoded picture: Annex B with its parameter sets (H264), or one VP8 frame."""

    data: bytes
    key: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitWanted:
    """What a peer asks its feed for: the negotiated codec, and whether it must be a key frame."""

    codec: Codec
    key: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PeerStats:
    """How one peer connection is doing; counters since it was made, None where not known yet.

    `sent_kbps` is the mean since the `stats` call before. `candidates_dropped` counts the viewer's
    candidates in special-purpose address ranges.
    """

    rtt_ms: float | None
    sent_kbps: float
    frames_sent: int
    packets_lost: int
    nack_count: int
    pli_count: int
    candidate_type: CandidateType | None
    codec: Codec | None
    target_bitrate_kbps: int
    candidates_dropped: int
    messages_dropped: int


class PeerEvents(Protocol):
    """What the owner of a peer hears. Called on the asyncio loop, never from a foreign thread."""

    def on_local_candidate(self, candidate: IceCandidate | None) -> None:
        """Take a candidate to signal to the viewer; None once there are no more."""

    def on_connection_state(self, state: ConnectionState) -> None:
        """Take a change of the connection."""

    def on_channel_open(self, label: str) -> None:
        """Take note that `send` works for this label; once a label."""

    def on_channel_message(self, label: str, data: bytes | str) -> None:
        """Take a message of the viewer, at most as long as the settings say."""

    def on_key_frame_request(self) -> None:
        """Take note that the viewer cannot decode on; the feed was told: nothing is left to do."""

    def on_target_bitrate(self, bitrate_kbps: int) -> None:
        """Take the network's new estimate, to report it; the feed was told."""


class VideoFeed(Protocol):
    """Where a peer gets its pictures from; `stream.Stream` is one."""

    def next_unit(self, wanted: UnitWanted) -> AccessUnit | None:
        """Return the newest picture, encoded; None where there is none.

        Called on a media thread, one call at a time, never on the asyncio loop.
        """

    def handle_connection_state(self, state: ConnectionState) -> None:
        """Take a change of the connection; on the asyncio loop."""

    def handle_key_frame_request(self) -> None:
        """Take the viewer's wish for a key frame; on the asyncio loop."""

    def handle_target_bitrate(self, bitrate_kbps: int) -> None:
        """Take the network's new estimate; on the asyncio loop."""


class Screen(Protocol):
    """Whatever shows a feed's pictures to somebody far away."""

    def attach(self, feed: VideoFeed | None) -> None:
        """Make `feed` the source of pictures (None: none); it is told the present state at once."""

    def frame_ready(self) -> bool:
        """Say that the feed has a newer picture; any thread. False: nothing can be sent now."""


class Answerer(Screen, Protocol):
    """One peer connection that a spectator offered: a `sendonly` video, and nothing else.

    Its events hear of its state, never of candidates, channels or messages. `has_own_thread` says
    whether its feed is asked on a thread that serves no other peer.
    """

    has_own_thread: bool

    @property
    def candidates_dropped(self) -> int:
        """How many of the spectator's candidates lie in special-purpose address ranges."""

    async def answer(self, sdp: str) -> str:
        """Return the answer to an offer, with every candidate in it; asked for once.

        Raises Invalid: `bad_offer` for what is no usable offer, `offer_not_acceptable` for one
        that takes no video of these settings' codecs, or wants more than pictures.
        """

    async def close(self) -> None:
        """Close it. Idempotent; the events hear CLOSED once and nothing after."""


class Peer(Screen, Protocol):
    """One peer connection: a `sendonly` video and data channels.

    Everything but `frame_ready` is called on the asyncio loop that made it. Once it is closed,
    `send` and `frame_ready` say False and what is awaited raises Refused (`peer_closed`).
    """

    async def create_offer(self) -> str:
        """Return the SDP to signal to the viewer; its candidates are heard after that only."""

    async def set_answer(self, sdp: str) -> None:
        """Take the viewer's answer. Raises Invalid where it is not a usable one."""

    async def add_remote_candidate(self, candidate: IceCandidate | None) -> bool:
        """Take a candidate of the viewer (None: no more follow) and return whether it is used.

        False: it lies in a special-purpose range and is dropped and counted. Raises Invalid for
        one that does not parse, Refused past `MAX_REMOTE_CANDIDATES`, those in the answer counted.
        """

    def open_channel(self, label: str) -> None:
        """Open one more channel, reliable and ordered; the peer was made with one at least.

        One that is open already stays. Raises Refused (`peer_closed`).
        """

    def send(self, label: str, data: bytes | str) -> bool:
        """Send on a channel; False where it is not open or its buffer is full."""

    async def restart_ice(self) -> str:
        """Return a new offer with fresh ICE credentials; media and channels go on meanwhile.

        Raises Refused (`ice_restart_unsupported`) where the engine cannot: make a new peer then.
        """

    async def stats(self) -> PeerStats:
        """Return how it is doing."""

    async def close(self) -> None:
        """Close it. Idempotent; the events hear CLOSED once and nothing after."""


class MediaEngine(Protocol):
    """A library that speaks WebRTC."""

    @property
    def name(self) -> str:
        """The word `choose_engine` takes for it."""

    def create_peer(self, settings: PeerSettings, events: PeerEvents) -> Peer:
        """Return a new peer; on the asyncio loop its events are to be called on."""

    def create_answerer(self, settings: PeerSettings, events: PeerEvents) -> Answerer:
        """Return a new answerer; on the asyncio loop its events are to be called on.

        Raises Refused (`spectators_unsupported`) where the engine only offers.
        """
