"""REST under `/v1`: what is asked, by whom, and which use case answers. OpenAPI at `/openapi.json`.

Who may: a session's token opens that session and nothing else; an API key opens its account; a
public project lets anybody ask for a session. Foreign and missing look the same.
"""

import hashlib
from functools import partial
from typing import Annotated, Final

import msgspec
from fastapi import APIRouter, Depends, FastAPI, Query
from starlette.requests import Request
from starlette.responses import Response

from diorama import __version__
from diorama.accounts.credentials import SessionToken, sign_token
from diorama.accounts.permissions import Permission
from diorama.gateway import problems
from diorama.gateway.authorisation import Caller, Doorkeeper
from diorama.gateway.body import Documents, answer, json_body
from diorama.gateway.cross_origin import asking_of
from diorama.gateway.desk import Desk
from diorama.gateway.embedding import PlayerFacts, facts_of
from diorama.gateway.hub import Hub
from diorama.gateway.pages import pages
from diorama.gateway.project_routes import own_answer, project_routes
from diorama.gateway.viewer_socket import view_of
from diorama.kernel.errors import Invalid, NotFound, Unauthorized, Unavailable
from diorama.projects.rules import Project
from diorama.protocol.requests import EndSessions, ExtendSession, LeavePage, OpenSession
from diorama.protocol.states import FINAL, SessionState
from diorama.protocol.views import (
    EndedSessions,
    EndResult,
    Health,
    OpenedSession,
    Page,
    ProjectQueue,
    Projects,
    ProjectView,
    Readiness,
    SessionView,
    Workers,
)
from diorama.sessions.ending import END_AT_ONCE, end_these, sessions_to_end
from diorama.sessions.extending import Extension, extend
from diorama.sessions.forecasting import queue_of
from diorama.sessions.lifecycle import Session
from diorama.sessions.opening import (
    AS_RULED,
    Opening,
    RefusedByLimit,
    open_session,
    yield_stale,
)
from diorama.sessions.show import project_view, worker_view
from diorama.sessions.viewing import end_by_operator, leave
from diorama.sessions.work import Work

MAX_PAGE: Final = 200
MAX_KEY: Final = 255
BEACON: Final = ("application/json", "text/plain")
"""What a page that is being left may send another origin: no time is left to ask first (CORS)."""
documents: Final = Documents()


class Rest:
    """The routes.

    Args:
        desk: runs use cases.
        hub: holds sockets; `/readyz` counts its workers.
        secret: signs session tokens.
    """

    def __init__(self, desk: Desk, hub: Hub, secret: bytes) -> None:
        self._desk = desk
        self._hub = hub
        self._secret = secret
        self._doors = Doorkeeper(desk, secret)

    def app(self) -> FastAPI:
        """Return the ASGI application: REST, its document, health and the player's pages."""
        app = FastAPI(
            title="Diorama",
            version=__version__,
            summary="Live, rendered worlds in any browser.",
            docs_url=None,
            redoc_url=None,
        )
        problems.install(app)
        app.include_router(self._sessions())
        app.include_router(self._catalogue())
        app.include_router(project_routes(self._desk, self._doors, documents))
        app.include_router(self._health())
        documents.install(app)
        app.include_router(pages(facts_of=self._facts))
        return app

    def _sessions(self) -> APIRouter:
        router = APIRouter(prefix="/v1/sessions", tags=["sessions"])

        @router.post(
            "",
            summary="Ask for a session",
            **documents.route(
                body=OpenSession,
                answers={201: OpenedSession, 200: OpenedSession},
                problems=(400, 401, 403, 404, 409, 413, 429, 503),
            ),
        )
        async def open_(
            request: Request, body: Annotated[OpenSession, Depends(json_body(OpenSession))]
        ) -> Response:
            return await self._open(request, body)

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
            account_id = await self._account(request, Permission.SESSIONS_READ)
            return answer(await self._page(account_id, live=live, cursor=cursor, limit=limit))

        @router.post(
            "/end",
            summary="End many sessions at once: those named, or all of a project",
            **documents.route(body=EndSessions, answers={200: EndedSessions}, problems=(401, 404)),
        )
        async def end_many(
            request: Request, body: Annotated[EndSessions, Depends(json_body(EndSessions))]
        ) -> Response:
            account_id = await self._account(request, Permission.SESSIONS_WRITE)
            wanted = await self._desk.look(lambda work: sessions_to_end(work, account_id, body))
            results: list[EndResult] = []
            for at in range(0, len(wanted), END_AT_ONCE):
                batch = wanted[at : at + END_AT_ONCE]
                results += await self._desk.do(partial(end_these, account_id=account_id, ids=batch))
            return answer(EndedSessions(results=tuple(results)))

        @router.get(
            "/{session_id}",
            summary="Look at a session",
            **documents.route(answers={200: SessionView}, problems=(401, 404)),
        )
        async def get(request: Request, session_id: str) -> Response:
            caller = await self._doors.caller(request, needs=Permission.SESSIONS_READ)
            return answer(await self._desk.look(lambda work: _look(work, caller, session_id)))

        @router.delete(
            "/{session_id}",
            summary="End a session; ending one that has ended changes nothing",
            **documents.route(answers={200: SessionView}, problems=(401, 404)),
        )
        async def delete(request: Request, session_id: str) -> Response:
            caller = await self._doors.caller(request, needs=Permission.SESSIONS_WRITE)
            return answer(await self._desk.do(lambda work: _end(work, caller, session_id)))

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
            extension = Extension(
                session_id=_an_id(session_id),
                account_id=await self._account(request, Permission.SESSIONS_WRITE),
                extra_s=body.seconds,
                idempotency_key=_idempotency_key(request),
            )
            return answer(await self._desk.do(lambda work: view_of(work, extend(work, extension))))

        @router.post(
            "/{session_id}/bye",
            summary="Say that the viewer's page is being left (1001) or that it is done (1000)",
            **documents.route(body=LeavePage, answers={202: SessionView}, problems=(400, 401, 404)),
        )
        async def bye(
            request: Request,
            session_id: str,
            body: Annotated[LeavePage, Depends(json_body(LeavePage, media_types=BEACON))],
        ) -> Response:
            caller = await self._leaver(request, body)

            def say(work: Work) -> SessionView:
                session = _theirs(work, caller, session_id, current=True)
                return view_of(work, leave(work, session.id, body.code) or session)

            return answer(await self._desk.do(say), 202)

        return router

    def _catalogue(self) -> APIRouter:
        router = APIRouter(prefix="/v1")

        @router.get(
            "/projects",
            tags=["projects"],
            summary="List the public projects, and with a key one's own, disabled ones too",
            **documents.route(answers={200: Projects}, problems=(401,)),
        )
        async def projects(request: Request) -> Response:
            caller = await self._doors.caller(request, anybody=True, needs=Permission.PROJECTS_READ)
            found = await self._desk.look(lambda work: work.stores.projects.all())
            own = [p for p in found if p.account_id == caller.account_id]
            shown = [p for p in found if p in own or (p.public and p.enabled)]
            return answer(Projects(projects=tuple(project_view(p) for p in shown)))

        @router.get(
            "/projects/{name}",
            tags=["projects"],
            summary="Look at a project; with a key of its account, at its rules too",
            **documents.route(answers={200: ProjectView}, problems=(401, 404)),
        )
        async def project(request: Request, name: str) -> Response:
            caller = await self._doors.caller(request, anybody=True, needs=Permission.PROJECTS_READ)
            found = await self._desk.look(lambda work: _seen_project(work, caller, name))
            if found.account_id == caller.account_id:
                return own_answer(found)
            return answer(project_view(found))

        @router.get(
            "/projects/{name}/queue",
            tags=["projects"],
            summary="Look at a project's queues: length, waits, and how true the waits told were",
            **documents.route(answers={200: ProjectQueue}, problems=(401, 404)),
        )
        async def queue(request: Request, name: str) -> Response:
            caller = await self._doors.caller(request, anybody=True, needs=Permission.PROJECTS_READ)
            return answer(await self._desk.look(lambda work: _queue(work, caller, name)))

        @router.get(
            "/workers",
            tags=["workers"],
            summary="List the workers and what their slots hold",
            **documents.route(answers={200: Workers}, problems=(401,)),
        )
        async def workers(request: Request) -> Response:
            await self._doors.member(request, Permission.WORKERS_READ)

            def look(work: Work) -> Workers:
                slots = work.stores.slots.of_workers()
                return Workers(
                    workers=tuple(
                        worker_view(w, slots.get(w.id, []), work.now_us)
                        for w in work.stores.workers.all()
                    )
                )

            return answer(await self._desk.look(look))

        return router

    def _health(self) -> APIRouter:
        router = APIRouter(tags=["health"])

        @router.get(
            "/healthz",
            summary="Whether this process lives",
            **documents.route(answers={200: Health}),
        )
        async def healthz() -> Response:
            return answer(Health(status="ok", version=__version__))

        @router.get(
            "/readyz",
            summary="Whether this gateway serves: its store answers",
            **documents.route(answers={200: Readiness}, problems=(503,)),
        )
        async def readyz() -> Response:
            await self._desk.look(lambda work: work.now_us)
            return answer(Readiness(status="ready", workers=self._hub.worker_count))

        return router

    async def _facts(self, name: str) -> PlayerFacts:
        """Return what a player page is told; the page comes without a store too, to say so."""
        if _is_no_id(name):
            return PlayerFacts()

        def look(work: Work) -> PlayerFacts:
            return facts_of(work.stores.projects.named(name), work.timers)

        try:
            return await self._desk.look(look)
        except Unavailable:
            return PlayerFacts()

    async def _open(self, request: Request, body: OpenSession) -> Response:
        caller = await self._doors.caller(request, anybody=True, needs=Permission.SESSIONS_WRITE)
        opening = Opening(
            project=body.project,
            region=body.region,
            client_id=body.client_id,
            end_user=body.end_user,
            device=body.device,
            priority=body.priority,
            account_id=caller.account_id,
            idempotency_key=_idempotency_key(request),
            fingerprint=hashlib.sha256(msgspec.json.encode(body)).hexdigest(),
            asking=asking_of(request.headers),
            afk=body.afk or AS_RULED,
        )

        def ask(work: Work) -> OpenedSession:
            opened = open_session(work, opening)
            token = SessionToken(session_id=opened.session.id, issue=opened.session.issue)
            return OpenedSession(
                session=view_of(work, opened.session),
                token=sign_token(token, self._secret),
                continued=opened.continued,
            )

        try:
            opened = await self._desk.do(ask)
        except RefusedByLimit as refusal:
            if refusal.ending:
                await self._desk.do(partial(yield_stale, ending=refusal.ending))
            raise
        where = {"Location": f"/v1/sessions/{opened.session.id}"}
        return answer(opened, 200 if opened.continued else 201, where)

    async def _page(self, account_id: str, *, live: bool, cursor: str | None, limit: int) -> Page:
        states = [state for state in SessionState if not live or state not in FINAL]

        def look(work: Work) -> Page:
            found = work.stores.sessions.listed(
                account_id, states=states, after=cursor, limit=limit + 1
            )
            more = len(found) > limit
            return Page(
                sessions=tuple(view_of(work, session) for session in found[:limit]),
                cursor=found[limit - 1].id if more else None,
            )

        return await self._desk.look(look)

    async def _account(self, request: Request, needs: Permission) -> str:
        return (await self._doors.member(request, needs)).account_id

    async def _leaver(self, request: Request, body: LeavePage) -> Caller:
        """Return who leaves: by the token in the body, or else by the header."""
        if body.token is None:
            return await self._doors.caller(request, needs=Permission.SESSIONS_WRITE)
        return self._doors.viewer(body.token)


def _theirs(work: Work, caller: Caller, session_id: str, *, current: bool = False) -> Session:
    """Return a session that the caller may see.

    Args:
        work: the unit.
        caller: who asks.
        session_id: which.
        current: whether a session token must be the newest of its session.
    """
    session = None if _is_no_id(session_id) else work.stores.sessions.get(session_id)
    allowed = session is not None and (
        session.account_id == caller.account_id
        or (caller.token is not None and caller.token.session_id == session.id)
    )
    if session is None or not allowed:
        raise NotFound(f"there is no session {session_id}", code="session_unknown")
    if current and caller.token is not None and caller.token.issue != session.issue:
        raise Unauthorized("a newer token was given for this session", code="token_refused")
    return session


def _idempotency_key(request: Request) -> str | None:
    key = request.headers.get("idempotency-key")
    if key is not None and not (1 <= len(key) <= MAX_KEY and key.isascii()):
        raise Invalid(f"an Idempotency-Key has 1 to {MAX_KEY} characters", code="idempotency_key")
    return key


def _an_id(session_id: str) -> str:
    if _is_no_id(session_id):
        raise NotFound(f"there is no session {session_id}", code="session_unknown")
    return session_id


def _seen_project(work: Work, caller: Caller, name: str) -> Project:
    """Return a project that the caller may see."""
    found = None if _is_no_id(name) else work.stores.projects.named(name)
    if found is None or not (found.public or found.account_id == caller.account_id):
        raise NotFound(f"there is no project {name}", code="project_unknown")
    return found


def _queue(work: Work, caller: Caller, name: str) -> ProjectQueue:
    return queue_of(work, _seen_project(work, caller, name))


def _is_no_id(text: str) -> bool:
    """Whether a path names what nothing can be called; PostgreSQL takes no NUL in a text."""
    return "\0" in text


def _look(work: Work, caller: Caller, session_id: str) -> SessionView:
    return view_of(work, _theirs(work, caller, session_id))


def _end(work: Work, caller: Caller, session_id: str) -> SessionView:
    session = _theirs(work, caller, session_id, current=True)
    if caller.account_id is not None:
        ended = end_by_operator(
            work, session_id, account_id=caller.account_id, reason="ended_by_api"
        )
    else:
        ended = leave(work, session.id, 1000, reason="client_ended") or session
    return view_of(work, ended)
