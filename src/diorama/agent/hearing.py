"""What a worker hears of its viewer on the media path, and what it makes of it. Pure.

Media is `connected` once a picture went out, and `lost` when the connection failed or nothing was
heard for 3 s: the viewer pings twice a second. A viewer that is heard again is connected again.
"""

from typing import Final

from diorama.agent.media.engine import ConnectionState
from diorama.kernel.units import MILLISECOND_US, SECOND_US
from diorama.protocol.media import MediaState

LOST_AFTER_US: Final = 3 * SECOND_US
INPUT_RESUMES_AFTER_US: Final = 5 * SECOND_US
_GONE: Final = frozenset({ConnectionState.FAILED, ConnectionState.CLOSED})


class Hearing:
    """One attachment of a viewer; all times are CLOCK_BOOTTIME."""

    def __init__(self, *, now_us: int) -> None:
        self._made_us = now_us
        self._heard_us: int | None = None
        self._first_frame_us: int | None = None
        self._connection = ConnectionState.NEW

    def connection_changed(self, state: ConnectionState) -> None:
        """Take a change of the peer connection."""
        self._connection = state

    def frame_sent(self, now_us: int) -> None:
        """Take that the first picture went out."""
        self._first_frame_us = now_us

    def heard(self, now_us: int) -> None:
        """Take any message of the viewer."""
        self._heard_us = now_us

    def media(self, now_us: int) -> MediaState:
        """Return how the media is now."""
        if self._connection in _GONE:
            return "lost"
        if self._first_frame_us is None:
            return "connecting"
        last_us = max(self._first_frame_us, self._heard_us or 0)
        return "lost" if now_us - last_us >= LOST_AFTER_US else "connected"

    def viewer_age_ms(self, now_us: int) -> int | None:
        """Return how long ago the viewer was heard; None where it never was."""
        return None if self._heard_us is None else (now_us - self._heard_us) // MILLISECOND_US


class InputActivity:
    """When a session's input reached its world, whichever attachment it came by."""

    def __init__(self) -> None:
        self._last_us: int | None = None

    def seen(self, now_us: int) -> bool:
        """Take an input and return whether it is the first after a silence."""
        last_us, self._last_us = self._last_us, now_us
        return last_us is None or now_us - last_us >= INPUT_RESUMES_AFTER_US

    def age_ms(self, now_us: int) -> int | None:
        """Return how long ago the last input was; None where there was none."""
        return None if self._last_us is None else (now_us - self._last_us) // MILLISECOND_US
