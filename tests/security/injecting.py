"""A text in a field: which fields there are, the request that carries it, and what must not follow.

`python -m tests.security` puts every text of the long list into every field; the tests, some.
"""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal
from urllib.parse import quote

from diorama.storage.database import Row as StoredRow
from diorama.storage.database import Transaction
from tests.gateway.running import Reply
from tests.security.document import documented, parameters, taken, texts
from tests.security.operations import OPERATIONS, request_of
from tests.security.town import OWN, Actor, Town, tables

INSIDE: Final = re.compile(
    r"Traceback|File \"|[.]py\b|site-packages|sqlite|psycopg|SELECT |INSERT |UPDATE |FROM "
    r"|object at 0x|msgspec|pydantic|starlette|fastapi|NoneType|Error\(",
    re.IGNORECASE,
)
"""Words of the inside, in an answer."""


@dataclass(frozen=True, slots=True)
class Field:
    """One place of an operation that takes a text."""

    operation: str
    of: Literal["path", "query", "body"]
    name: str


def fields() -> Sequence[Field]:
    """Return every place of every operation that takes a text."""
    return [
        *(Field(one, "path", name) for one in documented() for name in parameters(one, "path")[:1]),
        *(Field(one, "query", name) for one in documented() for name in parameters(one, "query")),
        *(Field(one, "body", name) for one in documented() for name in texts(taken(one) or {})),
    ]


def who_may(town: Town, operation: str) -> Actor:
    """Return somebody whom an operation lets through, so that it looks at what is sent."""
    row = OPERATIONS[operation]
    return town.actors["owner of acc_owner" if row.operator else f"owner of {OWN}"]


def asked(town: Town, operation: str) -> tuple[str, str, str | None]:
    """Return a request that is right."""
    row = OPERATIONS[operation]
    return request_of(operation, row, town.things.own[row.of] if row.of else "")


def request_with(town: Town, field: Field, payload: str) -> tuple[str, str, str | None]:
    """Return a request that is right but for a text in this field."""
    method, target, body = asked(town, field.operation)
    path = field.operation.partition(" ")[2]
    odd = quote(payload, safe="")
    match field.of:
        case "path":
            head, tail = path.partition("{")[0], path.partition("}")[2]
            return method, f"{head}{odd}{tail}", body
        case "query":
            return method, f"{target.partition('?')[0]}?{field.name}={odd}", body
        case "body":
            return method, target, json.dumps({**json.loads(body or "{}"), field.name: payload})


async def wrong_with(town: Town, field: Field, payload: str) -> list[str]:
    """Return what a text does in a field that no text should."""
    method, target, body = request_with(town, field, payload)
    reply = await town.ask(who_may(town, field.operation), method, target, body)
    if method != "GET" and reply.status < 300:
        await town.put_back()
    is_split = "x=y" in reply.headers.getall("Set-Cookie", [])
    if reply.status < 500 and not is_split and not leaks(town, reply, payload):
        return []
    return [f"{field}, {payload[:80]!r}: {reply.status} {reply.body[:300]!r}"]


def leaks(town: Town, reply: Reply, sent: str) -> bool:
    """Return whether a refusal tells of the inside, in words that were not sent to it."""
    said = reply.body.decode()
    for echo in (sent, sent.strip()):  # lists in a query are told without the spaces around
        said = said.replace(json.dumps(echo)[1:-1] or "\0", "")
        said = said.replace(json.dumps(echo, ensure_ascii=False)[1:-1] or "\0", "")
    folder = str(town.folder)
    return reply.status >= 400 and (INSIDE.search(said) is not None or folder in said)


def stored(tx: Transaction) -> dict[str, list[StoredRow]]:
    """Return what is stored and changes by requests alone."""
    quiet = set(tables(tx)) - {"meta"}
    return {name: tx.run(f"SELECT * FROM {name}") for name in sorted(quiet)}
