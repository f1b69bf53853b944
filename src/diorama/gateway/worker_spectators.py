"""Whom one worker has spectators for, and what it should be told of them.

Level-triggered, as slots are: what the store wants is compared with what the worker says it has,
after each change and each beat. An offer that is not answered yet is sent again, who is not wanted
any more is put out, and who is gone without a word is taken for lost.
"""

from collections.abc import Iterable

import structlog

from diorama.gateway.desk import Desk
from diorama.protocol.worker import (
    SlotReport,
    Spectate,
    Spectated,
    SpectatorLeft,
    StopSpectating,
)
from diorama.sessions.spectating import answered, end_watch, gone
from diorama.sessions.spectator_store import Watch

_log = structlog.stdlib.get_logger(__name__)


class WorkerSpectators:
    """The spectators of one worker's socket.

    Args:
        worker_id: of the worker.
        desk: runs use cases.
        slots: what the worker said of its slots when it came.
    """

    def __init__(
        self,
        worker_id: str,
        desk: Desk,
        slots: Iterable[SlotReport],
    ) -> None:
        self._worker_id = worker_id
        self._desk = desk
        self._present: dict[str, SlotReport] = {}
        self._leaving: set[str] = set()  # said to be gone, which is being written
        self.reported(slots)

    def reported(self, slots: Iterable[SlotReport]) -> None:
        """Take what the worker says its slots have."""
        self._present = {one: slot for slot in slots for one in slot.spectators}

    async def take(self, message: Spectated | SpectatorLeft) -> None:
        """Take the worker's word on one spectator."""
        if isinstance(message, Spectated):
            if message.sdp:
                self._present[message.spectator] = SlotReport(
                    index=0, term=message.term, session=message.session
                )
            await self._desk.do(lambda work: answered(work, self._worker_id, message))
        else:
            self._present.pop(message.spectator, None)
            self._leaving.add(message.spectator)
            try:
                await self._desk.do(lambda work: gone(work, self._worker_id, message))
            finally:
                self._leaving.discard(message.spectator)

    async def to_tell(self) -> list[Spectate | StopSpectating]:
        """Return what the worker should be told now, and write off whom it does not have."""
        wanted = await self._desk.look(
            lambda work: work.stores.spectators.watches_on(self._worker_id)
        )
        known = self._present.keys() | self._leaving
        for watch in wanted:
            if watch.state == "live" and watch.id not in known:
                _log.info("a spectator is gone without a word", watch=watch.id)
                await self._lost(watch)
        return to_tell(wanted, self._present)

    async def _lost(self, watch: Watch) -> None:
        await self._desk.do(lambda work: end_watch(work, watch.session_id, watch.id, "lost"))


def to_tell(
    wanted: Iterable[Watch], present: dict[str, SlotReport]
) -> list[Spectate | StopSpectating]:
    """Return the messages that bring a worker from whom it has to whom it should have. Pure."""
    watches = {watch.id: watch for watch in wanted}
    told: list[Spectate | StopSpectating] = [
        Spectate(
            session=watch.session_id,
            term=watch.term,
            spectator=watch.id,
            sdp=watch.offer,
        )
        for watch in watches.values()
        if watch.state == "asked"
    ]
    for one, slot in present.items():
        if one not in watches and slot.session is not None:
            told.append(StopSpectating(session=slot.session, term=slot.term, spectator=one))
    return told
