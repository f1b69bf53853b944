"""API keys at the door."""

from dataclasses import replace
from pathlib import Path

import pytest

from diorama.accounts.keys import Key, KeyKind
from diorama.accounts.permissions import Permission
from diorama.gateway.bootstrap import OWNER
from diorama.gateway.settings import ProjectSettings
from diorama.kernel.ids import digest
from diorama.protocol import worker as worker_wire
from tests.gateway.running import COVE, Place, gateway_at

SECRET = "dio_" + "s" * 43


async def put(place: Place, key: Key) -> None:
    await place.gateway.desk.do(lambda work: work.stores.keys.add(key))


def key_of(place: Place, **more: object) -> Key:
    key = Key(
        id="key_1",
        account_id=OWNER,
        kind=KeyKind.API,
        digest=digest(SECRET),
        name="one",
        created_us=place.clock.now_us(),
    )
    return replace(key, **more)  # type: ignore[arg-type] # fields of the dataclass, by name


async def test_a_key_opens_as_far_as_its_scopes(tmp_path: Path) -> None:
    async with gateway_at(tmp_path) as place:
        await put(place, key_of(place, scopes=frozenset({Permission.SESSIONS_READ})))
        listed = await place.ask("GET", "/v1/sessions", secret=SECRET)
        beyond = await place.ask("GET", "/v1/workers", secret=SECRET)

    assert listed.status == 200
    assert beyond.problem == (403, "permission_missing")
    assert beyond.json["needs"] == "workers:read"


async def test_a_key_opens_nothing_from_its_end_on(tmp_path: Path) -> None:
    async with gateway_at(tmp_path) as place:
        await put(place, key_of(place, expires_us=place.clock.now_us() + 2_000_000))
        place.clock.step(seconds=1.9)
        before = await place.ask("GET", "/v1/sessions", secret=SECRET)
        place.clock.step(seconds=0.1)
        after = await place.ask("GET", "/v1/sessions", secret=SECRET)

    assert before.status == 200
    assert after.problem == (401, "credential_refused")


async def test_a_revoked_key_looks_like_one_that_never_was(tmp_path: Path) -> None:
    async with gateway_at(tmp_path) as place:
        key = key_of(place)
        await put(place, key)
        first = await place.ask("GET", "/v1/sessions", secret=SECRET)
        revoked = replace(key, revoked_us=place.clock.now_us())
        await place.gateway.desk.do(lambda work: work.stores.keys.save(revoked))
        after = await place.ask("GET", "/v1/sessions", secret=SECRET)
        never = await place.ask("GET", "/v1/sessions", secret="dio_" + "n" * 43)

    assert first.status == 200
    assert after.problem == never.problem == (401, "credential_refused")
    assert {**after.json, "request_id": ""} == {**never.json, "request_id": ""}


async def test_the_last_use_of_a_key_is_written_once_a_minute(tmp_path: Path) -> None:
    async with gateway_at(tmp_path) as place:
        start_us = place.clock.now_us()
        await put(place, key_of(place))
        seen = []
        for step_s in (0, 59, 1):
            place.clock.step(seconds=step_s)
            await place.ask("GET", "/v1/sessions", secret=SECRET)
            found = await place.gateway.desk.look(lambda work: work.stores.keys.by_id("key_1"))
            assert found is not None
            seen.append(found.used_us)

    assert seen == [start_us, start_us, start_us + 60_000_000]


@pytest.mark.parametrize(("name", "taken"), [("gpu-1", True), ("gpu-2", False)])
async def test_a_worker_s_own_key_registers_that_worker_alone(
    tmp_path: Path, name: str, *, taken: bool
) -> None:
    async with gateway_at(tmp_path, COVE, ProjectSettings(name="other", world="a:B")) as place:
        own = key_of(place, kind=KeyKind.WORKER, worker="gpu-1")
        await put(place, own)
        place.secrets = replace(place.secrets, worker_key=SECRET)
        worker = await place.worker_line()
        await worker.say_hello(name=name)
        if taken:
            await worker.next(worker_wire.Welcome)
        else:
            problems, code = await worker.end()
            assert (problems, code) == (["credential_refused"], 4013)
