"""What recordings need from a database."""

from dataclasses import dataclass
from typing import Protocol

from diorama.recordings.lifecycle import Recording, RecordingState


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordingFilter:
    """Which recordings of an account are wanted; what is None narrows nothing.

    Attributes:
        state: without one, all but the deleted.
        source_id: of a session or simulation.
    """

    project_id: str | None = None
    kind: str | None = None
    source_id: str | None = None
    state: RecordingState | None = None


class RecordingStore(Protocol):
    """Recordings at rest: what is known of them, not their files."""

    def add(self, recording: Recording) -> None:
        """Store a recording that is new. What holds a slot has one."""

    def get(self, recording_id: str, *, lock: bool = False) -> Recording | None:
        """Return a recording; with `lock`, no one else changes it meanwhile."""

    def of_holder(self, holder: str, *, lock: bool = False) -> Recording | None:
        """Return the recording of a session, or of a run."""

    def listed(
        self, account_id: str, wanted: RecordingFilter, *, after: str | None, limit: int
    ) -> list[Recording]:
        """Return recordings of an account that fit, the newest first, before the id `after`."""

    def save(self, recording: Recording) -> None:
        """Write a locked recording."""

    def due(self, now_us: int, *, limit: int) -> list[str]:
        """Return the ids of recordings about which something is to be done, the oldest first."""
