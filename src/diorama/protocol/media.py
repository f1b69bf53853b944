"""Media words on the wire: session descriptions, ICE candidates and servers, as in W3C WebRTC."""

from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta

from diorama.protocol.images import MAX_BYTES
from diorama.protocol.input import MAX_TEXT

MAX_SAID: Final = 16_000
"""Characters: a prompt of 4,000, written as JSON."""
Sdp = Annotated[str, Meta(min_length=1, max_length=60_000)]
Dialect = Literal["diorama", "odyssey"]
"""What a viewer speaks on its data channels: Diorama's own messages, or those of Odyssey's SDK."""
MediaState = Literal["none", "connecting", "connected", "lost"]
"""What the worker sees of the viewer's peer connection: `connected` is frames going out."""
CandidateKind = Literal["host", "srflx", "prflx", "relay"]
CandidateText = Annotated[str, Meta(max_length=512)]
SdpMid = Annotated[str, Meta(max_length=64)]
SdpMLineIndex = Annotated[int, Meta(ge=0, le=64)]


class IceServer(msgspec.Struct, frozen=True, omit_defaults=True):
    """An RTCIceServer: STUN or TURN addresses with a credential minted for one session."""

    urls: tuple[str, ...]
    username: str | None = None
    credential: str | None = None

    def __repr__(self) -> str:
        """Show it without its credential: what is printed is kept."""
        return f"IceServer({', '.join(self.urls)})"


class IceCandidate(msgspec.Struct, frozen=True, rename="camel"):
    """An RTCIceCandidateInit; an empty `candidate` is the end of candidates."""

    candidate: CandidateText
    sdp_mid: SdpMid | None = None
    sdp_m_line_index: SdpMLineIndex | None = None


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


class Said(msgspec.Struct, frozen=True, tag_field="type", tag="said"):
    """What a viewer said on its socket that belongs on a data channel, word for word.

    Odyssey's SDK does so before its channel is open, and with what is too long for one.
    """

    attachment: Annotated[int, Meta(ge=0)]
    text: Annotated[str, Meta(max_length=MAX_SAID)]


class Notice(msgspec.Struct, frozen=True, tag_field="type", tag="notice"):
    """What the gateway tells a viewer of Odyssey's SDK, which takes it by a data channel alone."""

    attachment: Annotated[int, Meta(ge=0)]
    reason: Annotated[str, Meta(max_length=64)]
    message: Annotated[str, Meta(max_length=500)]


class ImageGiven(msgspec.Struct, frozen=True, tag_field="type", tag="image"):
    """A viewer of Odyssey's SDK starts a stream with an image, which waits at the gateways.

    Attributes:
        image: opens it, for the worker that has the session, and for a short time.
        bytes: how long it is.
        prompt: what came with it; may be empty.
        broadcast: whether its viewer asks that others may watch.
    """

    attachment: Annotated[int, Meta(ge=0)]
    image: Annotated[str, Meta(max_length=512)]
    bytes: Annotated[int, Meta(ge=1, le=MAX_BYTES)]
    prompt: Annotated[str, Meta(max_length=MAX_TEXT)] = ""
    broadcast: bool = False

    def __repr__(self) -> str:
        """Show it without what opens it: what is printed is kept."""
        return f"ImageGiven({self.bytes} bytes)"


class Broadcast(msgspec.Struct, frozen=True, tag_field="type", tag="broadcast"):
    """A viewer of Odyssey's SDK asks, on its data channel, that others may watch."""

    attachment: int


class Broadcasting(msgspec.Struct, frozen=True, tag_field="type", tag="broadcasting"):
    """Where others may watch, and with what; nothing is nowhere."""

    attachment: Annotated[int, Meta(ge=0)]
    url: Annotated[str, Meta(max_length=1_000)] = ""
    token: Annotated[str, Meta(max_length=512)] = ""

    def __repr__(self) -> str:
        """Show it without its token: what is printed is kept."""
        return f"Broadcasting({self.url})"


class MediaPath(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The way that media takes, as the viewer sees it: its own kind of candidate and the worker's.

    `relay` is how the viewer reaches its relay, where it goes through one.
    """

    local: CandidateKind
    remote: CandidateKind
    protocol: Literal["udp", "tcp"]
    relay: Literal["udp", "tcp", "tls"] | None = None


FromPeer = Offer | Candidate | Broadcast
"""What a worker passes on from the peer connection of a viewer."""
ForPeer = Answer | Candidate | Restart | Said | Notice | Broadcasting | ImageGiven
"""What a gateway passes on to a worker, for the peer connection of a viewer."""
