"""First come, first served, on each database."""

import asyncio
from functools import partial

from diorama.projects.rules import Rules
from diorama.protocol.end_codes import EndCode
from diorama.protocol.states import FINAL
from diorama.protocol.states import SessionState as S
from diorama.sessions.dispatch import dispatch_lane, waiting_lanes
from diorama.sessions.opening import open_session
from diorama.sessions.viewing import attach
from tests.sessions.house import REGION, Asked, House, arrival, ended, opening, project


async def test_waiters_are_served_in_the_order_in_which_they_came(house: House) -> None:
    await house.build(limit=20)
    await house.worker()
    await house.open()
    line = [(await house.open()).session for _ in range(5)]
    await house.worker("two", slots=3)

    await house.dispatch()

    states = [(await house.session(one)).state for one in line]
    assert states == [S.CONNECTING, S.CONNECTING, S.CONNECTING, S.QUEUED, S.QUEUED]


async def test_who_comes_late_does_not_take_the_slot_of_who_waits(house: House) -> None:
    await house.build()
    await house.worker()
    await house.open()
    waiter = (await house.open()).session
    await house.worker("two")

    late = (await house.open()).session
    await house.dispatch()

    assert late.state is S.QUEUED
    assert (await house.session(waiter)).state is S.CONNECTING
    assert (await house.session(late)).state is S.QUEUED


async def test_a_waiter_who_attaches_while_slots_are_given_is_not_passed_over(
    house: House,
) -> None:
    await house.build(limit=50)
    await house.worker()
    await house.open()
    line = [(await house.open()).session for _ in range(20)]
    await house.worker("two", slots=10)
    units = [partial(attach, arrival=arrival(one, 1)) for one in line]

    async with asyncio.TaskGroup() as at_once:
        for unit in units:
            at_once.create_task(house.run(unit))
        at_once.create_task(house.run(partial(dispatch_lane, project_id="prj_cove", region=REGION)))
    await house.look_at_laws()

    states = [(await house.session(one)).state for one in line]
    assert states == [S.CONNECTING] * 10 + [S.QUEUED] * 10


async def test_many_dispatchers_give_each_slot_once(house: House) -> None:
    await house.build(limit=50, projects=[project(), project("dreamer")])
    await house.worker()
    await house.open()
    for name in ("cove", "dreamer"):
        for _ in range(15):
            await house.open(Asked(project=name))
    await house.worker("two", slots=10)

    async with asyncio.TaskGroup() as at_once:
        for name in ("prj_cove", "prj_dreamer") * 4:
            at_once.create_task(house.run(partial(dispatch_lane, project_id=name, region=REGION)))
    await house.look_at_laws()

    assert await house.held() == 11


async def test_a_cap_that_is_lifted_lets_the_line_go_on(house: House) -> None:
    await house.build(projects=[project(rules=Rules(worker_count=1))])
    await house.worker(slots=3)
    first = (await house.open()).session
    waiter = (await house.open()).session
    await house.dispatch()
    held_back = (await house.session(waiter)).state

    await house.end(first)
    await house.dispatch()

    assert held_back is S.QUEUED
    assert (await house.session(waiter)).state is S.CONNECTING


async def test_stale_sessions_of_each_others_projects_yield_to_requests_at_once(
    house: House,
) -> None:
    rules = Rules()
    names = ("a", "b", "c", "d")
    await house.build(limit=4, projects=[project(name, rules=rules) for name in names])
    rig = await house.worker(slots=12)
    for name in names:
        await house.streaming(rig, Asked(project=name))
    await house.after(16)
    await rig.beat()

    found = await house.open_at_once(*(Asked(project=name) for name in names * 2))

    failed = [one for one in found if isinstance(one, BaseException)]
    assert not failed
    assert await house.held() == 4


async def test_a_stale_session_yields_its_slot_to_who_waits(house: House) -> None:
    await house.build()
    rig = await house.worker()
    gone = await house.streaming(rig)
    waiter = (await house.open()).session

    await house.after(14.9)
    await rig.beat()
    await house.hear(waiter)
    await house.dispatch()
    assert (await house.session(gone)).state not in FINAL

    await house.after(1)
    await house.dispatch()
    assert ended(await house.session(gone)) == (S.FAILED, EndCode.ABNORMAL, "stale_yielded")

    await rig.stopped(gone)
    await house.dispatch()
    assert (await house.session(waiter)).state is S.CONNECTING


async def test_a_stale_session_yields_to_who_waits_for_a_limit_though_slots_are_free(
    house: House,
) -> None:
    await house.build(projects=[project(rules=Rules(worker_count=1))])
    rig = await house.worker(slots=3)
    gone = await house.streaming(rig)
    waiter = (await house.open()).session

    await house.after(14.9)
    await rig.beat()
    await house.hear(waiter)
    await house.dispatch()
    assert (await house.session(gone)).state not in FINAL

    await house.after(1)
    await house.dispatch()

    assert ended(await house.session(gone)) == (S.FAILED, EndCode.ABNORMAL, "stale_yielded")
    assert (await house.session(waiter)).state is S.CONNECTING


async def test_a_stale_session_that_alone_would_let_nobody_in_is_kept(house: House) -> None:
    await house.build(limit=1, projects=[project(), project("other")])
    rig = await house.worker(slots=3)
    gone = await house.streaming(rig, Asked(project="other"))
    await house.set_limit(2)
    there = await house.streaming(rig)
    house.limits_may_be_exceeded = True
    await house.set_limit(1)
    waiter = (await house.open()).session

    for _ in range(4):
        await house.after(5)
        await rig.beat()
        await house.hear(there, waiter)

    left = await house.session(gone)
    assert left.detached_us is not None
    assert left.state not in FINAL
    assert (await house.session(waiter)).state is S.QUEUED


async def test_one_waiter_makes_one_stale_session_yield(house: House) -> None:
    await house.build()
    rig = await house.worker(slots=2)
    gone = [await house.streaming(rig), await house.streaming(rig)]
    waiter = (await house.open()).session

    await house.after(20)
    await rig.beat()
    await house.hear(waiter)
    await house.sweep()
    await house.dispatch()
    await house.dispatch()

    states = [(await house.session(one)).state for one in gone]
    assert sorted(state in FINAL for state in states) == [False, True]


async def test_a_long_row_of_end_users_at_their_limit_starves_nobody(house: House) -> None:
    await house.build(limit=1_000, projects=[project(rules=Rules(end_user_limit=1))])
    await house.worker(slots=64)
    for name in ("two", "three", "four"):
        await house.worker(name, slots=64)
    names = [f"user-{number}" for number in range(210)]
    asked = [Asked(end_user=name) for name in (*names, *names)]
    await house.run(lambda work: [open_session(work, opening(one)) for one in asked])
    free = (await house.open()).session

    await house.dispatch()

    assert (await house.session(free)).state is S.CONNECTING


async def test_the_next_has_the_slot_in_the_transaction_that_frees_it(house: House) -> None:
    await house.build()
    rig = await house.worker()
    player = await house.streaming(rig)
    waiter = (await house.open()).session
    await house.end(player)

    await rig.stopped(await house.session(player))

    assert (await house.session(waiter)).state is S.CONNECTING


async def test_a_lane_whose_head_waits_longer_is_not_passed_by_the_one_that_frees_a_slot(
    house: House,
) -> None:
    await house.build(projects=[project(), project("dreamer")])
    rig = await house.worker()
    player = await house.streaming(rig)
    longest = (await house.open(Asked(project="dreamer"))).session
    house.clock.step(seconds=1)
    waiter = (await house.open()).session
    await house.end(player)

    await rig.stopped(await house.session(player))
    await house.dispatch()

    assert (await house.session(longest)).state is S.CONNECTING
    assert (await house.session(waiter)).state is S.QUEUED


async def test_a_round_goes_through_the_lanes_behind_many_that_wait_for_a_limit(
    house: House,
) -> None:
    stuck = [project(f"stuck{number}", rules=Rules(worker_count=0)) for number in range(201)]
    await house.build(projects=[*stuck, project()], limit=1_000)
    await house.worker()
    await house.open()
    for one in stuck:
        await house.open(Asked(project=one.name))
    house.clock.step(seconds=1)
    await house.open()

    assert (await house.look(waiting_lanes))[-1] == ("prj_cove", REGION)


async def test_of_many_end_users_at_their_limit_each_lets_those_behind_pass(house: House) -> None:
    users = [f"user {number}" for number in range(12)]
    await house.build(limit=30, projects=[project(rules=Rules(end_user_limit=1))])
    await house.worker(slots=12)
    for user in users:
        await house.open(Asked(end_user=user))
    held_back = [(await house.open(Asked(end_user=user))).session for user in users]
    behind = [(await house.open(Asked(end_user=user))).session for user in ("ann", "bob")]
    await house.worker("two", slots=3)

    await house.dispatch()

    states = [(await house.session(one)).state for one in (*held_back, *behind)]
    assert states == [S.QUEUED] * 12 + [S.CONNECTING] * 2
