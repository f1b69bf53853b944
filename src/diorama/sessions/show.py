"""Sessions, projects and workers as the outside sees them. Pure: values in, views out."""

from datetime import UTC, datetime

import msgspec

from diorama.admission.decision import Holder
from diorama.admission.eta import Eta
from diorama.admission.line import Place
from diorama.kernel.errors import Detail
from diorama.kernel.units import SECOND_US
from diorama.projects.changing import OwnProject
from diorama.projects.rules import Project
from diorama.protocol.end_codes import End
from diorama.protocol.states import FINAL, METERED, SessionState
from diorama.protocol.views import (
    EndView,
    ProjectView,
    QueueView,
    SessionView,
)
from diorama.sessions.deadlines import afk_ends_us
from diorama.sessions.lifecycle import Session
from diorama.sessions.warnings import NO_ENDS, Ends


def time_of(us: int) -> datetime:
    """Return microseconds since the epoch as an aware time in UTC."""
    whole, rest = divmod(us, SECOND_US)
    return datetime.fromtimestamp(whole, UTC).replace(microsecond=rest)


def time_text(us: int) -> str:
    """Return microseconds since the epoch as ISO 8601 in UTC, with Z."""
    return time_of(us).isoformat().replace("+00:00", "Z")


def end_view(end: End) -> EndView:
    """Return an end with its row of the registry."""
    entry = end.entry
    return EndView(
        code=int(end.code),
        name=entry.name,
        reason=end.reason,
        doing=entry.doing.value,
        retry=entry.retry.value,
        retry_limit=entry.retry_limit,
        message=entry.viewer,
    )


def session_view(
    session: Session,
    *,
    project: str,
    queue: QueueView | None = None,
    ends: Ends = NO_ENDS,
    spectators: int = 0,
) -> SessionView:
    """Return a session as its viewer and its account may see it.

    Args:
        session: the session.
        project: the project's name.
        queue: its place in line, for a waiter.
        ends: what will end it beside its own clocks.
        spectators: how many watch it.
    """
    s = session
    attached = s.attachment > 0 and s.detached_us is None and s.state not in FINAL
    return SessionView(
        id=s.id,
        project=project,
        region=s.region,
        state=s.state,
        version=s.version,
        attached=attached,
        attachment=s.attachment,
        created_at=time_of(s.created_us),
        state_entered_at=time_of(s.entered_us),
        first_frame_at=_time(s.first_frame_us),
        runs_until=_time(s.runs_until_us),
        afk_ends_at=time_of(afk_ends_us(s)) if s.state is SessionState.IDLE else None,
        hours_end_at=_time(ends.hours_us),
        drains_at=_time(ends.drains_us),
        ended_at=_time(s.ended_us),
        end_user=s.end_user,
        device=s.device,
        queue=queue,
        end=None if s.end is None else end_view(s.end),
        recorded=s.rules.recording.enabled,
        spectators=spectators,
    )


def class_name(session: Session) -> str | None:
    """Return what its project called a session's class in line; None is the usual one."""
    classes = session.rules.queue.priorities.items()
    named = sorted(name for name, priority in classes if priority == session.priority)
    return named[0] if session.priority and named else None


def queue_view(place: Place, eta: Eta | None) -> QueueView:
    """Return a place in line, and how long it still takes, as its waiter may see it."""
    return QueueView(
        position=place.position,
        length=place.length,
        eta_p50_s=None if eta is None else eta.p50_s,
        eta_p90_s=None if eta is None else eta.p90_s,
        reason=None if place.reason is None else place.reason.value,
    )


def holder_detail(holder: Holder, now_us: int) -> Detail:
    """Return what holds a slot, for a refusal: `protocol.views.HolderView` as JSON values."""
    heard_s = None if holder.heard_us is None else (now_us - holder.heard_us) / SECOND_US
    if holder.detached_us is None and holder.state in METERED:
        heard_s = 0.0  # leases are written once a beat; it is being heard
    return {
        "session": holder.session_id,
        "project": holder.project_name,
        "state": holder.state.value,
        "age_s": (now_us - holder.created_us) / SECOND_US,
        "last_heard_s": heard_s,
        "device": holder.device,
        "end": f"/v1/sessions/{holder.session_id}",
    }


def project_view(project: Project) -> ProjectView:
    """Return a project as a visitor may see it."""
    return ProjectView(
        id=project.id,
        name=project.name,
        title=project.title,
        description=project.description,
        enabled=project.enabled,
        regions=project.regions,
        world=project.world.kind,
        prompts=project.prompts,
    )


def own_project_view(project: Project) -> OwnProject:
    """Return a project as its account may see it."""
    seen = msgspec.structs.asdict(project_view(project))
    return OwnProject(
        **seen,
        version=project.version,
        public=project.public,
        rules=project.rules,
        pool=project.pool,
        offered=project.offered,
        made_from=project.made_from,
    )


def _time(us: int | None) -> datetime | None:
    return None if us is None else time_of(us)
