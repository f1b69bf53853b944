"""Brings signals from a worker here to a viewer elsewhere, and the other way round.

It decides which way a signal goes: straight to the socket where that is here and surely the newest,
else by the store to the gateway that has it (`sessions.relay`). What waits for sockets here is
taken in one statement for all of them, and delivered in order; a socket that does not read delays
nobody else. Source: docs/design/many-gateways.md.
"""

import asyncio
from functools import partial
from typing import Final, cast

import structlog

from diorama.gateway.desk import Desk
from diorama.gateway.hints import HintBus, Hints
from diorama.gateway.hub import Hub, ViewerEnd, WorkerEnd
from diorama.kernel.errors import Unavailable
from diorama.protocol.media import ForPeer, FromPeer
from diorama.protocol.worker import SignalToWorker
from diorama.sessions import relay
from diorama.sessions.fleet_store import Signalled
from diorama.sessions.lifecycle import Session

_log: Final = structlog.stdlib.get_logger(__name__)


class Relay:
    """The signals of one gateway.

    Args:
        desk: runs use cases.
        hub: has the sockets here.
        bus: says to the others that something waits for them.
    """

    def __init__(self, desk: Desk, hub: Hub, bus: HintBus) -> None:
        self._desk = desk
        self._hub = hub
        self._bus = bus
        self._viewers: set[str] = set()
        self._workers: set[str] = set()
        self._busy: set[ViewerEnd | WorkerEnd] = set()
        self._due = asyncio.Event()

    def expect(self, hints: Hints) -> None:
        """Take word that signals wait; those for sockets elsewhere are left alone."""
        self._viewers |= {one for one in hints.to_viewers if self._hub.viewer(one) is not None}
        self._workers |= {one for one in hints.to_workers if self._hub.worker(one) is not None}
        if self._viewers or self._workers:
            self._due.set()

    async def to_viewer(
        self, session_id: str, signal: FromPeer, *, sender: tuple[str, int]
    ) -> None:
        """Bring a signal of a worker, with the term it has the session under, to the viewer."""
        end = self._hub.viewer(session_id)
        try:
            if end is not None and await self._is_for(end, signal, sender):
                await end.signal(signal)
            elif self._bus.has_others:
                await self._leave_for_viewer(session_id, signal, sender)
        except Unavailable as error:
            _log.warning("a signal was lost", session_id=session_id, code=error.code)

    async def _is_for(self, end: ViewerEnd, signal: FromPeer, sender: tuple[str, int]) -> bool:
        """Whether a signal is for this socket; the store says it where the socket may not know."""
        session_id = end.session_id
        if not self._hub.doubts(session_id) and end.expects(*sender, signal.attachment):
            return True
        newest = await self._desk.look(
            lambda work: relay.socket_for(work, session_id, signal, sender=sender)
        )
        return newest == end.socket

    async def _leave_for_viewer(
        self, session_id: str, signal: FromPeer, sender: tuple[str, int]
    ) -> None:
        left = await self._desk.do(
            lambda work: relay.leave_for_viewer(work, session_id, signal, sender=sender)
        )
        if left:
            self._bus.tell(Hints(to_viewers={session_id}))

    async def to_worker(self, session: Session, signal: ForPeer) -> None:
        """Bring a signal of a viewer to the worker that has its session, as it is known here."""
        if session.worker_id is None or signal.attachment != session.attachment:
            return
        worker = self._hub.worker(session.worker_id)
        if worker is not None:
            await worker.tell(SignalToWorker(session=session.id, term=session.term, signal=signal))
        elif self._bus.has_others:
            await self._leave_for_worker(session, signal)

    async def _leave_for_worker(self, session: Session, signal: ForPeer) -> None:
        try:
            worker_id = await self._desk.do(
                lambda work: relay.leave_for_worker(work, session.id, signal, socket=session.socket)
            )
        except Unavailable as error:
            _log.warning("a signal was lost", session_id=session.id, code=error.code)
            return
        if worker_id is not None:
            self._bus.tell(Hints(to_workers={worker_id}))

    async def run(self) -> None:
        """Deliver what waits for sockets here, until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            while True:
                await self._due.wait()
                self._due.clear()
                for end, signals in await self._take():
                    self._busy.add(end)
                    tasks.create_task(self._deliver(end, signals))

    async def _take(self) -> list[tuple[ViewerEnd | WorkerEnd, list[Signalled]]]:
        """Take what waits for those that are not being delivered to; those have a turn after."""
        viewers = {one: v for one in self._viewers if (v := self._free_viewer(one))}
        workers = {one: w for one in self._workers if (w := self._free_worker(one))}
        if not viewers and not workers:
            return []
        self._viewers -= viewers.keys()
        self._workers -= workers.keys()
        try:
            taken = await self._desk.do(
                partial(
                    relay.take_signals,
                    viewers={one: end.socket for one, end in viewers.items()},
                    workers={one: end.socket for one, end in workers.items()},
                )
            )
        except Unavailable as error:
            _log.warning("signals could not be taken", code=error.code)  # the poll asks again
            return []
        ends: dict[ViewerEnd | WorkerEnd, list[Signalled]] = {}
        for one in taken:
            for_viewer = one.worker_id is None
            end = viewers[one.session_id] if for_viewer else workers[one.worker_id or ""]
            ends.setdefault(end, []).append(one)
        return list(ends.items())

    def _free_viewer(self, session_id: str) -> ViewerEnd | None:
        end = self._hub.viewer(session_id)
        return None if end in self._busy else end

    def _free_worker(self, worker_id: str) -> WorkerEnd | None:
        end = self._hub.worker(worker_id)
        return None if end in self._busy else end

    async def _deliver(self, end: ViewerEnd | WorkerEnd, signals: list[Signalled]) -> None:
        try:
            for one in signals:
                if one.worker_id is None:
                    await cast("ViewerEnd", end).signal(relay.for_viewer(one))
                else:
                    signal = relay.for_worker(one)
                    message = SignalToWorker(one.session_id, one.term, signal)
                    await cast("WorkerEnd", end).tell(message)
        finally:
            self._busy.discard(end)
            if self._viewers or self._workers:
                self._due.set()
