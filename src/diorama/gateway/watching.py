"""What changed since somebody looked, for any number who look at their own pace.

Ids alone, of every account: who looks reads the store anew, as its own account. What is not taken
in time is forgotten, and `everything` stands for it: a slow reader costs a bounded set of ids.
"""

import asyncio
import contextlib
from collections.abc import Collection, Iterator
from typing import Final

MAX_IDS: Final = 2_000


class Watch:
    """What changed since one reader last took it."""

    def __init__(self) -> None:
        self._sessions: set[str] = set()
        self._everything = False
        self._workers = False
        self._woken = asyncio.Event()

    def tell(self, sessions: Collection[str], *, workers: bool, everything: bool) -> None:
        """Take what changed."""
        self._sessions.update(sessions)
        self._workers |= workers
        self._everything |= everything or len(self._sessions) > MAX_IDS
        if self._everything:
            self._sessions.clear()
        self._woken.set()

    def take(self) -> tuple[set[str], bool, bool]:
        """Return sessions, whether workers changed, whether anything may have; and forget it."""
        taken = self._sessions, self._workers, self._everything
        self._sessions, self._workers, self._everything = set(), False, False
        self._woken.clear()
        return taken

    async def wait(self, *, within_s: float) -> None:
        """Return once something changed, or after so long."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(within_s):
                await self._woken.wait()


class Watches:
    """Everybody who looks at this gateway."""

    def __init__(self) -> None:
        self._watches: set[Watch] = set()

    @contextlib.contextmanager
    def watch(self) -> Iterator[Watch]:
        """Be told what changes, for as long as the block runs."""
        watch = Watch()
        self._watches.add(watch)
        try:
            yield watch
        finally:
            self._watches.discard(watch)

    def tell(
        self, sessions: Collection[str], workers: Collection[str], *, everything: bool = False
    ) -> None:
        """Tell everybody what changed."""
        if not (sessions or workers or everything):
            return
        for watch in self._watches:
            watch.tell(sessions, workers=bool(workers), everything=everything)
