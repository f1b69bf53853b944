"""Messages of `/v1/connect`, between a viewer and a gateway.

The viewer sends `hello` within 5 s. The gateway answers `welcome`, then sends `session` whenever
the session changes. A refusal is a `problem` and then a close with the end code; an end is a
`session` with `end` set and then a close with its code. Each side ignores nothing: what does not
parse is answered by `problem`, and more than a few of those close the socket.
"""

from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta

from diorama.protocol.media import Answer, Candidate, MediaPath, Offer, Restart
from diorama.protocol.views import SessionView

PROTOCOL: Final = 1
HELLO_WITHIN_S: Final = 5.0
Codec = Annotated[str, Meta(max_length=32)]


class Hello(msgspec.Struct, frozen=True, tag_field="type", tag="hello", forbid_unknown_fields=True):
    """First word of a viewer.

    Attributes:
        protocol: 1.
        token: from the answer to POST /v1/sessions.
        attachment: the number of the peer connection whose media still flows here, if one does:
            the socket alone was lost. None asks for a new offer.
        codecs: video codecs this viewer can decode, such as `H264`, `VP8`; empty is unknown.
    """

    protocol: int
    token: Annotated[str, Meta(max_length=512)]
    attachment: int | None = None
    codecs: Annotated[tuple[Codec, ...], Meta(max_length=16)] = ()


class Heartbeat(msgspec.Struct, frozen=True, tag_field="type", tag="heartbeat"):
    """Every `heartbeat_s`; the gateway sends the same `n` back."""

    n: Annotated[int, Meta(ge=0, le=2**53 - 1)]


class MediaReport(msgspec.Struct, frozen=True, tag_field="type", tag="media"):
    """What the viewer sees of its peer connection."""

    attachment: Annotated[int, Meta(ge=0)]
    state: Literal["connecting", "playing", "stalled", "lost"]


class Quality(
    msgspec.Struct, frozen=True, tag_field="type", tag="quality", forbid_unknown_fields=True
):
    """How the stream arrives, as the viewer measures it: every `quality_every_s` of `welcome`.

    It is sent at once where the path changes. It is noted for the account's people, and decides
    nothing.
    """

    attachment: Annotated[int, Meta(ge=0)]
    path: MediaPath | None = None
    fps: Annotated[float, Meta(ge=0, le=1_000)] | None = None
    bitrate_kbps: Annotated[float, Meta(ge=0, le=10_000_000)] | None = None
    rtt_ms: Annotated[float, Meta(ge=0, le=600_000)] | None = None
    loss_percent: Annotated[float, Meta(ge=0, le=100)] | None = None
    width: Annotated[int, Meta(ge=0, le=65_535)] | None = None
    height: Annotated[int, Meta(ge=0, le=65_535)] | None = None


class Bye(msgspec.Struct, frozen=True, tag_field="type", tag="bye"):
    """The viewer ends the session: 1000 on purpose, 1001 because the page is left."""

    code: Literal[1000, 1001] = 1000


class Welcome(msgspec.Struct, frozen=True, tag_field="type", tag="welcome"):
    """The gateway's answer to `hello`."""

    protocol: int
    session: SessionView
    heartbeat_s: float
    resume_window_s: float
    quality_every_s: float | None = None


class SessionChanged(msgspec.Struct, frozen=True, tag_field="type", tag="session"):
    """The session as it is now, its place in the queue included."""

    session: SessionView


class Warned(msgspec.Struct, frozen=True, tag_field="type", tag="warning"):
    """Something will end the session in `seconds_left`; one that is told again is told anew.

    `afk`: the viewer does nothing; `runtime`: its time is up; `hours`: the account's stream hours
    of this month are; `draining`: its machine goes.
    """

    kind: Literal["afk", "runtime", "hours", "draining"]
    seconds_left: float


class Problem(msgspec.Struct, frozen=True, tag_field="type", tag="problem"):
    """What was sent cannot be taken: a stable code and a sentence."""

    code: str
    message: str


FromViewer = Hello | Heartbeat | Answer | Candidate | Restart | MediaReport | Quality | Bye
ToViewer = Welcome | SessionChanged | Offer | Candidate | Warned | Heartbeat | Problem
