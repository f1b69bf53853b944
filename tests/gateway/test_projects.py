"""Changing projects and ending many sessions over REST, as an account's program does it."""

from pathlib import Path

import msgspec
import pytest

from diorama.gateway.settings import ProjectSettings
from diorama.projects.rules import Project, Rules
from diorama.protocol.views import EndedSessions
from tests.gateway.running import COVE, Place, Reply, gateway_at

OTHER = ProjectSettings(name="other", world="a:B")
PATH = "/v1/projects/cove"
HUGE = "9" * 400
NASTY: list[str] = [
    *("-1", "0", "-0.0", "0.5", "1e309", "-1e309", "NaN", "Infinity", "-Infinity", HUGE),
    *("1e308", "5e-324", "2147483648", "9223372036854775808", "-9223372036854775809"),
    *("null", "true", "false", '""', '" "', '"1"', '"NaN"', '"\\u0000"', '"\\ud800"', '"never"'),
    *("[]", "[1]", "[null]", "[[]]", '["https://a.example/"]', '["javascript:alert(1)"]'),
    *("{}", '{"":1}', '{"a":-1e9}', '{"a":"b"}', '{"a":null}', '{"enabled":null}'),
    *('"' + "x" * 10_000 + '"', '{"a":1,"a":2}', "01", "+1", "0x10", "1_000", ".5", "1."),
]
RULES = [
    *("worker_count", "end_user_limit", "on_limit", "queue", "afk", "max_runtime_s"),
    *("connect_timeout_s", "resume_window_s", "origins", "embed_origins", "no_such_rule"),
    *("queue.enabled", "queue.max_length", "queue.max_wait_s", "queue.accept_s"),
    *("queue.priorities", "queue.no_such_rule", "afk.enabled", "afk.warn_after_s"),
    *("afk.disconnect_after_s", "afk.hold_off_budget_s", "afk.no_such_rule"),
]
REFUSALS = {
    *((422, code) for code in ("rule_refused", "schema")),
    *((400, f"json_{what}") for what in ("syntax", "number", "text", "duplicate_key", "depth")),
}


async def change(place: Place, body: dict[str, object] | bytes, **headers: str) -> Reply:
    return await place.ask("PATCH", PATH, body, secret=place.secrets.api_key, **headers)


async def known(place: Place) -> Project:
    found = await place.gateway.desk.look(lambda work: work.stores.projects.named("cove"))
    assert found is not None
    return found


async def test_a_project_is_read_changed_and_read_again(tmp_path: Path) -> None:
    async with gateway_at(tmp_path) as place:
        seen = await place.ask("GET", PATH, secret=place.secrets.api_key)
        changed = await change(
            place,
            {
                "title": "A bay",
                "rules": {"max_runtime_s": 3_600, "afk": {"warn_after_s": 60}},
            },
            if_match=seen.headers["ETag"],
        )
        again = await place.ask("GET", PATH, secret=place.secrets.api_key)
        by_visitor = await place.ask("GET", PATH)

    rules = changed.json["rules"]
    assert isinstance(rules, dict)
    assert (seen.headers["ETag"], changed.headers["ETag"]) == ('"1"', '"2"')
    assert (changed.json["title"], changed.json["version"]) == ("A bay", 2)
    assert (rules["max_runtime_s"], rules["resume_window_s"]) == (3_600, 60)
    assert rules["afk"] == {
        "enabled": True,
        "warn_after_s": 60.0,
        "disconnect_after_s": 30.0,
        "hold_off_budget_s": 0.0,
    }
    assert again.json == changed.json
    assert not {"rules", "version", "public"} & by_visitor.json.keys()


async def test_what_was_read_may_be_sent_back_as_it_is(tmp_path: Path) -> None:
    async with gateway_at(tmp_path) as place:
        seen = await place.ask("GET", PATH, secret=place.secrets.api_key)
        changed = await change(place, {"rules": seen.json["rules"]})

    assert changed.status == 200
    assert changed.json["rules"] == seen.json["rules"]


async def test_a_change_of_what_was_changed_meanwhile_is_refused(tmp_path: Path) -> None:
    async with gateway_at(tmp_path) as place:
        await change(place, {"title": "first"})
        passed = await change(place, {"title": "second"}, if_match='"1"')
        current = await change(place, {"title": "third"}, if_match='"7", "2"')
        anyhow = await change(place, {"title": "fourth"}, if_match="*")
        nonsense = await change(place, {"title": "fifth"}, if_match="4")

    assert passed.problem == (412, "version_passed")
    assert passed.json["version"] == 2
    assert (current.status, anyhow.status) == (200, 200)
    assert nonsense.problem == (412, "version_passed")


@pytest.mark.parametrize("rule", RULES)
async def test_a_rule_that_is_no_rule_or_out_of_bounds_changes_nothing(
    tmp_path: Path, rule: str
) -> None:
    group, _, name = rule.rpartition(".")
    async with gateway_at(tmp_path) as place:
        before = await known(place)
        for value in NASTY:
            body = f'{{"{name}":{value}}}'
            body = f'{{"{group}":{body}}}' if group else body
            reply = await change(place, f'{{"title":"changed","rules":{body}}}'.encode())
            after = await known(place)

            # what is taken is in bounds, and the store's own reading of it agrees
            if reply.status == 200:
                assert msgspec.convert(msgspec.to_builtins(after.rules), Rules) == after.rules
                assert after.version == before.version + 1
                before = after
            else:
                assert reply.problem in REFUSALS, (value, reply)
                assert after == before, value


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"[]",
        b"null",
        b'{"name":"x"}',
        b'{"public":1}',
        b'{"world":{}}',
        b'{"enabled":"no"}',
        b'{"enabled":null}',
        b'{"title":null}',
        b'{"title":"' + b"x" * 121 + b'"}',
        b'{"description":7}',
        b'{"rules":null}',
        b'{"rules":[]}',
        b'{"version":9}',
    ],
)
async def test_nonsense_changes_nothing(tmp_path: Path, body: bytes) -> None:
    async with gateway_at(tmp_path) as place:
        before = await known(place)
        reply = await change(place, body)
        after = await known(place)

    assert reply.problem in REFUSALS
    assert after == before


async def test_only_the_account_of_a_project_changes_it(tmp_path: Path) -> None:
    async with gateway_at(tmp_path) as place:
        await place.worker()
        opened = await place.open()
        nobody = await place.ask("PATCH", PATH, {"title": "x"})
        viewer = await place.ask("PATCH", PATH, {"title": "x"}, secret=opened.token)
        missing = await place.ask(
            "PATCH", "/v1/projects/none", {"title": "x"}, secret=place.secrets.api_key
        )

    assert nobody.problem == (401, "credential_missing")
    assert viewer.problem == (401, "credential_refused")
    assert missing.problem == (404, "project_unknown")


async def test_a_project_that_is_disabled_ends_its_sessions_and_refuses_new_ones_at_once(
    tmp_path: Path,
) -> None:
    async with gateway_at(tmp_path) as place:
        await place.worker()
        opened = await place.open()
        await change(place, {"enabled": False})
        seen = await place.look(opened)
        refused = await place.post({"project": "cove"})
        listed = await place.ask("GET", "/v1/projects")
        own = await place.ask("GET", "/v1/projects", secret=place.secrets.api_key)
        await change(place, {"enabled": True})
        again = await place.post({"project": "cove"})

    assert seen.end is not None
    assert (seen.end.code, seen.end.reason) == (4000, "project_disabled")
    assert refused.problem == (409, "project_disabled")
    assert listed.json["projects"] == []
    assert b'"enabled":false' in own.body
    assert again.status == 201


async def test_a_higher_worker_count_serves_who_waits_at_once_and_a_lower_one_ends_nobody(
    tmp_path: Path,
) -> None:
    async with gateway_at(tmp_path) as place:
        await change(place, {"rules": {"worker_count": 1}})
        await place.worker(slots=2)
        first, second = await place.open(), await place.open()
        waited = second.session.state
        await change(place, {"rules": {"worker_count": 2}})
        served = (await place.look(second)).state
        await change(place, {"rules": {"worker_count": 0}})
        states = [(await place.look(one)).state for one in (first, second)]

    assert (waited, served) == ("queued", "connecting")
    assert states == ["connecting", "connecting"]


async def test_what_was_changed_by_api_outlives_a_restart_until_the_settings_change(
    tmp_path: Path,
) -> None:
    async with gateway_at(tmp_path) as place:
        await change(place, {"title": "by API", "rules": {"max_runtime_s": 600}})
    async with gateway_at(tmp_path) as place:
        kept = await known(place)
    async with gateway_at(tmp_path, msgspec.structs.replace(COVE, title="by settings")) as place:
        replaced = await known(place)

    assert (kept.title, kept.rules.max_runtime_s) == ("by API", 600)
    assert (replaced.title, replaced.rules.max_runtime_s) == ("by settings", 1_800)


async def test_a_project_that_the_settings_forget_is_disabled_once(tmp_path: Path) -> None:
    async with gateway_at(tmp_path, COVE, OTHER):
        pass
    async with gateway_at(tmp_path, OTHER) as place:
        gone = await known(place)
        await change(place, {"enabled": True})
    async with gateway_at(tmp_path, OTHER) as place:
        back = await known(place)

    assert (gone.enabled, back.enabled) == (False, True)


async def end(place: Place, body: dict[str, object]) -> Reply:
    return await place.ask("POST", "/v1/sessions/end", body, secret=place.secrets.api_key)


async def test_many_sessions_are_ended_at_once(tmp_path: Path) -> None:
    async with gateway_at(tmp_path) as place:
        await place.worker(slots=2)
        opened = [await place.open() for _ in range(3)]
        ids = [one.session.id for one in opened]
        reply = await end(place, {"sessions": [ids[0], "ses_none", ids[2], ids[0]]})
        again = await end(place, {"sessions": [ids[0]]})
        left = await place.look(opened[1])

    results = msgspec.json.decode(reply.body, type=EndedSessions).results
    assert [one.session for one in results] == [ids[0], "ses_none", ids[2]]
    assert [one.problem for one in results] == [None, "session_unknown", None]
    assert [one.end.code for one in results if one.end is not None] == [4012, 4012]
    assert msgspec.json.decode(again.body, type=EndedSessions).results == (results[0],)
    assert left.end is None


async def test_all_sessions_of_a_project_are_ended_and_those_of_others_go_on(
    tmp_path: Path,
) -> None:
    async with gateway_at(tmp_path, COVE, OTHER, plan="unlimited") as place:
        await place.worker(slots=60)
        ours = [await place.open() for _ in range(55)]
        theirs = await place.open(project="other")
        reply = await end(place, {"project": "cove"})
        nobody_left = await end(place, {"project": "cove"})
        left = await place.look(theirs)

    results = msgspec.json.decode(reply.body, type=EndedSessions).results
    assert {one.session for one in results} == {one.session.id for one in ours}
    assert all(one.end is not None for one in results)
    assert nobody_left.json == {"results": []}
    assert left.end is None


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        ({}, (422, "schema")),
        ({"sessions": ["ses_1"], "project": "cove"}, (422, "schema")),
        ({"sessions": "ses_1"}, (422, "schema")),
        ({"sessions": ["ses_\0"]}, (400, "json_text")),
        ({"sessions": ["SES 1"]}, (422, "schema")),
        ({"sessions": ["x"] * 1_001}, (422, "schema")),
        ({"project": "none"}, (404, "project_unknown")),
    ],
)
async def test_what_to_end_must_be_said(
    tmp_path: Path, body: dict[str, object], problem: tuple[int, str]
) -> None:
    async with gateway_at(tmp_path) as place:
        assert (await end(place, body)).problem == problem
