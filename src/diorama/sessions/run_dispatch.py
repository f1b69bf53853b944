"""Which waiting runs of simulations are given slots: those that no viewer could have. Use cases.

One gateway at a time deals out a line, under the line's lock. A run that has a slot keeps it:
viewers who come later wait for the next. Source: DESIGN section 3.
"""

from typing import Final

from diorama.leases.slots import Slot, reserve
from diorama.protocol.states import SimulationState
from diorama.recordings.lifecycle import Source
from diorama.sessions.recording import begin_recording
from diorama.sessions.run_hours import is_out_of_hours
from diorama.sessions.run_yielding import Viewers, viewers_in_line, yields
from diorama.sessions.running import end_run, locked_run, record_run
from diorama.sessions.work import Work
from diorama.simulations.lifecycle import (
    Given,
    Run,
    RunEvent,
    RunHappened,
    Simulation,
    failed,
)
from diorama.simulations.line import Line, first_of, may_take

BATCH: Final = 50
"""Slots given in one transaction; the next round goes on from there."""
BATCH_BESIDE_VIEWERS: Final = 10
"""Likewise while lines of viewers are locked, who are let into them after it."""
LINES_A_ROUND: Final = 200


def waiting_runs(work: Work) -> list[Line]:
    """Return the lines in which runs wait."""
    return work.stores.simulations.waiting_lines(limit=LINES_A_ROUND)


def dispatch_runs(work: Work, line: Line) -> int:
    """Give free slots to the runs of one line, where viewers leave them; return how many.

    Locks are taken in one order everywhere: lane, account, line, simulation, run, slot, audit.
    """
    if not _is_room(work, line):
        return 0  # the usual answer, for which no line is locked
    viewers = viewers_in_line(work, line)
    most = BATCH_BESIDE_VIEWERS if viewers.projects else BATCH
    work.stores.simulations.lock_line(line)
    given = 0
    while given < most and _is_room(work, line):
        first = first_of(work.stores.simulations.waiting(line))
        if first is None or not _serve(work, line, first.run_id, viewers):
            return given
        given += 1
    work.changes.room |= given == most
    return given


def _is_room(work: Work, line: Line) -> bool:
    free = work.stores.slots.count_free(line.pool, line.region, line.kind, work.now_us)
    return may_take(free=free, keep_free=work.patience.keep_free)


def _serve(work: Work, line: Line, run_id: str, viewers: Viewers) -> bool:
    """Give a run a slot, or end it where its account may run nothing; False where none is left."""
    found = locked_run(work, run_id)
    if found is None or found[1].state is not SimulationState.PENDING:
        return True  # ended since we looked: the next is first now
    job, run = found
    if is_out_of_hours(work, run.account_id):
        end_run(work, run, failed("hours_exhausted"), actor="gateway")
        return True
    slot = _free_slot(work, line, run)
    if slot is None or yields(work, line, slot, viewers):
        return False
    _give(work, job, run, slot)
    return True


def _give(work: Work, job: Simulation, run: Run, slot: Slot) -> None:
    """Reserve a locked free slot for a locked run, and a recording for what it renders."""
    project = work.stores.projects.get(run.project_id)
    if project is None:
        raise AssertionError(f"run {run.id} is of no project")
    held = reserve(slot, run.id, incarnation=work.stores.incarnation)
    work.stores.slots.save(held)
    source = Source(kind="simulation", id=job.id, run=run.id, script=run.index)
    keeping = begin_recording(work, source, project=project, frame=job.frame, end_user=job.end_user)
    happened = RunHappened(
        event=RunEvent.DISPATCHED,
        at_us=work.now_us,
        given=Given(worker_id=held.worker_id, slot_id=held.id, term=held.term),
        recording_id=keeping.recording,
    )
    record_run(work, run, happened, actor="gateway")


def _free_slot(work: Work, line: Line, run: Run) -> Slot | None:
    """Return a locked free slot; rather not on the worker where the run failed before."""
    take = work.stores.slots.take_free
    elsewhere = take(line.pool, line.region, line.kind, work.now_us, not_on=run.worker_id)
    if elsewhere is not None or run.worker_id is None:
        return elsewhere
    return take(line.pool, line.region, line.kind, work.now_us)
