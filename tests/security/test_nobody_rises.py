"""Nobody gives themselves, or anything they make, more than they may: by keys, by invitations."""

from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest

from diorama.accounts.permissions import Permission, Role, of_role
from tests.gateway.running import Reply
from tests.gateway.tenants import SECRETS
from tests.security.town import OWN, Actor, Town, town_at

ROLES = [f"{role.value} of {OWN}" for role in Role]


@pytest.fixture
async def town(tmp_path: Path) -> AsyncIterator[Town]:
    async with town_at(tmp_path) as town:
        yield town


async def made(town: Town, actor: Actor, scopes: Sequence[Permission]) -> Reply:
    body = {"name": "new", "scopes": [scope.value for scope in scopes]}
    return await town.send(actor, "POST", "/v1/keys", body)


async def narrow(town: Town, *scopes: Permission) -> Actor:
    """Return a key of the own account that may do so much."""
    reply = await made(town, town.actors["own key"], scopes)
    headers = {"Authorization": f"Bearer {reply.json['secret']}"}
    return Actor(name="narrow", headers=headers, account_id=OWN, permissions=frozenset(scopes))


async def test_a_key_may_do_what_its_maker_may_and_nothing_else(town: Town) -> None:
    keeper = await narrow(town, Permission.KEYS_WRITE)
    makers = [*(town.actors[name] for name in ROLES), town.actors["own key"], keeper]
    wrong = []
    for maker in makers:
        for scope in Permission:
            reply = await made(town, maker, [Permission.KEYS_WRITE, scope])
            may = {Permission.KEYS_WRITE, scope} <= maker.permissions
            if reply.status != (201 if may else 403):
                wrong.append((maker.name, scope.value, reply.status))

    assert wrong == []


async def test_nobody_gets_the_secret_of_a_key_that_may_do_more(town: Town) -> None:
    keeper = await narrow(town, Permission.KEYS_WRITE)
    lesser = [town.actors[f"developer of {OWN}"], keeper]
    replies = [
        await town.send(who, "POST", f"/v1/keys/{key}/rotate", {})
        for who in lesser
        for key in ("key_ada", "key_own")
    ]
    still = await town.place.ask("GET", "/v1/keys", secret=SECRETS["ada"])

    assert {reply.problem for reply in replies} == {(403, "permission_missing")}
    assert still.status == 200


@pytest.mark.parametrize("role", list(Role))
async def test_nobody_brings_in_who_may_do_more_than_they(town: Town, role: Role) -> None:
    inviter = await narrow(town, Permission.MEMBERS_WRITE, *of_role(OWN, Role.VIEWER))
    invited = await town.send(
        inviter, "POST", "/v1/members", {"email": "new@example.com", "role": role.value}
    )
    member = town.things.own["member"]
    changed = await town.send(inviter, "PATCH", f"/v1/members/{member}", {"role": role.value})

    assert invited.status == (201 if role is Role.VIEWER else 403)
    assert changed.status == (200 if role is Role.VIEWER else 403)


async def test_who_may_not_read_events_has_none_sent_either(town: Town) -> None:
    sender = await narrow(town, Permission.WEBHOOKS_WRITE)
    reader = await narrow(town, Permission.WEBHOOKS_WRITE, Permission.EVENTS_READ)
    body = {"url": "https://example.com/"}
    replies = [await town.send(who, "POST", "/v1/webhooks", body) for who in (sender, reader)]

    assert [reply.status for reply in replies] == [403, 201]


async def test_whoever_holds_all_an_account_has_brings_in_anybody(town: Town) -> None:
    replies = [
        await town.send(
            town.actors[who], "POST", "/v1/members", {"email": f"{n}@x.example", "role": "admin"}
        )
        for n, who in enumerate((f"admin of {OWN}", f"owner of {OWN}", "own key"))
    ]

    assert [reply.status for reply in replies] == [201, 201, 201]
