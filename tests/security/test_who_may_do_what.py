"""Everybody who may knock, at every operation of the document, with own, foreign and no objects.

What is expected follows from the table of operations alone, never from the routes.
"""

import json
from http import HTTPStatus
from pathlib import Path

from diorama.accounts.permissions import OPERATOR
from tests.gateway.running import Reply
from tests.security.document import documented
from tests.security.operations import OPERATIONS, Door, Row, request_of
from tests.security.town import OWN, Actor, Town, town_at


def test_every_operation_says_who_may_use_it() -> None:
    assert set(OPERATIONS) == set(documented()), "declare it in tests/security/operations.py"


def expected(row: Row, actor: Actor, method: str, whose: str) -> str:
    """Return the code of the refusal that is due, `missing`, or nothing where it goes through."""
    if row.door is Door.PUBLIC:
        return ""
    at_door = _at_door(row, actor, method)
    if at_door is not None:
        return at_door
    return "" if not row.of or _sees(row, actor, whose) else "missing"


def _at_door(row: Row, actor: Actor, method: str) -> str | None:
    anonymous = actor.refused == "credential_missing" or (
        actor.forged and row.door is Door.VISITOR and method != "GET"
    )
    if row.door is Door.PERSON and not actor.person:
        return "credential_missing"
    if row.door is Door.VISITOR and (anonymous or actor.viewer):
        return None
    if actor.refused is not None:
        return actor.refused
    if actor.viewer:
        return None if row.door is Door.VIEWER else "credential_refused"
    if actor.forged and method != "GET":
        return "csrf_refused"
    return None if _is_allowed(row, actor) else "permission_missing"


def _is_allowed(row: Row, actor: Actor) -> bool:
    if row.operator and actor.account_id != OPERATOR:
        return False
    return row.needs is None or row.needs in actor.permissions


def _sees(row: Row, actor: Actor, whose: str) -> bool:
    if whose == "missing":
        return False
    if row.everywhere and actor.account_id == OPERATOR:
        return True
    if actor.viewer:
        return whose == "own" and row.door is Door.VIEWER
    if actor.forged and row.door is Door.VISITOR and row.body is not None:
        return False
    mine = {OWN: "own", "acc_bob": "foreign"}
    return mine.get(actor.account_id or "") == whose


def judged(reply: Reply, row: Row) -> str:
    """Return what came of a request, in the words of `expected`."""
    code = "" if reply.status < HTTPStatus.MULTIPLE_CHOICES else str(reply.json["code"])
    if code in row.refused:
        return ""
    return "missing" if reply.status == HTTPStatus.NOT_FOUND else code


def told(reply: Reply, named: str) -> tuple[int, str]:
    """Return an answer without the id that was asked for and that of the request."""
    body = reply.body.decode()
    if reply.headers.get("Content-Type") == "application/problem+json":
        body = json.dumps({**reply.json, "request_id": ""})
    return reply.status, body.replace(named, "") if named else body


async def wrong_with(town: Town, operation: str, row: Row) -> list[str]:
    """Return what goes another way than the table says, of one operation."""
    wrong: list[str] = []
    for actor in town.actors.values():
        said: dict[str, tuple[int, str]] = {}
        for whose in ("own", "foreign", "missing") if row.of else ("own",):
            named = town.things.of(row.of, whose) if row.of else ""
            method, target, body = request_of(operation, row, named)
            reply = await town.ask(actor, method, target, body)
            if method != "GET" and reply.status < HTTPStatus.MULTIPLE_CHOICES:
                await town.put_back()
            said[whose] = told(reply, named)
            due, found = expected(row, actor, method, whose), judged(reply, row)
            if found != due and not (row.quiet and due == "missing" and not found):
                wrong.append(f"{operation} by {actor.name}, {whose}: {found!r}, not {due!r}")
        unseen = {said[whose] for whose in said if not _sees(row, actor, whose)}
        if len(unseen) > 1:
            wrong.append(f"{operation} tells {actor.name} foreign from missing: {unseen}")
    return wrong


async def test_everybody_gets_as_far_as_the_table_says_and_no_further(tmp_path: Path) -> None:
    async with town_at(tmp_path) as town:
        wrong = [
            found
            for operation, row in OPERATIONS.items()
            for found in await wrong_with(town, operation, row)
        ]

    assert not wrong, "\n".join(wrong)


async def told_of_a_bad_body(town: Town, operation: str, row: Row) -> tuple[str, str]:
    """Return the codes of what a stranger is told of a right body, and of one that is none."""
    method, target, body = request_of(operation, row, town.things.own[row.of] if row.of else "")
    stranger = town.actors["nobody"]
    replies = [await town.ask(stranger, method, target, sent) for sent in (body, "{")]
    await town.put_back()
    right, wrong = (
        "" if reply.status < HTTPStatus.MULTIPLE_CHOICES else str(reply.json["code"])
        for reply in replies
    )
    return right, wrong


async def test_a_stranger_is_told_nothing_of_a_body_where_no_stranger_may_ask(
    tmp_path: Path,
) -> None:
    async with town_at(tmp_path) as town:
        codes = {
            operation: await told_of_a_bad_body(town, operation, row)
            for operation, row in OPERATIONS.items()
            if row.body is not None
        }
    doors = {Door.PERSON, Door.MEMBER, Door.VIEWER}
    closed = {operation for operation in codes if OPERATIONS[operation].door in doors}
    closed -= {"POST /v1/sessions/{session_id}/bye"}  # whose proof may stand in the body

    assert {codes[operation] for operation in closed} == {("credential_missing",) * 2}
    assert {wrong for one, (_, wrong) in codes.items() if one not in closed} == {"json_syntax"}
