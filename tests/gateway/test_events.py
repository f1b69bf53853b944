"""The feed of events as an account's program reads it: in pages, and live."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest
from aiohttp import ClientResponse

from diorama.gateway.bootstrap import OWNER
from diorama.protocol.event_views import EventPage, EventView
from diorama.sessions.work import Work
from tests.gateway.fleet import Deaf, two_gateways
from tests.gateway.running import WITHIN_S, Place, Reply, gateway_at
from tests.gateway.tenants import tenant


async def page_of(place: Place, query: str = "") -> EventPage:
    reply = await place.ask("GET", f"/v1/events{query}", secret=place.secrets.api_key)
    assert reply.status == 200, reply
    return msgspec.json.decode(reply.body, type=EventPage)


async def events_until(place: Place, type_: str, query: str = "") -> list[EventView]:
    """Return all events once there is one of a type: they are published soon, not at once."""
    async with asyncio.timeout(WITHIN_S):
        while True:
            page = await page_of(place, query)
            if any(event.type == type_ for event in page.events):
                return list(page.events)


async def a_stay(place: Place) -> str:
    """Open a session and end it; return its id."""
    opened = await place.open(device="phone")
    await place.ask("DELETE", f"/v1/sessions/{opened.session.id}", secret=place.secrets.api_key)
    return opened.session.id


@contextlib.asynccontextmanager
async def live(place: Place, query: str = "", **headers: str) -> AsyncIterator["Feed"]:
    """Open the live feed."""
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    sent |= {"Accept": "text/event-stream", "Authorization": f"Bearer {place.secrets.api_key}"}
    async with place.http.get(f"{place.front.url}/v1/events{query}", headers=sent) as got:
        assert (got.status, got.content_type) == (200, "text/event-stream"), await got.text()
        yield Feed(got)


class Feed:
    """A live feed, read block by block."""

    def __init__(self, got: ClientResponse) -> None:
        self._got = got
        self.last_id = ""

    async def block(self) -> dict[str, str]:
        """Return the fields of the next block."""
        fields: dict[str, str] = {}
        async with asyncio.timeout(WITHIN_S):
            while line := (await self._got.content.readline()).decode().rstrip("\n"):
                name, _, value = line.partition(": ")
                fields[name] = value
            assert fields, "the feed is over"
        self.last_id = fields.get("id", self.last_id)
        return fields

    async def until(self, type_: str) -> list[EventView]:
        """Return events up to the first of a type."""
        found: list[EventView] = []
        while not found or found[-1].type != type_:
            block = await self.block()
            if "data" in block:
                found.append(msgspec.json.decode(block["data"], type=EventView))
                assert block["event"] == found[-1].type
        return found

    async def ended(self) -> bool:
        async with asyncio.timeout(WITHIN_S):
            return (await self._got.content.read()).endswith(b"\n\n") or True


async def test_what_happened_is_read_in_pages_that_miss_nothing(tmp_path: Path) -> None:
    async with gateway_at(tmp_path) as place:
        await place.worker()
        session = await a_stay(place)
        all_of_them = await events_until(place, "session.ended", "?types=session.*")
        pages, query = [], "?types=session.*&limit=1"
        while (page := await page_of(place, query)).events:
            pages.append(page)
            query = f"?types=session.*&limit=1&cursor={page.cursor}"
        after_first = await page_of(place, f"?types=session.*&cursor={all_of_them[0].id}")
        of_session = await page_of(place, f"?session={session}&types=session.ended")

    assert [event.session for event in all_of_them] == [session] * len(all_of_them)
    assert [event for page in pages for event in page.events] == all_of_them
    assert [page.more for page in pages] == [True] * (len(pages) - 1) + [False]
    assert list(after_first.events) == all_of_them[1:]
    assert list(of_session.events) == all_of_them[-1:]


async def test_a_page_that_is_empty_says_where_to_go_on(tmp_path: Path) -> None:
    async with gateway_at(tmp_path) as place:
        first = await page_of(place, "?types=webhook.*")
        await place.worker()
        await a_stay(place)
        await events_until(place, "session.ended")
        later = await page_of(place, f"?cursor={first.cursor}&types=session.ended")

    assert (first.events, first.more) == ((), False)
    assert [event.type for event in later.events] == ["session.ended"]


async def test_the_live_feed_tells_what_happens_and_goes_on_where_it_broke_off(
    tmp_path: Path,
) -> None:
    async with gateway_at(tmp_path) as place:
        await place.worker()
        async with live(place, "?types=session.*") as feed:
            started = await feed.block()
            first = await a_stay(place)
            told = await feed.until("session.ended")
            cursor = feed.last_id
        second = await a_stay(place)
        async with live(place, "?types=session.*&cursor=0", Last_Event_ID=cursor) as feed:
            missed = await feed.until("session.ended")
        in_pages = await page_of(place, "?types=session.*")

    assert (started["retry"], started["id"].isdigit()) == ("2000", True)
    assert {event.session for event in told} == {first}
    assert {event.session for event in missed} == {second}
    assert [*told, *missed] == list(in_pages.events)


async def test_a_live_feed_ends_with_the_key_that_opened_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("diorama.gateway.event_routes.CHECK_EVERY_S", 0.05)
    async with gateway_at(tmp_path) as place, live(place) as feed:
        await place.gateway.desk.do(_revoke_all)
        over = await feed.ended()

    assert over


async def test_events_of_another_account_are_nowhere_to_be_seen(tmp_path: Path) -> None:
    async with gateway_at(tmp_path) as place:
        secret = (await tenant(place)).secret
        await place.worker()
        session = await a_stay(place)
        (first, *_) = await events_until(place, "session.ended", "?types=session.*")

        async def by_tenant(query: str) -> Reply:
            return await place.ask("GET", f"/v1/events{query}", secret=secret)

        nothing = [await by_tenant(query) for query in ("", f"?session={session}", "?cursor=1")]
        foreign = await by_tenant(f"?cursor={first.id}")
        missing = await by_tenant("?cursor=evt_missing")

    assert [reply.json["events"] for reply in nothing] == [[], [], []]
    assert foreign.problem == missing.problem == (422, "cursor_unknown")
    assert foreign.json["detail"] == missing.json["detail"]


REFUSED = [
    ("?cursor=-1", "schema"),
    ("?cursor=9999999999999999999999", "cursor_unknown"),
    ("?cursor=evt_%00", "schema"),
    ("?cursor=now", "cursor_unknown"),
    ("?types=session.nothing", "event_type_unknown"),
    ("?types=" + ",".join(["queue.*"] * 65), "event_type_unknown"),
    ("?types=", "event_type_unknown"),
    ("?limit=0", "schema"),
    ("?limit=201", "schema"),
    ("?session=%27%20OR%201", "schema"),
]


async def test_a_question_that_means_nothing_is_refused(tmp_path: Path) -> None:
    async with gateway_at(tmp_path) as place:
        replies = [
            await place.ask("GET", f"/v1/events{query}", secret=place.secrets.api_key)
            for query, _ in REFUSED
        ]
        nobody = await place.ask("GET", "/v1/events")

    assert [reply.problem for reply in replies] == [(422, code) for _, code in REFUSED]
    assert nobody.problem == (401, "credential_missing")


async def test_only_so_many_live_feeds_are_open_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("diorama.gateway.event_routes.FEEDS_OF_ACCOUNT", 1)
    async with gateway_at(tmp_path) as place:
        async with live(place) as feed:
            await feed.block()
            refused = await place.ask(
                "GET", "/v1/events", secret=place.secrets.api_key, accept="text/event-stream"
            )
        async with asyncio.timeout(WITHIN_S):
            while True:  # the first one's end is heard of soon
                with contextlib.suppress(AssertionError):
                    async with live(place) as again:
                        await again.block()
                        break

    assert refused.problem == (429, "feeds_limit")
    assert refused.headers["Retry-After"] == "10"


async def test_a_feed_on_one_gateway_tells_what_happens_on_another(
    postgresql_url: str, tmp_path: Path
) -> None:
    """Also where every hint between the gateways is lost."""
    async with two_gateways(postgresql_url, tmp_path, bus=Deaf) as (one, other):
        await one.worker()
        async with live(other, "?types=session.*") as feed:
            await feed.block()
            session = await a_stay(one)
            told = await feed.until("session.ended")

    assert {event.session for event in told} == {session}
    assert [event.seq for event in told] == list(range(1, len(told) + 1))


async def test_a_worker_that_comes_is_an_event_of_the_operators(tmp_path: Path) -> None:
    async with gateway_at(tmp_path) as place:
        await place.worker("north")
        await place.gateway.telling.publisher.look_at_time()
        await place.gateway.telling.publisher.once()
        (ready,) = (await page_of(place, "?types=worker.*")).events

    about = msgspec.json.decode(ready.data)
    assert (ready.type, ready.account, ready.session) == ("worker.ready", OWNER, None)
    assert (about["name"], about["state"]) == ("north", "ready")


def _revoke_all(work: Work) -> None:
    for key in work.stores.keys.listed(OWNER, after=None, limit=50):
        work.stores.keys.save(replace(key, revoked_us=work.now_us))
