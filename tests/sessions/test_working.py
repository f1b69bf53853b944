"""What workers say, and what becomes of their sessions and slots, on each database."""

import pytest

from diorama.kernel.errors import Refused
from diorama.leases.slots import FAILURES_TO_QUARANTINE, QUARANTINE_US
from diorama.leases.timers import DEFAULTS
from diorama.protocol import worker as wire
from diorama.protocol.end_codes import EndCode
from diorama.protocol.states import SessionState as S
from diorama.sessions.lifecycle import Session
from diorama.sessions.viewing import leave
from diorama.sessions.working import wanted
from tests.sessions.house import House, Rig, ended


async def a_queue_of_two(house: House) -> tuple[Rig, Session, Session]:
    """One slot, one who streams on it, one who waits."""
    await house.build()
    rig = await house.worker()
    first = await house.streaming(rig)
    second = (await house.open()).session
    assert second.state is S.QUEUED
    return rig, first, second


async def test_the_next_gets_the_slot_when_the_worker_says_that_the_world_is_gone(
    house: House,
) -> None:
    rig, first, second = await a_queue_of_two(house)
    await house.do(lambda work: leave(work, first.id, 1000))
    await house.dispatch()
    waits = await house.session(second)

    await rig.stopped(first)
    await house.dispatch()
    given = await house.session(second)

    assert waits.state is S.QUEUED
    assert given.state is S.CONNECTING
    assert given.term > first.term


async def test_the_next_gets_the_slot_when_the_worker_starts_anew(house: House) -> None:
    rig, first, second = await a_queue_of_two(house)
    house.clock.step(seconds=7)
    await rig.beat()
    house.clock.step(seconds=2)

    await rig.start()
    await house.dispatch()

    assert ended(await house.session(first)) == (S.FAILED, EndCode.APP_CRASHED, "worker_lost")
    assert await house.metered_s(first) == 7
    assert (await house.session(second)).state is S.CONNECTING


async def test_the_next_gets_no_slot_of_a_silent_worker(house: House) -> None:
    rig, first, second = await a_queue_of_two(house)
    await house.hear(second)
    await house.attach(second)
    for _ in range(14):
        await house.hear(second)
        await house.after(5)
        assert (await house.session(second)).state is S.QUEUED
    await house.hear(second)
    await house.after(5)

    assert (await house.session(first)).is_final
    assert (await house.slot(f"{rig.worker.id}.0")).state == "free"
    assert (await house.session(second)).state is S.QUEUED
    await rig.start()
    await house.dispatch()
    assert (await house.session(second)).state is S.CONNECTING


async def test_a_slot_whose_worker_lives_is_not_given_away_before_its_world_is_gone(
    house: House,
) -> None:
    rig, first, second = await a_queue_of_two(house)
    await house.attach(second)
    await house.do(lambda work: leave(work, first.id, 1000))
    for _ in range(30):
        await rig.beat()
        await house.hear(second)
        await house.after(5)
        assert (await house.session(second)).state is S.QUEUED

    await rig.stopped(first)
    await house.dispatch()

    assert (await house.session(second)).state is S.CONNECTING


async def test_a_worker_that_comes_back_under_its_boot_has_lost_nothing(house: House) -> None:
    rig, first, _ = await a_queue_of_two(house)
    house.clock.step(seconds=30)

    await rig.register()

    assert await house.session(first) == first
    assert (await house.slot(f"{rig.worker.id}.0")).state == "held"


async def test_a_draining_worker_that_comes_back_is_draining_still(house: House) -> None:
    await house.build()
    rig = await house.worker(slots=2)
    await rig.say(wire.Draining(deadline_s=60))

    await rig.register()
    await house.worker("two")
    opened = await house.open()

    assert rig.worker.draining
    assert opened.session.worker_id != rig.worker.id


async def test_a_draining_worker_ends_its_sessions_as_drained(house: House) -> None:
    await house.build()
    rig = await house.worker()
    session = await house.streaming(rig)
    await rig.say(wire.Draining(deadline_s=60))

    await rig.stopped(session)

    assert ended(await house.session(session)) == (
        S.DISCONNECTED,
        EndCode.DRAINING,
        "worker_draining",
    )


async def test_a_worker_that_comes_back_smaller_keeps_no_slot_it_does_not_offer(
    house: House,
) -> None:
    await house.build()
    rig = await house.worker(slots=3)
    sessions = [await house.streaming(rig) for _ in range(3)]

    await rig.start(slots=1)

    assert all([(await house.session(one)).is_final for one in sessions])
    states = [(await house.slot(f"{rig.worker.id}.{i}")).state for i in range(3)]
    assert states == ["free", "retired", "retired"]
    await rig.start(slots=3)
    states = [(await house.slot(f"{rig.worker.id}.{i}")).state for i in range(3)]
    assert states == ["free", "free", "free"]


async def test_a_worker_unheard_for_75_s_is_lost_and_must_start_anew(house: House) -> None:
    await house.build()
    rig = await house.worker()
    session = await house.streaming(rig)
    await rig.beat()
    house.clock.step(seconds=4)
    await rig.beat_with(session, viewer_age_ms=0)
    before_s = 74.999999

    await house.after(before_s)
    alive = not (await house.session(session)).is_final
    await house.after(0.000001)

    assert alive
    assert ended(await house.session(session))[1:] in {
        (EndCode.APP_CRASHED, "worker_lost"),
        (EndCode.ABNORMAL, "viewer_lost"),
    }
    assert await house.metered_s(session) == 4
    assert not await rig.beat()


async def test_a_beat_under_an_older_boot_renews_nothing(house: House) -> None:
    await house.build()
    rig = await house.worker()
    old_boot = rig.boot_id
    await rig.start()
    session = await house.streaming(rig)

    renewed = await rig.beat(boot_id=old_boot)

    assert not renewed
    assert await rig.beat()
    assert (await house.session(session)).state is S.STREAMING


async def test_a_beat_about_sessions_that_are_not_there_is_taken(house: House) -> None:
    await house.build()
    rig = await house.worker()
    unknown = wire.SlotReport(index=0, term=1, session="ses_unknown", viewer_age_ms=0)

    assert await rig.beat(unknown)


async def test_a_beat_speaks_for_no_session_of_another_worker(house: House) -> None:
    await house.build()
    rig, other = await house.worker(), await house.worker("two")
    session = await house.streaming(rig)
    liar = other if session.worker_id == rig.worker.id else rig

    for _ in range(3):
        house.clock.step(seconds=5)
        await rig.beat()
        await liar.beat_with(session, viewer_age_ms=0)
    await house.sweep()

    assert (await house.session(session)).detached_us is not None


async def test_a_report_under_an_older_term_changes_nothing(house: House) -> None:
    rig, first, second = await a_queue_of_two(house)
    await house.do(lambda work: leave(work, first.id, 1000))
    await rig.stopped(first)
    await house.dispatch()
    given = await house.session(second)

    await rig.say(wire.Accepted(session=given.id, term=first.term))
    await rig.say(wire.WorldEnded(session=given.id, term=first.term, outcome="crashed"))
    await rig.say(wire.Stopped(index=0, session=given.id, term=first.term))
    await rig.say(wire.Stopped(index=0, session=first.id, term=first.term))
    await rig.say(wire.Rejected(session=given.id, term=first.term, reason="late"))

    assert await house.session(given) == given


async def test_what_a_worker_says_of_another_ones_session_changes_nothing(house: House) -> None:
    await house.build()
    await house.worker()
    session = (await house.open()).session
    stranger = await house.worker("two")

    await stranger.accept(session)
    await stranger.world_ended(session, "crashed")
    await stranger.stopped(session)

    assert await house.session(session) == session


async def test_what_is_said_twice_changes_nothing(house: House) -> None:
    await house.build()
    rig = await house.worker()
    session = await house.streaming(rig)

    await rig.accept(session)
    await rig.start_world(session)
    await rig.media(session, "connected")

    assert await house.session(session) == session


async def test_a_world_that_does_not_start_is_tried_once_on_another_worker(house: House) -> None:
    await house.build()
    one, two = await house.worker(), await house.worker("two")
    first = (await house.open()).session
    rigs = {one.worker.id: one, two.worker.id: two}
    tried = rigs[first.worker_id or ""]

    await tried.world_ended(first, "failed_to_start")
    second = await house.session(first)
    await tried.stopped(first)
    third = await house.session(first)

    assert (second.state, second.attempt) == (S.CONNECTING, 2)
    assert second.worker_id != first.worker_id
    assert third == second, "the old slot's end is not the new one's"
    await rigs[second.worker_id or ""].world_ended(second, "failed_to_start")
    assert ended(await house.session(first)) == (
        S.FAILED,
        EndCode.APP_UNABLE_TO_LAUNCH,
        "world_failed_to_start",
    )


async def test_a_world_that_does_not_start_on_the_only_worker_ends(house: House) -> None:
    await house.build()
    rig = await house.worker(slots=2)
    session = (await house.open()).session

    await rig.world_ended(session, "failed_to_start")

    assert ended(await house.session(session))[1] is EndCode.APP_UNABLE_TO_LAUNCH


async def test_a_worker_that_refuses_leaves_its_slot_free_for_others(house: House) -> None:
    await house.build()
    rig = await house.worker()
    session = (await house.open()).session

    await rig.say(wire.Rejected(session=session.id, term=session.term, reason="no"))

    assert ended(await house.session(session))[1:] == (
        EndCode.APP_UNABLE_TO_LAUNCH,
        "worker_refused",
    )


async def test_a_world_said_not_to_have_started_while_it_streams_ends_its_session(
    house: House,
) -> None:
    await house.build()
    rig = await house.worker()
    session = await house.streaming(rig)
    await house.worker("two")

    await rig.world_ended(session, "failed_to_start")

    assert ended(await house.session(session))[1] is EndCode.APP_UNABLE_TO_LAUNCH


async def test_an_assignment_that_nobody_accepts_is_tried_elsewhere(house: House) -> None:
    await house.build()
    one, two = await house.worker(), await house.worker("two")
    session = await house.attach((await house.open()).session)
    house.clock.step(seconds=10)
    for rig in (one, two):
        await rig.beat()
    await house.hear(session)

    await house.after(9.999)
    waits = await house.session(session)
    await house.after(0.001)
    moved = await house.session(session)

    assert waits.worker_id == session.worker_id
    assert moved.worker_id != session.worker_id
    assert moved.attempt == 2


async def test_a_slot_on_which_worlds_keep_crashing_rests_for_a_minute(house: House) -> None:
    await house.build()
    rig = await house.worker()
    for _ in range(FAILURES_TO_QUARANTINE):
        session = await house.streaming(rig)
        await rig.world_ended(session, "crashed")
        assert ended(await house.session(session))[1:] == (EndCode.APP_CRASHED, "world_crashed")
        await rig.stopped(session)

    slot = await house.slot(f"{rig.worker.id}.0")
    waiter = (await house.open()).session
    await house.after(QUARANTINE_US / 1_000_000 - 1)
    still = await house.session(waiter)
    await rig.beat()
    await house.attach(waiter)
    await house.after(1)

    assert slot.state == "quarantined"
    assert still.state is S.QUEUED
    assert (await house.session(waiter)).state is S.CONNECTING


async def test_a_world_that_ends_by_itself_ends_its_session_cleanly(house: House) -> None:
    await house.build()
    rig = await house.worker()
    session = await house.streaming(rig)

    await rig.world_ended(session, "ended")

    assert ended(await house.session(session)) == (
        S.DISCONNECTED,
        EndCode.NORMAL,
        "world_ended",
    )


async def test_a_viewer_who_says_goodbye_to_the_worker_is_gone(house: House) -> None:
    await house.build()
    rig = await house.worker(slots=2)
    done, left = await house.streaming(rig), await house.streaming(rig)

    await rig.say(wire.ViewerLeft(session=done.id, term=done.term, code=1000))
    await rig.say(wire.ViewerLeft(session=left.id, term=left.term, code=1001))
    await house.after(1)

    assert ended(await house.session(done))[1] is EndCode.NORMAL
    assert ended(await house.session(left))[1] is EndCode.GOING_AWAY


async def test_a_slot_should_hold_its_session_until_it_ends(house: House) -> None:
    await house.build()
    rig = await house.worker()
    session = (await house.open()).session

    (held,) = await house.look(lambda work: wanted(work, rig.worker.id))
    await house.do(lambda work: leave(work, session.id, 1000))
    (fencing,) = await house.look(lambda work: wanted(work, rig.worker.id))

    assert held.assign is not None
    assert (held.assign.session, held.assign.term) == (session.id, session.term)
    assert (fencing.assign, fencing.slot.state) == (None, "fencing")


async def test_two_live_workers_of_one_name_do_not_take_turns(house: House) -> None:
    await house.build()
    older = Rig(house, name="one", slots=1, host="oak")
    newer = Rig(house, name="one", slots=1, host="elm")
    await older.start()
    await newer.start()
    session = await house.streaming(newer)

    with pytest.raises(Refused, match=r"one on host oak .* newer start on host elm") as refusal:
        await older.register()

    assert refusal.value.code == "worker_replaced"
    assert (await house.session(session)).state is S.STREAMING


async def test_a_worker_that_was_replaced_starts_anew_once_the_newer_one_is_lost(
    house: House,
) -> None:
    await house.build()
    older = Rig(house, name="one", slots=1, host="oak")
    newer = Rig(house, name="one", slots=1, host="elm")
    await older.start()
    await newer.start()
    await house.after(DEFAULTS.slot_reuse_s)

    with pytest.raises(Refused) as told:
        await older.register()
    await older.start()
    with pytest.raises(Refused) as late:
        await newer.register()

    assert told.value.code == "lease_expired"
    assert late.value.code == "worker_replaced"


async def test_each_registration_has_a_higher_number_than_the_one_before(house: House) -> None:
    await house.build()
    rig = await house.worker()
    first = rig.worker.socket
    await rig.register()
    second = rig.worker.socket
    await rig.start()

    assert [first, second, rig.worker.socket] == [1, 2, 3]


async def test_a_picture_that_overtakes_the_word_of_its_world_says_that_it_started(
    house: House,
) -> None:
    await house.build()
    one = await house.worker()
    session = (await house.open()).session
    await one.accept(session)
    session = await house.attach(session)
    await one.media(session, "connected")
    await one.start_world(session)
    seen = await house.session(session)
    rows = await house.look(lambda work: work.stores.timeline.log(session.id, limit=9))

    assert seen.state is S.STREAMING
    assert seen.world_started_us is not None
    assert [row.kind for row in rows][-2:] == ["world_started", "frames"]
