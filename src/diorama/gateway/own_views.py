"""Sessions as their account sees them: what their viewers see, and more. Reads only."""

from collections.abc import Sequence

import msgspec

from diorama.gateway.viewer_socket import view_of
from diorama.protocol.views import SessionView
from diorama.sessions.lifecycle import Session
from diorama.sessions.listing import names_of_workers
from diorama.sessions.naming import source_of
from diorama.sessions.recording import recording_id_of
from diorama.sessions.show import class_name
from diorama.sessions.work import Work


def own_views(work: Work, sessions: Sequence[Session]) -> tuple[SessionView, ...]:
    """Return views for the account that sessions are of, in the same order."""
    workers = names_of_workers(work, [session.worker_id for session in sessions])
    sources = work.stores.timeline.askers([session.id for session in sessions])
    return tuple(
        msgspec.structs.replace(
            view_of(work, session),
            priority=class_name(session),
            source=source_of(session, sources.get(session.id)),
            worker=workers.get(session.worker_id or ""),
            recording=recording_id_of(session),
        )
        for session in sessions
    )


def own_view(work: Work, session: Session) -> SessionView:
    """Return a session's view for its account."""
    return own_views(work, [session])[0]
