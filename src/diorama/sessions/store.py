"""What sessions need from a database, and everything a use case works on at once."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Protocol

from diorama.accounts.store import LinkStore, TicketStore
from diorama.accounts.unit import Stores as AccountStores
from diorama.admission.decision import Holder
from diorama.admission.eta import Live, Stay
from diorama.admission.line import Place, Waiter
from diorama.events.feed import FeedStore
from diorama.events.webhooks import WebhookStore
from diorama.leases.store import PastWorkerStore, SlotStore, WorkerStore
from diorama.projects.store import ProjectStore
from diorama.protocol.end_codes import End
from diorama.recordings.store import RecordingStore
from diorama.sessions.census_store import CensusStore
from diorama.sessions.filters import SessionFilter
from diorama.sessions.fleet_store import FleetStore
from diorama.sessions.lifecycle import Event, Session
from diorama.sessions.slot_time_store import SlotTimeStore
from diorama.sessions.spectator_store import SpectatorStore
from diorama.sessions.timeline_store import TimelineStore
from diorama.sessions.usage_store import UsageStore
from diorama.simulations.store import SimulationStore


@dataclass(frozen=True, slots=True, kw_only=True)
class ViewerLease:
    """When a session's viewer was last heard, and last did something, as far as is on disk.

    A worker that says so names itself and the term: it speaks for what its own slots hold, and for
    nothing else. A gateway that hears the viewer itself names no worker.
    """

    session_id: str
    heard_us: int
    input_us: int
    worker_id: str | None = None
    term: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class EventRow:
    """One row of the event log.

    `actor` is who caused it: `viewer`, `worker:<name>`, `gateway`, `key:<id>` or `member:<id>`.
    `until_us` is until when, for what reaches so far: a hold-off, an extension.
    """

    kind: Event
    at_us: int
    recorded_us: int
    actor: str
    end: End | None = None
    until_us: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """What an idempotency key was answered with."""

    fingerprint: str
    session_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Waits:
    """How the newest waiters of a lane fared: how many left unserved, how long all waited."""

    gave_up: int
    waited_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """Of the newest waits that were foretold: how many stayed under what was told."""

    count: int
    under_p50: int
    under_p90: int


class HistoryStore(Protocol):
    """What a lane's sessions and waiters did before."""

    def stays(self, project_id: str, region: str, now_us: int) -> list[Stay]:
        """Return how long the newest sessions of a lane held their slot, by when they began."""

    def live(self, project_id: str, region: str, now_us: int) -> list[Live]:
        """Return the sessions of a lane that hold a slot, the oldest first."""

    def turning(self, project_id: str, region: str) -> int:
        """Return how many slots that sessions of a lane had are on their way back."""

    def waits(self, project_id: str, region: str, now_us: int) -> Waits:
        """Return how the newest waiters of a lane fared."""

    def coverage(self, project_id: str, region: str) -> Coverage:
        """Return how the newest waits that were foretold compare with what was told."""


class SessionStore(Protocol):
    """Sessions, their viewers' leases and their log at rest."""

    def add(self, log: Sequence[tuple[Session, EventRow]], *, deadline_us: int | None) -> None:
        """Store a session that is new, as the last of these, with its log and viewer's lease."""

    def save(
        self, before: Session, after: Session, row: EventRow, *, deadline_us: int | None
    ) -> None:
        """Replace a locked session by its next version, with its row of the log and the counts.

        The counts of account and lane (`held`, `waiting`) follow from the two states.
        """

    def get(self, session_id: str, *, lock: bool = False) -> Session | None:
        """Return a session; with `lock`, no one else changes it until this transaction is over."""

    def of_client(self, project_id: str, client_id: str) -> Session | None:
        """Return the session of a client that has not ended."""

    def of_project(self, project_id: str) -> list[Session]:
        """Return the sessions of a project that have not ended, the oldest first."""

    def of_slots(self, worker_id: str) -> list[Session]:
        """Return the sessions that hold a slot of a worker, by slot."""

    def due(self, now_us: int, *, limit: int) -> list[str]:
        """Return the ids of sessions whose deadline is at or before `now_us`, the oldest first."""

    def unheard(self, before_us: int, *, limit: int) -> list[str]:
        """Return live sessions whose viewer counts as attached and was not heard since."""

    def put_off(self, session: Session, deadline_us: int | None) -> None:
        """Move a deadline without anything having happened to the session."""

    def first_in_line(
        self, project_id: str, region: str, *, without: Collection[str]
    ) -> Session | None:
        """Return the first waiter of a lane that is not away and of none of these end users."""

    def line(self, project_id: str, region: str) -> list[Waiter]:
        """Return the waiters of a lane that are not away, the first first."""

    def place(self, waiter: Session) -> Place:
        """Return where a waiter stands; one who is away stands where it would come back to."""

    def end_users_in_line(
        self, project_id: str, region: str, *, without: Collection[str], limit: int
    ) -> set[str]:
        """Return the end users of the first waiters of a lane that are not away, but for these."""

    def held_by_end_users(self, project_id: str, end_users: Collection[str]) -> dict[str, int]:
        """Return how many sessions of each of these hold a slot; who holds none is left out."""

    def of_visitor(self, project_id: str, visitor: str, *, unheard_us: int) -> int:
        """Return how many sessions of a visitor's address are there.

        Those whose viewer is away, and was not heard since `unheard_us`, are left out.
        """

    def waiting_of_end_user(self, project_id: str, end_user: str, *, unheard_us: int) -> int:
        """Return how many places in line an end user has; those away are left out as above."""

    def of_link(self, link_id: str, *, unheard_us: int | None = None) -> list[Session]:
        """Return the sessions of a share link that have not ended, those away left out as above."""

    def holders(self, account_id: str) -> list[Holder]:
        """Return the sessions of an account that hold a slot, oldest first."""

    def listed(
        self, account_id: str, wanted: SessionFilter, *, after: str | None, limit: int
    ) -> list[Session]:
        """Return the sessions of an account that fit, newest first, before the id `after`."""

    def hear(self, leases: Sequence[ViewerLease]) -> None:
        """Renew viewers' leases in one statement; a time never goes back.

        What is said of a session that is not there, or not the speaker's, changes nothing.
        """

    def lease(self, session_id: str) -> ViewerLease | None:
        """Return a viewer's lease."""

    def answered(self, account_id: str, key: str) -> Answered | None:
        """Return what an idempotency key was answered with."""

    def remember(self, account_id: str, key: str, answered: Answered, now_us: int) -> bool:
        """Keep what an idempotency key is answered with; False where it has an answer already."""

    def forget_answers(self, before_us: int, *, limit: int) -> int:
        """Drop idempotency keys older than this; return how many."""


class Stores(AccountStores, Protocol):
    """Every store, in one transaction."""

    @property
    def projects(self) -> ProjectStore:
        """Projects and lanes."""

    @property
    def workers(self) -> WorkerStore:
        """Workers and their leases."""

    @property
    def past_workers(self) -> PastWorkerStore:
        """Workers that were forgotten."""

    @property
    def slots(self) -> SlotStore:
        """Slots."""

    @property
    def sessions(self) -> SessionStore:
        """Sessions."""

    @property
    def simulations(self) -> SimulationStore:
        """Simulations and their runs."""

    @property
    def tickets(self) -> TicketStore:
        """Keys that sign tickets, and which were used."""

    @property
    def links(self) -> LinkStore:
        """Share links."""

    @property
    def fleet(self) -> FleetStore:
        """What gateways leave for each other."""

    @property
    def history(self) -> HistoryStore:
        """What sessions and waiters did before."""

    @property
    def slot_time(self) -> SlotTimeStore:
        """For how long slots were there, and were held."""

    @property
    def usage(self) -> UsageStore:
        """What was used."""

    @property
    def timeline(self) -> TimelineStore:
        """Logs as people read them, and notes."""

    @property
    def census(self) -> CensusStore:
        """Counts over everything."""

    @property
    def recordings(self) -> RecordingStore:
        """Recordings."""

    @property
    def feed(self) -> FeedStore:
        """The feed of events."""

    @property
    def webhooks(self) -> WebhookStore:
        """Webhooks and their deliveries."""

    @property
    def spectators(self) -> SpectatorStore:
        """Who may watch sessions, and who does."""

    @property
    def incarnation(self) -> int:
        """The upper half of every term given now."""

    def now_us(self) -> int:
        """Return the database's time. Read it after the locks are had."""
