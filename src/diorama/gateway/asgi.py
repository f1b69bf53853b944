"""One request of aiohttp answered by an ASGI application: the REST side of the gateway.

The body is read whole before the application is asked: at most `max_bytes`, within `body_within_s`
of the headers; so no route waits for a slow sender, and none can read too much. The few routes that
take files are handed the body as it comes, piece by piece, and count for themselves; a sender may
pause for `body_within_s` at most. The application's answer goes out as it comes. Why this and not a
package: docs/design/gateway-server.md.

It speaks ASGI 3, HTTP spec version 2.3: `receive` waits until the client leaves and then says
`http.disconnect`, by which a server-sent feed of Starlette ends. HEAD is asked as GET, without the
body. There is no lifespan: `gateway.server` joins the parts. No WebSockets: those are aiohttp's.
"""

import asyncio
import contextlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final, Protocol, cast
from urllib.parse import unquote

import structlog
from aiohttp import ClientError, StreamReader, hdrs, web
from aiohttp.http import HttpVersion11
from starlette.types import ASGIApp, Message, Scope

from diorama.gateway import problems
from diorama.gateway.connection import Connection, refusal
from diorama.protocol.strict_json import MAX_REST_BYTES

BODY_WITHIN_S: Final = 30.0
WRITE_WITHIN_S: Final = 30.0
"""For one piece of an answer to leave towards a client that reads slowly or not at all."""

_log: Final = structlog.stdlib.get_logger(__name__)


def takes_no_files(_method: str, _path: str) -> bool:
    """Return that no route is handed its body as it comes."""
    return False


@dataclass(frozen=True, slots=True, kw_only=True)
class BridgeLimits:
    """What one request may cost.

    Attributes:
        takes_files: whether the route of a method and path is handed its body as it comes.
    """

    max_bytes: int = MAX_REST_BYTES
    body_within_s: float = BODY_WITHIN_S
    write_within_s: float = WRITE_WITHIN_S
    takes_files: Callable[[str, str], bool] = takes_no_files


class BodyRefused(Exception):
    """The request's body is not taken; the connection closes after the answer."""

    def __init__(self, status: HTTPStatus, detail: str) -> None:
        super().__init__(detail)
        self.status = status


class AsgiBridge:
    """Answers requests with an ASGI application."""

    def __init__(self, app: ASGIApp, limits: BridgeLimits) -> None:
        self._app = app
        self._limits = limits
        self._exchanges: set[_Exchange] = set()

    def hang_up(self) -> None:
        """Tell every answer under way that its client is gone: feeds end, short answers finish."""
        for exchange in self._exchanges:
            exchange.over.set()

    async def answer(self, request: web.BaseRequest, request_id: str) -> web.StreamResponse:
        """Return the application's answer, already sent where there was someone to send it to."""
        try:
            body = await self._body(request)
        except BodyRefused as error:
            code = problems.CODE_OF_STATUS.get(error.status, "bad_request")
            return refusal(error.status, code, str(error), request_id=request_id)
        exchange = _Exchange(request, body, request_id, self._limits.write_within_s)
        connection = cast(Connection, request.protocol)  # ConnectionServer makes no others
        self._exchanges.add(exchange)
        connection.on_lost = exchange.over.set
        try:
            await self._app(_scope(request, request_id), exchange.receive, exchange.send)
        except Exception:  # noqa: BLE001 - here the request ends: the one place that logs it
            _log.exception("request failed", method=request.method, path=request.path)
        finally:
            connection.on_lost = None
            self._exchanges.discard(exchange)
        return exchange.outcome()

    async def _body(self, request: web.BaseRequest) -> "_Body":
        if self._limits.takes_files(request.method, request.path):
            _refuse_encoding(request)
            await _agree_to_body(request)
            return _ComingBody(request.content, self._limits.body_within_s)
        return _WholeBody(await read_body(request, self._limits))


class _Body(Protocol):
    """What `receive` says of a request's body; None once all of it was said."""

    async def next(self) -> Message | None: ...


class _WholeBody:
    """A body that is there."""

    def __init__(self, body: bytes) -> None:
        self._body: bytes | None = body

    async def next(self) -> Message | None:
        if self._body is None:
            return None
        body, self._body = self._body, None
        return {"type": "http.request", "body": body, "more_body": False}


class _ComingBody:
    """A body that is read as it is asked for: who does not ask lets its sender wait."""

    def __init__(self, content: StreamReader, within_s: float) -> None:
        self._content = content
        self._within_s = within_s
        self._said = False

    async def next(self) -> Message | None:
        if self._said:
            return None
        try:
            async with asyncio.timeout(self._within_s):
                piece = await self._content.readany()
        except (TimeoutError, ConnectionError, ClientError, web.RequestPayloadError):
            self._said = True
            return {"type": "http.disconnect"}
        self._said = not piece
        return {"type": "http.request", "body": piece, "more_body": not self._said}


async def read_body(request: web.BaseRequest, limits: BridgeLimits) -> bytes:
    """Return the whole body; raises BodyRefused as soon as it is known to be too large or late."""
    if not request.body_exists:
        return b""
    if (request.content_length or 0) > limits.max_bytes:
        raise _too_large(limits)
    _refuse_encoding(request)
    await _agree_to_body(request)
    body = bytearray()
    try:
        async with asyncio.timeout(limits.body_within_s):
            async for chunk in request.content.iter_any():
                body += chunk
                if len(body) > limits.max_bytes:
                    raise _too_large(limits)
    except TimeoutError:
        raise BodyRefused(
            HTTPStatus.REQUEST_TIMEOUT,
            f"The body did not arrive within {limits.body_within_s:g} seconds.",
        ) from None
    except web.RequestPayloadError:
        raise BodyRefused(HTTPStatus.BAD_REQUEST, "The body is not well formed.") from None
    return bytes(body)


def _refuse_encoding(request: web.BaseRequest) -> None:
    if request.headers.get(hdrs.CONTENT_ENCODING, "identity").lower() != "identity":
        raise BodyRefused(
            HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "A body must come without a Content-Encoding."
        )


def _too_large(limits: BridgeLimits) -> BodyRefused:
    return BodyRefused(
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"A body may have {limits.max_bytes} bytes."
    )


async def _agree_to_body(request: web.BaseRequest) -> None:
    expected = request.headers.get(hdrs.EXPECT)
    if expected is None or request.version < HttpVersion11:
        return
    if expected.lower() != "100-continue":
        raise BodyRefused(HTTPStatus.EXPECTATION_FAILED, "Only 100-continue can be expected.")
    await request.writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
    request.writer.output_size = 0  # as aiohttp does: no part of the answer itself was sent


def _scope(request: web.BaseRequest, request_id: str) -> Scope:
    target = request.raw_path if request.raw_path.startswith("/") else str(request.rel_url)
    path, _, query = target.partition("#")[0].partition("?")
    peer = request.get_extra_info("peername")
    here = request.get_extra_info("sockname")
    return {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": f"{request.version.major}.{request.version.minor}",
        "method": "GET" if request.method == hdrs.METH_HEAD else request.method,
        "scheme": request.scheme,
        "path": unquote(path),
        "raw_path": path.encode("utf-8", "surrogateescape"),
        "query_string": query.encode("utf-8", "surrogateescape"),
        "root_path": "",
        "headers": [(name.lower(), value) for name, value in request.raw_headers],
        "client": tuple(peer[:2]) if isinstance(peer, tuple) else None,
        "server": tuple(here[:2]) if isinstance(here, tuple) else None,
        "state": {"request_id": request_id},
    }


class _Exchange:
    """One question and its answer: what ASGI calls `receive` and `send`.

    Attributes:
        over: set once nobody listens to the answer, or all of it is sent.
    """

    def __init__(
        self, request: web.BaseRequest, body: _Body, request_id: str, write_within_s: float
    ) -> None:
        self.over = asyncio.Event()
        self._request = request
        self._request_id = request_id
        self._body = body
        self._write_within_s = write_within_s
        self._start: Message | None = None
        self._response: web.StreamResponse | None = None
        self._complete = False

    async def receive(self) -> Message:
        """Return the body, or its next piece; after all of it wait for the end of the exchange."""
        if (message := await self._body.next()) is not None:
            return message
        await self.over.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Message) -> None:
        """Take one message of the answer. What comes when the client is gone is dropped."""
        if message["type"] == "http.response.start":
            self._start = message
            return
        if self.over.is_set():
            await asyncio.sleep(0)  # an answer that never ends must let its own end be noticed
            return
        try:
            async with asyncio.timeout(self._write_within_s):
                await self._write(bytes(message.get("body", b"")), message.get("more_body", False))
        except (TimeoutError, ConnectionError):
            self.over.set()

    async def _write(self, body: bytes, more: bool) -> None:  # noqa: FBT001 - ASGI's own flag
        if self._response is None:
            self._response = response = self._answer(body, more=more)
            await response.prepare(self._request)
            body = b"" if not more else body  # a whole answer carries its body in itself
        if more and self._request.method == hdrs.METH_HEAD:
            more = False  # an answer to HEAD is done with its headers, however long its body is
        elif body:
            await self._response.write(body)
        if not more:
            await self._response.write_eof()
            self._complete = True
            self.over.set()

    def _answer(self, body: bytes, *, more: bool) -> web.StreamResponse:
        assert self._start is not None, "an answer starts before its body"
        status = self._start["status"]
        response = web.StreamResponse(status=status) if more else web.Response(status=status)
        response.headers.extend(_decoded(self._start.get("headers", ())))
        response.headers["Server"] = "diorama"
        response.headers["X-Request-Id"] = self._request_id
        if isinstance(response, web.Response):
            response.body = body
        return response

    def outcome(self) -> web.StreamResponse:
        """Return the answer for aiohttp to account for; cut the connection if it is half sent."""
        if self._complete and self._response is not None:
            return self._response
        if self._response is not None:
            transport = self._request.transport
            if transport is not None:
                transport.abort()  # a truncated answer must not look like a whole one
            return self._response
        status = HTTPStatus.INTERNAL_SERVER_ERROR
        code = problems.CODE_OF_STATUS[status]
        return refusal(status, code, problems.INTERNAL_SENTENCE, request_id=self._request_id)


def _decoded(headers: Iterable[tuple[bytes, bytes]]) -> list[tuple[str, str]]:
    """Return ASGI's headers as aiohttp has them: repeated names stay, bytes are Latin-1."""
    return [
        (name.decode("latin-1").title(), value.decode("latin-1"))
        for name, value in headers
        if name.lower() not in {b"transfer-encoding", b"connection"}
    ]


def request_context(request_id: str) -> contextlib.AbstractContextManager[None]:
    """Return a context in which every log line carries the request's id."""
    return structlog.contextvars.bound_contextvars(request_id=request_id)
