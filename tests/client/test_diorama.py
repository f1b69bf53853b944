"""The client for programs that wait, against a gateway that runs."""

import asyncio
import threading
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import TypeVar

import httpx
import pytest

from diorama import client
from diorama.client import Diorama, Retries
from diorama.client.questions import IDEMPOTENCY_KEY
from diorama.gateway.settings import ProjectSettings
from diorama.kernel.ids import digest
from diorama.projects.rules import OnLimit, Rules
from tests.gateway.running import Place, gateway_at

T = TypeVar("T")
AT_ONCE = Retries(times=3, first_wait_s=0.0)


@pytest.fixture
async def place(tmp_path: Path) -> AsyncIterator[Place]:
    one_at_once = Rules(on_limit=OnLimit.REJECT, worker_count=1)
    projects = (
        ProjectSettings(name="cove", world="a:B"),
        ProjectSettings(name="glade", world="a:B", rules=one_at_once),
    )
    async with gateway_at(tmp_path, *projects) as found:
        yield found


def away(failures: int, *, answer: httpx.Response) -> tuple[httpx.MockTransport, list[str | None]]:
    """Return a way to a gateway that is away for some requests, and the keys it was asked under."""
    keys: list[str | None] = []

    def handle(request: httpx.Request) -> httpx.Response:
        keys.append(request.headers.get(IDEMPOTENCY_KEY))
        if len(keys) <= failures:
            raise httpx.ConnectError("refused", request=request)
        return answer

    return httpx.MockTransport(handle), keys


async def asked(place: Place, ask: Callable[[Diorama], T]) -> T:
    """Ask a running gateway on another thread, as its own account."""

    def on_thread() -> T:
        with Diorama(place.front.url, api_key=place.secrets.api_key) as diorama:
            return ask(diorama)

    return await asyncio.to_thread(on_thread)


async def test_a_session_is_asked_for_seen_and_ended(place: Place) -> None:
    await place.worker()

    opened = await asked(place, lambda diorama: diorama.open_session("cove", end_user="ann"))
    seen = await asked(place, lambda diorama: diorama.session(opened.session.id))
    ended = await asked(place, lambda diorama: diorama.end_session(opened.session.id))

    assert (seen.state, seen.end_user) == ("connecting", "ann")
    assert ended.end is not None
    assert (ended.end.code, ended.end.reason) == (4012, "ended_by_api")


async def test_sessions_come_page_by_page_newest_first(place: Place) -> None:
    await place.worker(slots=5)
    opened = [
        await asked(place, lambda diorama: diorama.open_session("cove").session.id)
        for _ in range(5)
    ]

    def listed(diorama: Diorama) -> list[str]:
        return [session.id for session in diorama.sessions(live=True, page=2)]

    assert await asked(place, listed) == sorted(opened, reverse=True)


async def test_projects_workers_and_health_are_told(place: Place) -> None:
    await place.worker("gpu-1", slots=2)

    def look(diorama: Diorama) -> tuple[list[str], str, list[tuple[str, int]], str, int]:
        return (
            sorted(project.name for project in diorama.projects()),
            diorama.project("glade").name,
            [(worker.name, len(worker.slots)) for worker in diorama.workers()],
            diorama.health().status,
            diorama.readiness().workers,
        )

    assert await asked(place, look) == (["cove", "glade"], "glade", [("gpu-1", 2)], "ok", 1)


async def test_a_reached_limit_is_told_with_what_fills_it(place: Place) -> None:
    await place.worker(slots=2)
    held = await asked(place, lambda diorama: diorama.open_session("glade", device="a robot"))

    with pytest.raises(client.LimitReached) as refused:
        await asked(place, lambda diorama: diorama.open_session("glade"))

    assert refused.value.code == "project_cap"
    assert [(holder.session, holder.device) for holder in refused.value.holders] == [
        (held.session.id, "a robot")
    ]


async def test_what_is_not_there_is_not_found(place: Place) -> None:
    with pytest.raises(client.NotFound, match="there is no project moon"):
        await asked(place, lambda diorama: diorama.open_session("moon"))


async def test_more_runtime_and_the_queue_are_asked_for_as_well(place: Place) -> None:
    await place.worker()
    opened = await asked(place, lambda diorama: diorama.open_session("glade"))

    lanes = await asked(place, lambda diorama: diorama.queue("glade"))
    await asked(place, lambda diorama: diorama.end_session(opened.session.id))

    assert [(lane.region, lane.length) for lane in lanes] == [("local", 0)]
    with pytest.raises(client.Refused):
        await asked(place, lambda diorama: diorama.extend_session(opened.session.id, seconds=60))


async def test_many_sessions_end_and_projects_change_as_well(place: Place) -> None:
    await place.worker()
    opened = await asked(place, lambda diorama: diorama.open_session("glade"))

    ended = await asked(place, lambda diorama: diorama.end_sessions(project="glade"))
    changed = await asked(place, lambda diorama: diorama.change_project("glade", title="Here"))

    assert [result.session for result in ended] == [opened.session.id]
    assert changed.title == "Here"


async def test_without_a_key_only_what_is_public_is_open(place: Place) -> None:
    def workers() -> None:
        with Diorama(place.front.url) as diorama:
            assert diorama.projects()
            diorama.workers()

    with pytest.raises(client.Unauthorized, match="needs a credential"):
        await asyncio.to_thread(workers)


async def test_threads_share_a_client(place: Place) -> None:
    answers: list[str] = []

    def ask(diorama: Diorama) -> None:
        answers.append(diorama.health().status)

    def share(diorama: Diorama) -> None:
        threads = [threading.Thread(target=ask, args=(diorama,)) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    await asked(place, share)

    assert answers == ["ok"] * 8


def test_a_request_whose_answer_was_lost_is_sent_again_under_the_same_key() -> None:
    answer = httpx.Response(404, json={"code": "project_unknown"})
    transport, keys = away(2, answer=answer)

    with (
        Diorama("http://a", retries=AT_ONCE, transport=transport) as diorama,
        pytest.raises(client.NotFound),
    ):
        diorama.open_session("cove")

    assert len(keys) == 3
    assert len(set(keys)) == 1
    assert keys[0] is not None


def test_a_gateway_that_stays_away_is_told_with_its_address() -> None:
    transport, keys = away(9, answer=httpx.Response(200))

    with (
        Diorama("http://play.example", retries=AT_ONCE, transport=transport) as diorama,
        pytest.raises(client.Unreachable, match=r"http://play\.example did not answer: refused"),
    ):
        diorama.health()

    assert len(keys) == 4


def test_no_credential_is_shown() -> None:
    key = f"dio_{digest('a key')}"

    with Diorama("http://a", api_key=key) as diorama:
        assert repr(diorama) == "Diorama('http://a')"


@pytest.mark.parametrize(("code", "asked_times"), [("rate_limited", 2), ("feeds_limit", 1)])
def test_what_was_refused_unseen_is_asked_again_even_if_it_is_not_to_be_done_twice(
    code: str, asked_times: int
) -> None:
    seen: list[str] = []

    def handle(request: httpx.Request) -> httpx.Response:
        seen.append(request.url.path)
        refusal = {"status": 429, "code": code, "detail": "wait"}
        headers = {"Content-Type": "application/problem+json", "Retry-After": "0"}
        return httpx.Response(429, json=refusal, headers=headers)

    retries = Retries(times=1, first_wait_s=0)
    http = httpx.MockTransport(handle)
    with (
        Diorama("http://gateway", transport=http, retries=retries) as diorama,
        pytest.raises(client.TooManyRequests),
    ):
        diorama.create_project("mine", world="cove")

    assert len(seen) == asked_times
