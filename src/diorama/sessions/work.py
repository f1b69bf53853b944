"""What a use case works with: the stores of one transaction, the timers, the time, what it changed.

A use case is a plain function that takes a `Work` first. What it changed is told to the gateways
after the commit, by id only: whoever holds the socket of a changed thing reads it anew.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from diorama.admission.eta import Forecasts
from diorama.kernel.errors import NotFound
from diorama.kernel.ids import IdFactory
from diorama.kernel.units import seconds
from diorama.leases.slots import Slot, fence, release
from diorama.leases.timers import Timers
from diorama.protocol.end_codes import End
from diorama.protocol.states import HOLDS_SLOT, METERED, WAITING
from diorama.recordings.lifecycle import holder_ended
from diorama.sessions.deadlines import next_deadline
from diorama.sessions.lifecycle import Event, Happened, Session, advance, until_us
from diorama.sessions.store import EventRow, Stores
from diorama.simulations.deadlines import PATIENCE, Patience
from diorama.simulations.lifecycle import Run, RunEvent

LEAVES_MEDIA: frozenset[Event] = frozenset({Event.ATTACHED, Event.ENDED})
WORLD_FAILED: frozenset[str] = frozenset({"world_failed_to_start", "world_crashed"})


@dataclass(frozen=True, slots=True)
class Step:
    """What happened to one session: `before` is None where it was asked for."""

    event: Event
    before: Session | None
    after: Session


@dataclass(frozen=True, slots=True)
class RunStep:
    """What happened to one run of a simulation: `before` is None where it was asked for."""

    event: RunEvent
    before: Run | None
    after: Run


@dataclass(slots=True)
class Changes:
    """Ids of what a transaction changed.

    Attributes:
        sessions: those whose viewer, and simulations whose followers, should be told.
        workers: those whose slots should hold something else now.
        lanes: those whose waiters may have moved, as (project, region).
        room: whether someone who waits may now have a place.
        soon_us: the earliest deadline among what was changed.
        steps: what happened to sessions, in order, for logs and metrics.
        run_steps: likewise to runs of simulations.
    """

    sessions: set[str] = field(default_factory=set)
    workers: set[str] = field(default_factory=set)
    lanes: set[tuple[str, str]] = field(default_factory=set)
    room: bool = False
    soon_us: int | None = None
    steps: list[Step] = field(default_factory=list)
    run_steps: list[RunStep] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Work:
    """One unit of work in progress."""

    stores: Stores
    timers: Timers
    ids: IdFactory
    now_us: int
    changes: Changes = field(default_factory=Changes)
    forecasts: Forecasts = field(default_factory=Forecasts)
    patience: Patience = PATIENCE


def locked(
    work: Work, session_id: str, *, counts: bool = False, meters: bool = False
) -> Session | None:
    """Return a session that nobody else changes meanwhile.

    Args:
        work: the unit.
        session_id: which.
        counts: whether what follows may change what limits count. The lane and the account are
            locked first then, in the order in which admission locks them.
        meters: whether what follows may start or stop its meter: the account, which keeps the sum,
            is locked first.
    """
    if counts or meters:
        seen = work.stores.sessions.get(session_id)
        if seen is None:
            return None
        if counts:
            work.stores.projects.lane(seen.project_id, seen.region, lock=True)
        work.stores.accounts.get(seen.account_id, lock=True)
    return work.stores.sessions.get(session_id, lock=True)


def required(session: Session | None, session_id: str) -> Session:
    """Return the session, or raise NotFound."""
    if session is None:
        raise NotFound(f"there is no session {session_id}", code="session_unknown")
    return session


def record(work: Work, session: Session, happened: Happened, *, actor: str) -> Session:
    """Advance a locked session, write it with its row of the log, and return it.

    Raises:
        Refused: its state has no answer to this.
    """
    if session.state in METERED and happened.event in LEAVES_MEDIA:
        session = _detached_where_unheard(work, session, happened.at_us)
    return _written(work, session, happened, actor)


def _detached_where_unheard(work: Work, session: Session, at_us: int) -> Session:
    """Detach a viewer who was long unheard at `at_us`, which no sweep has noted: it meters nothing.

    So it is after a time in which no gateway, or no store, was there to notice.
    """
    lease = work.stores.sessions.lease(session.id)
    after_us = seconds(work.timers.detached_after_s)
    if lease is None or session.detached_us is not None or lease.heard_us + after_us > at_us:
        return session
    return _written(work, session, Happened(event=Event.DETACHED, at_us=lease.heard_us), "gateway")


def record_new(work: Work, requested: Session, first: Happened, *, actor: str) -> Session:
    """Write a new session with what is decided of it at once, two rows of the log, and return it.

    Args:
        work: the unit.
        requested: as it was asked for; nobody else ever sees it so.
        first: its slot, or its place in line.
        actor: who asked for it.
    """
    asked = Happened(event=Event.REQUESTED, at_us=work.now_us)
    after = advance(requested, first)
    log = (
        (requested, _row(work, requested, asked, actor)),
        (after, _row(work, after, first, "gateway")),
    )
    due_us = deadline_us(work, after)
    work.stores.sessions.add(log, deadline_us=due_us)
    work.changes.steps.append(Step(Event.REQUESTED, None, requested))
    _note(work, requested, after, first.event, due_us)
    return after


def _written(work: Work, session: Session, happened: Happened, actor: str) -> Session:
    after = advance(session, happened)
    due_us = deadline_us(work, after)
    row = _row(work, after, happened, actor)
    work.stores.sessions.save(session, after, row, deadline_us=due_us)
    _note(work, session, after, happened.event, due_us)
    return after


def _row(work: Work, after: Session, happened: Happened, actor: str) -> EventRow:
    return EventRow(
        kind=happened.event,
        at_us=happened.at_us,
        recorded_us=work.now_us,
        actor=actor,
        end=happened.end,
        until_us=until_us(after, happened.event),
    )


def _note(work: Work, session: Session, after: Session, event: Event, due_us: int | None) -> None:
    """Keep what the gateways are to hear of a session's next version."""
    if due_us is not None:
        work.changes.soon_us = min(due_us, work.changes.soon_us or due_us)
    work.changes.sessions.add(session.id)
    work.changes.steps.append(Step(event, session, after))
    came_back = session.aside_us is not None and after.aside_us is None
    if (session.state in WAITING) is not (after.state in WAITING) or came_back:
        work.changes.lanes.add((session.project_id, session.region))
    work.changes.room |= came_back
    if session.worker_id is not None:
        work.changes.workers.add(session.worker_id)


def worker_actor(work: Work, session: Session) -> str:
    """Return the worker of a session as the log names it."""
    worker = None if session.worker_id is None else work.stores.workers.get(session.worker_id)
    return "worker" if worker is None else f"worker:{worker.name}"


def deadline_us(work: Work, session: Session) -> int | None:
    """Return when something is due to a session."""
    due = next_deadline(session, work.timers)
    return None if due is None else due[0]


def end(work: Work, session: Session, why: End, *, actor: str, at_us: int | None = None) -> Session:
    """End a session locked with `counts`, and let its slot wait for proof that the world is gone.

    Ending one that has ended changes nothing.
    """
    if session.is_final:
        return session
    happened = Happened(event=Event.ENDED, at_us=work.now_us if at_us is None else at_us, end=why)
    after = record(work, session, happened, actor=actor)
    if session.state in HOLDS_SLOT:
        release_slot(work, session, failed=why.reason in WORLD_FAILED)
    if session.rules.recording.enabled:
        recorded_ended(work, session.id, happened.at_us)
    work.changes.room = True
    return after


def recorded_ended(work: Work, holder: str, at_us: int) -> None:
    """Take that a session, or a run, has ended: what was recorded of it is due."""
    recording = work.stores.recordings.of_holder(holder, lock=True)
    if recording is not None:
        work.stores.recordings.save(holder_ended(recording, at_us, work.now_us))


class Holder(Protocol):
    """What may hold a slot: a session, or a run of a simulation."""

    @property
    def id(self) -> str:
        """What the slot says that holds it."""

    @property
    def worker_id(self) -> str | None:
        """The worker it is on."""

    @property
    def slot_id(self) -> str | None:
        """The slot it holds."""


def release_slot(work: Work, holder: Holder, *, failed: bool, proven: bool = False) -> None:
    """Take the slot from who has it; with proof that nothing of it runs, it is free at once."""
    if holder.slot_id is None or holder.worker_id is None:
        raise AssertionError(f"{holder.id} holds no slot")
    slot = work.stores.slots.get(holder.slot_id, lock=True)
    worker = work.stores.workers.get(holder.worker_id)
    if slot is None or worker is None or slot.session_id != holder.id:
        raise AssertionError(f"slot {holder.slot_id} is not in the hands of {holder.id}")
    fencing = release(slot, fence_until_us=max(worker.hard_until_us, work.now_us), failed=failed)
    work.stores.slots.save(fencing)
    if proven:
        take_back(work, fencing, fence(fencing, now_us=work.now_us))
    work.changes.workers.add(worker.id)
    work.changes.room = True


def take_back(work: Work, before: Slot, after: Slot) -> None:
    """Save a slot that no session has any more, and keep for how long one had it."""
    work.stores.slots.save(after)
    if before.session_id is not None:
        work.stores.slot_time.slot_held(before, work.now_us)


def lock_lanes(work: Work, lanes: Iterable[tuple[str, str]]) -> None:
    """Lock lanes, as (project, region), in the one order in which everybody does."""
    for project_id, region in sorted(set(lanes)):
        work.stores.projects.lane(project_id, region, lock=True)


def lock_counts(work: Work, sessions: Sequence[Session]) -> None:
    """Lock what counts these sessions, before more than one of them is ended."""
    lock_lanes(work, ((one.project_id, one.region) for one in sessions))
    for account_id in sorted({one.account_id for one in sessions}):
        work.stores.accounts.get(account_id, lock=True)
