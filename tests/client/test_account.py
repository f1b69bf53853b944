"""What is asked of one's own account, by both clients, against a gateway that runs."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from diorama.client import AsyncDiorama, Diorama, Forbidden, NotFound, Refused
from diorama.protocol.states import SessionState
from tests.gateway.running import Place, gateway_at


@pytest.fixture
async def place(tmp_path: Path) -> AsyncIterator[Place]:
    async with gateway_at(tmp_path) as found:
        yield found


@pytest.fixture
async def diorama(place: Place) -> AsyncIterator[AsyncDiorama]:
    async with AsyncDiorama(place.front.url, api_key=place.secrets.api_key) as found:
        yield found


async def test_a_key_opens_as_far_as_its_scopes_and_until_it_is_revoked(
    place: Place, diorama: AsyncDiorama
) -> None:
    made = await diorama.create_key("ci", scopes=["projects:read"], expires_in_s=3_600)
    again = await diorama.rotate_key(made.key.id, overlap_s=60)

    for secret in (made.secret, again.secret):
        async with AsyncDiorama(place.front.url, api_key=secret) as ci:
            assert [one.name for one in await ci.projects()] == ["cove"]
            with pytest.raises(Forbidden):
                await anext(ci.sessions())
    await diorama.revoke_key(again.key.id)

    assert made.secret not in repr(made)
    states = {one.id: one.state async for one in diorama.keys()}  # noqa: SIM118 - it is no dict
    assert states[again.key.id] == "revoked"
    actions = [one.action async for one in diorama.audit(action="key")]
    assert actions == ["key.revoked", "key.rotated", "key.created"]


async def test_how_a_session_went_and_what_it_used_is_told(
    place: Place, diorama: AsyncDiorama
) -> None:
    worker = await place.worker()
    opened = await place.open()
    viewer = await place.viewer(opened)
    await worker.start()
    await viewer.until("streaming")
    glance = await diorama.overview()
    place.clock.step(seconds=2.5)
    await diorama.end_session(opened.session.id)

    timeline = await diorama.timeline(opened.session.id)
    used = await diorama.usage("session")
    sheet = await diorama.usage_csv("session")
    pages = [page async for page in diorama.verify_usage()]

    assert (glance.streams, glance.limit) == (1, 5)
    assert timeline.sentence
    assert [(one.key, one.stream_us) for one in used.groups] == [(opened.session.id, 2_500_000)]
    assert "2500000" in sheet
    assert [one for page in pages for one in page.differences] == []


async def test_sessions_are_narrowed_down(place: Place, diorama: AsyncDiorama) -> None:
    await place.worker(slots=2)
    ann = await diorama.open_session("cove", end_user="ann")
    await diorama.open_session("cove", end_user="bob")

    of_ann = [
        one.id async for one in diorama.sessions(end_user="ann", state=[SessionState.CONNECTING])
    ]
    since = [one async for one in diorama.sessions(since=ann.session.created_at)]
    before = [one async for one in diorama.sessions(until=ann.session.created_at)]

    assert of_ann == [ann.session.id]
    assert (len(since), before) == (2, [])


async def test_a_project_is_made_and_taken_away(diorama: AsyncDiorama) -> None:
    made = await diorama.create_project(
        "lagoon", world="a:C", kind="python", regions=["local"], rules={"max_runtime_s": 600}
    )
    with pytest.raises(Refused):
        await diorama.create_project("lagoon", world="a:C", kind="python", regions=["local"])
    await diorama.delete_project("lagoon")

    assert (made.rules or {})["max_runtime_s"] == 600
    with pytest.raises(NotFound):
        await diorama.project("lagoon")
    assert [one.name for one in await diorama.worlds()] == ["cove"]
    assert "afk.warn_after_s" in {rule.path for rule in await diorama.rules()}


async def test_a_worker_is_put_out_of_service_and_back(place: Place, diorama: AsyncDiorama) -> None:
    await place.worker()
    (worker,) = await diorama.workers()

    out = await diorama.drain_worker(worker.id, within_s=60)
    back = await diorama.resume_worker(worker.id)

    assert (out.state, back.state) == ("draining", "ready")
    assert [(one.pool, one.workers) for one in await diorama.pools()] == [("default", 1)]


async def test_programs_that_wait_are_told_the_same(place: Place) -> None:
    await place.worker()

    def ask() -> None:
        with Diorama(place.front.url, api_key=place.secrets.api_key) as diorama:
            made = diorama.create_key("ci", scopes=["projects:read"])
            assert made.key.id in {one.id for one in diorama.keys()}  # noqa: SIM118 - it is no dict
            assert diorama.rotate_key(made.key.id).key.name == "ci"
            assert diorama.revoke_key(made.key.id).state == "revoked"
            assert len(list(diorama.audit(action="key"))) == 3
            assert diorama.overview().limit == 5
            assert diorama.usage().total.stream_us == 0
            assert diorama.usage_csv().count("\n") == 2
            assert [page.differences for page in diorama.verify_usage()] == [()]
            diorama.create_project("lagoon", world="a:C", kind="python", regions=["local"])
            assert [one.name for one in diorama.projects()] == ["cove", "lagoon"]
            diorama.delete_project("lagoon")
            assert [one.name for one in diorama.worlds()] == ["cove"]
            assert diorama.rules()
            (worker,) = diorama.workers()
            assert diorama.drain_worker(worker.id).state == "draining"
            assert diorama.resume_worker(worker.id).state == "ready"
            assert len(diorama.pools()) == 1
            opened = diorama.open_session("cove")
            assert diorama.timeline(opened.session.id).session.id == opened.session.id

    await asyncio.to_thread(ask)


async def test_other_accounts_and_plans_are_the_operators(
    place: Place, diorama: AsyncDiorama
) -> None:
    made = await diorama.create_account("ann", owner_email="ann@a.example")
    changed = await diorama.change_account(made.account.id, concurrent_streams=1)
    plan = await diorama.put_plan("studio", concurrent_streams=9)
    key = await diorama.create_key("ci", scopes=["account:read"])

    async with AsyncDiorama(place.front.url, api_key=key.secret) as ci:
        own = await ci.account()
        with pytest.raises(Forbidden):
            await anext(ci.accounts())

    assert made.link is not None
    assert made.link not in repr(made)
    assert (changed.concurrent_streams, (await diorama.account_of(changed.id)).held) == (1, 0)
    assert {one.id async for one in diorama.accounts()} == {"acc_owner", made.account.id}
    assert plan.concurrent_streams == 9
    assert "studio" in {one.name async for one in diorama.plans()}
    await diorama.delete_plan("studio")
    assert own.id == "acc_owner"
    assert "/set-up#" in await diorama.set_up_link()


async def test_programs_that_wait_operate_the_same(place: Place) -> None:
    def ask() -> None:
        with Diorama(place.front.url, api_key=place.secrets.api_key) as diorama:
            made = diorama.create_account("ann")
            assert diorama.change_account(made.account.id, suspended=True).suspended
            assert diorama.account_of(made.account.id).suspended
            assert len(list(diorama.accounts())) == 2
            assert diorama.account().id == "acc_owner"
            diorama.put_plan("studio", concurrent_streams=9)
            assert "studio" in {one.name for one in diorama.plans()}
            diorama.delete_plan("studio")
            assert diorama.cost("2.50").price_per_gpu_hour == "2.50"
            assert "/set-up#" in diorama.set_up_link()

    await asyncio.to_thread(ask)
