"""REST under `/v1`: what is asked, by whom, and which use case answers. OpenAPI at `/openapi.json`.

Who may: a session's token opens that session and nothing else; an API key opens its account; a
public project lets anybody ask for a session. Foreign and missing look the same.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Final

from fastapi import APIRouter, FastAPI, Query
from starlette.requests import Request
from starlette.responses import Response

from diorama import __version__
from diorama.accounts.permissions import Permission
from diorama.gateway import problems
from diorama.gateway.account_routes import account_routes, plan_routes
from diorama.gateway.artifact_routes import artifact_routes
from diorama.gateway.artifacts import Artifacts
from diorama.gateway.audit_routes import audit_routes
from diorama.gateway.authorisation import Caller, Doorkeeper
from diorama.gateway.body import Documents, answer, ask_at_door
from diorama.gateway.client_address import Network
from diorama.gateway.desk import Desk
from diorama.gateway.embedding import PlayerFacts, facts_of
from diorama.gateway.guessing import Guesses
from diorama.gateway.hub import Hub
from diorama.gateway.ice import Ice
from diorama.gateway.image_routes import image_routes
from diorama.gateway.images import Images
from diorama.gateway.key_routes import key_routes
from diorama.gateway.link_routes import link_routes
from diorama.gateway.links import Links
from diorama.gateway.live_routes import live_routes
from diorama.gateway.metrics import Metrics
from diorama.gateway.metrics_route import Exposition, metrics_route
from diorama.gateway.odyssey.addresses import Base
from diorama.gateway.odyssey.routes import OdysseyParts, config_route, odyssey_routes
from diorama.gateway.oidc import Provider
from diorama.gateway.oidc_routes import oidc_routes
from diorama.gateway.opening_routes import Doorstep, opening_routes
from diorama.gateway.pages import StaticFolder, lost_page, pages
from diorama.gateway.people_routes import people_routes
from diorama.gateway.project_routes import own_answer, project_routes
from diorama.gateway.rate_limits import RateLimits
from diorama.gateway.recording_links import RecordingLinks
from diorama.gateway.recording_routes import recording_routes
from diorama.gateway.session_query import MAX_PAGE
from diorama.gateway.session_routes import session_routes
from diorama.gateway.settings import NO_OIDC, ArtifactSettings, OidcSettings
from diorama.gateway.sign_in_routes import Entrance, sign_in_routes
from diorama.gateway.simulation_routes import simulation_routes
from diorama.gateway.spectator_routes import spectator_routes
from diorama.gateway.telling import Telling
from diorama.gateway.ticket_routes import ticket_routes
from diorama.gateway.upload_routes import UploadParts, upload_routes
from diorama.gateway.usage_routes import usage_routes
from diorama.gateway.whep import Whep
from diorama.gateway.whep_routes import whep_routes
from diorama.gateway.worker_routes import worker_routes
from diorama.kernel.clock import Clock
from diorama.kernel.errors import NotFound, Unavailable
from diorama.kernel.paging import page_of
from diorama.projects.rules import Project
from diorama.protocol.views import (
    Health,
    ProjectQueue,
    Projects,
    ProjectView,
    Readiness,
)
from diorama.recordings.lifecycle import keep_us
from diorama.sessions.forecasting import queue_of
from diorama.sessions.show import project_view
from diorama.sessions.work import Work

documents: Final = Documents()


@dataclass(frozen=True, kw_only=True)
class RestParts:
    """What the routes are given.

    Attributes:
        desk: runs use cases.
        hub: holds sockets; `/readyz` counts its workers.
        clock: tells when those who guessed too often may try again.
        secret: signs session tokens and tickets.
        proxies: the networks of proxies whose word on addresses is taken.
        telling: of events.
        metrics: what the gateway counts.
        limits: how often may be asked.
        artifacts: has the files of recordings.
        images: that viewers give.
        kept: how long they are kept, and how large they may be.
        public_url: where people reach the gateway; empty is wherever they did.
        oidc: another way to sign in, where it has an issuer.
        ice: which STUN and TURN servers media uses.
    """

    desk: Desk
    hub: Hub
    clock: Clock
    secret: bytes
    telling: Telling
    metrics: Metrics
    limits: RateLimits
    artifacts: Artifacts
    images: Images
    kept: ArtifactSettings
    ice: Ice
    public_url: str = ""
    proxies: Sequence[Network] = ()
    oidc: OidcSettings = NO_OIDC


class Rest:
    """The routes.

    Attributes:
        exposition: shows the metrics.
        whep: answers the offers of spectators.
    """

    def __init__(self, parts: RestParts) -> None:
        self._desk = parts.desk
        self._hub = parts.hub
        self._step = Doorstep(secret=parts.secret, proxies=parts.proxies)
        self._telling = parts.telling
        self._doors = Doorkeeper(parts.desk, parts.secret, parts.limits)
        self.exposition: Final = Exposition(parts.metrics, parts.desk, parts.hub)
        self._entrance = Entrance(
            desk=parts.desk,
            doors=self._doors,
            guesses=Guesses(parts.clock, parts.proxies),
            links=Links(parts.public_url),
            oidc_name=parts.oidc.name if parts.oidc.issuer else None,
        )
        self._oidc = parts.oidc
        self._artifacts = parts.artifacts
        self._images = parts.images
        self._kept = parts.kept
        self.whep: Final = Whep(parts.desk, parts.hub, parts.secret, parts.ice)
        self._odyssey = OdysseyParts(
            desk=parts.desk,
            hub=parts.hub,
            clock=parts.clock,
            secret=parts.secret,
            limits=parts.limits,
            base=Base(public_url=parts.public_url, proxies=parts.proxies),
            links=RecordingLinks(parts.secret),
            whep=self.whep,
            ice=parts.ice,
        )

    def app(self) -> FastAPI:
        """Return the ASGI application: REST, its document, health and the player's pages."""
        app = FastAPI(
            title="Diorama",
            version=__version__,
            summary="Live, rendered worlds in any browser.",
            docs_url=None,
            redoc_url=None,
        )
        static = StaticFolder()
        problems.install(app, lost_page(static))
        app.include_router(session_routes(self._desk, self._doors, documents))
        app.include_router(opening_routes(self._desk, self._doors, documents, self._step))
        app.include_router(ticket_routes(self._desk, self._doors, documents, self._step.secret))
        app.include_router(link_routes(self._desk, self._doors, documents))
        app.include_router(
            spectator_routes(
                self._desk,
                self._doors,
                documents,
                secret=self._step.secret,
                links=self._entrance.links,
            )
        )
        app.include_router(whep_routes(self.whep, documents))
        app.include_router(worker_routes(self._desk, self._doors, documents))
        app.include_router(live_routes(self._desk, self._doors, documents, self._hub))
        app.include_router(simulation_routes(self._desk, self._doors, documents, self._hub))
        app.include_router(self._catalogue())
        app.include_router(project_routes(self._desk, self._doors, documents))
        app.include_router(usage_routes(self._desk, self._doors, documents))
        app.include_router(sign_in_routes(self._entrance, documents))
        app.include_router(people_routes(self._entrance, documents))
        if self._oidc.issuer:
            app.include_router(oidc_routes(self._entrance, Provider(self._oidc, self._step.secret)))
        app.include_router(account_routes(self._entrance, documents))
        app.include_router(plan_routes(self._entrance, documents))
        app.include_router(key_routes(self._desk, self._doors, documents))
        self._add_recordings(app)
        app.include_router(audit_routes(self._desk, self._doors, documents))
        app.include_router(odyssey_routes(self._odyssey))
        app.include_router(config_route(self._odyssey.ice))
        self._telling.add_routes(app, self._doors, documents)
        app.include_router(self._health())
        app.include_router(metrics_route(self.exposition, self._doors))
        documents.install(app)
        ask_at_door(app, self._doors.caller)
        app.include_router(pages(static, self._facts, self._kept.s3.origin))
        return app

    def _add_recordings(self, app: FastAPI) -> None:
        secret = self._step.secret
        parts = UploadParts(
            desk=self._desk,
            artifacts=self._artifacts,
            secret=secret,
            max_mb=self._kept.max_mb,
            keep_us=keep_us(self._kept.retention_days),
        )
        links = RecordingLinks(secret)
        app.include_router(upload_routes(parts, documents))
        app.include_router(recording_routes(self._desk, self._doors, documents, links))
        app.include_router(image_routes(self._images, documents))
        app.include_router(artifact_routes(self._desk, documents, self._artifacts, secret))

    def _catalogue(self) -> APIRouter:
        router = APIRouter(prefix="/v1")

        @router.get(
            "/projects",
            tags=["projects"],
            summary="List the public projects, and with a key one's own, disabled ones too",
            **documents.route(answers={200: Projects}, problems=(401, 403)),
        )
        async def projects(
            request: Request,
            own: Annotated[bool, Query(description="only those of one's account")] = False,  # noqa: FBT002 - FastAPI's way to declare a parameter of the query
            cursor: Annotated[str | None, Query(pattern="^[A-Za-z0-9_.-]{1,64}$")] = None,
            limit: Annotated[int, Query(ge=1, le=MAX_PAGE)] = MAX_PAGE,
        ) -> Response:
            caller = await self._doors.caller(request, anybody=True, needs=Permission.PROJECTS_READ)
            found = await self._desk.look(lambda work: work.stores.projects.all())
            shown = [p for p in found if _is_shown(p, caller, own=own)]
            left = [p for p in shown if cursor is None or p.name > cursor]
            page, more = page_of(left, limit, lambda one: one.name)
            return answer(Projects(projects=tuple(map(project_view, page)), cursor=more))

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


def _is_shown(project: Project, caller: Caller, *, own: bool) -> bool:
    """Return whether a list shows a project: one's own, and unless told otherwise the public."""
    is_own = project.account_id == caller.account_id
    return is_own or (project.public and project.enabled and not own)


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
