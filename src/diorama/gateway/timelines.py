"""Reading all that a session's timeline is made from. Reads only; `sessions.timeline` tells it."""

from typing import Final

from diorama.gateway.own_views import own_view
from diorama.metering.usage import LoggedEvent, metered_us
from diorama.protocol.timeline_views import Timeline
from diorama.sessions.lifecycle import Session
from diorama.sessions.listing import names_of_workers
from diorama.sessions.naming import names_of, source_of
from diorama.sessions.timeline import entries
from diorama.sessions.why import Story, hint, sentence
from diorama.sessions.work import Work

MAX_EVENTS: Final = 2_000
MAX_NOTES: Final = 1_000


def timeline_of(work: Work, session: Session) -> Timeline:
    """Return how a session went."""
    log = work.stores.timeline.log(session.id, limit=MAX_EVENTS)
    notes = work.stores.timeline.notes(session.id, limit=MAX_NOTES)
    project = work.stores.projects.get(session.project_id)
    if project is None:
        raise AssertionError(f"session {session.id} is of no project")
    metered = [
        LoggedEvent(session_id=session.id, version=version, state=row.state, at_us=row.at_us)
        for version, row in enumerate(log, start=1)
    ]
    story = Story(
        session=session,
        project=project.name,
        log=log,
        notes=notes,
        timers=work.timers,
        now_us=work.now_us,
        streamed_us=metered_us(metered, until_us=work.now_us),
        workers=names_of_workers(work, [row.worker_id for row in log]),
        names=names_of(
            work,
            session.account_id,
            [*(row.actor for row in log), source_of(session, None) or "viewer"],
        ),
    )
    return Timeline(
        session=own_view(work, session),
        sentence=sentence(story),
        entries=entries(story),
        complete=len(log) < MAX_EVENTS and len(notes) < MAX_NOTES,
        hint=hint(session),
    )
