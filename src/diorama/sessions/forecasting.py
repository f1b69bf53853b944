"""What a waiter is told of its wait: from rows to a forecast, kept for a few seconds.

A forecast costs some milliseconds, so one serves a whole lane. Who enqueues is told by it in the
transaction that gives the ticket, and what was told is stored with the session: measured against
the wait itself, that is the coverage which `GET /v1/projects/{name}/queue` shows.
"""

from diorama.admission.eta import STALE_US, Eta, Observed, forecast
from diorama.projects.rules import Project
from diorama.protocol.views import CoverageView, LaneView, ProjectQueue
from diorama.sessions.work import Work


def observe(work: Work, project_id: str, region: str) -> Observed | None:
    """Return what a lane looks like now; None where there is no such lane."""
    lane = work.stores.projects.lane(project_id, region)
    project = work.stores.projects.get(project_id)
    account = None if project is None else work.stores.accounts.get(project.account_id)
    if lane is None or project is None or account is None:
        return None
    history, rules = work.stores.history, project.rules
    over_cap = 0 if rules.worker_count is None else lane.held - rules.worker_count
    over_limit = account.held - account.concurrent_streams
    waits = history.waits(project_id, region, work.now_us)
    return Observed(
        stays=history.stays(project_id, region, work.now_us),
        live=history.live(project_id, region, work.now_us),
        turning=history.turning(project_id, region),
        excess=max(over_cap, over_limit, 0),
        longest_s=rules.max_runtime_s + rules.connect_timeout_s,
        waiting=lane.waiting,
        gave_up=waits.gave_up,
        waited_s=waits.waited_s,
    )


def refresh(work: Work, project_id: str, region: str) -> None:
    """Make a lane's forecast anew where it is missing or old."""
    age_us = work.forecasts.age_us((project_id, region), work.now_us)
    if age_us is None or not 0 <= age_us < STALE_US:
        seen = observe(work, project_id, region)
        found = None if seen is None else forecast(seen)
        work.forecasts.put((project_id, region), found, work.now_us)


def eta_at(work: Work, project_id: str, region: str, position: int) -> Eta | None:
    """Return how long the waiter at a position still waits; None where it is unknown."""
    refresh(work, project_id, region)
    found = work.forecasts.get((project_id, region))
    return None if found is None else found.at(position)


def queue_of(work: Work, project: Project) -> ProjectQueue:
    """Return a project's queues as anybody who may see the project may see them."""
    regions = tuple(_lane_view(work, project, region) for region in project.regions)
    return ProjectQueue(project=project.name, regions=regions)


def _lane_view(work: Work, project: Project, region: str) -> LaneView:
    lane = work.stores.projects.lane(project.id, region)
    length = 0 if lane is None else lane.waiting
    eta = eta_at(work, project.id, region, length + 1)
    found = work.forecasts.get((project.id, region))
    covered = work.stores.history.coverage(project.id, region)
    count = covered.count
    return LaneView(
        region=region,
        length=length,
        eta_p50_s=None if eta is None else eta.p50_s,
        eta_p90_s=None if eta is None else eta.p90_s,
        session_p50_s=None if found is None else found.stay_p50_s,
        coverage=CoverageView(
            count=count,
            under_p50=covered.under_p50 / count if count else None,
            under_p90=covered.under_p90 / count if count else None,
        ),
    )
