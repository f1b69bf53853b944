"""Telling waiters their places: a few times a second however fast the line moves, and only news.

One read gives a whole line, one forecast serves it, and each socket is sent what differs from what
it was sent before. A line that stands still is looked at every few seconds, as waits change all the
same. Nothing here decides an order: `admission.line` does.
"""

import asyncio
import contextlib
from collections.abc import Collection
from dataclasses import dataclass
from functools import partial
from typing import Final

import structlog

from diorama.admission.eta import Forecast, Observed, forecast
from diorama.admission.line import Waiter, places
from diorama.gateway.desk import Desk
from diorama.gateway.hub import Hub
from diorama.kernel.errors import Unavailable
from diorama.sessions.forecasting import observe
from diorama.sessions.show import queue_view
from diorama.sessions.work import Work

PLACES_EVERY_S: Final = 0.25
STILL_EVERY_S: Final = 5.0
FORESEE_EVERY_US: Final = 2_000_000
PLACES_A_TURN: Final = 25
"""Half a millisecond: who has a slot now is told between, and goes through several turns."""
STORAGE_FAILED: Final = "storage_failed"

_log: Final = structlog.stdlib.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class _Line:
    """A lane's waiters, and what to make a new forecast of where the last is old."""

    waiters: list[Waiter]
    seen: Observed | None
    now_us: int


class Places:
    """The loop that tells waiters where they stand."""

    def __init__(self, desk: Desk, hub: Hub) -> None:
        self._desk = desk
        self._hub = hub

    async def run(self) -> None:
        """Tell places until cancelled."""
        loop = asyncio.get_running_loop()
        all_at_s = loop.time() + STILL_EVERY_S
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout_at(all_at_s):
                    await self._hub.moved.wait()
            lanes: Collection[tuple[str, str]] = self._hub.take_moved()
            if loop.time() >= all_at_s:
                lanes, all_at_s = self._hub.lanes(), loop.time() + STILL_EVERY_S
            for lane in sorted(lanes):
                await self.tell(lane)
            await asyncio.sleep(PLACES_EVERY_S)

    async def tell(self, lane: tuple[str, str]) -> None:
        """Tell the waiters of a lane, as (project, region), what is news to them."""
        project_id, region = lane
        try:
            line = await self._desk.look(partial(_line, project_id=project_id, region=region))
        except Unavailable as error:
            if error.code == STORAGE_FAILED:
                raise
            _log.warning("places in line could not be shown", code=error.code)
            return
        if line.seen is not None:
            found = await asyncio.to_thread(forecast, line.seen)
            self._desk.forecasts.put(lane, found, line.now_us)
        if line.waiters:
            await self._show(line.waiters, self._desk.forecasts.get(lane))

    async def _show(self, line: list[Waiter], foreseen: Forecast | None) -> None:
        for session_id, place in places(line):
            end = self._hub.viewer(session_id)
            if end is not None:
                eta = None if foreseen is None else foreseen.at(place.position)
                await end.show_place(queue_view(place, eta))
            if place.position % PLACES_A_TURN == 0:
                await asyncio.sleep(0)  # heartbeats and signals go between


def _line(work: Work, project_id: str, region: str) -> _Line:
    waiters = work.stores.sessions.line(project_id, region)
    age_us = work.forecasts.age_us((project_id, region), work.now_us)
    is_fresh = age_us is not None and 0 <= age_us < FORESEE_EVERY_US
    seen = None if is_fresh or not waiters else observe(work, project_id, region)
    return _Line(waiters, seen, work.now_us)
