"""Members and invitations, on both databases."""

from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
import pytest
from starlette.requests import Request

from diorama.accounts.permissions import Permission
from diorama.gateway.authorisation import Doorkeeper
from diorama.protocol.people_views import Members, MemberView
from tests.gateway.running import Place, gateway_at
from tests.gateway.signing import EMAIL, PASSWORD, Browser, joined, me, owner_of
from tests.gateway.tenants import tenant

BO = "bo@example.com"


@pytest.fixture
async def place(tmp_path: Path, database_url: str) -> AsyncIterator[Place]:
    async with gateway_at(tmp_path, url=database_url) as place:
        yield place


async def members(browser: Browser) -> dict[str, MemberView]:
    reply = await browser.ask("GET", "/v1/members")
    return {one.email: one for one in msgspec.json.decode(reply.body, type=Members).members}


async def token_for(owner: Browser, email: str, role: str = "developer") -> str:
    invited = await owner.ask("POST", "/v1/members", {"email": email, "role": role})
    assert invited.status == 201, invited
    return str(invited.json["link"]).partition("/invitation#")[2]


async def test_somebody_new_becomes_a_member_by_a_link_that_works_once(place: Place) -> None:
    owner = await owner_of(place)
    token = await token_for(owner, " Bo@Example.com")
    look = await Browser(place).ask("POST", "/v1/invitations/look", {"token": token})
    asked = {"token": token, "name": "Bo", "password": PASSWORD}
    bo = Browser(place)
    accepted = bo.enter(await bo.ask("POST", "/v1/invitations/accept", asked))
    again = await Browser(place).ask("POST", "/v1/invitations/accept", asked)
    listed = await members(owner)

    assert look.json == {"account": "owner", "email": BO, "role": "developer", "known": False}
    assert me(accepted).account.role == "developer"
    assert "members:write" not in me(accepted).permissions
    assert again.problem == (403, "link_refused")
    assert listed[BO].role == "developer"


async def test_an_invitation_is_over_after_a_week_or_when_it_is_withdrawn(place: Place) -> None:
    owner = await owner_of(place)
    first, second = await token_for(owner, BO), await token_for(owner, "cy@example.com")
    listed = msgspec.json.decode((await owner.ask("GET", "/v1/members")).body, type=Members)
    (inv,) = [one.id for one in listed.invitations if one.email == BO]
    withdrawn = await owner.ask("DELETE", f"/v1/invitations/{inv}")
    gone = await Browser(place).ask("POST", "/v1/invitations/look", {"token": first})
    place.clock.step(seconds=7 * 86_400)
    over = await Browser(place).ask("POST", "/v1/invitations/look", {"token": second})
    forged = await Browser(place).ask("POST", "/v1/invitations/look", {"token": "din_forged"})

    assert withdrawn.status == 204
    assert gone.problem == over.problem == forged.problem == (403, "link_refused")


async def test_a_newer_invitation_makes_the_older_one_worthless(place: Place) -> None:
    owner = await owner_of(place)
    older, newer = await token_for(owner, BO), await token_for(owner, BO, "viewer")
    refused = await Browser(place).ask("POST", "/v1/invitations/look", {"token": older})
    look = await Browser(place).ask("POST", "/v1/invitations/look", {"token": newer})

    assert refused.problem == (403, "link_refused")
    assert look.json["role"] == "viewer"


async def test_somebody_known_joins_another_account_only_as_themselves(place: Place) -> None:
    owner = await owner_of(place)
    bo = await joined(owner, BO, "viewer")
    other = await tenant(place)
    invited = await place.ask(
        "POST", "/v1/members", {"email": BO, "role": "admin"}, secret=other.secret
    )
    token = str(invited.json["link"]).partition("#")[2]
    asked = {"token": token}
    stranger = await Browser(place).ask("POST", "/v1/invitations/accept", asked)
    guesser = await Browser(place).ask(
        "POST", "/v1/invitations/accept", asked | {"name": "Bo", "password": "a wrong one, surely"}
    )
    somebody_else = await owner.ask("POST", "/v1/invitations/accept", asked)
    place.clock.step(seconds=1)
    accepted = bo.enter(await bo.ask("POST", "/v1/invitations/accept", asked))
    bo.account = other.id
    there = await bo.ask("GET", "/v1/me")
    foreign = await bo.ask("GET", "/v1/accounts")

    assert stranger.problem == (401, "credential_missing")
    assert guesser.problem == somebody_else.problem == (401, "sign_in_refused")
    assert [one.role for one in me(accepted).accounts] == ["viewer", "admin"]
    assert me(there).account.id == other.id
    assert "operate" not in me(there).permissions
    assert foreign.problem == (403, "permission_missing")


async def test_the_last_owner_stays_and_only_owners_make_owners(place: Place) -> None:
    owner = await owner_of(place)
    admin = await joined(owner, BO, "admin")
    known = await members(owner)
    ada, bo = known[EMAIL].id, known[BO].id
    promoted = await admin.ask("PATCH", f"/v1/members/{bo}", {"role": "owner"})
    demoted = await admin.ask("PATCH", f"/v1/members/{ada}", {"role": "viewer"})
    ousted = await admin.ask("DELETE", f"/v1/members/{ada}")
    invited = await admin.ask("POST", "/v1/members", {"email": "c@d.example", "role": "owner"})
    left = await owner.ask("DELETE", f"/v1/members/{ada}")
    stepped_down = await owner.ask("PATCH", f"/v1/members/{ada}", {"role": "admin"})
    shared = await owner.ask("PATCH", f"/v1/members/{bo}", {"role": "owner"})
    now_left = await owner.ask("DELETE", f"/v1/members/{ada}")

    refusals = {promoted.problem, demoted.problem, ousted.problem, invited.problem}
    assert refusals == {(403, "owners_only")}
    assert left.problem == stepped_down.problem == (409, "last_owner")
    assert shared.json["role"] == "owner"
    assert now_left.status == 204
    assert (await owner.ask("GET", "/v1/me")).problem == (401, "credential_missing")


async def test_another_role_acts_from_the_next_request_on(place: Place) -> None:
    owner = await owner_of(place)
    bo = await joined(owner, BO, "admin")
    member = (await members(owner))[BO].id
    before = await bo.ask("GET", "/v1/audit")
    await owner.ask("PATCH", f"/v1/members/{member}", {"role": "viewer"})
    after = await bo.ask("GET", "/v1/audit")

    assert before.status == 200
    assert after.problem == (403, "permission_missing")


async def test_a_foreign_member_looks_like_a_missing_one(place: Place) -> None:
    owner = await owner_of(place)
    other = await tenant(place)
    ada = (await members(owner))[EMAIL].id
    replies = [
        await place.ask(method, f"/v1/members/{member}", body, secret=other.secret)
        for member in (ada, "mem_missing")
        for method, body in (("DELETE", None), ("PATCH", {"role": "viewer"}))
    ]

    assert {reply.problem for reply in replies} == {(404, "member_unknown")}


async def test_a_member_is_not_invited_twice(place: Place) -> None:
    owner = await owner_of(place)
    again = await owner.ask("POST", "/v1/members", {"email": EMAIL.upper(), "role": "viewer"})
    odd = await owner.ask("POST", "/v1/members", {"email": "no email", "role": "viewer"})

    assert again.problem == (409, "already_member")
    assert odd.problem == (422, "email")


async def test_members_are_listed_page_by_page(place: Place) -> None:
    owner = await owner_of(place)
    place.clock.step(seconds=1)
    await joined(owner, BO, "viewer")
    first = await owner.ask("GET", "/v1/members?limit=1")
    rest = await owner.ask("GET", f"/v1/members?limit=1&cursor={first.json['cursor']}")

    pages = [msgspec.json.decode(page.body, type=Members) for page in (first, rest)]
    assert [[one.email for one in page.members] for page in pages] == [[EMAIL], [BO]]
    assert pages[1].cursor is None


def asking(browser: Browser) -> Request:
    """Return the request of a page of the gateway, as its routes get it."""
    cookie = "; ".join(f"{name}={value}" for name, value in browser.cookies.items())
    return Request({"type": "http", "method": "GET", "headers": [(b"cookie", cookie.encode())]})


async def test_a_feed_hears_when_the_cookie_that_opened_it_opens_less(place: Place) -> None:
    owner = await owner_of(place)
    bo = await joined(owner, BO, "admin")
    doors = Doorkeeper(place.gateway.desk, place.secrets.tokens)
    opened = await doors.member(asking(bo), Permission.EVENTS_READ)
    owners = await doors.member(asking(owner), Permission.EVENTS_READ)
    before = await doors.still(opened)
    bo_id = (await members(owner))[BO].id
    await owner.ask("PATCH", f"/v1/members/{bo_id}", {"role": "viewer"})
    after = await doors.still(opened)
    signed_in = await doors.still(owners)
    await owner.ask("POST", "/v1/sign-out")

    assert (before, after, signed_in) == (True, False, True)
    assert await doors.still(owners) is False


async def test_a_feed_hears_when_the_key_that_opened_it_is_revoked(place: Place) -> None:
    doors = Doorkeeper(place.gateway.desk, place.secrets.tokens)
    other = await tenant(place)
    bearer = [(b"authorization", f"Bearer {other.secret}".encode())]
    asked = Request({"type": "http", "method": "GET", "headers": bearer})
    opened = await doors.member(asked, Permission.EVENTS_READ)
    before = await doors.still(opened)
    await place.ask("DELETE", f"/v1/keys/{opened.key_id}", secret=other.secret)

    assert before is True
    assert await doors.still(opened) is False
