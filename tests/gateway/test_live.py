"""The live feed over a real port: what is told, to whom, and when it ends."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Final

import msgspec
import pytest

from diorama.gateway.live import STILL_EVERY_S, Look, Reader, Ready, Seen, WorkerGone
from diorama.gateway.live_routes import FEEDS_OF_ACCOUNT, Over
from diorama.gateway.watching import MAX_IDS, Watches
from diorama.protocol.states import SessionState as S
from diorama.protocol.usage_views import Overview
from diorama.protocol.views import Pools, SessionView, WorkerView
from diorama.sessions.show import time_of
from diorama.sessions.viewing import leave
from tests.gateway.feeds import live
from tests.gateway.fleet import Deaf, two_gateways
from tests.gateway.running import gateway_at
from tests.gateway.tenants import tenant

DAY_S: Final = 86_400


def view(name: str = "ses_1", *, version: int = 1, state: S = S.CONNECTING) -> SessionView:
    return SessionView(
        id=name,
        project="cove",
        region="here",
        state=state,
        version=version,
        attached=True,
        attachment=1,
        created_at=time_of(0),
        state_entered_at=time_of(0),
    )


def seen(*sessions: SessionView, left: frozenset[str] = frozenset()) -> Seen:
    return Seen(sessions=sessions, left=left)


def look(reader: Reader, now_s: float, *ids: str) -> Look:
    return reader.next_look(now_s, ids, workers=False, everything=False)


def is_over(told: Mapping[str, str]) -> bool:
    """Whether a feed has shown a session, and that none is left."""
    known = told.keys() >= {"session", "overview"}
    return known and msgspec.json.decode(told["overview"], type=Overview).streams == 0


async def test_a_feed_shows_what_is_there_and_then_what_changes(tmp_path: Path) -> None:
    async with gateway_at(tmp_path) as place:
        await place.worker("gpu-1")
        opened = await place.open()
        key = place.secrets.api_key
        async with live(place, key) as feed:
            first = await feed.until("ready")
            await place.ask("DELETE", f"/v1/sessions/{opened.session.id}", secret=key)
            told: dict[str, str] = {}
            while not is_over(told):  # which of the two is told first is chance
                name, data = await feed.block()
                told[name] = data

    assert first == ["overview", "session", "worker", "pools", "ready"]
    assert feed.response.headers["Content-Type"].startswith("text/event-stream")
    ended = msgspec.json.decode(told["session"], type=SessionView)
    assert (ended.id, ended.worker) == (opened.session.id, "gpu-1")
    assert ended.end is not None


async def test_an_account_is_shown_its_own_and_counts_of_the_rest(tmp_path: Path) -> None:
    async with gateway_at(tmp_path) as place:
        worker = await place.worker(slots=3)
        other = await tenant(place)
        await place.open()
        async with live(place, other.secret) as feed:
            first = await feed.until("ready")
            await worker.beat()
            opened = await place.open()
            await place.gateway.desk.do(lambda work: leave(work, opened.session.id, 1000))
            await place.gateway.desk.do(lambda work: work.stores.accounts.set_limit(other.id, 2))
            changed = await feed.block()

    assert first == ["overview", "pools", "ready"]
    assert changed[0] == "overview"
    assert msgspec.json.decode(changed[1], type=Overview).limit == 2


async def test_a_feed_ends_once_its_key_opens_nothing(tmp_path: Path) -> None:
    async with gateway_at(tmp_path) as place:
        other = await tenant(place)
        async with live(place, other.secret) as feed:
            await feed.until("ready")
            key = await place.gateway.desk.look(lambda work: work.stores.keys.by_id("key_ada"))
            assert key is not None
            revoked = replace(key, revoked_us=place.clock.now_us())
            await place.gateway.desk.do(lambda work: work.stores.keys.save(revoked))
            over = await feed.next("over", Over)
            rest = await feed.response.content.read()

    assert over.code == "credential_refused"
    assert rest == b""


async def test_a_feed_needs_the_permission_and_has_its_number(tmp_path: Path) -> None:
    async with gateway_at(tmp_path) as place:
        nobody = await place.ask("GET", "/v1/live")
        feeds = [
            await place.http.get(
                f"{place.front.url}/v1/live",
                headers={"Authorization": f"Bearer {place.secrets.api_key}"},
            )
            for _ in range(FEEDS_OF_ACCOUNT)
        ]
        too_many = await place.ask("GET", "/v1/live", secret=place.secrets.api_key)
        for feed in feeds:
            feed.close()

    assert nobody.problem == (401, "credential_missing")
    assert too_many.problem == (429, "feeds_limit")


@pytest.mark.parametrize("bus", [None, Deaf], ids=["hinted", "unheard"])
async def test_what_changes_at_another_gateway_is_shown_with_hints_and_without(
    tmp_path: Path, postgresql_url: str, bus: type[Deaf] | None
) -> None:
    async with two_gateways(postgresql_url, tmp_path, bus=bus) as (here, there):
        await there.worker("gpu-1")
        async with live(here, here.secrets.api_key) as feed:
            await feed.until("ready")
            opened = await there.open()
            shown = await feed.next("session", SessionView)
            await there.gateway.desk.do(lambda work: leave(work, opened.session.id, 1000))
            while shown.end is None:
                shown = await feed.next("session", SessionView)

    assert shown.id == opened.session.id


def test_a_reader_is_told_a_change_once_and_an_end_for_good() -> None:
    reader = Reader()
    look(reader, 0.0)
    first = reader.news(seen(view()))
    again = reader.news(seen(view()))
    ended = reader.news(seen(view(version=2, state=S.DISCONNECTED)))

    assert [name for name, _ in first] == ["session", "ready"]
    assert again == []
    assert [name for name, _ in ended] == ["session"]
    assert look(reader, 1.0).known == {}


def test_a_reader_is_ready_once_nothing_of_the_first_picture_is_left() -> None:
    reader = Reader()
    first = reader.news(seen(view(), left=frozenset({"ses_0"})))
    pending = look(reader, 0.1).ids
    second = reader.news(seen(view("ses_0")))

    assert [name for name, _ in first] == ["session"]
    assert pending == {"ses_0"}
    assert second[-1] == ("ready", Ready(more=False))


def test_places_in_line_are_looked_at_without_being_told() -> None:
    reader = Reader()
    look(reader, 0.0)
    reader.news(seen(view(state=S.QUEUED), view("ses_2")))

    assert look(reader, STILL_EVERY_S - 0.1).ids == frozenset()
    assert look(reader, STILL_EVERY_S).ids == {"ses_1"}


def test_an_overview_that_was_held_back_is_not_forgotten() -> None:
    reader = Reader()

    assert look(reader, 0.0).overview
    reader.news(seen())
    assert not look(reader, 0.1).overview
    assert not look(reader, 0.5, "ses_1").overview
    assert look(reader, 1.1).overview or look(reader, 1.6).overview


def test_a_reader_who_takes_nothing_costs_a_bounded_set_of_ids() -> None:
    watches = Watches()
    with watches.watch() as watch:
        for at in range(MAX_IDS + 1):
            watches.tell([f"ses_{at}"], ())
        taken = watch.take()
        after = watch.take()
    watches.tell(["ses_1"], ())

    assert taken == (set(), False, True)
    assert after == (set(), False, False)
    assert watch.take() == (set(), False, False)


async def test_workers_are_news_where_more_changed_than_that_they_were_heard(
    tmp_path: Path,
) -> None:
    async with gateway_at(tmp_path) as place:
        await place.worker("gpu-1")
        async with live(place, place.secrets.api_key) as feed:
            await feed.until("ready")
            await place.worker("gpu-2")
            came = await feed.next("worker", WorkerView)
            pools = await feed.next("pools", Pools)

    assert came.name == "gpu-2"
    assert [(pool.workers, pool.slots, pool.free) for pool in pools.pools] == [(2, 2, 2)]


async def test_a_worker_that_was_forgotten_is_told_as_gone(tmp_path: Path) -> None:
    async with gateway_at(tmp_path) as place:
        await place.worker("gpu-1")
        async with live(place, place.secrets.api_key) as feed:
            came = await feed.next("worker", WorkerView)
            await feed.until("ready")
            await place.sweep(after_s=60)
            await place.sweep(after_s=8 * DAY_S)
            gone = await feed.next("worker_gone", WorkerGone)

    assert gone.id == came.id
