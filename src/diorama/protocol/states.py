"""The seven states of a session, the only vocabulary anywhere. Source: DESIGN section 2."""

from enum import StrEnum
from typing import Final


class SessionState(StrEnum):
    """Where a session is. The values are stored and sent: add to them, never rename."""

    REQUESTING = "requesting"  # asked, admission not decided
    QUEUED = "queued"  # no slot free; in line
    CONNECTING = "connecting"  # slot reserved; world starting, or WebRTC being set up (again)
    STREAMING = "streaming"  # frames reach the viewer
    IDLE = "idle"  # frames reach the viewer, who does nothing: warned, a countdown runs
    DISCONNECTED = "disconnected"  # ended cleanly
    FAILED = "failed"  # ended unexpectedly


FINAL: Final = frozenset({SessionState.DISCONNECTED, SessionState.FAILED})
HOLDS_SLOT: Final = frozenset({SessionState.CONNECTING, SessionState.STREAMING, SessionState.IDLE})
"""Has been given a slot and has not ended: what limits count."""
METERED: Final = frozenset({SessionState.STREAMING, SessionState.IDLE})
"""What is billed: law 5."""
WAITING: Final = frozenset({SessionState.QUEUED})

STATE_MEANINGS: Final = {
    SessionState.REQUESTING: "asked, admission not decided",
    SessionState.QUEUED: "no slot free; in line with a position and an ETA",
    SessionState.CONNECTING: "slot reserved; world starting, or WebRTC being set up (again)",
    SessionState.STREAMING: "frames reach the viewer",
    SessionState.IDLE: "no input for a while; the viewer is warned, a countdown runs",
    SessionState.DISCONNECTED: "ended cleanly",
    SessionState.FAILED: "ended unexpectedly",
}
