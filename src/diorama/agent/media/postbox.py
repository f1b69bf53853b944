"""Carries what an engine's own threads hear over to the asyncio loop, in order and bounded.

A viewer may send faster than the loop reads. What waits is counted, and past the bound messages
are dropped and counted: input is worth nothing late, and memory is worth more.
"""

import asyncio
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Final

MAX_WAITING: Final = 1_024  # about a second of a 1000 Hz mouse


class Postbox:
    """One peer's way to the loop. `close` is called on the loop; nothing is delivered after."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._lock = threading.Lock()
        self._waiting = 0
        self._closed = False
        self.dropped = 0

    def post(self, deliver: Callable[[], None]) -> None:
        """Have `deliver` called on the loop; for the few things that may not be lost."""
        with suppress(RuntimeError):  # the loop is closed: nobody is left to hear it
            self._loop.call_soon_threadsafe(self._run, deliver)

    def post_message(self, deliver: Callable[[], None]) -> None:
        """Have `deliver` called on the loop, unless too much waits already."""
        with self._lock:
            if self._waiting >= MAX_WAITING:
                self.dropped += 1
                return
            self._waiting += 1
        self.post(lambda: self._run_message(deliver))

    def close(self) -> None:
        """Deliver nothing any more."""
        self._closed = True

    def _run_message(self, deliver: Callable[[], None]) -> None:
        with self._lock:
            self._waiting -= 1
        self._run(deliver)

    def _run(self, deliver: Callable[[], None]) -> None:
        if not self._closed:
            deliver()
