"""How many images one gateway takes in at once: a long message costs memory until it is whole.

A socket that sends more than is usual has to have one of a few places, and keeps it until what it
sent was taken. While all are taken it is not read: its sender's own network holds what it sends. A
sender that does not get on gives its place back by losing its connection.
"""

import asyncio
from collections import deque
from collections.abc import Callable
from typing import Final, Protocol

USUAL_BYTES: Final = 256 * 1024
"""What any socket may have on the way to us."""
MOST_AT_ONCE: Final = 8
BUSY_AFTER_S: Final = 10.0
"""After which who waits for a place is told."""
WHOLE_WITHIN_S: Final = 120.0


class Reading(Protocol):
    """The connection of a socket."""

    def pause_reading(self) -> None:
        """Read nothing for now."""

    def resume_reading(self) -> None:
        """Read on."""


class Room:
    """The places of one gateway, given in the order in which they are asked for."""

    def __init__(self, places: int | None = None) -> None:
        self._free = MOST_AT_ONCE if places is None else places
        self._waiting: deque[Incoming] = deque()

    def enter(self, incoming: "Incoming") -> bool:
        """Take a place; False where none is free: it is given to it later."""
        if self._free:
            self._free -= 1
            return True
        self._waiting.append(incoming)
        return False

    def leave(self) -> None:
        """Give a place back, to who waits longest."""
        self._free += 1
        if self._waiting:
            self._free -= 1
            self._waiting.popleft().admit()

    def forget(self, incoming: "Incoming") -> None:
        """Take who waits out of the line."""
        self._waiting.remove(incoming)


class Incoming:
    """What is on its way to us on one socket.

    Args:
        reading: its connection.
        room: the places.
        busy: called once where no place comes free for a while.
        late: called where a message does not come whole in time.
    """

    def __init__(
        self,
        reading: Reading,
        room: Room,
        *,
        busy: Callable[[], None],
        late: Callable[[], None],
    ) -> None:
        self._reading = reading
        self._room = room
        self._busy = busy
        self._late = late
        self._loop = asyncio.get_running_loop()
        self._bytes = 0
        self._holds = self._waits = False
        self._timer: asyncio.TimerHandle | None = None
        self._came_s = self._loop.time()
        self._refused = False

    @property
    def heard_s(self) -> float:
        """When its sender was last heard; one that is not read now counts as heard."""
        return self._loop.time() if self._waits else self._came_s

    def came(self, length: int) -> None:
        """Take that so many bytes came."""
        self._came_s = self._loop.time()
        self._bytes += length
        if self._bytes <= USUAL_BYTES or self._holds:
            return
        if not self._waits:
            if self._room.enter(self):
                self._hold()
                return
            self._waits = True
            self._set_timer(BUSY_AFTER_S, self._tell_busy)
        self._reading.pause_reading()

    def admit(self) -> None:
        """Be given a place."""
        self._waits = False
        self._hold()
        self._reading.resume_reading()

    def is_welcome(self) -> bool:
        """Return whether the message that is whole now is to be taken: its sender was told not."""
        refused, self._refused = self._refused, False
        return not refused

    def done(self) -> None:
        """Take that a message is whole, and was taken."""
        self._bytes = 0
        if self._holds:
            self._holds = False
            self._set_timer(None)
            self._room.leave()

    def close(self) -> None:
        """Take that the socket is over."""
        if self._waits:
            self._waits = False
            self._room.forget(self)
        self._set_timer(None)
        self.done()

    def _hold(self) -> None:
        self._holds = True
        self._set_timer(WHOLE_WITHIN_S, self._late)

    def _tell_busy(self) -> None:
        self._refused = True
        self._busy()

    def _set_timer(self, after_s: float | None, then: Callable[[], None] | None = None) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = None
        if after_s is not None and then is not None:
            self._timer = self._loop.call_later(after_s, then)
