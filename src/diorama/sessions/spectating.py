"""Watching a session without holding it: who may, who does, and when that is over. Use cases.

A spectator is a token's holder; a watch is one place where it is used. Both are rows, and a watch
is one of what the cap counts from the moment it is asked for until it ends, under the session's
lock: of many who come at once as many pass as may. A watch changes nothing of its session: no
state, no lease, no meter, no timer. Source: docs/spectators.md.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Final

from diorama.accounts.credentials import SpectatorToken
from diorama.kernel.errors import Forbidden, LimitReached, NotFound, Refused, Unauthorized
from diorama.kernel.units import SECOND_US, seconds
from diorama.projects.rules import Project
from diorama.protocol.spectator_views import (
    CreateSpectator,
    Spectators,
    SpectatorView,
    WatchEnd,
    WatchView,
)
from diorama.protocol.states import HOLDS_SLOT, METERED
from diorama.protocol.worker import Spectated, SpectatorLeft
from diorama.sessions.lifecycle import Session
from diorama.sessions.show import time_of
from diorama.sessions.spectator_store import Spectator, Watch
from diorama.sessions.work import Work, locked, required

MOST_SPECTATORS: Final = 100
"""Tokens of one session that open something."""
ANSWER_WITHIN_S: Final = 10.0
"""How long a worker has to answer an offer."""
RETRY_AFTER_S: Final = 5
_OVERDUE_US: Final = seconds(2 * ANSWER_WITHIN_S)
_KEPT_US: Final = 3_600 * SECOND_US
"""How long whoever watched may still ask why that ended."""
_BATCH: Final = 100
_LOST: Final[dict[str, WatchEnd]] = {
    "left": "left",
    "lost": "lost",
    "not_connected": "not_connected",
}


@dataclass(frozen=True, slots=True)
class Inviter:
    """Who lets somebody watch, as the audit log names it."""

    actor: str


def invite(work: Work, session_id: str, ask: CreateSpectator, by: Inviter) -> Spectator:
    """Let somebody watch a session, and return who that is.

    Raises:
        NotFound: there is no such session (`session_unknown`).
        Forbidden: its project lets nobody watch (`spectators_disabled`).
        Refused: it has ended (`session_ended`), or has too many spectators (`spectators_full`).
    """
    session = required(locked(work, session_id), session_id)
    if session.is_final:
        raise Refused(f"session {session.id} has ended: nobody can watch it", code="session_ended")
    _check_rule(_project(work, session))
    known = work.stores.spectators.of_session(session.id)
    active = sum(one.state(work.now_us, over=False) == "active" for one in known)
    if active >= MOST_SPECTATORS:
        raise Refused(
            f"session {session.id} has {active} spectators: revoke one first",
            code="spectators_full",
        )
    spectator = Spectator(
        id=work.ids.new("spc"),
        session_id=session.id,
        account_id=session.account_id,
        name=ask.name,
        viewers=ask.viewers,
        created_us=work.now_us,
        created_by=by.actor,
        expires_us=work.now_us + seconds(ask.expires_in_s),
    )
    work.stores.spectators.add(spectator)
    work.stores.audit.add(
        session.account_id,
        by.actor,
        "spectator.created",
        spectator.id,
        {"session": session.id, "name": ask.name},
    )
    return spectator


def revoke(work: Work, session_id: str, spectator_id: str, by: Inviter) -> SpectatorView:
    """Let a spectator's token open nothing any more, and put out who watches by it.

    Revoking one that is revoked changes nothing.

    Raises:
        NotFound: the session has no such spectator (`spectator_unknown`).
    """
    session = required(locked(work, session_id), session_id)
    spectator = work.stores.spectators.get(session.id, spectator_id)
    if spectator is None:
        raise NotFound(f"there is no spectator {spectator_id}", code="spectator_unknown")
    if spectator.revoked_us is None:
        work.stores.spectators.revoke(spectator.id, work.now_us)
        for watch in work.stores.spectators.watches_of(session.id):
            if watch.spectator_id == spectator.id:
                _end(work, watch, "revoked")
        work.stores.audit.add(
            session.account_id,
            by.actor,
            "spectator.revoked",
            spectator.id,
            {"session": session.id},
        )
        spectator = replace(spectator, revoked_us=work.now_us)
    return _view(work, session, spectator, ())


def spectators_of(work: Work, session: Session) -> Spectators:
    """Return everybody who may watch a session, the newest first."""
    watches = () if session.is_final else tuple(work.stores.spectators.watches_of(session.id))
    return Spectators(
        spectators=tuple(
            _view(work, session, one, watches)
            for one in work.stores.spectators.of_session(session.id)
        ),
        watching=sum(watch.state == "live" for watch in watches),
        max=_project(work, session).rules.spectators.max,
    )


def begin_watch(work: Work, token: SpectatorToken, offer: str) -> Watch:
    """Take a place for whoever shows this token, and leave their offer to the session's worker.

    Where the token is used in as many places as it may be, the oldest of them is put out: a page
    that is loaded again need not wait until its former self is known to be gone.

    Raises:
        Unauthorized: the token is of nobody (`token_refused`).
        Forbidden: it opens nothing any more (`spectator_revoked`, `spectator_expired`), or the
            project lets nobody watch (`spectators_disabled`).
        NotFound: the session has ended (`session_ended`).
        Refused: the session shows nothing yet (`session_not_live`).
        LimitReached: as many watch as may (`spectator_limit`).
    """
    session, spectator = _admitted(work, token)
    if not _shows(session):
        raise Refused(
            f"session {session.id} is {session.state}: it shows nothing yet",
            code="session_not_live",
            detail={"state": session.state.value, "retry_after_s": RETRY_AFTER_S},
        )
    there = work.stores.spectators.watches_of(session.id)
    own = [watch for watch in there if watch.spectator_id == spectator.id]
    replaced = own[: max(len(own) - spectator.viewers + 1, 0)]
    most = _project(work, session).rules.spectators.max
    if len(there) - len(replaced) >= most:
        raise LimitReached(
            f"{most} watch session {session.id}: as many as may",
            code="spectator_limit",
            detail={"max": most, "retry_after_s": RETRY_AFTER_S},
        )
    for watch in replaced:
        _end(work, watch, "replaced")
    assert session.worker_id is not None, f"session {session.id} runs on no worker"
    watch = Watch(
        id=work.ids.new("wat"),
        session_id=session.id,
        spectator_id=spectator.id,
        worker_id=session.worker_id,
        term=session.term,
        state="asked",
        asked_us=work.now_us,
        offer=offer,
    )
    work.stores.spectators.add_watch(watch)
    work.changes.workers.add(watch.worker_id)
    return watch


def look_at_watch(work: Work, watch: Watch) -> Watch:
    """Return a watch as it is now; it is over with its session."""
    session = work.stores.sessions.get(watch.session_id)
    found = work.stores.spectators.watch(watch.session_id, watch.id)
    if found is None or (found.state != "ended" and (session is None or session.is_final)):
        return replace(watch, state="ended", reason="session_ended", ended_us=work.now_us)
    return found


def end_watch(work: Work, session_id: str, watch_id: str, reason: WatchEnd) -> bool:
    """End a watch; False where there is none, or none any more."""
    if locked(work, session_id) is None:
        return False
    watch = work.stores.spectators.watch(session_id, watch_id)
    if watch is None or watch.state == "ended":
        return False
    _end(work, watch, reason)
    return True


def leave_watch(work: Work, token: SpectatorToken, watch_id: str) -> bool:
    """End a watch as whoever watches asks; False where it had ended.

    Raises:
        NotFound: this token has no such watch (`watch_unknown`).
    """
    locked(work, token.session_id)
    watch = work.stores.spectators.watch(token.session_id, watch_id)
    if watch is None or watch.spectator_id != token.spectator_id:
        raise NotFound(f"there is no watch {watch_id}", code="watch_unknown")
    return end_watch(work, token.session_id, watch_id, "left")


def watch_view(work: Work, token: SpectatorToken, watch_id: str | None) -> WatchView:
    """Return a session as a spectator may see it, and how the named watch of theirs fares.

    Raises:
        Unauthorized: the token is of nobody (`token_refused`).
        Forbidden: it was revoked, and never watched (`spectator_revoked`).
    """
    session = work.stores.sessions.get(token.session_id)
    spectator = work.stores.spectators.get(token.session_id, token.spectator_id)
    if session is None or spectator is None:
        raise _of_nobody()
    watch = None
    if watch_id is not None:
        watch = work.stores.spectators.watch(session.id, watch_id)
    if watch is None or watch.spectator_id != spectator.id:
        watch = None
        if spectator.revoked_us is not None:
            raise Forbidden("this token was revoked", code="spectator_revoked")
    project = _project(work, session)
    return WatchView(
        session=session.id,
        project=project.name,
        title=project.title,
        state=session.state,
        spectators=watching(work, [session]).get(session.id, 0),
        watching=watch is not None and watch.state == "live" and not session.is_final,
        reason=_why_over(session, watch),
    )


def answered(work: Work, worker_id: str, message: Spectated) -> None:
    """Take a worker's answer to an offer; one that comes too late is for nobody."""
    watch = _of_worker(work, worker_id, message)
    if watch is None or watch.state == "live":
        return
    if watch.state == "ended":
        work.changes.workers.add(worker_id)  # it is told to close what it opened
    elif message.reason or not message.sdp:
        _end(work, replace(watch, refusal=message.reason or "bad_offer"), "refused")
    else:
        live = replace(watch, state="live", offer="", answer=message.sdp)
        work.stores.spectators.save_watch(live)
        work.changes.sessions.add(watch.session_id)


def gone(work: Work, worker_id: str, message: SpectatorLeft) -> None:
    """Take a worker's word that a spectator is gone."""
    watch = _of_worker(work, worker_id, message)
    if watch is not None and watch.state != "ended":
        _end(work, watch, _LOST.get(message.reason, "lost"))


def overdue_watches(work: Work) -> list[Watch]:
    """Return watches that go on in the store though nobody watches by them."""
    return work.stores.spectators.overdue(work.now_us - _OVERDUE_US, limit=_BATCH)


def end_overdue(work: Work, watch: Watch) -> None:
    """End one of those, for the reason that it has by now."""
    session = locked(work, watch.session_id)
    found = work.stores.spectators.watch(watch.session_id, watch.id)
    if session is None or found is None or found.state == "ended":
        return
    if session.is_final:
        _end(work, found, "session_ended")
    elif found.state == "asked":
        _end(work, found, "not_answered")


def forget_watches(work: Work) -> int:
    """Drop watches that ended long ago, and return how many."""
    return work.stores.spectators.forget_watches(work.now_us - _KEPT_US, limit=_BATCH)


def watching(work: Work, sessions: Collection[Session]) -> dict[str, int]:
    """Return how many watch each of these sessions; those without any may be left out."""
    ids = [session.id for session in sessions if session.state in HOLDS_SLOT]
    return dict(work.stores.spectators.live(ids)) if ids else {}


def _admitted(work: Work, token: SpectatorToken) -> tuple[Session, Spectator]:
    session = locked(work, token.session_id)
    spectator = work.stores.spectators.get(token.session_id, token.spectator_id)
    if session is None or spectator is None:
        raise _of_nobody()
    match spectator.state(work.now_us, over=session.is_final):
        case "revoked":
            raise Forbidden("this token was revoked", code="spectator_revoked")
        case "over":
            raise NotFound(f"session {session.id} has ended", code="session_ended")
        case "expired":
            raise Forbidden("this token has expired", code="spectator_expired")
        case "active":
            _check_rule(_project(work, session))
    return session, spectator


def _shows(session: Session) -> bool:
    """Whether its world has pictures: its viewer may have them before the worker says so."""
    if session.state in METERED:
        return True
    return session.state in HOLDS_SLOT and session.world_started_us is not None


def _of_nobody() -> Unauthorized:
    return Unauthorized("this spectator token opens nothing", code="token_refused")


def _check_rule(project: Project) -> None:
    if not project.rules.spectators.enabled:
        raise Forbidden(
            f"project {project.name} lets nobody watch: its rule `spectators` is off",
            code="spectators_disabled",
        )


def _project(work: Work, session: Session) -> Project:
    project = work.stores.projects.get(session.project_id)
    assert project is not None, f"session {session.id} is of no project"
    return project


def _of_worker(work: Work, worker_id: str, message: Spectated | SpectatorLeft) -> Watch | None:
    locked(work, message.session)
    watch = work.stores.spectators.watch(message.session, message.spectator)
    return watch if watch and watch.worker_id == worker_id else None


def _end(work: Work, watch: Watch, reason: WatchEnd) -> None:
    ended = replace(watch, state="ended", offer="", answer="", reason=reason, ended_us=work.now_us)
    work.stores.spectators.save_watch(ended)
    work.changes.workers.add(watch.worker_id)
    work.changes.sessions.add(watch.session_id)


def _why_over(session: Session, watch: Watch | None) -> WatchEnd | None:
    if watch is not None and watch.reason is not None:
        return watch.reason
    return "session_ended" if session.is_final else None


def _view(
    work: Work, session: Session, spectator: Spectator, watches: Sequence[Watch]
) -> SpectatorView:
    revoked_us = spectator.revoked_us
    return SpectatorView(
        id=spectator.id,
        name=spectator.name,
        state=spectator.state(work.now_us, over=session.is_final),
        watching=sum(
            watch.state == "live" and watch.spectator_id == spectator.id for watch in watches
        ),
        viewers=spectator.viewers,
        created_at=time_of(spectator.created_us),
        created_by=spectator.created_by,
        expires_at=time_of(spectator.expires_us),
        revoked_at=None if revoked_us is None else time_of(revoked_us),
    )
