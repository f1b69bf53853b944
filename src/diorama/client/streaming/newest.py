"""Things that come, for one who may be slow: the newest are kept, what they push out is counted.

Each thing is had once. It belongs to one asyncio loop.
"""

import asyncio
from collections import deque
from typing import Generic, TypeVar

T = TypeVar("T")


class Newest(Generic[T]):
    """At most `keep` things that nobody has taken yet.

    Attributes:
        received: how many came.
        dropped: how many of them nobody had.
    """

    def __init__(self, keep: int) -> None:
        self.received = 0
        self.dropped = 0
        self._kept: deque[T] = deque()
        self._keep = keep
        self._closed = False
        self._news = asyncio.Event()

    def put(self, thing: T) -> None:
        """Take a thing; the oldest goes where there are too many."""
        if self._closed:
            return
        self.received += 1
        if len(self._kept) >= self._keep:
            self._kept.popleft()
            self.dropped += 1
        self._kept.append(thing)
        self._news.set()

    def close(self) -> None:
        """Say that nothing more comes; what is kept can still be had. Idempotent."""
        self._closed = True
        self._news.set()

    async def next(self) -> T | None:
        """Return the oldest thing kept, once there is one; None where nothing more comes."""
        while not self._kept:
            if self._closed:
                return None
            self._news.clear()
            await self._news.wait()
        return self._kept.popleft()
