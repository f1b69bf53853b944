"""What workers say of runs of simulations, and what they should be told. Use cases.

A report about a term that is not the run's is late and changes nothing. Source: DESIGN sections 4
and 8; law 2.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final, TypeAlias, get_args

from diorama.kernel.units import MILLISECOND_US
from diorama.leases.slots import Slot, SlotState
from diorama.protocol import worker as wire
from diorama.protocol.simulation_views import REASONS, RunReason
from diorama.protocol.states import RUNS_ON_SLOT, SimulationState
from diorama.recordings.lifecycle import RecordingState
from diorama.sessions.recording import keeping_of
from diorama.sessions.running import (
    Failure,
    end_run,
    locked_run,
    record_run,
    run_deadline_us,
    try_again,
)
from diorama.sessions.telling import RunWanted
from diorama.sessions.work import Work
from diorama.simulations.lifecycle import COMPLETED, Run, RunEvent, RunHappened, failed

OfRun: TypeAlias = (
    wire.Accepted
    | wire.Rejected
    | wire.WorldStarted
    | wire.WorldEnded
    | wire.RunProgress
    | wire.RunRendered
    | wire.RunEnded
)
OF_RUN: Final = get_args(OfRun)


def report_of_run(work: Work, worker_id: str, message: OfRun) -> None:
    """Take what a worker says of a run; what is late or foreign changes nothing."""
    found = locked_run(work, message.session)
    if found is None:
        return
    run = found[1]
    if (run.worker_id, run.term) != (worker_id, message.term) or run.state not in RUNS_ON_SLOT:
        return
    worker = work.stores.workers.get(worker_id)
    actor = "worker" if worker is None else f"worker:{worker.name}"
    match message:
        case wire.Accepted() if run.state is SimulationState.DISPATCHED and not run.accepted_us:
            _record(work, run, RunEvent.ACCEPTED, actor)
        case wire.WorldStarted() if run.state is SimulationState.DISPATCHED:
            _record(work, run, RunEvent.STARTED, actor)
        case wire.RunProgress() if run.started_us is not None and run.rendered_us is None:
            _get_on(work, run, message)
        case wire.RunRendered() if run.started_us is not None and run.rendered_us is None:
            _rendered(work, run, message, actor)
        case wire.RunEnded():
            _ended(work, run, message, actor)
        case wire.Rejected(reason=reason):
            refused = Failure(reason="no_worker", detail=reason, proven=True)
            try_again(work, run, refused, actor=actor)
        case wire.WorldEnded():
            _world_ended(work, run, message, actor)
        case _:
            return  # said before: a repeat changes nothing


def _record(work: Work, run: Run, event: RunEvent, actor: str) -> None:
    record_run(work, run, RunHappened(event=event, at_us=work.now_us), actor=actor)


def _get_on(work: Work, run: Run, message: wire.RunProgress) -> None:
    """Write how far a run is; one that says the same again does not get on."""
    if message.frames <= run.frames and run.frames_total == message.frames_total:
        return
    moved = replace(
        run,
        frames=max(run.frames, message.frames),
        frames_total=message.frames_total,
        moved_us=work.now_us,
    )
    work.stores.simulations.get_on(moved, deadline_us=run_deadline_us(work, moved))
    work.changes.sessions.add(run.simulation_id)


def _rendered(work: Work, run: Run, message: wire.RunRendered, actor: str) -> None:
    happened = RunHappened(
        event=RunEvent.RENDERED,
        at_us=work.now_us - message.age_ms * MILLISECOND_US,
        frames=message.frames,
    )
    record_run(work, run, happened, actor=actor)


def _ended(work: Work, run: Run, message: wire.RunEnded, actor: str) -> None:
    if message.reason:
        end_run(work, run, failed(_reason(message.reason), message.detail), actor=actor)
    elif run.started_us is not None:
        kept = work.stores.recordings.of_holder(run.id)
        is_missing = kept is not None and kept.state is RecordingState.RECORDING
        outcome = failed("upload_failed") if is_missing else COMPLETED
        end_run(work, run, outcome, actor=actor)


def _reason(text: str) -> RunReason:
    """Return a worker's reason as it is shown; a word we do not know is the world's failure."""
    return next((known for known in REASONS if known == text), "world_crashed")


def _world_ended(work: Work, run: Run, message: wire.WorldEnded, actor: str) -> None:
    if message.outcome == "failed_to_start":
        why = Failure(reason="world_failed_to_start", detail=message.detail)
        try_again(work, run, why, actor=actor)
    elif message.outcome == "crashed" and message.exit_code is None:
        # No world that crashes is without one: its worker ended it, for nobody confirmed it.
        try_again(work, run, Failure(reason="worker_lost", detail=message.detail), actor=actor)
    elif message.outcome == "unknown_world":
        end_run(work, run, failed("world_unknown", message.detail), actor=actor)
    elif run.rendered_us is None:
        end_run(work, run, failed("world_crashed", message.detail), actor=actor)
    # A world that ended after its last picture is wanted no more: its files are on their way.


def run_stopped(work: Work, worker_id: str, message: wire.Stopped) -> None:
    """Take it that nothing of a run is left on its slot, though nobody told the worker to stop."""
    found = locked_run(work, message.session)
    if found is None:
        return
    run = found[1]
    slot_id = f"{worker_id}.{message.index}"
    if run.state in RUNS_ON_SLOT and (run.slot_id, run.term) == (slot_id, message.term):
        try_again(work, run, Failure(reason="worker_lost"), actor="gateway")


def run_wanted(work: Work, slot: Slot, known: Mapping[int, int]) -> RunWanted:
    """Return what a slot of a run should hold.

    Args:
        work: the unit.
        slot: named by a run.
        known: the terms that its worker said it has, by slot: what it was assigned is not read
            again, for scripts are long.
    """
    run = work.stores.simulations.run(slot.session_id or "")
    if slot.state is not SlotState.HELD or run is None or run.state not in RUNS_ON_SLOT:
        return RunWanted(slot=slot, holds=False)
    if known.get(slot.index, -1) >= slot.term:
        return RunWanted(slot=slot, holds=True)
    job = work.stores.simulations.get(run.simulation_id)
    project = work.stores.projects.get(run.project_id)
    if job is None or project is None:
        raise AssertionError(f"run {run.id} is of no simulation or project")
    assign = wire.Assign(
        index=slot.index,
        session=run.id,
        term=slot.term,
        world=project.world,
        video=project.video,
        seed=job.seed,
        start_timeout_s=run.start_timeout_s,
        keeping=keeping_of(work, run.id),
        run=wire.ScriptRun(script=work.stores.simulations.script(run.id), length_ms=run.length_ms),
    )
    return RunWanted(slot=slot, holds=True, assign=assign)
