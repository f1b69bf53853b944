"""What stream hours that are used up mean for sessions, on each database."""

from dataclasses import replace
from functools import partial

import pytest

from diorama.accounts.hours import month_end_us
from diorama.accounts.plans import FREE, UNLIMITED, Plan
from diorama.kernel.errors import LimitReached
from diorama.kernel.units import seconds
from diorama.projects.rules import AfkRules, Rules
from diorama.protocol import worker as wire
from diorama.protocol.end_codes import EndCode
from diorama.protocol.states import SessionState as S
from diorama.sessions.hours import due_accounts, ending_hours, soon_us
from diorama.sessions.lifecycle import Session
from diorama.sessions.viewing import renew_media
from diorama.sessions.working import report
from diorama.storage.database import open_database
from tests.clock import NOON_US, SteppedClock
from tests.sessions.house import ACCOUNT, Asked, House, Rig, ended, project
from tests.sessions.test_sweep import heard_for

MINUTES = 1 / 60
AWAKE = project(rules=Rules(max_runtime_s=86_400, afk=AfkRules(enabled=False)))
OVER = (S.DISCONNECTED, EndCode.TIME_LIMIT, "hours_exhausted")
LATE_US = month_end_us(NOON_US) - seconds(60)


async def streams(house: House, rig: Rig, session: Session, until_s: float) -> None:
    """Let a session stream until so long after its first frame, and be swept on the instant."""
    began_us = (await house.session(session)).first_frame_us or 0
    left_s = (began_us - house.clock.now_us()) / 1_000_000 + until_s
    await heard_for(house, rig, session, int(left_s // 5) * 5)
    await house.after(left_s % 5)


async def test_the_hours_of_a_month_end_a_session_on_the_instant(house: House) -> None:
    await house.build(projects=[AWAKE], stream_hours=2 * MINUTES)
    rig = await house.worker()
    session = await house.streaming(rig)

    await streams(house, rig, session, 119.999999)
    still = await house.session(session)
    await house.after(0.5)

    assert still.state is S.STREAMING
    assert ended(await house.session(session)) == OVER
    assert await house.metered_s(session) == 120


async def test_two_streams_use_them_up_twice_as_fast(house: House) -> None:
    await house.build(projects=[AWAKE], stream_hours=2 * MINUTES)
    rig = await house.worker(slots=2)
    first = await house.streaming(rig)
    second = await house.streaming(rig)

    for _ in range(12):
        await house.after(5)
        await house.hear(first, second)
        await rig.beat()
    await house.sweep()

    assert [ended(await house.session(one)) for one in (first, second)] == [OVER, OVER]
    assert await house.metered_s(first) == await house.metered_s(second) == 60


async def test_who_waits_is_ended_with_those_who_stream(house: House) -> None:
    await house.build(projects=[AWAKE], stream_hours=2 * MINUTES)
    rig = await house.worker()
    session = await house.streaming(rig)
    waiter = await house.attach((await house.open()).session)
    for _ in range(24):
        house.clock.step(seconds=5)
        await rig.beat_with(session, viewer_age_ms=0)
        await house.hear(waiter)
        await house.sweep()

    assert ended(await house.session(waiter)) == OVER
    assert await house.line() == []


async def test_who_waits_is_ended_too_where_the_last_stream_ended_before_anybody_looked(
    house: House,
) -> None:
    await house.build(projects=[AWAKE], stream_hours=2 * MINUTES)
    rig = await house.worker()
    session = await house.streaming(rig)
    waiter = await house.attach((await house.open()).session)
    for _ in range(23):
        house.clock.step(seconds=5)
        await rig.beat_with(session, viewer_age_ms=0)
        await house.hear(waiter)
        await house.sweep()
    house.clock.step(seconds=6)

    await house.end(session)
    await house.hear(waiter)
    await house.sweep()
    await house.sweep()

    assert ended(await house.session(waiter)) == OVER
    assert await house.look(due_accounts) == []


async def test_no_session_is_opened_once_they_are_used_up(house: House) -> None:
    await house.build(projects=[AWAKE], stream_hours=2 * MINUTES)
    rig = await house.worker()
    session = await house.streaming(rig)
    await streams(house, rig, session, 120)
    await rig.stopped(await house.session(session))

    with pytest.raises(LimitReached) as refused:
        await house.open()

    resets_in_s = (month_end_us(NOON_US) - house.clock.now_us()) / 1_000_000
    assert refused.value.code == "hours_exhausted"
    assert refused.value.detail == {
        "end_code": 4004,
        "used_hours": 2 * MINUTES,
        "limit_hours": 2 * MINUTES,
        "resets_at": "2030-02-01T00:00:00Z",
        "retry_after_s": resets_in_s,
    }


async def test_a_session_is_opened_while_anything_is_left(house: House) -> None:
    await house.build(projects=[AWAKE], stream_hours=2 * MINUTES)
    rig = await house.worker()
    session = await house.streaming(rig)
    await streams(house, rig, session, 119.999)
    await house.end(session)
    await rig.stopped(await house.session(session))

    opened = (await house.open()).session

    assert opened.state is S.CONNECTING


async def test_one_s_own_session_is_continued_though_nothing_is_left(house: House) -> None:
    await house.build(projects=[AWAKE], stream_hours=2 * MINUTES)
    rig = await house.worker()
    asked = Asked(client_id="client-number-one")
    session = await house.streaming(rig, asked)
    await heard_for(house, rig, session, 115)
    house.clock.step(seconds=5)

    opened = await house.open(asked)

    assert (opened.continued, opened.session.id) == (True, session.id)


async def test_a_new_month_gives_new_hours(database_url: str) -> None:
    clock = SteppedClock(now_us=LATE_US)
    database = open_database(database_url, clock=clock)
    house = House(database, clock)
    try:
        await house.build(projects=[AWAKE], stream_hours=2 * MINUTES)
        rig = await house.worker()
        session = await house.streaming(rig)

        await streams(house, rig, session, 60 + 119.999999)
        still = await house.session(session)
        await house.after(0.000001)

        assert still.state is S.STREAMING
        assert ended(await house.session(session)) == OVER
        assert await house.metered_s(session) == 180
    finally:
        await database.close()


async def test_hours_that_are_used_up_are_back_on_the_first(database_url: str) -> None:
    clock = SteppedClock(now_us=LATE_US)
    database = open_database(database_url, clock=clock)
    house = House(database, clock)
    try:
        await house.build(projects=[AWAKE], stream_hours=1 / 120)
        rig = await house.worker()
        session = await house.streaming(rig)
        await streams(house, rig, session, 30)
        await rig.stopped(await house.session(session))
        with pytest.raises(LimitReached) as refused:
            await house.open()
        await house.after(29.999999)
        await rig.beat()
        with pytest.raises(LimitReached):
            await house.open()
        clock.step(seconds=0.000001)

        assert refused.value.detail["retry_after_s"] == 30
        assert (await house.open()).session.state is S.CONNECTING
    finally:
        await database.close()


async def test_streams_that_start_and_stop_at_once_are_each_summed_up(house: House) -> None:
    await house.build(limit=50, projects=[AWAKE], stream_hours=100)
    rig = await house.worker(slots=20)
    sessions = [(await house.open()).session for _ in range(20)]
    for session in sessions:
        await house.attach(session)
        await rig.accept(session)
        await rig.start_world(session)

    for state in ("connected", "lost", "connected"):
        house.clock.step(seconds=1)
        now = [await house.session(one) for one in sessions]
        await house.at_once(
            partial(report, worker_id=rig.worker.id, message=media_of(one, state)) for one in now
        )
        if state == "lost":
            await house.at_once(
                partial(renew_media, session_id=one.id, socket=one.socket) for one in now
            )
    house.clock.step(seconds=1)

    month = await house.look(lambda w: w.stores.accounts.stream_month(ACCOUNT, w.now_us))
    assert (month.running, month.used_us(house.clock.now_us())) == (20, seconds(20 + 20))


async def test_a_lower_plan_ends_nobody_and_lets_nobody_in(house: House) -> None:
    await house.build(limit=50, projects=[AWAKE])
    rig = await house.worker(slots=2)
    session = await house.streaming(rig)
    await heard_for(house, rig, session, 60)
    none_left = plan_of(30 / 3_600)
    house.limits_may_be_exceeded = True

    await house.do(lambda work: work.stores.accounts.set_plan(ACCOUNT, none_left))
    await heard_for(house, rig, session, 600)

    assert (await house.session(session)).state is S.STREAMING
    with pytest.raises(LimitReached) as refused:
        await house.open()
    assert refused.value.code == "hours_exhausted"


async def test_a_lower_plan_holds_for_who_came_under_a_lower_one_still(house: House) -> None:
    """One who came with 10 minutes keeps them when the plan goes to 5."""
    await house.build(projects=[AWAKE], stream_hours=10 * MINUTES)
    rig = await house.worker()
    session = await house.streaming(rig)

    await house.do(lambda work: work.stores.accounts.set_plan(ACCOUNT, plan_of(5 * MINUTES)))
    await streams(house, rig, session, 599.999999)
    still = await house.session(session)
    await house.after(0.000001)

    assert still.state is S.STREAMING
    assert ended(await house.session(session)) == OVER


async def test_a_higher_plan_lets_those_who_stream_go_on(house: House) -> None:
    await house.build(projects=[AWAKE], stream_hours=2 * MINUTES)
    rig = await house.worker()
    session = await house.streaming(rig)
    await heard_for(house, rig, session, 100)

    await house.do(lambda work: work.stores.accounts.set_plan(ACCOUNT, UNLIMITED))
    await heard_for(house, rig, session, 100)

    assert (await house.session(session)).state is S.STREAMING


async def test_hours_that_are_set_while_one_streams_without_end_who_comes_later(
    house: House,
) -> None:
    await house.build(projects=[AWAKE])
    rig = await house.worker()
    session = await house.streaming(rig)
    hours = replace(UNLIMITED, name="hours", stream_hours=1 * MINUTES)
    await house.do(lambda work: work.stores.accounts.set_plan(ACCOUNT, hours))
    await house.sweep()
    waiter = await house.attach((await house.open()).session)
    for _ in range(13):
        house.clock.step(seconds=5)
        await rig.beat_with(session, viewer_age_ms=0)
        await house.hear(waiter)
        await house.sweep()

    assert (await house.session(session)).state is S.STREAMING
    assert ended(await house.session(waiter)) == OVER


async def test_what_is_unheard_uses_nothing_up(house: House) -> None:
    """It is found missing first, and ends no one's hours by what it did not stream."""
    await house.build(projects=[AWAKE], stream_hours=2 * MINUTES)
    rig = await house.worker()
    session = await house.streaming(rig)
    await heard_for(house, rig, session, 100)

    await house.after(50)

    assert (await house.session(session)).state is S.CONNECTING
    assert await house.metered_s(session) == 100


async def test_the_end_of_the_hours_is_foreseen_five_minutes_ahead(house: House) -> None:
    await house.build(projects=[AWAKE], stream_hours=10 * MINUTES)
    rig = await house.worker(slots=2)
    session = await house.streaming(rig)
    await heard_for(house, rig, session, 295)
    early = await house.look(ending_hours)
    await heard_for(house, rig, session, 5)

    left = (await house.look(ending_hours))[ACCOUNT]
    shown_us = await house.look(partial(soon_us, session=session))
    second = await house.streaming(rig)
    sooner = (await house.look(ending_hours))[ACCOUNT]

    assert early == {}
    first_frame_us = session.first_frame_us or 0
    assert left.end_us(session) == shown_us == first_frame_us + seconds(600)
    assert sooner.end_us(session) == sooner.end_us(second) == first_frame_us + seconds(450)


def media_of(session: Session, state: str) -> wire.MediaChanged:
    return wire.MediaChanged(
        session=session.id,
        term=session.term,
        attachment=session.attachment,
        state="connected" if state == "connected" else "lost",
    )


def plan_of(stream_hours: float) -> Plan:
    return replace(FREE, name="small", concurrent_streams=1, stream_hours=stream_hours)
