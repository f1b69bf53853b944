"""REST for workers: what there is to run on, and putting a worker out of service and back.

The operator sees every worker with the sessions on it. Other accounts see counts of the pools that
their projects use, and no worker.
"""

from collections.abc import Callable
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from diorama.accounts.permissions import Permission
from diorama.gateway.authorisation import Doorkeeper, Member
from diorama.gateway.body import Documents, answer, json_body
from diorama.gateway.desk import Desk
from diorama.kernel.errors import Forbidden
from diorama.protocol.requests import DrainWorker
from diorama.protocol.views import Workers, WorkerView
from diorama.sessions.draining import ByWhom, drain, resume
from diorama.sessions.fleet import workers_for
from diorama.sessions.show_workers import worker_view
from diorama.sessions.work import Work
from diorama.workers.capabilities import Worker


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
        summary="List the workers and what their slots hold; for other accounts, pools alone",
        **documents.route(answers={200: Workers}, problems=(401, 403)),
    )
    async def workers(request: Request) -> Response:
        member = await doors.member(request, Permission.WORKERS_READ)
        look = partial(workers_for, account_id=member.account_id, operates=member.operates)
        return answer(await desk.look(look))

    @router.post(
        "/{worker_id}/drain",
        summary="Put a worker out of service: no new sessions, and a countdown for what runs",
        **documents.route(
            body=DrainWorker, answers={200: WorkerView}, problems=(400, 401, 403, 404)
        ),
    )
    async def drain_(
        request: Request,
        worker_id: str,
        body: Annotated[DrainWorker, Depends(json_body(DrainWorker))],
    ) -> Response:
        by = _by(await doors.member(request, Permission.WORKERS_WRITE))
        change = partial(drain, worker_id=worker_id, within_s=body.within_s, by=by)
        return answer(await desk.do(lambda work: _shown(work, change)))

    @router.post(
        "/{worker_id}/resume",
        summary="Put a worker back in service",
        **documents.route(answers={200: WorkerView}, problems=(401, 403, 404, 409)),
    )
    async def resume_(request: Request, worker_id: str) -> Response:
        by = _by(await doors.member(request, Permission.WORKERS_WRITE))
        change = partial(resume, worker_id=worker_id, by=by)
        return answer(await desk.do(lambda work: _shown(work, change)))

    return router


def _by(member: Member) -> ByWhom:
    """Return who asks; workers are the operator's, whatever a role of another account brings."""
    if not member.operates:
        raise Forbidden(
            "workers are the operator's",
            code="permission_missing",
            detail={"needs": Permission.OPERATE.value},
        )
    return ByWhom(account_id=member.account_id, actor=member.actor)


def _shown(work: Work, change: Callable[[Work], Worker]) -> WorkerView:
    worker = change(work)
    return worker_view(worker, work.stores.slots.of_worker(worker.id), work.now_us)
