"""Deletes recordings whose time is over, gives up those that nobody completes, and removes files.

Any gateway does; a recording is locked while it is decided on, and removing files twice removes
them once. Where they cannot be removed now they are tried again, whichever gateway lives then.
"""

import asyncio
from functools import partial
from typing import Final

import structlog

from diorama.gateway.artifacts import Artifacts
from diorama.gateway.desk import Desk
from diorama.gateway.sweeps import STORAGE_FAILED
from diorama.kernel.errors import Unavailable
from diorama.recordings.lifecycle import WITHOUT_FILES
from diorama.sessions.recording import due_recordings, files_removed, files_stayed, tend

EVERY_S: Final = 5.0

_log: Final = structlog.stdlib.get_logger(__name__)


class RecordingSweep:
    """The loop of one gateway."""

    def __init__(self, desk: Desk, artifacts: Artifacts) -> None:
        self._desk = desk
        self._artifacts = artifacts

    async def run(self) -> None:
        """Sweep now and then until cancelled."""
        while True:
            await asyncio.sleep(EVERY_S)
            try:
                await self.once()
            except Unavailable as error:
                if error.code == STORAGE_FAILED:
                    raise
                _log.warning("recordings could not be looked after", code=error.code)

    async def once(self) -> None:
        """Do what is due, to a bounded number of recordings."""
        for recording_id in await self._desk.look(due_recordings):
            gone = await self._desk.do(partial(tend, recording_id=recording_id))
            if gone is not None and gone.state in WITHOUT_FILES:
                await self._remove(recording_id)

    async def _remove(self, recording_id: str) -> None:
        try:
            await self._artifacts.remove_all(recording_id)
        except Unavailable as error:
            _log.warning("files stay for now", recording_id=recording_id, code=error.code)
            await self._desk.do(partial(files_stayed, recording_id=recording_id))
        else:
            await self._desk.do(partial(files_removed, recording_id=recording_id))
