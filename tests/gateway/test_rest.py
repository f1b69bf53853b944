"""REST, as a program on the other side of a real port sees it."""

import re
from pathlib import Path

import msgspec
import pytest

from diorama.gateway.settings import ProjectSettings
from diorama.projects.rules import OnLimit, QueueRules, Rules
from diorama.protocol.views import Page
from tests.gateway.running import COVE, gateway_at

CLIENT = "client-number-one"


def schemas_of(document: dict[str, object]) -> dict[str, object]:
    components = document["components"]
    assert isinstance(components, dict)
    schemas = components["schemas"]
    assert isinstance(schemas, dict)
    return schemas


async def test_a_session_is_opened_looked_at_and_ended(tmp_path: Path) -> None:
    async with gateway_at(tmp_path) as place:
        await place.worker()
        reply = await place.post({"project": "cove", "device": "laptop"})
        opened = msgspec.json.decode(reply.body)
        where = reply.headers["Location"]
        seen = await place.ask("GET", where, secret=opened["token"])
        ended = await place.ask("DELETE", where, secret=opened["token"])
        again = await place.ask("DELETE", where, secret=opened["token"])

    assert reply.status == 201
    assert (opened["session"]["state"], opened["continued"]) == ("connecting", False)
    assert seen.json == opened["session"]
    assert ended.json["end"] == again.json["end"]
    assert msgspec.json.decode(ended.body)["end"]["code"] == 1000


async def test_the_same_client_continues_its_session(tmp_path: Path) -> None:
    async with gateway_at(tmp_path) as place:
        await place.worker()
        first = await place.open(client_id=CLIENT)
        reply = await place.post({"project": "cove", "client_id": CLIENT})
        stale = await place.ask("DELETE", f"/v1/sessions/{first.session.id}", secret=first.token)

    assert (reply.status, reply.json["continued"]) == (200, True)
    assert stale.problem == (401, "token_refused")


async def test_a_page_that_is_left_is_taken_note_of(tmp_path: Path) -> None:
    async with gateway_at(tmp_path) as place:
        await place.worker()
        opened = await place.open()
        path = f"/v1/sessions/{opened.session.id}/bye"
        said = await place.ask("POST", path, {"code": 1001}, secret=opened.token)
        await place.sweep(after_s=1)
        seen = await place.look(opened)

    assert said.status == 202
    assert seen.end is not None
    assert seen.end.code == 1001


async def test_an_account_lists_its_sessions_page_by_page(tmp_path: Path) -> None:
    async with gateway_at(tmp_path) as place:
        await place.worker(slots=5)
        ids = [(await place.open()).session.id for _ in range(5)]
        key = place.secrets.api_key
        await place.ask("DELETE", f"/v1/sessions/{ids[0]}", secret=key)
        first = await place.ask("GET", "/v1/sessions?live=true&limit=3", secret=key)
        cursor = first.json["cursor"]
        rest = await place.ask("GET", f"/v1/sessions?live=true&cursor={cursor}", secret=key)

    pages = [msgspec.json.decode(reply.body, type=Page) for reply in (first, rest)]
    found = [session.id for page in pages for session in page.sessions]
    assert [len(page.sessions) for page in pages] == [3, 1]
    assert sorted(found) == sorted(ids[1:])
    assert pages[1].cursor is None


async def test_projects_workers_and_health_are_shown(tmp_path: Path) -> None:
    hidden = ProjectSettings(name="hidden", world="a:B", public=False)
    async with gateway_at(tmp_path, COVE, hidden) as place:
        await place.worker()
        key = place.secrets.api_key
        public = await place.ask("GET", "/v1/projects")
        own = await place.ask("GET", "/v1/projects", secret=key)
        foreign = await place.ask("GET", "/v1/projects/hidden")
        missing = await place.ask("GET", "/v1/projects/missing")
        workers = await place.ask("GET", "/v1/workers", secret=key)
        ready = await place.ask("GET", "/readyz")

    assert b"hidden" not in public.body
    assert b"hidden" in own.body
    assert foreign.problem == missing.problem == (404, "project_unknown")
    assert b'"ready"' in workers.body
    assert ready.json == {"status": "ready", "workers": 1}


async def test_a_foreign_session_looks_like_a_missing_one(tmp_path: Path) -> None:
    async with gateway_at(tmp_path) as place:
        await place.worker(slots=2)
        ours, theirs = await place.open(), await place.open()
        foreign = await place.ask("GET", f"/v1/sessions/{theirs.session.id}", secret=ours.token)
        missing = await place.ask("GET", "/v1/sessions/ses_missing", secret=ours.token)

    assert foreign.problem == missing.problem == (404, "session_unknown")


@pytest.mark.parametrize(
    ("path", "secret", "code"),
    [
        ("/v1/sessions", "", "credential_refused"),
        ("/v1/sessions", "dio_forged", "credential_refused"),
        ("/v1/workers", "diw_forged", "credential_refused"),
        ("/v1/sessions/ses_1", "dst_ses_1.1.0000", "token_refused"),
        ("/v1/sessions/ses_1", "dst_..", "token_refused"),
        ("/v1/projects", "dio_forged", "credential_refused"),
    ],
)
async def test_what_was_forged_opens_nothing(
    tmp_path: Path, path: str, secret: str, code: str
) -> None:
    async with gateway_at(tmp_path) as place:
        reply = await place.ask("GET", path, secret=secret)
        without = await place.ask("GET", "/v1/sessions")

    assert reply.problem == (401, code)
    assert reply.headers["WWW-Authenticate"] == "Bearer"
    assert without.problem == (401, "credential_missing")


async def test_a_token_with_one_letter_changed_opens_nothing(tmp_path: Path) -> None:
    async with gateway_at(tmp_path) as place:
        await place.worker()
        opened = await place.open()
        forged = opened.token[:-1] + ("0" if opened.token[-1] != "0" else "1")
        newer = opened.token.replace(".1.", ".2.")
        path = f"/v1/sessions/{opened.session.id}"
        replies = [await place.ask("GET", path, secret=token) for token in (forged, newer)]

    assert {reply.problem for reply in replies} == {(401, "token_refused")}


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"{", 400, "json_syntax"),
        (b'{"project": "cove", "project": "x"}', 400, "json_duplicate_key"),
        (b'{"project": NaN}', 400, "json_number"),
        (b'{"project": "a\\u0000"}', 400, "json_text"),
        (b"[" * 50 + b"]" * 50, 400, "json_depth"),
        (b'{"project": 1}', 422, "schema"),
        (b'{"project": "cove", "more": 1}', 422, "schema"),
        (b'{"project": "cove", "client_id": "short"}', 422, "schema"),
        (b'{"project": "cove", "end_user": "ann"}', 422, "end_user_unproven"),
        (b" " * 300_000, 413, "too_large"),
        (b'{"project": "nowhere"}', 404, "project_unknown"),
        (b'{"project": "cove", "region": "there"}', 404, "region_unknown"),
        (b'{"project": "cove"}', 503, "no_worker"),
    ],
)
async def test_a_request_that_cannot_be_taken_is_told_why(
    tmp_path: Path, body: bytes, status: int, code: str
) -> None:
    async with gateway_at(tmp_path) as place:
        reply = await place.post(body)

    assert reply.problem == (status, code)


async def test_a_limit_that_refuses_names_what_holds_the_slots(tmp_path: Path) -> None:
    rules = Rules(on_limit=OnLimit.REJECT, worker_count=1)
    one = ProjectSettings(name="cove", world="a:B", rules=rules)
    async with gateway_at(tmp_path, one) as place:
        await place.worker(slots=2)
        opened = await place.open()
        refused = await place.post({"project": "cove"}, secret=place.secrets.api_key)
        holders = refused.json["holders"]
        assert isinstance(holders, list)
        await place.ask("DELETE", holders[0]["end"], secret=place.secrets.api_key)
        after = await place.post({"project": "cove"})

    assert refused.problem == (429, "project_cap")
    assert refused.headers["Retry-After"] == "5"
    assert [one["session"] for one in holders] == [opened.session.id]
    assert after.status == 201


async def test_a_queue_that_is_off_or_full_is_unavailable(tmp_path: Path) -> None:
    off = ProjectSettings(name="off", world="a:B", rules=Rules(queue=QueueRules(enabled=False)))
    full = ProjectSettings(name="full", world="a:B", rules=Rules(queue=QueueRules(max_length=0)))
    async with gateway_at(tmp_path, COVE, off, full) as place:
        await place.worker()
        await place.open()
        replies = [await place.post({"project": name}) for name in ("off", "full")]

    assert [reply.problem for reply in replies] == [(503, "queue_off"), (503, "queue_full")]
    assert all("Retry-After" in reply.headers for reply in replies)


async def test_a_disabled_project_is_a_conflict(tmp_path: Path) -> None:
    off = ProjectSettings(name="off", world="a:B", enabled=False)
    async with gateway_at(tmp_path, off) as place:
        reply = await place.post({"project": "off"})

    assert reply.problem == (409, "project_disabled")


async def test_a_repeated_request_is_answered_as_before(tmp_path: Path) -> None:
    async with gateway_at(tmp_path) as place:
        await place.worker(slots=3)
        first = await place.post({"project": "cove"}, Idempotency_Key="key-number-one-01")
        again = await place.post({"project": "cove"}, Idempotency_Key="key-number-one-01")
        other = await place.post(
            {"project": "cove", "device": "x"}, Idempotency_Key="key-number-one-01"
        )
        long = await place.post({"project": "cove"}, Idempotency_Key="k" * 256)

    assert (first.status, again.status) == (201, 201)
    assert first.body == again.body
    assert other.problem == (422, "idempotency_mismatch")
    assert long.problem == (422, "idempotency_key")


@pytest.mark.parametrize(
    "path",
    ["/v1/sessions/%00", "/v1/sessions/%FF%FE", "/v1/projects/%00", "/v1/projects/" + "x" * 5_000],
)
async def test_a_name_that_nothing_can_have_is_not_found(tmp_path: Path, path: str) -> None:
    async with gateway_at(tmp_path) as place:
        reply = await place.ask("GET", path, secret=place.secrets.api_key)

    assert reply.status == 404


async def test_the_openapi_document_is_valid_and_names_every_route(tmp_path: Path) -> None:
    async with gateway_at(tmp_path) as place:
        reply = await place.ask("GET", "/openapi.json")

    document = reply.json
    refs = re.findall(rb'"\$ref":"#/components/schemas/([^"]+)"', reply.body)
    paths = document["paths"]
    assert isinstance(paths, dict)
    assert str(document["openapi"]).startswith("3.1")
    assert {
        "/v1/sessions",
        "/v1/sessions/{session_id}",
        "/v1/sessions/{session_id}/bye",
        "/v1/projects",
        "/v1/projects/{name}",
        "/v1/projects/{name}/queue",
        "/v1/workers",
        "/healthz",
        "/readyz",
    } <= paths.keys()
    assert {ref.decode() for ref in refs} <= schemas_of(document).keys()
    undocumented = [
        (path, method)
        for path, methods in paths.items()
        for method, route in methods.items()
        if not route.get("summary") or not route.get("responses")
    ]
    assert undocumented == []
