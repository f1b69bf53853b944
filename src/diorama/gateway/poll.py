"""Looks, every second, at what the sockets here need to know: what makes lost hints harmless.

Four statements whatever the number of sockets: which of the sessions here are at another version
than was shown, whose slots changed among the workers here, which of the lanes here moved, for whom
signals wait. Hints only bring forward what this would find.
"""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Final

import structlog

from diorama.gateway.desk import Desk
from diorama.gateway.hints import Hints
from diorama.gateway.hub import Hub
from diorama.gateway.sweeps import set_or_after
from diorama.kernel.errors import Unavailable
from diorama.sessions.work import Work

EVERY_S: Final = 1.0
AT_MOST_EVERY_S: Final = 0.1

_log: Final = structlog.stdlib.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Around:
    """What one look found: see `sessions.fleet_store.FleetStore`."""

    sessions: frozenset[str]
    workers: Mapping[str, str]
    lanes: Mapping[tuple[str, str], str]
    to_viewers: set[str]
    to_workers: set[str]


class Poll:
    """The loop of one gateway.

    Args:
        desk: reads the store.
        hub: has the sockets.
    """

    def __init__(self, desk: Desk, hub: Hub) -> None:
        self._desk = desk
        self._hub = hub
        self._workers: Mapping[str, str] = {}
        self._lanes: Mapping[tuple[str, str], str] = {}

    async def run(self, heard: Callable[[Hints], None]) -> None:
        """Look every second, or as soon as somebody says so, until cancelled.

        Args:
            heard: takes what was found, as if another gateway had said it.
        """
        while True:
            await set_or_after(self._hub.look_around, EVERY_S)
            self._hub.look_around.clear()
            try:
                heard(await self.once())
            except Unavailable as error:
                _log.warning("what other gateways changed is unknown", code=error.code)
            await asyncio.sleep(AT_MOST_EVERY_S)

    async def once(self) -> Hints:
        """Return what changed since the last look, as far as it matters to the sockets here."""
        versions = {end.session_id: end.version for end in self._hub.viewers()}
        workers = [end.worker_id for end in self._hub.workers()]
        around = await self._desk.look(partial(look_around, versions=versions, workers=workers))
        hints = Hints(
            set(around.sessions),
            {one for one, mark in around.workers.items() if self._workers.get(one) != mark},
            {one for one in self._hub.lanes() if self._lanes.get(one) != around.lanes.get(one)},
            around.to_viewers,
            around.to_workers,
        )
        self._workers, self._lanes = around.workers, around.lanes
        return hints


def look_around(work: Work, versions: Mapping[str, int], workers: list[str]) -> Around:
    """Return what sockets with these sessions, at these versions, and these workers should know."""
    fleet = work.stores.fleet
    to_viewers, to_workers = fleet.signalled()
    return Around(
        sessions=frozenset(fleet.changed(versions) if versions else ()),
        workers=fleet.worker_marks(workers) if workers else {},
        lanes=fleet.lane_marks(),
        to_viewers=to_viewers,
        to_workers=to_workers,
    )
