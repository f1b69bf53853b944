"""What waits for a world that does not take its input as fast as its viewer makes it.

Pure. Bounded: past the bound a move goes first (the next one makes it worthless), the oldest of
those waiting before the newest of anything else.
"""

from collections import deque
from typing import Final

from diorama.agent.world_link import ToHost
from diorama.protocol.input import Gamepad, PointerMove, TouchMove

MAX_WAITING: Final = 1_000  # a second of the most a viewer may send
_MOVES: Final = (PointerMove, TouchMove, Gamepad)


class InputQueue:
    """Messages for a world, in order; `dropped` counts those that had no room."""

    def __init__(self, *, limit: int = MAX_WAITING) -> None:
        self._limit = limit
        self._waiting: deque[ToHost] = deque()
        self._moves = 0  # of those waiting
        self.dropped = 0

    def __len__(self) -> int:
        return len(self._waiting)

    def put(self, message: ToHost) -> None:
        """Add a message, at the cost of one that is worth less where there is no room."""
        is_move = isinstance(message, _MOVES)
        if len(self._waiting) >= self._limit:
            self.dropped += 1
            if is_move or not self._moves:
                return
            self._drop_oldest_move()
        self._waiting.append(message)
        self._moves += is_move

    def take(self) -> ToHost:
        """Return the oldest and remove it. Raises IndexError where nothing waits."""
        message = self._waiting.popleft()
        self._moves -= isinstance(message, _MOVES)
        return message

    def _drop_oldest_move(self) -> None:
        for position, message in enumerate(self._waiting):
            if isinstance(message, _MOVES):
                del self._waiting[position]
                self._moves -= 1
                return
