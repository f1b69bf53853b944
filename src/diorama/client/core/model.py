"""What one session is to its viewer, what can happen to it, and what is to be done: values only.

Times are seconds of one clock that only grows. The public events are in `events`.
"""

from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from diorama.client.core.events import Event as Told
from diorama.client.errors import Problem
from diorama.protocol.media import Candidate, IceCandidate, Offer
from diorama.protocol.states import SessionState
from diorama.protocol.viewer import FromViewer, ToViewer
from diorama.protocol.views import EndView, OpenedSession, SessionView

Code = Literal[1000, 1001]
Repair = Literal["nothing", "ice", "peer"]
MediaSeen = Literal["connected", "playing", "stalled", "disconnected", "failed"]
"""What the viewer's peer connection reports of itself."""

OPEN_WITHIN_S: Final = 10.0
ASK_FOR_S: Final = 60.0
STEADY_AFTER_S: Final = 5.0
SILENT_BEATS: Final = 2
ICE_AFTER_S: Final = 1.0
PEER_AFTER_S: Final = 3.0
PEER_AGAIN_S: Final = 10.0
PROBE_WITHIN_S: Final = 3.0
"""How soon a socket must answer when it is asked whether it still lives."""


# The request for the session: in flight, to be sent again, or answered.


@dataclass(frozen=True, slots=True)
class Asking:
    """The request is in flight."""

    attempt: int
    since_s: float


@dataclass(frozen=True, slots=True)
class AskingAgain:
    """The request was not answered, and is sent again at `due_s`."""

    attempt: int
    since_s: float
    due_s: float


@dataclass(frozen=True, slots=True)
class Answered:
    """The request was answered."""


Opening: TypeAlias = Asking | AskingAgain | Answered


# The WebSocket.


@dataclass(frozen=True, slots=True)
class SocketClosed:
    """There is none, and none is wanted."""


@dataclass(frozen=True, slots=True)
class SocketWaiting:
    """It was lost, and is opened again at `due_s`."""

    attempt: int
    due_s: float


@dataclass(frozen=True, slots=True)
class SocketOpening:
    """It is being opened, up to the gateway's welcome."""

    attempt: int
    since_s: float


@dataclass(frozen=True, slots=True)
class SocketOpen:
    """It is welcomed."""

    attempt: int
    since_s: float
    heard_s: float
    beat_due_s: float
    beats: int = 0


Socket: TypeAlias = SocketClosed | SocketWaiting | SocketOpening | SocketOpen


# The peer connection, as this viewer sees it.


@dataclass(frozen=True, slots=True)
class NoMedia:
    """There is none."""


@dataclass(frozen=True, slots=True)
class MediaConnecting:
    """An offer is being answered."""

    attachment: int
    since_s: float


@dataclass(frozen=True, slots=True)
class MediaConnected:
    """It is up; `playing` once frames have come."""

    attachment: int
    playing: bool


@dataclass(frozen=True, slots=True)
class MediaLost:
    """It is lost; `asked` is what repair was asked for last."""

    attachment: int
    since_s: float
    asked: Repair = "nothing"
    attempt: int = 0


Media: TypeAlias = NoMedia | MediaConnecting | MediaConnected | MediaLost


@dataclass(frozen=True, slots=True)
class Restarts:
    """Sessions opened by themselves, one after the other, without a minute of frames between."""

    in_row: int = 0
    code: int | None = None


@dataclass(frozen=True, slots=True)
class Pending:
    """A warning that was given and not taken back."""

    kind: str
    until_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """The session as its viewer lives it.

    Attributes:
        restarts_ice: whether the peer connection of this viewer can restart ICE.
        auto_restart: whether an end that allows it opens a new session without being asked.
        played_s: since when this session's frames come, however often it was repaired.
        lost_s: since when neither socket nor media has worked.
        refusal: what the gateway said last of why it refuses.
        problem: the refused request that was the end.
    """

    codecs: tuple[str, ...] = ()
    restarts_ice: bool = True
    auto_restart: bool = False
    opening: Opening = Asking(0, 0.0)
    socket: Socket = SocketClosed()
    media: Media = NoMedia()
    session: SessionView | None = None
    token: str | None = None
    welcomed: bool = False
    played: bool = False
    played_s: float | None = None
    warned: tuple[Pending, ...] = ()
    restarts: Restarts = Restarts()
    heartbeat_s: float = 5.0
    resume_window_s: float = 60.0
    lost_s: float | None = None
    refusal: str | None = None
    end: EndView | None = None
    problem: Problem | None = None


# What can happen.


@dataclass(frozen=True, slots=True)
class Start:
    """The viewer wants its session."""


@dataclass(frozen=True, slots=True)
class Opened:
    """The request was answered with a session."""

    answer: OpenedSession


@dataclass(frozen=True, slots=True)
class Unanswered:
    """The request was not answered, or not by a gateway."""


@dataclass(frozen=True, slots=True)
class RequestRefused:
    """The request was refused."""

    problem: Problem


@dataclass(frozen=True, slots=True)
class SocketOpened:
    """The WebSocket is up."""


@dataclass(frozen=True, slots=True)
class SocketLost:
    """The WebSocket closed with a code, 1006 where none was said."""

    code: int


@dataclass(frozen=True, slots=True)
class Received:
    """The gateway said something."""

    message: ToViewer


@dataclass(frozen=True, slots=True)
class OfferAnswered:
    """The peer connection has an answer to the offer."""

    attachment: int
    sdp: str


@dataclass(frozen=True, slots=True)
class CandidateFound:
    """The peer connection found a way to be reached."""

    attachment: int
    candidate: IceCandidate


@dataclass(frozen=True, slots=True)
class MediaReported:
    """The peer connection says how it is."""

    attachment: int
    seen: MediaSeen


@dataclass(frozen=True, slots=True)
class Leave:
    """The viewer wants the end."""

    code: Code


@dataclass(frozen=True, slots=True)
class Wake:
    """The network is back: what waits is tried now."""


@dataclass(frozen=True, slots=True)
class Tick:
    """The next deadline has come."""


Happened: TypeAlias = (
    Start
    | Opened
    | Unanswered
    | RequestRefused
    | SocketOpened
    | SocketLost
    | Received
    | OfferAnswered
    | CandidateFound
    | MediaReported
    | Leave
    | Wake
    | Tick
)


# What is to be done.


@dataclass(frozen=True, slots=True)
class Post:
    """Send the request for a session; `fresh` asks for another, not again for the one before."""

    fresh: bool


@dataclass(frozen=True, slots=True)
class OpenSocket:
    """Open the WebSocket."""


@dataclass(frozen=True, slots=True)
class CloseSocket:
    """Close the WebSocket, once what was sent before has left."""

    code: int


@dataclass(frozen=True, slots=True)
class Send:
    """Send a message on the WebSocket."""

    message: FromViewer


@dataclass(frozen=True, slots=True)
class AcceptOffer:
    """Answer an offer, on a new peer connection where `fresh`."""

    offer: Offer
    fresh: bool


@dataclass(frozen=True, slots=True)
class AddCandidate:
    """Give the peer connection a candidate of the worker."""

    message: Candidate


@dataclass(frozen=True, slots=True)
class ClosePeer:
    """Close the peer connection."""


@dataclass(frozen=True, slots=True)
class SayBye:
    """Say goodbye on the data channel."""

    code: Code


@dataclass(frozen=True, slots=True)
class PostBye:
    """Say goodbye in a request."""

    session: str
    token: str
    code: Code


@dataclass(frozen=True, slots=True)
class Emit:
    """Tell the program."""

    event: Told


Effect: TypeAlias = (
    Post
    | OpenSocket
    | CloseSocket
    | Send
    | AcceptOffer
    | AddCandidate
    | ClosePeer
    | SayBye
    | PostBye
    | Emit
)


@dataclass(frozen=True, slots=True)
class Step:
    """What becomes of the session, and what is to be done about it, in this order."""

    model: Model
    effects: tuple[Effect, ...] = ()


@dataclass(frozen=True, slots=True)
class Moment:
    """What a decision may know of the world: the time, and a draw in [0, 1)."""

    now_s: float
    chance: float


STREAMED: Final = frozenset({SessionState.STREAMING, SessionState.IDLE})
"""What the gateway says of a session whose frames go out."""
