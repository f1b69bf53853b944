"""Ending many sessions of an account at once. Use case: load, decide, save."""

from collections.abc import Sequence
from typing import Final

from diorama.kernel.errors import Invalid, NotFound
from diorama.protocol.end_codes import End, EndCode
from diorama.protocol.requests import EndSessions
from diorama.protocol.views import EndResult
from diorama.sessions.show import end_view
from diorama.sessions.viewing import Asker
from diorama.sessions.work import Work, end, lock_counts, locked

END_AT_ONCE: Final = 50
"""Sessions in one transaction: it holds what counts them, and others wait for it."""


def sessions_to_end(work: Work, account_id: str, asked: EndSessions) -> list[str]:
    """Return the ids that a request means, each once.

    Raises:
        Invalid: it names both sessions and a project, or neither (`schema`).
        NotFound: there is no such project of this account (`project_unknown`).
    """
    if (asked.sessions is None) == (asked.project is None):
        raise Invalid("either `sessions` or `project` says what to end", code="schema")
    if asked.sessions is not None:
        return list(dict.fromkeys(asked.sessions))
    project = work.stores.projects.named(asked.project or "")
    if project is None or project.account_id != account_id:
        raise NotFound(f"there is no project {asked.project}", code="project_unknown")
    return [session.id for session in work.stores.sessions.of_project(project.id)]


def end_these(work: Work, by: Asker, ids: Sequence[str]) -> list[EndResult]:
    """End sessions with 4012, and return what came of each; a foreign one looks missing."""
    seen = [work.stores.sessions.get(session_id) for session_id in ids]
    lock_counts(work, [one for one in seen if one is not None and one.account_id == by.account_id])
    ended: list[str] = []
    results = [_end_one(work, by, session_id, ended) for session_id in ids]
    for session_id in ended:  # the log's lock is the last
        work.stores.audit.add(by.account_id, by.actor, "session.ended", session_id)
    return results


def _end_one(work: Work, by: Asker, session_id: str, live: list[str]) -> EndResult:
    """End one session, and add it to `live` where it had not ended before."""
    seen = work.stores.sessions.get(session_id)
    session = locked(work, session_id) if seen and seen.account_id == by.account_id else None
    if session is None:
        return EndResult(session=session_id, problem="session_unknown")
    if not session.is_final:
        live.append(session.id)
    ended = end(work, session, End(EndCode.ENDED_BY_OPERATOR, by.reason), actor=by.actor)
    return EndResult(
        session=session_id,
        state=ended.state,
        end=None if ended.end is None else end_view(ended.end),
    )
