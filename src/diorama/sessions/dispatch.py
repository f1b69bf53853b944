"""Who is given a slot: reservation, and the walk along a line. Use cases: load, decide, save.

Within one lane, first come, first served among those a limit does not hold back; the lane's lock
makes one dispatcher of many gateways. Source: DESIGN section 3; law 4.
"""

import dataclasses
from collections.abc import Collection
from typing import Final

from msgspec.structs import replace

from diorama.accounts.plans import Account
from diorama.admission.decision import (
    Ask,
    Counts,
    Holder,
    LimitKind,
    limits_in_the_way,
    yielding,
)
from diorama.leases.slots import Slot, reserve
from diorama.projects.rules import Rules
from diorama.projects.store import Lane
from diorama.protocol.end_codes import End, EndCode
from diorama.protocol.states import HOLDS_SLOT
from diorama.sessions.forecasting import eta_at
from diorama.sessions.lifecycle import Event, Happened, Reservation, Session
from diorama.sessions.work import Work, end, locked, record, release_slot

BATCH: Final = 200
"""Slots given in one transaction; the next goes on from there."""
HELD_BACK: Final = 2_000
"""End users at their limit who are passed in one transaction. Each holds a session already, so
there are never more of them than the project has live sessions."""
LOOKED_AT_ONCE: Final = 500
"""Waiters whose end users are counted together, once the first is found to be at a limit."""
LANES_A_ROUND: Final = 5_000
"""Lanes with someone waiting that a round goes through. Were it few, lanes that wait for a limit
would starve those behind them."""
MAX_ATTEMPTS: Final = 2
"""Slots a session is tried on before it ends with 4003: DESIGN section 2."""


def counts_for(work: Work, session: Session, account: Account, lane: Lane, rules: Rules) -> Counts:
    """Return what the limits count for a request, under the locks of its lane and account.

    `rules` are the project's as they are now: who waits is let in by today's worker count.
    """
    end_user = None
    if session.end_user is not None and rules.end_user_limit is not None:
        held = work.stores.sessions.held_by_end_users(session.project_id, (session.end_user,))
        end_user = held.get(session.end_user, 0)
    return Counts(
        account=account.held,
        account_limit=account.concurrent_streams,
        end_user=end_user,
        end_user_limit=rules.end_user_limit,
        project=lane.held,
        project_cap=rules.worker_count,
    )


def give_slot(work: Work, session: Session, slot: Slot, *, actor: str) -> Session:
    """Reserve a locked free slot for a locked session, and return the session."""
    return record(work, session, reserved(work, session.id, slot), actor=actor)


def reserved(work: Work, session_id: str, slot: Slot) -> Happened:
    """Take a locked free slot for a session, and return what that is to the session."""
    held = reserve(slot, session_id, incarnation=work.stores.incarnation)
    work.stores.slots.save(held)
    work.changes.workers.add(held.worker_id)
    given = Reservation(worker_id=held.worker_id, slot_id=held.id, term=held.term)
    return Happened(event=Event.RESERVED, at_us=work.now_us, reservation=given)


def free_slot(work: Work, session: Session) -> Slot | None:
    """Return a locked free slot for a session; not on the worker where it failed before."""
    return work.stores.slots.take_free(
        session.pool,
        session.region,
        session.kind,
        work.now_us,
        not_on=_failed_on(session),
    )


def fits(work: Work, session: Session, slot: Slot) -> bool:
    """Whether a free slot is one that `free_slot` might return for a session."""
    worker = work.stores.workers.get(slot.worker_id)
    if worker is None or worker.id == _failed_on(session):
        return False
    asked = session.pool, session.region
    return asked == (slot.pool, slot.region) and session.kind in worker.kinds


def _failed_on(session: Session) -> str | None:
    return session.worker_id if session.attempt else None


def is_anybody_there(work: Work, project_id: str, region: str) -> bool:
    """Whether somebody waits in a lane who is not away."""
    return work.stores.sessions.first_in_line(project_id, region, without=()) is not None


def dispatch_lane(work: Work, project_id: str, region: str) -> int:
    """Give free slots to the waiters of one lane, in order; return how many were given.

    A waiter whose end user is at a limit keeps its ticket, and lets those behind it pass.
    """
    if work.stores.projects.lane(project_id, region, lock=True) is None:
        return 0
    given, held_back = 0, set[str]()
    while given < BATCH:
        waiter = next_in_line(work, project_id, region, held_back)
        session = None if waiter is None else work.stores.sessions.get(waiter.id, lock=True)
        slot = None if session is None else free_slot(work, session)
        if session is None or slot is None:
            break  # what stops this one stops all
        give_slot(work, session, slot, actor="gateway")
        given += 1
    return given


def next_in_line(work: Work, project_id: str, region: str, held_back: set[str]) -> Session | None:
    """Return who of a locked lane is next: the first whom no limit keeps from a free slot.

    Args:
        work: the unit.
        project_id: the lane's project.
        region: the lane's region.
        held_back: end users at their limit, who let those behind them pass; more are added. Any
            other limit stops all.
    """
    while len(held_back) < HELD_BACK:
        waiter = work.stores.sessions.first_in_line(project_id, region, without=held_back)
        if waiter is None:
            return None
        counts, _ = _counts(work, waiter)
        in_the_way = limits_in_the_way(counts)
        if not in_the_way:
            return waiter
        if in_the_way != {LimitKind.END_USER}:
            return None
        held_back |= _at_their_limit(work, waiter, counts, held_back)
    return None


def _at_their_limit(
    work: Work, waiter: Session, counts: Counts, known: Collection[str]
) -> set[str]:
    """Return the end users at their limit of those who come next in line, from a waiter on."""
    sessions = work.stores.sessions
    there = sessions.end_users_in_line(
        waiter.project_id, waiter.region, without=known, limit=LOOKED_AT_ONCE
    )
    held = sessions.held_by_end_users(waiter.project_id, there)
    each = {one: dataclasses.replace(counts, end_user=held.get(one, 0)) for one in there}
    return {one for one in there if LimitKind.END_USER in limits_in_the_way(each[one])}


def serve_at_once(work: Work, project_id: str, region: str) -> None:
    """Give a slot that has just come free to who is next, where a lane under lock has its turn.

    The next viewer is told a transaction sooner than by the gateway's round, which goes on with all
    other lanes, the one whose head waits longest first.
    """
    turn = work.stores.projects.waiting_lanes(limit=1)
    if [(lane.project_id, lane.region) for lane in turn] == [(project_id, region)]:
        dispatch_lane(work, project_id, region)


def yield_slot(work: Work, project_id: str, region: str) -> bool:
    """Let the longest-unheard stale session of the account make room for who is next in line.

    Where a limit is what the waiter waits for, those yield that it takes to let it in. Of slots one
    at a time: while a slot is on its way back already, nobody else yields. Returns whether one
    did. A stale session that nobody waits for stays resumable until its window is over, and one
    that was promoted has `queue.accept_s` to answer.
    """
    waiter = work.stores.sessions.first_in_line(project_id, region, without=set())
    if waiter is None:
        return False
    counts, rules = _counts(work, waiter)
    if limits_in_the_way(counts):
        return _yield_to_limits(work, waiter, counts, rules)
    if free_slot(work, waiter) is not None:
        return False
    if work.stores.slots.is_any_fencing(waiter.pool, region):
        return False
    fitting = [
        h for h in _stale(work, waiter) if h.region == region and _pool(work, h) == waiter.pool
    ]
    longest = sorted(fitting, key=lambda h: (h.heard_us or 0, h.session_id))[:1]
    return any(_end_stale(work, holder.session_id) for holder in longest)


def _stale(work: Work, waiter: Session) -> list[Holder]:
    """Return the sessions of the waiter's account that yield."""
    return [
        holder
        for holder in work.stores.sessions.holders(waiter.account_id)
        if not holder.is_promoted and holder.is_stale(work.now_us, work.timers.stale_after_s)
    ]


def _yield_to_limits(work: Work, waiter: Session, counts: Counts, rules: Rules) -> bool:
    """End the stale sessions that alone keep a limit from letting the waiter in."""
    ask = Ask(
        project_id=waiter.project_id,
        region=waiter.region,
        end_user=waiter.end_user,
        rules=rules,
    )
    left, ending = yielding(ask, counts, _stale(work, waiter))
    if limits_in_the_way(left):
        return False
    ended = [_end_stale(work, one.session_id) for one in ending]  # each, not the first that does
    return any(ended)


def _end_stale(work: Work, session_id: str) -> bool:
    """End a session, unless its viewer was heard again since."""
    session = locked(work, session_id, counts=True)
    if session is None or session.detached_us is None or session.is_final:
        return False
    end(work, session, End(EndCode.ABNORMAL, "stale_yielded"), actor="gateway")
    return True


def _pool(work: Work, holder: Holder) -> str | None:
    project = work.stores.projects.get(holder.project_id)
    return None if project is None else project.pool


def _counts(work: Work, waiter: Session) -> tuple[Counts, Rules]:
    account = work.stores.accounts.get(waiter.account_id, lock=True)
    lane = work.stores.projects.lane(waiter.project_id, waiter.region)
    project = work.stores.projects.get(waiter.project_id)
    if account is None or lane is None or project is None:
        raise AssertionError(f"session {waiter.id} waits in no lane or for no account")
    return counts_for(work, waiter, account, lane, project.rules), project.rules


def waiting_lanes(work: Work) -> list[tuple[str, str]]:
    """Return the lanes with someone waiting, the longest-waiting head first."""
    lanes = work.stores.projects.waiting_lanes(limit=LANES_A_ROUND)
    return [(lane.project_id, lane.region) for lane in lanes]


def try_elsewhere(work: Work, session: Session, otherwise: End, *, proven: bool) -> Session:
    """Move a session whose slot failed it to another worker, or end it.

    Args:
        work: the unit.
        session: locked with `counts`, holding the slot that failed.
        otherwise: how it ends where there is no other worker, it was tried often enough, or it is
            past being started.
        proven: whether nothing of it runs on the old slot.
    """
    if session.state not in HOLDS_SLOT:
        return session
    may_move = session.attempt < MAX_ATTEMPTS and session.first_frame_us is None
    other = free_slot(work, session) if may_move else None
    if other is None:
        return end(work, session, otherwise, actor="gateway")
    waiter = put_in_line(work, session, actor="gateway")
    release_slot(work, session, failed=True, proven=proven)
    return give_slot(work, waiter, other, actor="gateway")


def put_aside(work: Work, session: Session) -> Session:
    """Let others pass a session whose viewer is not there for its promotion, and return it.

    It holds no slot and counts in no limit until it is heard and its turn comes again.

    Args:
        work: the unit.
        session: locked with `counts`, holding the slot it was promoted to.
    """
    aside = record(
        work, session, Happened(event=Event.PUT_ASIDE, at_us=work.now_us), actor="gateway"
    )
    release_slot(work, session, failed=False)
    return aside


def put_in_line(work: Work, session: Session, *, actor: str) -> Session:
    """Queue a locked session, under the lock of its lane."""
    return record(work, session, queued(work, session), actor=actor)


def queued(work: Work, session: Session) -> Happened:
    """Give a session its place in line, under the lock of its lane; who had a ticket keeps it."""
    ticket, told = session.ticket, None
    if ticket is None:
        ticket = work.stores.projects.next_ticket(session.project_id, session.region)
        told = _told(work, replace(session, ticket=ticket))
    return Happened(event=Event.QUEUED, at_us=work.now_us, ticket=ticket, told=told)


def _told(work: Work, waiter: Session) -> tuple[float, float] | None:
    """Return the wait that one is told who comes to stand in line: p50 and p90, in seconds."""
    position = work.stores.sessions.place(waiter).position
    eta = eta_at(work, waiter.project_id, waiter.region, position)
    return None if eta is None else (eta.p50_s, eta.p90_s)
