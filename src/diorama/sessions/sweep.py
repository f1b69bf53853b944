"""What time brings: deadlines, viewers and workers that are not heard, fences. Use cases.

Every gateway sweeps; whatever two of them find at once is locked, looked at again, and done by one.
Silence is held against nobody during the grace after a start or a step of the clock: it may have
been ours. Source: DESIGN section 4; law 7.
"""

from typing import Final

from msgspec.structs import replace

from diorama.kernel.units import seconds
from diorama.leases.slots import SlotState, fence, keep_fencing
from diorama.protocol.end_codes import End, EndCode
from diorama.protocol.states import METERED
from diorama.sessions.deadlines import DUE_ENDS, WAITS_ON_VIEWER, Due, next_deadline
from diorama.sessions.dispatch import put_aside, try_elsewhere
from diorama.sessions.lifecycle import TRANSITIONS, Event, Happened, Session
from diorama.sessions.losing import end_with_lost
from diorama.sessions.work import (
    Work,
    deadline_us,
    end,
    locked,
    record,
    take_back,
    worker_actor,
)

BATCH: Final = 200


def due_sessions(work: Work) -> list[str]:
    """Return the ids of sessions that are past their deadline."""
    return work.stores.sessions.due(work.now_us, limit=BATCH)


def expire(work: Work, session_id: str, *, in_grace: bool = False) -> None:
    """Do what is due to a session, if it still is."""
    session = locked(work, session_id, counts=True)
    found = None if session is None else next_deadline(session, work.timers)
    if session is None or found is None or found[0] > work.now_us:
        return
    due_us, due = found
    silent = due in {Due.SILENCE, Due.AFK_EXPIRED}
    unheard = silent and _is_unheard(work, session_id)
    untold = silent and not unheard and not _is_worker_heard(work, session)
    if untold or (in_grace and (due in WAITS_ON_VIEWER or unheard)):
        work.stores.sessions.put_off(session, work.now_us + seconds(work.timers.heartbeat_s))
    elif due is Due.ASSIGNMENT_EXPIRED:
        expired = End(EndCode.APP_UNABLE_TO_LAUNCH, "assignment_expired")
        try_elsewhere(work, session, expired, proven=False)
    elif due is Due.NOT_ANSWERED:
        put_aside(work, session)
    elif unheard:
        detach_unheard(work, session_id)  # who is gone is not warned
    elif silent:
        _silent(work, session, due, due_us)
    else:
        at_us = session.leaving_us if due is Due.PAGE_LEFT else due_us
        end(work, session, DUE_ENDS[due], actor="gateway", at_us=at_us)


def _silent(work: Work, session: Session, due: Due, due_us: int) -> None:
    """Warn, or end; unless the viewer did something since that only its lease knows of."""
    lease = work.stores.sessions.lease(session.id)
    if lease is not None and _was_at_work(session, lease.input_us, due):
        if due is Due.AFK_EXPIRED:
            happened = Happened(event=Event.INPUT, at_us=lease.input_us)
            record(work, session, happened, actor=worker_actor(work, session))
        else:
            heard = replace(session, input_us=lease.input_us)
            work.stores.sessions.put_off(heard, deadline_us(work, heard))
    elif due is Due.SILENCE:
        happened = Happened(event=Event.SILENCE, at_us=due_us)
        record(work, session, happened, actor="gateway")
    else:
        end(work, session, DUE_ENDS[due], actor="gateway", at_us=due_us)


def _was_at_work(session: Session, input_us: int, due: Due) -> bool:
    """Whether a viewer's last input puts off what is due, also where it was told of too late."""
    if input_us <= (session.input_us or 0):
        return False
    would_warn_us = session.hold.warn_us(session.rules.afk, input_us)
    return due is Due.SILENCE or would_warn_us > session.entered_us


def unheard_sessions(work: Work) -> list[str]:
    """Return the ids of attached sessions whose viewer has not been heard for too long."""
    before_us = work.now_us - seconds(work.timers.detached_after_s)
    return work.stores.sessions.unheard(before_us, limit=BATCH)


def detach_unheard(work: Work, session_id: str) -> None:
    """Detach a viewer that is not heard, from the moment it last was."""
    session = locked(work, session_id, meters=True)
    lease = work.stores.sessions.lease(session_id)
    if session is None or lease is None or not _is_unheard(work, session_id):
        return
    if session.detached_us is None and Event.DETACHED in TRANSITIONS[session.state]:
        # A stay that nobody saw is not metered; one that never streamed is away from now on.
        at_us = lease.heard_us if session.state in METERED else work.now_us
        record(work, session, Happened(event=Event.DETACHED, at_us=at_us), actor="gateway")


def _is_unheard(work: Work, session_id: str) -> bool:
    lease = work.stores.sessions.lease(session_id)
    before_us = work.now_us - seconds(work.timers.detached_after_s)
    return lease is not None and lease.heard_us <= before_us


def _is_worker_heard(work: Work, session: Session) -> bool:
    """Whether what a viewer did would be known here: it is its worker that tells."""
    worker = work.stores.workers.get(session.worker_id or "")
    before_us = work.now_us - seconds(work.timers.detached_after_s)
    return worker is not None and worker.heard_us > before_us


def lost_workers(work: Work) -> list[str]:
    """Return the ids of workers past their hard limit that still hold sessions."""
    return [worker.id for worker in work.stores.workers.lost(work.now_us, limit=BATCH)]


def lose_worker(work: Work, worker_id: str) -> None:
    """End what runs on a worker past its hard limit, at the last moment it was heard."""
    worker = work.stores.workers.get(worker_id, lock=True)
    if worker is not None and worker.hard_until_us <= work.now_us:
        end_with_lost(work, worker)


def free_fenced(work: Work) -> None:
    """Give back slots whose worker must have fenced itself, and those whose quarantine is over.

    A worker that is heard has not fenced itself: its word that the world is gone is waited for.
    """
    for slot in work.stores.slots.fences_due(work.now_us, limit=BATCH):
        worker = work.stores.workers.get(slot.worker_id)
        if slot.state is SlotState.FENCING and worker and worker.hard_until_us > work.now_us:
            work.stores.slots.save(keep_fencing(slot, until_us=worker.hard_until_us))
            continue
        take_back(work, slot, fence(slot, now_us=work.now_us))
        work.changes.workers.add(slot.worker_id)
        work.changes.room = True
