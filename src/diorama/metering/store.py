"""What metering needs from a database."""

from typing import Protocol

from diorama.metering.usage import LoggedEvent


class EventLog(Protocol):
    """The append-only log at rest."""

    def log(self, session_id: str) -> list[LoggedEvent]:
        """Return the log of a session, by version."""
