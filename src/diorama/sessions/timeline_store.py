"""What a session's timeline needs from a database: its log, and what was noted beside it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from diorama.protocol.end_codes import End
from diorama.protocol.states import SessionState
from diorama.protocol.timeline_views import Fact
from diorama.sessions.lifecycle import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class Logged:
    """One row of a session's log: what happened, and what the session was after it.

    Attributes:
        at_us: when it took effect.
        recorded_us: when it was written.
        worker_id: the worker whose slot the session had after it, or last had.
        until_us: until when it reaches: a hold-off, an extension.
    """

    kind: Event
    state: SessionState
    at_us: int
    recorded_us: int
    actor: str
    end: End | None = None
    slot_id: str | None = None
    term: int = 0
    until_us: int | None = None

    @property
    def worker_id(self) -> str | None:
        """The worker of its slot."""
        return None if self.slot_id is None else self.slot_id.rpartition(".")[0]


class NoteKind(StrEnum):
    """What is noted beside the log. The values are stored."""

    HEARTBEATS_MISSED = "heartbeats_missed"
    MEDIA_PATH = "media_path"
    QUALITY = "quality"
    QUEUE_MOVED = "queue_moved"


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """Something seen of a session that changed nothing and is billed to nobody.

    Attributes:
        unless_within_us: it is not kept where one of its kind was made so shortly before.
    """

    session_id: str
    kind: NoteKind
    at_us: int
    actor: str
    facts: Mapping[str, Fact] = field(default_factory=dict)
    unless_within_us: int = 0


class TimelineStore(Protocol):
    """Logs as people read them, and notes."""

    def log(self, session_id: str, *, limit: int) -> list[Logged]:
        """Return the first rows of a session's log, in order."""

    def askers(self, session_ids: Sequence[str]) -> dict[str, str]:
        """Return who asked for each of these sessions: the actor of its first row."""

    def live(self, account_id: str, *, limit: int) -> dict[str, int]:
        """Return the versions of an account's sessions that have not ended, the newest ones'."""

    def notes(self, session_id: str, *, limit: int) -> list[Note]:
        """Return what was noted of a session first, the oldest first."""

    def note(self, notes: Sequence[Note], *, keep: int) -> None:
        """Keep notes of sessions that are there, as long as such a one has fewer than `keep`.

        Notes that come together may be a few more. Of one session, one kind and one instant there
        is one.
        """

    def forget_notes(self, before_us: int, *, limit: int) -> int:
        """Drop notes older than this; return how many."""
