"""What is sent to break the API: columns as members, JSON that is none, numbers without bounds.

Each case is made from the document, so a new operation is tried as well. What is expected is the
same everywhere: a refusal that says what is wrong, says nothing of the inside, and changes nothing.
"""

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Final

import pytest

from tests.security.corpora import BAD_JSON, EVERYWHERE, PAYLOADS
from tests.security.document import objects, parameters, taken
from tests.security.injecting import asked, fields, leaks, stored, who_may, wrong_with
from tests.security.operations import OPERATIONS
from tests.security.town import Town, town_at

WRITES: Final = sorted(one for one in OPERATIONS if taken(one) is not None)
COLUMNS: Final = (
    "id",
    "account_id",
    "permissions",
    "created_by",
    "created_us",
    "held",
    "version",
    "operator",
    "__class__",
)
"""Names of columns and attributes that no request may set."""
NO_LIMITS: Final = (
    "1000000000",
    "-1",
    "0",
    "201",
    "NaN",
    "Infinity",
    "1e2",
    "0x10",
    "1.5",
    "",
    "9" * 40,
)
IN_TURN: Final = 8
"""Texts of the long list that each field meets in one run; `python -m tests.security` has all."""
HEADERS: Final = (
    "Authorization",
    "Cookie",
    "Diorama-Account",
    "Idempotency-Key",
    "If-Match",
    "Last-Event-ID",
    "X-Forwarded-For",
)
HEADER_PAYLOADS: Final = ("", "' OR '1'='1", "Bearer dio_" + "9" * 5_000, "\u00e9\u00ff", "NaN;;=,")


@pytest.fixture
async def town(tmp_path: Path) -> AsyncIterator[Town]:
    async with town_at(tmp_path) as town:
        yield town


def test_no_body_takes_members_that_it_does_not_name() -> None:
    open_ended = {
        operation
        for operation in WRITES
        for one in objects(taken(operation) or {})
        if one.get("additionalProperties") is not False
    }

    assert open_ended == set()


async def test_a_column_is_no_member_of_any_request(town: Town) -> None:
    wrong = []
    before = await town.place.database.read(stored)
    for operation in WRITES:
        method, target, body = asked(town, operation)
        members = json.loads(body or "{}")
        for name in set(COLUMNS) - set((taken(operation) or {})["properties"]):
            more = json.dumps({**members, name: "acc_owner"})
            reply = await town.ask(who_may(town, operation), method, target, more)
            if reply.problem != (422, "schema"):
                wrong.append(f"{operation} with {name}: {reply.status}")
    after = await town.place.database.read(stored)

    assert not wrong, "\n".join(wrong)
    assert after == before


async def test_what_is_no_strict_json_is_refused_everywhere(town: Town) -> None:
    wrong = []
    before = await town.place.database.read(stored)
    for operation in WRITES:
        method, target, _ = asked(town, operation)
        for body, due in BAD_JSON.items():
            reply = await town.ask(who_may(town, operation), method, target, body)
            if reply.problem != due or leaks(town, reply, body.decode(errors="replace")):
                wrong.append(f"{operation} {body[:40]!r}: {reply.status} {reply.body[:200]!r}")
    after = await town.place.database.read(stored)

    assert not wrong, "\n".join(wrong)
    assert after == before


async def test_no_list_is_longer_than_its_bound(town: Town) -> None:
    lists = [one for one in OPERATIONS if "limit" in parameters(one, "query")]
    wrong = []
    for operation in lists:
        method, target, _ = asked(town, operation)
        for limit in NO_LIMITS:
            joint = "&" if "?" in target else "?"
            reply = await town.ask(
                who_may(town, operation), method, f"{target}{joint}limit={limit}", None
            )
            if reply.status != 422 or leaks(town, reply, limit):
                wrong.append(f"{operation} limit={limit}: {reply.status}")

    assert lists
    assert not wrong, "\n".join(wrong)


def test_the_lists_are_as_long_as_they_are_asked_to_be() -> None:
    assert len(BAD_JSON) >= 200
    assert len(PAYLOADS) >= 500


async def test_no_text_is_read_as_anything_but_text(town: Town) -> None:
    before = await town.place.database.read(stored)
    wrong = []
    for number, field in enumerate(fields()):
        turn = range(number * IN_TURN, (number + 1) * IN_TURN)
        for payload in (*EVERYWHERE, *(PAYLOADS[n % len(PAYLOADS)] for n in turn)):
            wrong += await wrong_with(town, field, payload)
    after = await town.place.database.read(stored)

    assert not wrong, "\n".join(wrong)
    assert after == before


async def test_what_is_no_strict_json_is_refused_on_sockets_too(town: Town) -> None:
    wrong = []
    for body, (status, code) in BAD_JSON.items():
        if not _is_text(body) or status != 400:
            continue  # what is no message at all has codes of its own
        for talker in (await town.place.viewer(), await town.place.worker_line()):
            await talker.socket.send_str(body.decode())
            problems, closed = await talker.end()
            if (problems, closed) != ([code, "hello_missing"], 4013):
                wrong.append(f"{body[:40]!r}: {problems} {closed}, not {code}")

    assert not wrong, "\n".join(wrong)


def _is_text(body: bytes) -> bool:
    try:
        body.decode()
    except UnicodeDecodeError:
        return False
    return len(body) < 65_536  # what is longer never becomes a message


async def test_no_header_breaks_anything(town: Town) -> None:
    wrong = []
    for operation in ("GET /v1/sessions", "GET /v1/events", "GET /v1/projects", *WRITES):
        method, target, body = asked(town, operation)
        actor = who_may(town, operation)
        for name in HEADERS:
            for payload in HEADER_PAYLOADS:
                odd = replace(actor, headers={**actor.sends(method), name: payload}, writes=None)
                reply = await town.ask(odd, method, target, body)
                if reply.status >= 500 or leaks(town, reply, payload):
                    wrong.append(f"{operation}, {name}: {payload[:40]}: {reply.status}")
                if method != "GET" and reply.status < 300:
                    await town.put_back()

    assert not wrong, "\n".join(wrong)
