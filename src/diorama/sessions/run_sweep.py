"""What time brings to runs of simulations: every state that waits has an end. Use cases.

Source: DESIGN section 2; law 7.
"""

from collections.abc import Mapping
from typing import Final

from diorama.protocol.simulation_views import RunReason
from diorama.sessions.running import Failure, end_run, locked_run, try_again
from diorama.sessions.work import Work
from diorama.simulations.deadlines import Due, next_deadline
from diorama.simulations.lifecycle import failed

BATCH: Final = 200
DUE_REASONS: Final[Mapping[Due, RunReason]] = {
    Due.NOT_DISPATCHED: "no_worker",
    Due.NOT_ACCEPTED: "no_worker",
    Due.NOT_STARTED: "world_failed_to_start",
    Due.STALLED: "run_timed_out",
    Due.NOT_UPLOADED: "upload_failed",
}
TRIED_AGAIN: Final = frozenset({Due.NOT_ACCEPTED, Due.NOT_STARTED})
"""What another slot may do better."""


def due_runs(work: Work) -> list[str]:
    """Return the ids of runs that are past their deadline."""
    return work.stores.simulations.due(work.now_us, limit=BATCH)


def expire_run(work: Work, run_id: str) -> None:
    """Do what is due to a run, if it still is."""
    found = locked_run(work, run_id)
    if found is None:
        return
    run = found[1]
    deadline = next_deadline(run, work.patience, accept_s=work.timers.accept_assignment_s)
    if deadline is None or deadline[0] > work.now_us:
        return
    due_us, due = deadline
    if due in TRIED_AGAIN:
        try_again(work, run, Failure(reason=DUE_REASONS[due], at_us=due_us), actor="gateway")
    elif due is Due.STALLED:  # it is not metered for what it did not render
        end_run(work, run, failed(DUE_REASONS[due]), actor="gateway", at_us=run.moved_us)
    else:
        end_run(work, run, failed(DUE_REASONS[due]), actor="gateway", at_us=due_us)
