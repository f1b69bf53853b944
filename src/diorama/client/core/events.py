"""What a viewer is told of its session, as values: the events of the web SDK, by the same names."""

from dataclasses import dataclass
from typing import ClassVar, Literal, TypeAlias

from diorama.client.errors import Problem
from diorama.protocol.states import SessionState
from diorama.protocol.views import EndView, QueueView, SessionView

MediaState = Literal["none", "connecting", "playing", "lost"]
"""Of this viewer's peer connection; the session's own state is one of the seven."""
RepairStep = Literal["socket", "ice", "peer"]


@dataclass(frozen=True, slots=True)
class StateChanged:
    """The session is in another state."""

    name: ClassVar[str] = "state"
    state: SessionState


@dataclass(frozen=True, slots=True)
class SessionSeen:
    """The gateway told the session anew."""

    name: ClassVar[str] = "session"
    session: SessionView


@dataclass(frozen=True, slots=True)
class QueueMoved:
    """The place in line changed; position 1 is next."""

    name: ClassVar[str] = "queue"
    queue: QueueView


@dataclass(frozen=True, slots=True)
class MediaChanged:
    """The viewer's peer connection is in another state."""

    name: ClassVar[str] = "media"
    media: MediaState


@dataclass(frozen=True, slots=True)
class Attached:
    """The first frame of a peer connection came."""

    name: ClassVar[str] = "attached"
    attachment: int


@dataclass(frozen=True, slots=True)
class WarningGiven:
    """Something will end the session in `seconds_left`."""

    name: ClassVar[str] = "warning"
    kind: str
    seconds_left: float


@dataclass(frozen=True, slots=True)
class WarningOver:
    """What was warned of is not to come: input came, or more runtime."""

    name: ClassVar[str] = "warning_over"
    kind: str


@dataclass(frozen=True, slots=True)
class Reconnecting:
    """A repair begins or goes on; `live` tells whether frames come all the same."""

    name: ClassVar[str] = "reconnecting"
    step: RepairStep
    attempt: int
    live: bool


@dataclass(frozen=True, slots=True)
class Reconnected:
    """The repair is done."""

    name: ClassVar[str] = "reconnected"
    attachment: int


@dataclass(frozen=True, slots=True)
class ErrorTold:
    """Something could not be taken; it need not end the session."""

    name: ClassVar[str] = "error"
    code: str
    message: str


@dataclass(frozen=True, slots=True)
class Ended:
    """The session is over. `problem` is the refused request, where that was the end."""

    name: ClassVar[str] = "ended"
    end: EndView
    problem: Problem | None = None


@dataclass(frozen=True, slots=True)
class Restarting:
    """A new session is opened by itself, in `in_s`: the `attempt`th in a row after this end."""

    name: ClassVar[str] = "restarting"
    end: EndView
    attempt: int
    in_s: float
    problem: Problem | None = None


Event: TypeAlias = (
    StateChanged
    | SessionSeen
    | QueueMoved
    | MediaChanged
    | Attached
    | WarningGiven
    | WarningOver
    | Reconnecting
    | Reconnected
    | Restarting
    | ErrorTold
    | Ended
)
