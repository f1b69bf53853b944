"""REST for who owns projects: make, change and delete them. A change acts at once.

What a project may be is said by two catalogues: that of the rules, which is anybody's to read, and
that of the worlds which the operator offers.
"""

from collections.abc import Mapping
from typing import Annotated, Final

from fastapi import APIRouter, Depends
from msgspec import UNSET
from starlette.requests import Request
from starlette.responses import Response

from diorama.accounts.permissions import Permission
from diorama.gateway.authorisation import Doorkeeper
from diorama.gateway.body import Documents, answer, json_body
from diorama.gateway.desk import Desk
from diorama.kernel.errors import Forbidden, NotFound, Refused
from diorama.projects.changing import ChangeProject, OwnProject, changed, said_of
from diorama.projects.creating import world_view
from diorama.projects.rule_catalogue import catalogue
from diorama.projects.rules import Project
from diorama.protocol.project_views import CreateProject, Worlds
from diorama.protocol.rule_views import RuleCatalogue
from diorama.sessions.founding import Founder, create_project, delete_project, offers
from diorama.sessions.ruling import rule
from diorama.sessions.show import own_project_view
from diorama.sessions.work import Work

TRIES: Final = 3
"""A change that asks for no version is laid over the newest; others may be at it too."""


def own_answer(
    project: Project, status: int = 200, headers: Mapping[str, str] | None = None
) -> Response:
    """Return a project as its account sees it, with its version as an entity tag."""
    tag = {"ETag": f'"{project.version}"'}
    return answer(own_project_view(project), status, {**tag, **(headers or {})})


def project_routes(desk: Desk, doors: Doorkeeper, documents: Documents) -> APIRouter:
    """Return the routes.

    Args:
        desk: runs use cases.
        doors: says who asks.
        documents: collects what the routes take and give.
    """
    router = APIRouter(prefix="/v1", tags=["projects"])
    _catalogues(router, desk, doors, documents)
    _founding(router, desk, doors, documents)
    _changing(router, desk, doors, documents)
    return router


def _catalogues(router: APIRouter, desk: Desk, doors: Doorkeeper, documents: Documents) -> None:
    @router.get(
        "/rules",
        summary="List the rules that a project has: bounds, defaults and what they do",
        **documents.route(answers={200: RuleCatalogue}),
    )
    async def rules() -> Response:
        return answer(catalogue())

    @router.get(
        "/worlds",
        summary="List the worlds that projects may be made from",
        **documents.route(answers={200: Worlds}, problems=(401, 403)),
    )
    async def worlds(request: Request) -> Response:
        await doors.member(request, Permission.PROJECTS_READ)
        found = await desk.look(offers)
        return answer(Worlds(worlds=tuple(map(world_view, found))))


def _founding(router: APIRouter, desk: Desk, doors: Doorkeeper, documents: Documents) -> None:
    @router.post(
        "/projects",
        summary="Create a project, from a world of `GET /v1/worlds`",
        **documents.route(
            body=CreateProject, answers={201: OwnProject}, problems=(400, 401, 403, 409)
        ),
    )
    async def create(
        request: Request, body: Annotated[CreateProject, Depends(json_body(CreateProject))]
    ) -> Response:
        member = await doors.member(request, Permission.PROJECTS_WRITE)
        founder = Founder(
            account_id=member.account_id, actor=member.actor, operates=member.operates
        )

        def use_case(work: Work) -> Project:
            return create_project(work, body, founder)

        project = await desk.do(use_case)
        return own_answer(project, 201, {"Location": f"/v1/projects/{project.name}"})

    @router.delete(
        "/projects/{name}",
        summary="Take a project away that has no sessions; its history is kept",
        **documents.route(answers={204: None}, problems=(401, 403, 404, 409)),
    )
    async def delete(request: Request, name: str) -> Response:
        member = await doors.member(request, Permission.PROJECTS_WRITE)

        def use_case(work: Work) -> None:
            project = own_project(work, member.account_id, name)
            delete_project(work, project, actor=member.actor)

        await desk.do(use_case)
        return Response(status_code=204)


def _changing(router: APIRouter, desk: Desk, doors: Doorkeeper, documents: Documents) -> None:
    @router.patch(
        "/projects/{name}",
        summary="Change a project; what is left out stays, and what changes acts at once",
        **documents.route(
            body=ChangeProject, answers={200: OwnProject}, problems=(400, 401, 403, 404, 409, 412)
        ),
    )
    async def change(
        request: Request,
        name: str,
        body: Annotated[ChangeProject, Depends(json_body(ChangeProject))],
    ) -> Response:
        member = await doors.member(request, Permission.PROJECTS_WRITE)
        if body.offered is not UNSET and not member.operates:
            raise Forbidden(
                "only the operator offers worlds to other accounts",
                code="permission_missing",
                detail={"needs": Permission.OPERATE.value},
            )
        wanted = request.headers.get("if-match")

        def use_case(work: Work) -> Project:
            project = own_project(work, member.account_id, name)
            _check_version(project, wanted)
            ruled = rule(work, changed(project, body), actor=member.actor)
            work.stores.audit.add(
                member.account_id, member.actor, "project.changed", name, said_of(body)
            )
            return ruled

        for left in reversed(range(TRIES)):
            try:
                return own_answer(await desk.do(use_case))
            except Refused as error:
                if error.code != "version_conflict" or left == 0:
                    raise
        raise AssertionError("the last try returns or raises")


def own_project(work: Work, account_id: str, name: str) -> Project:
    """Return a project of an account.

    Raises:
        NotFound: there is none of that name, or it is another account's.
    """
    project = None if "\0" in name else work.stores.projects.named(name)
    if project is None or project.account_id != account_id:
        raise NotFound(f"there is no project {name}", code="project_unknown")
    return project


def _check_version(project: Project, wanted: str | None) -> None:
    """Hold a change to the version it was made from (RFC 9110, section 13.1.1)."""
    if wanted is None or wanted.strip() == "*":
        return
    if f'"{project.version}"' not in [tag.strip() for tag in wanted.split(",")]:
        raise Refused(
            f"project {project.name} is at version {project.version}: read it again",
            code="version_passed",
            detail={"version": project.version},
        )
