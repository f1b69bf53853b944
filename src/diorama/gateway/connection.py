"""One TCP connection of the front: how long a request's headers may take, and when its client left.

aiohttp closes an idle connection, but lets a client trickle one header a minute for ever. Here the
headers of each request have an absolute deadline from their first byte, and those of the first
request from the accept. Source: reliability notes, F9.

It leans on four private names of aiohttp's `RequestHandler` (`_request_count`, `_current_request`,
`_messages`, `_waiter`); tests/gateway/front fails if a version of aiohttp changes them.
"""

import asyncio
from collections.abc import Callable
from http import HTTPStatus
from typing import Any, Final

import structlog
from aiohttp import web

from diorama.gateway import problems

HEADERS_WITHIN_S: Final = 10.0
KEEP_ALIVE_S: Final = 75.0
"""Longer than the 60 s after which usual proxies drop an idle connection, so they are the first."""
LINGER_S: Final = 2.0
"""How long an unread body is drained after a refusal, so that this arrives before a reset."""

_log: Final = structlog.stdlib.get_logger(__name__)


class Connection(web.RequestHandler):
    """aiohttp's protocol of one connection, with a header deadline and a word when it is lost."""

    __slots__ = ("_header_timer", "headers_within_s", "on_data", "on_lost")

    def __init__(
        self,
        manager: web.Server,
        *,
        loop: asyncio.AbstractEventLoop,
        headers_within_s: float,
        **kwargs: Any,  # noqa: ANN401 - aiohttp's own settings, passed through
    ) -> None:
        super().__init__(manager, loop=loop, **kwargs)
        self.headers_within_s = headers_within_s
        self.on_data: Callable[[int], None] | None = None
        self.on_lost: Callable[[], None] | None = None
        self._header_timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Start the deadline of the first request."""
        super().connection_made(transport)
        self._start_header_timer()

    def data_received(self, data: bytes) -> None:
        """Take bytes; whole headers stop the deadline, the first part of some starts it."""
        before = self._request_count
        super().data_received(data)
        if self._request_count != before:
            self._stop_header_timer()
        elif self._current_request is None and not self._messages:
            self._start_header_timer()
        if self.on_data is not None:
            self.on_data(len(data))

    def connection_lost(self, exc: BaseException | None) -> None:
        """Tell whoever answers on this connection that nobody listens."""
        self._stop_header_timer()
        super().connection_lost(exc)
        if self.on_lost is not None:
            self.on_lost()
            self.on_lost = None

    def handle_error(
        self,
        request: web.BaseRequest,  # noqa: ARG002 - a stand-in: there was no request to parse
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        """Answer what is not HTTP, echoing none of it; scanners are no event for the log."""
        if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            _log.error("answering failed", exc_info=exc)
            detail = problems.INTERNAL_SENTENCE
        else:
            _log.debug("not HTTP", problem=message)
            detail = "This is not a well-formed HTTP request."
        code = problems.CODE_OF_STATUS.get(status, "bad_request")
        return refusal(status, code, detail)

    def _start_header_timer(self) -> None:
        if self._header_timer is None:
            self._header_timer = self._loop.call_later(self.headers_within_s, self._give_up)

    def _stop_header_timer(self) -> None:
        if self._header_timer is not None:
            self._header_timer.cancel()
            self._header_timer = None

    def _give_up(self) -> None:
        self._header_timer = None
        if self._waiter is not None and not self._waiter.done():
            self.force_close()


class ConnectionServer(web.Server):
    """aiohttp's low-level server, whose connections are `Connection`."""

    def __init__(
        self,
        handler: Callable[[web.BaseRequest], Any],
        *,
        headers_within_s: float = HEADERS_WITHIN_S,
    ) -> None:
        super().__init__(handler)
        self._headers_within_s = headers_within_s

    def __call__(self) -> web.RequestHandler:
        """Return the protocol of a new connection."""
        return Connection(
            self,
            loop=self._loop,
            headers_within_s=self._headers_within_s,
            keepalive_timeout=KEEP_ALIVE_S,
            lingering_time=LINGER_S,
            access_log=None,
            auto_decompress=False,  # bodies are capped as sent; no decompression bomb is opened
        )


def refusal(
    status: int, code: str, detail: str, *, request_id: str | None = None
) -> web.StreamResponse:
    """Return a problem document as an answer of aiohttp, after which the connection closes."""
    response = web.Response(
        status=int(status),
        body=problems.encode(status, code, detail, request_id=request_id),
        content_type=problems.MEDIA_TYPE,
        headers={"Server": "diorama"},
    )
    response.force_close()
    return response
