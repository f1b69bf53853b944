"""Asking for a session: one transaction that decides and writes. Use case: load, decide, save.

Locks are taken in one order everywhere: lane, account, session, slot, audit.
Source: DESIGN section 3; laws 1, 4 and 8.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NoReturn

import msgspec

from diorama.accounts.plans import Account
from diorama.admission.decision import (
    Ask,
    Counts,
    Ending,
    Pass,
    Placement,
    Reject,
    Room,
    answer_limits,
    limits_in_the_way,
    place,
)
from diorama.kernel.errors import (
    Detail,
    Forbidden,
    Invalid,
    LimitReached,
    NotFound,
    Refused,
    Unavailable,
)
from diorama.kernel.units import SECOND_US
from diorama.projects.origins import NO_PAGE, Asking, may_open
from diorama.projects.rules import Project, Rules
from diorama.protocol.end_codes import End, EndCode
from diorama.protocol.media import Dialect
from diorama.protocol.requests import AskedAfk
from diorama.protocol.states import SessionState
from diorama.sessions.deadlines import MAX_ASIDES
from diorama.sessions.dispatch import (
    counts_for,
    free_slot,
    is_anybody_there,
    put_aside,
    queued,
    reserved,
)
from diorama.sessions.doors import (
    OPEN,
    RETRY_AFTER_S,
    Door,
    Viewer,
    opens,
    refuse_crowd_in_line,
    refuse_crowd_of_address,
    refuse_used,
    told_holders,
    use_link,
    use_ticket,
)
from diorama.sessions.hours import refuse_without_hours
from diorama.sessions.lifecycle import Event, Happened, Session
from diorama.sessions.show import holder_detail
from diorama.sessions.store import Answered
from diorama.sessions.suspending import refuse_suspended
from diorama.sessions.work import (
    Work,
    end,
    lock_counts,
    lock_lanes,
    locked,
    record,
    record_new,
)

GUESSABLE: Final = 16
AS_RULED: Final = AskedAfk()


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """A request for a session.

    Attributes:
        account_id: the account whose key came with it; None is an anonymous visitor.
        idempotency_key: what the caller repeats the same request with; None is not repeatable.
        fingerprint: of the request's body, to tell a repeat from another request.
        priority: the name of a class of the project's `queue.priorities`.
        asking: the page it comes from.
        door: the ticket or share link it came with, and from what address. What a ticket says of
            end user, region, device and priority stands in those fields.
        afk: shorter times than the project's for a viewer who does nothing.
        actor: who asks, as the log names it.
        dialect: what its viewer will speak.
    """

    project: str | None
    region: str | None
    client_id: str | None
    end_user: str | None
    device: str | None
    account_id: str | None
    priority: str | None = None
    idempotency_key: str | None
    fingerprint: str
    asking: Asking = NO_PAGE
    afk: AskedAfk = AS_RULED
    actor: str = "viewer"
    door: Door = OPEN
    dialect: Dialect = "diorama"

    def is_of_account(self, project: Project) -> bool:
        """Whether the key of the project's own account came with it."""
        return self.account_id == project.account_id

    def is_vouched(self, project: Project) -> bool:
        """Whether the project's account says who the viewer is: by its key, or by a ticket."""
        return self.is_of_account(project) or self.door.ticket is not None


@dataclass(frozen=True, slots=True)
class Opened:
    """The session that answers a request, and whether the same client already had it."""

    session: Session
    project: Project
    continued: bool


def open_session(work: Work, opening: Opening) -> Opened:
    """Return the session for a request: a new one, or the one that the same client still has.

    Raises:
        NotFound: no such project for this caller (`project_unknown`), or no such region.
        Forbidden: the project is not for pages of this origin (`origin_refused`), or its account is
            suspended (`account_suspended`).
        Refused: the project is disabled (`project_disabled`).
        Unauthorized: a ticket or share link opens nothing (`ticket_refused`, `link_refused`).
        Invalid: the idempotency key was used for another request (`idempotency_mismatch`), or an
            end user or a priority is named by someone without the account's key
            (`end_user_unproven`, `priority_unproven`), or no class has that name
            (`priority_unknown`).
        LimitReached: a limit refuses; `detail["holders"]` lists what holds the slots, to a viewer
            only its own. The stream hours of the month are used up (`hours_exhausted`). Too many of
            one address, link or end user are there (`address_limit`, `link_limit`,
            `waiting_limit`).
        Unavailable: nothing can serve it (`no_worker`, `queue_off`, `queue_full`).
    """
    project = _project(work, opening)
    if opening.end_user is not None and not opening.is_vouched(project):
        raise Invalid("an end user is named with the account's key only", code="end_user_unproven")
    _check_key(opening)
    region = opening.region or project.regions[0]
    if region not in project.regions:
        raise NotFound(
            f"project {project.name} does not run in region {region}", code="region_unknown"
        )
    _priority(opening, project)
    _lock_lanes(work, project, region)
    _lock_account(work, project)
    project = _project(work, opening)  # as it is now that nobody can change it: see `ruling`
    known = _answered(work, project, opening)  # by one that came first, while we stood at the lock
    if known is not None:
        return Opened(known, project, continued=False)
    own = _continued(work, project, opening)
    session = _admit(work, project, region, opening) if own is None else own
    if opening.idempotency_key is not None:
        answered = Answered(fingerprint=opening.fingerprint, session_id=session.id)
        key = _scoped_key(opening)
        if not work.stores.sessions.remember(project.account_id, key, answered, work.now_us):
            _refuse_mismatch()  # the same request would have met us at the lane's lock
    return Opened(session, project, continued=own is not None)


def _project(work: Work, opening: Opening) -> Project:
    ticket = opening.door.ticket
    name = opening.project if ticket is None else ticket.project
    project = None if name is None else work.stores.projects.named(name)
    shown = opens(work, opening.door, project, name=opening.project, asking=opening.asking)
    if project is None or not (shown or _may_ask(work, project, opening)):
        raise NotFound(f"there is no project {opening.project}", code="project_unknown")
    if not may_open(opening.asking, project.rules.origins):
        raise Forbidden(
            f"pages of this origin may not open sessions of project {project.name}: its rule "
            "`origins` must name it",
            code="origin_refused",
        )
    if not project.enabled:
        raise Refused(f"project {project.name} is disabled", code="project_disabled")
    return project


def _may_ask(work: Work, project: Project, opening: Opening) -> bool:
    """Return whether a request may ask for a project without a ticket or link of its own."""
    if project.public or opening.is_of_account(project):
        return True
    client_id = opening.client_id  # a secret, as good as the token of the session it has
    return (
        client_id is not None and work.stores.sessions.of_client(project.id, client_id) is not None
    )


def _priority(opening: Opening, project: Project) -> int:
    """Return the class that a request stands in line with."""
    if opening.priority is None:
        return 0
    if not opening.is_vouched(project):
        raise Invalid(
            "a priority is asked for with the account's key only", code="priority_unproven"
        )
    found = project.rules.queue.priorities.get(opening.priority)
    if found is None:
        raise Invalid(
            f"project {project.name} has no priority {opening.priority}", code="priority_unknown"
        )
    return found


def _lock_lanes(work: Work, project: Project, region: str) -> None:
    """Lock the lane, and before the account those in which sessions may have to end for this one.

    Which those are is read without a lock: a lane that is missed is locked late, and where two
    requests then wait for each other the database runs one of them again.
    """
    lanes = {(project.id, region)}
    account = work.stores.accounts.get(project.account_id)
    if project.rules.end_user_limit is not None or (account and account.is_full):
        for holder in work.stores.sessions.holders(project.account_id):
            if holder.detached_us is not None:
                lanes.add((holder.project_id, holder.region))
    lock_lanes(work, lanes)


def _lock_account(work: Work, project: Project) -> Account:
    account = work.stores.accounts.get(project.account_id, lock=True)
    if account is None:
        raise AssertionError(f"project {project.id} is of no account")
    return account


def _check_key(opening: Opening) -> None:
    """Refuse a key that another visitor might guess: its answer holds a session's token."""
    key = opening.idempotency_key
    known = opening.account_id is not None or opening.client_id is not None
    if key is not None and not known and len(key) < GUESSABLE:
        raise Invalid(
            f"without a client_id an Idempotency-Key has {GUESSABLE} random characters or more",
            code="idempotency_key",
        )


def _scoped_key(opening: Opening) -> str:
    """Return the key as it is stored: visitors' keys never meet those of another visitor."""
    return f"{opening.account_id or opening.client_id or 'anyone'}:{opening.idempotency_key}"


def _answered(work: Work, project: Project, opening: Opening) -> Session | None:
    if opening.idempotency_key is None:
        return None
    answered = work.stores.sessions.answered(project.account_id, _scoped_key(opening))
    if answered is None:
        return None
    if answered.fingerprint != opening.fingerprint:
        _refuse_mismatch()
    return work.stores.sessions.get(answered.session_id)


def _refuse_mismatch() -> NoReturn:
    raise Invalid("this Idempotency-Key was used for another request", code="idempotency_mismatch")


def _continued(work: Work, project: Project, opening: Opening) -> Session | None:
    """Return the client's own session under a new token, or None where it has none."""
    if opening.client_id is None:
        return None
    seen = work.stores.sessions.of_client(project.id, opening.client_id)
    session = seen and locked(work, seen.id)
    if session is None or session.is_final:
        return None
    names_viewer = opening.end_user is not None or opening.door.ticket is not None
    if names_viewer and session.end_user != opening.end_user:
        # The tab is somebody else's now, who must not see what the other one did.
        before = locked(work, session.id, counts=True)
        end(work, before or session, End(EndCode.SUPERSEDED, "taken_over"), actor="gateway")
        return None
    use_ticket(work, opening.door.ticket, session)
    happened = Happened(event=Event.CONTINUED, at_us=work.now_us)
    return record(work, session, happened, actor=opening.actor)


def _admit(work: Work, project: Project, region: str, opening: Opening) -> Session:
    lane = work.stores.projects.lane(project.id, region)
    if lane is None:
        raise AssertionError(f"project {project.id} has no lane in {region}")
    account = _lock_account(work, project)
    refuse_suspended(account)
    refuse_used(work, opening.door.ticket)
    link_id = use_link(work, opening.door)
    if not opening.is_vouched(project):
        refuse_crowd_of_address(work, opening.door, project)
    refuse_without_hours(work, account)
    requested = _requested(work, project, region, account, opening)
    requested = msgspec.structs.replace(requested, link_id=link_id)
    counts = counts_for(work, requested, account, lane, project.rules)
    must_wait = not _pass_limits(work, requested, counts, opening, project)
    somebody_ahead = lane.waiting > 0 and is_anybody_there(work, project.id, region)
    slot = None if must_wait or somebody_ahead else free_slot(work, requested)
    room = Room(
        waiting=lane.waiting,
        somebody_ahead=somebody_ahead,
        slot_free=slot is not None,
        worker_exists=slot is not None
        or work.stores.workers.any_for(project.pool, region, project.world.kind, work.now_us),
    )
    where = place(room, project.rules, must_wait=must_wait)
    if isinstance(where, Reject):
        _refuse(work, where, project, opening)
    if where is Placement.LINE:
        refuse_crowd_in_line(work, requested.end_user, project)
    if where is Placement.SLOT and slot is not None:
        first = reserved(work, requested.id, slot)
    else:
        first = queued(work, requested)
        work.changes.room = work.changes.room or not must_wait
    session = record_new(work, requested, first, actor=opening.actor)
    use_ticket(work, opening.door.ticket, session)
    return session


def _requested(
    work: Work, project: Project, region: str, account: Account, opening: Opening
) -> Session:
    return Session(
        id=work.ids.new("ses"),
        account_id=project.account_id,
        project_id=project.id,
        region=region,
        pool=project.pool,
        kind=project.world.kind,
        end_user=opening.end_user,
        client_id=opening.client_id,
        device=opening.device,
        ticket_id=None if opening.door.ticket is None else opening.door.ticket.id,
        visitor=None if opening.is_vouched(project) else opening.door.visitor,
        dialect=opening.dialect,
        priority=_priority(opening, project),
        stream_us=account.stream_us,
        rules=_rules(project.rules, account, opening),
        state=SessionState.REQUESTING,
        version=1,
        created_us=work.now_us,
        entered_us=work.now_us,
        wait_since_us=work.now_us,
    )


def _rules(rules: Rules, account: Account, opening: Opening) -> Rules:
    """Return the project's rules as they are for one session: never looser."""
    ticket = opening.door.ticket
    afk = (ticket.afk if ticket else None) or AS_RULED
    runtime_s = (ticket.max_runtime_s if ticket else None) or rules.max_runtime_s
    return msgspec.structs.replace(
        rules,
        afk=rules.afk.shortened(afk).shortened(opening.afk),
        max_runtime_s=min(rules.max_runtime_s, account.max_runtime_s, runtime_s),
    )


def _pass_limits(
    work: Work, session: Session, counts: Counts, opening: Opening, project: Project
) -> bool:
    """Return whether the limits let a request pass; end those that yield to it.

    Raises:
        LimitReached: they refuse it.
    """
    if not limits_in_the_way(counts):
        return True
    ask = Ask(
        project_id=session.project_id,
        region=session.region,
        end_user=session.end_user,
        with_key=opening.is_of_account(project),
        rules=session.rules,
    )
    answer = answer_limits(
        ask,
        counts,
        work.stores.sessions.holders(session.account_id),
        now_us=work.now_us,
        stale_after_s=work.timers.stale_after_s,
    )
    if isinstance(answer, Reject):
        _refuse_limit(work, answer, opening, project)
    for ending in answer.ending:
        # What counts it is locked already, see `_lock_lanes`.
        _yield(work, locked(work, ending.session_id), ending.end)
    return isinstance(answer, Pass)


def _yield(work: Work, session: Session | None, why: End) -> None:
    """Take a slot from a session for another; a stale one that stood in line keeps its place."""
    if session is None:
        return
    if why.code is EndCode.ABNORMAL and session.is_promoted and session.asides < MAX_ASIDES:
        put_aside(work, session)
    else:
        end(work, session, why, actor="gateway")


class RefusedByLimit(LimitReached):
    """A limit refuses; what is stale and counted all the same is yet to end: see `yield_stale`.

    The refusal undoes its own transaction, so those sessions end in one of theirs.
    """

    def __init__(self, answer: Reject, detail: Mapping[str, Detail]) -> None:
        super().__init__(answer.end.entry.viewer, code=answer.end.reason, detail=detail)
        self.ending: Final = answer.ending


def yield_stale(work: Work, ending: Sequence[Ending]) -> None:
    """End the stale sessions that a refusal found, but for those heard again since."""
    found = [work.stores.sessions.get(one.session_id) for one in ending]
    lock_counts(work, [session for session in found if session is not None])
    for one in ending:
        session = locked(work, one.session_id)
        if session is not None and session.detached_us is not None:
            _yield(work, session, one.end)


def _refuse_limit(work: Work, answer: Reject, opening: Opening, project: Project) -> NoReturn:
    viewer = Viewer(
        end_user=opening.end_user if opening.is_vouched(project) else None,
        client_id=opening.client_id,
    )
    is_own = opening.is_of_account(project)
    holders = told_holders(answer.holders, None if is_own else viewer, project)
    raise RefusedByLimit(
        answer,
        detail={
            "end_code": int(EndCode.LIMIT_REACHED),
            "holders": [holder_detail(holder, work.now_us) for holder in holders],
            "retry_after_s": RETRY_AFTER_S,
        },
    )


def _refuse(work: Work, answer: Reject, project: Project, opening: Opening) -> NoReturn:
    if answer.end.code is EndCode.LIMIT_REACHED:
        _refuse_limit(work, answer, opening, project)
    raise Unavailable(
        f"project {project.name}: {answer.end.entry.viewer}",
        code=answer.end.reason,
        detail={"end_code": int(answer.end.code), "retry_after_s": RETRY_AFTER_S},
    )


def forget_old_answers(work: Work, *, older_than_s: float, limit: int) -> int:
    """Drop what idempotency keys were answered with, once it is old; return how many."""
    before_us = work.now_us - round(older_than_s * SECOND_US)
    return work.stores.sessions.forget_answers(before_us, limit=limit)
