"""What time brings to runs: deadlines and hours, on each database."""

import pytest

from diorama.kernel.errors import LimitReached
from diorama.leases.slots import SlotState
from diorama.protocol import worker as wire
from diorama.protocol.states import SimulationState as S
from diorama.sessions.run_hours import used_simulation_us
from diorama.sessions.run_sweep import due_runs
from diorama.simulations.deadlines import Patience
from tests.sessions.house import ACCOUNT, House, Rig
from tests.sessions.jobs import (
    failed_with,
    rendered,
    run_of,
    run_stopped,
    running,
    started,
    submitted,
    view,
)


async def passes(house: House, rig: Rig, seconds: int) -> None:
    """Let time pass in which a worker beats."""
    for _ in range(seconds // 10):
        house.clock.step(seconds=10)
        await rig.beat()
    house.clock.step(seconds=seconds % 10)
    await rig.beat()
    await house.sweep()


async def test_a_run_that_no_worker_takes_fails_in_the_end(house: House) -> None:
    house.patience = Patience(max_wait_s=100)
    await house.build()
    simulation = await submitted(house)
    await house.after(99)
    before = await failed_with(house, simulation)
    await house.after(1)

    assert before is None
    assert await failed_with(house, simulation) == "no_worker"


async def test_a_run_that_is_not_accepted_is_tried_elsewhere_and_then_fails(house: House) -> None:
    await house.build()
    rig = await house.worker()
    simulation = await submitted(house)
    first = await run_of(house, simulation)
    await passes(house, rig, 20)
    again = await run_of(house, simulation)
    await run_stopped(house, rig, first)
    await passes(house, rig, 20)

    assert (again.state, again.attempt) == (S.PENDING, 1)
    assert await failed_with(house, simulation) == "no_worker"


async def test_a_world_that_does_not_start_in_time_fails_the_run(house: House) -> None:
    await house.build()
    rig = await house.worker()
    simulation = await submitted(house)
    for _ in range(2):
        run = await run_of(house, simulation)
        await rig.say(wire.Accepted(session=run.id, term=run.term))
        await passes(house, rig, int(run.start_timeout_s) + 10)
        await run_stopped(house, rig, run)

    assert await failed_with(house, simulation) == "world_failed_to_start"


async def test_a_world_that_renders_nothing_more_fails_the_run_and_frees_the_slot(
    house: House,
) -> None:
    rig, simulation, run = await running(house)
    await passes(house, rig, 100)
    await rig.say(wire.RunProgress(session=run.id, term=run.term, frames=1, frames_total=60))
    await passes(house, rig, 100)
    before = await failed_with(house, simulation)
    await rig.say(wire.RunProgress(session=run.id, term=run.term, frames=1, frames_total=60))
    await passes(house, rig, 20)
    after = await failed_with(house, simulation)
    await run_stopped(house, rig, run)
    (slot,) = await house.slots_of(rig)

    assert (before, after) == (None, "run_timed_out")
    assert slot.state is SlotState.FREE


async def test_a_world_that_renders_nothing_more_is_metered_until_it_last_got_on(
    house: House,
) -> None:
    rig, simulation, run = await running(house)
    await passes(house, rig, 100)
    await rig.say(wire.RunProgress(session=run.id, term=run.term, frames=1, frames_total=60))
    await passes(house, rig, 120)

    assert await failed_with(house, simulation) == "run_timed_out"
    assert (await view(house, simulation)).simulation_us == 100_000_000


async def test_files_that_are_not_uploaded_in_time_fail_the_run(house: House) -> None:
    house.patience = Patience(upload_within_s=60)
    await house.build()
    rig = await house.worker()
    simulation = await submitted(house)
    await rendered(rig, await started(house, rig, simulation))
    await passes(house, rig, 60)

    assert await failed_with(house, simulation) == "upload_failed"


async def test_no_run_is_due_before_its_time(house: House) -> None:
    await house.build()
    await submitted(house)

    assert await house.look(due_runs) == []


async def test_who_has_used_the_hours_of_the_month_submits_nothing_before_the_next(
    house: House,
) -> None:
    await house.build(simulation_hours=10 / 3_600)
    rig = await house.worker()
    simulation = await submitted(house)
    run = await started(house, rig, simulation)
    await passes(house, rig, 9)
    before = await failed_with(house, simulation)
    await passes(house, rig, 1)
    await run_stopped(house, rig, run)

    assert before is None
    assert await failed_with(house, simulation) == "hours_exhausted"
    with pytest.raises(LimitReached) as refusal:
        await submitted(house)
    assert refusal.value.code == "hours_exhausted"
    house.clock.step(seconds=32 * 86_400)
    assert (await submitted(house)).state is S.PENDING


async def test_waiting_runs_end_too_once_the_hours_are_used_up(house: House) -> None:
    await house.build(simulation_hours=10 / 3_600)
    rig = await house.worker()
    simulation = await submitted(house, 3)
    await started(house, rig, simulation)
    await passes(house, rig, 10)

    assert [one.state for one in (await view(house, simulation)).runs] == [S.FAILED] * 3


async def test_the_hours_are_summed_up_over_runs_that_are_over_and_one_that_is_not(
    house: House,
) -> None:
    await house.build()
    rig = await house.worker(slots=2)
    first = await submitted(house)
    run = await started(house, rig, first)
    house.clock.step(seconds=5)
    await rendered(rig, run)
    await started(house, rig, await submitted(house))
    house.clock.step(seconds=7)

    assert await house.look(lambda work: used_simulation_us(work, ACCOUNT)) == 12_000_000


async def test_a_run_that_goes_over_the_end_of_a_month_is_counted_in_both(house: House) -> None:
    await house.build()
    rig = await house.worker()
    start_us, end_us = await house.look(lambda work: (work.now_us, work.now_us + 10_000_000))
    run = await started(house, rig, await submitted(house))
    house.clock.step(seconds=20)
    await rendered(rig, run)

    async def used(from_us: int, until_us: int) -> int:
        return await house.look(
            lambda work: work.stores.simulations.used_us(ACCOUNT, from_us, until_us, work.now_us)
        )

    assert await used(start_us - 1, end_us) == 10_000_000
    assert await used(end_us, end_us + 100_000_000) == 10_000_000
