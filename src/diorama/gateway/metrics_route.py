"""`GET /metrics`: with a key of the operator's account on the one port, or on a port of its own.

The figures are of everybody's projects, so no other account's key opens them. A port of its own,
which asks for no key, is off unless it is set, and belongs where only Prometheus reaches it.
"""

import asyncio
from typing import Final

from fastapi import APIRouter
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from diorama.accounts.permissions import Permission
from diorama.gateway import problems
from diorama.gateway.authorisation import Doorkeeper
from diorama.gateway.bootstrap import OWNER
from diorama.gateway.desk import Desk
from diorama.gateway.hub import Hub
from diorama.gateway.metrics import Metrics
from diorama.kernel.errors import Forbidden, Unavailable
from diorama.sessions.census import Census, take_census

FRESH_S: Final = 1.0
"""A count is shown again for so long: many who scrape cost no more than one."""


class Exposition:
    """The page of metrics, counted anew when it is asked for.

    Args:
        metrics: what this gateway counted.
        desk: looks at the store.
        hub: holds the sockets.
    """

    def __init__(self, metrics: Metrics, desk: Desk, hub: Hub) -> None:
        self._metrics = metrics
        self._desk = desk
        self._hub = hub
        self._counting = asyncio.Lock()
        self._census: Census | None = None
        self._counted_s: float | None = None

    async def answer(self, request: Request) -> Response:
        """Return the page; without what is in the store while that is away."""
        sockets = {"viewer": self._hub.viewer_count, "worker": self._hub.worker_count}
        accept = request.headers.get("accept", "")
        async with self._counting:
            page, content_type = self._metrics.page(await self._count(), sockets, accept)
        return Response(page, headers={"Content-Type": content_type, "Cache-Control": "no-store"})

    async def _count(self) -> Census | None:
        now_s = asyncio.get_running_loop().time()
        if self._counted_s is None or now_s - self._counted_s >= FRESH_S:
            try:
                self._census = await self._desk.look(take_census)
            except Unavailable:
                self._census = None
            self._counted_s = now_s
        return self._census


def metrics_route(exposition: Exposition, doors: Doorkeeper) -> APIRouter:
    """Return the route on the one port."""
    router = APIRouter(tags=["health"])

    @router.get(
        "/metrics",
        summary="What Prometheus reads; with a key of the operator's account",
        response_class=Response,
        responses={
            200: {"content": {"text/plain": {}}},
            **problems.documented((401, 403, 422)),
        },
    )
    async def metrics(request: Request) -> Response:
        member = await doors.member(request, Permission.WORKERS_READ)
        if member.account_id != OWNER:
            raise Forbidden("metrics are the operator's", code="permission_missing")
        return await exposition.answer(request)

    return router


def metrics_alone(exposition: Exposition) -> Starlette:
    """Return the application of a port of its own."""
    return Starlette(routes=[Route("/metrics", exposition.answer)])
