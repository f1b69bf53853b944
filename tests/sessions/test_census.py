"""What is counted over everything, on each database."""

from diorama.projects.rules import Rules
from diorama.sessions.census import Census, take_census
from diorama.simulations.deadlines import Patience
from tests.sessions.house import POOL, REGION, Asked, House, project
from tests.sessions.jobs import cancelled, started, submitted

HERE = (REGION, POOL)


async def test_nothing_is_counted_where_nothing_is(house: House) -> None:
    await house.build()

    assert await house.look(take_census) == Census(lanes=[])


async def test_who_is_there_and_who_waits_is_counted_by_project(house: House) -> None:
    await house.build(projects=(project(), project("glade", rules=Rules(worker_count=1))))
    rig = await house.worker(slots=2)
    await house.streaming(rig)
    await house.open()
    for _ in range(3):
        await house.open(Asked(project="glade"))

    census = await house.look(take_census)

    assert [(one.project, dict(one.states), one.waiting) for one in census.lanes] == [
        ("glade", {}, 3),
        ("cove", {"connecting": 1, "streaming": 1}, 0),
    ]
    assert census.slots == {(HERE, "held"): 2}
    assert census.workers == {(HERE, "ready"): 1}
    assert census.wanted == {HERE: 2}


async def test_simulations_and_what_they_yield_are_counted_until_they_are_over(
    house: House,
) -> None:
    await house.build()
    rig = await house.worker(slots=1)
    job = await submitted(house, 2)
    await started(house, rig, job)

    census = await house.look(take_census)
    await cancelled(house, job)
    after = await house.look(take_census)

    assert census.simulations == {"processing": 1}
    assert census.runs == {"pending": 1, "processing": 1}
    assert (census.wanted, after.wanted) == ({HERE: 2}, {HERE: 0})
    assert (census.recordings, census.spectators) == (1, 0)
    assert (after.simulations, after.runs, after.recordings) == ({}, {}, 0)


async def test_workers_are_wanted_for_runs_beside_viewers_and_what_is_kept_free_for_those(
    house: House,
) -> None:
    house.patience = Patience(keep_free=1)
    await house.build()
    await submitted(house, 3)
    nobody = await house.look(take_census)
    rig = await house.worker(slots=2)
    await house.streaming(rig)
    await house.dispatch()
    both = await house.look(take_census)

    assert nobody.wanted == {HERE: 4}
    assert both.runs == {"pending": 3}, "the one slot that is left is kept free"
    assert both.wanted == {HERE: 3}, "five slots, of workers that have two"


async def test_a_worker_that_is_lost_counts_as_lost(house: House) -> None:
    await house.build()
    await house.worker(slots=3)
    house.clock.step(seconds=600)

    census = await house.look(take_census)

    assert census.workers == {(HERE, "lost"): 1}
    assert census.slots == {}
    assert census.wanted == {HERE: 0}


async def test_a_worker_that_was_taken_away_is_counted_no_more(house: House) -> None:
    await house.build()
    await house.worker(slots=3)
    house.clock.step(seconds=3_599)
    late = await house.look(take_census)
    house.clock.step(seconds=1)
    later = await house.look(take_census)

    assert (late.workers, later.workers) == ({(HERE, "lost"): 1}, {})
