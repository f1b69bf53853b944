"""What workers say, and what they should be told. Use cases: load, decide, save.

A report about a term that is not the slot's is late and changes nothing: the row decides, not the
messenger. Source: DESIGN sections 4 and 8; laws 2 and 6.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from diorama.kernel.errors import Refused
from diorama.kernel.units import MILLISECOND_US, SECOND_US, seconds
from diorama.leases.slots import Slot, SlotState, fence, offer, withdraw
from diorama.leases.store import Renewal
from diorama.projects.rules import AfkRules
from diorama.protocol import worker as wire
from diorama.protocol.end_codes import End, EndCode
from diorama.protocol.states import FINAL, HOLDS_SLOT, METERED, SessionState
from diorama.sessions.dispatch import serve_at_once, try_elsewhere
from diorama.sessions.forgetting import recalled
from diorama.sessions.lifecycle import TRANSITIONS, Event, Happened, Session
from diorama.sessions.losing import end_with_lost
from diorama.sessions.recording import keeping_for, record_session
from diorama.sessions.run_reports import OF_RUN, report_of_run, run_stopped, run_wanted
from diorama.sessions.store import ViewerLease
from diorama.sessions.telling import RunWanted, Wanted
from diorama.sessions.viewing import hear
from diorama.sessions.work import (
    Work,
    end,
    locked,
    record,
    take_back,
    worker_actor,
)
from diorama.simulations.lifecycle import is_run
from diorama.workers.capabilities import Worker

OLD_STARTS_KEPT_US: Final = 30 * 86_400 * SECOND_US
NOTHING_KNOWN: Final[Mapping[int, int]] = {}
OUTCOMES: Final[Mapping[str, End]] = {
    "ended": End(EndCode.NORMAL, "world_ended"),
    "crashed": End(EndCode.APP_CRASHED, "world_crashed"),
    "failed_to_start": End(EndCode.APP_UNABLE_TO_LAUNCH, "world_failed_to_start"),
    "unknown_world": End(EndCode.APP_NOT_FOUND, "world_unknown"),
}


def register(work: Work, hello: wire.Hello) -> Worker:
    """Take up a worker, and return it.

    A `boot_id` that is not the one known proves that nothing of the old process lives: its sessions
    end with 4006 `worker_lost` and its slots are free at once. The same `boot_id` is a worker that
    comes back: what it holds stays, and what its viewers did meanwhile is known from now on.

    Raises:
        Refused: with code `lease_expired`: it was given up and must start anew; with code
            `worker_replaced`: a newer start has its name, and is heard.
    """
    work.stores.workers.wait_for_name(hello.name)
    known = work.stores.workers.named(hello.name, lock=True) or recalled(work, hello.name)
    same = known if known is not None and known.boot_id == hello.boot_id else None
    if known is not None:
        _refuse_old_start(work, known, hello)
    before = known.started_anew() if known is not None and same is None else known
    worker = Worker(
        id=known.id if known else work.ids.new("wrk"),
        name=hello.name,
        region=hello.region,
        pool=hello.pool,
        boot_id=hello.boot_id,
        draining=before is not None and before.draining,
        drains_until_us=None if before is None else before.drains_until_us,
        stopping=before is not None and before.stopping,
        drained_by=None if before is None else before.drained_by,
        kinds=hello.kinds,
        encoders=hello.encoders,
        version=hello.version,
        registered_us=work.now_us,
        heard_us=work.now_us,
        soft_until_us=work.now_us + seconds(work.timers.suspect_after_s),
        hard_until_us=work.now_us + seconds(work.timers.slot_reuse_s),
        host=hello.host,
        socket=known.socket + 1 if known else 1,
    )
    if known is not None and same is None:
        work.stores.workers.replace_boot(known, work.now_us, keep_us=OLD_STARTS_KEPT_US)
        end_with_lost(work, known)
    work.stores.workers.put(worker)
    if same is None:
        indexes = {report.index for report in hello.slots}
        _offer_slots(work, worker, indexes)
        work.stores.slot_time.worker_started(worker, len(indexes), before=known)
    else:
        work.stores.sessions.hear(_leases(work, worker.id, hello.slots))
    work.changes.workers.add(worker.id)
    work.changes.room = True
    return worker


def _refuse_old_start(work: Work, known: Worker, hello: wire.Hello) -> None:
    """Refuse a start that was given up, or whose name a newer one has.

    Two live processes under one name would otherwise end each other's sessions for ever. The older
    one waits until the newer is lost, and is then told to start anew.
    """
    is_lost = known.hard_until_us <= work.now_us
    is_old = work.stores.workers.was_replaced(known.id, hello.boot_id)
    if is_old and not is_lost:
        raise Refused(
            f"worker {hello.name} on host {hello.host or 'unknown'} was replaced by a newer start"
            f" on host {known.host or 'unknown'}: give each worker a name of its own",
            code="worker_replaced",
        )
    if is_lost and (is_old or known.boot_id == hello.boot_id):
        raise Refused(
            f"worker {hello.name} was not heard for too long: start it anew", code="lease_expired"
        )


def _offer_slots(work: Work, worker: Worker, indexes: Collection[int]) -> None:
    slots = {slot.index: slot for slot in work.stores.slots.of_worker(worker.id, lock=True)}
    for slot in slots.values():
        if slot.index not in indexes:
            take_back(work, slot, withdraw(slot))
    for index in sorted(set(indexes)):
        if index in slots:
            offered = offer(slots[index], pool=worker.pool, region=worker.region)
            take_back(work, slots[index], offered)
        else:
            work.stores.slots.add(_new_slot(worker, index))


def _new_slot(worker: Worker, index: int) -> Slot:
    return Slot(
        id=f"{worker.id}.{index}",
        worker_id=worker.id,
        index=index,
        pool=worker.pool,
        region=worker.region,
        state=SlotState.FREE,
        term=0,
        session_id=None,
        fence_until_us=None,
        failures=0,
        version=1,
    )


@dataclass(frozen=True, slots=True)
class HeardWorker:
    """A worker's beat that waits to be written, and when it came."""

    renewal: Renewal
    beat: wire.Beat


def renew(
    work: Work, heard: Collection[HeardWorker], viewers: Sequence[ViewerLease]
) -> set[Renewal]:
    """Write the beats of workers and viewers of one gateway; return the renewals that still stand.

    One statement for all workers, one for all viewers: a heartbeat costs no row of its own. A
    worker that was given up, or whose name belongs to a newer start, speaks for no viewer either.
    """
    renewed: set[Renewal] = set()
    if heard:
        renewed = work.stores.workers.renew(
            {h.renewal for h in heard},
            now_us=work.now_us,
            soft_us=seconds(work.timers.suspect_after_s),
            hard_us=seconds(work.timers.slot_reuse_s),
        )
    leases = [
        lease
        for h in heard
        if h.renewal in renewed
        for lease in _leases(work, h.renewal.worker_id, h.beat.slots)
    ]
    if leases or viewers:
        work.stores.sessions.hear([*viewers, *leases])
    return renewed


def _leases(work: Work, worker_id: str, slots: Sequence[wire.SlotReport]) -> list[ViewerLease]:
    return [
        ViewerLease(
            session_id=slot.session,
            heard_us=work.now_us - slot.viewer_age_ms * MILLISECOND_US,
            input_us=0
            if slot.input_age_ms is None
            else work.now_us - slot.input_age_ms * MILLISECOND_US,
            worker_id=worker_id,
            term=slot.term,
        )
        for slot in slots
        if slot.session is not None and slot.viewer_age_ms is not None
    ]


def report(work: Work, worker_id: str, message: wire.FromWorker) -> None:
    """Take what a worker says of what it runs; what is late or foreign changes nothing."""
    if isinstance(message, OF_RUN) and is_run(message.session):
        report_of_run(work, worker_id, message)
        return
    match message:
        case wire.Stopped():
            _stopped(work, worker_id, message)
        case wire.Draining(deadline_s=deadline_s):
            _draining(work, worker_id, deadline_s)
        case wire.RunProgress() | wire.RunRendered() | wire.RunEnded():
            return  # of no run
        case (
            wire.Accepted()
            | wire.Rejected()
            | wire.WorldStarted()
            | wire.MediaChanged()
            | wire.InputSeen()
            | wire.HoldOff()
            | wire.ViewerLeft()
            | wire.WorldEnded()
        ):
            session = locked(
                work,
                message.session,
                counts=_may_end(message),
                meters=isinstance(message, wire.MediaChanged),
            )
            if session is None or session.worker_id != worker_id or session.term != message.term:
                return
            _of_session(work, session, message)
        case _:
            raise AssertionError(f"{type(message).__name__} is not about a session")


def _may_end(message: wire.FromWorker) -> bool:
    return isinstance(message, wire.Rejected | wire.ViewerLeft | wire.WorldEnded)


def _of_session(work: Work, session: Session, message: wire.FromWorker) -> None:
    match message:
        case wire.Accepted() if session.accepted_us is None:
            _record(work, session, Event.ACCEPTED)
        case wire.WorldStarted() if session.world_started_us is None:
            _world_started(work, session)
        case wire.MediaChanged():
            _media(work, session, message)
        case wire.InputSeen():
            _input(work, session)
        case wire.HoldOff(seconds=asked_s):
            _hold_off(work, session, asked_s)
        case wire.ViewerLeft(code=code):
            _left(work, session, code)
        case wire.Rejected():
            refused = End(EndCode.APP_UNABLE_TO_LAUNCH, "worker_refused")
            try_elsewhere(work, session, refused, proven=True)
        case wire.WorldEnded(outcome="failed_to_start"):
            try_elsewhere(work, session, OUTCOMES["failed_to_start"], proven=False)
        case wire.WorldEnded(outcome=outcome):
            end(work, session, OUTCOMES[outcome], actor=worker_actor(work, session))
        case _:
            return  # said before: a repeat changes nothing


def _world_started(work: Work, session: Session) -> Session:
    """Note that a world made its first picture, and return its session."""
    if Event.WORLD_STARTED not in TRANSITIONS[session.state]:
        return session
    happened = Happened(event=Event.WORLD_STARTED, at_us=work.now_us)
    started = record(work, session, happened, actor=worker_actor(work, session))
    record_session(work, session)
    return started


def _media(work: Work, session: Session, message: wire.MediaChanged) -> None:
    if message.attachment != session.attachment:
        return
    at_us = work.now_us - message.age_ms * MILLISECOND_US
    if message.state == "connected" and session.state is SessionState.CONNECTING:
        if session.world_started_us is None:
            session = _world_started(work, session)  # its own word is on the way
        known = work.stores.sessions.lease(session.id)
        input_us = 0 if known is None else known.input_us
        happened = Happened(event=Event.FRAMES, at_us=at_us, input_us=input_us)
        record(work, session, happened, actor=worker_actor(work, session))
        hear(work, session.id)
    elif message.state == "lost" and session.state in METERED:
        _record(work, session, Event.MEDIA_LOST, at_us=at_us)


def _input(work: Work, session: Session) -> None:
    """Take that the viewer did something: the lease knows, and an idle session is none any more."""
    if session.state is SessionState.IDLE:
        _record(work, session, Event.INPUT)
    lease = ViewerLease(session_id=session.id, heard_us=work.now_us, input_us=work.now_us)
    work.stores.sessions.hear([lease])


def _hold_off(work: Work, session: Session, asked_s: float) -> None:
    afk = session.rules.afk
    if not afk.enabled or Event.HELD_OFF not in TRANSITIONS[session.state]:
        return
    hold = session.hold.asked(asked_s, budget_s=afk.hold_off_budget_s, now_us=work.now_us)
    if hold is not None:
        happened = Happened(event=Event.HELD_OFF, at_us=work.now_us, hold=hold)
        record(work, session, happened, actor=worker_actor(work, session))


def _left(work: Work, session: Session, code: int) -> None:
    if code == EndCode.GOING_AWAY:
        if session.leaving_us is None:
            _record(work, session, Event.LEAVING)
    else:
        end(work, session, End(EndCode.NORMAL, "viewer_left"), actor="viewer")


def _record(work: Work, session: Session, event: Event, *, at_us: int | None = None) -> None:
    if event in TRANSITIONS[session.state]:
        when_us = work.now_us if at_us is None else at_us
        record(
            work, session, Happened(event=event, at_us=when_us), actor=worker_actor(work, session)
        )


def _stopped(work: Work, worker_id: str, message: wire.Stopped) -> None:
    """Free the slot: its worker says that the world's process group is gone."""
    slot_id = f"{worker_id}.{message.index}"
    if is_run(message.session):
        run_stopped(work, worker_id, message)
    session = locked(work, message.session, counts=True)
    held = session is not None and session.state in HOLDS_SLOT
    if session is not None and held and (session.slot_id, session.term) == (slot_id, message.term):
        worker = work.stores.workers.get(worker_id)
        stopping = worker is not None and worker.stopping
        gone = End(EndCode.DRAINING, "worker_draining") if stopping else OUTCOMES["crashed"]
        end(work, session, gone, actor=worker_actor(work, session))
    slot = work.stores.slots.get(slot_id, lock=True)
    if slot is None or slot.state is not SlotState.FENCING or slot.term != message.term:
        return
    take_back(work, slot, fence(slot, now_us=work.now_us))
    work.changes.workers.add(worker_id)
    work.changes.room = True
    if session is not None:
        serve_at_once(work, session.project_id, session.region)


def _draining(work: Work, worker_id: str, deadline_s: float) -> None:
    worker = work.stores.workers.get(worker_id, lock=True)
    if worker is not None:
        until_us = work.now_us + seconds(deadline_s)
        if worker.drained_by is not None and worker.drains_until_us is not None:
            until_us = min(until_us, worker.drains_until_us)
        work.stores.workers.put(
            replace(worker, draining=True, stopping=True, drains_until_us=until_us)
        )
        work.changes.workers.add(worker_id)


def wanted(
    work: Work, worker_id: str, known: Mapping[int, int] = NOTHING_KNOWN
) -> list[Wanted | RunWanted]:
    """Return what each slot of a worker should hold.

    Args:
        work: the unit.
        worker_id: which.
        known: the terms that it said it has, by slot.
    """
    found: list[Wanted | RunWanted] = []
    for slot in work.stores.slots.of_worker(worker_id):
        if is_run(slot.session_id):
            found.append(run_wanted(work, slot, known))
            continue
        session = work.stores.sessions.get(slot.session_id) if slot.session_id else None
        found.append(Wanted(slot, session, _assignment(work, slot, session)))
    return found


def _assignment(work: Work, slot: Slot, session: Session | None) -> wire.Assign | None:
    if slot.state is not SlotState.HELD or session is None or session.state in FINAL:
        return None
    project = work.stores.projects.get(session.project_id)
    if project is None:
        raise AssertionError(f"session {session.id} is of no project")
    return wire.Assign(
        index=slot.index,
        session=session.id,
        term=slot.term,
        world=project.world,
        video=project.video,
        seed=seed_of(session.id),
        start_timeout_s=session.rules.connect_timeout_s,
        input_within_s=_input_within_s(session.rules.afk),
        keeping=keeping_for(session),
    )


def _input_within_s(afk: AfkRules) -> float:
    """Return how soon input must be told of, so that nobody at work is taken for away."""
    if not afk.enabled:
        return wire.INPUT_WITHIN_S
    return min(afk.warn_after_s / 2, wire.INPUT_WITHIN_S)


def seed_of(session_id: str) -> int:
    """Return the seed of a session's world: the same each time it is asked for."""
    return int.from_bytes(session_id.encode()[-6:], "big")
