"""REST for who may watch a session: let somebody, see who does, put them out."""

from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from diorama.accounts.credentials import SpectatorToken, sign_spectator
from diorama.accounts.permissions import Permission
from diorama.gateway.authorisation import Doorkeeper
from diorama.gateway.body import Documents, answer, json_body, path_id
from diorama.gateway.desk import Desk
from diorama.gateway.links import Links
from diorama.gateway.session_routes import theirs
from diorama.protocol.spectator_views import (
    CreatedSpectator,
    CreateSpectator,
    Spectators,
    SpectatorView,
)
from diorama.sessions.show import time_of
from diorama.sessions.spectating import Inviter, invite, revoke, spectators_of
from diorama.sessions.spectator_store import Spectator


def spectator_routes(
    desk: Desk, doors: Doorkeeper, documents: Documents, *, secret: bytes, links: Links
) -> APIRouter:
    """Return the routes.

    Args:
        desk: runs use cases.
        doors: says who asks.
        documents: collects what the routes take and give.
        secret: signs tokens.
        links: knows the gateway's address.
    """
    router = APIRouter(prefix="/v1/sessions/{session_id}/spectators", tags=["spectators"])

    @router.get(
        "",
        summary="List who may watch a session, and who does",
        **documents.route(answers={200: Spectators}, problems=(401, 403, 404)),
    )
    async def list_(request: Request, session_id: str) -> Response:
        caller = await doors.caller(request, needs=Permission.SESSIONS_READ)
        return answer(
            await desk.look(
                lambda work: spectators_of(work, theirs(work, caller, session_id, current=True))
            )
        )

    @router.post(
        "",
        summary="Let somebody watch a session; the token is shown this once",
        **documents.route(
            body=CreateSpectator,
            answers={201: CreatedSpectator},
            problems=(400, 401, 403, 404, 409),
        ),
    )
    async def create(
        request: Request,
        session_id: str,
        body: Annotated[CreateSpectator, Depends(json_body(CreateSpectator))],
    ) -> Response:
        caller = await doors.caller(request, needs=Permission.SESSIONS_WRITE)
        made = await desk.do(
            lambda work: invite(
                work,
                theirs(work, caller, session_id, current=True).id,
                body,
                Inviter(caller.actor),
            )
        )
        shown = created(made, secret, links.base(request))
        where = {"Location": f"/v1/sessions/{made.session_id}/spectators/{made.id}"}
        return answer(shown, 201, {**where, "Cache-Control": "no-store"})

    @router.delete(
        "/{spectator_id}",
        summary="Revoke a spectator's token, and put out who watches by it",
        **documents.route(answers={200: SpectatorView}, problems=(401, 403, 404)),
    )
    async def delete(request: Request, session_id: str, spectator_id: str) -> Response:
        caller = await doors.caller(request, needs=Permission.SESSIONS_WRITE)
        return answer(
            await desk.do(
                lambda work: revoke(
                    work,
                    theirs(work, caller, session_id, current=True).id,
                    path_id(spectator_id),
                    Inviter(caller.actor),
                )
            )
        )

    return router


def created(spectator: Spectator, secret: bytes, base: str) -> CreatedSpectator:
    """Return what whoever asked for a spectator is shown: the token, and where it is used.

    Args:
        spectator: who may watch.
        secret: signs the token.
        base: the gateway's address, without a slash at its end.
    """
    token = sign_spectator(SpectatorToken(spectator.session_id, spectator.id), secret)
    return CreatedSpectator(
        id=spectator.id,
        session=spectator.session_id,
        name=spectator.name,
        viewers=spectator.viewers,
        url=f"{base}/v1/whep/{spectator.session_id}",
        token=token,
        watch_url=f"{base}/watch/{spectator.session_id}#token={token}",
        expires_at=time_of(spectator.expires_us),
    )
