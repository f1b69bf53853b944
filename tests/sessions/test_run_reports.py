"""What workers say of runs, what they are told, and what is lost with them, on each database."""

from functools import partial

import pytest

from diorama.kernel.errors import Unauthorized
from diorama.leases.slots import SlotState
from diorama.protocol import worker as wire
from diorama.protocol.states import SimulationState as S
from diorama.recordings.lifecycle import RecordingState
from diorama.recordings.tokens import UploadToken
from diorama.sessions.draining import ByWhom, drain, drained_workers, end_drained
from diorama.sessions.fleet import workers_for
from diorama.sessions.recording import begin_upload
from diorama.simulations.lifecycle import Run
from tests.sessions.house import ACCOUNT, House
from tests.sessions.jobs import (
    FILES,
    cancelled,
    completed,
    failed_with,
    recording,
    rendered,
    run_of,
    run_stopped,
    running,
    started,
    submitted,
    told,
    uploaded,
    view,
)


def accepted(run: Run) -> wire.Accepted:
    return wire.Accepted(session=run.id, term=run.term)


def progress(run: Run, frames: int) -> wire.RunProgress:
    return wire.RunProgress(session=run.id, term=run.term, frames=frames, frames_total=60)


async def test_a_worker_is_told_the_script_until_it_says_that_it_has_it(house: House) -> None:
    await house.build()
    rig = await house.worker()
    simulation = await submitted(house)
    run = await run_of(house, simulation)
    (assign,) = await told(house, rig)

    assert isinstance(assign, wire.Assign)
    assert assign.session == run.id
    assert assign.run is not None
    assert (len(assign.run.script), assign.run.length_ms) == (2, 2_000)
    assert assign.keeping is not None
    assert assign.keeping.recording == run.recording_id
    assert assign.seed == simulation.seed
    assert await told(house, rig, run) == []


async def test_a_slot_says_that_a_run_has_it_and_no_session(house: House) -> None:
    await house.build()
    await house.worker()
    run = await run_of(house, await submitted(house))
    found = await house.look(lambda work: workers_for(work, ACCOUNT, operates=True))

    assert [(slot.session, slot.run) for slot in found.workers[0].slots] == [(None, run.id)]


async def test_a_worker_is_told_to_stop_a_run_that_is_over(house: House) -> None:
    await house.build()
    rig = await house.worker()
    run = await completed(house, rig, await submitted(house))
    (stop,) = await told(house, rig, run)

    assert isinstance(stop, wire.Stop)
    assert (stop.session, stop.term) == (run.id, run.term)


async def test_progress_is_shown_and_is_no_event_of_the_log(house: House) -> None:
    rig, simulation, run = await running(house)
    await rig.say(progress(run, 30))
    await rig.say(progress(run, 20))
    found = await view(house, simulation)

    assert (found.state, found.progress.frames, found.progress.frames_total) == (
        S.PROCESSING,
        30,
        60,
    )
    assert (await run_of(house, simulation)).version == run.version


async def test_a_run_is_metered_from_the_first_picture_to_the_last_that_its_worker_tells(
    house: House,
) -> None:
    rig, simulation, run = await running(house)
    house.clock.step(seconds=10)
    await rendered(rig, run, age_ms=4_000)
    house.clock.step(seconds=10)
    await uploaded(house, run)
    await rig.say(wire.RunEnded(session=run.id, term=run.term))

    assert (await view(house, simulation)).simulation_us == 6_000_000


async def test_what_is_said_twice_late_or_by_another_worker_changes_nothing(house: House) -> None:
    rig, simulation, run = await running(house)
    other = await house.worker("other")
    for late in (
        accepted(run),
        wire.WorldStarted(session=run.id, term=run.term),
        wire.RunEnded(session=run.id, term=run.term - 1),
        wire.RunEnded(session="run_missing", term=1),
        wire.RunEnded(session="ses_missing", term=1),
    ):
        await rig.say(late)
    await other.say(wire.RunEnded(session=run.id, term=run.term))

    assert await run_of(house, simulation) == run


async def test_a_run_whose_files_never_came_is_not_completed(house: House) -> None:
    rig, simulation, run = await running(house)
    await rendered(rig, run)
    await rig.say(wire.RunEnded(session=run.id, term=run.term))

    assert await failed_with(house, simulation) == "upload_failed"
    assert (await recording(house, run)).state is RecordingState.FAILED


async def test_a_run_whose_files_are_there_is_completed_though_its_worker_is_lost(
    house: House,
) -> None:
    rig, simulation, run = await running(house)
    await rendered(rig, run)
    await uploaded(house, run)
    await house.after(80)

    assert (await run_of(house, simulation)).attempt == 1
    assert (await view(house, simulation)).state is S.COMPLETED


async def test_a_run_whose_files_are_there_is_completed_though_it_is_cancelled(
    house: House,
) -> None:
    rig, simulation, run = await running(house)
    await rendered(rig, run)
    await uploaded(house, run)
    await cancelled(house, simulation)

    assert (await view(house, simulation)).state is S.COMPLETED
    assert (await recording(house, run)).state is RecordingState.READY


async def test_what_a_lost_worker_uploads_of_a_run_that_waits_again_is_refused(
    house: House,
) -> None:
    _rig, simulation, run = await running(house)
    kept = await recording(house, run)
    await house.after(80)
    waits = await run_of(house, simulation)

    with pytest.raises(Unauthorized):
        await house.do(lambda work: begin_upload(work, UploadToken(kept.id, kept.issue), FILES))
    assert (waits.state, waits.attempt) == (S.PENDING, 1)


@pytest.mark.parametrize(
    ("outcome", "reason"),
    [("crashed", "world_crashed"), ("ended", "world_crashed"), ("unknown_world", "world_unknown")],
)
async def test_a_world_that_ends_before_its_script_fails_the_run(
    house: House, outcome: wire.Outcome, reason: str
) -> None:
    rig, simulation, run = await running(house)
    exit_code = None if outcome == "ended" else 1
    await rig.say(
        wire.WorldEnded(session=run.id, term=run.term, outcome=outcome, exit_code=exit_code)
    )

    assert await failed_with(house, simulation) == reason


async def test_a_run_that_its_worker_ended_for_nobody_confirmed_it_is_tried_again(
    house: House,
) -> None:
    rig, simulation, run = await running(house)
    await rig.say(wire.WorldEnded(session=run.id, term=run.term, outcome="crashed"))
    await run_stopped(house, rig, run)
    again = await run_of(house, simulation)

    assert (again.state, again.attempt) == (S.DISPATCHED, 2)


async def test_a_world_that_ends_after_its_last_picture_is_not_missed(house: House) -> None:
    rig, simulation, run = await running(house)
    await rendered(rig, run)
    await rig.say(wire.WorldEnded(session=run.id, term=run.term, outcome="ended"))

    assert (await run_of(house, simulation)).state is S.PROCESSING


async def test_a_workers_own_reason_is_shown_and_one_that_nobody_knows_is_the_worlds(
    house: House,
) -> None:
    await house.build()
    rig = await house.worker(slots=2)
    for reason, shown in (("run_timed_out", "run_timed_out"), ("strange", "world_crashed")):
        simulation = await submitted(house)
        run = await started(house, rig, simulation)
        await rig.say(wire.RunEnded(session=run.id, term=run.term, reason=reason))

        assert await failed_with(house, simulation) == shown


async def test_a_world_that_fails_to_start_is_tried_once_more_and_then_fails(house: House) -> None:
    await house.build()
    rig = await house.worker()
    simulation = await submitted(house)
    for attempt in (1, 2):
        run = await run_of(house, simulation)
        assert (run.state, run.attempt) == (S.DISPATCHED, attempt)
        await rig.say(wire.WorldEnded(session=run.id, term=run.term, outcome="failed_to_start"))
        await run_stopped(house, rig, run)

    assert await failed_with(house, simulation) == "world_failed_to_start"
    assert (await view(house, simulation)).retries == 1


async def test_a_run_that_a_worker_refuses_is_tried_on_another(house: House) -> None:
    await house.build()
    first = await house.worker("one")
    simulation = await submitted(house)
    run = await run_of(house, simulation)
    other = await house.worker("two")
    await first.say(wire.Rejected(session=run.id, term=run.term, reason="busy"))
    (slot,) = await house.slots_of(first)
    await house.dispatch()
    again = await run_of(house, simulation)
    await other.say(wire.Rejected(session=again.id, term=again.term, reason="busy"))

    assert slot.state is SlotState.FREE
    assert (again.attempt, again.worker_id) == (2, other.worker.id)
    assert await failed_with(house, simulation) == "no_worker"


async def test_a_run_on_a_worker_that_starts_anew_is_tried_again_under_a_new_term(
    house: House,
) -> None:
    rig, simulation, run = await running(house)
    kept = await recording(house, run)
    house.clock.step(seconds=3)
    await rig.start()
    await house.dispatch()
    again = await run_of(house, simulation)
    done = await completed(house, rig, simulation)

    assert (again.state, again.attempt) == (S.DISPATCHED, 2)
    assert again.term > run.term
    assert again.recording_id == kept.id
    assert (await recording(house, run)).issue > kept.issue
    assert done.state is S.COMPLETED
    assert (await view(house, simulation)).retries == 1


async def test_what_a_lost_worker_says_of_a_run_that_is_elsewhere_changes_nothing(
    house: House,
) -> None:
    await house.build()
    rig = await house.worker("one")
    simulation = await submitted(house)
    run = await started(house, rig, simulation)
    await house.after(76)
    other = await house.worker("two")
    await house.dispatch()
    again = await run_of(house, simulation)
    await rig.say(wire.RunEnded(session=run.id, term=run.term))

    assert (again.attempt, again.worker_id) == (2, other.worker.id)
    assert again.metered_us == 0, "metered up to when its worker was last heard"
    assert await run_of(house, simulation) == again


async def test_a_run_that_loses_two_workers_fails(house: House) -> None:
    await house.build()
    rig = await house.worker()
    simulation = await submitted(house)
    for _ in range(2):
        await started(house, rig, simulation)
        await rig.start()
        await house.dispatch()

    assert await failed_with(house, simulation) == "worker_lost"
    (slot,) = await house.slots_of(rig)
    assert slot.state is SlotState.FREE


async def test_many_gateways_that_find_a_lost_worker_try_its_run_again_once(house: House) -> None:
    await house.build()
    rig = await house.worker()
    simulation = await submitted(house)
    await started(house, rig, simulation)
    house.clock.step(seconds=76)
    await house.sweep_at_once(gateways=3)
    run = await run_of(house, simulation)

    assert (run.state, run.attempt) == (S.PENDING, 1)


async def test_a_run_on_a_worker_whose_time_is_up_goes_on_elsewhere(house: House) -> None:
    await house.build()
    rig = await house.worker("one")
    simulation = await submitted(house)
    await started(house, rig, simulation)
    other = await house.worker("two")
    by = ByWhom(account_id=ACCOUNT, actor="key:key_house")
    await house.do(lambda work: drain(work, rig.worker.id, within_s=4, by=by))
    before = await run_of(house, simulation)
    house.clock.step(seconds=4)
    for worker_id in await house.look(drained_workers):
        await house.do(partial(end_drained, worker_id=worker_id))
    await house.dispatch()
    after = await run_of(house, simulation)

    assert before.state is S.PROCESSING
    assert (after.state, after.worker_id) == (S.DISPATCHED, other.worker.id)


async def test_a_run_that_its_worker_stopped_by_itself_is_tried_again(house: House) -> None:
    rig, simulation, run = await running(house)
    await run_stopped(house, rig, run)
    again = await run_of(house, simulation)

    assert (again.state, again.attempt) == (S.DISPATCHED, 2)


async def test_a_worker_that_comes_back_under_the_same_start_keeps_its_run(house: House) -> None:
    rig, simulation, run = await running(house)
    await rig.register()

    assert await run_of(house, simulation) == run


async def test_a_lost_workers_slot_is_not_given_away_before_it_has_fenced_itself(
    house: House,
) -> None:
    await house.build()
    rig = await house.worker()
    simulation = await submitted(house, 2)
    await started(house, rig, simulation)
    house.clock.step(seconds=74)
    await house.sweep()
    (slot,) = await house.slots_of(rig)

    assert slot.state is SlotState.HELD
