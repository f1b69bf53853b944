"""How spectators' pictures are kept from costing the viewer any.

Two means. Threads that work for spectators alone have a lower priority than the viewer's, so where
the processors are all busy the viewer's are served first (setpriority(2): on Linux niceness is a
thread's own). And of all the encoding for spectators in a process, only so much runs at once as
leaves half of the processors; who does not get a turn in time loses that picture.
"""

import os
import threading
from contextlib import suppress
from typing import Final

from diorama.agent.media.engine import (
    AccessUnit,
    ConnectionState,
    Screen,
    UnitWanted,
    VideoFeed,
)

NICENESS: Final = 10
_NICEST: Final = 19
TURN_WITHIN_S: Final = 0.03  # about an interval: later than that the next picture is there
_lowered = threading.local()


def yield_to_others() -> None:
    """Lower the priority of the calling thread, once; where that may not be, it stays as it is."""
    if getattr(_lowered, "done", False):
        return
    _lowered.done = True
    with suppress(OSError):
        thread = threading.get_native_id()
        here = os.getpriority(os.PRIO_PROCESS, thread)  # a worker may be nice itself
        os.setpriority(os.PRIO_PROCESS, thread, min(here + NICENESS, _NICEST))


def turns_here() -> threading.Semaphore:
    """Return how many spectators' pictures may be encoded at once on this machine."""
    return threading.Semaphore(max(1, len(os.sched_getaffinity(0)) // 2))


class YieldingScreen:
    """A `Screen` whose feed is asked only when it is the spectators' turn.

    Args:
        screen: what shows the pictures.
        turns: of all spectators of a process.
        own_thread: whether the screen asks for pictures on a thread that serves it alone.
    """

    def __init__(self, screen: Screen, turns: threading.Semaphore, *, own_thread: bool) -> None:
        self._screen = screen
        self._turns = turns
        self._own_thread = own_thread

    def attach(self, feed: VideoFeed | None) -> None:
        """Make `feed` the source of pictures, in turn."""
        if feed is None:
            self._screen.attach(None)
        else:
            self._screen.attach(_FeedInTurn(feed, self._turns, own_thread=self._own_thread))

    def frame_ready(self) -> bool:
        """Say that the feed has a newer picture."""
        return self._screen.frame_ready()


class _FeedInTurn:
    def __init__(self, feed: VideoFeed, turns: threading.Semaphore, *, own_thread: bool) -> None:
        self._feed = feed
        self._turns = turns
        self._own_thread = own_thread

    def next_unit(self, wanted: UnitWanted) -> AccessUnit | None:
        """Return the newest picture, encoded; None where it was not its turn."""
        if self._own_thread:
            yield_to_others()
        if not self._turns.acquire(timeout=TURN_WITHIN_S):
            if wanted.key:
                self._feed.handle_key_frame_request()  # the next picture makes up for this one
            return None
        try:
            return self._feed.next_unit(wanted)
        finally:
            self._turns.release()

    def handle_connection_state(self, state: ConnectionState) -> None:
        """Pass it on."""
        self._feed.handle_connection_state(state)

    def handle_key_frame_request(self) -> None:
        """Pass it on."""
        self._feed.handle_key_frame_request()

    def handle_target_bitrate(self, bitrate_kbps: int) -> None:
        """Pass it on."""
        self._feed.handle_target_bitrate(bitrate_kbps)
