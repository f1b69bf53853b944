"""REST for what bills are made of: the cost of slots, and usage rebuilt from the log alone."""

from decimal import Decimal
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from starlette.requests import Request
from starlette.responses import Response

from diorama.accounts.permissions import Permission
from diorama.gateway.authorisation import Doorkeeper
from diorama.gateway.body import Documents, answer
from diorama.gateway.desk import Desk
from diorama.gateway.usage_query import When, Whose, account_asked, when_asked
from diorama.metering import verifying
from diorama.metering.asking import cost
from diorama.protocol.usage_views import CostView, VerifiedView
from diorama.sessions.usage_store import Window
from diorama.sessions.work import Work


def billing_routes(desk: Desk, doors: Doorkeeper, documents: Documents) -> APIRouter:
    """Return the routes.

    Args:
        desk: runs use cases.
        doors: says who asks.
        documents: collects what the routes take and give.
    """
    router = APIRouter(prefix="/v1/usage", tags=["usage"])

    @router.get(
        "/cost",
        summary="What slots cost at a price per GPU hour: streaming, idle, waiting and warm",
        **documents.route(answers={200: CostView}, problems=(401, 403, 404)),
    )
    async def cost_(
        request: Request,
        when: Annotated[When, Depends(when_asked)],
        price_per_gpu_hour: Annotated[str, Query(pattern=r"^[0-9]{1,6}(\.[0-9]{1,6})?$")],
    ) -> Response:
        member = await doors.member(request, Permission.USAGE_READ)

        def asked(work: Work) -> tuple[str | None, Window]:
            return account_asked(work, member, when.account), when.window(work.now_us)

        account_id, window = await desk.look(asked)
        return answer(await cost(desk, account_id, window, Decimal(price_per_gpu_hour)))

    @router.get(
        "/verify",
        summary="Rebuild usage from the log alone, and tell every difference; page by page",
        **documents.route(answers={200: VerifiedView}, problems=(401, 403, 404)),
    )
    async def verify(
        request: Request,
        account: Whose = None,
        cursor: Annotated[str | None, Query(pattern="^[0-9a-z_]{1,64}$")] = None,
    ) -> Response:
        member = await doors.member(request, Permission.USAGE_READ)
        of = await desk.look(lambda work: account_asked(work, member, account))
        return answer(await verifying.verify(desk, of, cursor))

    return router
