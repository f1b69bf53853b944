"""REST for the chart of an account at a glance: concurrency and waits, step by step."""

import asyncio
from functools import partial
from typing import Annotated, Final

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response

from diorama.accounts.permissions import Permission
from diorama.gateway.authorisation import Doorkeeper
from diorama.gateway.body import Documents, answer
from diorama.gateway.desk import Desk
from diorama.gateway.usage_query import Since, Until
from diorama.metering.charting import Chart, begin, drawn, rows_of
from diorama.metering.periods import lately
from diorama.metering.series import steps
from diorama.protocol.usage_views import SeriesView
from diorama.sessions.work import Work

MAX_STEP_S: Final = 31 * 86_400


def series_routes(desk: Desk, doors: Doorkeeper, documents: Documents) -> APIRouter:
    """Return the routes.

    Args:
        desk: runs use cases.
        doors: says who asks.
        documents: collects what the routes take and give.
    """
    router = APIRouter(prefix="/v1/overview", tags=["usage"])

    @router.get(
        "/series",
        summary="Concurrency and waits from when to when, step by step; the last day by default",
        **documents.route(answers={200: SeriesView}, problems=(401, 403)),
    )
    async def series(
        request: Request,
        since: Since = None,
        to: Until = None,
        step_s: Annotated[
            int | None, Query(ge=1, le=MAX_STEP_S, description="1,000 points at most")
        ] = None,
    ) -> Response:
        member = await doors.member(request, Permission.SESSIONS_READ)

        def start(work: Work) -> Chart:
            window = lately(work.now_us, since=since, until=to)
            into = steps(window.from_us, window.until_us, step_s=step_s)
            return begin(work, member.account_id, window, into)

        chart = await desk.look(start)
        while not chart.is_whole:
            chart.take(await desk.look(partial(rows_of, chart=chart)))
        return answer(await asyncio.to_thread(drawn, chart))

    return router
