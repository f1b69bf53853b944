"""What happens to runs of simulations: the steps that every use case about them takes.

A run is changed under the locks of its simulation and then its own; the simulation follows it in
the same transaction. A slot that a run had is released as a session's is: it comes back by proof,
or once its worker must have fenced itself. Source: DESIGN sections 1 and 4; laws 2, 3 and 8.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from diorama.protocol.simulation_views import RunReason
from diorama.protocol.states import RUNS_ON_SLOT, SimulationState
from diorama.sessions.recording import are_files_there, fail_recording, void_upload
from diorama.sessions.simulation_news import tell_of_change
from diorama.sessions.work import RunStep, Work, release_slot
from diorama.simulations.deadlines import next_deadline
from diorama.simulations.lifecycle import (
    COMPLETED,
    Outcome,
    Run,
    RunEvent,
    RunHappened,
    Simulation,
    advance,
    effect_us,
    failed,
    follow,
)
from diorama.simulations.store import RunRow
from diorama.workers.capabilities import Worker

WORLD_FAILED: Final = frozenset[RunReason]({"world_failed_to_start", "world_crashed"})
"""What counts against a slot: worlds that keep failing on it quarantine it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """A slot failed a run.

    Attributes:
        reason: why, where it is not tried again.
        detail: what its worker said of that.
        at_us: when it took effect; None is now.
        proven: whether nothing of it runs on the slot any more, which is free then at once.
    """

    reason: RunReason
    detail: str = ""
    at_us: int | None = None
    proven: bool = False


def locked_run(work: Work, run_id: str) -> tuple[Simulation, Run] | None:
    """Return a run and its simulation that nobody else changes meanwhile."""
    seen = work.stores.simulations.run(run_id)
    if seen is None:
        return None
    job = work.stores.simulations.get(seen.simulation_id, lock=True)
    run = work.stores.simulations.run(run_id, lock=True)
    if job is None or run is None:
        raise AssertionError(f"run {run_id} is of no simulation")
    return job, run


def record_run(
    work: Work, run: Run, happened: RunHappened, *, actor: str, tells: bool = True
) -> Run:
    """Advance a locked run, write it with its row of the log, and return it.

    Its simulation, which is locked too, follows; `tells` whether others hear of its new state.

    Raises:
        Refused: its state has no answer to this.
    """
    after = advance(run, happened)
    row = RunRow(
        kind=happened.event,
        at_us=effect_us(run, happened),
        recorded_us=work.now_us,
        actor=actor,
    )
    work.changes.run_steps.append(RunStep(happened.event, run, after))
    due_us = run_deadline_us(work, after)
    work.stores.simulations.save_run(run, after, row, deadline_us=due_us)
    if due_us is not None:
        work.changes.soon_us = min(due_us, work.changes.soon_us or due_us)
    job = work.stores.simulations.get(run.simulation_id)
    if job is None:
        raise AssertionError(f"run {run.id} is of no simulation")
    runs = work.stores.simulations.runs_of([job.id])
    followed = follow(job, runs)
    if followed is not job:
        work.stores.simulations.save(job, followed)
        if tells:
            tell_of_change(work, job, followed, runs)
    work.changes.sessions.add(job.id)
    if after.worker_id is not None:
        work.changes.workers.add(after.worker_id)
    return after


def run_deadline_us(work: Work, run: Run) -> int | None:
    """Return when something is due to a run."""
    due = next_deadline(run, work.patience, accept_s=work.timers.accept_assignment_s)
    return None if due is None else due[0]


def end_run(work: Work, run: Run, outcome: Outcome, *, actor: str, at_us: int | None = None) -> Run:
    """End a locked run; its slot, if it has one, waits for proof that the world is gone.

    Ending one that is over changes nothing, and one whose files are there is completed.
    """
    when_us = work.now_us if at_us is None else at_us
    happened = RunHappened(event=RunEvent.ENDED, at_us=when_us, outcome=outcome)
    return _ended(work, run, happened, actor=actor, tells=True)


def _ended(work: Work, run: Run, happened: RunHappened, *, actor: str, tells: bool) -> Run:
    if run.is_over:
        return run
    if run.state in RUNS_ON_SLOT and are_files_there(work, run.id):
        happened = replace(happened, outcome=COMPLETED)
    after = record_run(work, run, happened, actor=actor, tells=tells)
    if run.state in RUNS_ON_SLOT:
        release_slot(work, run, failed=after.reason in WORLD_FAILED)
    if after.state is not SimulationState.COMPLETED and after.recording_id is not None:
        fail_recording(work, after.id, after.reason or "cancelled")
    return after


def end_runs(work: Work, runs: Sequence[Run], outcome: Outcome, *, actor: str) -> None:
    """End runs that are told in the order in which they are locked.

    What a simulation is while some of its runs are ended and others are not, nobody hears.
    """
    last = {seen.simulation_id: seen.id for seen in runs}
    for seen in runs:
        found = locked_run(work, seen.id)
        if found is not None:
            happened = RunHappened(event=RunEvent.ENDED, at_us=work.now_us, outcome=outcome)
            is_last = last[seen.simulation_id] == seen.id
            _ended(work, found[1], happened, actor=actor, tells=is_last)


def try_again(work: Work, run: Run, why: Failure, *, actor: str) -> Run:
    """Put a locked run whose slot failed it back in line, or end it where it was tried enough.

    What its worker may still upload counts for nothing from now on.
    """
    if run.state not in RUNS_ON_SLOT:
        return run
    if not run.may_retry or are_files_there(work, run.id):
        outcome = failed(why.reason, why.detail)
        return end_run(work, run, outcome, actor=actor, at_us=why.at_us)
    at_us = work.now_us if why.at_us is None else why.at_us
    after = record_run(work, run, RunHappened(event=RunEvent.RETRIED, at_us=at_us), actor=actor)
    release_slot(work, run, failed=why.reason in WORLD_FAILED, proven=why.proven)
    void_upload(work, run.id)
    return after


def leave_worker(work: Work, worker: Worker, *, actor: str, at_us: int | None) -> None:
    """Let the runs of a worker that is lost, or goes, be tried elsewhere."""
    for seen in work.stores.simulations.on_worker(worker.id):
        found = locked_run(work, seen.id)
        if found is not None and found[1].worker_id == worker.id:
            try_again(work, found[1], Failure(reason="worker_lost", at_us=at_us), actor=actor)
