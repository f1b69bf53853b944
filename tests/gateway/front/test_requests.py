"""The one port: what a request must be, and how long a client may take over it."""

import pytest

from diorama.gateway.front import CannotListen, Front, start_front
from tests.gateway.front.application import Application, problem
from tests.gateway.raw_http import ask, connected, listening


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


async def test_a_port_in_use_is_named(front: Front) -> None:
    async with listening(front) as running:
        port = int(running.url.rsplit(":", 1)[1])
        with pytest.raises(CannotListen, match=f"127.0.0.1:{port}: another program listens"):
            await start_front(front, host="127.0.0.1", port=port)
