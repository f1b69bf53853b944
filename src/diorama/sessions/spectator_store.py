"""Who may watch a session, and who does: the rows, and what is needed from a database for them."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Literal, Protocol

from diorama.protocol.spectator_views import SpectatorState, WatchEnd

WatchState = Literal["asked", "live", "ended"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Spectator:
    """Somebody who may watch one session; who holds its token is that somebody.

    Attributes:
        viewers: places in which it may be used at once.
    """

    id: str
    session_id: str
    account_id: str
    name: str
    viewers: int
    created_us: int
    created_by: str
    expires_us: int
    revoked_us: int | None = None

    def state(self, now_us: int, *, over: bool) -> SpectatorState:
        """Return what its token is worth, with `over` where the session has ended."""
        if self.revoked_us is not None:
            return "revoked"
        if over:
            return "over"
        return "expired" if self.expires_us <= now_us else "active"


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """One place where a session is watched: a WHEP session.

    Attributes:
        term: of the session's slot when it was asked for.
        offer: what the worker is to answer; empty once it did.
        answer: what it answered; empty once it was taken.
        refusal: why the worker answered nothing.
        reason: why it ended.
    """

    id: str
    session_id: str
    spectator_id: str
    worker_id: str
    term: int
    state: WatchState
    asked_us: int
    offer: str = ""
    answer: str = ""
    refusal: str = ""
    reason: WatchEnd | None = None
    ended_us: int | None = None


class SpectatorStore(Protocol):
    """Spectators and watches at rest. Watches are written under their session's lock."""

    def add(self, spectator: Spectator) -> None:
        """Store a spectator that is new."""

    def get(self, session_id: str, spectator_id: str) -> Spectator | None:
        """Return a spectator of a session."""

    def of_session(self, session_id: str) -> list[Spectator]:
        """Return the spectators of a session, the newest first."""

    def revoke(self, spectator_id: str, now_us: int) -> None:
        """Let a spectator's token open nothing any more."""

    def add_watch(self, watch: Watch) -> None:
        """Store a watch that is new."""

    def watch(self, session_id: str, watch_id: str) -> Watch | None:
        """Return a watch of a session."""

    def save_watch(self, watch: Watch) -> None:
        """Write what may change of a watch."""

    def watches_of(self, session_id: str) -> list[Watch]:
        """Return the watches of a session that have not ended, the oldest first."""

    def watches_on(self, worker_id: str) -> list[Watch]:
        """Return the watches on a worker that have not ended, the oldest first."""

    def live(self, session_ids: Collection[str]) -> Mapping[str, int]:
        """Return how many watch each of these sessions, where somebody does."""

    def overdue(self, asked_before_us: int, *, limit: int) -> list[Watch]:
        """Return watches that go on though they should not.

        Their session has ended, or they were asked for before this and never answered.
        """

    def forget_watches(self, before_us: int, *, limit: int) -> int:
        """Drop watches that ended before this; return how many."""
