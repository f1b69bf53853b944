"""Keys as their account makes, rotates and ends them, on both databases."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest

from diorama.accounts.keys import is_mistyped
from diorama.protocol.key_views import CreatedKey, Keys, KeyView
from tests.gateway.running import WITHIN_S, Json, Place, Reply, gateway_at
from tests.gateway.signing import joined, owner_of

READS: dict[str, object] = {"name": "reader", "scopes": ["sessions:read"]}


@pytest.fixture
async def place(tmp_path: Path, database_url: str) -> AsyncIterator[Place]:
    async with gateway_at(tmp_path, url=database_url) as place:
        yield place


def created(reply: Reply) -> CreatedKey:
    assert reply.status == 201, reply
    return msgspec.json.decode(reply.body, type=CreatedKey)


async def opens(place: Place, secret: str) -> int:
    return (await place.ask("GET", "/v1/sessions", secret=secret)).status


async def test_a_key_is_made_used_and_revoked(place: Place) -> None:
    owner = await owner_of(place)
    place.clock.step(seconds=1)
    made = created(await owner.ask("POST", "/v1/keys", READS | {"expires_in_s": 3_600}))
    before = await opens(place, made.secret)
    listed = msgspec.json.decode((await owner.ask("GET", "/v1/keys")).body, type=Keys)
    revoked = await owner.ask("DELETE", f"/v1/keys/{made.key.id}")
    again = await owner.ask("DELETE", f"/v1/keys/{made.key.id}")

    assert made.secret.startswith(made.key.hint)
    assert not is_mistyped(made.secret)
    assert made.key.scopes == ("sessions:read",)
    assert made.key.created_by.startswith("member:mem_")
    assert before == 200
    assert listed.keys[0].id == made.key.id
    assert listed.keys[0].last_used_at is not None
    assert msgspec.json.decode(revoked.body, type=KeyView).state == "revoked"
    assert again.json == revoked.json
    assert await opens(place, made.secret) == 401


async def test_a_worker_that_registers_uses_its_key(place: Place) -> None:
    owner = await owner_of(place)
    unused = msgspec.json.decode((await owner.ask("GET", "/v1/keys")).body, type=Keys)
    await place.worker()
    used = msgspec.json.decode((await owner.ask("GET", "/v1/keys")).body, type=Keys)

    assert [key.last_used_at is None for key in unused.keys if key.kind == "worker"] == [True]
    assert [key.last_used_at is None for key in used.keys if key.kind == "worker"] == [False]


async def test_a_secret_is_shown_once_and_stored_nowhere(place: Place) -> None:
    owner = await owner_of(place)
    made = created(await owner.ask("POST", "/v1/keys", READS))
    listed = await owner.ask("GET", "/v1/keys")
    audit = await owner.ask("GET", "/v1/audit")
    rows = await place.database.read(lambda tx: tx.run("SELECT * FROM access_key"))

    tail = made.secret[len(made.key.hint) :]
    assert tail not in listed.body.decode() + audit.body.decode() + repr(rows) + repr(made)


async def test_a_rotated_key_works_on_for_its_overlap(place: Place) -> None:
    owner = await owner_of(place)
    old = created(await owner.ask("POST", "/v1/keys", READS))
    fresh = created(await owner.ask("POST", f"/v1/keys/{old.key.id}/rotate", {"overlap_s": 60}))
    place.clock.step(seconds=59)
    during = [await opens(place, one.secret) for one in (old, fresh)]
    place.clock.step(seconds=1)
    after = [await opens(place, one.secret) for one in (old, fresh)]
    twice = await owner.ask("POST", f"/v1/keys/{old.key.id}/rotate", {})

    assert (fresh.key.name, fresh.key.scopes) == (old.key.name, old.key.scopes)
    assert during == [200, 200]
    assert after == [401, 200]
    assert twice.problem == (409, "key_over")


async def test_a_key_that_was_rotated_is_not_rotated_again(place: Place) -> None:
    owner = await owner_of(place)
    old = created(await owner.ask("POST", "/v1/keys", READS))
    await owner.ask("POST", f"/v1/keys/{old.key.id}/rotate", {"overlap_s": 60})
    twice = await owner.ask("POST", f"/v1/keys/{old.key.id}/rotate", {"overlap_s": 60})

    assert twice.problem == (409, "key_rotated")


@pytest.mark.parametrize(
    ("asked", "problem"),
    [
        ({"name": "x"}, (422, "key_scopes")),
        ({"name": "x", "scopes": ["worlds:destroy"]}, (422, "key_scopes")),
        ({"name": "x", "kind": "worker", "scopes": ["sessions:read"]}, (422, "key_scopes")),
        ({"name": "x", "scopes": ["sessions:read"], "worker": "one"}, (422, "key_scopes")),
        ({"name": "x", "scopes": ["sessions:read"], "expires_in_s": 59}, (422, "schema")),
        ({"name": "x", "scopes": ["sessions:read"], "digest": "0"}, (422, "schema")),
        ({"name": "x", "scopes": ["sessions:read"], "account_id": "acc_2"}, (422, "schema")),
        ({"name": " ", "scopes": ["sessions:read"]}, (422, "schema")),
    ],
)
async def test_a_key_that_makes_no_sense_is_refused(
    tmp_path: Path, asked: Json, problem: tuple[int, str]
) -> None:
    async with gateway_at(tmp_path) as place:
        reply = await place.ask("POST", "/v1/keys", asked, secret=place.secrets.api_key)

    assert reply.problem == problem


async def test_nobody_makes_a_key_that_may_more_than_they(place: Place) -> None:
    owner = await owner_of(place)
    developer = await joined(owner, "bo@example.com", "developer")
    beyond = await developer.ask(
        "POST", "/v1/keys", {"name": "x", "scopes": ["sessions:read", "audit:read"]}
    )
    worker = await developer.ask("POST", "/v1/keys", {"name": "x", "kind": "worker"})
    keeper = created(
        await owner.ask("POST", "/v1/keys", {"name": "x", "scopes": ["keys:read", "keys:write"]})
    )
    wider = await place.ask("POST", "/v1/keys", READS, secret=keeper.secret)
    first = [
        key["id"]
        for key in (await owner.ask("GET", "/v1/keys")).json["keys"]  # type: ignore[attr-defined] # JSON
        if key["name"] == "first api key"
    ]
    taken = await place.ask("POST", f"/v1/keys/{first[0]}/rotate", {}, secret=keeper.secret)

    assert beyond.problem == (403, "permission_missing")
    assert beyond.json["needs"] == "audit:read"
    assert {worker.problem, wider.problem, taken.problem} == {(403, "permission_missing")}


async def test_a_foreign_key_looks_like_a_missing_one(place: Place) -> None:
    owner = await owner_of(place)
    missing = await owner.ask("DELETE", "/v1/keys/key_missing")
    odd = await owner.ask("POST", "/v1/keys/%00/rotate", {})

    assert missing.problem == odd.problem == (404, "key_unknown")


async def test_keys_are_listed_page_by_page(place: Place) -> None:
    owner = await owner_of(place)
    for _ in range(3):
        created(await owner.ask("POST", "/v1/keys", READS))
        place.clock.step(seconds=1)
    first = msgspec.json.decode((await owner.ask("GET", "/v1/keys?limit=2")).body, type=Keys)
    rest = msgspec.json.decode(
        (await owner.ask("GET", f"/v1/keys?limit=200&cursor={first.cursor}")).body, type=Keys
    )
    bad = [await owner.ask("GET", f"/v1/keys?limit={limit}") for limit in ("0", "201", "NaN")]

    assert len(first.keys) == 2
    assert len(rest.keys) == 3  # and the two that every Diorama has
    assert rest.cursor is None
    assert {reply.status for reply in bad} == {422}


async def test_a_revoked_worker_key_takes_its_worker_off_the_gateway(place: Place) -> None:
    owner = await owner_of(place)
    made = created(
        await owner.ask("POST", "/v1/keys", {"name": "gpu", "kind": "worker", "worker": "one"})
    )
    place.secrets = replace(place.secrets, worker_key=made.secret)
    worker = await place.worker()
    await owner.ask("DELETE", f"/v1/keys/{made.key.id}")
    async with asyncio.timeout(WITHIN_S):
        _, closed = await worker.end()
    back = await place.worker_line()
    problems, refused = await back.end()

    assert closed == 1012
    assert (problems, refused) == (["credential_refused"], 4013)


async def test_the_audit_log_tells_who_did_what_and_is_whole(place: Place) -> None:
    owner = await owner_of(place)
    made = created(await owner.ask("POST", "/v1/keys", READS))
    await owner.ask("DELETE", f"/v1/keys/{made.key.id}")
    log = await owner.ask("GET", "/v1/audit?action=key")
    page = await owner.ask("GET", "/v1/audit?limit=1")
    older = await owner.ask("GET", f"/v1/audit?limit=1&cursor={page.json['cursor']}")
    whole = await owner.ask("GET", "/v1/audit/check")
    await place.database.run(
        lambda tx: tx.run("UPDATE audit SET actor = 'gateway' WHERE action = 'key.created'")
    )
    broken = await owner.ask("GET", "/v1/audit/check")

    entries = msgspec.json.decode(log.body)["entries"]
    assert [entry["action"] for entry in entries] == ["key.revoked", "key.created"]
    assert {entry["subject"] for entry in entries} == {made.key.id}
    assert entries[1]["detail"]["scopes"] == "sessions:read"
    assert older.json["entries"] != page.json["entries"]
    assert whole.json["whole"] is True
    assert (broken.json["whole"], broken.json["broken_at"]) == (False, entries[0]["seq"])


async def test_a_log_that_was_cut_off_at_its_end_is_not_whole(place: Place) -> None:
    owner = await owner_of(place)
    await place.database.run(
        lambda tx: tx.run("DELETE FROM audit WHERE seq = (SELECT max(seq) FROM audit)")
    )
    cut = await owner.ask("GET", "/v1/audit/check")

    assert cut.json["whole"] is False
    assert cut.json["broken_at"] == cut.json["entries"]
