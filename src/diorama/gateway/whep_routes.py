"""WHEP: an SDP offer is posted, an answer comes back, and a DELETE ends it.

Any page may do it, as any player may: what opens a session is the token alone, so answers are for
every origin (`gateway.cross_origin`). There is no trickle: an answer has every candidate in it. ICE
servers come as `Link` headers, with the answer as WHEP has it, and before that with a look at the
session: an offer without trickle is made once, with what is known then.
Source: draft-ietf-wish-whep-03; RFC 9725, of which it is the counterpart.
"""

from typing import Annotated, Final

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response

from diorama.accounts.credentials import SpectatorToken
from diorama.gateway.body import Documents, answer, path_id
from diorama.gateway.whep import MAX_OFFER_BYTES, Watched, Whep
from diorama.kernel.errors import Invalid, Unauthorized
from diorama.protocol.media import IceServer
from diorama.protocol.spectator_views import WatchView
from diorama.protocol.states import FINAL

SDP: Final = "application/sdp"
_OFFER: Final = {
    "requestBody": {"required": True, "content": {SDP: {"schema": {"type": "string"}}}},
}
_ANY: Final = frozenset({"*/*", "application/*", SDP})


def whep_routes(whep: Whep, documents: Documents) -> APIRouter:
    """Return the routes.

    Args:
        whep: answers offers.
        documents: collects what the routes take and give.
    """
    router = APIRouter(prefix="/v1", tags=["spectators"])
    _playing(router, whep, documents)
    _looking(router, whep, documents)
    return router


def _playing(router: APIRouter, whep: Whep, documents: Documents) -> None:
    described = documents.route(
        answers={201: None}, problems=(401, 403, 404, 406, 409, 413, 415, 429, 503)
    )
    described["openapi_extra"] = {**described["openapi_extra"], **_OFFER}

    @router.post(
        "/whep/{session_id}",
        summary="Watch a session (WHEP): post an SDP offer with a spectator's token",
        **described,
    )
    async def play(request: Request, session_id: str) -> Response:
        token = _token(request, whep, session_id)
        _check_accepts(request)
        watched = await whep.watch(token, await offer_of(request))
        return _answer(watched, whep.ice_servers(token))

    @router.options("/whep/{session_id}", include_in_schema=False)
    async def options(session_id: str) -> Response:
        del session_id  # the answer is the same for all
        return Response(None, 204, {"Accept-Post": SDP, "Allow": "OPTIONS, POST"})

    @router.delete(
        "/whep/{session_id}/{watch_id}",
        summary="Watch no more (WHEP); ending what has ended changes nothing",
        **documents.route(answers={204: None}, problems=(401, 404)),
    )
    async def leave(request: Request, session_id: str, watch_id: str) -> Response:
        await whep.leave(_token(request, whep, session_id), path_id(watch_id))
        return Response(None, 204)


def _looking(router: APIRouter, whep: Whep, documents: Documents) -> None:
    @router.get(
        "/watch/{session_id}",
        summary="Look at a session with a spectator's token, and at how one's own watch fares",
        **documents.route(answers={200: WatchView}, problems=(401, 403)),
    )
    async def look(
        request: Request,
        session_id: str,
        watch: Annotated[str | None, Query(pattern="^[0-9a-z_]{1,64}$")] = None,
    ) -> Response:
        token = _token(request, whep, session_id)
        view = await whep.view(token, watch)
        response = answer(view, headers={"Cache-Control": "no-store"})
        if watch is None and view.state not in FINAL:  # who has no watch yet is about to offer
            _link(response, whep.ice_servers(token))
        return response


def links_of(servers: tuple[IceServer, ...]) -> list[str]:
    """Return a `Link` header for each URL of each ICE server (draft-ietf-wish-whep, 4.6)."""
    found: list[str] = []
    for server in servers:
        for url in server.urls:
            link = f'<{url}>; rel="ice-server"'
            if server.username is not None:
                link += f'; username="{server.username}"; credential="{server.credential}"'
                link += '; credential-type="password"'
            found.append(link)
    return found


def _answer(watched: Watched, servers: tuple[IceServer, ...]) -> Response:
    headers = {
        "Location": f"/v1/whep/{watched.session_id}/{watched.watch_id}",
        "ETag": f'"{watched.watch_id}"',
        "Cache-Control": "no-store",
    }
    response = Response(watched.answer, 201, headers, SDP)
    _link(response, servers)
    return response


def _link(response: Response, servers: tuple[IceServer, ...]) -> None:
    for link in links_of(servers):
        response.headers.append("Link", link)


def _token(request: Request, whep: Whep, session_id: str) -> SpectatorToken:
    scheme, _, text = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer":
        raise Unauthorized("this needs a spectator's token", code="credential_missing")
    token = whep.token(text.strip())
    if token.session_id != session_id:
        raise Unauthorized("this token is of another session", code="token_refused")
    return token


def _check_accepts(request: Request) -> None:
    said = request.headers.get("accept")
    if said is None:
        return
    if not any(one.partition(";")[0].strip().lower() in _ANY for one in said.split(",")):
        raise Invalid(f"the answer is {SDP}, which `Accept` does not take", code="not_acceptable")


async def offer_of(request: Request) -> str:
    """Return the offer that a request posts. Raises Invalid."""
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type != SDP:
        raise Invalid(f"the body must be {SDP}", code="media_type")
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > MAX_OFFER_BYTES:
            raise Invalid(f"an offer has at most {MAX_OFFER_BYTES} bytes", code="too_large")
    try:
        return body.decode()
    except UnicodeDecodeError as error:
        raise Invalid("the offer is no UTF-8", code="bad_offer") from error
