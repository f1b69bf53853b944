"""HTTP for the SDK of Odyssey at `/odyssey/{project}`: tokens, sessions, ICE servers.

A session is asked for by the very use case that `POST /v1/sessions` has, so the same limits, log
and meter are behind it. Its request is held while it stands in line, and answered once a slot is
given. Who takes the request back has left. The addresses and bodies are Odyssey's own, so they are
no part of Diorama's document of its API; docs/odyssey.md has them.
"""

from dataclasses import dataclass
from functools import partial
from typing import Annotated, Final

import msgspec
from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from diorama.accounts.credentials import SessionToken
from diorama.accounts.permissions import Permission
from diorama.gateway.body import answer, json_body, path_id
from diorama.gateway.desk import Desk
from diorama.gateway.hub import Hub
from diorama.gateway.ice import Ice
from diorama.gateway.odyssey.addresses import Base, signalling_url
from diorama.gateway.odyssey.broadcasting import add_watch_routes
from diorama.gateway.odyssey.cross_origin import CONFIG
from diorama.gateway.odyssey.door import Door, Guest
from diorama.gateway.odyssey.ice import ice_for_sdk
from diorama.gateway.odyssey.job_routes import JobParts, add_job_routes, add_recording_routes
from diorama.gateway.odyssey.leaving import end_viewing
from diorama.gateway.odyssey.passes import (
    ACCESS_IN_LINE_S,
    ACCESS_LIFE_S,
    SESSION_LIFE_S,
    read_ice,
    sign_ice,
    sign_session,
)
from diorama.gateway.odyssey.refusals import Streams, ended_in_line, usage_error
from diorama.gateway.odyssey.waiting import HUNG_UP, STOPPING, Waiter
from diorama.gateway.rate_limits import RateLimits
from diorama.gateway.recording_links import RecordingLinks
from diorama.gateway.whep import Whep
from diorama.kernel.clock import Clock
from diorama.kernel.errors import DioramaError, NotFound, Unauthorized, Unavailable
from diorama.protocol.end_codes import End, EndCode
from diorama.protocol.media import IceServer
from diorama.protocol.states import SessionState
from diorama.sessions.lifecycle import Session
from diorama.sessions.opening import Opening, RefusedByLimit, open_session, yield_stale
from diorama.sessions.viewing import Arrival, attach, socket_closed
from diorama.sessions.work import Work

DEVICE: Final = "Odyssey SDK"
LEFT: Final = End(EndCode.NORMAL, "viewer_left")
GATEWAY_STOPS: Final = End(EndCode.DRAINING, "gateway_draining")
TOO_MANY: Final = 429


class KeyShown(msgspec.Struct, frozen=True):
    """An API key to be changed for a token."""

    api_key: str


class Token(msgspec.Struct, frozen=True):
    """A token that stands for the key."""

    access_token: str
    expires_in: int


class Regions(msgspec.Struct, frozen=True):
    """Places to choose from by how fast they answer: none, a project says where it runs."""

    regions: tuple[str, ...] = ()


class SessionAsked(msgspec.Struct, frozen=True):
    """A session is asked for; what the SDK says of regions decides nothing here."""


class Capabilities(msgspec.Struct, frozen=True):
    """What the world can be given beside prompts: images, where the project's rules say so."""

    image_to_video: bool = False


class SessionGiven(msgspec.Struct, frozen=True):
    """A session that has a slot."""

    session_id: str
    signalling_url: str
    region: str
    capabilities: Capabilities = Capabilities()


class SessionNamed(msgspec.Struct, frozen=True):
    """A session whose token is asked for."""

    session_id: str


class SessionPass(msgspec.Struct, frozen=True):
    """With which the viewer of a session comes."""

    session_token: str
    expires_in: int


class Config(msgspec.Struct, frozen=True, rename="camel"):
    """What a peer connection is made with."""

    ice_servers: tuple[IceServer, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OdysseyParts:
    """What is behind the routes.

    Attributes:
        desk: runs use cases.
        hub: says what becomes of who waits.
        clock: tells when those who guessed too often may try again.
        secret: signs tokens.
        limits: how often may be asked.
        base: where the gateway is.
        links: makes views of recordings.
        whep: answers who watches.
        ice: which STUN and TURN servers viewers use.
    """

    desk: Desk
    hub: Hub
    clock: Clock
    secret: bytes
    limits: RateLimits
    base: Base
    links: RecordingLinks
    whep: Whep
    ice: Ice


def odyssey_routes(parts: OdysseyParts) -> APIRouter:
    """Return the routes."""
    router = APIRouter(prefix="/odyssey/{project}", include_in_schema=False)
    door = Door(
        parts.desk,
        parts.secret,
        proxies=parts.base.proxies,
        limits=parts.limits,
        clock=parts.clock,
    )

    @router.post("/auth/token")
    async def token(
        request: Request,
        project: str,
        body: Annotated[KeyShown, Depends(json_body(KeyShown, anybody=True))],
    ) -> Response:
        access = await door.change(request, path_id(project), body.api_key)
        return answer(Token(access, ACCESS_LIFE_S), headers={"Cache-Control": "no-store"})

    @router.get("/regions")
    async def regions(request: Request, project: str) -> Response:
        await door.guest(request, path_id(project), Permission.SESSIONS_WRITE)
        return answer(Regions())

    @router.get("/config")
    async def config() -> Response:
        return answer(Config(ice_for_sdk(parts.ice.anybody())))

    @router.get("/for/{ice_pass}/config")
    async def config_of_session(project: str, ice_pass: str) -> Response:
        servers = await _ice_of(parts, path_id(project), ice_pass)
        return answer(Config(ice_for_sdk(servers)), headers={"Cache-Control": "no-store"})

    @router.post("/telemetry")
    async def telemetry() -> Response:
        return Response(None, 204)

    _add_session_routes(router, parts, door)
    jobs = JobParts(desk=parts.desk, door=door, links=parts.links, base=parts.base)
    add_job_routes(router, jobs)
    add_recording_routes(router, jobs)
    add_watch_routes(router, parts.whep)
    return router


def _add_session_routes(router: APIRouter, parts: OdysseyParts, door: Door) -> None:
    counter = _Counter(parts)
    read_asked = json_body(SessionAsked, anybody=True)
    read_named = json_body(SessionNamed, anybody=True)

    @router.post("/sessions/request")
    async def ask(request: Request, project: str) -> Response:
        guest = await door.guest(request, path_id(project), Permission.SESSIONS_WRITE)
        await read_asked(request)
        return await counter.serve(request, guest, door)

    @router.post("/sessions/token")
    async def session_token(request: Request, project: str) -> Response:
        guest = await door.guest(
            request, path_id(project), Permission.SESSIONS_WRITE, late_s=ACCESS_IN_LINE_S
        )
        named = await read_named(request)
        signed = await parts.desk.look(
            lambda work: _session_pass(work, guest, named.session_id, parts.secret)
        )
        return answer(SessionPass(signed, SESSION_LIFE_S), headers={"Cache-Control": "no-store"})


async def _ice_of(parts: OdysseyParts, project: str, ice_pass: str) -> tuple[IceServer, ...]:
    """Return the ICE servers for a session that lives; else those for anybody.

    A refusal would be read as a list of servers, and Google's asked in their place.
    """
    session_id = read_ice(ice_pass, parts.secret)
    if session_id is None:
        return parts.ice.anybody()

    def lives(work: Work) -> bool:
        session = work.stores.sessions.get(session_id)
        home = None if session is None else work.stores.projects.get(session.project_id)
        return (
            session is not None
            and not session.is_final
            and home is not None
            and (home.name == project)
        )

    is_live = await parts.desk.look(lives)
    return parts.ice.viewer(session_id) if is_live else parts.ice.anybody()


def config_route(ice: Ice) -> APIRouter:
    """Return where the SDK of somebody who watches asks for ICE servers."""
    router = APIRouter(include_in_schema=False)

    @router.get(CONFIG)
    async def config() -> Response:
        return answer(Config(ice_for_sdk(ice.anybody())))

    return router


class _Counter:
    """Serves those who ask for sessions."""

    def __init__(self, parts: OdysseyParts) -> None:
        self._parts = parts
        self._desk = parts.desk

    def _ice_pass(self, session_id: str) -> str:
        return sign_ice(session_id, self._parts.secret) if self._parts.ice.mints else ""

    async def serve(self, request: Request, guest: Guest, door: Door) -> Response:
        """Return the answer to a request for a session, however long it stands in line."""
        url = self._parts.base.of(request)
        try:
            session = await self._open(guest)
        except DioramaError as error:
            refusal = usage_error(error, await self._streams(guest), url)
            if refusal is None:
                raise
            return answer(refusal, TOO_MANY)
        if session.state is SessionState.QUEUED:
            found = await Waiter(session).turn(request, self._parts.hub)
            if found in {HUNG_UP, STOPPING}:
                return await self._give_up(session, stopping=found == STOPPING)
            assert isinstance(found, Session)
            if found.end is not None:
                return answer(ended_in_line(found.end, url), TOO_MANY)
            session = await self._promoted(session, guest, door)
        if await request.is_disconnected():
            return await self._give_up(session, stopping=False)
        given = SessionGiven(
            session_id=session.id,
            signalling_url=signalling_url(url, guest.project.name, self._ice_pass(session.id)),
            region=session.region,
            capabilities=Capabilities(image_to_video=session.rules.images),
        )
        return answer(given)

    async def _open(self, guest: Guest) -> Session:
        opening = Opening(
            project=guest.project.name,
            region=None,
            client_id=None,
            end_user=None,
            device=DEVICE,
            account_id=guest.account_id,
            idempotency_key=None,
            fingerprint="",
            actor=guest.actor,
            dialect="odyssey",
        )
        try:
            return await self._desk.do(lambda work: _open(work, opening))
        except RefusedByLimit as refusal:
            if refusal.ending:
                await self._desk.do(partial(yield_stale, ending=refusal.ending))
            raise

    async def _promoted(self, session: Session, guest: Guest, door: Door) -> Session:
        """Let the clock run in which the viewer comes with a socket; its key may be over by now."""
        socket = session.socket
        if not await door.still(guest):
            await self._desk.do(lambda work: end_viewing(work, session.id, LEFT))
            raise Unauthorized("this access token opens nothing", code="token_refused")
        closed = await self._desk.do(lambda work: socket_closed(work, session.id, socket))
        return closed or session

    async def _give_up(self, session: Session, *, stopping: bool) -> Response:
        """End what nobody waits for any more; one who was told to come again does so in 1 s."""
        why = GATEWAY_STOPS if stopping else LEFT
        await self._desk.do(lambda work: end_viewing(work, session.id, why))
        raise Unavailable("this gateway is stopping: ask again", code="stopping")

    async def _streams(self, guest: Guest) -> Streams | None:
        account = await self._desk.look(lambda work: work.stores.accounts.get(guest.account_id))
        if account is None:
            return None
        return Streams(held=account.held, limit=account.concurrent_streams)


def _open(work: Work, opening: Opening) -> Session:
    """Open a session; one that has to wait is heard as long as its request is open."""
    session = open_session(work, opening).session
    if session.state is not SessionState.QUEUED:
        return session
    token = SessionToken(session_id=session.id, issue=session.issue)
    return attach(work, Arrival(token=token, attachment=None, codecs=()))


def _session_pass(work: Work, guest: Guest, session_id: str, secret: bytes) -> str:
    session = work.stores.sessions.get(path_id(session_id))
    if (
        session is None
        or session.is_final
        or session.dialect != "odyssey"
        or session.project_id != guest.project.id
    ):
        raise NotFound(f"there is no session {session_id}", code="session_unknown")
    token = SessionToken(session_id=session.id, issue=session.issue)
    return sign_session(token, secret, work.now_us)
