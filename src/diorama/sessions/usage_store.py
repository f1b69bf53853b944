"""What usage needs from a database: the log, and the rows that sum it up."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from diorama.accounts.hours import Months
from diorama.protocol.states import SessionState


@dataclass(frozen=True, slots=True, kw_only=True)
class LoggedEvent:
    """One row of the event log, as far as usage is concerned.

    Attributes:
        version: the session's version after it: orders the events of one session, without gaps.
        state: the session's state after it.
        at_us: when it took effect.
    """

    session_id: str
    version: int
    state: SessionState
    at_us: int


class GroupBy(StrEnum):
    """What usage is summed up by."""

    TOTAL = "total"
    ACCOUNT = "account"
    PROJECT = "project"
    END_USER = "end_user"
    REGION = "region"
    DAY = "day"
    SESSION = "session"


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """From when to before when usage is asked for, and `until_us` when there is any to tell of."""

    from_us: int
    to_us: int
    until_us: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Spent:
    """What was used in a window: by all, or by those who share `key`.

    Attributes:
        key: the account, project, region, end user, day (`2026-11-21`) or session, among which a
            simulation's run stands by its own id; None is those that have no such, and the total.
        streaming_us: time in the state `streaming`.
        idle_us: time in the state `idle`.
        simulation_us: time in which runs of simulations rendered.
        sessions: how many streamed.
    """

    key: str | None = None
    streaming_us: int = 0
    idle_us: int = 0
    simulation_us: int = 0
    sessions: int = 0

    @property
    def stream_us(self) -> int:
        """What is metered of sessions."""
        return self.streaming_us + self.idle_us


@dataclass(frozen=True, slots=True, kw_only=True)
class Capacity:
    """Workers that are not lost, and their slots by state."""

    workers: int = 0
    free: int = 0
    held: int = 0
    fencing: int = 0
    quarantined: int = 0


@dataclass(frozen=True, slots=True)
class Stay:
    """One stay in a state that holds a slot, on one day; ordered as fields are, but for times."""

    day_us: int
    session_id: str
    version: int
    from_us: int
    to_us: int


@dataclass(frozen=True, slots=True)
class Wait:
    """A session that was first given a slot, and how long it had waited."""

    served_us: int
    session_id: str
    waited_us: int


@dataclass(frozen=True, slots=True)
class SpanRow:
    """One row of the spans: a stay in a state that holds a slot, on one day."""

    account_id: str
    day_us: int
    session_id: str
    version: int
    state: SessionState
    project_id: str
    region: str
    end_user: str | None
    worker_id: str | None
    from_us: int
    to_us: int


@dataclass(frozen=True, slots=True)
class LogRow:
    """One row of the log, with all that a span is made of."""

    event: LoggedEvent
    account_id: str
    project_id: str
    region: str
    end_user: str | None
    slot_id: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What is kept of some sessions: their log, and what was made of it.

    Attributes:
        sessions: since when each streams without a break, by its id; None does not.
        last: the last of their ids; None where there are no more sessions.
    """

    sessions: Mapping[str, int | None]
    log: Sequence[LogRow]
    spans: Sequence[SpanRow]
    last: str | None


class UsageStore(Protocol):
    """Usage at rest."""

    def spent(self, account_id: str | None, window: Window) -> Spent:
        """Return what an account used, or all did (None)."""

    def groups(
        self,
        account_id: str | None,
        window: Window,
        by: GroupBy,
        *,
        after: str | None,
        limit: int,
    ) -> Sequence[Spent]:
        """Return who used something, by key, past the key `after`; no key is the empty one."""

    def again(
        self, account_id: str | None, window: Window, by: GroupBy, *, since_us: int
    ) -> Sequence[tuple[str | None, str]]:
        """Return the key and id of each session that streamed in a window, and since then before.

        By day there is no key: no day lies on both sides.
        """

    def holding(self, account_id: str) -> dict[str, int]:
        """Return the sessions that hold a slot, and since when they are in their state."""

    def stays(
        self, account_id: str, window: Window, *, after: Stay | None, limit: int
    ) -> list[Stay]:
        """Return stays that are over and touch the days of a window, those that follow `after`."""

    def waits(
        self, account_id: str, window: Window, *, after: Wait | None, limit: int
    ) -> list[Wait]:
        """Return who was first given a slot in a window, those that follow `after`."""

    def kept(self, account_id: str | None, *, after: str | None, limit: int) -> Kept:
        """Return what is kept of the sessions past this id, of an account or of all."""

    def months(self, account_id: str | None) -> Mapping[str, Months]:
        """Return the sums of months that are kept, by account: of one or of each."""

    def queued(self, account_id: str) -> int:
        """Return how many sessions of an account wait in line."""

    def capacity(self, now_us: int, pools: Collection[str] | None) -> Capacity:
        """Return what workers there are in these pools, or in all (None)."""

    def log(self, session_id: str) -> list[LoggedEvent]:
        """Return the log of a session, by version."""
