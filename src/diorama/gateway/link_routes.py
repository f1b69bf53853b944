"""REST for share links: addresses that let whoever has them open one project."""

from functools import partial
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from starlette.requests import Request
from starlette.responses import Response

from diorama.accounts.permissions import Permission
from diorama.gateway.authorisation import Doorkeeper
from diorama.gateway.body import Documents, answer, json_body
from diorama.gateway.desk import Desk
from diorama.gateway.session_query import MAX_PAGE
from diorama.protocol.door_views import (
    ChangeShareLink,
    CreatedShareLink,
    CreateShareLink,
    ShareLinks,
    ShareLinkView,
)
from diorama.sessions.ending import END_AT_ONCE
from diorama.sessions.sharing import (
    Sharer,
    change_link,
    create_link,
    end_of_link,
    link_of,
    links_of,
    revoke_link,
)


def link_routes(desk: Desk, doors: Doorkeeper, documents: Documents) -> APIRouter:
    """Return the routes.

    Args:
        desk: runs use cases.
        doors: says who asks.
        documents: collects what the routes take and give.
    """
    router = APIRouter(prefix="/v1/share-links", tags=["share links"])
    _reading(router, desk, doors, documents)
    _writing(router, desk, doors, documents)
    return router


def _reading(router: APIRouter, desk: Desk, doors: Doorkeeper, documents: Documents) -> None:
    @router.get(
        "",
        summary="List the account's share links, newest first",
        **documents.route(answers={200: ShareLinks}, problems=(401, 403)),
    )
    async def list_(
        request: Request,
        project: Annotated[str | None, Query(pattern="^[A-Za-z0-9_.-]{1,64}$")] = None,
        cursor: Annotated[str | None, Query(pattern="^[0-9a-z_]{1,64}$")] = None,
        limit: Annotated[int, Query(ge=1, le=MAX_PAGE)] = 50,
    ) -> Response:
        account_id = (await doors.member(request, Permission.LINKS_READ)).account_id
        return answer(
            await desk.look(
                lambda work: links_of(work, account_id, project=project, cursor=cursor, limit=limit)
            )
        )

    @router.get(
        "/{link_id}",
        summary="Look at a share link",
        **documents.route(answers={200: ShareLinkView}, problems=(401, 403, 404)),
    )
    async def get(request: Request, link_id: str) -> Response:
        account_id = (await doors.member(request, Permission.LINKS_READ)).account_id
        return answer(await desk.look(lambda work: link_of(work, account_id, link_id)))


def _writing(router: APIRouter, desk: Desk, doors: Doorkeeper, documents: Documents) -> None:
    async def sharer(request: Request) -> Sharer:
        member = await doors.member(request, Permission.LINKS_WRITE)
        return Sharer(member.account_id, member.actor)

    @router.post(
        "",
        summary="Make a share link; its address is shown this once",
        **documents.route(
            body=CreateShareLink,
            answers={201: CreatedShareLink},
            problems=(400, 401, 403, 404, 409),
        ),
    )
    async def create(
        request: Request, body: Annotated[CreateShareLink, Depends(json_body(CreateShareLink))]
    ) -> Response:
        who = await sharer(request)
        made = await desk.do(lambda work: create_link(work, body, who))
        where = {"Location": f"/v1/share-links/{made.link.id}", "Cache-Control": "no-store"}
        return answer(made, 201, where)

    @router.patch(
        "/{link_id}",
        summary="Change a share link; what is left out stays",
        **documents.route(
            body=ChangeShareLink, answers={200: ShareLinkView}, problems=(400, 401, 403, 404)
        ),
    )
    async def change(
        request: Request,
        link_id: str,
        body: Annotated[ChangeShareLink, Depends(json_body(ChangeShareLink))],
    ) -> Response:
        who = await sharer(request)
        return answer(await desk.do(lambda work: change_link(work, link_id, body, who)))

    @router.delete(
        "/{link_id}",
        summary="Revoke a share link: it opens nothing any more, and who waits by it is sent away",
        **documents.route(answers={200: ShareLinkView}, problems=(401, 403, 404)),
    )
    async def revoke(
        request: Request,
        link_id: str,
        end_sessions: Annotated[bool, Query(description="end its live sessions too")] = False,  # noqa: FBT002 - FastAPI's way to declare a parameter of the query
    ) -> Response:
        who = await sharer(request)
        ids = await desk.do(lambda work: revoke_link(work, link_id, who, end_sessions=end_sessions))
        for at in range(0, len(ids), END_AT_ONCE):
            batch = ids[at : at + END_AT_ONCE]
            await desk.do(partial(end_of_link, ids=batch, waiting_only=not end_sessions))
        return answer(await desk.look(lambda work: link_of(work, who.account_id, link_id)))
