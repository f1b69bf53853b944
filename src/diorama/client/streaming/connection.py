"""Carries out what `core.session` decides: the only place that holds the model.

It owns one request, one socket, one peer connection and one deadline, and turns what they do into
what happened. What happens waits for its turn: one decision is carried out before the next.
"""

import asyncio
import random
from collections.abc import Awaitable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final, Protocol, TypeVar

import aiohttp
from av import VideoFrame

from diorama.client import questions
from diorama.client.address import socket_address
from diorama.client.core import model as core
from diorama.client.core.events import ErrorTold, Event
from diorama.client.core.session import handle, next_deadline_s
from diorama.client.errors import ClientError
from diorama.client.questions import Asking, Question, new_key
from diorama.client.streaming.peer import Peer
from diorama.client.streaming.socket import Happened as SocketHappened
from diorama.client.streaming.socket import Socket
from diorama.protocol.media import Offer

CODECS: Final = ("H264", "VP8")
"""What this viewer decodes, the cheaper first."""
LINGER_S: Final = 0.25
"""Time for the last word on a data channel to leave before its connection is closed."""
_MAX_WAITING: Final = 4_096
T = TypeVar("T")


class Ask(Protocol):
    """Asks a gateway once; raises a ClientError where there is no good answer."""

    def __call__(self, question: Question[T]) -> Awaitable[T]:
        """Return the answer."""


@dataclass(frozen=True, slots=True)
class Wishes:
    """What is wanted: which session, of which gateway."""

    server: str
    project: str
    asking: Asking
    auto_restart: bool = False


class ConnectionEvents(Protocol):
    """What comes of a session, on the loop."""

    def on_event(self, event: Event) -> None:
        """Take an event of the session."""

    def on_frame(self, attachment: int, frame: VideoFrame) -> None:
        """Take a decoded frame."""

    def on_message(self, data: object) -> None:
        """Take a message of the world."""


class Connection:
    """See above; a `PeerEvents`. Its owner runs `run` in a task; `leave` ends it."""

    def __init__(self, wishes: Wishes, ask: Ask, events: ConnectionEvents) -> None:
        self.model = core.Model(codecs=CODECS, restarts_ice=False, auto_restart=wishes.auto_restart)
        self._wishes = wishes
        self._ask = ask
        self._events = events
        self._loop = asyncio.get_running_loop()
        self._inbox: asyncio.Queue[core.Happened] = asyncio.Queue(_MAX_WAITING)
        self._idempotency_key = new_key()
        self._posting = False
        self._socket: Socket | None = None
        self._peer: Peer | None = None
        self._linger_s = 0.0

    @property
    def peer(self) -> Peer | None:
        """The peer connection of now."""
        return self._peer

    async def run(self) -> None:
        """Live the session to its end."""
        async with aiohttp.ClientSession(trust_env=True) as http, asyncio.TaskGroup() as tasks:
            self._happen(core.Start())
            while self.model.end is None or self._posting:
                happened = await self._next()
                moment = core.Moment(self._loop.time(), random.random())  # noqa: S311 - spreads
                step = handle(self.model, happened, moment)
                self.model = step.model
                for effect in step.effects:
                    self._carry_out(effect, http, tasks)

    def leave(self, code: core.Code) -> None:
        """Want the end; after it nothing changes."""
        self._happen(core.Leave(code))

    def wake(self) -> None:
        """Try now what waits."""
        self._happen(core.Wake())

    async def _next(self) -> core.Happened:
        """Return what happens next: the next deadline is such a thing."""
        try:
            async with asyncio.timeout_at(next_deadline_s(self.model)):
                return await self._inbox.get()
        except TimeoutError:
            return core.Tick()

    def _happen(self, happened: core.Happened) -> None:
        self._inbox.put_nowait(happened)  # full only where this loop stands still: a bug, and told

    def _carry_out(  # noqa: C901 - a table
        self, effect: core.Effect, http: aiohttp.ClientSession, tasks: asyncio.TaskGroup
    ) -> None:
        match effect:
            case core.Post(fresh=fresh):
                self._posting = True
                self._idempotency_key = new_key() if fresh else self._idempotency_key
                tasks.create_task(self._post())
            case core.OpenSocket():
                address = socket_address(self._wishes.server, "/v1/connect")
                self._socket = Socket(http, address, self._hear_socket)
                tasks.create_task(self._socket.run())
            case core.CloseSocket(code=code):
                self._close_socket(code)
            case core.Send(message=message):
                if self._socket is not None:
                    self._socket.send(message)
            case core.AcceptOffer(offer=offer, fresh=is_new):
                self._accept(offer, tasks, fresh=is_new)
            case core.AddCandidate(message=message):
                if self._peer is not None:
                    self._peer.add_candidate(message.candidate)
            case core.ClosePeer():
                self._close_peer()
            case core.SayBye(code=code):
                said = self._peer is not None and self._peer.channels.say_bye(code)
                self._linger_s = LINGER_S if said else 0.0
            case core.PostBye(session=session, token=token, code=code):
                tasks.create_task(self._post_bye(questions.say_bye(session, token, code)))
            case core.Emit(event=event):
                self._events.on_event(event)

    async def _post(self) -> None:
        question = questions.open_session(
            self._wishes.project, self._wishes.asking, self._idempotency_key
        )
        try:
            answer = await self._ask(question)
        except ClientError as error:
            self._happen(meaning(error))
        else:
            self._happen(core.Opened(answer))
        self._posting = False

    async def _post_bye(self, question: Question[T]) -> None:
        try:
            await self._ask(question)
        except ClientError as error:  # the gateway finds out by the missing heartbeat
            self._events.on_event(ErrorTold(error.code, str(error)))

    def _hear_socket(self, socket: Socket, happened: SocketHappened) -> None:
        if socket is self._socket:  # what one says that was let go is no news
            self._happen(happened)

    def _close_socket(self, code: int) -> None:
        if self._socket is not None:
            self._socket.close(code)
        self._socket = None

    def _accept(self, offer: Offer, tasks: asyncio.TaskGroup, *, fresh: bool) -> None:
        if self._peer is not None and not fresh:
            self._peer.accept(offer)
            return
        self._close_peer()
        self._peer = Peer(offer, self, self._loop.time)
        tasks.create_task(self._peer.run())

    def _close_peer(self) -> None:
        if self._peer is not None:
            self._peer.close(linger_s=self._linger_s)
        self._peer = None

    def on_answer(self, peer: Peer, sdp: str) -> None:
        """Take a peer's answer."""
        self._happen(core.OfferAnswered(peer.attachment, sdp))

    def on_seen(self, peer: Peer, seen: core.MediaSeen) -> None:
        """Take how a peer is."""
        self._happen(core.MediaReported(peer.attachment, seen))

    def on_frame(self, peer: Peer, frame: VideoFrame) -> None:
        """Pass a frame on; what an older peer still decodes is none of this session's picture."""
        if peer is self._peer:
            self._events.on_frame(peer.attachment, frame)

    def on_message(self, data: object) -> None:
        """Pass a message of the world on."""
        self._events.on_message(data)

    def on_refusal(self, code: str, message: str) -> None:
        """Tell why something could not be taken."""
        self._events.on_event(ErrorTold(code, message))


def meaning(error: ClientError) -> core.Unanswered | core.RequestRefused:
    """Return what a failed request for a session means.

    What no gateway said, such as a proxy's 502, is no answer: the same request is sent again, and
    no second session can come of it.
    """
    problem = error.problem
    if problem is None:
        return core.Unanswered()
    by_proxy = problem.code == "refused" and problem.status >= HTTPStatus.INTERNAL_SERVER_ERROR
    return core.Unanswered() if by_proxy else core.RequestRefused(problem)
