"""What is taken back at one gateway opens nothing at the other from the next request on."""

import asyncio
from pathlib import Path

import pytest

from diorama.gateway.hints import HintBus
from tests.gateway.fleet import Deaf, two_gateways
from tests.gateway.running import Place
from tests.gateway.signing import Browser, joined, owner_of

either_way = pytest.mark.parametrize("bus", [None, Deaf], ids=["hinted", "polled"])


async def statuses_until(stop: asyncio.Event, place: Place, secret: str) -> list[int]:
    """Ask again and again, and return what is answered once `stop` is set."""
    after: list[int] = []
    while len(after) < 20:
        taken_back = stop.is_set()
        reply = await place.ask("GET", "/v1/sessions", secret=secret)
        if taken_back:
            after.append(reply.status)
    return after


@either_way
async def test_a_key_revoked_at_one_gateway_opens_nothing_at_any(
    postgres_database: str, tmp_path: Path, bus: type[HintBus] | None
) -> None:
    async with two_gateways(postgres_database, tmp_path, bus=bus) as (here, there):
        owner = await owner_of(here)
        made = await owner.ask("POST", "/v1/keys", {"name": "x", "scopes": ["sessions:read"]})
        secret, key = str(made.json["secret"]), made.json["key"]
        assert isinstance(key, dict)
        before = [(await p.ask("GET", "/v1/sessions", secret=secret)).status for p in (here, there)]
        revoked = asyncio.Event()
        async with asyncio.TaskGroup() as tasks:
            asking = [tasks.create_task(statuses_until(revoked, p, secret)) for p in (here, there)]
            await owner.ask("DELETE", f"/v1/keys/{key['id']}")
            revoked.set()

    assert before == [200, 200]
    assert {status for task in asking for status in task.result()} == {401}


async def test_who_signs_out_or_is_taken_out_at_one_gateway_is_out_at_any(
    postgres_database: str, tmp_path: Path
) -> None:
    async with two_gateways(postgres_database, tmp_path) as (here, there):
        owner = await owner_of(here)
        bo = await joined(owner, "bo@example.com", "viewer")
        member = next(
            one["id"]
            for one in (await owner.ask("GET", "/v1/members")).json["members"]  # type: ignore[attr-defined] # JSON
            if one["role"] == "viewer"
        )
        elsewhere = [Browser(there, cookies=dict(one.cookies)) for one in (owner, bo)]
        before = [(await one.ask("GET", "/v1/me")).status for one in elsewhere]
        await owner.ask("DELETE", f"/v1/members/{member}")
        taken_out = await elsewhere[1].ask("GET", "/v1/me")
        await owner.ask("POST", "/v1/sign-out")
        signed_out = await elsewhere[0].ask("GET", "/v1/me")

    assert before == [200, 200]
    assert {taken_out.status, signed_out.status} == {401}
