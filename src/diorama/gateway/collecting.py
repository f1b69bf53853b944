"""Keeps the pauses of Python's garbage collector short, however many sockets a gateway holds.

A full collection looks at every object that may be part of a cycle: with 10,000 viewers in line
that is 700 ms in which nobody is told anything, every few steps of the line. So what has survived
one is set aside (`gc.freeze`) and not looked at again: the next looks at what is newer only, some
milliseconds. Sockets that close are freed by their reference counts all the same.

A cycle that becomes garbage after it was set aside is found once there is twice as much set aside
as after the last time that all of it was looked at, or as the sockets that are open account for:
viewers who come in thousands are no garbage, and they would all wait a second for the look.
"""

import asyncio
import gc
from collections.abc import Callable, Mapping
from typing import Final

import structlog

OLDEST: Final = 2
YOUNG: Final = (700, 10, 5)
"""New objects before a collection, collections before one of the middle generation, and before a
full one: 35,000 objects that live, which takes about ten milliseconds."""
LOOK_EVERY_S: Final = 60.0
MORE: Final = 100_000
OF_A_SOCKET: Final = 100
"""Objects that one socket keeps alive: 75 were counted for a viewer in line, of 10,000."""

_log: Final = structlog.stdlib.get_logger(__name__)


def keep_pauses_short() -> None:
    """Set aside what survives each full collection of this process from now on."""
    gc.set_threshold(*YOUNG)
    if _set_aside not in gc.callbacks:
        gc.callbacks.append(_set_aside)


def stop_setting_aside() -> None:
    """Undo `keep_pauses_short`."""
    if _set_aside in gc.callbacks:
        gc.callbacks.remove(_set_aside)
    gc.unfreeze()


def _set_aside(phase: str, info: Mapping[str, int]) -> None:
    if phase == "stop" and info["generation"] == OLDEST:
        gc.freeze()


class FullCollections:
    """Looks at everything again once there is twice as much as the last time, or as sockets need.

    Args:
        sockets: how many are open.
    """

    def __init__(self, sockets: Callable[[], int]) -> None:
        self._sockets = sockets
        self._known = gc.get_freeze_count()

    async def run(self) -> None:
        """Look every minute, until cancelled."""
        while True:
            await asyncio.sleep(LOOK_EVERY_S)
            self.once()

    def once(self) -> bool:
        """Collect all garbage if much was set aside since; return whether it did."""
        count = gc.get_freeze_count()
        if count <= 2 * max(self._known, OF_A_SOCKET * self._sockets()) + MORE:
            return False
        gc.unfreeze()
        found = gc.collect()
        self._known = gc.get_freeze_count()
        _log.info("all objects were looked at", objects=self._known, garbage=found)
        return True
