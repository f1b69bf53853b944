"""Who may do what at `/odyssey/{project}`, and what those are told who may not.

These addresses are Odyssey's own and no part of the document of the API, so they have a table of
their own beside tests/security/operations.py: an operation, what its key must be allowed, and what
a request names.
"""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Final

import pytest_asyncio
from fastapi.routing import APIRoute

from diorama.accounts.keys import Key, KeyKind, sealed
from diorama.accounts.permissions import Permission
from diorama.gateway.bootstrap import OWNER
from diorama.gateway.ice import Ice, IceRules
from diorama.gateway.odyssey.addresses import Base
from diorama.gateway.odyssey.door import OPENS
from diorama.gateway.odyssey.routes import OdysseyParts, odyssey_routes
from diorama.gateway.rate_limits import RateLimits
from diorama.gateway.recording_links import RecordingLinks
from diorama.gateway.whep import Whep
from diorama.kernel.ids import digest
from diorama.sessions.work import Work
from tests.gateway.odyssey.sdk import Sdk
from tests.gateway.running import COVE, Place, gateway_at
from tests.gateway.tenants import tenant

PUBLIC: Final = (
    "POST /auth/token",
    "GET /config",
    "GET /for/{ice_pass}/config",
    "POST /telemetry",
    "POST /watch/{session_id}/whep",
    "DELETE /watch/{session_id}/whep/{watch_id}",
)
"""Those who watch show a spectator's token, as at `/v1/whep`; a pass is in its address."""
OPERATIONS: Final = {
    "GET /regions": (Permission.SESSIONS_WRITE, None),
    "POST /sessions/request": (Permission.SESSIONS_WRITE, "{}"),
    "POST /sessions/token": (Permission.SESSIONS_WRITE, '{"session_id":"ses_missing"}'),
    "POST /simulation-jobs": (
        Permission.SIMULATIONS_WRITE,
        '{"script":[{"timestamp_ms":1,"end":{}}]}',
    ),
    "GET /simulation-jobs": (Permission.SIMULATIONS_READ, None),
    "GET /simulation-jobs/{job_id}": (Permission.SIMULATIONS_READ, None),
    "DELETE /simulation-jobs/{job_id}": (Permission.SIMULATIONS_WRITE, None),
    "GET /recordings/{stream_id}": (Permission.RECORDINGS_READ, None),
    "GET /stream-recordings": (Permission.RECORDINGS_READ, None),
}
LET_IN: Final = {200, 201, 404, 429}


@pytest_asyncio.fixture
async def place(tmp_path: Path) -> AsyncIterator[Place]:
    async with gateway_at(tmp_path, COVE) as place:
        yield place


async def key_with(place: Place, scope: Permission, *, expires_us: int | None = None) -> str:
    """Return the secret of a key of the owner's account with this scope alone."""
    name = f"{scope.value.replace(':', '-')}-{expires_us}"
    secret = f"dio_{name}-{'k' * 60}"

    def add(work: Work) -> None:
        key = Key(
            id=f"key_{name}",
            account_id=OWNER,
            kind=KeyKind.API,
            digest=digest(secret),
            name="one",
            created_us=work.now_us,
            scopes=frozenset({scope}),
            expires_us=expires_us,
        )
        if work.stores.keys.find(key.digest, KeyKind.API) is None:
            work.stores.keys.add(key)

    await place.gateway.desk.do(add)
    return secret


async def asked(sdk: Sdk, operation: str) -> tuple[int, object]:
    """Ask as the table says; return status and code."""
    method, _, path = operation.partition(" ")
    _, body = OPERATIONS[operation]
    path = path.replace("{job_id}", "sim_missing").replace("{stream_id}", "rec_missing")
    reply = await sdk.ask(method, path, None if body is None else json.loads(body))
    return reply.status, reply.json.get("code")


async def test_every_operation_has_its_row(place: Place) -> None:
    ice = Ice(IceRules(), place.clock)
    parts = OdysseyParts(
        desk=place.gateway.desk,
        hub=place.gateway.hub,
        clock=place.clock,
        secret=b"",
        limits=RateLimits({}, place.clock, secret=b""),
        base=Base(),
        links=RecordingLinks(b""),
        whep=Whep(place.gateway.desk, place.gateway.hub, b"", ice),
        ice=ice,
    )
    routes = [route for route in odyssey_routes(parts).routes if isinstance(route, APIRoute)]

    found = {
        f"{method} {route.path.removeprefix('/odyssey/{project}')}"
        for route in routes
        for method in route.methods or ()
    }
    assert found == {*PUBLIC, *OPERATIONS}
    assert not any(route.include_in_schema for route in routes)


async def test_a_pass_opens_what_its_key_may_do_and_nothing_else(place: Place) -> None:
    allowed, refused = {}, {}
    for operation, (needs, _) in OPERATIONS.items():
        sdk = Sdk(place)
        await sdk.sign_in(await key_with(place, needs))
        allowed[operation] = (await asked(sdk, operation))[0]
        await sdk.sign_in(await key_with(place, min(OPENS - {needs})))
        refused[operation] = await asked(sdk, operation)

    assert {found for found in allowed.values() if found not in LET_IN} == set()
    assert refused == dict.fromkeys(OPERATIONS, (403, "permission_missing"))


async def test_nothing_but_a_good_pass_of_this_project_opens_anything(place: Place) -> None:
    await place.worker()
    opened = await place.open()
    sdk = Sdk(place)
    await sdk.sign_in()
    good = sdk.token
    sdk.token = ""
    missing = {operation: await asked(sdk, operation) for operation in OPERATIONS}
    bad = (
        "garbage",
        "dop_garbage",
        place.secrets.api_key,
        place.secrets.worker_key,
        opened.token,
        good + "x",
        good.removeprefix("dop_"),
    )
    refused = set()
    for sdk.token in bad:
        refused |= {await asked(sdk, operation) for operation in OPERATIONS}
    sdk.token, sdk.base = good, "/odyssey/another"
    refused |= {await asked(sdk, operation) for operation in OPERATIONS}
    sdk.base = "/odyssey/cove"
    place.clock.step(seconds=25 * 3_600)
    refused |= {await asked(sdk, operation) for operation in OPERATIONS}

    assert missing == dict.fromkeys(OPERATIONS, (401, "credential_missing"))
    assert refused == {(401, "token_refused")}


async def test_a_pass_of_a_key_that_is_revoked_stops_at_once(place: Place) -> None:
    made = await place.ask(
        "POST",
        "/v1/keys",
        {"name": "sdk", "scopes": ["sessions:write"]},
        secret=place.secrets.api_key,
    )
    key = made.json["key"]
    assert isinstance(key, dict)
    sdk = Sdk(place)
    await sdk.sign_in(str(made.json["secret"]))
    before = await asked(sdk, "GET /regions")
    await place.ask("DELETE", f"/v1/keys/{key['id']}", secret=place.secrets.api_key)
    after = await asked(sdk, "GET /regions")

    assert before[0] == 200
    assert after == (401, "token_refused")


async def test_a_pass_opens_nothing_of_diorama_s_own_api(place: Place) -> None:
    sdk = Sdk(place)
    await sdk.sign_in()
    reply = await place.ask("GET", "/v1/sessions", secret=sdk.token)

    assert reply.problem == (401, "credential_refused")


async def test_a_key_is_refused_as_the_sdk_tells_its_app(place: Place) -> None:
    sdk = Sdk(place)
    foreign = (await tenant(place)).secret
    before_us = place.clock.now_us() - 1
    over = await key_with(place, Permission.SESSIONS_WRITE, expires_us=before_us)
    unable = await key_with(place, Permission.USAGE_READ)

    malformed = await sdk.sign_in("ody_something")
    mistyped = await sdk.sign_in(sealed(f"dio_{'m' * 43}")[:-1] + "x")
    unknown = await sdk.sign_in(f"dio_{'u' * 50}")
    expired = await sdk.sign_in(over)
    others = await sdk.sign_in(foreign)
    useless = await sdk.sign_in(unable)
    sdk.base = "/odyssey/missing"
    nowhere = await sdk.sign_in()
    body = await place.ask("POST", "/odyssey/cove/auth/token", {"key": "x"})

    assert malformed.problem == (422, "key_form")
    assert mistyped.problem == (422, "key_form")
    assert unknown.problem == (401, "credential_refused")
    assert expired.problem == (401, "credential_refused")
    assert others.problem == (403, "permission_missing")
    assert useless.problem == (403, "permission_missing")
    assert nowhere.problem == (403, "permission_missing")
    assert nowhere.json["detail"] == str(others.json["detail"]).replace("cove", "missing")
    assert body.problem == (422, "schema")


async def test_guessing_keys_is_held_by_address_and_good_keys_are_not_counted(
    place: Place,
) -> None:
    sdk = Sdk(place)
    good = [(await sdk.sign_in()).status for _ in range(30)]
    wrong = [(await sdk.sign_in(f"dio_{n:050}")).status for n in range(21)]

    assert good == [200] * 30
    assert wrong == [401] * 20 + [429]


async def test_pages_of_any_origin_may_ask_and_are_told_so(place: Place) -> None:
    sdk = Sdk(place, headers={"Origin": "https://app.example"})
    preflight = await place.ask(
        "OPTIONS",
        "/odyssey/cove/sessions/request",
        Origin="https://app.example",
        Access_Control_Request_Method="POST",
        Access_Control_Request_Headers="authorization,content-type",
    )
    config = await sdk.ask("GET", "/config")
    refused = await sdk.request()
    await place.worker()
    await sdk.sign_in()
    given = await sdk.request()

    assert preflight.status == 204
    assert preflight.headers["Access-Control-Allow-Origin"] == "*"
    assert preflight.headers["Access-Control-Allow-Headers"] == "Authorization, Content-Type"
    assert preflight.headers["Access-Control-Max-Age"] == "86400"
    assert config.status == 200
    for reply in (config, refused, given):
        assert reply.headers.getall("Access-Control-Allow-Origin") == ["*"]
    assert (refused.status, given.status) == (401, 200)


async def test_another_session_s_pass_is_none_here(place: Place) -> None:
    await place.worker()
    sdk = Sdk(place)
    await sdk.sign_in()
    opened = await place.open()
    reply = await sdk.ask("POST", "/sessions/token", {"session_id": opened.session.id})

    assert reply.problem == (404, "session_unknown")


async def test_telemetry_is_taken_and_dropped(place: Place) -> None:
    reply = await place.ask("POST", "/odyssey/cove/telemetry", {"events": [{"event": "x"}]})

    assert (reply.status, reply.body) == (204, b"")
