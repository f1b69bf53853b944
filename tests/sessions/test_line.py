"""The line as waiters see it, on each database: classes, places, and who is put aside."""

from functools import partial

import pytest

from diorama.admission.line import Place, Reason, places
from diorama.kernel.errors import Invalid, Unavailable
from diorama.projects.rules import OnLimit, QueueRules, Rules
from diorama.protocol.end_codes import EndCode
from diorama.protocol.states import SessionState as S
from diorama.sessions.lifecycle import Session
from diorama.sessions.viewing import socket_closed
from tests.sessions.house import ACCOUNT, REGION, Asked, House, Rig, ended, project

CLASSES = QueueRules(priorities={"vip": 10, "staff": 20, "later": -1})


async def served(house: House, rig: Rig, player: Session) -> None:
    """End who plays, confirm the stop, and let the next be served."""
    await house.end(player)
    await rig.stopped(await house.session(player))
    await house.dispatch()


async def drop(house: House, session: Session) -> None:
    seen = await house.session(session)
    await house.do(partial(socket_closed, session_id=seen.id, socket=seen.socket))


async def place(house: House, session: Session) -> Place:
    seen = await house.session(session)
    return await house.look(lambda work: work.stores.sessions.place(seen))


async def absent_at_promotion(house: House) -> tuple[Rig, Session, Session]:
    """Return a worker with one slot, one promoted to it who dropped, and one who waits behind."""
    await house.build()
    rig = await house.worker()
    player = await house.streaming(rig)
    absent = await house.attach((await house.open()).session)
    behind = await house.attach((await house.open()).session)
    await drop(house, absent)
    await served(house, rig, player)
    promoted = await house.session(absent)
    assert promoted.state is S.CONNECTING
    await rig.accept(promoted)
    return rig, promoted, behind


# Put aside


async def test_a_promoted_waiter_who_does_not_answer_is_put_aside_and_others_pass(
    house: House,
) -> None:
    rig, absent, behind = await absent_at_promotion(house)

    for _ in range(3):
        house.clock.step(seconds=9.9)
        await rig.beat()
        await house.hear(behind)
    await house.sweep()
    holds_it = await house.session(absent)
    await house.after(0.3)
    aside = await house.session(absent)
    await rig.stopped(holds_it)
    await house.dispatch()

    assert holds_it.state is S.CONNECTING
    assert (aside.state, aside.ticket) == (S.QUEUED, absent.ticket)
    assert (await house.session(behind)).state is S.CONNECTING
    assert await house.line() == []


async def put_aside(house: House) -> tuple[Rig, Session, Session]:
    """Return a worker that another plays on now, the one put aside, and a third in line."""
    rig, absent, behind = await absent_at_promotion(house)
    for _ in range(3):
        house.clock.step(seconds=10)
        await rig.beat()
        await house.hear(behind)
    third = await house.attach((await house.open()).session)
    held = await house.session(absent)
    await house.sweep()
    await rig.stopped(held)
    await house.dispatch()
    return rig, absent, third


async def test_who_was_put_aside_returns_to_its_place_when_it_is_heard(house: House) -> None:
    _, absent, third = await put_aside(house)
    before = await place(house, third)

    await house.attach(absent)

    assert before == Place(1, 1)
    assert await house.line() == [absent.id, third.id]
    assert await place(house, absent) == Place(1, 2)
    assert await place(house, third) == Place(2, 2, Reason.PUT_BACK)


async def test_who_was_put_aside_sees_the_place_it_would_come_back_to(house: House) -> None:
    _, absent, _ = await put_aside(house)

    assert await place(house, absent) == Place(1, 2)


async def test_who_was_put_aside_is_served_once_it_is_back(house: House) -> None:
    rig, absent, third = await put_aside(house)
    await house.attach(absent)
    holder = (await house.slots_of(rig))[0].session_id
    assert holder is not None
    playing = await house.look(lambda work: work.stores.sessions.get(holder))
    assert playing is not None

    await served(house, rig, playing)

    assert (await house.session(absent)).state is S.CONNECTING
    assert (await house.session(third)).state is S.QUEUED


async def test_who_was_put_aside_and_stays_away_loses_the_place(house: House) -> None:
    rig, absent, third = await put_aside(house)

    for _ in range(3):
        house.clock.step(seconds=9.9)
        await rig.beat()
        await house.hear(third)
    await house.sweep()
    still = await house.session(absent)
    await house.after(0.3)

    assert still.state is S.QUEUED
    assert ended(await house.session(absent)) == (S.FAILED, EndCode.ABNORMAL, "viewer_lost")


async def test_a_promoted_waiter_who_comes_in_time_keeps_the_slot(house: House) -> None:
    rig, absent, _ = await absent_at_promotion(house)

    await house.after(9.9)
    await rig.beat()
    streaming = await rig.stream(absent)

    assert streaming.state is S.STREAMING
    assert streaming.asides == 0


async def test_nobody_is_put_aside_while_silence_may_have_been_the_gateways(house: House) -> None:
    _, absent, _ = await absent_at_promotion(house)

    house.clock.step(seconds=31)
    await house.sweep(in_grace=True)

    assert (await house.session(absent)).state is S.CONNECTING


async def test_a_limit_takes_the_slot_of_who_does_not_answer_and_leaves_its_place(
    house: House,
) -> None:
    rules = Rules(on_limit=OnLimit.REJECT)
    await house.build(limit=1, projects=[project(), project("other", rules=rules)])
    rig = await house.worker(slots=2)
    player = await house.streaming(rig)
    absent = await house.attach((await house.open()).session)
    await drop(house, absent)
    await served(house, rig, player)
    await house.after(16)
    await rig.beat()

    other = (await house.open(Asked(project="other"))).session

    assert other.state is S.CONNECTING
    seen = await house.session(absent)
    assert (seen.state, seen.asides) == (S.QUEUED, 1)


async def test_how_long_a_slot_waits_is_the_projects_to_say(house: House) -> None:
    rules = Rules(queue=QueueRules(accept_s=2))
    await house.build(projects=[project(rules=rules)])
    rig = await house.worker()
    player = await house.streaming(rig)
    waiter = await house.attach((await house.open()).session)
    await drop(house, waiter)
    await served(house, rig, player)

    await house.after(2)

    assert (await house.session(waiter)).state is S.QUEUED


async def test_a_request_takes_a_free_slot_past_those_who_are_away(house: House) -> None:
    rules = Rules(queue=QueueRules(accept_s=2))
    await house.build(projects=[project(rules=rules)])
    rig = await house.worker()
    player = await house.streaming(rig)
    waiter = await house.attach((await house.open()).session)
    await drop(house, waiter)
    await served(house, rig, player)
    held = await house.session(waiter)
    await house.after(2)
    await rig.stopped(held)

    other = (await house.open()).session

    assert other.state is S.CONNECTING
    assert (await house.session(waiter)).state is S.QUEUED


async def test_a_place_is_not_kept_for_the_third_silence(house: House) -> None:
    rules = Rules(queue=QueueRules(accept_s=2))
    await house.build(projects=[project(rules=rules)])
    rig = await house.worker()
    player = await house.streaming(rig)
    waiter = await house.attach((await house.open()).session)
    await drop(house, waiter)
    await served(house, rig, player)
    for _ in range(2):
        held = await house.session(waiter)
        await house.after(2)
        await house.attach(waiter)
        await drop(house, waiter)
        await rig.stopped(held)
        await house.dispatch()

    await house.after(2)

    assert ended(await house.session(waiter)) == (S.FAILED, EndCode.ABNORMAL, "never_attached")


# Classes


async def test_a_higher_class_is_served_first_and_in_a_class_who_came_first(house: House) -> None:
    await house.build(limit=20, projects=[project(rules=Rules(queue=CLASSES))])
    rig = await house.worker()
    player = await house.streaming(rig)
    names = ("later", None, "vip", None, "staff", "vip")
    line = [(await house.open(Asked(priority=name))).session for name in names]

    stands = await house.line()
    await served(house, rig, player)

    later, first, vip, second, staff, vip_too = (one.id for one in line)
    assert stands == [staff, vip, vip_too, first, second, later]
    assert (await house.session(line[4])).state is S.CONNECTING


async def test_a_place_says_the_same_alone_and_with_all_others(house: House) -> None:
    await house.build(limit=20, projects=[project(rules=Rules(queue=CLASSES))])
    await house.worker()
    names = (None, "later", None, "vip", None, "staff", "vip", "later")
    opened = [(await house.open(Asked(priority=name))).session for name in names]

    line = await house.look(lambda work: work.stores.sessions.line("prj_cove", REGION))

    told = dict(places(line))
    assert {one.id: await place(house, one) for one in opened[1:]} == told
    assert told[opened[2].id].reason is Reason.HIGHER_PRIORITY


async def test_who_is_passed_is_told_why(house: House) -> None:
    await house.build(projects=[project(rules=Rules(queue=CLASSES))])
    await house.worker()
    await house.open()
    waiter = (await house.open()).session
    before = await place(house, waiter)

    await house.open(Asked(priority="vip"))

    assert before == Place(1, 1)
    assert await place(house, waiter) == Place(2, 2, Reason.HIGHER_PRIORITY)


async def test_an_anonymous_visitor_asks_for_no_priority(house: House) -> None:
    await house.build(projects=[project(rules=Rules(queue=CLASSES))])

    with pytest.raises(Invalid) as refused:
        await house.open(Asked(priority="vip", account_id="acc_other"))

    assert refused.value.code == "priority_unproven"


async def test_a_priority_that_the_project_does_not_name_is_refused(house: House) -> None:
    await house.build(projects=[project(rules=Rules(queue=CLASSES))])

    with pytest.raises(Invalid) as refused:
        await house.open(Asked(priority="emperor", account_id=ACCOUNT))

    assert refused.value.code == "priority_unknown"


# Bounds of the line


async def test_a_line_is_as_long_as_the_project_says(house: House) -> None:
    await house.build(projects=[project(rules=Rules(queue=QueueRules(max_length=2)))])
    await house.worker()
    for _ in range(3):
        await house.open()

    with pytest.raises(Unavailable) as refused:
        await house.open()

    assert refused.value.code == "queue_full"


async def test_a_full_line_takes_the_next_once_somebody_left(house: House) -> None:
    rules = Rules(on_limit=OnLimit.QUEUE, queue=QueueRules(max_length=1))
    await house.build(projects=[project(rules=rules)])
    await house.worker()
    await house.open()
    waiter = (await house.open()).session
    await house.end(waiter)

    assert (await house.open()).session.state is S.QUEUED
