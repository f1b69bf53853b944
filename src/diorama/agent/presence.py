"""Decides when a spectator is gone, from what becomes of its connection. Pure.

A spectator sends no heartbeats: what speaks for it is ICE. A connection that is cut off is found
out by its engine within about 8 seconds, and given a few more, in which it may come back.
"""

from typing import Final, Literal

from diorama.agent.media.engine import ConnectionState
from diorama.kernel.units import seconds

Gone = Literal["left", "lost", "not_connected"]

CONNECT_WITHIN_S: Final = 15.0
BACK_WITHIN_S: Final = 4.0
"""After `disconnected`, which comes 8 s after the last packet: a closed lid is gone after 12 s."""


class Presence:
    """One spectator's connection. Times are microseconds of one clock."""

    def __init__(self, *, now_us: int) -> None:
        self._state = ConnectionState.NEW
        self._since_us = now_us
        self._was_connected = False

    def connection_changed(self, state: ConnectionState, *, now_us: int) -> None:
        """Take a change of the connection."""
        self._was_connected |= state is ConnectionState.CONNECTED
        waits = state in {ConnectionState.NEW, ConnectionState.CONNECTING}
        if self._was_connected or not waits:
            self._since_us = now_us
        self._state = state

    def gone(self, *, now_us: int) -> Gone | None:
        """Return why the spectator is gone; None while it is there."""
        waited_us = now_us - self._since_us
        match self._state:
            case ConnectionState.CONNECTED:
                return None
            case ConnectionState.CLOSED:
                return "left" if self._was_connected else "not_connected"
            case ConnectionState.FAILED:
                return "lost" if self._was_connected else "not_connected"
            case _ if self._was_connected:
                return "lost" if waited_us >= seconds(BACK_WITHIN_S) else None
            case _:
                return "not_connected" if waited_us >= seconds(CONNECT_WITHIN_S) else None
