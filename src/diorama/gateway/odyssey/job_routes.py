"""HTTP for simulations and recordings, for the SDK of Odyssey: the use cases of `/v1`, its words.

A pass is of one project, so these show what is that project's. Lists are paged by offset there, and
by the last of a page here: so many are read, and `total` counts no further.
"""

from dataclasses import dataclass
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Query
from starlette.requests import Request
from starlette.responses import Response

from diorama.accounts.permissions import Permission
from diorama.gateway.body import answer, json_body, path_id
from diorama.gateway.desk import Desk
from diorama.gateway.odyssey import jobs
from diorama.gateway.odyssey.addresses import Base
from diorama.gateway.odyssey.door import Door, Guest
from diorama.gateway.problems import encode
from diorama.gateway.recording_links import RecordingLinks
from diorama.kernel.errors import NotFound
from diorama.protocol.recording_views import RecordingView
from diorama.protocol.simulation_views import SimulationView
from diorama.protocol.states import SimulationState
from diorama.recordings.lifecycle import Recording, RecordingState
from diorama.recordings.store import RecordingFilter
from diorama.sessions.simulating import Submission, cancel, own_simulation, submit
from diorama.sessions.simulation_show import simulation_view, simulation_views
from diorama.sessions.work import Work
from diorama.simulations.store import SimulationFilter

MOST: Final = 1_000
"""Of a list: who has more lists them by Diorama's own API."""
CONFLICT: Final = 400
"""What the SDK shows the sentence of."""
_PRIVATE: Final = {"Cache-Control": "no-store"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Paged:
    """Which part of a list."""

    limit: Annotated[int, Query(ge=1, le=100)] = 20
    offset: Annotated[int, Query(ge=0, le=MOST)] = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class JobsAsked(Paged):
    """The parameters of a list of jobs."""

    status: Annotated[SimulationState | None, Query()] = None
    active: Annotated[bool, Query()] = False


@dataclass(frozen=True, slots=True, kw_only=True)
class JobParts:
    """What is behind the routes.

    Attributes:
        desk: runs use cases.
        door: says who asks.
        links: makes views of recordings.
        base: says where links lead.
    """

    desk: Desk
    door: Door
    links: RecordingLinks
    base: Base


def add_job_routes(router: APIRouter, parts: JobParts) -> None:
    """Add the routes of simulations."""
    read_body = json_body(jobs.JobAsked, anybody=True)

    @router.post("/simulation-jobs")
    async def submit_(request: Request, project: str) -> Response:
        guest = await parts.door.guest(request, path_id(project), Permission.SIMULATIONS_WRITE)
        asked = Submission(
            asked=jobs.submission(await read_body(request), guest.project.name),
            account_id=guest.account_id,
            actor=guest.actor,
        )
        view = await parts.desk.do(lambda work: simulation_view(work, submit(work, asked)))
        return answer(jobs.taken(view), 201)

    @router.get("/simulation-jobs")
    async def list_(
        request: Request, project: str, asked: Annotated[JobsAsked, Depends()]
    ) -> Response:
        guest = await parts.door.guest(request, path_id(project), Permission.SIMULATIONS_READ)
        return answer(await parts.desk.look(lambda work: _jobs(work, guest, asked)))

    @router.get("/simulation-jobs/{job_id}")
    async def get(request: Request, project: str, job_id: str) -> Response:
        guest = await parts.door.guest(request, path_id(project), Permission.SIMULATIONS_READ)
        gateway = parts.base.of(request)
        found = await parts.desk.look(lambda work: _job(work, guest, job_id, parts.links, gateway))
        return answer(found, headers=_PRIVATE)

    @router.delete("/simulation-jobs/{job_id}")
    async def cancel_(request: Request, project: str, job_id: str) -> Response:
        guest = await parts.door.guest(request, path_id(project), Permission.SIMULATIONS_WRITE)
        found = await parts.desk.do(lambda work: _cancelled(work, guest, job_id))
        if found is not None:
            return answer(found)
        sentence = "This simulation is over: it cannot be cancelled."
        content = encode(CONFLICT, "simulation_over", sentence)
        return Response(content, CONFLICT, media_type="application/problem+json")


def add_recording_routes(router: APIRouter, parts: JobParts) -> None:
    """Add the routes of recordings."""

    @router.get("/recordings/{stream_id}")
    async def get(request: Request, project: str, stream_id: str) -> Response:
        guest = await parts.door.guest(request, path_id(project), Permission.RECORDINGS_READ)
        gateway = parts.base.of(request)

        def look(work: Work) -> jobs.StreamFiles:
            return jobs.files(parts.links.view(work, _recording(work, guest, stream_id)), gateway)

        return answer(await parts.desk.look(look), headers=_PRIVATE)

    @router.get("/stream-recordings")
    async def list_(request: Request, project: str, asked: Annotated[Paged, Depends()]) -> Response:
        guest = await parts.door.guest(request, path_id(project), Permission.RECORDINGS_READ)
        return answer(await parts.desk.look(lambda work: _streams(work, guest, asked, parts.links)))


def _jobs(work: Work, guest: Guest, asked: JobsAsked) -> jobs.Jobs:
    states = frozenset() if asked.status is None else frozenset({asked.status})
    fits = SimulationFilter(states=states, active=asked.active, project_id=guest.project.id)
    found = work.stores.simulations.listed(guest.account_id, fits, after=None, limit=MOST)
    page = simulation_views(work, found[asked.offset : asked.offset + asked.limit])
    return jobs.jobs(page, total=len(found), limit=asked.limit, offset=asked.offset)


def _own_view(work: Work, guest: Guest, job_id: str) -> SimulationView:
    found = own_simulation(work, guest.account_id, job_id)
    if found.project_id != guest.project.id:
        raise NotFound(f"there is no simulation {job_id}", code="simulation_unknown")
    return simulation_view(work, found)


def _job(work: Work, guest: Guest, job_id: str, links: RecordingLinks, gateway: str) -> jobs.Job:
    view = _own_view(work, guest, job_id)
    wanted = RecordingFilter(project_id=guest.project.id, source_id=view.id)
    found = work.stores.recordings.listed(guest.account_id, wanted, after=None, limit=MOST)
    ready = [one for one in found if one.state is RecordingState.READY]
    recordings: dict[str, RecordingView] = {one.id: one for one in links.views(work, ready)}
    return jobs.job(view, recordings, gateway)


def _cancelled(work: Work, guest: Guest, job_id: str) -> jobs.JobEnded | None:
    """Cancel a job and return what it is then; None is one that is over."""
    if jobs.is_over(_own_view(work, guest, job_id)):
        return None
    over = cancel(work, guest.account_id, job_id, actor=guest.actor)
    view = simulation_view(work, over)
    return jobs.JobEnded(job_id=view.id, status=view.state)


def _recording(work: Work, guest: Guest, stream_id: str) -> Recording:
    """Return the recording of a stream, which is called by it, or by its session."""
    named = path_id(stream_id)
    found = work.stores.recordings.get(named) or work.stores.recordings.of_holder(named)
    if (
        found is None
        or found.project_id != guest.project.id
        or found.account_id != guest.account_id
        or found.state is RecordingState.DELETED
    ):
        raise NotFound(f"there is no recording {stream_id}", code="recording_unknown")
    return found


def _streams(work: Work, guest: Guest, asked: Paged, links: RecordingLinks) -> jobs.Streams:
    wanted = RecordingFilter(
        project_id=guest.project.id, kind="session", state=RecordingState.READY
    )
    found = work.stores.recordings.listed(guest.account_id, wanted, after=None, limit=MOST)
    page = links.views(work, found[asked.offset : asked.offset + asked.limit])
    return jobs.streams(page, total=len(found), limit=asked.limit, offset=asked.offset)
