"""Tokens, sessions and the line, as Odyssey's SDK asks for them."""

import asyncio
from dataclasses import replace
from pathlib import Path

import jwt
import pytest

from diorama.accounts.hours import month_end_us
from diorama.accounts.plans import FREE
from diorama.gateway.bootstrap import OWNER
from diorama.gateway.settings import ProjectSettings
from diorama.projects.rules import OnLimit, QueueRules, Rules
from diorama.protocol import worker as worker_wire
from diorama.sessions.filters import ALL
from diorama.sessions.show import time_of
from diorama.sessions.suspending import suspend
from tests.clock import NOON_US
from tests.gateway.odyssey.sdk import Sdk, end_of
from tests.gateway.running import COVE, WITHIN_S, Place, Reply, gateway_at
from tests.gateway.tenants import tenant

OFFERED = ProjectSettings(name="offered", world="e:F", public=False, offered=True)
REJECTING = ProjectSettings(name="cove", world="a:B", rules=Rules(on_limit=OnLimit.REJECT))


async def waiting(place: Place) -> str:
    """Return the session that stands in line, once there is one."""
    async with asyncio.timeout(WITHIN_S):
        while True:
            found = await place.gateway.desk.look(
                lambda work: [
                    one.id
                    for one in work.stores.sessions.listed("acc_owner", ALL, after=None, limit=9)
                    if one.state == "queued" and one.attachment
                ]
            )
            if found:
                return found[0]


async def until_heard(place: Place, name: str) -> None:
    """Return once a beat that a worker sent now is written; it reads later what it is told."""
    async with asyncio.timeout(WITHIN_S):
        heard_us = None
        while heard_us != place.clock.now_us():
            await place.gateway.beats.write()
            found = await place.gateway.desk.look(lambda work: work.stores.workers.named(name))
            heard_us = found and found.heard_us


async def in_line(place: Place) -> tuple[Sdk, str, asyncio.Task[Reply]]:
    """Return somebody who waits behind another on the only slot."""
    first, second = Sdk(place), Sdk(place)
    await first.sign_in()
    await second.sign_in()
    await first.given()
    asked = asyncio.create_task(second.request())
    return first, await waiting(place), asked


async def test_a_session_is_asked_for_and_is_one_like_all_others(tmp_path: Path) -> None:
    async with gateway_at(tmp_path) as place:
        await place.worker()
        sdk = Sdk(place)
        signed_in = await sdk.sign_in()
        regions = await sdk.ask("GET", "/regions")
        given = await sdk.request()
        session_id = str(given.json["session_id"])
        passed = await sdk.ask("POST", "/sessions/token", {"session_id": session_id})
        seen = await place.ask("GET", f"/v1/sessions/{session_id}", secret=place.secrets.api_key)
        log = await place.gateway.desk.look(
            lambda work: work.stores.timeline.log(session_id, limit=1)
        )

    assert signed_in.json["expires_in"] == 3_600
    assert regions.json == {"regions": []}
    host = place.front.url.removeprefix("http://")
    assert given.json == {
        "session_id": session_id,
        "signalling_url": f"http://{host}/odyssey/cove",
        "region": "local",
        "capabilities": {"image_to_video": False},
    }
    assert passed.json["expires_in"] == 600
    claims = jwt.decode(str(passed.json["session_token"]), options={"verify_signature": False})
    assert claims["session_id"] == session_id
    assert (seen.json["state"], seen.json["device"]) == ("connecting", "Odyssey SDK")
    assert seen.json["end_user"] is None
    assert log[0].actor.startswith("key:")


async def test_who_stands_in_line_is_answered_when_a_slot_is_given(tmp_path: Path) -> None:
    async with gateway_at(tmp_path) as place:
        worker = await place.worker()
        _, waiter, asked = await in_line(place)
        holder = (await worker.next(worker_wire.Assign)).session
        for _ in range(8):  # longer than a viewer may be unheard, and than the SDK polls
            await place.sweep(after_s=5)
            await worker.beat(term=1, session=holder)
            await until_heard(place, "one")
        still = await waiting(place)
        path = f"/v1/sessions/{holder}"
        await place.ask("DELETE", path, secret=place.secrets.api_key)
        await worker.stop()
        async with asyncio.timeout(WITHIN_S):
            reply = await asked

    assert still == waiter
    assert reply.status == 200
    assert reply.json["session_id"] == waiter


async def test_who_takes_the_request_back_has_left_the_line(tmp_path: Path) -> None:
    async with gateway_at(tmp_path) as place:
        await place.worker()
        _, waiter, asked = await in_line(place)
        asked.cancel()
        end = await end_of(place, waiter)

    assert end == (1000, "viewer_left")


async def test_who_is_ended_in_line_is_told_by_the_reason(tmp_path: Path) -> None:
    async with gateway_at(tmp_path) as place:
        await place.worker()
        _, waiter, asked = await in_line(place)
        await place.ask("DELETE", f"/v1/sessions/{waiter}", secret=place.secrets.api_key)
        reply = await asked

    assert reply.status == 429
    assert reply.json == {
        "error": "ended_by_api",
        "message": "The session was ended by the operator.",
        "action": "Try again later",
        "details": {"end_code": 4012},
    }


async def test_a_gateway_that_stops_sends_who_waits_to_ask_again(tmp_path: Path) -> None:
    async with gateway_at(tmp_path) as place:
        await place.worker()
        _, waiter, asked = await in_line(place)
        await place.gateway.close_sockets()
        reply = await asked
        end = await end_of(place, waiter)

    assert reply.status == 503
    assert end == (4014, "gateway_draining")


async def test_who_waits_with_a_key_that_is_revoked_gets_no_slot(tmp_path: Path) -> None:
    async with gateway_at(tmp_path) as place:
        worker = await place.worker()
        made = await place.ask(
            "POST",
            "/v1/keys",
            {"name": "sdk", "scopes": ["sessions:write"]},
            secret=place.secrets.api_key,
        )
        key = made.json["key"]
        assert isinstance(key, dict)
        first, second = Sdk(place), Sdk(place)
        await first.sign_in()
        await second.sign_in(str(made.json["secret"]))
        holder = await first.given()
        asked = asyncio.create_task(second.request())
        waiter = await waiting(place)
        await place.ask("DELETE", f"/v1/keys/{key['id']}", secret=place.secrets.api_key)
        await place.ask("DELETE", f"/v1/sessions/{holder}", secret=place.secrets.api_key)
        await worker.stop()
        reply = await asked
        end = await end_of(place, waiter)

    assert reply.status == 401
    assert end == (1000, "viewer_left")


async def test_the_limit_of_streams_at_once_is_the_error_that_the_sdk_knows(tmp_path: Path) -> None:
    async with gateway_at(tmp_path, REJECTING) as place:
        await place.worker(slots=8)
        sdk = Sdk(place)
        await sdk.sign_in()
        for _ in range(5):
            await sdk.given()
        reply = await sdk.request()

    assert reply.status == 429
    assert reply.json["error"] == "CONCURRENT_LIMIT_REACHED"
    assert reply.json["details"] == {"active_count": 5, "limit": 5}
    assert reply.json["action_url"] == f"{place.front.url}/sessions"
    assert reply.json["message"]
    assert reply.json["action"]


async def test_used_hours_are_the_error_that_the_sdk_knows(tmp_path: Path) -> None:
    none = replace(FREE, name="none", stream_hours=0)
    async with gateway_at(tmp_path) as place:
        await place.worker()
        sdk = Sdk(place)
        await sdk.sign_in()
        await place.gateway.desk.do(lambda work: work.stores.accounts.set_plan(OWNER, none))
        reply = await sdk.request()

    assert reply.status == 429
    assert reply.json["error"] == "MONTHLY_LIMIT_REACHED"
    assert reply.json["details"] == {
        "used_hours": 0,
        "limit_hours": 0,
        "reset_date": time_of(month_end_us(NOON_US)).date().isoformat(),
    }


async def test_a_suspended_account_is_the_error_that_the_sdk_knows(tmp_path: Path) -> None:
    async with gateway_at(tmp_path, COVE, OFFERED) as place:
        await place.worker()
        who = await tenant(place)
        body = {"name": "of-ada", "world": "offered"}
        made = await place.ask("POST", "/v1/projects", body, secret=who.secret)
        sdk = Sdk(place, "/odyssey/of-ada")
        await sdk.sign_in(who.secret)
        await place.gateway.desk.do(lambda work: suspend(work, "operator", who.id))
        reply = await sdk.request()

    assert made.status == 201
    assert reply.status == 429
    assert reply.json["error"] == "ACCOUNT_SUSPENDED"
    assert reply.json["details"] == {"reason": reply.json["message"]}


async def test_a_project_that_is_off_is_refused_with_our_own_word(tmp_path: Path) -> None:
    async with gateway_at(tmp_path) as place:
        sdk = Sdk(place)
        await sdk.sign_in()
        body = {"enabled": False}
        await place.ask("PATCH", "/v1/projects/cove", body, secret=place.secrets.api_key)
        reply = await sdk.request()

    assert reply.status == 429
    assert reply.json["error"] == "project_disabled"


@pytest.mark.parametrize(
    ("queue", "slots", "word"),
    [
        (QueueRules(enabled=False), 1, "queue_off"),
        (QueueRules(max_length=0), 1, "queue_full"),
        (QueueRules(), 0, "no_worker"),
    ],
)
async def test_what_nothing_can_serve_is_refused_with_our_own_word(
    tmp_path: Path, queue: QueueRules, slots: int, word: str
) -> None:
    rules = Rules(queue=queue, on_limit=OnLimit.REJECT)
    async with gateway_at(
        tmp_path, ProjectSettings(name="cove", world="a:B", rules=rules)
    ) as place:
        sdk = Sdk(place)
        await sdk.sign_in()
        if slots:
            await place.worker()
            await sdk.given()
        reply = await sdk.request()

    assert reply.status == 429
    assert reply.json["error"] == word
