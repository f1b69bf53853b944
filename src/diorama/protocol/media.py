"""Media words on the wire: session descriptions, ICE candidates and servers, as in W3C WebRTC."""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

Sdp = Annotated[str, Meta(min_length=1, max_length=60_000)]
MediaState = Literal["none", "connecting", "connected", "lost"]
"""What the worker sees of the viewer's peer connection: `connected` is frames going out."""
CandidateKind = Literal["host", "srflx", "prflx", "relay"]
CandidateText = Annotated[str, Meta(max_length=512)]


class IceServer(msgspec.Struct, frozen=True, omit_defaults=True):
    """An RTCIceServer: STUN or TURN addresses with a credential minted for one session."""

    urls: tuple[str, ...]
    username: str | None = None
    credential: str | None = None


class IceCandidate(msgspec.Struct, frozen=True, rename="camel"):
    """An RTCIceCandidateInit; an empty `candidate` is the end of candidates."""

    candidate: CandidateText
    sdp_mid: Annotated[str, Meta(max_length=64)] | None = None
    sdp_m_line_index: Annotated[int, Meta(ge=0, le=64)] | None = None


class Offer(msgspec.Struct, frozen=True, tag_field="type", tag="offer"):
    """The worker's offer. `attachment` numbers the viewer's connection it is for."""

    attachment: int
    sdp: Sdp
    ice_servers: tuple[IceServer, ...] = ()


class Answer(msgspec.Struct, frozen=True, tag_field="type", tag="answer"):
    """The viewer's answer to the offer with the same `attachment`."""

    attachment: Annotated[int, Meta(ge=0)]
    sdp: Sdp


class Candidate(msgspec.Struct, frozen=True, tag_field="type", tag="candidate"):
    """One candidate of either side, trickled."""

    attachment: Annotated[int, Meta(ge=0)]
    candidate: IceCandidate


class Restart(msgspec.Struct, frozen=True, tag_field="type", tag="restart"):
    """The viewer asks for a new offer: `ice` on the same peer connection, `peer` on a new one."""

    attachment: Annotated[int, Meta(ge=0)]
    scope: Literal["ice", "peer"]


class MediaPath(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The way that media takes, as the viewer sees it: its own kind of candidate and the worker's.

    `relay` is how the viewer reaches its relay, where it goes through one.
    """

    local: CandidateKind
    remote: CandidateKind
    protocol: Literal["udp", "tcp"]
    relay: Literal["udp", "tcp", "tls"] | None = None


Signal = Offer | Answer | Candidate | Restart
FromViewer = Answer | Candidate | Restart
"""What a viewer may signal: anything but an offer, which is the worker's."""
