"""REST for recordings: list, look, delete. Their files: `artifact_routes`."""

from dataclasses import dataclass
from functools import partial
from typing import Annotated, Final, Literal

from fastapi import APIRouter, Depends, Query
from starlette.requests import Request
from starlette.responses import Response

from diorama.accounts.permissions import Permission
from diorama.gateway.authorisation import Doorkeeper
from diorama.gateway.body import Documents, answer
from diorama.gateway.desk import Desk
from diorama.gateway.recording_links import RecordingLinks
from diorama.gateway.session_query import CURSOR, MAX_PAGE, NAME
from diorama.protocol.recording_views import Recordings, RecordingView
from diorama.recordings.lifecycle import RecordingState
from diorama.recordings.store import RecordingFilter
from diorama.sessions.recording import delete_recording, recording_of
from diorama.sessions.work import Work

_PRIVATE: Final = {"Cache-Control": "no-store"}


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordingQuery:
    """The parameters of a list: each narrows it further."""

    source: Annotated[Literal["session", "simulation"] | None, Query()] = None
    state: Annotated[
        RecordingState | None, Query(description="without it, all but the deleted")
    ] = None
    project: Annotated[str | None, Query(pattern=NAME, description="the project's name")] = None
    session: Annotated[str | None, Query(pattern=CURSOR)] = None
    simulation: Annotated[str | None, Query(pattern=CURSOR)] = None
    cursor: Annotated[str | None, Query(pattern=CURSOR)] = None
    limit: Annotated[int, Query(ge=1, le=MAX_PAGE)] = 50


def recording_routes(
    desk: Desk, doors: Doorkeeper, documents: Documents, links: RecordingLinks
) -> APIRouter:
    """Return the routes.

    Args:
        desk: runs use cases.
        doors: says who asks.
        documents: collects what the routes take and give.
        links: makes views with links to the files.
    """
    router = APIRouter(prefix="/v1/recordings", tags=["recordings"])

    @router.get(
        "",
        summary="List the account's recordings that fit, newest first",
        **documents.route(answers={200: Recordings}, problems=(401, 403)),
    )
    async def list_(request: Request, asked: Annotated[RecordingQuery, Depends()]) -> Response:
        account_id = (await doors.member(request, Permission.RECORDINGS_READ)).account_id
        look = partial(recordings_page, links=links, account_id=account_id, asked=asked)
        return answer(await desk.look(look), headers=_PRIVATE)

    @router.get(
        "/{recording_id}",
        summary="Look at a recording; the links to its files expire, ask again for new ones",
        **documents.route(answers={200: RecordingView}, problems=(401, 403, 404)),
    )
    async def get(request: Request, recording_id: str) -> Response:
        account_id = (await doors.member(request, Permission.RECORDINGS_READ)).account_id

        def look(work: Work) -> RecordingView:
            return links.view(work, recording_of(work, account_id, recording_id))

        return answer(await desk.look(look), headers=_PRIVATE)

    @router.delete(
        "/{recording_id}",
        summary="Delete a recording and its files; deleting one that is deleted changes nothing",
        **documents.route(answers={200: RecordingView}, problems=(401, 403, 404)),
    )
    async def delete(request: Request, recording_id: str) -> Response:
        member = await doors.member(request, Permission.RECORDINGS_WRITE)

        def change(work: Work) -> RecordingView:
            gone = delete_recording(work, member.account_id, recording_id, member.actor)
            return links.view(work, gone)

        return answer(await desk.do(change), headers=_PRIVATE)

    return router


def recordings_page(
    work: Work, *, links: RecordingLinks, account_id: str, asked: RecordingQuery
) -> Recordings:
    """Return a page of an account's recordings, the newest first."""
    wanted = _filter(work, account_id, asked)
    if wanted is None:
        return Recordings(recordings=())
    found = work.stores.recordings.listed(
        account_id, wanted, after=asked.cursor, limit=asked.limit + 1
    )
    page = found[: asked.limit]
    return Recordings(
        recordings=links.views(work, page),
        cursor=page[-1].id if len(found) > asked.limit else None,
    )


def _filter(work: Work, account_id: str, asked: RecordingQuery) -> RecordingFilter | None:
    """Return what is asked for; None is nothing that the account could have."""
    project_id = None
    if asked.project is not None:
        project = work.stores.projects.named(asked.project)
        if project is None or project.account_id != account_id:
            return None
        project_id = project.id
    if asked.session is not None and asked.simulation is not None:
        return None
    return RecordingFilter(
        project_id=project_id,
        kind=asked.source,
        source_id=asked.session or asked.simulation,
        state=asked.state,
    )
