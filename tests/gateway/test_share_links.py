"""Share links over REST: what they open, how often, and what a revocation ends."""

import asyncio
import re
from pathlib import Path

import msgspec
import pytest

from diorama.gateway.settings import ProjectSettings
from diorama.projects.rules import OnLimit, Rules
from diorama.protocol.views import OpenedSession
from tests.gateway.running import Json, Place, Reply, gateway_at
from tests.gateway.tenants import tenant

PRIVATE = ProjectSettings(name="cove", world="a:B", public=False)
ELSEWHERE = ProjectSettings(name="bay", world="a:B", public=True)
LINKS = "/v1/share-links"


async def share(place: Place, more: Json | None = None) -> tuple[str, str]:
    """Make a link, and return its id and its secret."""
    body = {"project": "cove", **(more or {})}
    made = await place.ask("POST", LINKS, body, secret=place.secrets.api_key)
    assert made.status == 201, made
    link = made.json["link"]
    assert isinstance(link, dict)
    return link["id"], str(made.json["url"]).partition("#share=")[2]


async def use(place: Place, secret: str, client: str | None = None, **more: object) -> Reply:
    body = {"project": "cove", "share": secret, **more}
    return await place.post(body if client is None else {**body, "client_id": client})


async def look(place: Place, link_id: str) -> Reply:
    return await place.ask("GET", f"{LINKS}/{link_id}", secret=place.secrets.api_key)


def opened(reply: Reply) -> OpenedSession:
    assert reply.status in {200, 201}, reply
    return msgspec.json.decode(reply.body, type=OpenedSession)


async def test_whoever_has_a_link_opens_its_project_and_the_account_sees_how_often(
    tmp_path: Path, database_url: str
) -> None:
    async with gateway_at(tmp_path, PRIVATE, url=database_url) as place:
        await place.worker(slots=4)
        made = await place.ask(
            "POST",
            LINKS,
            {"project": "cove", "name": "for friends"},
            secret=place.secrets.api_key,
        )
        link_id, secret = await share(place)
        replies = [await use(place, secret) for _ in range(2)]
        without = await place.post({"project": "cove"})
        seen = await look(place, link_id)
        listed = await place.ask("GET", LINKS, secret=place.secrets.api_key)

    assert re.fullmatch(r"/play/cove#share=dsh_[A-Za-z0-9_-]{43}", str(made.json["url"]))
    assert made.headers["Cache-Control"] == "no-store"
    assert [reply.status for reply in replies] == [201, 201]
    assert without.problem == (404, "project_unknown")
    assert (seen.json["used"], seen.json["live"], seen.json["state"]) == (2, 2, "active")
    assert str(made.json["url"]).partition("#share=")[2] not in listed.body.decode()


async def test_of_many_at_once_a_link_lets_in_as_many_as_it_may(
    tmp_path: Path, database_url: str
) -> None:
    async with gateway_at(tmp_path, PRIVATE, url=database_url) as place:
        await place.worker(slots=8)
        link_id, secret = await share(place, {"uses": 3})
        replies = await asyncio.gather(*(use(place, secret) for _ in range(40)))
        seen = await look(place, link_id)

    assert sorted(reply.status for reply in replies) == [*[201] * 3, *[401] * 37]
    assert {r.problem for r in replies if r.status == 401} == {(401, "link_refused")}
    assert (seen.json["used"], seen.json["state"]) == (3, "used_up")


async def test_of_many_at_once_as_many_are_there_as_may_be(
    tmp_path: Path, database_url: str
) -> None:
    async with gateway_at(tmp_path, PRIVATE, url=database_url) as place:
        await place.worker(slots=8)
        _, secret = await share(place, {"concurrent": 2})
        replies = await asyncio.gather(*(use(place, secret) for _ in range(20)))
        first = next(opened(reply) for reply in replies if reply.status == 201)
        await place.ask("DELETE", f"/v1/sessions/{first.session.id}", secret=first.token)
        again = await use(place, secret)

    refused = [reply for reply in replies if reply.status == 429]
    assert sum(reply.status == 201 for reply in replies) == 2
    assert {reply.problem for reply in refused} == {(429, "link_limit")}
    assert {reply.headers["Retry-After"] for reply in refused} == {"5"}
    assert again.status == 201


async def test_a_link_opens_nothing_from_its_end_on_and_a_client_goes_on(tmp_path: Path) -> None:
    async with gateway_at(tmp_path, PRIVATE) as place:
        await place.worker(slots=4)
        link_id, secret = await share(place, {"expires_in_s": 60})
        client = "client-number-one"
        place.clock.step(seconds=5)
        first = opened(await use(place, secret, client))
        place.clock.step(seconds=54.999_999)
        await place.worker("two", slots=4)
        last = await use(place, secret)
        place.clock.step(seconds=0.000_001)
        late = await use(place, secret)
        again = opened(await use(place, secret, client))
        seen = await look(place, link_id)

    assert last.status == 201
    assert late.problem == (401, "link_refused")
    assert (again.session.id, again.continued) == (first.session.id, True)
    assert seen.json["state"] == "expired"


async def test_whatever_is_wrong_with_a_link_is_refused_in_the_same_words(tmp_path: Path) -> None:
    async with gateway_at(tmp_path, PRIVATE, ELSEWHERE) as place:
        await place.worker(slots=4)
        link_id, secret = await share(place)
        _, other = await share(place, {"project": "bay"})
        await place.ask("DELETE", f"{LINKS}/{link_id}", secret=place.secrets.api_key)
        replies = [
            await use(place, text)
            for text in (secret, other, "dsh_" + "x" * 43, "", "dsh_", "\u00e4", "x" * 128)
        ]
        on_public = await place.post({"project": "bay", "share": secret})

    told = [{**reply.json, "request_id": ""} for reply in (*replies, on_public)]
    assert all(one == told[0] for one in told)
    assert replies[0].problem == (401, "link_refused")


@pytest.mark.parametrize("end_sessions", [True, False])
async def test_a_revocation_ends_who_waits_at_once_and_if_asked_who_is_in(
    tmp_path: Path, database_url: str, *, end_sessions: bool
) -> None:
    async with gateway_at(tmp_path, PRIVATE, url=database_url) as place:
        await place.worker()
        link_id, secret = await share(place)
        inside, waiting = [opened(await use(place, secret)) for _ in range(2)]
        own = opened(await place.post({"project": "cove"}, secret=place.secrets.api_key))
        gone = await place.ask(
            "DELETE",
            f"{LINKS}/{link_id}?end_sessions={str(end_sessions).lower()}",
            secret=place.secrets.api_key,
        )
        after = [await place.look(one) for one in (inside, waiting, own)]
        again = await use(place, secret)
        repeated = await place.ask("DELETE", f"{LINKS}/{link_id}", secret=place.secrets.api_key)
        audit = await place.gateway.desk.look(
            lambda work: work.stores.audit.listed(
                "acc_owner", before=None, limit=9, action="share_link"
            )
        )

    assert [view.end is not None for view in after] == [end_sessions, True, False]
    assert {(view.end.code, view.end.reason) for view in after if view.end} == {
        (4012, "link_revoked")
    }
    assert (gone.json["state"], repeated.json["state"]) == ("revoked", "revoked")
    assert again.problem == (401, "link_refused")
    assert [entry.action for entry in audit] == ["share_link.revoked", "share_link.created"]


async def test_a_link_is_changed_and_a_limit_taken_away_by_null(tmp_path: Path) -> None:
    async with gateway_at(tmp_path, PRIVATE) as place:
        await place.worker(slots=4)
        key = place.secrets.api_key
        link_id, secret = await share(place, {"uses": 1, "expires_in_s": 60})
        await use(place, secret)
        changed = await place.ask(
            "PATCH", f"{LINKS}/{link_id}", {"uses": None, "name": "new"}, secret=key
        )
        reply = await use(place, secret)

    assert (changed.json["uses"], changed.json["name"]) == (None, "new")
    assert changed.json["expires_at"] is not None
    assert reply.status == 201


async def test_links_of_others_look_like_missing_ones(tmp_path: Path) -> None:
    async with gateway_at(tmp_path, PRIVATE) as place:
        ada = await tenant(place)
        link_id, _ = await share(place)
        asked = [("GET", None), ("PATCH", {"name": "x"}), ("DELETE", None)]
        replies = [
            await place.ask(method, f"{LINKS}/{one}", body, secret=ada.secret)
            for one in (link_id, "lnk_none", "%00")
            for method, body in asked
        ]
        made = await place.ask("POST", LINKS, {"project": "cove"}, secret=ada.secret)
        listed = await place.ask("GET", f"{LINKS}?project=cove", secret=ada.secret)

    assert {reply.problem for reply in replies} == {(404, "share_link_unknown")}
    assert made.problem == (404, "project_unknown")
    assert listed.json["links"] == []


async def test_links_come_in_pages_the_newest_first(tmp_path: Path) -> None:
    async with gateway_at(tmp_path, PRIVATE) as place:
        key = place.secrets.api_key
        ids = []
        for _ in range(3):
            ids.append((await share(place))[0])
            place.clock.step(seconds=1)
        first = await place.ask("GET", f"{LINKS}?limit=2&project=cove", secret=key)
        rest = await place.ask("GET", f"{LINKS}?limit=2&cursor={first.json['cursor']}", secret=key)

    pages = [reply.json["links"] for reply in (first, rest)]
    assert [[one["id"] for one in page] for page in pages if isinstance(page, list)] == [
        ids[:0:-1],
        ids[:1],
    ]


@pytest.mark.parametrize(
    "more",
    [
        {"uses": 0},
        {"concurrent": 0},
        {"expires_in_s": 59},
        {"expires_in_s": 31_536_001},
        {"name": "x" * 121},
        {"digest": "x"},
        {"used": 0},
        {"account_id": "acc_owner"},
    ],
)
async def test_a_link_is_made_within_bounds(tmp_path: Path, more: dict[str, object]) -> None:
    async with gateway_at(tmp_path, PRIVATE) as place:
        body = {"project": "cove", **more}
        reply = await place.ask("POST", LINKS, body, secret=place.secrets.api_key)

    assert reply.problem == (422, "schema")


async def test_a_refusal_by_a_limit_does_not_use_a_link(tmp_path: Path) -> None:
    full = ProjectSettings(
        name="cove",
        world="a:B",
        public=False,
        rules=Rules(on_limit=OnLimit.REJECT, worker_count=0),
    )
    async with gateway_at(tmp_path, full) as place:
        await place.worker()
        link_id, secret = await share(place, {"uses": 1})
        reply = await use(place, secret)
        seen = await look(place, link_id)

    assert reply.problem == (429, "project_cap")
    assert (reply.json["holders"], seen.json["used"]) == ([], 0)
