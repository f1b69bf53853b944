"""The sockets this gateway holds, and what each should be told next.

Level-triggered: a change is an id; the pusher reads the thing anew and sends what it is now, so
changes coalesce and the last word is always the store's. Nothing here is needed by another gateway.
"""

import asyncio
from collections.abc import Iterable
from typing import Protocol

import msgspec

from diorama.gateway.hints import Hints
from diorama.gateway.watching import Watches
from diorama.protocol.media import FromPeer
from diorama.protocol.views import QueueView, SessionView
from diorama.sessions.foresight import Foreseen
from diorama.sessions.lifecycle import Session
from diorama.sessions.work import Changes


class ViewerEnd(Protocol):
    """A viewer's socket."""

    @property
    def session_id(self) -> str:
        """The session it is for."""

    @property
    def lane(self) -> tuple[str, str]:
        """The (project, region) of its session."""

    @property
    def socket(self) -> int:
        """Its number: the highest of a session is the newest."""

    @property
    def version(self) -> int:
        """The version of its session that it was shown last."""

    def expects(self, worker_id: str, term: int, attachment: int) -> bool:
        """Whether its session, as it knows it, has this worker, term and peer connection."""

    def take_heard(self) -> bool:
        """Return whether it was heard since the last time, and forget it."""

    def replace(self) -> None:
        """Be told that a newer socket has the session."""

    async def show(self, session: Session, view: SessionView) -> None:
        """Be told what its session is now."""

    async def show_place(self, place: QueueView) -> None:
        """Be told its place in line."""

    async def warn(self, now_us: int, foreseen: Foreseen) -> None:
        """Be told what it should have been warned of by `now_us`."""

    async def signal(self, message: FromPeer) -> None:
        """Be sent an offer or a candidate of the worker."""

    async def close_for_stop(self) -> None:
        """Be closed, because this gateway stops."""


class WorkerEnd(Protocol):
    """A worker's socket."""

    @property
    def worker_id(self) -> str:
        """The worker it is of."""

    @property
    def socket(self) -> int:
        """Its number: the highest of a worker is the newest."""

    def wake(self) -> None:
        """Be told that its slots should hold something else now."""

    def replace(self) -> None:
        """Be told that the worker has a newer socket."""

    async def tell(self, message: msgspec.Struct) -> bool:
        """Be sent a message; False where the worker is gone."""

    async def close_for_stop(self) -> None:
        """Be closed, because this gateway stops."""


class Hub:
    """Sockets by what they are for, and the ids of what changed.

    Attributes:
        room: set when someone who waits may now have a place.
        changed: set when `take_changed` has something.
        moved: set when `take_moved` has something.
        look_around: set when more may have changed elsewhere than was said.
        watches: whoever follows what changes, whatever the account.
    """

    def __init__(self) -> None:
        self._viewers: dict[str, ViewerEnd] = {}
        self._workers: dict[str, WorkerEnd] = {}
        self._lanes: dict[tuple[str, str], set[str]] = {}
        self._sessions_changed: set[str] = set()
        self._lanes_moved: set[tuple[str, str]] = set()
        self.room = asyncio.Event()
        self.changed = asyncio.Event()
        self.moved = asyncio.Event()
        self.look_around = asyncio.Event()
        self.watches = Watches()
        self._doubted: set[str] = set()
        self._loop = asyncio.get_running_loop()
        self._due_s: float | None = None
        self._due_sooner = asyncio.Event()

    def told(self, changes: Changes, now_us: int) -> None:
        """Take what a committed unit of work changed."""
        self.watches.tell(changes.sessions, changes.workers)
        self._sessions_changed |= changes.sessions & self._viewers.keys()
        if self._sessions_changed:
            self.changed.set()
        self._lanes_moved |= changes.lanes & self._lanes.keys()
        if self._lanes_moved:
            self.moved.set()
        for worker_id in sorted(changes.workers):
            if worker_id in self._workers:
                self._workers[worker_id].wake()
        if changes.room:
            self.room.set()
        if changes.soon_us is not None and changes.soon_us < now_us + _SOON_US:
            due_s = self._loop.time() + (changes.soon_us - now_us) / _SOON_US + _JUST_AFTER_S
            self._due_s = due_s if self._due_s is None else min(due_s, self._due_s)
            self._due_sooner.set()

    def told_from_afar(self, hints: Hints) -> None:
        """Take what another gateway changed, or what the poll found.

        Until a viewer's socket was shown what its session is now, it may be an older one.
        """
        here = hints.sessions & self._viewers.keys()
        self._doubted |= here
        self.told(Changes(here, hints.workers, hints.lanes), now_us=0)
        self.watches.tell(hints.sessions, hints.workers, everything=hints.everything)
        if hints.everything:
            self.look_around.set()

    def doubts(self, session_id: str) -> bool:
        """Whether the viewer's socket here may not be its newest."""
        return session_id in self._doubted or session_id in self._sessions_changed

    def trust(self, session_id: str) -> None:
        """Take it that a viewer's socket was shown what its session is now."""
        self._doubted.discard(session_id)

    async def until_due(self) -> None:
        """Return at the earliest deadline that is due before the next sweep would find it."""
        while True:
            self._due_sooner.clear()
            due_s = self._due_s
            if due_s is not None and due_s <= self._loop.time():
                self._due_s = None
                return
            try:
                async with asyncio.timeout_at(due_s):
                    await self._due_sooner.wait()
            except TimeoutError:
                continue

    def take_changed(self) -> set[str]:
        """Return the ids of sessions to push, and forget them."""
        taken, self._sessions_changed = self._sessions_changed, set()
        self.changed.clear()
        return taken

    def take_moved(self) -> set[tuple[str, str]]:
        """Return the lanes whose waiters may have moved, and forget them."""
        taken, self._lanes_moved = self._lanes_moved, set()
        self.moved.clear()
        return taken

    def viewer(self, session_id: str) -> ViewerEnd | None:
        """Return the socket of a session's viewer."""
        return self._viewers.get(session_id)

    def worker(self, worker_id: str) -> WorkerEnd | None:
        """Return the socket of a worker."""
        return self._workers.get(worker_id)

    def viewers(self) -> Iterable[ViewerEnd]:
        """Return every viewer's socket."""
        return list(self._viewers.values())

    def workers(self) -> Iterable[WorkerEnd]:
        """Return every worker's socket."""
        return list(self._workers.values())

    def lanes(self) -> list[tuple[str, str]]:
        """Return the lanes, as (project, region), of the viewers here."""
        return list(self._lanes)

    @property
    def viewer_count(self) -> int:
        """How many viewers are connected here."""
        return len(self._viewers)

    @property
    def worker_count(self) -> int:
        """How many workers are connected here."""
        return len(self._workers)

    def add_viewer(self, end: ViewerEnd) -> None:
        """Take up a viewer's socket; the older one of a session is replaced, whichever came first.

        The session is shown anew: it may have changed between its reading and this.
        """
        other = self._viewers.get(end.session_id)
        if other is not None and other.socket > end.socket:
            end.replace()
            return
        if other is not None:
            other.replace()
        self._viewers[end.session_id] = end
        self._lanes.setdefault(end.lane, set()).add(end.session_id)
        self.show_again(end)

    def show_again(self, end: ViewerEnd) -> None:
        """Have a viewer's socket shown what its session is now."""
        self._sessions_changed.add(end.session_id)
        self.changed.set()

    def remove_viewer(self, end: ViewerEnd) -> None:
        """Forget a viewer's socket, unless a newer one took its place."""
        if self._viewers.get(end.session_id) is not end:
            return
        del self._viewers[end.session_id]
        self._doubted.discard(end.session_id)
        waiting = self._lanes.get(end.lane, set())
        waiting.discard(end.session_id)
        if not waiting:
            self._lanes.pop(end.lane, None)

    def add_worker(self, end: WorkerEnd) -> None:
        """Take up a worker's socket; the older one of a worker is replaced."""
        other = self._workers.get(end.worker_id)
        if other is not None and other.socket > end.socket:
            end.replace()
            return
        if other is not None:
            other.replace()
        self._workers[end.worker_id] = end

    def remove_worker(self, end: WorkerEnd) -> None:
        """Forget a worker's socket, unless a newer one took its place."""
        if self._workers.get(end.worker_id) is end:
            del self._workers[end.worker_id]


_SOON_US = 1_000_000
_JUST_AFTER_S = 0.002
