"""What time brings to sessions, on each database, with both sides of each instant."""

import msgspec
import pytest

from diorama.projects.rules import AfkRules, QueueRules, Rules
from diorama.protocol import worker as wire
from diorama.protocol.end_codes import EndCode
from diorama.protocol.states import SessionState as S
from diorama.sessions.lifecycle import Session
from diorama.sessions.viewing import leave, socket_closed
from tests.sessions.house import House, Rig, ended, project

LONG = Rules(max_runtime_s=600)


async def heard_for(house: House, rig: Rig, session: Session, seconds: int) -> None:
    """Let time pass in which media flows, and nothing is done with it."""
    for _ in range(seconds // 5):
        house.clock.step(seconds=5)
        await rig.beat_with(session, viewer_age_ms=0)
        await house.sweep()


async def test_a_viewer_unheard_for_ten_seconds_is_away_since_it_was_last_heard(
    house: House,
) -> None:
    await house.build()
    rig = await house.worker()
    session = await house.streaming(rig)
    await heard_for(house, rig, session, 30)

    await house.after(9.999999)
    still = await house.session(session)
    await house.after(0.000001)
    gone = await house.session(session)

    assert still.state is S.STREAMING
    assert (gone.state, gone.detached_us) == (S.CONNECTING, house.clock.now_us() - 10_000_000)
    assert await house.metered_s(session) == 30


async def test_a_viewer_back_within_the_window_keeps_term_and_slot(house: House) -> None:
    await house.build()
    rig = await house.worker()
    session = await house.streaming(rig)
    await house.after(10)
    await rig.beat()
    await house.after(49)

    back = await house.attach(session, attachment=1)
    await rig.media(session, "connected")
    now = await house.session(session)
    await house.after(1)

    assert (back.attachment, back.detached_us) == (2, None)
    assert (now.state, now.term, now.slot_id) == (S.STREAMING, session.term, session.slot_id)
    assert await house.metered_s(session) == 1


async def test_a_viewer_who_is_away_for_the_whole_window_is_lost(house: House) -> None:
    await house.build()
    rig = await house.worker()
    session = await house.streaming(rig)
    await house.after(10)
    await rig.beat()

    await house.after(49.999999)
    still = await house.session(session)
    await house.after(0.000001)

    assert not still.is_final
    assert ended(await house.session(session)) == (S.FAILED, EndCode.ABNORMAL, "viewer_lost")
    assert await house.metered_s(session) == 0


async def test_a_socket_that_closes_while_media_flows_is_no_loss(house: House) -> None:
    await house.build()
    rig = await house.worker()
    session = await house.streaming(rig)
    await house.do(lambda work: socket_closed(work, session.id, session.socket))

    await heard_for(house, rig, session, 60)

    assert (await house.session(session)).state is S.STREAMING
    assert await house.metered_s(session) == 60


async def test_media_that_is_lost_stops_the_meter_and_comes_back(house: House) -> None:
    await house.build()
    rig = await house.worker()
    session = await house.streaming(rig)
    house.clock.step(seconds=5)

    await rig.media(session, "lost", age_ms=2_000)
    lost = await house.session(session)
    house.clock.step(seconds=4)
    await house.attach(session)
    await rig.media(session, "connected")
    house.clock.step(seconds=1)

    assert (lost.state, lost.detached_us) == (S.CONNECTING, None)
    assert await house.metered_s(session) == 4


async def test_nobody_is_found_missing_in_the_grace_after_a_start(house: House) -> None:
    await house.build()
    rig = await house.worker()
    session = await house.streaming(rig)
    await house.after(10)
    await rig.beat()
    house.clock.step(seconds=55)

    await house.sweep(in_grace=True)
    in_grace = await house.session(session)
    await house.after(5)

    assert not in_grace.is_final
    assert ended(await house.session(session))[1] is EndCode.ABNORMAL


async def test_who_does_nothing_is_warned_and_then_ended(house: House) -> None:
    await house.build()
    rig = await house.worker()
    session = await house.streaming(rig)
    await heard_for(house, rig, session, 115)

    await heard_for(house, rig, session, 5)
    warned = await house.session(session)
    await heard_for(house, rig, session, 25)
    counting = await house.session(session)
    await heard_for(house, rig, session, 5)

    assert (warned.state, counting.state) == (S.IDLE, S.IDLE)
    assert ended(await house.session(session)) == (
        S.DISCONNECTED,
        EndCode.TIME_LIMIT,
        "afk_timeout",
    )
    assert await house.metered_s(session) == 150


async def test_input_that_only_a_beat_tells_of_puts_the_warning_off(house: House) -> None:
    await house.build()
    rig = await house.worker()
    session = await house.streaming(rig)
    await heard_for(house, rig, session, 60)
    await rig.beat_with(session, viewer_age_ms=0, input_age_ms=1_000)

    await heard_for(house, rig, session, 115)
    still = await house.session(session)
    await heard_for(house, rig, session, 5)

    assert still.state is S.STREAMING
    assert (await house.session(session)).state is S.IDLE


async def test_input_in_the_countdown_ends_the_warning(house: House) -> None:
    await house.build()
    rig = await house.worker()
    session = await house.streaming(rig)
    await heard_for(house, rig, session, 125)

    await rig.say(wire.InputSeen(session=session.id, term=session.term))
    back = await house.session(session)
    await heard_for(house, rig, session, 100)

    assert back.state is S.STREAMING
    assert (await house.session(session)).state is S.STREAMING


async def test_input_that_only_a_beat_tells_of_saves_who_was_warned(house: House) -> None:
    await house.build()
    rig = await house.worker()
    session = await house.streaming(rig)
    await heard_for(house, rig, session, 145)

    await rig.beat_with(session, viewer_age_ms=0, input_age_ms=2_000)
    await heard_for(house, rig, session, 10)

    now = await house.session(session)
    assert now.state is S.STREAMING
    assert await house.metered_s(session) == 155


async def test_a_session_ends_when_its_runtime_is_over(house: House) -> None:
    await house.build(projects=[project(rules=LONG)])
    rig = await house.worker()
    session = await house.streaming(rig)
    for _ in range(10):
        await heard_for(house, rig, session, 55)
        await rig.beat_with(session, viewer_age_ms=0, input_age_ms=0)
    await heard_for(house, rig, session, 45)

    await house.after(4.999999)
    still = await house.session(session)
    await house.after(3)

    assert still.state is S.STREAMING
    assert ended(await house.session(session))[1:] == (EndCode.TIME_LIMIT, "max_runtime")
    assert await house.metered_s(session) == 600


async def test_a_waiter_who_never_came_loses_the_place_after_a_minute(house: House) -> None:
    await house.build()
    await house.worker()
    await house.open()
    waiter = (await house.open()).session

    await house.after(59.999999)
    still = await house.session(waiter)
    await house.after(0.000001)

    assert still.state is S.QUEUED
    assert ended(await house.session(waiter)) == (S.FAILED, EndCode.ABNORMAL, "never_attached")


async def test_a_waiter_who_dropped_keeps_the_place_for_thirty_seconds(house: House) -> None:
    await house.build()
    await house.worker()
    await house.open()
    waiter = await house.attach((await house.open()).session)
    behind = await house.attach((await house.open()).session)
    await house.do(lambda work: socket_closed(work, waiter.id, waiter.socket))

    await house.hear(behind)
    await house.after(29.999999)
    line = await house.line()
    await house.after(0.000001)

    assert line == [waiter.id, behind.id]
    assert ended(await house.session(waiter)) == (S.FAILED, EndCode.ABNORMAL, "viewer_lost")
    assert (await house.line())[:1] == [behind.id]


async def test_nobody_waits_longer_than_the_project_says(house: House) -> None:
    await house.build(projects=[project(rules=Rules(queue=QueueRules(max_wait_s=20)))])
    await house.worker()
    await house.open()
    waiter = await house.attach((await house.open()).session)

    await house.after(20)

    assert ended(await house.session(waiter)) == (
        S.FAILED,
        EndCode.NO_WORKER_AVAILABLE,
        "waited_too_long",
    )


@pytest.mark.parametrize(
    ("started", "code", "reason"),
    [
        (False, EndCode.APP_UNABLE_TO_LAUNCH, "world_failed_to_start"),
        (True, EndCode.STREAMER_NOT_FOUND, "connect_timeout"),
    ],
)
async def test_a_first_frame_that_does_not_come_in_time(
    house: House, started: bool, code: EndCode, reason: str
) -> None:
    await house.build()
    rig = await house.worker()
    session = await house.attach((await house.open()).session)
    await rig.accept(session)
    if started:
        await rig.start_world(session)
    for _ in range(6):
        house.clock.step(seconds=10)
        await rig.beat()
        await house.hear(session)
    await house.sweep()

    assert ended(await house.session(session))[1:] == (code, reason)


async def test_a_reservation_that_nobody_claims_expires(house: House) -> None:
    await house.build()
    rig = await house.worker()
    session = (await house.open()).session
    await rig.accept(session)

    await house.after(59.999999)
    still = await house.session(session)
    await house.after(0.000001)

    assert still.state is S.CONNECTING
    assert ended(await house.session(session))[1:] == (EndCode.ABNORMAL, "never_attached")
    assert await house.held() == 0


async def test_a_fence_ends_75_s_after_the_worker_was_last_heard(house: House) -> None:
    await house.build()
    rig = await house.worker()
    session = await house.streaming(rig)
    await house.after(5)
    await rig.beat()
    await house.after(5)
    await house.do(lambda work: leave(work, session.id, 1000))

    await house.after(69.999999)
    fenced = await house.slot(f"{rig.worker.id}.0")
    await house.after(0.000001)
    free = await house.slot(f"{rig.worker.id}.0")

    assert (fenced.state, free.state) == ("fencing", "free")


async def test_two_sweeps_at_once_do_each_thing_once(house: House) -> None:
    await house.build(limit=50)
    rig = await house.worker(slots=20)
    sessions = [await house.streaming(rig) for _ in range(20)]
    house.clock.step(seconds=100)

    await house.sweep_at_once(4)

    assert all([(await house.session(one)).is_final for one in sessions])
    assert await house.held() == 0


async def test_nothing_is_held_after_the_last_viewer_and_worker_are_gone(house: House) -> None:
    rules = msgspec.structs.replace(Rules(), resume_window_s=60.0)
    await house.build(limit=50, projects=[project(rules=rules)])
    rig = await house.worker(slots=3)
    await house.streaming(rig)
    await house.open()
    await house.attach((await house.open()).session)
    for _ in range(4):
        await house.open()

    for _ in range(40):
        await house.after(5)

    assert await house.held() == 0
    assert await house.line() == []
    slots = [(await house.slot(f"{rig.worker.id}.{i}")).state for i in range(3)]
    assert slots == ["free", "free", "free"]


async def test_an_outage_in_which_nobody_heard_a_viewer_is_not_metered(house: House) -> None:
    await house.build(projects=[project(rules=Rules(max_runtime_s=60))])
    session = await house.streaming(await house.worker())
    house.clock.step(seconds=100)

    await house.sweep(in_grace=True)

    assert ended(await house.session(session)) == (
        S.DISCONNECTED,
        EndCode.TIME_LIMIT,
        "max_runtime",
    )
    assert await house.metered_s(session) == 0


async def test_who_comes_back_after_an_outage_is_not_metered_for_it(house: House) -> None:
    await house.build()
    session = await house.streaming(await house.worker())
    house.clock.step(seconds=8)
    await house.hear(session)
    house.clock.step(seconds=40)

    await house.attach(session)

    assert await house.metered_s(session) == 8


async def test_nobody_is_warned_for_a_silence_that_may_have_been_ours(house: House) -> None:
    await house.build()
    session = await house.streaming(await house.worker())
    house.clock.step(seconds=121)

    await house.sweep(in_grace=True)

    assert (await house.session(session)).state is S.STREAMING


async def test_who_is_gone_is_detached_and_not_warned(house: House) -> None:
    await house.build(projects=[project(rules=Rules(afk=AfkRules(warn_after_s=20)))])
    session = await house.streaming(await house.worker())
    house.clock.step(seconds=21)

    await house.sweep()

    found = await house.session(session)
    assert (found.state, found.detached_us) == (S.CONNECTING, session.entered_us)
