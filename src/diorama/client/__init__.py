"""Diorama for Python programs: REST, and viewers without a screen. See docs/sdk-python.md."""

from diorama.client.async_diorama import AsyncDiorama
from diorama.client.async_viewer import AsyncViewer, ViewerStats
from diorama.client.core.events import (
    Attached,
    Ended,
    ErrorTold,
    Event,
    MediaChanged,
    QueueMoved,
    Reconnected,
    Reconnecting,
    Restarting,
    SessionSeen,
    StateChanged,
    WarningGiven,
    WarningOver,
)
from diorama.client.diorama import Diorama
from diorama.client.errors import (
    ClientError,
    Failed,
    Forbidden,
    Invalid,
    LimitReached,
    NotFound,
    NotUnderstood,
    Problem,
    Refused,
    SessionOver,
    TooManyRequests,
    Unauthorized,
    Unavailable,
    Unreachable,
)
from diorama.client.questions import Project
from diorama.client.retries import Retries
from diorama.client.streaming.frames import Frame
from diorama.client.viewer import Viewer, view
from diorama.protocol.scripts import Cue

__all__ = [
    "AsyncDiorama",
    "AsyncViewer",
    "Attached",
    "ClientError",
    "Cue",
    "Diorama",
    "Ended",
    "ErrorTold",
    "Event",
    "Failed",
    "Forbidden",
    "Frame",
    "Invalid",
    "LimitReached",
    "MediaChanged",
    "NotFound",
    "NotUnderstood",
    "Problem",
    "Project",
    "QueueMoved",
    "Reconnected",
    "Reconnecting",
    "Refused",
    "Restarting",
    "Retries",
    "SessionOver",
    "SessionSeen",
    "StateChanged",
    "TooManyRequests",
    "Unauthorized",
    "Unavailable",
    "Unreachable",
    "Viewer",
    "ViewerStats",
    "WarningGiven",
    "WarningOver",
    "view",
]
