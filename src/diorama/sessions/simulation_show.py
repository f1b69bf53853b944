"""Simulations as their account sees them: rows in, views out."""

from collections.abc import Mapping, Sequence

from diorama.protocol.simulation_views import (
    REASONS,
    RunView,
    SimulationErrorView,
    SimulationProgress,
    SimulationQueueView,
    SimulationView,
)
from diorama.protocol.states import SimulationState
from diorama.protocol.views import Instant
from diorama.sessions.listing import names_of_workers
from diorama.sessions.show import time_of
from diorama.sessions.work import Work
from diorama.simulations.lifecycle import Run, Simulation
from diorama.simulations.line import Line


def simulation_views(work: Work, found: Sequence[Simulation]) -> tuple[SimulationView, ...]:
    """Return simulations with their runs."""
    by_simulation: dict[str, list[Run]] = {job.id: [] for job in found}
    for run in work.stores.simulations.runs_of(list(by_simulation)):
        by_simulation[run.simulation_id].append(run)
    workers = names_of_workers(
        work, (run.worker_id for runs in by_simulation.values() for run in runs)
    )
    return tuple(_view(work, job, by_simulation[job.id], workers) for job in found)


def simulation_view(work: Work, simulation: Simulation) -> SimulationView:
    """Return one simulation with its runs."""
    return simulation_views(work, [simulation])[0]


def _view(
    work: Work, job: Simulation, runs: Sequence[Run], workers: Mapping[str, str]
) -> SimulationView:
    project = work.stores.projects.get(job.project_id)
    failed = next((run for run in runs if run.reason is not None), None)
    return SimulationView(
        id=job.id,
        project=job.project_id if project is None else project.name,
        region=job.region,
        name=job.name,
        state=job.state,
        created_at=time_of(job.created_us),
        dispatched_at=_instant(job.dispatched_us),
        started_at=_instant(job.started_us),
        ended_at=_instant(job.ended_us),
        seed=job.seed,
        frame=job.frame,
        scripts=job.scripts,
        progress=_progress(runs),
        queue=_place(work, job, runs),
        retries=sum(max(run.attempt - 1, 0) for run in runs),
        error=None if failed is None else _error(failed),
        end_user=job.end_user,
        simulation_us=sum(run.used_us(work.now_us) for run in runs),
        runs=tuple(_run_view(run, workers) for run in runs),
    )


def _progress(runs: Sequence[Run]) -> SimulationProgress:
    totals = [run.frames_total for run in runs if run.frames_total is not None]
    return SimulationProgress(
        frames=sum(run.frames for run in runs),
        frames_total=sum(totals) if len(totals) == len(runs) else None,
        runs_done=sum(run.is_over for run in runs),
        runs=len(runs),
    )


def _place(work: Work, job: Simulation, runs: Sequence[Run]) -> SimulationQueueView | None:
    tickets = [run.ticket for run in runs if run.state is SimulationState.PENDING]
    if not tickets:
        return None
    line = Line(pool=job.pool, region=job.region, kind=job.kind)
    return SimulationQueueView(position=work.stores.simulations.position(line, min(tickets)))


def _run_view(run: Run, workers: Mapping[str, str]) -> RunView:
    return RunView(
        id=run.id,
        index=run.index,
        state=run.state,
        frames=run.frames,
        frames_total=run.frames_total,
        attempts=run.attempt,
        worker=None if run.worker_id is None else workers.get(run.worker_id, run.worker_id),
        recording=run.recording_id,
        started_at=_instant(run.started_us),
        ended_at=_instant(run.ended_us),
        error=None if run.reason is None else _error(run),
    )


def _error(run: Run) -> SimulationErrorView:
    if run.reason is None:
        raise AssertionError(f"run {run.id} did not fail")
    return SimulationErrorView(reason=run.reason, message=REASONS[run.reason])


def _instant(us: int | None) -> Instant | None:
    return None if us is None else time_of(us)
