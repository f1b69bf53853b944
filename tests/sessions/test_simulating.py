"""Submitting and cancelling simulations, on each database."""

import asyncio
from dataclasses import replace
from functools import partial

import msgspec
import pytest

from diorama.kernel.errors import Forbidden, Invalid, LimitReached, NotFound, Refused
from diorama.leases.slots import SlotState
from diorama.protocol import worker as wire
from diorama.protocol.scripts import Cue
from diorama.protocol.simulation_views import SubmitSimulation
from diorama.protocol.states import SimulationState as S
from diorama.recordings.lifecycle import RecordingState
from diorama.sessions.founding import delete_project
from diorama.sessions.ruling import rule
from diorama.sessions.simulating import (
    MAX_SCRIPT_BYTES,
    SimulationQuestion,
    Submission,
    own_simulation,
    simulations_that_fit,
    submit,
)
from diorama.sessions.suspending import end_suspended, suspended_live
from diorama.sessions.work import Work
from diorama.simulations.store import SimulationFilter
from tests.sessions.house import ACCOUNT, House, project
from tests.sessions.jobs import (
    ACTOR,
    SCRIPT,
    asked,
    cancelled,
    completed,
    recording,
    run_of,
    run_stopped,
    running,
    runs,
    started,
    submitted,
    view,
)


async def submit_as(
    house: House, body: SubmitSimulation, *, key: str | None = None, account_id: str = ACCOUNT
) -> str:
    submission = Submission(asked=body, account_id=account_id, actor=ACTOR, idempotency_key=key)
    return (await house.do(partial(submit, submission=submission))).id


def mark_suspended(work: Work) -> None:
    account = work.stores.accounts.get(ACCOUNT, lock=True)
    assert account is not None
    work.stores.accounts.save(replace(account, suspended_us=work.now_us))


async def test_a_script_that_is_run_is_completed_and_has_a_recording(house: House) -> None:
    await house.build()
    rig = await house.worker()
    simulation = await submitted(house)
    before = await view(house, simulation)
    run = await completed(house, rig, simulation)
    after = await view(house, simulation)

    assert (before.state, before.runs[0].attempts) == (S.DISPATCHED, 1)
    assert (after.state, after.progress.frames, after.progress.frames_total) == (
        S.COMPLETED,
        60,
        60,
    )
    assert after.runs[0].recording == run.recording_id
    assert (await recording(house, run)).state is RecordingState.READY
    assert after.runs[0].worker == "one"


async def test_a_simulation_waits_where_no_slot_is_free_and_says_its_place(house: House) -> None:
    await house.build()
    first = await submitted(house, 2)
    second = await submitted(house)

    ahead = (await view(house, first)).queue
    queue = (await view(house, second)).queue
    assert ahead is not None
    assert queue is not None
    assert (ahead.position, queue.position) == (1, 3)


async def test_no_more_runs_wait_than_the_plan_allows(house: House) -> None:
    await house.build()
    await submitted(house, 9)

    with pytest.raises(LimitReached) as refusal:
        await submitted(house, 2)
    assert refusal.value.code == "simulation_limit"
    assert refusal.value.detail["queued"] == 9
    assert refusal.value.detail["limit"] == 10
    await submitted(house, 1)


async def test_of_many_that_are_submitted_at_once_as_many_wait_as_the_plan_allows(
    house: House,
) -> None:
    await house.build()
    submission = Submission(asked=asked(3), account_id=ACCOUNT, actor=ACTOR)
    units = (house.run(partial(submit, submission=submission)) for _ in range(6))
    found = await asyncio.gather(*units, return_exceptions=True)

    assert sum(isinstance(one, LimitReached) for one in found) == 3
    assert await house.look(lambda work: work.stores.simulations.waiting_of(ACCOUNT)) == 9


async def test_a_repeat_under_one_key_is_answered_with_the_same_simulation(house: House) -> None:
    await house.build()
    first = await submit_as(house, asked(), key="one")
    again = await submit_as(house, asked(), key="one")
    other = await submit_as(house, asked(), key="two")

    assert first == again != other
    with pytest.raises(Invalid, match="another request"):
        await submit_as(house, asked(2), key="one")


async def test_a_key_opens_a_new_simulation_after_a_day(house: House) -> None:
    await house.build()
    first = await submit_as(house, asked(), key="one")
    house.clock.step(seconds=86_401)

    assert await submit_as(house, asked(), key="one") != first


@pytest.mark.parametrize(
    ("script", "says"),
    [
        ((Cue(at_ms=0, prompt="x"),), "its end"),
        ((Cue(at_ms=10, prompt="x"), Cue(at_ms=9, end=True)), "before"),
        ((Cue(at_ms=0, prompt="x", end=True),), "exactly one"),
        ((Cue(at_ms=0, end=True),), "ends when it begins"),
        ((Cue(at_ms=0, message="x" * MAX_SCRIPT_BYTES), Cue(at_ms=9, end=True)), "bytes"),
    ],
)
async def test_a_script_that_is_none_is_refused_and_nothing_is_kept(
    house: House, script: tuple[Cue, ...], says: str
) -> None:
    await house.build()

    with pytest.raises(Invalid, match=says) as refusal:
        await submit_as(house, SubmitSimulation(project="cove", scripts=(SCRIPT, script)))
    assert refusal.value.code == "script_invalid"
    assert await house.look(lambda work: work.stores.simulations.waiting_of(ACCOUNT)) == 0


async def test_one_script_or_many_are_asked_for_and_not_both(house: House) -> None:
    await house.build()

    with pytest.raises(Invalid, match="either"):
        await submit_as(house, SubmitSimulation(project="cove"))
    with pytest.raises(Invalid, match="either"):
        await submit_as(house, SubmitSimulation(project="cove", script=SCRIPT, scripts=(SCRIPT,)))


async def test_what_is_not_there_for_an_account_is_refused(house: House) -> None:
    await house.build()

    with pytest.raises(NotFound, match="project"):
        await submit_as(house, SubmitSimulation(project="other", script=SCRIPT))
    with pytest.raises(NotFound, match="project"):
        await submit_as(house, asked(), account_id="acc_other")
    with pytest.raises(NotFound, match="region"):
        await submit_as(house, asked(region="nowhere"))


async def test_a_disabled_project_takes_no_simulation_and_ends_those_it_has(house: House) -> None:
    await house.build()
    rig = await house.worker()
    simulation = await submitted(house, 2)
    run = await started(house, rig, simulation)
    disabled = msgspec.structs.replace(project(), enabled=False)
    await house.do(partial(rule, changed=disabled))
    after = await view(house, simulation)

    assert after.state is S.FAILED
    assert {one.error.reason for one in after.runs if one.error} == {"project_disabled"}
    assert (await recording(house, run)).state is RecordingState.FAILED
    with pytest.raises(Refused, match="disabled"):
        await submitted(house)


async def test_a_suspended_account_submits_nothing_and_what_it_has_ends(house: House) -> None:
    await house.build()
    simulation = await submitted(house, 2)
    await house.do(mark_suspended)
    live = await house.look(suspended_live)
    await house.do(partial(end_suspended, account_id=ACCOUNT))

    assert live == [ACCOUNT]
    assert await house.look(suspended_live) == []
    found = await view(house, simulation)
    assert found.error is not None
    assert found.error.reason == "account_suspended"
    with pytest.raises(Forbidden, match="suspended"):
        await submitted(house)


async def test_a_project_with_simulations_that_are_not_over_is_not_deleted(house: House) -> None:
    await house.build()
    simulation = await submitted(house)

    with pytest.raises(Refused, match="cancel them"):
        await house.do(lambda work: delete_project(work, project(), actor=ACTOR))
    await cancelled(house, simulation)
    await house.do(lambda work: delete_project(work, project(), actor=ACTOR))
    assert (await view(house, simulation)).state is S.CANCELLED


async def test_a_cancelled_simulation_lets_go_of_its_slot_once_its_world_is_gone(
    house: House,
) -> None:
    await house.build()
    rig = await house.worker()
    simulation = await submitted(house, 2)
    run = await started(house, rig, simulation)
    house.clock.step(seconds=3)
    await cancelled(house, simulation)
    (fencing,) = await house.slots_of(rig)
    await run_stopped(house, rig, run)
    (free,) = await house.slots_of(rig)
    after = await view(house, simulation)

    assert (fencing.state, free.state) == (SlotState.FENCING, SlotState.FREE)
    assert {one.state for one in after.runs} == {S.CANCELLED}
    assert after.simulation_us == 3_000_000
    assert (await recording(house, run)).state is RecordingState.FAILED


async def test_cancelling_what_is_over_changes_nothing(house: House) -> None:
    await house.build()
    rig = await house.worker()
    simulation = await submitted(house)
    await completed(house, rig, simulation)
    before = await view(house, simulation)
    await cancelled(house, simulation)

    assert await view(house, simulation) == before


async def test_a_cancel_and_an_end_at_once_make_one_end(house: House) -> None:
    rig, simulation, run = await running(house)
    ends = wire.RunEnded(session=run.id, term=run.term, reason="world_crashed")
    async with asyncio.TaskGroup() as both:
        both.create_task(cancelled(house, simulation))
        both.create_task(rig.say(ends))

    await house.look_at_laws()
    assert (await run_of(house, simulation)).state in {S.CANCELLED, S.FAILED}


async def test_who_finishes_part_of_a_batch_and_cancels_keeps_the_part(house: House) -> None:
    await house.build()
    rig = await house.worker()
    simulation = await submitted(house, 2)
    done = await completed(house, rig, simulation)
    await cancelled(house, simulation)
    after = await view(house, simulation)

    assert after.state is S.CANCELLED
    assert [one.state for one in after.runs] == [S.COMPLETED, S.CANCELLED]
    assert (await recording(house, done)).state is RecordingState.READY


async def test_simulations_are_listed_newest_first_as_they_fit(house: House) -> None:
    await house.build(projects=(project(), project("other")))
    found = []
    for name in ("cove", "other", "cove"):
        house.clock.step(seconds=1)
        found.append(await submitted(house, project=name))
    await cancelled(house, found[2])

    async def listed(question: SimulationQuestion) -> list[str]:
        page = await house.look(lambda work: simulations_that_fit(work, question))
        return [one.id for one in page]

    everything = SimulationQuestion(account_id=ACCOUNT)
    assert await listed(everything) == [found[2].id, found[1].id, found[0].id]
    assert await listed(replace(everything, after=found[1].id)) == [found[0].id]
    active = replace(everything, fits=SimulationFilter(active=True), project="cove")
    assert await listed(active) == [found[0].id]
    over = replace(everything, fits=SimulationFilter(states=frozenset({S.CANCELLED})))
    assert await listed(over) == [found[2].id]
    assert await listed(replace(everything, project="nothing")) == []


async def test_a_foreign_simulation_looks_missing(house: House) -> None:
    await house.build()
    simulation = await submitted(house)

    with pytest.raises(NotFound):
        await house.look(lambda work: own_simulation(work, "acc_other", simulation.id))
    with pytest.raises(NotFound):
        await house.look(lambda work: own_simulation(work, ACCOUNT, "sim_\0"))


async def test_a_seed_and_a_name_are_kept_and_a_seed_is_made_up_where_none_is_asked_for(
    house: House,
) -> None:
    await house.build()
    one = await submit_as(house, asked(seed=7, name="a night", end_user="ada"))
    two = await submit_as(house, asked())
    first = await house.look(lambda work: own_simulation(work, ACCOUNT, one))
    second = await house.look(lambda work: own_simulation(work, ACCOUNT, two))

    assert (first.seed, first.name, first.end_user) == (7, "a night", "ada")
    assert second.seed > 0
    assert len(await runs(house, second)) == 1
