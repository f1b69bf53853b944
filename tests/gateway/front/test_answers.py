"""The one port: what an answer looks like, and feeds, which go on."""

import asyncio
from dataclasses import replace

import pytest

from diorama.gateway.front import Front
from tests.gateway.front.application import LIMITS, SOON_S, Application, problem
from tests.gateway.raw_http import WITHIN_S, ask, connected, listening


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
