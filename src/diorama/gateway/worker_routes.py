"""REST for workers: which there are, and what their slots hold."""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from diorama.accounts.permissions import Permission
from diorama.gateway.authorisation import Doorkeeper
from diorama.gateway.body import Documents, answer
from diorama.gateway.desk import Desk
from diorama.protocol.views import Workers
from diorama.sessions.show import worker_view
from diorama.sessions.work import Work


def worker_routes(desk: Desk, doors: Doorkeeper, documents: Documents) -> APIRouter:
    """Return the routes.

    Args:
        desk: runs use cases.
        doors: says who asks.
        documents: collects what the routes take and give.
    """
    router = APIRouter(prefix="/v1/workers", tags=["workers"])

    @router.get(
        "",
        summary="List the workers and what their slots hold",
        **documents.route(answers={200: Workers}, problems=(401,)),
    )
    async def workers(request: Request) -> Response:
        await doors.member(request, Permission.WORKERS_READ)
        return answer(await desk.look(_workers))

    return router


def _workers(work: Work) -> Workers:
    slots = work.stores.slots.of_workers()
    found = work.stores.workers.all()
    return Workers(workers=tuple(worker_view(w, slots.get(w.id, []), work.now_us) for w in found))
