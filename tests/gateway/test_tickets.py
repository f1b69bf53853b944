"""Tickets over REST: what one opens, once, and how everything else is refused alike."""

import asyncio
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest

from diorama.accounts.tickets import MAX_LIFE_S
from diorama.gateway.settings import ProjectSettings
from diorama.projects.rules import QueueRules, Rules
from diorama.protocol.requests import AskedAfk
from diorama.protocol.views import OpenedSession
from diorama.sessions.lifecycle import Session
from diorama.sessions.work import Work
from tests.accounts.forging import FORGERIES, NOW_US, TICKET, Mint
from tests.gateway.running import Json, Place, Reply, gateway_at
from tests.gateway.tenants import Tenant, tenant

PRIVATE = ProjectSettings(
    name="cove",
    world="a:B",
    public=False,
    rules=Rules(
        queue=QueueRules(priorities={"gold": 5}),
        origins=("https://app.example",),
        max_runtime_s=900,
    ),
)
ONE: Json = {"project": "cove"}
CLIENT = "client-number-one"


async def mint(place: Place, more: Json = ONE, *, secret: str = "") -> Reply:
    body = {**ONE, **more}
    return await place.ask("POST", "/v1/tickets", body, secret=secret or place.secrets.api_key)


async def ticket(place: Place, **more: object) -> str:
    reply = await mint(place, more)
    assert reply.status == 201, reply
    return str(reply.json["ticket"])


async def use(place: Place, text: str, client: str | None = None, **headers: str) -> Reply:
    body = {"ticket": text} if client is None else {"ticket": text, "client_id": client}
    return await place.post(body, **headers)


def opened(reply: Reply) -> OpenedSession:
    assert reply.status in {200, 201}, reply
    return msgspec.json.decode(reply.body, type=OpenedSession)


async def stored(place: Place, reply: Reply) -> Session:
    session_id = opened(reply).session.id
    found = await place.gateway.desk.look(lambda work: work.stores.sessions.get(session_id))
    assert found is not None
    return found


def told(reply: Reply) -> tuple[int, dict[str, object], object]:
    """Return all that a caller sees of a refusal, without what differs from request to request."""
    body = {name: value for name, value in reply.json.items() if name != "request_id"}
    return reply.status, body, reply.headers.get("WWW-Authenticate")


async def test_a_ticket_opens_a_project_that_is_not_public_for_its_end_user(
    tmp_path: Path, database_url: str
) -> None:
    async with gateway_at(tmp_path, PRIVATE, url=database_url) as place:
        await place.worker()
        text = await ticket(
            place,
            end_user="ann",
            device="kiosk",
            priority="gold",
            max_runtime_s=300,
            afk={"warn_after_s": 20},
        )
        reply = await use(place, text, CLIENT)
        session = await stored(place, reply)
        without = await place.post({"project": "cove"})

    assert reply.status == 201
    assert (session.end_user, session.device, session.priority) == ("ann", "kiosk", 5)
    assert (session.rules.max_runtime_s, session.rules.afk.warn_after_s) == (300, 20)
    assert session.ticket_id is not None
    assert without.problem == (404, "project_unknown")


async def test_a_ticket_never_loosens_a_rule(tmp_path: Path) -> None:
    async with gateway_at(tmp_path, PRIVATE) as place:
        await place.worker()
        text = await ticket(place, max_runtime_s=86_400, afk={"warn_after_s": 7_200})
        session = await stored(place, await use(place, text))

    assert (session.rules.max_runtime_s, session.rules.afk.warn_after_s) == (900, 120)


async def test_a_hundred_uses_of_one_ticket_at_once_open_one_session(
    tmp_path: Path, database_url: str
) -> None:
    async with gateway_at(tmp_path, PRIVATE, url=database_url) as place:
        await place.worker(slots=8)
        text = await ticket(place)
        replies = await asyncio.gather(
            *(use(place, text, f"client-number-{at:04}") for at in range(100))
        )
        project = await place.gateway.desk.look(lambda w: w.stores.projects.named("cove"))
        there = await place.gateway.desk.look(
            lambda w: w.stores.sessions.of_project(project.id if project else "")
        )

    assert sorted(reply.status for reply in replies) == [201, *[401] * 99]
    assert len({str(told(reply)) for reply in replies if reply.status == 401}) == 1
    assert len(there) == 1


async def test_a_hundred_uses_by_one_client_at_once_are_one_session(
    tmp_path: Path, database_url: str
) -> None:
    async with gateway_at(tmp_path, PRIVATE, url=database_url) as place:
        await place.worker(slots=8)
        text = await ticket(place)
        replies = await asyncio.gather(*(use(place, text, CLIENT) for _ in range(100)))

    assert sorted(reply.status for reply in replies) == [*[200] * 99, 201]
    assert len({opened(reply).session.id for reply in replies}) == 1


async def test_a_ticket_is_used_up_by_its_session_also_once_that_has_ended(tmp_path: Path) -> None:
    async with gateway_at(tmp_path, PRIVATE) as place:
        await place.worker(slots=2)
        text = await ticket(place)
        first = opened(await use(place, text, CLIENT))
        again = await use(place, text, CLIENT)
        by_another = await use(place, text, "client-number-two")
        await place.ask("DELETE", f"/v1/sessions/{first.session.id}", secret=again_token(again))
        after_its_end = await use(place, text, CLIENT)

    assert opened(again).continued
    assert by_another.problem == after_its_end.problem == (401, "ticket_refused")


def again_token(reply: Reply) -> str:
    return opened(reply).token


async def test_a_client_goes_on_with_its_session_without_a_ticket_or_with_a_newer_one(
    tmp_path: Path,
) -> None:
    async with gateway_at(tmp_path, PRIVATE) as place:
        await place.worker(slots=2)
        first = opened(await use(place, await ticket(place, end_user="ann"), CLIENT))
        newer = await ticket(place, end_user="ann")
        by_newer = await use(place, newer, CLIENT)
        spent = await use(place, newer, "client-number-two")
        by_none = await place.post({"project": "cove", "client_id": CLIENT})
        by_stranger = await place.post({"project": "cove", "client_id": "client-number-two"})

    assert opened(by_newer).session.id == opened(by_none).session.id == first.session.id
    assert spent.problem == (401, "ticket_refused")
    assert by_stranger.problem == (404, "project_unknown")


async def test_another_end_user_in_the_same_tab_gets_a_session_of_its_own(
    tmp_path: Path, database_url: str
) -> None:
    async with gateway_at(tmp_path, PRIVATE, url=database_url) as place:
        await place.worker(slots=2)
        first = opened(await use(place, await ticket(place, end_user="ann"), CLIENT))
        second = opened(await use(place, await ticket(place, end_user="bob"), CLIENT))
        ended = await place.look(first)

    assert second.session.id != first.session.id
    assert not second.continued
    assert ended.end is not None
    assert (ended.end.code, ended.end.reason) == (4011, "taken_over")


async def test_a_request_that_is_repeated_may_bring_a_newer_ticket(tmp_path: Path) -> None:
    async with gateway_at(tmp_path, PRIVATE) as place:
        await place.worker(slots=2)
        replies = [
            await use(place, await ticket(place), CLIENT, Idempotency_Key="k" * 16)
            for _ in range(2)
        ]

    assert len({opened(reply).session.id for reply in replies}) == 1


async def test_every_forgery_is_refused_with_one_body(tmp_path: Path, database_url: str) -> None:
    async with gateway_at(tmp_path, PRIVATE, now_us=NOW_US, url=database_url) as place:
        await place.worker()
        mint = await as_the_gateway_does(place)
        replies = {name: await use(place, forge(mint), CLIENT) for name, forge in FORGERIES.items()}
        genuine = await use(place, mint.genuine(), CLIENT)
        await place.ask(
            "DELETE", f"/v1/sessions/{opened(genuine).session.id}", secret=opened(genuine).token
        )
        replies |= await wrong_places(place)

    assert len(replies) >= 80
    assert {name: told(reply) for name, reply in replies.items()} == dict.fromkeys(
        replies, told(replies["no algorithm"])
    )
    assert replies["no algorithm"].problem == (401, "ticket_refused")


async def as_the_gateway_does(place: Place) -> Mint:
    """Return what signs with the gateway's own secret and key: only the lie is wrong."""
    await ticket(place)  # makes the account's key
    key, project = await place.gateway.desk.look(
        lambda work: (
            work.stores.tickets.signing("acc_owner"),
            work.stores.projects.named("cove"),
        )
    )
    assert key is not None
    assert project is not None
    said = msgspec.structs.replace(
        TICKET, account_id="acc_owner", project_id=project.id, by="gateway"
    )
    return Mint(key=key, secret=place.secrets.tokens, ticket=said)


async def wrong_places(place: Place) -> dict[str, Reply]:
    """Return what genuine tickets get where they are not for."""
    replies = {
        "another project": await place.post({"ticket": await ticket(place), "project": "other"}),
        "another page": await use(
            place, await ticket(place, origin="https://app.example"), Origin=place.front.url
        ),
        "no page": await use(place, await ticket(place, origin="https://app.example")),
        "a suffix of the page": await use(
            place,
            await ticket(place, origin="https://app.example.com"),
            Origin="https://app.example",
        ),
    }
    used = await ticket(place)
    first = opened(await use(place, used))
    replies["used"] = await use(place, used)
    await place.ask("DELETE", f"/v1/sessions/{first.session.id}", secret=first.token)
    replies["used by a session that ended"] = await use(place, used)
    late = await ticket(place, expires_in_s=1)
    place.clock.step(seconds=1)
    replies["over"] = await use(place, late)
    voided = await ticket(place)
    await place.ask("POST", "/v1/tickets/rotate", {"at_once": True}, secret=place.secrets.api_key)
    replies["of a key that was voided"] = await use(place, voided)
    return replies


async def test_a_ticket_for_pages_of_one_origin_opens_there(tmp_path: Path) -> None:
    async with gateway_at(tmp_path, PRIVATE) as place:
        await place.worker()
        text = await ticket(place, origin="https://app.example")
        reply = await use(place, text, Origin="https://app.example")

    assert reply.status == 201


async def test_a_ticket_may_come_where_keys_do(tmp_path: Path) -> None:
    async with gateway_at(tmp_path, PRIVATE) as place:
        await place.worker()
        reply = await place.post({"project": "cove"}, secret=await ticket(place, end_user="ann"))
        seen = await place.ask("GET", "/v1/sessions", secret=await ticket(place))

    assert opened(reply).session.end_user == "ann"
    assert seen.problem == (401, "credential_refused")


async def test_keys_change_without_a_ticket_refused(tmp_path: Path, database_url: str) -> None:
    async with gateway_at(tmp_path, PRIVATE, url=database_url) as place:
        texts = []
        for _ in range(4):
            texts.append(await ticket(place))
            rotated = await place.ask(
                "POST", "/v1/tickets/rotate", {}, secret=place.secrets.api_key
            )
        place.clock.step(seconds=MAX_LIFE_S - 1)
        await place.worker(slots=8)
        statuses = [(await use(place, text)).status for text in texts[1:]]
        place.clock.step(seconds=1)
        late = await use(place, texts[0])

    assert rotated.status == 200
    assert statuses == [201, 201, 201]
    assert late.problem == (401, "ticket_refused")


async def test_tickets_made_with_a_key_die_with_its_revocation(tmp_path: Path) -> None:
    async with gateway_at(tmp_path, PRIVATE) as place:
        await place.worker()
        text = await ticket(place)

        def revoke(work: Work) -> None:
            for key in work.stores.keys.listed("acc_owner", after=None, limit=9):
                work.stores.keys.save(replace(key, revoked_us=work.now_us))

        await place.gateway.desk.do(revoke)
        reply = await use(place, text)

    assert reply.problem == (401, "ticket_refused")


@pytest.mark.parametrize(
    ("more", "problem"),
    [
        ({"project": "none"}, (404, "project_unknown")),
        ({"region": "far"}, (404, "region_unknown")),
        ({"priority": "iron"}, (422, "priority_unknown")),
        ({"expires_in_s": MAX_LIFE_S + 1}, (422, "schema")),
        ({"expires_in_s": 0}, (422, "schema")),
        ({"max_runtime_s": 59}, (422, "schema")),
        ({"origin": "https://app.example/"}, (422, "schema")),
        ({"origin": "https://app.example\n"}, (422, "schema")),
        ({"end_user": ""}, (422, "schema")),
        ({"account_id": "acc_owner"}, (422, "schema")),
    ],
)
async def test_a_ticket_is_made_within_bounds(
    tmp_path: Path, more: dict[str, object], problem: tuple[int, str]
) -> None:
    async with gateway_at(tmp_path, PRIVATE) as place:
        reply = await mint(place, more)

    assert reply.problem == problem


async def test_tickets_are_for_projects_of_ones_own(tmp_path: Path) -> None:
    async with gateway_at(tmp_path, PRIVATE) as place:
        ada: Tenant = await tenant(place)
        foreign = await mint(place, secret=ada.secret)
        missing = await mint(place, {"project": "none"}, secret=ada.secret)
        by_nobody = await place.ask("POST", "/v1/tickets", {"project": "cove"})

    assert foreign.problem == missing.problem == (404, "project_unknown")
    assert by_nobody.problem == (401, "credential_missing")


@pytest.mark.parametrize(
    ("more", "code"),
    [({"end_user": "eve"}, "end_user_unproven"), ({"priority": "gold"}, "priority_unproven")],
)
async def test_a_viewer_adds_nothing_to_what_its_ticket_says(
    tmp_path: Path, more: dict[str, object], code: str
) -> None:
    async with gateway_at(tmp_path, PRIVATE) as place:
        reply = await place.post({"ticket": await ticket(place, end_user="ann"), **more})

    assert reply.problem == (422, code)


async def test_a_viewer_may_shorten_what_its_ticket_says(tmp_path: Path) -> None:
    async with gateway_at(tmp_path, PRIVATE) as place:
        await place.worker()
        afk = msgspec.to_builtins(AskedAfk(warn_after_s=10))
        reply = await place.post(
            {"ticket": await ticket(place, afk={"warn_after_s": 20}), "afk": afk}
        )
        session = await stored(place, reply)

    assert session.rules.afk.warn_after_s == 10


async def test_without_a_ticket_a_request_names_its_project(tmp_path: Path) -> None:
    async with gateway_at(tmp_path, PRIVATE) as place:
        reply = await place.post({"client_id": CLIENT})

    assert reply.problem == (422, "schema")
