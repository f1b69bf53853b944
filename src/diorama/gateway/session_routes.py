"""REST for sessions: find them, look at one, end one or many, give one more time.

A session's token opens that session and nothing else. Foreign and missing look the same.
"""

from functools import partial
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Query
from starlette.requests import Request
from starlette.responses import Response

from diorama.accounts.permissions import Permission
from diorama.gateway.authorisation import Caller, Doorkeeper
from diorama.gateway.body import Documents, answer, json_body
from diorama.gateway.desk import Desk
from diorama.gateway.viewer_socket import view_of
from diorama.kernel.errors import Invalid, NotFound, Unauthorized
from diorama.protocol.requests import EndSessions, ExtendSession
from diorama.protocol.states import FINAL, SessionState
from diorama.protocol.views import EndedSessions, EndResult, Page, SessionView
from diorama.sessions.ending import END_AT_ONCE, end_these, sessions_to_end
from diorama.sessions.extending import Extension, extend
from diorama.sessions.lifecycle import Session
from diorama.sessions.viewing import end_by_operator, leave
from diorama.sessions.work import Work

MAX_PAGE: Final = 200
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
        summary="List the account's sessions, newest first",
        **documents.route(answers={200: Page}, problems=(401,)),
    )
    async def list_(
        request: Request,
        live: Annotated[bool, Query(description="only those that have not ended")] = False,  # noqa: FBT002 - FastAPI's way to declare a parameter of the query
        cursor: Annotated[str | None, Query(pattern="^[0-9a-z_]{1,64}$")] = None,
        limit: Annotated[int, Query(ge=1, le=MAX_PAGE)] = 50,
    ) -> Response:
        account_id = (await doors.member(request, Permission.SESSIONS_READ)).account_id
        page = partial(_page, account_id=account_id, live=live, cursor=cursor, limit=limit)
        return answer(await desk.look(page))

    @router.get(
        "/{session_id}",
        summary="Look at a session",
        **documents.route(answers={200: SessionView}, problems=(401, 404)),
    )
    async def get(request: Request, session_id: str) -> Response:
        caller = await doors.caller(request, needs=Permission.SESSIONS_READ)
        return answer(await desk.look(lambda work: view_of(work, theirs(work, caller, session_id))))


def _add_ending(router: APIRouter, desk: Desk, doors: Doorkeeper, documents: Documents) -> None:
    @router.post(
        "/end",
        summary="End many sessions at once: those named, or all of a project",
        **documents.route(body=EndSessions, answers={200: EndedSessions}, problems=(401, 404)),
    )
    async def end_many(
        request: Request, body: Annotated[EndSessions, Depends(json_body(EndSessions))]
    ) -> Response:
        account_id = (await doors.member(request, Permission.SESSIONS_WRITE)).account_id
        wanted = await desk.look(lambda work: sessions_to_end(work, account_id, body))
        results: list[EndResult] = []
        for at in range(0, len(wanted), END_AT_ONCE):
            batch = wanted[at : at + END_AT_ONCE]
            results += await desk.do(partial(end_these, account_id=account_id, ids=batch))
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
            idempotency_key=idempotency_key(request),
        )
        return answer(await desk.do(lambda work: view_of(work, extend(work, extension))))


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


def _page(work: Work, *, account_id: str, live: bool, cursor: str | None, limit: int) -> Page:
    states = [state for state in SessionState if not live or state not in FINAL]
    found = work.stores.sessions.listed(account_id, states=states, after=cursor, limit=limit + 1)
    more = len(found) > limit
    return Page(
        sessions=tuple(view_of(work, session) for session in found[:limit]),
        cursor=found[limit - 1].id if more else None,
    )


def _end(work: Work, caller: Caller, session_id: str) -> SessionView:
    session = theirs(work, caller, session_id, current=True)
    if caller.account_id is not None:
        ended = end_by_operator(
            work, session_id, account_id=caller.account_id, reason="ended_by_api"
        )
    else:
        ended = leave(work, session.id, 1000, reason="client_ended") or session
    return view_of(work, ended)
