"""REST for who opens and leaves a session: its viewer's page, or a backend that asks for one."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Annotated, Final

import msgspec
from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from diorama.accounts.credentials import SessionToken, sign_token
from diorama.accounts.permissions import Permission
from diorama.accounts.tickets import TICKET, Ticket
from diorama.gateway.authorisation import Caller, Doorkeeper
from diorama.gateway.body import Documents, answer, json_body
from diorama.gateway.client_address import Network, visitor_address, visitor_tag
from diorama.gateway.cross_origin import asking_of
from diorama.gateway.desk import Desk
from diorama.gateway.session_routes import idempotency_key, theirs
from diorama.gateway.viewer_socket import view_of
from diorama.kernel.errors import Invalid
from diorama.kernel.ids import digest
from diorama.protocol.requests import LeavePage, OpenSession
from diorama.protocol.views import OpenedSession, SessionView
from diorama.sessions.doors import Door
from diorama.sessions.opening import (
    AS_RULED,
    Opening,
    RefusedByLimit,
    open_session,
    yield_stale,
)
from diorama.sessions.ticketing import genuine_ticket
from diorama.sessions.viewing import leave
from diorama.sessions.work import Work

BEACON: Final = ("application/json", "text/plain")
"""What a page that is being left may send another origin: no time is left to ask first (CORS)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Doorstep:
    """What is needed to see through which door a request comes.

    Attributes:
        secret: signs session tokens and tickets, and stands for addresses.
        proxies: the networks of proxies whose word on addresses is taken.
    """

    secret: bytes
    proxies: Sequence[Network] = ()


def opening_routes(
    desk: Desk, doors: Doorkeeper, documents: Documents, step: Doorstep
) -> APIRouter:
    """Return the routes.

    Args:
        desk: runs use cases.
        doors: says who asks.
        documents: collects what the routes take and give.
        step: sees through which door a request comes.
    """
    router = APIRouter(prefix="/v1/sessions", tags=["sessions"])

    @router.post(
        "",
        summary="Ask for a session",
        **documents.route(
            body=OpenSession,
            answers={201: OpenedSession, 200: OpenedSession},
            problems=(400, 401, 403, 404, 409, 413, 429, 503),
        ),
    )
    async def open_(
        request: Request,
        body: Annotated[OpenSession, Depends(json_body(OpenSession, anybody=True))],
    ) -> Response:
        caller = Caller()
        if _bearer_ticket(request) is None:
            caller = await doors.caller(request, anybody=True, needs=Permission.SESSIONS_WRITE)
        opening = _opening(request, body, caller, await _door(desk, step, request, body))
        try:
            opened = await desk.do(lambda work: _open(work, opening, step.secret))
        except RefusedByLimit as refusal:
            if refusal.ending:
                await desk.do(partial(yield_stale, ending=refusal.ending))
            raise
        where = {"Location": f"/v1/sessions/{opened.session.id}"}
        return answer(opened, 200 if opened.continued else 201, where)

    @router.post(
        "/{session_id}/bye",
        summary="Say that the viewer's page is being left (1001) or that it is done (1000)",
        **documents.route(body=LeavePage, answers={202: SessionView}, problems=(400, 401, 404)),
    )
    async def bye(
        request: Request,
        session_id: str,
        body: Annotated[LeavePage, Depends(json_body(LeavePage, media_types=BEACON, anybody=True))],
    ) -> Response:
        caller = await _leaver(doors, request, body)

        def say(work: Work) -> SessionView:
            session = theirs(work, caller, session_id, current=True)
            return view_of(work, leave(work, session.id, body.code) or session)

        return answer(await desk.do(say), 202)

    return router


async def _door(desk: Desk, step: Doorstep, request: Request, body: OpenSession) -> Door:
    text = body.ticket or _bearer_ticket(request)
    ticket = None
    if text is not None:
        ticket = await desk.look(lambda work: genuine_ticket(work, text, step.secret))
    address = visitor_address(
        request.client.host if request.client else None,
        request.headers.getlist("x-forwarded-for"),
        step.proxies,
    )
    return Door(
        ticket=ticket,
        link=None if body.share is None else digest(body.share),
        visitor=visitor_tag(address, step.secret),
    )


def _bearer_ticket(request: Request) -> str | None:
    """Return a ticket that came where keys do."""
    scheme, _, secret = request.headers.get("authorization", "").partition(" ")
    is_ticket = scheme.lower() == "bearer" and secret.strip().startswith(f"{TICKET}_")
    return secret.strip() if is_ticket else None


def _opening(request: Request, body: OpenSession, caller: Caller, door: Door) -> Opening:
    if body.project is None and door.ticket is None:
        raise Invalid("without a ticket, `project` says what to open", code="schema")
    said = Opening(
        project=body.project,
        region=body.region,
        client_id=body.client_id,
        end_user=body.end_user,
        device=body.device,
        priority=body.priority,
        account_id=caller.account_id,
        idempotency_key=idempotency_key(request),
        fingerprint=_fingerprint(body),
        asking=asking_of(request.headers),
        afk=body.afk or AS_RULED,
        actor="viewer" if caller.account_id is None else caller.actor,
        door=door,
    )
    return said if door.ticket is None else _as_ticket_says(said, door.ticket)


def _as_ticket_says(said: Opening, ticket: Ticket) -> Opening:
    """Return a request with what its ticket says, which nothing in its body replaces."""
    if said.end_user not in {None, ticket.end_user}:
        raise Invalid("the ticket names the end user", code="end_user_unproven")
    if said.priority not in {None, ticket.priority}:
        raise Invalid("the ticket names the priority", code="priority_unproven")
    return replace(
        said,
        end_user=ticket.end_user,
        priority=ticket.priority,
        region=ticket.region or said.region,
        device=ticket.device or said.device,
    )


def _fingerprint(body: OpenSession) -> str:
    """Return what tells a repeat from another request: a repeat may bring a newer ticket."""
    said = msgspec.structs.replace(body, ticket=None)
    return hashlib.sha256(msgspec.json.encode(said)).hexdigest()


def _open(work: Work, opening: Opening, secret: bytes) -> OpenedSession:
    opened = open_session(work, opening)
    token = SessionToken(session_id=opened.session.id, issue=opened.session.issue)
    return OpenedSession(
        session=view_of(work, opened.session),
        token=sign_token(token, secret),
        continued=opened.continued,
    )


async def _leaver(doors: Doorkeeper, request: Request, body: LeavePage) -> Caller:
    """Return who leaves: by the token in the body, or else by the header."""
    if body.token is None:
        return await doors.caller(request, needs=Permission.SESSIONS_WRITE)
    return doors.viewer(body.token)
