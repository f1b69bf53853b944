"""When a stream that was lost is asked for again, and what it tells then."""

import asyncio
import contextlib
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path

import httpx
import pytest

from diorama.client import AsyncDiorama, Diorama, Forbidden, Retries, Unreachable
from diorama.client.following import TIMES, Following
from tests.gateway.running import WITHIN_S, gateway_at

AT_ONCE = Retries(times=1, first_wait_s=0.0)
LOST = Unreachable("lost")
EVENT = (
    '{"id":"evt_%d","type":"session.ended","at":"2026-11-21T12:00:00Z","account":"a",'
    '"session":null,"seq":null,"data":{}}'
)


def block(number: int) -> bytes:
    return b"id: %d\nevent: session.ended\ndata: %s\n\n" % (number, (EVENT % number).encode())


def streams(*answers: Callable[[], Iterator[bytes]]) -> tuple[httpx.MockTransport, list[str]]:
    """Return a gateway whose stream is lost after each answer, and where it was asked from."""
    left, asked = list(answers), []

    def handle(request: httpx.Request) -> httpx.Response:
        asked.append(request.headers.get("Last-Event-ID", ""))
        if not left:
            return httpx.Response(403, json={"code": "forbidden"})
        return httpx.Response(200, content=left.pop(0)())

    return httpx.MockTransport(handle), asked


def breaking(*numbers: int) -> Callable[[], Iterator[bytes]]:
    def blocks() -> Iterator[bytes]:
        yield from map(block, numbers)
        raise httpx.ReadError("reset by peer")

    return blocks


def test_the_first_answer_is_waited_for_as_any_other_is() -> None:
    never = Following().lose()

    assert never.wait_s(LOST, Retries(times=0), 0.0) is None
    assert never.wait_s(LOST, AT_ONCE, 0.0) == 0.0
    assert never.lose().wait_s(LOST, AT_ONCE, 0.0) is None


def test_a_stream_that_was_heard_is_asked_for_at_once_and_then_ever_later() -> None:
    reader, waits = Following().hear(), []
    for _ in range(TIMES):
        reader = reader.lose()
        waits.append(reader.wait_s(LOST, Retries(times=0), 0.0))

    assert waits[:7] == [0.0, 1.0, 2.0, 4.0, 8.0, 15.0, 15.0]
    assert reader.lose().wait_s(LOST, Retries(times=0), 0.0) is None
    assert reader.hear().lose().wait_s(LOST, Retries(times=0), 0.0) == 0.0


def test_a_stream_that_was_closed_on_purpose_is_not_asked_for_at_once() -> None:
    assert Following().hear().lose().wait_s(None, AT_ONCE, 0.0) == 1.0


def test_a_refusal_is_no_loss() -> None:
    assert Following().hear().lose().wait_s(Forbidden("no"), AT_ONCE, 0.0) is None


def test_a_feed_goes_on_where_it_was_lost_and_ends_with_its_key() -> None:
    transport, asked = streams(breaking(1, 2), breaking(3))

    with Diorama("http://a", retries=AT_ONCE, transport=transport) as diorama:
        feed = diorama.follow_events(types=["session.*"])
        told = [one.id for one in islice(feed, 3)]
        with pytest.raises(Forbidden):
            next(feed)

    assert told == ["evt_1", "evt_2", "evt_3"]
    assert asked == ["", "2", "3"]


async def test_the_same_goes_for_programs_of_asyncio(tmp_path: Path) -> None:
    async with (
        gateway_at(tmp_path) as place,
        AsyncDiorama(place.front.url, api_key=place.secrets.api_key) as backend,
    ):
        await place.worker()
        start = (await backend.events()).cursor
        opened = await backend.open_session("cove")
        async with asyncio.timeout(WITHIN_S):
            following = backend.follow_events(cursor=start, session=opened.session.id)
            async with contextlib.aclosing(following) as feed:
                first = await anext(feed)
                await backend.end_session(opened.session.id)
                while (one := await anext(feed)).type != "session.ended":
                    pass

    assert first.type == "session.requested"
    assert one.session == opened.session.id
