"""What is sent to break the API: columns as members, JSON that is none, numbers without bounds.

Each case is made from the document, so a new operation is tried as well. What is expected is the
same everywhere: a refusal that says what is wrong, says nothing of the inside, and changes nothing.
"""

import json
import re
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Final
from urllib.parse import quote

import pytest

from diorama.storage.database import Row as StoredRow
from diorama.storage.database import Transaction
from tests.gateway.running import Reply
from tests.security.document import documented, objects, parameters, taken, texts
from tests.security.operations import OPERATIONS, request_of
from tests.security.town import OWN, Actor, Town, tables, town_at

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
HUGE: Final = b'{"x": "' + b"x" * 262_144 + b'"}'
BAD_JSON: Final[Mapping[bytes, tuple[int, str]]] = {
    b"": (400, "json_syntax"),
    b"{": (400, "json_syntax"),
    b'{"x": 1,}': (400, "json_syntax"),
    b"{'x': 1}": (400, "json_syntax"),
    b'{"x": 1} {}': (400, "json_syntax"),
    b'{"x": 01}': (400, "json_syntax"),
    b'{"x": 1} // no': (400, "json_syntax"),
    b"\xef\xbb\xbf{}": (400, "json_syntax"),
    b'{"x": NaN}': (400, "json_number"),
    b'{"x": -Infinity}': (400, "json_number"),
    b'{"x": 1e309}': (400, "json_number"),
    b'{"x": 9007199254740992}': (400, "json_number"),
    b'{"x": ' + b"9" * 5_000 + b"}": (400, "json_number"),
    b'{"x": 1, "x": 2}': (400, "json_duplicate_key"),
    b'{"x": {"y": 1, "\\u0079": 2}}': (400, "json_duplicate_key"),
    b'{"x": "\\ud800"}': (400, "json_text"),
    b'{"\\udfff": 1}': (400, "json_text"),
    b'{"x": "\\u0000"}': (400, "json_text"),
    b'{"x": "\xff"}': (400, "json_text"),
    b'{"x": "\xed\xa0\x80"}': (400, "json_text"),
    b"[" * 100_000: (400, "json_depth"),
    b'{"x":' * 33 + b"1" + b"}" * 33: (400, "json_depth"),
    HUGE: (413, "too_large"),
    b"[]": (422, "schema"),
    b"null": (422, "schema"),
    b'{"x": -0}': (422, "schema"),
}
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
PAYLOADS: Final = (
    "' OR '1'='1",
    "'; DROP TABLE session; --",
    "1) UNION ALL VALUES (1",
    "\\'\"`%s%n{{7*7}}${x}",
    "<script>alert(1)</script>",
    "../../../etc/passwd",
    "=cmd|'/c calc'!A1",
    "a\r\nSet-Cookie: x=y",
    "\u202e\u0000\ud83d\ude00\ufeff".encode("utf-16", "surrogatepass").decode("utf-16"),
    "x" * 5_000,
)
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
INSIDE: Final = re.compile(
    r"Traceback|File \"|[.]py\b|site-packages|sqlite|psycopg|SELECT |INSERT |UPDATE |FROM "
    r"|object at 0x|msgspec|pydantic|starlette|fastapi|NoneType|Error\(",
    re.IGNORECASE,
)


@pytest.fixture
async def town(tmp_path: Path) -> AsyncIterator[Town]:
    async with town_at(tmp_path) as town:
        yield town


def who_may(town: Town, operation: str) -> Actor:
    """Return somebody whom an operation lets through, so that it looks at what is sent."""
    row = OPERATIONS[operation]
    return town.actors["owner of acc_owner" if row.operator else f"owner of {OWN}"]


def asked(town: Town, operation: str) -> tuple[str, str, str | None]:
    """Return a request that is right."""
    row = OPERATIONS[operation]
    return request_of(operation, row, town.things.own[row.of] if row.of else "")


def leaks(town: Town, reply: Reply, sent: str) -> bool:
    """Return whether a refusal tells of the inside, in words that were not sent to it."""
    said = reply.body.decode().replace(json.dumps(sent)[1:-1], "")
    folder = str(town.folder)
    return reply.status >= 400 and (INSIDE.search(said) is not None or folder in said)


def stored(tx: Transaction) -> dict[str, list[StoredRow]]:
    """Return what is stored and changes by requests alone."""
    quiet = set(tables(tx)) - {"meta"}
    return {name: tx.run(f"SELECT * FROM {name}") for name in sorted(quiet)}


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


def odd_requests(town: Town, operation: str, payload: str) -> Iterator[tuple[str, str, str | None]]:
    """Yield an operation's requests with a payload in each place that takes a text."""
    method, target, body = asked(town, operation)
    path = operation.partition(" ")[2]
    odd = quote(payload, safe="")
    if parameters(operation, "path"):
        head, tail = path.partition("{")[0], path.partition("}")[2]
        yield method, f"{head}{odd}{tail}", body
    for name in parameters(operation, "query"):
        yield method, f"{target.partition('?')[0]}?{name}={odd}", body
    for name in texts(taken(operation) or {}):
        yield method, target, json.dumps({**json.loads(body or "{}"), name: payload})


async def wrong_with(town: Town, operation: str, payload: str) -> list[str]:
    """Return what a payload does to an operation that no text should."""
    wrong = []
    for method, target, body in odd_requests(town, operation, payload):
        reply = await town.ask(who_may(town, operation), method, target, body)
        is_split = "x=y" in reply.headers.getall("Set-Cookie", [])
        if reply.status >= 500 or is_split or leaks(town, reply, payload):
            wrong.append(f"{method} {target[:80]}: {reply.status} {reply.body[:300]!r}")
        if method != "GET" and reply.status < 300:
            await town.put_back()
    return wrong


async def test_no_text_is_read_as_anything_but_text(town: Town) -> None:
    before = await town.place.database.read(stored)
    wrong = [
        found
        for operation in documented()
        for payload in PAYLOADS
        for found in await wrong_with(town, operation, payload)
    ]
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
