"""Where rate limits are asked: before a request of REST is answered, before a socket is taken.

What is counted, and on whom, is `rate_limits`'s.
"""

import asyncio
from http import HTTPStatus
from typing import Final

from aiohttp import web
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from diorama.gateway import problems
from diorama.gateway.body import answer
from diorama.gateway.front import SocketHandler
from diorama.gateway.odyssey.cross_origin import PREFIX
from diorama.gateway.odyssey.refusals import usage_error
from diorama.gateway.rate_limits import RateLimits
from diorama.kernel.errors import LimitReached

HELD_BACK_S: Final = 0.1
"""Who asks too often and does not wait is answered no faster than this on each connection: refusing
thousands a second would take the event loop from all others."""


class Limited:
    """An ASGI application behind rate limits.

    Args:
        app: what answers.
        limits: counts.
    """

    def __init__(self, app: ASGIApp, limits: RateLimits) -> None:
        self._app = app
        self._limits = limits

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        try:
            self._limits.count(scope)
        except LimitReached as error:
            await asyncio.sleep(HELD_BACK_S)
            await _document(error, scope)(scope, receive, send)
            return
        await self._app(scope, receive, send)


def _document(error: LimitReached, scope: Scope) -> Response:
    """Return what is told of a limit; Odyssey's SDK has words of its own for one."""
    typed = usage_error(error) if scope["path"].startswith(PREFIX) else None
    if typed is None:
        return problems.document(error, scope, {})
    return answer(typed, HTTPStatus.TOO_MANY_REQUESTS, problems.headers_of(error))


def limited_socket(handler: SocketHandler, limits: RateLimits) -> SocketHandler:
    """Return a WebSocket endpoint that is asked for within limits, by addresses."""

    async def take(request: web.BaseRequest) -> web.StreamResponse:
        peer = request.get_extra_info("peername")
        host = peer[0] if isinstance(peer, tuple) else None
        try:
            limits.count_upgrade(host, request.headers.getall("X-Forwarded-For", ()))
        except LimitReached as error:
            return _refusal(error)
        return await handler(request)

    return take


def _refusal(error: LimitReached) -> web.StreamResponse:
    status = HTTPStatus.TOO_MANY_REQUESTS
    response = web.Response(
        status=status,
        body=problems.encode(status, error.code, str(error), facts=error.detail),
        content_type=problems.MEDIA_TYPE,
        headers={"Server": "diorama", **problems.headers_of(error)},
    )
    response.force_close()
    return response
