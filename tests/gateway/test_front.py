"""The one port, as a client sees it: what ASGI and HTTP ask of a server, asked with raw bytes."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from aiohttp import ClientSession, ClientWebSocketResponse, WSMsgType, web
from starlette.responses import Response, StreamingResponse
from starlette.types import Message, Receive, Scope, Send

from diorama.gateway.asgi import BridgeLimits
from diorama.gateway.front import CannotListen, Front, RunningFront, socket_response, start_front
from tests.gateway.raw_http import WITHIN_S, RawAnswer, ask, connected, listening


def takes_files(method: str, path: str) -> bool:
    return method == "PUT" and path in {"/file", "/refusal"}


LIMITS = BridgeLimits(
    max_bytes=1_000, body_within_s=WITHIN_S, write_within_s=WITHIN_S, takes_files=takes_files
)
SOON_S = 0.2
"""A deadline of those tests that wait for it, and of no other."""


class Application:
    """An ASGI application that answers by path and remembers what it saw."""

    def __init__(self) -> None:
        self.scopes: list[Scope] = []
        self.feed_ended = asyncio.Event()
        self.pieces: list[list[str]] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.scopes.append(scope)
        await getattr(self, "at_" + scope["path"].strip("/").split("/")[0])(scope, receive, send)

    async def at_echo(self, scope: Scope, receive: Receive, send: Send) -> None:
        message: Message = await receive()
        answer = Response(message["body"], headers={"X-More": str(message["more_body"])})
        await answer(scope, receive, send)

    async def at_file(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Take a file, piece by piece; say of each how long it was, and how it ended."""
        said: list[str] = []
        more = True
        while more:
            message = await receive()
            more = message.get("more_body", False)
            said.append(str(len(message["body"])) if "body" in message else message["type"])
        self.pieces.append(said)
        await Response(str(sum(int(one) for one in said if one.isdecimal())))(scope, receive, send)

    async def at_refusal(self, scope: Scope, receive: Receive, send: Send) -> None:
        await Response("no", 401)(scope, receive, send)

    async def at_cookies(self, scope: Scope, receive: Receive, send: Send) -> None:
        answer = Response("ok")
        answer.set_cookie("a", "1")
        answer.set_cookie("b", "2")
        await answer(scope, receive, send)

    async def at_nothing(self, scope: Scope, receive: Receive, send: Send) -> None:
        await Response(status_code=204)(scope, receive, send)

    async def at_feed(self, scope: Scope, receive: Receive, send: Send) -> None:
        await StreamingResponse(self._feed(), media_type="text/event-stream")(scope, receive, send)

    async def _feed(self) -> AsyncIterator[bytes]:
        try:
            yield b"data: 1\n\n"
            await asyncio.Event().wait()
        finally:
            self.feed_ended.set()

    async def at_flood(self, scope: Scope, receive: Receive, send: Send) -> None:
        await StreamingResponse(self._flood())(scope, receive, send)
        self.feed_ended.set()

    async def _flood(self) -> AsyncIterator[bytes]:
        while True:
            yield bytes(100_000)

    async def at_bug(self, _scope: Scope, _receive: Receive, _send: Send) -> None:
        raise RuntimeError("the secret of the bug")

    async def at_halfway(self, _scope: Scope, _receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"half", "more_body": True})
        raise RuntimeError("the secret of the bug")

    async def at_silence(self, _scope: Scope, _receive: Receive, _send: Send) -> None:
        return


def problem(answer: RawAnswer) -> dict[str, object]:
    assert answer.header("content-type") == "application/problem+json"
    found: dict[str, object] = json.loads(answer.body)
    assert found["status"] == answer.status
    return found


@pytest.fixture
def app() -> Application:
    return Application()


@pytest.fixture
def impatient(front: Front) -> Front:
    """Return the front with little patience for headers."""
    return replace(front, headers_within_s=SOON_S)


@pytest.fixture
def front(app: Application) -> Front:
    return Front(rest=app, limits=LIMITS, headers_within_s=WITHIN_S)


async def test_the_scope_says_what_was_asked_and_by_whom(front: Front, app: Application) -> None:
    head = "GET /echo/%C3%A9%2Fx?a=%20b&a=c HTTP/1.1\r\nHost: x\r\nX-ONE: \xe9\r\nX-One: 2\r\n\r\n"
    async with listening(front) as running:
        await ask(running, head.encode("latin-1"))

    scope = app.scopes[0]
    assert scope["path"] == "/echo/é/x"
    assert scope["raw_path"] == b"/echo/%C3%A9%2Fx"
    assert scope["query_string"] == b"a=%20b&a=c"
    assert scope["headers"] == [(b"host", b"x"), (b"x-one", b"\xe9"), (b"x-one", b"2")]
    assert scope["client"][0] == "127.0.0.1"
    assert scope["http_version"] == "1.1"
    assert scope["asgi"] == {"version": "3.0", "spec_version": "2.3"}


async def test_an_absolute_address_is_the_same_as_its_path(front: Front, app: Application) -> None:
    async with listening(front) as running:
        await ask(running, "GET http://x/echo?a=1 HTTP/1.1\r\nHost: x\r\n\r\n")

    assert (app.scopes[0]["path"], app.scopes[0]["query_string"]) == ("/echo", b"a=1")


async def test_a_chunked_body_arrives_whole(front: Front) -> None:
    async with listening(front) as running, connected(running) as client:
        await client.send("POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n")
        await client.send("2\r\nab\r\n")
        await client.send("3\r\ncde\r\n0\r\n\r\n")
        answer = await client.answer()

    assert answer.body == b"abcde"
    assert answer.header("x-more") == "False"


async def test_a_connection_is_used_again(front: Front) -> None:
    async with listening(front) as running, connected(running) as client:
        for word in (b"one", b"two"):
            await client.send(b"POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\n" + word)
            assert (await client.answer()).body == word


async def test_an_old_client_is_answered_and_hung_up_on(front: Front) -> None:
    async with listening(front) as running, connected(running) as client:
        await client.send("GET /cookies HTTP/1.0\r\n\r\n")
        answer = await client.rest()

    assert answer.endswith(b"\r\n\r\nok")


async def test_a_body_announced_too_large_is_refused_before_it_is_sent(
    front: Front, app: Application
) -> None:
    async with listening(front) as running:
        head = "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 1001\r\n\r\n"
        answer = await ask(running, head)

    assert (answer.status, problem(answer)["code"]) == (413, "too_large")
    assert answer.header("connection") == "close"
    assert app.scopes == []


async def test_the_largest_body_allowed_is_taken(front: Front) -> None:
    async with listening(front) as running:
        head = "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n"
        answer = await ask(running, head + "x" * 1_000)

    assert answer.body == b"x" * 1_000


async def test_a_chunked_body_is_refused_once_it_is_too_large(
    front: Front, app: Application
) -> None:
    async with listening(front) as running, connected(running) as client:
        await client.send("POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n")
        await client.send("3e9\r\n" + "x" * 1_001 + "\r\n")
        answer = await client.answer()

    assert answer.status == 413
    assert app.scopes == []


async def test_a_body_that_trickles_is_refused_when_its_time_is_up(
    front: Front, app: Application
) -> None:
    soon = replace(front, limits=replace(LIMITS, body_within_s=SOON_S))
    async with listening(soon) as running:
        head = "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc"
        answer = await ask(running, head)

    assert (answer.status, problem(answer)["code"]) == (408, "request_timeout")
    assert app.scopes == []


async def test_a_compressed_body_is_refused(front: Front) -> None:
    async with listening(front) as running:
        head = "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Encoding: gzip\r\nContent-Length: 3"
        answer = await ask(running, head + "\r\n\r\nabc")

    assert (answer.status, problem(answer)["code"]) == (415, "media_type")


async def test_broken_chunks_are_refused(front: Front, app: Application) -> None:
    async with listening(front) as running, connected(running) as client:
        await client.send("POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n")
        await client.send("zz\r\n")
        answer = await client.answer()

    assert answer.status == 400
    assert app.scopes == []


async def test_a_client_that_asks_before_it_sends_is_told_to_go_on(front: Front) -> None:
    async with listening(front) as running, connected(running) as client:
        head = "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nExpect: 100-continue"
        await client.send(head + "\r\n\r\n")
        interim = await client.answer_head()
        await client.send("hi")
        answer = await client.answer()

    assert interim.status == 100
    assert answer.body == b"hi"


async def test_headers_that_trickle_end_the_connection(impatient: Front) -> None:
    async with (
        listening(impatient) as running,
        connected(running, "GET /echo HTTP/1.1\r\nHost") as client,
    ):
        assert await client.rest() == b""


async def test_a_connection_that_says_nothing_ends(impatient: Front) -> None:
    async with listening(impatient) as running, connected(running) as client:
        assert await client.rest() == b""


async def test_headers_that_trickle_after_an_answer_end_the_connection(impatient: Front) -> None:
    async with (
        listening(impatient) as running,
        connected(running, "GET /cookies HTTP/1.1\r\nHost: x\r\n\r\n") as client,
    ):
        await client.answer()
        await client.send("GET /echo HTTP/1.1\r\nHost")
        assert await client.rest() == b""


async def test_a_feed_outlives_the_deadline_of_its_headers(
    impatient: Front, app: Application
) -> None:
    async with (
        listening(impatient) as running,
        connected(running, "GET /feed HTTP/1.1\r\nHost: x\r\n\r\n") as client,
    ):
        await client.answer_head()
        assert await client.chunk() == b"data: 1\n\n"
        for _ in range(2):  # the deadline of one that came later is over, twice
            async with connected(running) as later:
                assert await later.rest() == b""

        assert not app.feed_ended.is_set()


async def test_a_feed_ends_when_its_reader_leaves(front: Front, app: Application) -> None:
    async with listening(front) as running:
        async with connected(running) as client:
            await client.send("GET /feed HTTP/1.1\r\nHost: x\r\n\r\n")
            await client.answer_head()
            await client.chunk()
        async with asyncio.timeout(WITHIN_S):
            await app.feed_ended.wait()


async def test_a_reader_that_reads_nothing_is_cut_off(front: Front, app: Application) -> None:
    soon = replace(front, limits=replace(LIMITS, write_within_s=SOON_S))
    async with listening(soon) as running, connected(running) as client:
        await client.send("GET /flood HTTP/1.1\r\nHost: x\r\n\r\n")
        async with asyncio.timeout(WITHIN_S):
            await app.feed_ended.wait()


async def test_feeds_end_when_the_front_stops(front: Front, app: Application) -> None:
    async with listening(front) as running, connected(running) as client:
        await client.send("GET /feed HTTP/1.1\r\nHost: x\r\n\r\n")
        await client.answer_head()
        await client.chunk()
        await running.stop()

    assert app.feed_ended.is_set()


@pytest.mark.parametrize("path", ["/echo", "/cookies", "/feed"])
async def test_head_is_get_without_a_body(front: Front, path: str) -> None:
    async with listening(front) as running, connected(running) as client:
        await client.send(f"HEAD {path} HTTP/1.1\r\nHost: x\r\n\r\n")
        head = await client.answer_head()
        await client.send("GET /cookies HTTP/1.1\r\nHost: x\r\n\r\n")
        after = await client.answer()

    assert head.status == 200
    assert after.body == b"ok"


async def test_an_answer_without_a_body_has_no_length(front: Front) -> None:
    async with listening(front) as running, connected(running) as client:
        await client.send("GET /nothing HTTP/1.1\r\nHost: x\r\n\r\n")
        answer = await client.answer_head()

    assert answer.status == 204
    assert not answer.has("content-length")
    assert not answer.has("transfer-encoding")


async def test_repeated_headers_stay_apart(front: Front) -> None:
    async with listening(front) as running:
        answer = await ask(running, "GET /cookies HTTP/1.1\r\nHost: x\r\n\r\n")

    cookies = [value.partition(";")[0] for name, value in answer.headers if name == "set-cookie"]
    assert cookies == ["a=1", "b=2"]


async def test_an_answer_names_its_request_and_no_software(front: Front, app: Application) -> None:
    async with listening(front) as running:
        answer = await ask(running, "GET /cookies HTTP/1.1\r\nHost: x\r\n\r\n")

    assert answer.header("x-request-id") == app.scopes[0]["state"]["request_id"]
    assert answer.header("server") == "diorama"


@pytest.mark.parametrize("path", ["/bug", "/silence"])
async def test_a_bug_is_answered_without_its_text(front: Front, path: str) -> None:
    async with listening(front) as running:
        answer = await ask(running, f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n")

    found = problem(answer)
    assert (answer.status, found["code"]) == (500, "internal")
    assert b"secret" not in answer.body
    assert str(found["request_id"]).startswith("req_")


async def test_a_half_sent_answer_never_looks_whole(front: Front) -> None:
    async with listening(front) as running, connected(running) as client:
        await client.send("GET /halfway HTTP/1.1\r\nHost: x\r\n\r\n")
        with pytest.raises((asyncio.IncompleteReadError, ConnectionError)):
            await client.answer()


@pytest.mark.parametrize(
    "sent",
    [
        "\x16\x03\x01\x02\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
        "GET /" + "x" * 9_000 + " HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: x\r\nX: " + "x" * 9_000 + "\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: x\r\n" + "X: 1\r\n" * 200 + "\r\n",
    ],
    ids=["tls", "two-lengths", "length-and-chunks", "long-line", "long-header", "many-headers"],
)
async def test_what_is_not_http_is_refused_with_a_problem(
    front: Front, app: Application, sent: str
) -> None:
    async with listening(front) as running:
        answer = await ask(running, sent.encode("latin-1"))

    assert (answer.status, problem(answer)["code"]) == (400, "bad_request")
    assert app.scopes == []


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


async def test_a_port_in_use_is_named(front: Front) -> None:
    async with listening(front) as running:
        port = int(running.url.rsplit(":", 1)[1])
        with pytest.raises(CannotListen, match=f"127.0.0.1:{port}: another program listens"):
            await start_front(front, host="127.0.0.1", port=port)


async def test_a_route_for_files_is_handed_a_body_of_any_length_as_it_comes(
    front: Front, app: Application
) -> None:
    head = "PUT /file HTTP/1.1\r\nHost: x\r\nContent-Length: 300000\r\n\r\n"
    async with listening(front) as running:
        answer = await ask(running, head.encode() + bytes(300_000))

    assert (answer.status, answer.body) == (200, b"300000")
    assert len(app.pieces[0]) > 2
    assert app.pieces[0][-1] == "0"


async def test_a_sender_that_stops_in_the_middle_of_a_file_is_waited_for_no_longer(
    front: Front, app: Application
) -> None:
    head = "PUT /file HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nhalf"
    soon = replace(front, limits=replace(LIMITS, body_within_s=SOON_S))
    async with listening(soon) as running:
        await ask(running, head)

    assert app.pieces == [["4", "http.disconnect"]]


async def test_a_file_that_nobody_wants_is_answered_before_it_has_come(front: Front) -> None:
    head = "PUT /refusal HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\n"
    async with listening(front) as running:
        answer = await ask(running, head)

    assert (answer.status, answer.body) == (401, b"no")


async def test_a_compressed_file_is_refused(front: Front, app: Application) -> None:
    head = "PUT /file HTTP/1.1\r\nHost: x\r\nContent-Encoding: gzip\r\nContent-Length: 1\r\n\r\nx"
    async with listening(front) as running:
        answer = await ask(running, head)

    assert (answer.status, problem(answer)["code"]) == (415, "media_type")
    assert app.scopes == []
