"""Ending a session whose viewer speaks Odyssey's SDK: that never comes back, so nothing is kept."""

from diorama.protocol.end_codes import End
from diorama.sessions.lifecycle import Session
from diorama.sessions.work import Work, end, locked


def end_viewing(
    work: Work, session_id: str, why: End, *, socket: int | None = None
) -> Session | None:
    """End a session, unless a newer socket than `socket` has it, and return what it is then."""
    session = locked(work, session_id, counts=True)
    if session is None or (socket is not None and session.socket != socket):
        return session
    return end(work, session, why, actor="viewer")
