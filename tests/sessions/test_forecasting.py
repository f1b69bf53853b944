"""What waiters are told of their waits, from rows, on each database."""

from functools import partial

from diorama.admission.eta import ENOUGH, Stay
from diorama.projects.rules import Rules
from diorama.protocol.states import SessionState as S
from diorama.protocol.views import ProjectQueue
from diorama.sessions.forecasting import eta_at, observe, queue_of
from diorama.sessions.lifecycle import Session
from diorama.sessions.viewing import leave
from diorama.sessions.work import Work
from tests.sessions.house import REGION, House, Rig, project

STAY_S = 60.0


async def play(house: House, rig: Rig, player: Session) -> None:
    """Let a session hold its slot for a minute, and give the slot back."""
    for _ in range(6):
        house.clock.step(seconds=STAY_S / 6)
        await rig.beat()
        await house.hear(player)
    await house.end(player)
    await rig.stopped(await house.session(player))


async def with_history(house: House, *, count: int = ENOUGH, rules: Rules | None = None) -> Rig:
    """Return a worker with one slot, on which so many sessions have lasted a minute each."""
    await house.build(projects=[project(rules=rules)])
    rig = await house.worker()
    for _ in range(count):
        await play(house, rig, await house.streaming(rig))
    return rig


async def queue(house: House) -> ProjectQueue:
    def look(work: Work) -> ProjectQueue:
        found = work.stores.projects.get("prj_cove")
        assert found is not None
        return queue_of(work, found)

    return await house.look(look)


async def test_a_waiter_is_told_nothing_before_there_is_enough_to_go_by(house: House) -> None:
    rig = await with_history(house, count=ENOUGH - 1)
    await house.streaming(rig)

    waiter = (await house.open()).session

    assert waiter.state is S.QUEUED
    assert (waiter.told_p50_s, waiter.told_p90_s) == (None, None)


async def test_what_a_waiter_is_told_is_stored_with_it(house: House) -> None:
    rig = await with_history(house)
    player = await house.streaming(rig)
    house.clock.step(seconds=4)
    await rig.beat()
    await house.hear(player)

    next_one = (await house.open()).session
    after_it = (await house.open()).session

    seen = await house.session(after_it)
    assert (next_one.told_p50_s, next_one.told_p90_s) == (STAY_S - 4, STAY_S - 4)
    assert (seen.told_p50_s, seen.told_p90_s) == (115, 115)
    assert (
        await house.look(partial(eta_at, project_id="prj_cove", region=REGION, position=1))
        is not None
    )


async def test_a_wait_is_compared_with_what_was_told(house: House) -> None:
    rig = await with_history(house)
    player = await house.streaming(rig)
    early = (await house.open()).session
    late = (await house.open()).session
    assert early.told_p50_s == STAY_S
    await house.attach(early)
    await house.attach(late)

    await play(house, rig, player)
    await house.dispatch()
    await house.hear(late)
    await rig.stream(await house.session(early))
    house.clock.step(seconds=5)
    await rig.beat()
    await house.hear(early, late)
    await play(house, rig, await house.session(early))
    await house.hear(late)
    await house.dispatch()

    (lane,) = (await queue(house)).regions
    assert (lane.coverage.count, lane.coverage.under_p50) == (2, 0.5)
    assert lane.session_p50_s == STAY_S


async def test_a_queue_without_a_past_says_that_it_knows_nothing(house: House) -> None:
    await house.build()

    (lane,) = (await queue(house)).regions

    assert (lane.length, lane.eta_p50_s, lane.session_p50_s) == (0, None, None)
    assert (lane.coverage.count, lane.coverage.under_p90) == (0, None)


async def test_who_leaves_the_line_counts_as_giving_up_and_who_is_served_does_not(
    house: House,
) -> None:
    rig = await with_history(house)
    player = await house.streaming(rig)
    leaver = await house.attach((await house.open()).session)
    stayer = await house.attach((await house.open()).session)
    house.clock.step(seconds=8)
    await rig.beat()
    await house.hear(player, leaver, stayer)
    await house.do(partial(leave, session_id=leaver.id, code=1000))
    house.clock.step(seconds=4)
    await rig.beat()

    waits = await house.look(
        lambda work: work.stores.history.waits("prj_cove", REGION, work.now_us)
    )

    assert (waits.gave_up, waits.waited_s) == (1, 8 + 12)


async def test_a_lane_is_observed_with_its_limits(house: House) -> None:
    rig = await with_history(house, rules=Rules(worker_count=1, max_runtime_s=600))
    player = await house.streaming(rig)
    await house.open()
    house.clock.step(seconds=9)

    seen = await house.look(partial(observe, project_id="prj_cove", region=REGION))

    assert seen is not None
    assert player.runs_until_us is not None
    assert [(one.age_s, one.left_s) for one in seen.live] == [(9, 591)]
    assert seen.stays[0] == Stay(9, has_ended=False)
    assert [stay.has_ended for stay in seen.stays].count(True) == ENOUGH
    assert (seen.waiting, seen.excess, seen.turning, seen.longest_s) == (1, 0, 0, 660)


async def test_a_slot_that_is_not_proven_empty_is_on_its_way_back(house: House) -> None:
    rig = await with_history(house)
    player = await house.streaming(rig)
    await house.end(player)

    seen = await house.look(partial(observe, project_id="prj_cove", region=REGION))

    assert seen is not None
    assert (len(seen.live), seen.turning) == (0, 1)


async def test_a_limit_that_was_lowered_is_in_the_way_of_the_next(house: House) -> None:
    await house.build(limit=5)
    rig = await house.worker(slots=3)
    for _ in range(3):
        await house.streaming(rig)
    house.limits_may_be_exceeded = True
    await house.set_limit(1)

    seen = await house.look(partial(observe, project_id="prj_cove", region=REGION))

    assert seen is not None
    assert seen.excess == 2


async def test_there_is_nothing_to_observe_of_a_lane_that_is_not(house: House) -> None:
    await house.build()

    assert await house.look(partial(observe, project_id="prj_cove", region="nowhere")) is None
