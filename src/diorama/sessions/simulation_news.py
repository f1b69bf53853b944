"""What is told to others of a simulation: an event for each state it comes to. Use cases.

The events of one simulation are ordered by `seq`, its version: of any two, the one with the higher
`seq` says what it is. They are written with what they tell of, in the same transaction.
"""

from collections.abc import Mapping, Sequence
from typing import Final

from diorama.events.webhooks import notice
from diorama.kernel.errors import Detail
from diorama.protocol.states import SimulationState
from diorama.sessions.show import time_text
from diorama.sessions.work import Work
from diorama.simulations.lifecycle import Run, Simulation

TYPE_OF: Final[Mapping[SimulationState, str]] = {
    SimulationState.PENDING: "simulation.returned",
    SimulationState.DISPATCHED: "simulation.dispatched",
    SimulationState.PROCESSING: "simulation.processing",
    SimulationState.COMPLETED: "simulation.completed",
    SimulationState.FAILED: "simulation.failed",
    SimulationState.CANCELLED: "simulation.cancelled",
}
SUBMITTED: Final = "simulation.submitted"


def tell_of_submission(work: Work, simulation: Simulation, runs: Sequence[Run]) -> None:
    """Tell of a simulation that is new, and whose runs these are."""
    _tell(work, SUBMITTED, simulation, runs)


def tell_of_change(work: Work, before: Simulation, after: Simulation, runs: Sequence[Run]) -> None:
    """Tell of a simulation's new state, with its runs; of what else changed nobody is told."""
    if before.state is not after.state:
        _tell(work, TYPE_OF[after.state], after, runs)


def _tell(work: Work, type_: str, job: Simulation, runs: Sequence[Run]) -> None:
    project = work.stores.projects.get(job.project_id)
    failed = next((run for run in runs if run.reason is not None), None)
    over = [run for run in runs if run.is_over]
    about: dict[str, Detail] = {
        "id": job.id,
        "project": job.project_id if project is None else project.name,
        "region": job.region,
        "name": job.name,
        "end_user": job.end_user,
        "state": job.state.value,
        "seq": job.version,
        "runs": len(runs),
        "runs_done": len(over),
        "simulation_us": sum(run.used_us(work.now_us) for run in runs),
        "created_at": time_text(job.created_us),
        "error": None if failed is None else failed.reason,
    }
    work.stores.feed.notice(notice(work.ids, type_, job.account_id, work.now_us, about))
