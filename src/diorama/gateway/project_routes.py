"""REST for who owns a project: change it, by a key of its account. The change acts at once."""

from typing import Annotated, Final

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from diorama.accounts.permissions import Permission
from diorama.gateway.authorisation import Doorkeeper
from diorama.gateway.body import Documents, answer, json_body
from diorama.gateway.desk import Desk
from diorama.kernel.errors import NotFound, Refused
from diorama.projects.changing import ChangeProject, OwnProject, changed
from diorama.projects.rules import Project
from diorama.sessions.ruling import rule
from diorama.sessions.show import own_project_view
from diorama.sessions.work import Work

TRIES: Final = 3
"""A change that asks for no version is laid over the newest; others may be at it too."""


def own_answer(project: Project) -> Response:
    """Return a project as its account sees it, with its version as an entity tag."""
    return answer(own_project_view(project), headers={"ETag": f'"{project.version}"'})


def project_routes(desk: Desk, doors: Doorkeeper, documents: Documents) -> APIRouter:
    """Return the routes.

    Args:
        desk: runs use cases.
        doors: says who asks.
        documents: collects what the routes take and give.
    """
    router = APIRouter(prefix="/v1/projects", tags=["projects"])

    @router.patch(
        "/{name}",
        summary="Change a project; what is left out stays, and what changes acts at once",
        **documents.route(
            body=ChangeProject, answers={200: OwnProject}, problems=(400, 401, 404, 409, 412)
        ),
    )
    async def change(
        request: Request,
        name: str,
        body: Annotated[ChangeProject, Depends(json_body(ChangeProject))],
    ) -> Response:
        account_id = (await doors.member(request, Permission.PROJECTS_WRITE)).account_id
        wanted = request.headers.get("if-match")

        def use_case(work: Work) -> Project:
            project = _own(work, account_id, name)
            _check_version(project, wanted)
            return rule(work, changed(project, body), actor="api")

        for left in reversed(range(TRIES)):
            try:
                return own_answer(await desk.do(use_case))
            except Refused as error:
                if error.code != "version_conflict" or left == 0:
                    raise
        raise AssertionError("the last try returns or raises")

    return router


def _own(work: Work, account_id: str, name: str) -> Project:
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
