"""REST for sessions: find them, look at one, end one or many, give one more time.

A session's token opens that session and nothing else. Foreign and missing look the same.
"""

from dataclasses import replace
from functools import partial
from typing import Annotated, Final

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from diorama.accounts.permissions import Permission
from diorama.gateway.authorisation import Caller, Doorkeeper, Member
from diorama.gateway.body import Documents, answer, json_body
from diorama.gateway.desk import Desk
from diorama.gateway.own_views import own_view, own_views
from diorama.gateway.session_query import SessionQuery
from diorama.gateway.timelines import timeline_of
from diorama.gateway.viewer_socket import view_of
from diorama.kernel.errors import Invalid, NotFound, Unauthorized
from diorama.kernel.paging import page_of
from diorama.protocol.requests import EndSessions, ExtendSession
from diorama.protocol.timeline_views import Timeline
from diorama.protocol.views import EndedSessions, EndResult, Page, SessionView
from diorama.sessions.ending import END_AT_ONCE, end_these, sessions_to_end
from diorama.sessions.extending import Extension, extend
from diorama.sessions.lifecycle import Session
from diorama.sessions.listing import Question, found_by
from diorama.sessions.viewing import Asker, end_by_operator, leave
from diorama.sessions.work import Work

MAX_KEY: Final = 255


def session_routes(desk: Desk, doors: Doorkeeper, documents: Documents) -> APIRouter:
    """Return the routes.

    Args:
        desk: runs use cases.
        doors: says who asks.
        documents: collects what the routes take and give.
    """
    router = APIRouter(prefix="/v1/sessions", tags=["sessions"])
    _add_reading(router, desk, doors, documents)
    _add_ending(router, desk, doors, documents)
    _add_extending(router, desk, doors, documents)
    return router


def _add_reading(router: APIRouter, desk: Desk, doors: Doorkeeper, documents: Documents) -> None:
    @router.get(
        "",
        summary="List the account's sessions that fit, newest first",
        **documents.route(answers={200: Page}, problems=(401, 403)),
    )
    async def list_(
        request: Request,
        asked: Annotated[SessionQuery, Depends()],
    ) -> Response:
        account_id = (await doors.member(request, Permission.SESSIONS_READ)).account_id
        return answer(await desk.look(partial(_page, question=asked.question(account_id))))

    @router.get(
        "/{session_id}",
        summary="Look at a session",
        **documents.route(answers={200: SessionView}, problems=(401, 404)),
    )
    async def get(request: Request, session_id: str) -> Response:
        caller = await doors.caller(request, needs=Permission.SESSIONS_READ)
        return answer(await desk.look(lambda work: _seen(work, caller, session_id)))

    @router.get(
        "/{session_id}/timeline",
        summary="Look at how a session went, and why it ended",
        **documents.route(answers={200: Timeline}, problems=(401, 403, 404)),
    )
    async def timeline(request: Request, session_id: str) -> Response:
        member = await doors.member(request, Permission.SESSIONS_READ)
        caller = Caller(account_id=member.account_id)
        return answer(
            await desk.look(lambda work: timeline_of(work, theirs(work, caller, session_id)))
        )


def _add_ending(router: APIRouter, desk: Desk, doors: Doorkeeper, documents: Documents) -> None:
    @router.post(
        "/end",
        summary="End many sessions at once: those named, or all of a project",
        **documents.route(body=EndSessions, answers={200: EndedSessions}, problems=(401, 404)),
    )
    async def end_many(
        request: Request, body: Annotated[EndSessions, Depends(json_body(EndSessions))]
    ) -> Response:
        member = await doors.member(request, Permission.SESSIONS_WRITE)
        wanted = await desk.look(lambda work: sessions_to_end(work, member.account_id, body))
        results: list[EndResult] = []
        for at in range(0, len(wanted), END_AT_ONCE):
            batch = wanted[at : at + END_AT_ONCE]
            results += await desk.do(partial(end_these, by=_asker(member), ids=batch))
        return answer(EndedSessions(results=tuple(results)))

    @router.delete(
        "/{session_id}",
        summary="End a session; ending one that has ended changes nothing",
        **documents.route(answers={200: SessionView}, problems=(401, 404)),
    )
    async def delete(request: Request, session_id: str) -> Response:
        caller = await doors.caller(request, needs=Permission.SESSIONS_WRITE)
        return answer(await desk.do(lambda work: _end(work, caller, session_id)))


def _add_extending(router: APIRouter, desk: Desk, doors: Doorkeeper, documents: Documents) -> None:
    @router.post(
        "/{session_id}/extend",
        summary="Give a session more runtime, as far as the plan goes",
        **documents.route(
            body=ExtendSession, answers={200: SessionView}, problems=(400, 401, 404, 409)
        ),
    )
    async def extend_(
        request: Request,
        session_id: str,
        body: Annotated[ExtendSession, Depends(json_body(ExtendSession))],
    ) -> Response:
        member = await doors.member(request, Permission.SESSIONS_WRITE)
        extension = Extension(
            session_id=_an_id(session_id),
            account_id=member.account_id,
            extra_s=body.seconds,
            actor=member.actor,
            idempotency_key=idempotency_key(request),
        )
        return answer(await desk.do(lambda work: own_view(work, extend(work, extension))))


def theirs(work: Work, caller: Caller, session_id: str, *, current: bool = False) -> Session:
    """Return a session that the caller may see.

    Args:
        work: the unit.
        caller: who asks.
        session_id: which.
        current: whether a session token must be the newest of its session.

    Raises:
        NotFound: there is none, or it is somebody else's.
        Unauthorized: the session has a newer token.
    """
    session = work.stores.sessions.get(_an_id(session_id))
    allowed = session is not None and (
        session.account_id == caller.account_id
        or (caller.token is not None and caller.token.session_id == session.id)
    )
    if session is None or not allowed:
        raise _unknown(session_id)
    if current and caller.token is not None and caller.token.issue != session.issue:
        raise Unauthorized("a newer token was given for this session", code="token_refused")
    return session


def idempotency_key(request: Request) -> str | None:
    """Return the key that makes a repeated request the same request."""
    key = request.headers.get("idempotency-key")
    if key is not None and not (1 <= len(key) <= MAX_KEY and key.isascii()):
        raise Invalid(f"an Idempotency-Key has 1 to {MAX_KEY} characters", code="idempotency_key")
    return key


def _an_id(session_id: str) -> str:
    """Return what a path names, if anything can be called so: PostgreSQL takes no NUL in a text."""
    if "\0" in session_id:
        raise _unknown(session_id)
    return session_id


def _unknown(session_id: str) -> NotFound:
    return NotFound(f"there is no session {session_id}", code="session_unknown")


def _page(work: Work, question: Question) -> Page:
    found = found_by(work, replace(question, limit=question.limit + 1))
    page, more = page_of(found, question.limit, lambda one: one.id)
    return Page(
        sessions=own_views(work, page),
        cursor=more,
    )


def _seen(work: Work, caller: Caller, session_id: str) -> SessionView:
    session = theirs(work, caller, session_id)
    return view_of(work, session) if caller.token is not None else own_view(work, session)


def _asker(member: Member) -> Asker:
    return Asker(account_id=member.account_id, actor=member.actor, reason=_ended_by(member))


def _ended_by(caller: Caller | Member) -> str:
    """Return the reason of an end: a member asks from the portal, a key is a program's."""
    return "ended_in_portal" if caller.actor.startswith("member:") else "ended_by_api"


def _end(work: Work, caller: Caller, session_id: str) -> SessionView:
    session = theirs(work, caller, session_id, current=True)
    if caller.account_id is not None:
        asker = Asker(account_id=caller.account_id, actor=caller.actor, reason=_ended_by(caller))
        return own_view(work, end_by_operator(work, session_id, by=asker))
    return view_of(work, leave(work, session.id, 1000, reason="client_ended") or session)
