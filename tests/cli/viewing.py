"""Sessions as a gateway shows them, made up."""

from datetime import UTC, datetime
from typing import Final

from diorama.protocol.states import SessionState
from diorama.protocol.views import SessionView

NOON: Final = datetime(2026, 11, 21, 12, tzinfo=UTC)


def a_session(**more: object) -> SessionView:
    """Return a session that streams, but for what is said."""
    fields: dict[str, object] = {
        "id": "ses_1",
        "project": "cove",
        "region": "local",
        "state": SessionState.STREAMING,
        "version": 4,
        "attached": True,
        "attachment": 1,
        "created_at": NOON,
        "state_entered_at": NOON,
    }
    return SessionView(**(fields | more))  # type: ignore[arg-type] # fields of a test's own choice
