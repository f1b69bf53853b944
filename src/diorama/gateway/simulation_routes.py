"""REST for simulations: submit, list, look at one or follow it, cancel. Foreign looks missing."""

from dataclasses import dataclass
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Query
from starlette.requests import Request
from starlette.responses import Response

from diorama.accounts.permissions import Permission
from diorama.gateway.authorisation import Doorkeeper
from diorama.gateway.body import Documents, answer, json_body
from diorama.gateway.desk import Desk
from diorama.gateway.feeds import STREAM, streamed
from diorama.gateway.hub import Hub
from diorama.gateway.session_query import CURSOR, MAX_PAGE, NAME
from diorama.gateway.session_routes import idempotency_key
from diorama.gateway.simulation_feeds import SimulationFeeds
from diorama.kernel.paging import page_of
from diorama.protocol.simulation_views import Simulations, SimulationView, SubmitSimulation
from diorama.protocol.states import SimulationState
from diorama.sessions.simulating import (
    SimulationQuestion,
    Submission,
    cancel,
    own_simulation,
    simulations_that_fit,
    submit,
)
from diorama.sessions.simulation_show import simulation_view, simulation_views
from diorama.sessions.work import Work
from diorama.simulations.store import SimulationFilter

MAX_SIMULATIONS: Final = 50
"""Of a page: each is shown with its runs, of which it has up to 100."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SimulationQuery:
    """The parameters of a list: each narrows it further, several states widen it."""

    state: Annotated[
        tuple[SimulationState, ...],
        Query(description="any of these, one a parameter", max_length=6),
    ] = ()
    active: Annotated[bool, Query(description="only those that are not over")] = False
    project: Annotated[str | None, Query(pattern=NAME, description="the project's name")] = None
    cursor: Annotated[str | None, Query(pattern=CURSOR)] = None
    limit: Annotated[int, Query(ge=1, le=MAX_PAGE, description="50 at most are shown")] = 50

    def question(self, account_id: str) -> SimulationQuestion:
        """Return what is asked of one account's simulations."""
        return SimulationQuestion(
            account_id=account_id,
            fits=SimulationFilter(states=frozenset(self.state), active=self.active),
            project=self.project,
            after=self.cursor,
            limit=min(self.limit, MAX_SIMULATIONS),
        )


def simulation_routes(desk: Desk, doors: Doorkeeper, documents: Documents, hub: Hub) -> APIRouter:
    """Return the routes.

    Args:
        desk: runs use cases.
        doors: says who asks.
        documents: collects what the routes take and give.
        hub: says what changes.
    """
    router = APIRouter(prefix="/v1/simulations", tags=["simulations"])
    _add_writing(router, desk, doors, documents)
    _add_reading(router, desk, doors, documents)
    _add_following(router, desk, doors, documents, hub)
    return router


def _add_writing(router: APIRouter, desk: Desk, doors: Doorkeeper, documents: Documents) -> None:
    @router.post(
        "",
        summary="Submit a simulation: scripts that are run without a viewer",
        **documents.route(
            body=SubmitSimulation,
            answers={202: SimulationView},
            problems=(400, 401, 403, 404, 409, 413, 429),
        ),
    )
    async def submit_(
        request: Request, body: Annotated[SubmitSimulation, Depends(json_body(SubmitSimulation))]
    ) -> Response:
        member = await doors.member(request, Permission.SIMULATIONS_WRITE)
        submission = Submission(
            asked=body,
            account_id=member.account_id,
            actor=member.actor,
            idempotency_key=idempotency_key(request),
        )
        view = await desk.do(lambda work: simulation_view(work, submit(work, submission)))
        return answer(view, 202, {"Location": f"/v1/simulations/{view.id}"})

    @router.post(
        "/{simulation_id}/cancel",
        summary="Cancel a simulation; cancelling one that is over changes nothing",
        **documents.route(answers={200: SimulationView}, problems=(401, 403, 404)),
    )
    async def cancel_(request: Request, simulation_id: str) -> Response:
        member = await doors.member(request, Permission.SIMULATIONS_WRITE)

        def end(work: Work) -> SimulationView:
            found = cancel(work, member.account_id, simulation_id, actor=member.actor)
            return simulation_view(work, found)

        return answer(await desk.do(end))


def _add_reading(router: APIRouter, desk: Desk, doors: Doorkeeper, documents: Documents) -> None:
    @router.get(
        "",
        summary="List the account's simulations that fit, newest first",
        **documents.route(answers={200: Simulations}, problems=(401, 403)),
    )
    async def list_(request: Request, asked: Annotated[SimulationQuery, Depends()]) -> Response:
        account_id = (await doors.member(request, Permission.SIMULATIONS_READ)).account_id
        question = asked.question(account_id)
        return answer(await desk.look(lambda work: _page(work, question)))


def _add_following(
    router: APIRouter, desk: Desk, doors: Doorkeeper, documents: Documents, hub: Hub
) -> None:
    feeds = SimulationFeeds(desk, doors, hub)
    described = documents.route(answers={200: SimulationView}, problems=(401, 403, 404, 429))
    described["responses"][200]["content"][STREAM] = {"schema": {"type": "string"}}

    @router.get(
        "/{simulation_id}",
        summary="Look at a simulation; with Accept: text/event-stream, follow it until it is over",
        **described,
    )
    async def get(request: Request, simulation_id: str) -> Response:
        member = await doors.member(request, Permission.SIMULATIONS_READ)

        def look(work: Work) -> SimulationView:
            return simulation_view(work, own_simulation(work, member.account_id, simulation_id))

        view = await desk.look(look)
        if STREAM in request.headers.get("accept", ""):
            return streamed(feeds.follow(member, view, look))
        return answer(view, headers={"Vary": "Accept"})


def _page(work: Work, question: SimulationQuestion) -> Simulations:
    found = simulations_that_fit(work, question)
    page, more = page_of(found, question.limit, lambda one: one.id)
    return Simulations(simulations=simulation_views(work, page), cursor=more)
