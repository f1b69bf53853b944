"""Making projects and taking them away over REST, by the operator and by other accounts."""

import asyncio
from pathlib import Path

import pytest

from diorama.gateway.settings import ProjectSettings
from diorama.projects.store import BY_API
from tests.gateway.running import COVE, Place, Reply, gateway_at
from tests.gateway.tenants import Tenant, tenant

HIDDEN = ProjectSettings(name="hidden", world="c:D", public=False)
OFFERED = ProjectSettings(name="offered", world="e:F", public=False, offered=True)
MINE = {"name": "mine", "world": "cove"}


async def create(place: Place, who: Tenant, **more: object) -> Reply:
    return await place.ask("POST", "/v1/projects", {**MINE, **more}, secret=who.secret)


def names(reply: Reply, of: str = "projects") -> list[object]:
    found = reply.json[of]
    assert isinstance(found, list)
    return [one["name"] for one in found]


async def test_an_account_makes_a_project_changes_it_and_takes_it_away(
    tmp_path: Path, database_url: str
) -> None:
    async with gateway_at(tmp_path, url=database_url) as place:
        ada = await tenant(place)
        made = await create(place, ada, title="Mine", rules={"max_runtime_s": 600})
        path = made.headers["Location"]
        seen = await place.ask("GET", path, secret=ada.secret)
        changed = await place.ask("PATCH", path, {"public": True}, secret=ada.secret)
        by_visitor = await place.ask("GET", path)
        gone = await place.ask("DELETE", path, secret=ada.secret)
        missing = [
            await place.ask(method, path, body, secret=ada.secret)
            for method, body in (("GET", None), ("PATCH", {"title": "x"}), ("DELETE", None))
        ]
        again = await create(place, ada)
        audit = await place.gateway.desk.look(
            lambda work: work.stores.audit.listed(ada.id, before=None, limit=9)
        )

    rules = made.json["rules"]
    assert isinstance(rules, dict)
    assert (made.status, made.headers["ETag"], rules["max_runtime_s"]) == (201, '"1"', 600)
    assert (made.json["made_from"], made.json["public"]) == ("cove", False)
    assert seen.json == made.json
    assert (changed.json["public"], by_visitor.status) == (True, 200)
    assert (gone.status, gone.body) == (204, b"")
    assert {reply.problem for reply in missing} == {(404, "project_unknown")}
    assert again.status == 201
    assert [(entry.action, entry.subject, entry.actor) for entry in audit] == [
        ("project.created", "mine", "key:key_ada"),
        ("project.deleted", "mine", "key:key_ada"),
        ("project.changed", "mine", "key:key_ada"),
        ("project.created", "mine", "key:key_ada"),
    ]


async def test_a_project_with_sessions_is_not_taken_away_and_its_history_is_kept(
    tmp_path: Path, database_url: str
) -> None:
    async with gateway_at(tmp_path, url=database_url) as place:
        ada = await tenant(place)
        await place.worker()
        await create(place, ada)
        opened = await place.post({"project": "mine"}, secret=ada.secret)
        session = opened.json["session"]
        assert isinstance(session, dict)
        at = f"/v1/sessions/{session['id']}"
        refused = await place.ask("DELETE", "/v1/projects/mine", secret=ada.secret)
        await place.ask("DELETE", at, secret=ada.secret)
        gone = await place.ask("DELETE", "/v1/projects/mine", secret=ada.secret)
        kept = await place.ask("GET", at, secret=ada.secret)
        listed = await place.ask("GET", "/v1/projects?own=true", secret=ada.secret)
        closed = await place.post({"project": "mine"}, secret=ada.secret)

    assert refused.problem == (409, "project_in_use")
    assert refused.json["sessions"] == 1
    assert gone.status == 204
    assert (kept.json["project"], kept.json["state"]) == ("mine", "disconnected")
    assert names(listed) == []
    assert closed.problem == (404, "project_unknown")


async def test_foreign_projects_look_like_missing_ones(tmp_path: Path) -> None:
    async with gateway_at(tmp_path) as place:
        ada, bob = await tenant(place), await tenant(place, "bob")
        await create(place, ada)
        replies = [
            await place.ask(method, f"/v1/projects/{name}", body, secret=bob.secret)
            for method, body in (("GET", None), ("PATCH", {"title": "x"}), ("DELETE", None))
            for name in ("mine", "none")
        ]

    told = [{**reply.json, "request_id": "", "detail": ""} for reply in replies]
    assert {reply.problem for reply in replies} == {(404, "project_unknown")}
    assert told[::2] == told[1::2]


async def test_worlds_are_those_that_the_operator_offers(tmp_path: Path) -> None:
    async with gateway_at(tmp_path, COVE, HIDDEN, OFFERED) as place:
        ada = await tenant(place)
        await create(place, ada, public=True)
        found = await place.ask("GET", "/v1/worlds", secret=ada.secret)
        hidden = await create(place, ada, name="other", world="hidden")
        of_mine = await create(place, ada, name="other", world="mine")
        program = await create(place, ada, name="other", world="os:system", kind="python")
        by_visitor = await place.ask("GET", "/v1/worlds")

    assert names(found, "worlds") == ["cove", "offered"]
    assert hidden.problem == of_mine.problem == (422, "world_unknown")
    assert program.problem == (403, "permission_missing")
    assert by_visitor.problem == (401, "credential_missing")


async def test_the_operator_makes_a_project_of_any_program_and_offers_it(tmp_path: Path) -> None:
    async with gateway_at(tmp_path) as place:
        key = place.secrets.api_key
        body = {"name": "mine", "world": "x:Y", "kind": "python", "regions": ["local"]}
        made = await place.ask("POST", "/v1/projects", body, secret=key)
        ada = await tenant(place)
        before = await place.ask("GET", "/v1/worlds", secret=ada.secret)
        await place.ask("PATCH", "/v1/projects/mine", {"offered": True}, secret=key)
        after = await place.ask("GET", "/v1/worlds", secret=ada.secret)
        await create(place, ada, name="hers")
        refused = await place.ask(
            "PATCH", "/v1/projects/hers", {"offered": True}, secret=ada.secret
        )

    assert made.status == 201
    assert (names(before, "worlds"), names(after, "worlds")) == (["cove"], ["cove", "mine"])
    assert refused.problem == (403, "permission_missing")


async def test_of_many_that_ask_for_one_name_one_gets_it(tmp_path: Path, database_url: str) -> None:
    async with gateway_at(tmp_path, url=database_url) as place:
        both = [await tenant(place), await tenant(place, "bob")]
        replies = await asyncio.gather(*(create(place, both[at % 2]) for at in range(20)))

    assert sorted(reply.status for reply in replies) == [201, *[409] * 19]
    assert {r.problem for r in replies if r.status == 409} == {(409, "project_name_taken")}


async def test_a_project_made_by_api_outlives_a_restart_and_follows_its_world(
    tmp_path: Path,
) -> None:
    moved = ProjectSettings(name="cove", world="moved:World")
    async with gateway_at(tmp_path) as place:
        ada = await tenant(place)
        await create(place, ada)
    async with gateway_at(tmp_path, moved) as place:
        project = await place.gateway.desk.look(lambda work: work.stores.projects.named("mine"))
        said = await place.gateway.desk.look(
            lambda work: work.stores.projects.settings(project.id if project else "")
        )

    assert project is not None
    assert (project.enabled, project.world.entry, project.account_id) == (
        True,
        "moved:World",
        ada.id,
    )
    assert said == BY_API


@pytest.mark.parametrize(
    "more",
    [
        {"id": "prj_1"},
        {"account_id": "acc_owner"},
        {"version": 9},
        {"made_from": "cove"},
        {"deleted_us": 1},
        {"settings": "x"},
        {"name": "a/b"},
        {"name": ""},
        {"name": "x" * 65},
        {"rules": {"worker_count": -1}},
    ],
)
async def test_what_is_no_part_of_a_request_is_refused(
    tmp_path: Path, more: dict[str, object]
) -> None:
    async with gateway_at(tmp_path) as place:
        reply = await create(place, await tenant(place), **more)

    assert reply.status == 422


async def test_projects_come_in_pages_by_name(tmp_path: Path) -> None:
    async with gateway_at(tmp_path) as place:
        ada = await tenant(place)
        for name in ("b", "a", "c"):
            await create(place, ada, name=name)
        ask = "/v1/projects?own=true&limit=2"
        first = await place.ask("GET", ask, secret=ada.secret)
        rest = await place.ask("GET", f"{ask}&cursor={first.json['cursor']}", secret=ada.secret)
        everything = await place.ask("GET", "/v1/projects", secret=ada.secret)

    assert (names(first), names(rest)) == (["a", "b"], ["c"])
    assert rest.json.get("cursor") is None
    assert names(everything) == ["a", "b", "c", "cove"]


async def test_the_rules_are_anybodys_to_read(tmp_path: Path) -> None:
    async with gateway_at(tmp_path) as place:
        found = await place.ask("GET", "/v1/rules")

    rules = found.json["rules"]
    assert isinstance(rules, list)
    longest = next(rule for rule in rules if rule["path"] == "max_runtime_s")
    assert (longest["type"], longest["min"], longest["max"]) == ("number", 60, 86_400)
    assert (longest["unit"], longest["default"]) == ("s", 1_800)
    assert {"afk.warn_after_s", "queue.enabled", "on_limit"} <= {rule["path"] for rule in rules}
