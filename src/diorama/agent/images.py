"""The images that the viewer of one session gives: fetched, handed to the world, answered.

One at a time. While one is fetched, what the viewer does waits behind it, so that the world hears
of everything in order; heartbeats and signals wait for nothing here. Each image is answered: the
viewer's SDK waits for that without a time-out.
"""

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import structlog

from diorama.agent.event_lines import Happening
from diorama.agent.fetching import Fetcher
from diorama.agent.spool import Spool
from diorama.agent.world_link import GiveImage, ImageSeen
from diorama.kernel.errors import DioramaError
from diorama.protocol.media import ImageGiven
from diorama.protocol.worker import Assign

MAX_HELD: Final = 100
"""What a viewer may do while an image is fetched: prompts, some a second for some seconds."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class _Pending:
    """An image on its way to the world."""

    number: int
    answer: Callable[[ImageSeen], None]


class Images:
    """See above; `hand` gives something to the world."""

    def __init__(
        self, assign: Assign, spool: Spool, fetcher: Fetcher, hand: Callable[[Happening], None]
    ) -> None:
        self._assign = assign
        self._spool = spool
        self._fetcher = fetcher
        self._hand = hand
        self._held: deque[Happening] = deque()
        self._count = 0
        self._pending: _Pending | None = None
        self._task: asyncio.Task[None] | None = None
        self._folder: Path | None = None

    def take(
        self,
        given: ImageGiven,
        answer: Callable[[ImageSeen], None],
        tasks: asyncio.TaskGroup,
    ) -> None:
        """Bring an image to the world, unless another is on its way."""
        self._count += 1
        if self._pending is not None:
            message = "another image is on its way to the world"
            answer(ImageSeen(self._count, "image_pending", message))
            return
        self._pending = _Pending(self._count, answer)
        self._task = tasks.create_task(self._bring(given, self._count))

    def holds_back(self, event: Happening) -> bool:
        """Return whether something waits, from now on, for the image that is being fetched."""
        if self._task is None:
            return False
        if len(self._held) < MAX_HELD:
            self._held.append(event)
        else:
            log.warning("too much was done while an image was fetched")
        return True

    def seen(self, seen: ImageSeen) -> None:
        """Take what became of an image that the world was to be given."""
        pending = self._pending
        if pending is None or pending.number != seen.number:
            return
        self._pending = None
        if self._folder is not None:
            (self._folder / str(seen.number)).unlink(missing_ok=True)
        pending.answer(seen)

    def close(self) -> None:
        """Fetch no more, and leave nothing on this machine."""
        if self._task is not None:
            self._task.cancel()
        self._held.clear()
        if self._folder is not None:
            self._spool.remove_images(self._folder)

    async def _bring(self, given: ImageGiven, number: int) -> None:
        try:
            if self._folder is None:
                self._folder = self._spool.make_images(self._assign.session, self._assign.term)
            path = self._folder / str(number)
            await self._fetcher.fetch(given.image, given.bytes, path)
        except DioramaError as error:
            log.warning("an image was not taken", why=str(error))
            self.seen(ImageSeen(number, "image_lost", "the image could not be fetched"))
        else:
            self._hand(GiveImage(number, str(path), given.prompt))
        self._task = None
        while self._held:
            self._hand(self._held.popleft())
