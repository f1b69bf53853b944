"""A change of a project's rules acts at once, on each database."""

import asyncio
from functools import partial

import msgspec
import pytest

from diorama.kernel.errors import NotFound, Refused
from diorama.projects.rules import Project, QueueRules, Rules
from diorama.protocol.end_codes import EndCode
from diorama.protocol.states import SessionState as S
from diorama.sessions.opening import open_session
from diorama.sessions.ruling import rule
from diorama.sessions.work import Work
from tests.sessions.house import Asked, House, ended, opening, project


async def with_rules(house: House, rules: Rules) -> Project:
    """Change the rules of the cove as they are now."""

    def change(work: Work) -> Project:
        known = work.stores.projects.get("prj_cove")
        assert known is not None
        return rule(work, msgspec.structs.replace(known, rules=rules))

    return await house.do(change)


async def test_a_disabled_project_ends_who_plays_and_who_waits(house: House) -> None:
    await house.build()
    rig = await house.worker()
    player = await house.streaming(rig)
    waiter = (await house.open()).session

    await house.do(partial(rule, changed=msgspec.structs.replace(project(), enabled=False)))

    for one in (player, waiter):
        seen = await house.session(one)
        assert ended(seen) == (S.DISCONNECTED, EndCode.PROJECT_DISABLED, "project_disabled")


async def test_nobody_slips_into_a_project_while_it_is_disabled(house: House) -> None:
    await house.build(limit=50)
    await house.worker(slots=50)
    off = msgspec.structs.replace(project(), enabled=False)

    asked = partial(open_session, opening=opening(Asked()))

    units = [*(house.run(asked) for _ in range(20)), house.run(partial(rule, changed=off))]
    units += [house.run(asked) for _ in range(20)]
    await asyncio.gather(*units, return_exceptions=True)
    await house.look_at_laws()

    assert await house.held() == 0


async def test_a_higher_worker_count_serves_who_waits_at_once(house: House) -> None:
    await house.build(projects=[project(rules=Rules(worker_count=1))])
    await house.worker(slots=3)
    await house.open()
    line = [(await house.open()).session for _ in range(3)]

    await with_rules(house, Rules(worker_count=3))

    states = [(await house.session(one)).state for one in line]
    assert states == [S.CONNECTING, S.CONNECTING, S.QUEUED]


async def test_a_lower_worker_count_ends_nobody_and_admits_nobody_until_below(
    house: House,
) -> None:
    await house.build(projects=[project(rules=Rules(worker_count=3))])
    rig = await house.worker(slots=4)
    players = [await house.streaming(rig) for _ in range(3)]
    waiter = (await house.open()).session

    await with_rules(house, Rules(worker_count=2))
    await house.end(players[0])
    await house.dispatch()
    still_two = (await house.session(waiter)).state
    await house.end(players[1])
    await house.dispatch()

    assert (await house.session(players[2])).state is S.STREAMING
    assert still_two is S.QUEUED
    assert (await house.session(waiter)).state is S.CONNECTING


async def test_a_queue_that_is_switched_off_ends_who_waits(house: House) -> None:
    await house.build()
    rig = await house.worker()
    player = await house.streaming(rig)
    waiter = (await house.open()).session

    await with_rules(house, Rules(queue=QueueRules(enabled=False)))

    assert (await house.session(player)).state is S.STREAMING
    seen = await house.session(waiter)
    assert ended(seen) == (S.FAILED, EndCode.NO_WORKER_AVAILABLE, "queue_off")


async def test_who_can_be_served_is_served_before_the_queue_is_switched_off(house: House) -> None:
    await house.build(projects=[project(rules=Rules(worker_count=1))])
    await house.worker(slots=3)
    await house.open()
    line = [(await house.open()).session for _ in range(2)]

    await with_rules(house, Rules(worker_count=2, queue=QueueRules(enabled=False)))

    states = [(await house.session(one)).state for one in line]
    assert states == [S.CONNECTING, S.FAILED]


async def test_a_change_of_what_was_changed_since_is_refused(house: House) -> None:
    await house.build()
    first = await with_rules(house, Rules(worker_count=1))

    with pytest.raises(Refused) as refused:
        await house.do(partial(rule, changed=project()))

    assert first.version == 2
    assert refused.value.code == "version_conflict"


async def test_an_unknown_project_has_no_rules_to_change(house: House) -> None:
    await house.build()

    with pytest.raises(NotFound):
        await house.do(partial(rule, changed=project("nowhere")))
