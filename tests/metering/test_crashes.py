"""What is billed when something dies, on each database: what was seen, and nothing twice."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

import pytest

from diorama.accounts.hours import month_end_us
from diorama.kernel.errors import Unavailable
from diorama.kernel.units import SECOND_US
from diorama.protocol.states import SessionState
from diorama.sessions.lifecycle import Session
from diorama.sessions.viewing import leave
from diorama.sessions.work import Work
from diorama.storage.database import Database, open_database
from diorama.storage.sqlite import SqliteDatabase
from tests.clock import NOON_US, SteppedClock
from tests.metering.test_asking import LONG, ask
from tests.metering.test_verifying import differences
from tests.sessions.house import House, Rig, project

HOUR_S = 3_600


async def built(house: House) -> Rig:
    await house.build(projects=[project(rules=LONG)])
    return await house.worker(slots=2)


async def stream(house: House, rig: Rig, *sessions: Session, seconds: int) -> None:
    """Let sessions stream, beat after beat, heard to the last instant."""
    for _ in range(seconds // 5):
        house.clock.step(seconds=5)
        await rig.beat()
        await house.hear(*sessions)
        await house.sweep()


async def used_s(house: House, session: Session) -> float:
    """Return what the API and the log both say that a session used, and look that all agrees."""
    assert await differences(house) == []
    total = (await ask(house, since="2029-12-01", until="2030-12-01")).total
    assert total.stream_us == await house.metered_s(session) * SECOND_US
    return total.stream_us / SECOND_US


async def test_a_worker_that_dies_is_paid_until_it_was_last_heard(house: House) -> None:
    rig = await built(house)
    session = await house.streaming(rig)
    await stream(house, rig, session, seconds=20)

    for _ in range(16):
        await house.after(5)
        await house.hear(session)  # the viewer's page is still there, with a frozen picture

    assert await used_s(house, session) == 20


async def test_a_worker_that_comes_back_as_a_new_process_is_paid_until_it_was_last_heard(
    house: House,
) -> None:
    rig = await built(house)
    session = await house.streaming(rig)
    await stream(house, rig, session, seconds=20)
    house.clock.step(seconds=3)
    await rig.start()

    assert await used_s(house, session) == 20


async def test_a_viewer_who_dies_is_billed_until_last_heard(house: House) -> None:
    rig = await built(house)
    session = await house.streaming(rig)
    await stream(house, rig, session, seconds=15)

    for _ in range(20):
        await house.after(5)
        await rig.beat()

    assert (await house.session(session)).is_final
    assert await used_s(house, session) == 15


async def test_a_session_that_is_ended_before_its_silence_is_noticed_is_billed_until_last_heard(
    house: House,
) -> None:
    rig = await built(house)
    session = await house.streaming(rig)
    await stream(house, rig, session, seconds=15)
    house.clock.step(seconds=HOUR_S)

    await house.do(lambda work: leave(work, session.id, 1000))

    assert await used_s(house, session) == 15


def opened(url: str, clock: SteppedClock) -> Database:
    """Open a database on a machine that knows when it was started."""
    if url.startswith("sqlite"):
        return SqliteDatabase(urlsplit(url).path, clock=clock, machine_start=1)
    return open_database(url, clock=clock)


@asynccontextmanager
async def restarted(
    url: str, clock: SteppedClock, *, down_s: float, at_us: int = NOON_US, stepped_s: float = 0
) -> AsyncIterator[tuple[House, Session]]:
    """Stream for 20 s from `at_us` on, lose the store and all gateways for a time, and go on."""
    clock.step(seconds=(at_us - clock.now_us()) / SECOND_US)
    database = opened(url, clock)
    house = House(database, clock)
    rig = await built(house)
    session = await house.streaming(rig)
    await stream(house, rig, session, seconds=20)
    await database.close()
    clock.step(seconds=down_s)
    clock.step_wall(seconds=stepped_s)
    database = opened(url, clock)
    try:
        yield House(database, clock), session
    finally:
        await database.close()


async def test_a_restart_that_nobody_notices_leaves_no_gap_in_the_bill(
    database_url: str, clock: SteppedClock
) -> None:
    async with restarted(database_url, clock, down_s=30) as (house, session):
        rig = await house.worker(slots=2)  # the same process: it kept on streaming
        await house.sweep(in_grace=True)
        await rig.beat_with(session, viewer_age_ms=0)
        await stream(house, rig, session, seconds=10)
        await house.end(session)

        assert await used_s(house, session) == 60


@pytest.mark.parametrize("stepped_s", [-HOUR_S, -40, 40, HOUR_S])
async def test_a_step_of_the_wall_clock_during_a_restart_is_neither_billed_nor_ends_anything(
    sqlite_url: str, clock: SteppedClock, stepped_s: int
) -> None:
    async with restarted(sqlite_url, clock, down_s=30, stepped_s=stepped_s) as (house, session):
        rig = await house.worker(slots=2)
        await house.sweep(in_grace=True)
        await rig.beat_with(session, viewer_age_ms=0)
        await stream(house, rig, session, seconds=10)
        running = (await house.session(session)).state
        await house.end(session)

        assert running is SessionState.STREAMING
        assert await house.metered_s(session) == 60


async def test_who_does_not_come_back_after_a_restart_is_billed_until_last_heard(
    database_url: str, clock: SteppedClock
) -> None:
    async with restarted(database_url, clock, down_s=HOUR_S) as (house, session):
        await house.sweep()

        assert (await house.session(session)).is_final
        assert await used_s(house, session) == 20


async def test_a_host_that_slept_with_all_that_ran_on_it_bills_nobody_for_the_night(
    house: House,
) -> None:
    rig = await built(house)
    session = await house.streaming(rig)
    await stream(house, rig, session, seconds=20)
    house.clock.step(seconds=8 * HOUR_S)

    await house.hear(session)  # the page wakes first
    renewed = await rig.beat()
    await rig.start()

    assert not renewed
    assert await used_s(house, session) == 20


async def test_an_outage_over_a_month_s_end_is_billed_to_neither_month(
    database_url: str, clock: SteppedClock
) -> None:
    end_us = month_end_us(NOON_US)
    at_us = end_us - 25 * SECOND_US
    async with restarted(database_url, clock, down_s=HOUR_S, at_us=at_us) as (house, session):
        await house.sweep()

        assert await used_s(house, session) == 20
        assert (await ask(house, period="2030-01")).total.stream_us == 20 * SECOND_US
        assert (await ask(house, period="2030-02")).total.stream_us == 0


async def test_a_stream_that_outlives_a_restart_at_a_month_s_end_is_billed_to_both(
    database_url: str, clock: SteppedClock
) -> None:
    end_us = month_end_us(NOON_US)
    at_us = end_us - 25 * SECOND_US
    async with restarted(database_url, clock, down_s=30, at_us=at_us) as (house, session):
        rig = await house.worker(slots=2)
        await rig.beat_with(session, viewer_age_ms=0)
        await house.end(session)

        assert await used_s(house, session) == 50
        assert (await ask(house, period="2030-01")).total.stream_us == 25 * SECOND_US
        assert (await ask(house, period="2030-02")).total.stream_us == 25 * SECOND_US


async def test_a_unit_that_dies_before_its_commit_leaves_neither_event_nor_span(
    house: House,
) -> None:
    rig = await built(house)
    session = await house.streaming(rig)
    await stream(house, rig, session, seconds=10)

    def die(work: Work) -> None:
        leave(work, session.id, 1000)
        raise Unavailable("the disk is full", code="storage_full")

    with pytest.raises(Unavailable):
        await house.run(die)

    assert not (await house.session(session)).is_final
    assert await used_s(house, session) == 10


async def test_what_has_ended_is_billed_the_same_ever_after(house: House) -> None:
    rig = await built(house)
    session = await house.streaming(rig)
    await stream(house, rig, session, seconds=10)
    await house.end(session)
    before = await ask(house, since="2029-12-01", until="2030-12-01")

    house.clock.step(seconds=40 * 24 * HOUR_S)
    await house.sweep()

    after = await ask(house, since="2029-12-01", until="2030-12-01")
    assert after.total == before.total
    assert await used_s(house, session) == 10
