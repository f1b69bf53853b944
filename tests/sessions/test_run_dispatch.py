"""Which runs of simulations are given slots, and which viewers they yield to, on each database."""

from functools import partial

import msgspec

from diorama.accounts.plans import FREE, Account
from diorama.protocol.states import SessionState
from diorama.protocol.states import SimulationState as S
from diorama.sessions.run_dispatch import dispatch_runs, waiting_runs
from diorama.sessions.work import Work
from diorama.simulations.deadlines import Patience
from diorama.simulations.lifecycle import Simulation
from tests.sessions.house import House, project
from tests.sessions.jobs import completed, run_stopped, runs, submitted

OTHER = "acc_other"


def put_up_other(work: Work) -> None:
    """Put up a second account with a project `inn` in the same pool and region."""
    work.stores.accounts.add(
        Account(id=OTHER, name="other", plan=FREE.name, concurrent_streams=5, held=0)
    )
    work.stores.projects.put(msgspec.structs.replace(project("inn"), account_id=OTHER))


async def have_slots(house: House, *simulations: Simulation) -> list[int]:
    """Return how many runs of each have a slot."""
    found = [await runs(house, one) for one in simulations]
    return [sum(run.state is S.DISPATCHED for run in of_one) for of_one in found]


async def test_runs_take_the_slots_that_are_free_in_the_order_in_which_they_came(
    house: House,
) -> None:
    await house.build()
    await house.worker(slots=3)
    first = await submitted(house, 2)
    second = await submitted(house, 2)

    assert await have_slots(house, first, second) == [2, 1]
    assert [run.state for run in await runs(house, second)] == [S.DISPATCHED, S.PENDING]


async def test_a_run_waits_while_a_viewer_does_and_the_viewer_gets_the_next_slot(
    house: House,
) -> None:
    await house.build()
    rig = await house.worker()
    watching = await house.streaming(rig)
    waiting = (await house.open()).session
    simulation = await submitted(house)
    await house.end(watching)
    await rig.stopped(watching)
    await house.dispatch()

    assert (await house.session(waiting)).state is SessionState.CONNECTING
    assert await have_slots(house, simulation) == [0]
    gone = await house.session(waiting)
    await house.end(gone)
    await rig.stopped(gone)
    await house.dispatch()
    assert await have_slots(house, simulation) == [1]


async def test_a_viewer_who_comes_while_a_run_has_the_slot_waits_and_is_next(house: House) -> None:
    await house.build()
    rig = await house.worker()
    simulation = await submitted(house, 2)
    viewer = (await house.open()).session
    run = await completed(house, rig, simulation)
    await run_stopped(house, rig, run)

    assert viewer.state is SessionState.QUEUED
    assert (await house.session(viewer)).state is SessionState.CONNECTING
    assert [one.state for one in await runs(house, simulation)] == [S.COMPLETED, S.PENDING]


async def test_a_run_takes_no_slot_that_is_kept_free_for_viewers(house: House) -> None:
    house.patience = Patience(keep_free=1)
    await house.build()
    await house.worker(slots=2)
    simulation = await submitted(house, 2)

    assert await have_slots(house, simulation) == [1]
    assert (await house.open()).session.state is SessionState.CONNECTING


async def test_runs_count_in_no_limit_of_streams(house: House) -> None:
    await house.build(limit=1)
    await house.worker(slots=2)
    await submitted(house)

    assert await house.held() == 0
    assert (await house.open()).session.state is SessionState.CONNECTING


async def test_of_two_accounts_the_one_that_runs_less_is_served_first(house: House) -> None:
    await house.build()
    await house.do(put_up_other)
    rig = await house.worker(slots=2)
    many = await submitted(house, 5)
    one = await submitted(house, 1, account_id=OTHER, project="inn")
    run = await completed(house, rig, many)
    await run_stopped(house, rig, run)

    assert await have_slots(house, many, one) == [1, 1]


async def test_many_gateways_that_deal_out_at_once_give_each_slot_once_and_keep_some_free(
    house: House,
) -> None:
    house.patience = Patience(keep_free=2)
    await house.build()
    simulation = await submitted(house, 6)
    await house.worker(slots=4)
    (line,) = await house.look(waiting_runs)
    await house.at_once([partial(dispatch_runs, line=line) for _ in range(4)])

    assert await have_slots(house, simulation) == [2]


async def test_a_run_takes_no_slot_of_another_kind_pool_or_region(house: House) -> None:
    elsewhere = msgspec.structs.replace(project(), pool="other")
    await house.build(projects=(elsewhere,))
    await house.worker()
    simulation = await submitted(house)

    assert await have_slots(house, simulation) == [0]


async def test_each_slot_a_run_is_given_has_a_higher_term(house: House) -> None:
    await house.build()
    rig = await house.worker()
    simulation = await submitted(house, 2)
    first = await completed(house, rig, simulation)
    await run_stopped(house, rig, first)
    second = (await runs(house, simulation))[1]

    assert second.state is S.DISPATCHED
    assert second.slot_id == first.slot_id
    assert second.term > first.term
