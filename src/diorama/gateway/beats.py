"""Heartbeats, collected and written together: one unit of work for all workers and all viewers.

A beat is confirmed to its worker only after the commit: the worker's fence counts from it.
"""

import asyncio
from typing import Final

import structlog

from diorama.gateway.desk import Desk
from diorama.gateway.hub import Hub
from diorama.gateway.worker_socket import WorkerSocket
from diorama.kernel.errors import Unavailable
from diorama.leases.store import Renewal
from diorama.sessions.store import ViewerLease
from diorama.sessions.work import Work
from diorama.sessions.working import HeardWorker, renew

WRITE_EVERY_S: Final = 0.5

_log: Final = structlog.stdlib.get_logger(__name__)


class Beats:
    """What was heard since the last writing."""

    def __init__(self, desk: Desk, hub: Hub) -> None:
        self._desk = desk
        self._hub = hub
        self._heard: dict[WorkerSocket, HeardWorker] = {}

    def add(self, socket: WorkerSocket, heard: HeardWorker) -> None:
        """Take a worker's beat; a newer one takes the place of one not yet written."""
        self._heard[socket] = heard

    async def run(self) -> None:
        """Write what was heard, every half second, until cancelled."""
        while True:
            await asyncio.sleep(WRITE_EVERY_S)
            await self.write()

    async def write(self) -> None:
        """Write what was heard, and confirm it."""
        heard, self._heard = self._heard, {}
        viewers = self._viewers()
        if not heard and not viewers:
            return

        def write(work: Work) -> set[Renewal]:
            leases = [
                ViewerLease(session_id=session_id, heard_us=work.now_us, input_us=0)
                for session_id in viewers
            ]
            return renew(work, list(heard.values()), leases)

        try:
            renewed = await self._desk.do(write)
        except Unavailable as error:
            _log.warning("heartbeats could not be written", code=error.code, workers=len(heard))
            return
        async with asyncio.TaskGroup() as tasks:  # nobody waits for one that does not read
            for socket, one in heard.items():
                tasks.create_task(socket.confirm(one.beat, renewed=one.renewal in renewed))

    def _viewers(self) -> list[str]:
        return [end.session_id for end in self._hub.viewers() if end.take_heard()]
