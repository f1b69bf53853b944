"""Whom a run leaves a slot to: viewers who could have it, and no others, on each database."""

from collections.abc import Callable
from functools import partial

import msgspec
import psycopg
import pytest
from psycopg.errors import LockNotAvailable

from diorama.projects.rules import Project, QueueRules, Rules
from diorama.protocol import worker as wire
from diorama.protocol.states import SessionState
from diorama.sessions.dispatch import dispatch_lane
from diorama.sessions.run_dispatch import dispatch_runs, waiting_runs
from diorama.sessions.run_yielding import Viewers, viewers_in_line, yields
from diorama.sessions.simulating import submit
from diorama.sessions.viewing import attach, leave, socket_closed
from diorama.sessions.work import Work
from diorama.sessions.working import register
from diorama.simulations.line import Line
from diorama.storage.database import open_database
from tests.clock import SteppedClock
from tests.sessions.house import REGION, Asked, House, Rig, arrival, project
from tests.sessions.jobs import submission, submitted
from tests.sessions.test_run_dispatch import OTHER, have_slots, put_up_other

ONE_EACH = Rules(end_user_limit=1)


async def worker_for(house: House, served: Project) -> None:
    """Start a worker with one slot for the world of a project."""
    hello = Rig(house, name=served.name, slots=1).hello()
    told = msgspec.structs.replace(
        hello, pool=served.pool, region=served.regions[0], kinds=(served.world.kind,)
    )
    await house.do(partial(register, hello=told))


async def runs_alone(house: House) -> int:
    """Give slots to runs before anybody has looked at the lines of viewers."""
    (line,) = await house.look(waiting_runs)
    return await house.do(partial(dispatch_runs, line=line))


@pytest.mark.parametrize(
    ("limit", "rules"),
    [(1, Rules()), (5, Rules(worker_count=1)), (5, ONE_EACH)],
    ids=["account", "project", "end user"],
)
async def test_a_viewer_who_waits_for_a_limit_alone_holds_up_no_run(
    house: House, limit: int, rules: Rules
) -> None:
    await house.build(limit=limit, projects=(project(rules=rules),))
    await house.do(put_up_other)
    await house.worker(slots=3)
    await house.open(Asked(end_user="ann"))
    waiting = (await house.open(Asked(end_user="ann"))).session
    simulation = await submitted(house, 3, account_id=OTHER, project="inn")

    assert (await house.session(waiting)).state is SessionState.QUEUED
    assert await have_slots(house, simulation) == [2]


async def test_once_the_limit_lets_it_in_the_viewer_is_before_the_next_run(house: House) -> None:
    await house.build(limit=1)
    rig = await house.worker(slots=2)
    watching = await house.streaming(rig)
    waiting = (await house.open()).session
    simulation = await submitted(house, 3)
    await house.end(watching)
    await rig.stopped(watching)

    assert await runs_alone(house) == 0
    await house.dispatch()
    assert (await house.session(waiting)).state is SessionState.CONNECTING
    assert await have_slots(house, simulation) == [1]


async def test_a_run_yields_to_one_who_stands_behind_an_end_user_at_a_limit(house: House) -> None:
    await house.build(projects=(project(rules=ONE_EACH),))
    await house.worker()
    await house.open(Asked(end_user="ann"))
    await house.open(Asked(end_user="ann"))
    behind = (await house.open(Asked(end_user="bob"))).session
    simulation = await submitted(house)
    await house.worker("two")

    assert await runs_alone(house) == 0
    await house.dispatch()
    assert (await house.session(behind)).state is SessionState.CONNECTING
    assert await have_slots(house, simulation) == [0]


async def test_a_run_yields_to_the_one_of_many_projects_that_could_be_let_in(house: House) -> None:
    names = ("a", "b", "c")
    capped = [project(name, rules=Rules(worker_count=1)) for name in names]
    await house.build(projects=(project(), *capped))
    await house.do(put_up_other)
    rig = await house.worker(slots=3)
    watching = {name: await house.streaming(rig, Asked(project=name)) for name in names}
    waiting = {name: (await house.open(Asked(project=name))).session for name in names}
    simulation = await submitted(house, 3, account_id=OTHER, project="inn")
    await house.end(watching["b"])
    await rig.stopped(watching["b"])

    assert await runs_alone(house) == 0
    await house.dispatch()
    states = {name: (await house.session(one)).state for name, one in waiting.items()}
    assert states == dict.fromkeys(("a", "c"), SessionState.QUEUED) | {"b": SessionState.CONNECTING}
    assert await have_slots(house, simulation) == [0]


@pytest.mark.parametrize("changed", [{"pool": "other"}, {"regions": ("there",)}])
async def test_viewers_of_another_pool_or_region_hold_up_no_run(
    house: House, changed: dict[str, str | tuple[str, ...]]
) -> None:
    elsewhere = msgspec.structs.replace(project("far"), **changed)
    await house.build(projects=(project(), elsewhere))
    await house.worker()
    await worker_for(house, elsewhere)
    await house.open(Asked(project="far"))
    far = (await house.open(Asked(project="far"))).session
    simulation = await submitted(house)

    assert far.state is SessionState.QUEUED
    assert await have_slots(house, simulation) == [1]


async def test_a_viewer_of_a_world_that_the_slots_worker_does_not_know_holds_up_no_run(
    house: House,
) -> None:
    window = msgspec.structs.replace(
        project("desk"), world=wire.WorldSpec(kind="window", entry="xterm")
    )
    await house.build(projects=(project(), window))
    await worker_for(house, window)
    await house.open(Asked(project="desk"))
    waiting = (await house.open(Asked(project="desk"))).session
    await house.worker()
    simulation = await submitted(house)

    assert waiting.state is SessionState.QUEUED
    assert await have_slots(house, simulation) == [1]


async def test_who_was_put_aside_holds_up_no_run_until_it_is_back(house: House) -> None:
    await house.build(projects=(project(rules=Rules(queue=QueueRules(accept_s=2))),))
    rig = await house.worker()
    watching = await house.streaming(rig)
    absent = await house.attach((await house.open()).session)
    await house.do(partial(socket_closed, session_id=absent.id, socket=absent.socket))
    simulation = await submitted(house, 2)
    await house.end(watching)
    await rig.stopped(watching)
    promoted = await house.session(absent)
    await rig.accept(promoted)
    await house.after(2.1)
    await rig.stopped(promoted)
    aside = await house.session(absent)
    given = await runs_alone(house)
    await house.worker("two")
    await house.do(partial(attach, arrival=arrival(aside, aside.issue)))

    assert (promoted.state, aside.state) == (SessionState.CONNECTING, SessionState.QUEUED)
    assert given == 1
    assert await runs_alone(house) == 0
    await house.dispatch()
    assert (await house.session(absent)).state is SessionState.CONNECTING
    assert await have_slots(house, simulation) == [1]


async def is_left(house: House, look: Callable[[Work, Line], Viewers]) -> bool:
    """Return whether a run leaves the slot that is free to those whom it finds."""
    (line,) = await house.look(waiting_runs)

    def unit(work: Work) -> bool:
        viewers = look(work, line)
        slot = work.stores.slots.take_free(line.pool, line.region, line.kind, work.now_us)
        return slot is not None and yields(work, line, slot, viewers)

    return await house.do(unit)


async def test_a_run_yields_to_a_line_into_which_somebody_came_after_it_had_looked(
    house: House,
) -> None:
    await house.build(limit=1)
    await house.worker()
    await house.open()
    await house.open()
    await submitted(house)
    await house.worker("two")

    assert await is_left(house, lambda _work, _line: Viewers())
    assert not await is_left(house, viewers_in_line)


async def test_where_more_lines_wait_than_are_looked_at_runs_yield_to_them_all(
    house: House,
) -> None:
    await house.build(limit=1, projects=(project(), project("inn")))
    await house.worker()
    for name in ("cove", "cove", "inn"):
        await house.open(Asked(project=name))
    await submitted(house)
    await house.worker("two")

    assert await is_left(house, partial(viewers_in_line, most=1))
    assert not await is_left(house, partial(viewers_in_line, most=2))


async def test_runs_and_viewers_that_are_served_at_once_by_many_gateways_share_the_slots(
    house: House,
) -> None:
    await house.build(limit=1)
    await house.do(put_up_other)
    rig = await house.worker(slots=4)
    watching = await house.streaming(rig)
    waiting = [(await house.open()).session for _ in range(2)]
    await house.do(partial(submit, submission=submission(6, account_id=OTHER, project="inn")))
    (line,) = await house.look(waiting_runs)
    units: list[Callable[[Work], object]] = [
        partial(dispatch_runs, line=line),
        partial(dispatch_lane, project_id="prj_cove", region=REGION),
    ]
    await house.at_once([lambda work: leave(work, watching.id, 1000), *units * 3])
    await rig.stopped(watching)
    await house.dispatch()

    states = [(await house.session(one)).state for one in waiting]
    assert states == [SessionState.CONNECTING, SessionState.QUEUED]
    (given,) = await house.look(lambda work: [work.stores.simulations.counts(OTHER)])
    assert given.running == 3


async def test_nobody_comes_into_a_line_of_viewers_while_runs_are_given_slots(
    postgresql_url: str, clock: SteppedClock
) -> None:
    database = open_database(postgresql_url, clock=clock, allow_unsafe=True)
    house = House(database, clock)
    await house.build(limit=1)
    await house.worker(slots=2)
    await house.open()
    await house.open()
    await house.do(partial(submit, submission=submission(1)))
    (line,) = await house.look(waiting_runs)

    def unit(work: Work) -> int:
        given = dispatch_runs(work, line)
        with psycopg.connect(postgresql_url) as other, pytest.raises(LockNotAvailable):
            other.execute("SELECT 1 FROM lane FOR UPDATE NOWAIT")
        return given

    assert await house.do(unit) == 1
    await database.close()
