"""The one port: what becomes of a request's body, and of files."""

from dataclasses import replace

from diorama.gateway.front import Front
from tests.gateway.front.application import LIMITS, SOON_S, Application, problem
from tests.gateway.raw_http import ask, connected, listening


async def test_a_chunked_body_arrives_whole(front: Front) -> None:
    async with listening(front) as running, connected(running) as client:
        await client.send("POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n")
        await client.send("2\r\nab\r\n")
        await client.send("3\r\ncde\r\n0\r\n\r\n")
        answer = await client.answer()

    assert answer.body == b"abcde"
    assert answer.header("x-more") == "False"


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
