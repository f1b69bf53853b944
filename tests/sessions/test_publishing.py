"""The feed: nothing is missed, nothing comes twice, whoever commits when."""

import asyncio
import random
import threading
from collections import defaultdict
from collections.abc import Callable
from functools import partial

import msgspec

from diorama.events.feed import FeedEvent, FeedPage, Wanted, place_of
from diorama.events.types import TYPES
from diorama.events.webhooks import Delivery, Disabled, Webhook, disable
from diorama.protocol.event_views import SessionEventData
from diorama.sessions.announcing import FROM_LINE, TYPE_OF
from diorama.sessions.lifecycle import Event, Happened, Session
from diorama.sessions.publishing import (
    close_months,
    forget_events,
    is_behind,
    months_to_close,
    publish,
    tell_of_workers,
    workers_to_tell_of,
)
from diorama.sessions.work import Work, locked, record
from diorama.storage.database import Database, open_database
from tests.clock import SteppedClock
from tests.sessions.house import ACCOUNT, Asked, House
from tests.sessions.test_sweep import heard_for

HELD_S = 300


async def follow(house: House, after: int = 0, **wanted: str) -> list[FeedEvent]:
    """Return all that a reader who comes back with each cursor is given."""
    found: list[FeedEvent] = []
    asked = Wanted(account_id=ACCOUNT, types=frozenset(TYPES), session_id=wanted.get("session"))
    while True:
        page = await house.look(partial(_page, asked=asked, after=after))
        found += page.events
        after = page.position
        if not page.more:
            return found


async def publish_all(house: House) -> None:
    while await house.look(is_behind):
        await house.run(publish)


def step(session: Session) -> Callable[[Work], None]:
    """Return a unit that writes a row of a session's log, and locks nothing but the session."""

    def close_socket(work: Work) -> None:
        known = locked(work, session.id)
        assert known is not None
        happened = Happened(event=Event.SOCKET_CLOSED, at_us=work.now_us)
        record(work, known, happened, actor="viewer")

    return close_socket


def test_every_kind_of_event_has_a_type_that_is_documented() -> None:
    assert set(TYPE_OF) == set(Event)
    assert {*TYPE_OF.values(), *FROM_LINE.values()} <= set(TYPES)


async def test_a_stay_is_told_step_by_step_with_what_it_is_since(house: House) -> None:
    await house.build()
    rig = await house.worker()
    session = await house.streaming(rig, Asked(end_user="ann"))
    await house.end(session)

    await publish_all(house)
    told = await follow(house, session=session.id)

    last = msgspec.json.decode(told[-1].data, type=SessionEventData)
    assert [event.type for event in told] == [
        "session.requested",
        "session.reserved",
        "session.attached",
        "session.accepted",
        "session.world_started",
        "session.streaming",
        "session.ended",
    ]
    assert [event.seq for event in told] == list(range(1, 8))
    assert (last.state, last.before, last.project) == ("disconnected", "streaming", "cove")
    assert (last.end_user, last.end and last.end.code) == ("ann", 1000)


async def test_a_waiter_is_told_of_as_one_in_line(house: House) -> None:
    await house.build()
    rig = await house.worker()
    first = await house.streaming(rig)
    second = (await house.open()).session
    await house.end(first)
    await rig.stopped(first)

    await publish_all(house)
    told = await follow(house, session=second.id)

    types = [event.type for event in told]
    assert types == ["session.requested", "queue.joined", "queue.promoted"]


async def test_what_happened_is_published_once(house: House) -> None:
    await house.build()
    await house.streaming(await house.worker())
    await publish_all(house)
    first = await follow(house)

    await house.run(publish)

    assert await follow(house) == first
    assert not await house.look(is_behind)


async def test_what_comes_doubled_and_in_any_order_ends_at_what_is(house: House) -> None:
    await house.build(limit=20)
    rig = await house.worker(slots=3)
    for number in range(4):
        session = await house.streaming(rig, Asked(client_id=f"a-secret-of-one-tab-{number}"))
        await house.run(step(session))
        await house.end(session)
        await rig.stopped(session)
    still = [await house.streaming(rig), (await house.open()).session]
    await publish_all(house)
    told = [event for event in await follow(house) if event.session_id is not None]
    received = [*told, *told]
    random.Random(5).shuffle(received)

    known: dict[str, SessionEventData] = {}
    for event in received:
        data = msgspec.json.decode(event.data, type=SessionEventData)
        known[data.id] = max(data, known.get(data.id, data), key=lambda one: one.seq)

    sessions = [await house.session(one) for one in still]
    assert len(known) == 6
    assert {known[one.id].state for one in sessions} == {one.state for one in sessions}
    for one in sessions:
        assert (known[one.id].state, known[one.id].seq) == (one.state, one.version)
    assert "secret" not in "".join(event.data for event in told)


async def test_a_reader_goes_on_from_any_event_by_its_id(house: House) -> None:
    await house.build()
    await house.streaming(await house.worker())
    await publish_all(house)
    told = await follow(house)

    place = await house.look(lambda work: place_of(work.stores.feed, ACCOUNT, told[2].id))

    assert await follow(house, after=place) == told[3:]


async def test_what_commits_late_is_in_the_future_of_whoever_read_meanwhile(
    postgresql_url: str, clock: SteppedClock
) -> None:
    """PostgreSQL numbers rows when they are written, not when they can be seen."""
    database = open_database(postgresql_url, clock=clock)
    house = House(database, clock)
    await house.build()
    rig = await house.worker(slots=2)
    slow, quick = await house.streaming(rig), await house.streaming(rig)
    await publish_all(house)
    begun = await follow(house)
    written, go_on = threading.Event(), threading.Event()

    def hold(work: Work) -> None:
        step(slow)(work)
        work.stores.sessions.get(slow.id)  # with what is read, what was written is sent
        written.set()
        assert go_on.wait(HELD_S)

    held = asyncio.create_task(house.run(hold))
    await asyncio.to_thread(written.wait, HELD_S)
    await house.run(step(quick))
    await house.run(publish)
    await house.run(publish)
    meanwhile = await follow(house, after=begun[-1].position)
    go_on.set()
    await held
    await publish_all(house)
    after = await follow(house, after=meanwhile[-1].position)
    log = await _log_numbers(database)
    await database.close()

    assert [event.session_id for event in meanwhile] == [quick.id]
    assert [event.session_id for event in after] == [slow.id]
    assert (after[0].log_seq or 0) < (meanwhile[0].log_seq or 0)
    assert sorted(e.log_seq for e in begun + meanwhile + after if e.log_seq) == log


async def test_readers_miss_nothing_while_many_write_and_two_publish(
    database: Database, house: House
) -> None:
    await house.build(limit=20)
    rig = await house.worker(slots=20)
    sessions = [await house.streaming(rig) for _ in range(20)]
    rng = random.Random(7)
    writers = [step(rng.choice(sessions)) for _ in range(200)]
    over = asyncio.Event()

    async def publisher() -> None:
        while not over.is_set():
            await house.run(publish)

    async def reader() -> list[FeedEvent]:
        found: list[FeedEvent] = []
        while not over.is_set() or await house.look(is_behind):
            found += await follow(house, after=found[-1].position if found else 0)
        return found + await follow(house, after=found[-1].position)

    async def write() -> None:
        await asyncio.gather(*map(house.run, writers))
        over.set()
        await publish_all(house)

    *seen, _, _, _ = await asyncio.gather(reader(), reader(), write(), publisher(), publisher())

    log = await _log_numbers(database)
    for events in seen:
        assert isinstance(events, list)
        assert sorted(event.log_seq for event in events if event.log_seq) == log
        assert _seqs_rise_without_gaps(events)


async def test_places_of_a_history_that_was_lost_are_not_given_again(house: House) -> None:
    await house.build()
    await house.streaming(await house.worker())
    await publish_all(house)

    told = await follow(house)

    incarnation = await house.look(lambda work: work.stores.incarnation)
    assert told[0].position == incarnation << 32


async def test_a_webhook_gets_a_delivery_of_what_it_asked_for_and_no_other(house: House) -> None:
    await house.build()
    rig = await house.worker()
    ended = await _webhook(house, "session.ended", "queue.*")
    disabled = await _webhook(house, "*")
    await house.run(
        lambda work: disable(work.stores, disabled, Disabled.BY_OWNER, work.ids, work.now_us)
    )
    session = await house.streaming(rig)
    await house.end(session)

    await publish_all(house)
    for_ended = await house.look(partial(_waiting, webhook=ended))
    for_disabled = await house.look(partial(_waiting, webhook=disabled))

    assert [(one.type, one.session_id) for one in for_ended] == [("session.ended", session.id)]
    assert for_disabled == []


async def test_the_operator_is_told_how_workers_stand_each_time_it_changes(
    house: House, clock: SteppedClock
) -> None:
    await house.build()
    rig = await house.worker()
    for passed_s in (0, 0, 20, 60):
        clock.step(seconds=passed_s)
        await house.run(partial(tell_of_workers, operator=ACCOUNT))
        assert await house.look(workers_to_tell_of) == {}
    await rig.start()
    await house.run(partial(tell_of_workers, operator=ACCOUNT))

    await publish_all(house)

    types = [event.type for event in await follow(house)]
    assert types == ["worker.ready", "worker.suspect", "worker.lost", "worker.ready"]


async def test_a_month_is_closed_once_an_hour_after_its_end(
    house: House, clock: SteppedClock
) -> None:
    await house.build()
    rig = await house.worker()
    session = await house.streaming(rig)
    await heard_for(house, rig, session, 20)
    await house.end(session)
    clock.step(seconds=31 * 86_400)
    before = await house.look(months_to_close)
    await house.run(close_months)
    await house.run(close_months)

    await publish_all(house)

    (closed,) = [e for e in await follow(house) if e.type == "usage.month_closed"]
    assert before
    assert not await house.look(months_to_close)
    assert msgspec.json.decode(closed.data) == {
        "from": "2030-01-01T00:00:00Z",
        "to": "2030-02-01T00:00:00Z",
        "stream_us": 20_000_000,
        "simulation_us": 0,
    }


async def test_the_hours_of_a_month_are_said_to_be_used_up_once(house: House) -> None:
    await house.build(stream_hours=1 / 60)
    rig = await house.worker(slots=2)
    sessions = [await house.streaming(rig), await house.streaming(rig)]
    for _ in range(12):
        await house.after(5)
        await house.hear(*sessions)

    await publish_all(house)

    (reached,) = [e for e in await follow(house) if e.type == "usage.hours_reached"]
    assert msgspec.json.decode(reached.data) == {
        "used_us": 60_000_000,
        "limit_us": 60_000_000,
        "resets_at": "2030-02-01T00:00:00Z",
    }


async def test_old_events_are_dropped_and_their_cursors_are_known_to_be_too_old(
    house: House, clock: SteppedClock
) -> None:
    await house.build()
    session = await house.streaming(await house.worker())
    await publish_all(house)
    old = await follow(house)
    clock.step(seconds=31 * 86_400)
    await house.end(session)
    await publish_all(house)
    await house.run(forget_events)

    async def code_of(cursor: str) -> str:
        def ask(work: Work) -> str:
            try:
                return str(place_of(work.stores.feed, ACCOUNT, cursor))
            except Exception as error:  # noqa: BLE001 - whichever it is, its code is looked at
                return str(getattr(error, "code", error))

        return await house.look(ask)

    kept = await follow(house)
    assert [event.type for event in kept] == ["session.detached", "session.ended"]
    assert await code_of(str(old[0].position)) == "cursor_expired"
    assert await code_of(old[0].id) == "cursor_unknown"
    assert await code_of(str(old[-1].position)) == str(old[-1].position)


async def _log_numbers(database: Database) -> list[int]:
    rows = await database.read(lambda tx: tx.run("SELECT seq FROM event ORDER BY seq"))
    return [int(number) for (number,) in rows]


def _seqs_rise_without_gaps(events: list[FeedEvent]) -> bool:
    seqs: dict[str | None, list[int | None]] = defaultdict(list)
    for event in events:
        if event.session_id is not None:
            seqs[event.session_id].append(event.seq)
    return all(found == list(range(1, len(found) + 1)) for found in seqs.values())


async def _webhook(house: House, *types: str) -> Webhook:
    def add(work: Work) -> Webhook:
        webhook = Webhook(
            id=work.ids.new("whk"),
            account_id=ACCOUNT,
            url="https://example.com/",
            types=types,
            description="",
            created_us=work.now_us,
        )
        work.stores.webhooks.add(webhook)
        return webhook

    return await house.run(add)


def _waiting(work: Work, webhook: Webhook) -> list[Delivery]:
    return work.stores.webhooks.deliveries(webhook.id, states=("waiting",), before=None, limit=50)


def _page(work: Work, asked: Wanted, after: int) -> FeedPage:
    return work.stores.feed.page(asked, after=after, limit=7)
