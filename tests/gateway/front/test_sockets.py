"""The one port: sockets, and how it stops."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

from aiohttp import ClientSession, ClientWebSocketResponse, WSMsgType, web

from diorama.gateway.front import Front, RunningFront, socket_response
from tests.gateway.front.application import LIMITS, Application, problem
from tests.gateway.raw_http import WITHIN_S, ask, listening


@contextlib.asynccontextmanager
async def viewer(running: RunningFront) -> AsyncIterator[ClientWebSocketResponse]:
    url = running.url + "/v1/connect"
    async with ClientSession() as session, session.ws_connect(url, compress=15) as socket:
        yield socket


async def echo_socket(request: web.BaseRequest) -> web.StreamResponse:
    socket = socket_response(max_bytes=1_000)
    await socket.prepare(request)
    async for message in socket:
        await socket.send_str(str(message.data))
    return socket


async def test_a_socket_echoes_without_compression(app: Application) -> None:
    front = Front(rest=app, sockets={"/v1/connect": echo_socket}, limits=LIMITS)
    async with listening(front) as running, viewer(running) as socket:
        await socket.send_str("hello")
        heard = await socket.receive(WITHIN_S)

    assert heard.data == "hello"
    assert socket.compress == 0
    assert app.scopes == []


async def test_a_socket_closes_on_a_message_that_is_too_large(app: Application) -> None:
    front = Front(rest=app, sockets={"/v1/connect": echo_socket})
    async with listening(front) as running, viewer(running) as socket:
        await socket.send_str("x" * 1_001)
        heard = await socket.receive(WITHIN_S)

    assert (heard.type, heard.data) == (WSMsgType.CLOSE, 1009)


async def test_a_plain_request_to_a_socket_is_told_so(app: Application) -> None:
    front = Front(rest=app, sockets={"/v1/connect": echo_socket})
    async with listening(front) as running:
        answer = await ask(running, "GET /v1/connect HTTP/1.1\r\nHost: x\r\n\r\n")

    assert (answer.status, problem(answer)["code"]) == (426, "upgrade_required")
    assert answer.header("upgrade") == "websocket"


async def test_a_socket_that_fails_is_answered_without_its_text(app: Application) -> None:
    async def fail(_request: web.BaseRequest) -> web.StreamResponse:
        raise RuntimeError("the secret of the bug")

    front = Front(rest=app, sockets={"/v1/connect": fail})
    async with listening(front) as running:
        head = "GET /v1/connect HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket"
        answer = await ask(running, head + "\r\n\r\n")

    assert problem(answer)["code"] == "internal"
    assert b"secret" not in answer.body


async def test_stopping_closes_the_sockets_first(app: Application) -> None:
    open_sockets: list[web.WebSocketResponse] = []

    async def wait(request: web.BaseRequest) -> web.StreamResponse:
        socket = socket_response(max_bytes=1_000)
        await socket.prepare(request)
        open_sockets.append(socket)
        await socket.receive()
        return socket

    async def close_all() -> None:
        for socket in open_sockets:
            await socket.close(code=1001)

    front = Front(rest=app, sockets={"/v1/connect": wait}, closing=close_all)
    async with listening(front) as running, viewer(running) as socket:
        stopping = asyncio.create_task(running.stop())
        heard = await socket.receive(WITHIN_S)
        await socket.close()
        await stopping

    assert (heard.type, heard.data) == (WSMsgType.CLOSE, 1001)
