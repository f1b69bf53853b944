"""What a worker hears of its viewer on the media path, and what it makes of it. Pure.

Media is `connected` once a picture went out, and `lost` when the connection failed or nothing was
heard for 3 s: the viewer pings twice a second. A viewer that is heard again is connected again.
A worker that itself stood still heard nothing for that: such a pause counts as a second at most.
"""

from typing import Final

from diorama.agent.media.engine import ConnectionState
from diorama.kernel.units import MILLISECOND_US, SECOND_US, seconds
from diorama.protocol.media import MediaState

LOST_AFTER_US: Final = 3 * SECOND_US
LONGEST_LOOK_US: Final = SECOND_US
"""What may be silence of all that passes between two looks; there are four a second."""
_GONE: Final = frozenset({ConnectionState.FAILED, ConnectionState.CLOSED})


class Hearing:
    """One attachment of a viewer; all times are CLOCK_BOOTTIME.

    Args:
        now_us: when it was made.
        pings: whether the viewer says by messages that it is there. One that does not is heard for
            as long as its peer connection is connected, which it is by the viewer's consent
            (RFC 7675): its end is seen a few seconds later.
    """

    def __init__(self, *, now_us: int, pings: bool = True) -> None:
        self._pings = pings
        self._made_us = now_us
        self._heard_us: int | None = None
        self._looked_us = now_us
        self._paused_us = 0  # since it was heard last
        self._first_frame_us: int | None = None
        self._connection = ConnectionState.NEW

    def connection_changed(self, state: ConnectionState) -> None:
        """Take a change of the peer connection."""
        self._connection = state

    def frame_sent(self, now_us: int) -> None:
        """Take that the first picture went out."""
        self._first_frame_us = self._looked_us = now_us
        self._paused_us = 0

    def heard(self, now_us: int) -> None:
        """Take any message of the viewer."""
        self._heard_us = self._looked_us = now_us
        self._paused_us = 0

    def media(self, now_us: int) -> MediaState:
        """Return how the media is now; to be asked again and again."""
        self._paused_us += max(now_us - self._looked_us - LONGEST_LOOK_US, 0)
        self._looked_us = now_us
        if not self._pings and self._connection is ConnectionState.CONNECTED:
            self.heard(now_us)
        if self._connection in _GONE:
            return "lost"
        if self._first_frame_us is None:
            return "connecting"
        last_us = max(self._first_frame_us, self._heard_us or 0)
        silent_us = now_us - last_us - self._paused_us
        return "lost" if silent_us >= LOST_AFTER_US else "connected"

    def viewer_age_ms(self, now_us: int) -> int | None:
        """Return how long ago the viewer was heard; None where it never was."""
        return None if self._heard_us is None else (now_us - self._heard_us) // MILLISECOND_US


class InputActivity:
    """When a session's input reached its world, whichever attachment it came by.

    Args:
        within_s: how soon the gateway must be told of an input; beats tell it too.
    """

    def __init__(self, within_s: float) -> None:
        self._within_us = seconds(within_s)
        self._last_us: int | None = None
        self._told_us: int | None = None

    def seen(self, now_us: int) -> bool:
        """Take an input and return whether it must be told at once: no beat may come in time."""
        self._last_us = now_us
        if self._told_us is not None and now_us - self._told_us < self._within_us:
            return False
        self._told_us = now_us
        return True

    def told_ms(self, now_us: int) -> int | None:
        """Return how long ago the last input was, to be told now; None where there was none."""
        if self._last_us is None:
            return None
        self._told_us = now_us
        return (now_us - self._last_us) // MILLISECOND_US


class HoldOffs:
    """How a world holds the AFK warning off, and when its gateway is told.

    A world may ask as often as it draws: an end that moves later is told once half of what was told
    is over, one that moves earlier within a second.
    """

    def __init__(self) -> None:
        self._until_us = 0
        self._told_us: int | None = None
        self._told_until_us = 0

    def asked(self, asked_s: float, now_us: int) -> None:
        """Take a world's word: so many seconds from now."""
        self._until_us = now_us + seconds(asked_s)

    def due_us(self) -> int | None:
        """Return when the gateway is to be told next; None where it knows."""
        if abs(self._until_us - self._told_until_us) < SECOND_US:
            return None
        if self._told_us is None:
            return 0
        half_us = max((self._told_until_us - self._told_us) // 2, SECOND_US)
        is_later = self._until_us > self._told_until_us
        return self._told_us + (half_us if is_later else SECOND_US)

    def tell(self, now_us: int) -> float:
        """Return the seconds that the gateway is told now."""
        self._until_us = max(self._until_us, now_us)
        self._told_us, self._told_until_us = now_us, self._until_us
        return (self._until_us - now_us) / SECOND_US

    @property
    def was_told(self) -> bool:
        """Whether the gateway was ever told anything."""
        return self._told_us is not None
