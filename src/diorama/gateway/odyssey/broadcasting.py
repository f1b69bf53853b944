"""Letting others watch what a viewer of Odyssey's SDK streams, and answering who comes to watch.

One token is handed to the viewer's app, which hands it on: it is good for as many as may watch.
Whether anybody may is the project's rule, as for all spectators. The SDK knows of a token that is
none, and of a stream that is over; what else is refused, it shows as a number.
"""

import asyncio
from typing import Annotated, Final

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response

from diorama.accounts.credentials import SpectatorToken
from diorama.gateway.body import path_id
from diorama.gateway.whep import Watched, Whep
from diorama.gateway.whep_routes import SDP, offer_of
from diorama.kernel.errors import Forbidden, Refused, Unauthorized
from diorama.protocol.spectator_views import CreateSpectator
from diorama.protocol.worker import MAX_SPECTATORS
from diorama.sessions.spectating import Inviter, invite
from diorama.sessions.spectator_store import Spectator
from diorama.sessions.work import Work

NAME: Final = "Odyssey SDK"
MAX_TOKEN: Final = 512
SHOWN_WITHIN_S: Final = 10.0
LOOK_EVERY_S: Final = 0.25


def let_watch(work: Work, session_id: str) -> Spectator:
    """Return who stands for everybody that a viewer lets watch; raises as `invite` does."""
    wish = CreateSpectator(name=NAME, viewers=MAX_SPECTATORS)
    return invite(work, session_id, wish, Inviter("viewer"))


async def _watched(whep: Whep, token: SpectatorToken, offer: str) -> Watched:
    """Return the answer to an offer; who comes a little early waits for the first picture.

    The SDK asks once, and its viewer's app hands out addresses as soon as it has them.
    """
    loop = asyncio.get_running_loop()
    until_s = loop.time() + SHOWN_WITHIN_S
    while True:
        try:
            return await whep.watch(token, offer)
        except Refused as error:
            if error.code != "session_not_live" or loop.time() >= until_s:
                raise
        await asyncio.sleep(LOOK_EVERY_S)


def add_watch_routes(router: APIRouter, whep: Whep) -> None:
    """Add the routes of those who watch."""

    @router.post("/watch/{session_id}/whep")
    async def play(
        request: Request,
        project: str,
        session_id: str,
        token: Annotated[str, Query(max_length=MAX_TOKEN)],
    ) -> Response:
        said = whep.token(token)
        if said.session_id != session_id:
            raise Unauthorized("this token is of another session", code="token_refused")
        try:
            watched = await _watched(whep, said, await offer_of(request))
        except Forbidden as error:
            raise Unauthorized(str(error), code=error.code) from None
        home = f"/odyssey/{path_id(project)}/watch/{watched.session_id}/whep"
        # The SDK ends it by a bare DELETE, so the address carries what that needs.
        where = {"Location": f"{home}/{watched.watch_id}?token={token}"}
        return Response(watched.answer, 201, {**where, "Cache-Control": "no-store"}, SDP)

    @router.delete("/watch/{session_id}/whep/{watch_id}")
    async def leave(
        session_id: str, watch_id: str, token: Annotated[str, Query(max_length=MAX_TOKEN)]
    ) -> Response:
        said = whep.token(token)
        if said.session_id != session_id:
            raise Unauthorized("this token is of another session", code="token_refused")
        await whep.leave(said, path_id(watch_id))
        return Response(None, 204)
