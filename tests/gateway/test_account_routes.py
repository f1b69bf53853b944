"""Accounts and plans, as the operator and their own members see them, on both databases."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
import pytest

from diorama.accounts.permissions import ROLES, Permission, Role
from diorama.gateway.settings import ProjectSettings
from diorama.protocol.account_views import Accounts, AccountView, Plans
from diorama.sessions.suspending import suspend
from diorama.sessions.work import Work
from tests.gateway.running import COVE, Json, Place, Reply, gateway_at
from tests.gateway.signing import PASSWORD, Browser, joined, me, owner_of
from tests.gateway.tenants import Tenant, tenant

TIGHT: Json = {"concurrent_streams": 1, "stream_hours": 2, "queued_simulations": 3}


@pytest.fixture
async def place(tmp_path: Path, database_url: str) -> AsyncIterator[Place]:
    async with gateway_at(tmp_path, url=database_url) as place:
        yield place


async def operate(place: Place, method: str, path: str, body: Json | None = None) -> Reply:
    return await place.ask(method, path, body, secret=place.secrets.api_key)


def account(reply: Reply) -> AccountView:
    assert reply.status == 200, reply
    return msgspec.json.decode(reply.body, type=AccountView)


async def own(place: Place, other: Tenant) -> AccountView:
    return account(await place.ask("GET", "/v1/account", secret=other.secret))


async def project_of(place: Place, other: Tenant, name: str = "theirs") -> None:
    """Let a project of the gateway's settings be another account's."""

    def give(work: Work) -> None:
        project = work.stores.projects.named(name)
        assert project is not None
        work.stores.projects.put(msgspec.structs.replace(project, account_id=other.id))

    await place.gateway.desk.do(give)


async def test_the_operator_makes_an_account_and_its_first_owner_comes_by_a_link(
    place: Place,
) -> None:
    asked = {"name": "Ada's worlds", "plan": "free", "owner_email": "ada@example.com"}
    made = await operate(place, "POST", "/v1/accounts", asked)
    token = str(made.json["link"]).partition("/invitation#")[2]
    browser = Browser(place)
    accepted = browser.enter(
        await browser.ask(
            "POST",
            "/v1/invitations/accept",
            {"token": token, "name": "Ada", "password": PASSWORD},
        )
    )
    seen = account(await browser.ask("GET", "/v1/account"))
    renamed = account(await browser.ask("PATCH", "/v1/account", {"name": " Worlds "}))
    log = await browser.ask("GET", "/v1/audit")

    assert made.status == 201
    assert me(accepted).account.role == "owner"
    assert "operate" not in me(accepted).permissions
    assert (seen.name, seen.plan, seen.concurrent_streams) == ("Ada's worlds", "free", 5)
    assert (seen.stream_hours, seen.simulation_hours, seen.queued_simulations) == (100, 100, 10)
    assert (seen.held, seen.stream_us_used, seen.suspended) == (0, 0, False)
    assert renamed.name == "Worlds"
    actors = {entry["actor"] for entry in msgspec.json.decode(log.body)["entries"]}
    assert "operator" in actors
    assert not any(actor.startswith("key:") for actor in actors)


async def test_an_account_s_streams_are_set_apart_from_its_plan_and_back(place: Place) -> None:
    other = await tenant(place)
    path = f"/v1/accounts/{other.id}"
    apart = account(await operate(place, "PATCH", path, {"concurrent_streams": 7}))
    await operate(place, "PUT", "/v1/plans/tight", TIGHT)
    moved = account(await operate(place, "PATCH", path, {"plan": "tight"}))
    back = account(await operate(place, "PATCH", path, {"concurrent_streams": None}))

    assert (apart.concurrent_streams, apart.own_streams) == (7, True)
    assert (moved.concurrent_streams, moved.stream_hours, moved.plan) == (7, 2, "tight")
    assert (back.concurrent_streams, back.own_streams) == (1, False)


async def test_a_plan_that_changes_changes_the_accounts_under_it(place: Place) -> None:
    other, apart = await tenant(place), await tenant(place, "bob")
    await operate(place, "PATCH", f"/v1/accounts/{apart.id}", {"concurrent_streams": 9})
    await operate(place, "PUT", "/v1/plans/free", TIGHT)
    seen = [await own(place, one) for one in (other, apart)]
    owners = account(await operate(place, "GET", "/v1/account"))

    assert [one.concurrent_streams for one in (*seen, owners)] == [1, 9, 1]
    assert {one.stream_hours for one in (*seen, owners)} == {2.0}


async def test_a_plan_in_use_is_not_deleted(place: Place) -> None:
    other = await tenant(place)
    await operate(place, "PUT", "/v1/plans/tight", TIGHT)
    await operate(place, "PATCH", f"/v1/accounts/{other.id}", {"plan": "tight"})
    used = await operate(place, "DELETE", "/v1/plans/tight")
    shipped = await operate(place, "DELETE", "/v1/plans/unlimited")
    await operate(place, "PATCH", f"/v1/accounts/{other.id}", {"plan": "free"})
    unused = await operate(place, "DELETE", "/v1/plans/tight")
    missing = await operate(place, "DELETE", "/v1/plans/tight")
    plans = msgspec.json.decode((await operate(place, "GET", "/v1/plans")).body, type=Plans)

    assert used.problem == shipped.problem == (409, "plan_in_use")
    assert unused.status == 204
    assert missing.problem == (404, "plan_unknown")
    assert [(plan.name, plan.accounts) for plan in plans.plans] == [("free", 2), ("unlimited", 0)]


@pytest.mark.parametrize(
    ("path", "body", "problem"),
    [
        ("/v1/accounts/acc_owner", {"suspended": True}, (409, "operator_account")),
        ("/v1/accounts/acc_owner", {"plan": "unlimited"}, (409, "plan_is_a_setting")),
        ("/v1/accounts/acc_missing", {"name": "x"}, (404, "account_unknown")),
        ("/v1/accounts/acc_missing", {"suspended": True}, (404, "account_unknown")),
        ("/v1/accounts/%00", {}, (404, "account_unknown")),
        ("/v1/accounts/acc_ada", {"plan": "missing"}, (404, "plan_unknown")),
        ("/v1/accounts/acc_ada", {"held": 0}, (422, "schema")),
        ("/v1/accounts/acc_ada", {"stream_us": 0}, (422, "schema")),
        ("/v1/accounts/acc_ada", {"concurrent_streams": -1}, (422, "schema")),
        ("/v1/accounts/acc_ada", {"concurrent_streams": 1.5}, (422, "schema")),
    ],
)
async def test_a_change_that_makes_no_sense_changes_nothing(
    tmp_path: Path, path: str, body: Json, problem: tuple[int, str]
) -> None:
    async with gateway_at(tmp_path) as place:
        other = await tenant(place)
        before = await own(place, other)
        refused = await operate(place, "PATCH", path, body)
        after = await own(place, other)

    assert refused.problem == problem
    assert after == before


async def test_accounts_are_listed_page_by_page(place: Place) -> None:
    for name in ("ada", "bob"):
        await tenant(place, name)
    first = await operate(place, "GET", "/v1/accounts?limit=2")
    rest = await operate(place, "GET", f"/v1/accounts?limit=2&cursor={first.json['cursor']}")

    pages = [msgspec.json.decode(page.body, type=Accounts) for page in (first, rest)]
    found = [[one.id for one in page.accounts] for page in pages]
    assert found == [["acc_ada", "acc_bob"], ["acc_owner"]]


async def test_a_suspended_account_ends_at_once_and_opens_nothing_until_reinstated(
    tmp_path: Path, database_url: str
) -> None:
    theirs = ProjectSettings(name="theirs", world="a:B")
    async with gateway_at(tmp_path, COVE, theirs, url=database_url) as place:
        other = await tenant(place)
        await project_of(place, other)
        worker = await place.worker()
        live = await place.open(project="theirs")
        waiting = await place.open(project="theirs")
        path = f"/v1/accounts/{other.id}"
        suspended = account(await operate(place, "PATCH", path, {"suspended": True}))
        again = account(await operate(place, "PATCH", path, {"suspended": True}))
        ends = [(await place.look(one)).end for one in (live, waiting)]
        refused = await place.post({"project": "theirs"}, secret=other.secret)
        visitor = await place.post({"project": "theirs"})
        read = await place.ask("GET", "/v1/sessions", secret=other.secret)
        await worker.stop()
        elsewhere = await place.post({"project": "cove"})
        await operate(place, "DELETE", elsewhere.headers["Location"])
        reinstated = account(await operate(place, "PATCH", path, {"suspended": False}))
        opened = await place.post({"project": "theirs"})

    assert waiting.session.state == "queued"
    assert suspended.suspended
    assert again == suspended
    assert {(end.code, end.reason) for end in ends if end} == {(4012, "account_suspended")}
    assert len([end for end in ends if end]) == 2
    assert refused.problem == visitor.problem == (403, "account_suspended")
    assert read.status == 200
    assert elsewhere.status == 201
    assert not reinstated.suspended
    assert opened.status == 201


async def test_a_sweep_ends_what_a_gateway_that_died_left_of_a_suspended_account(
    tmp_path: Path, database_url: str
) -> None:
    theirs = ProjectSettings(name="theirs", world="a:B")
    async with gateway_at(tmp_path, theirs, url=database_url) as place:
        other = await tenant(place)
        await project_of(place, other)
        await place.worker()
        live = await place.open(project="theirs")
        await place.gateway.desk.do(lambda work: suspend(work, "gateway", other.id))
        left = await place.look(live)
        await place.sweep(after_s=0)
        ended = await place.look(live)

    assert left.end is None
    assert ended.end is not None
    assert ended.end.reason == "account_suspended"


ROUTES = [
    ("GET", "/v1/account", None, Permission.ACCOUNT_READ),
    ("PATCH", "/v1/account", {"name": "x"}, Permission.ACCOUNT_WRITE),
    ("GET", "/v1/accounts", None, Permission.OPERATE),
    ("POST", "/v1/accounts", {"name": "x"}, Permission.OPERATE),
    ("GET", "/v1/accounts/acc_ada", None, Permission.OPERATE),
    ("PATCH", "/v1/accounts/acc_ada", {"name": "x"}, Permission.OPERATE),
    ("GET", "/v1/plans", None, Permission.OPERATE),
    ("PUT", "/v1/plans/tight", TIGHT, Permission.OPERATE),
    ("DELETE", "/v1/plans/missing", None, Permission.OPERATE),
    ("POST", "/v1/set-up/link", None, Permission.OPERATE),
    ("GET", "/v1/members", None, Permission.MEMBERS_READ),
    ("POST", "/v1/members", {"email": "x@y.example", "role": "viewer"}, Permission.MEMBERS_WRITE),
    ("PATCH", "/v1/members/mem_x", {"role": "viewer"}, Permission.MEMBERS_WRITE),
    ("DELETE", "/v1/members/mem_x", None, Permission.MEMBERS_WRITE),
    ("DELETE", "/v1/invitations/inv_x", None, Permission.MEMBERS_WRITE),
    ("GET", "/v1/keys", None, Permission.KEYS_READ),
    ("POST", "/v1/keys", {"name": "x", "scopes": ["sessions:read"]}, Permission.KEYS_WRITE),
    ("POST", "/v1/keys/key_x/rotate", {}, Permission.KEYS_WRITE),
    ("DELETE", "/v1/keys/key_x", None, Permission.KEYS_WRITE),
    ("GET", "/v1/audit", None, Permission.AUDIT_READ),
    ("GET", "/v1/audit/check", None, Permission.AUDIT_READ),
]


@pytest.mark.parametrize("role", Role)
async def test_each_role_reaches_as_far_as_its_permissions_on_every_route(
    tmp_path: Path, role: Role
) -> None:
    async with gateway_at(tmp_path) as place:
        owner = await owner_of(place)
        somebody = await joined(owner, "bo@example.com", role.value)
        await tenant(place)
        refused = [
            (method, path)
            for method, path, body, _ in ROUTES
            if (await somebody.ask(method, path, body)).status == 403
        ]

    assert refused == [(m, p) for m, p, _, needs in ROUTES if needs not in ROLES[role]]


async def test_an_account_s_owner_operates_nothing_and_a_stranger_opens_nothing(
    place: Place,
) -> None:
    other = await tenant(place)
    theirs = [
        (method, path)
        for method, path, body, _ in ROUTES
        if (await place.ask(method, path, body, secret=other.secret)).status == 403
    ]
    nobody = {(await place.ask(method, path, body)).status for method, path, body, _ in ROUTES}

    assert theirs == [(m, p) for m, p, _, needs in ROUTES if needs is Permission.OPERATE]
    assert nobody == {401}


async def test_the_first_owner_is_one_however_many_use_the_link_at_once(place: Place) -> None:
    link = await operate(place, "POST", "/v1/set-up/link")
    token = str(link.json["link"]).partition("#")[2]
    replies = await asyncio.gather(
        *(
            Browser(place).ask(
                "POST",
                "/v1/set-up",
                {"token": token, "email": f"{n}@example.com", "name": "N", "password": PASSWORD},
            )
            for n in range(6)
        )
    )

    assert sorted(reply.status for reply in replies) == [201, 409, 409, 409, 409, 409]
