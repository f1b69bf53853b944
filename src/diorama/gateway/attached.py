"""What every viewer's end knows of the session it is attached to, whichever protocol it speaks.

It is the part of `hub.ViewerEnd` that asks nothing and sends nothing: which session, where it
waits, and how new what is known of it is.
"""

from diorama.sessions.lifecycle import Session


class Attached:
    """A viewer's end's own knowledge of its session, as it was when it last was told."""

    __slots__ = ("_sent_version", "_session")  # thousands wait in line: no dictionary for each

    def __init__(self, session: Session) -> None:
        self._session = session
        self._sent_version = 0

    @property
    def session_id(self) -> str:
        """The session it is for."""
        return self._session.id

    @property
    def lane(self) -> tuple[str, str]:
        """The (project, region) of its session."""
        return self._session.project_id, self._session.region

    @property
    def socket(self) -> int:
        """Its number: the highest of a session is the newest."""
        return self._session.socket

    @property
    def version(self) -> int:
        """The version of its session that it was shown last."""
        return self._sent_version

    def expects(self, worker_id: str, term: int, attachment: int) -> bool:
        """Whether its session, as it knows it, has this worker, term and peer connection."""
        known = self._session
        return (known.worker_id, known.term, known.attachment) == (worker_id, term, attachment)
