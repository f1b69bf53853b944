"""The one port: REST by an ASGI application, WebSockets by plain aiohttp handlers, one server.

It decides who answers a request and starts and stops the listening; it knows no route of REST and
no message. Stopping: no new connections, `closing` ends the sockets, feeds are told that their
client left, and what is under way gets `stop_within_s`.
"""

import asyncio
import contextlib
import errno
import re
import resource
import secrets
import signal
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Final, TypeAlias

import structlog
from aiohttp import hdrs, web
from starlette.types import ASGIApp

from diorama.gateway import problems
from diorama.gateway.asgi import AsgiBridge, BridgeLimits, request_context
from diorama.gateway.connection import HEADERS_WITHIN_S, ConnectionServer, refusal

SocketHandler: TypeAlias = Callable[[web.BaseRequest], Awaitable[web.StreamResponse]]
"""A WebSocket endpoint: prepares a `socket_response`, talks until its end, returns it."""

STOP_WITHIN_S: Final = 5.0
BACKLOG: Final = 1_024
_NOT_OURS: Final = {
    errno.EADDRINUSE: "another program listens there; stop it, or choose another port",
    errno.EACCES: "this user may not listen there; choose a port of 1024 or more",
    errno.EADDRNOTAVAIL: "this machine has no such address",
}

_log: Final = structlog.stdlib.get_logger(__name__)


class CannotListen(Exception):
    """The address or port cannot be had; the message says why, in one line."""


async def nothing_to_close() -> None:
    """Close no sockets: for a front without any."""


def tell_nobody(_url: str) -> None:
    """Leave it unsaid where the front listens."""


@dataclass(frozen=True, kw_only=True)
class Front:
    """What the one port answers with.

    Attributes:
        rest: the ASGI application for everything but `sockets`.
        sockets: WebSocket endpoints by exact path.
        families: WebSocket endpoints by a pattern of whole paths, asked in order.
        closing: closes the endpoints' open sockets; called once, when stopping begins.
        limits: what a request may cost.
        headers_within_s: how long a request's headers may take.
    """

    rest: ASGIApp
    sockets: Mapping[str, SocketHandler] = field(default_factory=dict)
    families: Mapping[re.Pattern[str], SocketHandler] = field(default_factory=dict)
    closing: Callable[[], Awaitable[None]] = nothing_to_close
    limits: BridgeLimits = field(default_factory=BridgeLimits)
    headers_within_s: float = HEADERS_WITHIN_S


def socket_response(*, max_bytes: int, heartbeat_s: float | None = None) -> web.WebSocketResponse:
    """Return an unprepared WebSocket: no compression, no larger message than `max_bytes`."""
    return web.WebSocketResponse(
        compress=False, max_msg_size=max_bytes, heartbeat=heartbeat_s, autoclose=True
    )


class RunningFront:
    """A front that listens; made by `start_front`."""

    def __init__(
        self, runner: web.ServerRunner, front: Front, bridge: AsgiBridge, url: str
    ) -> None:
        self.url = url
        self._runner = runner
        self._front = front
        self._bridge = bridge
        self._stopping = False

    async def stop(self) -> None:
        """Stop listening and end what is under way; a second call does nothing."""
        if self._stopping:
            return
        self._stopping = True
        for site in self._runner.sites:
            await site.stop()
        try:
            await self._front.closing()
        finally:
            self._bridge.hang_up()
            await self._runner.cleanup()


async def start_front(
    front: Front, *, host: str, port: int, stop_within_s: float = STOP_WITHIN_S
) -> RunningFront:
    """Return the front, listening; port 0 takes any free one (for tests).

    Raises:
        CannotListen: the operator has to choose another address or port.
    """
    bridge = AsgiBridge(front.rest, front.limits)
    dispatch = _Dispatch(front, bridge)
    server = ConnectionServer(dispatch, headers_within_s=front.headers_within_s)
    # aiohttp allows its time twice over, for the handler's end and for its cancellation
    runner = web.ServerRunner(server, shutdown_timeout=stop_within_s / 2)
    await runner.setup()
    try:
        site = web.TCPSite(runner, host, port, backlog=BACKLOG)
        await site.start()
    except OSError as error:
        await runner.cleanup()
        reason = _NOT_OURS.get(error.errno or 0, error.strerror or str(error))
        raise CannotListen(f"cannot listen on {host}:{port}: {reason}") from None
    bound_port = runner.addresses[0][1]
    shown = f"[{host}]" if ":" in host else host
    return RunningFront(runner, front, bridge, f"http://{shown}:{bound_port}")


async def serve(
    open_front: Callable[[], contextlib.AbstractAsyncContextManager[Front]],
    *,
    host: str,
    port: int,
    stop: asyncio.Event,
    on_listening: Callable[[str], object] = tell_nobody,
) -> None:
    """Open a front, listen until `stop` is set, end what is under way, close the front.

    `on_listening` is told the URL once it can be asked.
    """
    raise_open_files()
    async with open_front() as front:
        running = await start_front(front, host=host, port=port)
        _log.info("listening", url=running.url)
        on_listening(running.url)
        try:
            await stop.wait()
        finally:
            _log.info("stopping")
            await running.stop()


@contextlib.asynccontextmanager
async def stop_on_signals() -> AsyncIterator[asyncio.Event]:
    """Yield an event that SIGTERM and SIGINT set."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    try:
        yield stop
    finally:
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.remove_signal_handler(number)


def raise_open_files() -> None:
    """Raise the soft limit of open sockets, often 1,024, to the hard one."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != hard:
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


class _Dispatch:
    """Chooses who answers, and sees to it that nothing leaves unexplained."""

    def __init__(self, front: Front, bridge: AsgiBridge) -> None:
        self._front = front
        self._bridge = bridge

    async def __call__(self, request: web.BaseRequest) -> web.StreamResponse:
        request_id = f"req_{secrets.token_hex(12)}"
        with request_context(request_id):
            handler = self._socket(request.path)
            if handler is None:
                return await self._bridge.answer(request, request_id)
            return await _answer_socket(handler, request, request_id)

    def _socket(self, path: str) -> SocketHandler | None:
        exact = self._front.sockets.get(path)
        if exact is not None:
            return exact
        families = self._front.families.items()
        return next((handler for pattern, handler in families if pattern.fullmatch(path)), None)


async def _answer_socket(
    handler: SocketHandler, request: web.BaseRequest, request_id: str
) -> web.StreamResponse:
    if request.headers.get(hdrs.UPGRADE, "").lower() != "websocket":
        status = HTTPStatus.UPGRADE_REQUIRED
        detail = "This address speaks WebSocket."
        answer = refusal(status, problems.CODE_OF_STATUS[status], detail, request_id=request_id)
        answer.headers[hdrs.UPGRADE] = "websocket"
        return answer
    try:
        return await handler(request)
    except (web.HTTPException, ConnectionError):
        raise  # a bad handshake, or the peer left: aiohttp's to end
    except Exception:  # noqa: BLE001 - here the socket ends: the one place that logs it
        _log.exception("socket failed", path=request.path)
        if request.transport is not None and request.writer.output_size:
            request.transport.abort()
        status = HTTPStatus.INTERNAL_SERVER_ERROR
        return refusal(status, "internal", problems.INTERNAL_SENTENCE, request_id=request_id)
