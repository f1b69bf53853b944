"""REST for a customer's backend: tickets for its viewers, and the key that signs them."""

from functools import partial
from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from diorama.accounts.permissions import Permission
from diorama.accounts.tickets import TicketKey
from diorama.gateway.authorisation import Doorkeeper
from diorama.gateway.body import Documents, answer, json_body
from diorama.gateway.desk import Desk
from diorama.protocol.door_views import (
    MintedTicket,
    MintTicket,
    RotatedTicketKey,
    RotateTicketKey,
)
from diorama.sessions.ticketing import mint_ticket, rotate_key, signing_key
from diorama.sessions.work import Work


def ticket_routes(desk: Desk, doors: Doorkeeper, documents: Documents, secret: bytes) -> APIRouter:
    """Return the routes.

    Args:
        desk: runs use cases.
        doors: says who asks.
        documents: collects what the routes take and give.
        secret: what the keys that sign tickets are derived from.
    """
    router = APIRouter(prefix="/v1/tickets", tags=["tickets"])

    @router.post(
        "",
        summary="Make a ticket: it lets one viewer open one session within its minutes",
        **documents.route(
            body=MintTicket, answers={201: MintedTicket}, problems=(400, 401, 403, 404)
        ),
    )
    async def mint(
        request: Request, body: Annotated[MintTicket, Depends(json_body(MintTicket))]
    ) -> Response:
        member = await doors.member(request, Permission.TICKETS_WRITE)

        def look(work: Work) -> tuple[TicketKey | None, MintedTicket | None]:
            key = work.stores.tickets.signing(member.account_id)
            if key is None:
                return None, None
            return key, mint_ticket(work, body, key, actor=member.actor, secret=secret)

        key, minted = await desk.look(look)
        if key is None:  # the account's first ticket
            key = await desk.do(partial(signing_key, account_id=member.account_id))
            _, minted = await desk.look(look)
        if minted is None:
            raise AssertionError(f"key {key.id} is there, and nothing is signed")
        return answer(minted, 201, {"Cache-Control": "no-store"})

    @router.post(
        "/rotate",
        summary="Sign tickets with another key from now on",
        **documents.route(
            body=RotateTicketKey, answers={200: RotatedTicketKey}, problems=(400, 401, 403)
        ),
    )
    async def rotate(
        request: Request, body: Annotated[RotateTicketKey, Depends(json_body(RotateTicketKey))]
    ) -> Response:
        member = await doors.member(request, Permission.KEYS_WRITE)
        key = await desk.do(
            partial(
                rotate_key,
                account_id=member.account_id,
                at_once=body.at_once,
                actor=member.actor,
            )
        )
        return answer(RotatedTicketKey(key=key.id))

    return router
