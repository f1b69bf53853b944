"""The client for programs of asyncio, against a gateway that runs."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from diorama import client
from diorama.client import AsyncDiorama, Retries
from diorama.client.questions import IDEMPOTENCY_KEY
from diorama.gateway.settings import ProjectSettings
from diorama.protocol.requests import AskedAfk
from tests.gateway.running import Place, gateway_at

AT_ONCE = Retries(times=3, first_wait_s=0.0)


@pytest.fixture
async def place(tmp_path: Path) -> AsyncIterator[Place]:
    projects = [ProjectSettings(name=name, world="a:B") for name in ("cove", "glade")]
    async with gateway_at(tmp_path, *projects) as found:
        yield found


@pytest.fixture
async def diorama(place: Place) -> AsyncIterator[AsyncDiorama]:
    async with AsyncDiorama(place.front.url, api_key=place.secrets.api_key) as found:
        yield found


async def test_a_session_is_asked_for_seen_and_ended(place: Place, diorama: AsyncDiorama) -> None:
    await place.worker()

    opened = await diorama.open_session("cove", end_user="ann")
    seen = await diorama.session(opened.session.id)
    ended = await diorama.end_session(opened.session.id)

    assert (seen.state, seen.end_user) == ("connecting", "ann")
    assert ended.end is not None
    assert (ended.end.code, ended.end.reason) == (4012, "ended_by_api")


async def test_the_same_client_continues_its_session(place: Place, diorama: AsyncDiorama) -> None:
    await place.worker()

    first = await diorama.open_session("cove", client_id="c" * 16)
    again = await diorama.open_session("cove", client_id="c" * 16)

    assert (first.continued, again.continued) == (False, True)
    assert again.session.id == first.session.id


async def test_the_same_key_is_the_same_session(place: Place, diorama: AsyncDiorama) -> None:
    await place.worker(slots=2)

    first = await diorama.open_session("cove", idempotency_key="the key")
    again = await diorama.open_session("cove", idempotency_key="the key")

    assert again.session.id == first.session.id


async def test_sessions_come_page_by_page_newest_first(place: Place, diorama: AsyncDiorama) -> None:
    await place.worker(slots=5)
    opened = [(await diorama.open_session("cove")).session.id for _ in range(5)]

    listed = [session.id async for session in diorama.sessions(live=True, page=2)]

    assert listed == sorted(opened, reverse=True)


async def test_projects_workers_and_health_are_told(place: Place, diorama: AsyncDiorama) -> None:
    await place.worker("gpu-1", slots=2)

    assert sorted(project.name for project in await diorama.projects()) == ["cove", "glade"]
    assert (await diorama.project("glade")).name == "glade"
    assert [(worker.name, len(worker.slots)) for worker in await diorama.workers()] == [
        ("gpu-1", 2)
    ]
    assert (await diorama.health()).status == "ok"
    assert (await diorama.readiness()).workers == 1


async def test_a_session_is_given_more_runtime_once(place: Place, diorama: AsyncDiorama) -> None:
    worker = await place.worker()
    opened = await diorama.open_session("cove")
    viewer = await place.viewer(opened)
    await worker.start()
    await viewer.until("streaming")

    session = opened.session.id
    first = await diorama.extend_session(session, seconds=60, idempotency_key="once")
    again = await diorama.extend_session(session, seconds=60, idempotency_key="once")
    more = await diorama.extend_session(session, seconds=60)

    assert first.runs_until == again.runs_until
    assert first.runs_until is not None
    assert more.runs_until is not None
    assert (more.runs_until - first.runs_until).total_seconds() == 60


async def test_an_end_is_given_no_more_runtime(place: Place, diorama: AsyncDiorama) -> None:
    await place.worker()
    opened = await diorama.open_session("cove")
    await diorama.end_session(opened.session.id)

    with pytest.raises(client.Refused):
        await diorama.extend_session(opened.session.id, seconds=60)


async def test_many_sessions_are_ended_at_once(place: Place, diorama: AsyncDiorama) -> None:
    await place.worker(slots=3)
    one, other, third = [(await diorama.open_session("cove")).session.id for _ in range(3)]

    named = await diorama.end_sessions(sessions=[other, "ses_0"])
    rest = await diorama.end_sessions(project="cove")

    assert [(result.session, result.problem) for result in named] == [
        (other, None),
        ("ses_0", "session_unknown"),
    ]
    assert {result.session for result in rest} == {one, third}
    assert [result.end.code for result in rest if result.end] == [4012, 4012]


async def test_a_project_is_changed_at_the_version_that_was_read(diorama: AsyncDiorama) -> None:
    before = await diorama.project("cove")

    changed = await diorama.change_project(
        "cove", title="The cove", rules={"max_runtime_s": 600}, if_version=before.version
    )
    with pytest.raises(client.Refused) as late:
        await diorama.change_project("cove", enabled=False, if_version=before.version)
    closed = await diorama.change_project("cove", enabled=False)

    assert changed.rules is not None
    assert (changed.title, changed.rules["max_runtime_s"]) == ("The cove", 600)
    assert (late.value.status, late.value.code) == (412, "version_passed")
    assert closed.enabled is False


async def test_a_stranger_sees_no_rules(place: Place) -> None:
    async with AsyncDiorama(place.front.url) as stranger:
        seen = await stranger.project("cove")

    assert (seen.name, seen.version, seen.public, seen.rules) == ("cove", None, None, None)


async def test_a_queue_is_told_with_its_length(place: Place, diorama: AsyncDiorama) -> None:
    await place.worker()
    for _ in range(3):
        await diorama.open_session("cove", afk=AskedAfk(warn_after_s=30))

    (lane,) = await diorama.queue("cove")

    assert (lane.region, lane.length, lane.coverage.count) == ("local", 2, 0)


async def test_a_session_s_token_is_not_shown(place: Place, diorama: AsyncDiorama) -> None:
    await place.worker()

    opened = await diorama.open_session("cove")

    assert opened.token not in repr(opened)
    assert opened.session.id in repr(opened)


async def test_a_request_whose_answer_was_lost_is_sent_again_under_the_same_key() -> None:
    keys: list[str | None] = []

    def handle(request: httpx.Request) -> httpx.Response:
        keys.append(request.headers.get(IDEMPOTENCY_KEY))
        if len(keys) == 1:
            raise httpx.ReadTimeout("late", request=request)
        return httpx.Response(503 if len(keys) == 2 else 404)

    transport = httpx.MockTransport(handle)
    async with AsyncDiorama("http://a", retries=AT_ONCE, transport=transport) as diorama:
        with pytest.raises(client.NotFound):
            await diorama.open_session("cove")

    assert len(keys) == 3
    assert len(set(keys)) == 1


async def test_a_gateway_that_stays_away_is_told_with_its_address() -> None:
    def handle(request: httpx.Request) -> httpx.Response:
        raise httpx.ReadTimeout("", request=request)

    transport = httpx.MockTransport(handle)
    async with AsyncDiorama("http://a", retries=AT_ONCE, transport=transport) as diorama:
        with pytest.raises(client.Unreachable, match="http://a did not answer") as failed:
            await diorama.health()

    assert failed.value.code == "timeout"
