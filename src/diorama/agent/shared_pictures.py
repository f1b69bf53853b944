"""A world's newest picture for everybody who watches beside the viewer: one copy for all of them.

The viewer's encoder reads the ring's memory itself. Spectators get a copy, made once a picture by a
thread that yields to the viewer's, so however many they are, the ring has one reader more. The
thread is there for as long as somebody watches. Used from the asyncio loop, but for `latest` and
`wait`, which any thread may call.
"""

import contextlib
import threading
from collections.abc import Iterator
from typing import Final, Protocol

import numpy as np

from diorama.agent.media.frames import Frame
from diorama.agent.media.yielding import yield_to_others

_BEFORE_ANY: Final = -1


class Latest(Protocol):
    """Where pictures are looked at without waiting for one."""

    def latest(self, after: int) -> Frame | None:
        """Return the newest picture above `after`; None where there is none."""

    def let_go(self) -> None:
        """Hold none any more."""


class SharedPictures:
    """A `FrameSource` of copies, for any number of threads.

    Args:
        source: where they come from.
        fps: how often it is looked at: the most that a spectator sees.
    """

    def __init__(self, source: Latest, *, fps: int) -> None:
        self._source = source
        self._interval_s = 1 / fps
        self._newest: Frame | None = None
        self._news = threading.Condition()
        self._copying = threading.Lock()  # a thread that ends may overlap the next
        self._users = 0
        self._stopping = threading.Event()

    @contextlib.contextmanager
    def kept_up(self) -> Iterator[None]:
        """Copy pictures for as long as one of these blocks runs."""
        self._users += 1
        if self._users == 1:
            self._stopping = threading.Event()
            threading.Thread(
                target=self._copy_all,
                args=(self._stopping,),
                name="diorama-spectators",
                daemon=True,
            ).start()
        try:
            yield
        finally:
            self._users -= 1
            if self._users == 0:
                self._stopping.set()

    def latest(self, after: int) -> Frame | None:
        """Return the newest picture above `after`; None where there is none."""
        newest = self._newest
        return newest if newest is not None and newest.number > after else None

    def wait(self, after: int, timeout_s: float) -> bool:
        """Block until a picture above `after` is there (True) or the time is over (False)."""
        with self._news:
            return self._news.wait_for(lambda: self.latest(after) is not None, timeout_s)

    def copy(self) -> bool:
        """Copy the newest picture where it is news, and return whether it was."""
        with self._copying:
            seen = _BEFORE_ANY if self._newest is None else self._newest.number
            frame = self._source.latest(seen)
            if frame is None:
                return False
            pixels = np.array(frame.pixels)
        pixels.flags.writeable = False
        with self._news:
            self._newest = Frame(number=frame.number, rendered_us=frame.rendered_us, pixels=pixels)
            self._news.notify_all()
        return True

    def _copy_all(self, stopping: threading.Event) -> None:
        yield_to_others()
        self.copy()
        while not stopping.wait(self._interval_s):
            self.copy()
        with self._copying:
            self._source.let_go()
