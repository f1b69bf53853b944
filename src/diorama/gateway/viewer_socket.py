"""`/v1/connect`: a viewer's socket, from `hello` to its end.

It carries: what the viewer says goes to a use case or to its worker, what the session becomes comes
from the pusher. Which of them means what is decided in `sessions`.
"""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Final

import msgspec
import structlog
from aiohttp import web

from diorama.accounts.credentials import read_token
from diorama.gateway.attached import Attached
from diorama.gateway.cross_origin import KnownOrigins, asking_of, refusal
from diorama.gateway.desk import Desk
from diorama.gateway.front import socket_response
from diorama.gateway.hub import Hub
from diorama.gateway.ice import Ice
from diorama.gateway.notebook import Notebook, Remark
from diorama.gateway.rate_limits import RateLimits
from diorama.gateway.relay import Relay
from diorama.gateway.wire import SERVICE_RESTART, TRY_AGAIN_LATER, Bucket, Wire
from diorama.kernel.errors import (
    DioramaError,
    Forbidden,
    LimitReached,
    NotFound,
    Refused,
    Unauthorized,
    Unavailable,
)
from diorama.projects.origins import Asking, may_open
from diorama.protocol import viewer as wire
from diorama.protocol.end_codes import EndCode
from diorama.protocol.media import Answer, Broadcast, Candidate, FromPeer, Offer, Restart
from diorama.protocol.strict_json import MAX_WS_BYTES
from diorama.protocol.timeline_views import Fact
from diorama.protocol.views import EndView, QueueView, SessionView
from diorama.sessions.forecasting import eta_at
from diorama.sessions.foresight import Foreseen, ends_of
from diorama.sessions.lifecycle import Session
from diorama.sessions.noting import QUALITY_EVERY_S, Noted, missed_beats
from diorama.sessions.show import queue_view, session_view, time_of
from diorama.sessions.spectating import watching
from diorama.sessions.timeline_store import NoteKind
from diorama.sessions.viewing import Arrival, attach, heard_again, leave, renew_media, socket_closed
from diorama.sessions.warnings import Ends, warnings
from diorama.sessions.work import Work

MAX_WAITING: Final = 64 * 1024
BURST: Final = 200.0
PER_S: Final = 40.0

_log: Final = structlog.stdlib.get_logger(__name__)


def seen_by_viewer(work: Work, session_id: str) -> tuple[Session, SessionView] | None:
    """Return a session and what its viewer is shown of it."""
    session = work.stores.sessions.get(session_id)
    if session is None:
        return None
    return session, view_of(work, session)


def view_of(work: Work, session: Session) -> SessionView:
    """Return a session's view, with its place in line and what will end it."""
    project = work.stores.projects.get(session.project_id)
    if project is None:
        raise AssertionError(f"session {session.id} is of no project")
    queue = _queue(work, session) if session.state == "queued" else None
    watched = watching(work, [session]) if project.rules.spectators.enabled else {}
    return session_view(
        session,
        project=project.name,
        queue=queue,
        ends=ends_of(work, session),
        spectators=watched.get(session.id, 0),
    )


def _queue(work: Work, session: Session) -> QueueView:
    place = work.stores.sessions.place(session)
    return queue_view(place, eta_at(work, session.project_id, session.region, place.position))


class ViewerSocket(Attached):
    """One viewer's socket, attached to its session. See `gateway.hub.ViewerEnd`."""

    __slots__ = (  # thousands of them wait in line: what each weighs is measured by benchmarks/
        "_heard",
        "_heard_s",
        "_line",
        "_noted",
        "_parts",
        "_renewing",
        "_replaced",
        "_shown",
        "_talking",
        "_warned",
    )

    def __init__(self, line: Wire[wire.FromViewer], session: Session, parts: "ViewerParts") -> None:
        super().__init__(session)
        self._line = line
        self._parts = parts
        self._shown: SessionView | None = None
        self._warned: frozenset[tuple[str, tuple[int, int]]] = frozenset()
        self._replaced = False
        self._renewing = False
        self._talking: asyncio.Task[None] | None = None
        self._heard = True
        self._heard_s = asyncio.get_running_loop().time()
        self._noted = Noted()

    @property
    def attachment(self) -> int:
        """The number of its peer connection."""
        return self._session.attachment

    def take_heard(self) -> bool:
        """Return whether it was heard since the last time, and forget it."""
        heard, self._heard = self._heard, False
        return heard

    def replace(self) -> None:
        """Be told that a newer socket has the session: break off, wherever the talk is."""
        self._replaced = True
        if self._talking is not None:
            self._talking.cancel()

    async def show(self, session: Session, view: SessionView) -> None:
        """Send the session if it is news; an end is followed by a close with its code."""
        if session.version == self._sent_version:
            await self._show_spectators(view)
        if session.version <= self._sent_version or self._renewing:
            return
        if session.version < self._session.version:
            return  # read before this socket changed it; what it is now is shown next
        if session.socket > self._session.socket:
            self.replace()  # the viewer came to another gateway
            return
        self._session = session
        self._sent_version = session.version
        self._shown = view
        await self._line.send(wire.SessionChanged(session=view))
        if view.end is not None:
            await self._line.close(close_code(view.end), view.end.reason)

    async def _show_spectators(self, view: SessionView) -> None:
        """Send how many watch if that is news; they change no version of the session."""
        shown = self._shown
        if shown is None or shown.spectators == view.spectators or self._renewing:
            return
        self._shown = msgspec.structs.replace(shown, spectators=view.spectators)
        await self._line.send(wire.SessionChanged(session=self._shown))

    async def show_place(self, place: QueueView) -> None:
        """Send a waiter's place in line if it moved; its session is as it was.

        A line that was read before what was shown last may put it further back for no reason: the
        next look is newer.
        """
        shown = self._shown
        if shown is None or shown.queue is None:
            return
        self._note(NoteKind.QUEUE_MOVED, self._noted.news_of_place(place, self._now_s()), "gateway")
        if shown.queue == place:
            return
        if place.reason is None and place.position > shown.queue.position:
            return
        self._shown = msgspec.structs.replace(shown, queue=place)
        await self._line.send(wire.SessionChanged(session=self._shown))

    async def warn(self, now_us: int, foreseen: Foreseen) -> None:
        """Send what the viewer should have been warned of by `now_us`, each once."""
        ends = foreseen.ends_of(self._session)
        notices = warnings(self._session, now_us, ends)
        if not any(notice.kind == "hours" for notice in notices):
            ends = replace(ends, hours_us=None)
        await self._show_ends(ends)
        known, self._warned = self._warned, frozenset((n.kind, n.key) for n in notices)
        for notice in notices:
            if (notice.kind, notice.key) not in known:
                warned = wire.Warned(kind=notice.kind, seconds_left=notice.seconds_left)
                await self._line.send(warned)

    async def _show_ends(self, ends: Ends) -> None:
        """Send when other things end the session, if that moved: its version does not tell."""
        hours_end_at = None if ends.hours_us is None else time_of(ends.hours_us)
        drains_at = None if ends.drains_us is None else time_of(ends.drains_us)
        shown = self._shown
        if shown is None or shown.end is not None:
            return
        self._shown = msgspec.structs.replace(shown, hours_end_at=hours_end_at, drains_at=drains_at)
        if self._shown != shown:
            await self._line.send(wire.SessionChanged(session=self._shown))

    async def signal(self, message: FromPeer) -> None:
        """Send an offer or a candidate of the worker; each offer with ICE servers of its own."""
        if isinstance(message, Offer):
            servers = self._parts.ice.viewer(self.session_id)
            await self._line.send(msgspec.structs.replace(message, ice_servers=servers))
        elif not isinstance(message, Broadcast):
            await self._line.send(message)

    async def close_for_stop(self) -> None:
        """Close because this gateway stops: the viewer comes back to another, or to the next."""
        await self._line.close(SERVICE_RESTART, "gateway restarts")

    async def talk(self, view: SessionView) -> None:
        """Exchange messages until the socket ends, or a newer one has the session."""
        talking = self._talking = asyncio.current_task()
        try:
            if not self._replaced:
                await self._exchange(view)
        except asyncio.CancelledError:
            if not self._replaced or talking is None or talking.uncancel():
                raise  # the gateway's own end, not the newer socket
        finally:
            self._talking = None
        if self._replaced:
            await self._line.close(EndCode.SUPERSEDED, "continued_elsewhere")

    async def leave_socket(self) -> None:
        """Note that the socket is gone, unless a newer one has the session."""
        if not self._replaced:
            socket = self._session.socket
            await self._parts.desk.do(lambda work: socket_closed(work, self.session_id, socket))

    async def _exchange(self, view: SessionView) -> None:
        self._sent_version = self._session.version
        self._shown = view
        await self._line.send(
            wire.Welcome(
                protocol=wire.PROTOCOL,
                session=view,
                heartbeat_s=self._parts.desk.timers.heartbeat_s,
                resume_window_s=self._session.rules.resume_window_s,
                quality_every_s=QUALITY_EVERY_S,
            )
        )
        async for message in self._line.messages():
            self._heard = True
            self._note_silence()
            if self._session.detached_us is not None:
                await self._renew(heard_again)  # silent for long, on a socket that is still whole
            await self._handle(message)

    async def _handle(self, message: wire.FromViewer) -> None:
        match message:
            case wire.Heartbeat():
                await self._line.send(message)
            case Answer() | Candidate():
                await self._to_worker(message)
            case Restart(scope="peer"):
                await self._renew(renew_media)
            case Restart():
                await self._to_worker(message)
            case wire.Bye(code=code):
                await self._parts.desk.do(lambda work: leave(work, self.session_id, code))
            case wire.MediaReport():
                return  # the worker decides whether media flows; this only says it is heard
            case wire.Quality():
                self._note_quality(message)
            case wire.Hello():
                problem = wire.Problem(code="hello_twice", message="hello was said already")
                await self._line.send(problem)

    def _now_s(self) -> float:
        return asyncio.get_running_loop().time()

    def _note(self, kind: NoteKind, facts: Mapping[str, Fact] | None, actor: str) -> None:
        if facts is not None:
            remark = Remark(session_id=self.session_id, kind=kind, actor=actor, facts=facts)
            self._parts.notebook.add(remark)

    def _note_silence(self) -> None:
        """Note how long the viewer was not heard, now that it is again."""
        now_s, heartbeat_s = self._now_s(), self._parts.desk.timers.heartbeat_s
        silent_s, self._heard_s = now_s - self._heard_s, now_s
        missed = missed_beats(silent_s, heartbeat_s)
        if missed:
            facts = {"unheard_s": round(silent_s, 1), "heartbeats_missed": missed}
            self._note(NoteKind.HEARTBEATS_MISSED, facts, "viewer")

    def _note_quality(self, seen: wire.Quality) -> None:
        if seen.attachment != self.attachment:
            return  # of a peer connection that is no more
        now_s = self._now_s()
        path = self._noted.news_of_path(seen, now_s)
        self._note(NoteKind.MEDIA_PATH, path, "viewer")
        quality = self._noted.news_of_quality(seen, now_s)
        self._note(NoteKind.QUALITY, quality, "viewer")

    async def _renew(self, ask: Callable[[Work, str, int], Session | None]) -> None:
        """Ask for a new peer connection; the socket gets a new number and is shown nothing before.

        Otherwise it would take its own new number, seen in the store, for that of another socket.
        """
        socket = self._session.socket
        self._renewing = True
        try:
            session = await self._parts.desk.do(lambda work: ask(work, self.session_id, socket))
        finally:
            self._renewing = False
            self._parts.hub.show_again(self)  # what came meanwhile
        if session is not None and session.socket - socket in {0, 1}:
            self._session = session

    async def _to_worker(self, signal: Answer | Candidate | Restart) -> None:
        session = self._session
        is_known = signal.attachment == session.attachment and session.worker_id is not None
        if not is_known or self._parts.hub.doubts(session.id):
            session = await self._reread()
        await self._parts.relay.to_worker(session, signal)

    async def _reread(self) -> Session:
        found = await self._parts.desk.look(lambda work: work.stores.sessions.get(self.session_id))
        known = self._session
        if found and found.socket == known.socket and found.version >= known.version:
            self._session = found
        return self._session


@dataclass(frozen=True, slots=True, kw_only=True)
class ViewerParts:
    """What every viewer's socket works with.

    Attributes:
        desk: runs use cases.
        hub: holds sockets.
        relay: brings signals to the worker.
        secret: signs session tokens.
        origins: whose pages may open sessions of some project.
        stopping: whether this gateway is stopping.
        notebook: takes what is seen beside what happens.
        limits: how often a session's token may be shown.
        ice: which STUN and TURN servers a viewer uses.
    """

    desk: Desk
    hub: Hub
    relay: Relay
    notebook: Notebook
    secret: bytes
    origins: KnownOrigins
    stopping: Callable[[], bool]
    limits: RateLimits
    ice: Ice


class ViewerEndpoint:
    """Answers `/v1/connect`."""

    def __init__(self, parts: ViewerParts) -> None:
        self._parts = parts

    async def __call__(self, request: web.BaseRequest) -> web.StreamResponse:
        """Take a socket, from its upgrade to its end."""
        socket = socket_response(max_bytes=MAX_WS_BYTES)
        await socket.prepare(request)
        now_s = asyncio.get_running_loop().time()
        bucket = Bucket(burst=BURST, per_s=PER_S, now_s=now_s)
        line = Wire[wire.FromViewer](
            socket, wire.FromViewer, wire.Problem, max_waiting=MAX_WAITING, bucket=bucket
        )
        asking = asking_of(request.headers)
        try:
            if not await self._parts.origins.admit(asking):
                raise refusal()
            await self._greet(line, asking)
        except (Unauthorized, Forbidden, NotFound) as error:
            await line.refuse(EndCode.UNAUTHORIZED, word=error.code, message=str(error))
        except (Unavailable, LimitReached) as error:
            await line.refuse(TRY_AGAIN_LATER, word=error.code, message=str(error))
        return socket

    async def _greet(self, line: Wire[wire.FromViewer], asking: Asking) -> None:
        hello = await line.first(wire.HELLO_WITHIN_S)
        if not isinstance(hello, wire.Hello):
            await line.refuse(
                EndCode.UNAUTHORIZED, word="hello_missing", message="the first word must be hello"
            )
            return
        try:
            _check_protocol(hello.protocol)
            await self._attach(line, hello, asking)
        except Refused as error:
            await line.refuse(EndCode.SUPERSEDED, word=error.code, message=str(error))

    async def _attach(self, line: Wire[wire.FromViewer], hello: wire.Hello, asking: Asking) -> None:
        arrival = Arrival(
            token=read_token(hello.token, self._parts.secret),
            attachment=hello.attachment,
            codecs=hello.codecs,
        )
        self._parts.limits.count_session(arrival.token.session_id)

        def arrive(work: Work) -> tuple[Session, SessionView]:
            _check_origin(work, arrival.token.session_id, asking)
            session = attach(work, arrival)
            return session, view_of(work, session)

        session, view = await self._parts.desk.do(arrive)
        if view.end is not None:
            await line.send(wire.SessionChanged(session=view))
            await line.close(close_code(view.end), view.end.reason)
            return
        end = ViewerSocket(line, session, self._parts)
        self._parts.hub.add_viewer(end)
        structlog.contextvars.bind_contextvars(session_id=session.id)
        _log.info("viewer attached", state=session.state, attachment=session.attachment)
        try:
            await end.talk(view)
        except* Unavailable as group:
            _log.warning("what a viewer said could not be written", error=str(group.exceptions[0]))
            await line.close(TRY_AGAIN_LATER, "unavailable")
        finally:
            self._parts.hub.remove_viewer(end)
            if not self._parts.stopping():
                await self._gone(end)

    async def _gone(self, end: ViewerSocket) -> None:
        try:
            await end.leave_socket()
        except DioramaError as error:
            # The sweep finds an unheard viewer all the same, a few seconds later.
            _log.warning("a closed socket could not be noted", code=error.code)


def _check_protocol(protocol: int) -> None:
    if protocol != wire.PROTOCOL:
        raise Unauthorized(
            f"protocol {protocol} is not spoken here, {wire.PROTOCOL} is", code="protocol_unknown"
        )


def _check_origin(work: Work, session_id: str, asking: Asking) -> None:
    """Refuse a page that may open sessions here, but none of this one's project."""
    session = work.stores.sessions.get(session_id)
    project = session and work.stores.projects.get(session.project_id)
    if project is not None and not may_open(asking, project.rules.origins):
        raise refusal()


def close_code(end: EndView) -> int:
    """Return what a socket closes with after an end was sent; 1006 is never on the wire.

    Source: RFC 6455, section 7.4.1.
    """
    return EndCode.NORMAL if end.code == EndCode.ABNORMAL else end.code
