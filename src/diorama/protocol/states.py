"""States, the only vocabulary anywhere: the seven of a session, and the six of a simulation.

A simulation and each run of it have the same words. Source: DESIGN section 2.
"""

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


class SimulationState(StrEnum):
    """Where a simulation is, and each of its runs. The values are stored and sent, as above."""

    PENDING = "pending"  # waits for a slot
    DISPATCHED = "dispatched"  # has a slot; the world starts
    PROCESSING = "processing"  # the world renders, then its files are uploaded
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"


OVER: Final = frozenset(
    {SimulationState.COMPLETED, SimulationState.FAILED, SimulationState.CANCELLED}
)
RUNS_ON_SLOT: Final = frozenset({SimulationState.DISPATCHED, SimulationState.PROCESSING})
"""Of runs: has been given a slot and is not over."""
