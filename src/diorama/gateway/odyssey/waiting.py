"""Standing in line with the SDK of Odyssey: its request is held until its turn comes.

The SDK has no socket while it waits, only the request itself, so this end is one of the gateway's
viewers for as long as the request is open: it is told what the session becomes, and is heard. A
request that is taken back has left the line.
"""

import asyncio
from typing import Final

from starlette.requests import Request

from diorama.gateway.attached import Attached
from diorama.gateway.hub import Hub
from diorama.protocol.media import FromPeer
from diorama.protocol.states import SessionState
from diorama.protocol.views import QueueView, SessionView
from diorama.sessions.foresight import Foreseen
from diorama.sessions.lifecycle import Session

HUNG_UP: Final = "hung_up"
STOPPING: Final = "stopping"


class Waiter(Attached):
    """One request that is held, in a socket's place. See `gateway.hub.ViewerEnd`."""

    __slots__ = ("_moved", "_stopping")

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._stopping = False
        self._moved = asyncio.Event()

    def expects(self, worker_id: str, term: int, attachment: int) -> bool:  # noqa: ARG002 - nothing
        """Whether a signal is for it: none is, before its viewer has a socket."""
        return False

    def take_heard(self) -> bool:
        """Return that it is heard: its request is open."""
        return True

    def replace(self) -> None:
        """Be told that a socket has the session."""
        self._moved.set()

    async def show(self, session: Session, view: SessionView) -> None:  # noqa: ARG002 - for people
        """Take what its session is now."""
        if session.version < self._session.version:
            return
        self._session, self._sent_version = session, session.version
        if session.state is not SessionState.QUEUED:
            self._moved.set()

    async def show_place(self, place: QueueView) -> None:
        """Say nothing of its place: the SDK has no way to hear of it."""

    async def warn(self, now_us: int, foreseen: Foreseen) -> None:
        """Warn of nothing: nothing runs yet."""

    async def signal(self, message: FromPeer) -> None:
        """Drop what is for a peer connection: the viewer's socket asks for one of its own."""

    async def close_for_stop(self) -> None:
        """Give up the wait, because this gateway stops."""
        self._stopping = True
        self._moved.set()

    async def turn(self, request: Request, hub: Hub) -> Session | str:
        """Return its session once it is not queued any more; or `HUNG_UP` or `STOPPING`."""
        hub.add_viewer(self)
        try:
            async with asyncio.TaskGroup() as tasks:
                gone = tasks.create_task(_gone(request))
                moved = tasks.create_task(self._moved.wait())
                await asyncio.wait((gone, moved), return_when=asyncio.FIRST_COMPLETED)
                left = gone.done() and not moved.done()
                gone.cancel()
                moved.cancel()
        finally:
            hub.remove_viewer(self)
        if left:
            return HUNG_UP
        return STOPPING if self._stopping else self._session


async def _gone(request: Request) -> None:
    """Return once nobody waits for the answer."""
    while (await request.receive())["type"] != "http.disconnect":
        pass
