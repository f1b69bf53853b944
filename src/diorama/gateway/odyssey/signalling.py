"""`/odyssey/{project}/client/{session}`: the signalling socket of Odyssey's SDK, to its end.

The SDK never comes back: it opens one socket, and when that goes it gives up. So the end of the
socket ends the session, and a refusal is accepted, said as `error`, and left for the SDK to close:
a close that comes before `error`, or with 1000 or 1001, leaves an app waiting for ever. A second
socket of the same session, as the SDK opens when its first failed, takes the place of the first.
Source: `@odysseyml/odyssey` 1.3.1, `attemptConnection`, `handleSignalingClose`.
"""

import asyncio
import contextlib
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, cast

import structlog
from aiohttp import WSMsgType, web

from diorama.accounts.credentials import SpectatorToken, sign_spectator
from diorama.gateway.attached import Attached
from diorama.gateway.connection import Connection
from diorama.gateway.desk import Desk
from diorama.gateway.front import socket_response
from diorama.gateway.hub import Hub
from diorama.gateway.odyssey.addresses import Base, watching_url
from diorama.gateway.odyssey.arriving import Incoming, Room
from diorama.gateway.odyssey.broadcasting import let_watch
from diorama.gateway.odyssey.giving import MAX_FRAME_BYTES as MAX_IMAGE_FRAME_BYTES
from diorama.gateway.odyssey.giving import Giver, Giving
from diorama.gateway.odyssey.leaving import end_viewing
from diorama.gateway.odyssey.passes import read_session
from diorama.gateway.odyssey.refusals import close_code, error_reason, spelled
from diorama.gateway.odyssey.words import (
    AnswerWord,
    CandidateWord,
    ErrorWord,
    Keepalive,
    Leaving,
    OfferWord,
    Start,
    Word,
    candidate_word,
    ice_candidate,
    parse_word,
)
from diorama.gateway.rate_limits import RateLimits
from diorama.gateway.relay import Relay
from diorama.gateway.viewer_socket import view_of
from diorama.gateway.wire import Bucket, Wire
from diorama.kernel.errors import DioramaError, Invalid, Unauthorized, Unavailable
from diorama.protocol.end_codes import END_CODES, End, EndCode
from diorama.protocol.media import (
    MAX_SAID,
    Answer,
    Broadcast,
    Broadcasting,
    Candidate,
    ForPeer,
    FromPeer,
    Notice,
    Offer,
    Said,
)
from diorama.protocol.views import QueueView, SessionView
from diorama.sessions import warnings
from diorama.sessions.foresight import Foreseen
from diorama.sessions.lifecycle import Session
from diorama.sessions.spectator_store import Spectator
from diorama.sessions.viewing import Arrival, attach
from diorama.sessions.work import Work

PATH: Final = re.compile(
    r"/odyssey/([^/\0]{1,64})(?:/for/[0-9A-Za-z_.]{1,128})?/client/([0-9A-Za-z_]{1,64})"
)
MAX_FRAME_BYTES: Final = 1024 * 1024
"""What is read without images: nothing comes near it. A longer frame closes the socket."""
MAX_WORD_BYTES: Final = 256 * 1024
MAX_WAITING: Final = 256 * 1024
BURST: Final = 200.0
PER_S: Final = 40.0
SILENT_S: Final = 25.0
"""Two keepalives of 10 s that did not come, and some."""
CLOSES_WITHIN_S: Final = 2.0
"""Time for the SDK to close by itself after `error`: a close of ours would be a second failure."""
MAX_NOTICE: Final = 500
_WARNINGS: Final[Mapping[str, str]] = {
    "afk": "Nothing was done for a while",
    "runtime": "The time of this session is nearly up",
    "hours": "The stream hours of this month are nearly used up",
    "draining": "The machine of this session goes out of service",
}
LEFT: Final = End(EndCode.NORMAL, "viewer_left")
PAGE_LEFT: Final = End(EndCode.GOING_AWAY, "page_left")
GATEWAY_STOPS: Final = End(EndCode.DRAINING, "gateway_draining")

_log: Final = structlog.stdlib.get_logger(__name__)


class OdysseySocket(Attached):
    """One viewer's socket, attached to its session. See `gateway.hub.ViewerEnd`."""

    __slots__ = (
        "_bucket",
        "_give_up_s",
        "_giver",
        "_heard_s",
        "_home",
        "_incoming",
        "_is_talking",
        "_leaving",
        "_line",
        "_loop",
        "_over",
        "_parts",
        "_patience",
        "_replaced",
        "_socket",
        "_telling",
        "_warned",
        "_watching",
    )

    def __init__(
        self,
        socket: web.WebSocketResponse,
        line: Wire[Word],
        session: Session,
        home: str,
        parts: "SignallingParts",
    ) -> None:
        super().__init__(session)
        self._socket = socket
        self._line = line
        self._home = home
        self._watching: tuple[str, str] | None = None
        self._parts = parts
        self._loop = asyncio.get_running_loop()
        self._heard_s = self._loop.time()
        self._bucket = Bucket(burst=BURST, per_s=PER_S, now_s=self._heard_s)
        self._giver = Giver(parts.giving)
        self._incoming: Incoming | None = None
        self._telling: asyncio.Task[None] | None = None
        self._patience = asyncio.timeout(None)
        self._give_up_s: float | None = None
        self._is_talking = False
        self._leaving = self._over = self._replaced = False
        self._warned: frozenset[tuple[str, tuple[int, int]]] = frozenset()

    def take_images(self, connection: Connection) -> None:
        """Read long messages too, as far as there is room."""

        def busy() -> None:
            tell = self._tell("images_busy", "too many images come at once: try again")
            self._telling = self._loop.create_task(tell)

        incoming = Incoming(connection, self._parts.room, busy=busy, late=connection.force_close)
        self._incoming = incoming
        connection.on_data = incoming.came

    def take_heard(self) -> bool:
        """Return whether its viewer is there, as far as a socket can tell.

        Keepalives go on where the media is long dead: whether that flows is the worker's to say,
        and a session without it ends all the same.
        """
        heard_s = self._heard_s
        if self._incoming is not None:
            heard_s = max(heard_s, self._incoming.heard_s)
        return self._giver.is_busy or self._loop.time() - heard_s < SILENT_S

    def replace(self) -> None:
        """Be told that a newer socket has the session."""
        self._replaced = True
        self._give_up_at(self._loop.time())

    async def show(self, session: Session, view: SessionView) -> None:
        """Take what the session is; an end is said, and the SDK then closes."""
        if session.version <= self._sent_version or session.version < self._session.version:
            return
        if session.socket > self._session.socket:
            self.replace()  # the viewer came to another gateway
            return
        self._session = session
        self._sent_version = session.version
        if view.end is not None:
            await self.say_over(error_reason(view.end))

    async def say_over(self, reason: str) -> None:
        """Tell the SDK that it is over, and give it time to close."""
        self._over = True
        await self._line.send(ErrorWord(reason))
        self._give_up_at(self._loop.time() + CLOSES_WITHIN_S)

    async def show_place(self, place: QueueView) -> None:
        """Say nothing of its place: the SDK has no way to hear of it."""

    async def warn(self, now_us: int, foreseen: Foreseen) -> None:
        """Have the viewer told what it should have been warned of by `now_us`, each once."""
        session = self._session
        notices = warnings.warnings(session, now_us, foreseen.ends_of(session))
        known, self._warned = self._warned, frozenset((n.kind, n.key) for n in notices)
        for notice in notices:
            if (notice.kind, notice.key) not in known:
                await self._tell(*warning_words(notice))

    async def signal(self, message: FromPeer) -> None:
        """Send an offer or a candidate of the worker; let others watch where it asks that."""
        if isinstance(message, Offer):
            await self._line.send(OfferWord(message.sdp))
        elif isinstance(message, Candidate) and message.candidate.candidate:
            await self._line.send(candidate_word(message.candidate))
        elif isinstance(message, Broadcast):
            await self._broadcast()

    async def _broadcast(self) -> None:
        """Tell the viewer where others may watch, one address for as long as it stays."""
        if self._watching is None:
            try:
                made = await self._parts.desk.do(lambda work: let_watch(work, self.session_id))
            except DioramaError as error:
                _log.info("nobody may watch", code=error.code)
            else:
                self._watching = self._home, self._parts.spectator_token(made)
        url, token = self._watching or ("", "")
        await self._to_worker(Broadcasting(self._session.attachment, url, token))

    async def close_for_stop(self) -> None:
        """End the session, because this gateway stops: its viewer comes to no other."""
        self._over = True
        try:
            await self._end(GATEWAY_STOPS)
        except DioramaError as error:
            _log.warning("a session could not be ended", code=error.code)
        sentence = END_CODES[GATEWAY_STOPS.code].viewer
        await self.say_over(spelled(GATEWAY_STOPS.reason, sentence))

    async def talk(self) -> None:
        """Exchange messages until the socket ends, or is let go."""
        try:
            async with self._patience:
                await self._listen()
        except TimeoutError:
            await self._let_go()
        await self._giver.close()
        if not self._over and not self._replaced:
            is_wanted = self._leaving or self._socket.close_code == EndCode.NORMAL
            await self._end(LEFT if is_wanted else PAGE_LEFT)

    async def _listen(self) -> None:
        self._is_talking = True
        try:
            self._give_up_at(self._give_up_s)
            async for received in self._socket:
                if received.type is WSMsgType.TEXT:
                    await self._take(received.data)
                if self._incoming is not None:
                    self._incoming.done()
        finally:
            if self._incoming is not None:
                self._incoming.close()
            self._is_talking = False  # a time-out that is over cannot be moved

    async def _let_go(self) -> None:
        """Close, because the SDK did not, or because another socket has the session."""
        if not self._over:
            await self._line.send(ErrorWord(spelled("superseded", "continued elsewhere")))
            await self._line.close(EndCode.SUPERSEDED, "continued_elsewhere")
            return
        await self._line.close(close_code(self._session.end), "over")

    def _give_up_at(self, at_s: float | None) -> None:
        """Stop listening at a time, or at one that was told before and comes first."""
        if at_s is None or (self._give_up_s is not None and self._give_up_s < at_s):
            at_s = self._give_up_s
        self._give_up_s = at_s
        if self._is_talking and not self._patience.expired():
            self._patience.reschedule(at_s)

    async def _end(self, why: End) -> None:
        socket = self._session.socket
        await self._parts.desk.do(
            lambda work: end_viewing(work, self.session_id, why, socket=socket)
        )

    async def _take(self, text: str) -> None:
        now_s = self._heard_s = self._loop.time()
        if self._over or not self._bucket.take(now_s):
            return
        if self._incoming is not None and not self._incoming.is_welcome():
            return
        if self._incoming is not None and len(text) > MAX_WORD_BYTES:
            await self._give_image(text)
            return
        try:
            word = parse_word(text, max_bytes=MAX_WORD_BYTES)
        except Invalid as error:
            await self._tell(error.code, str(error))
            return
        await self._handle(word, text)

    async def _give_image(self, text: str) -> None:
        """Keep the image of a start message, and tell the worker, who answers."""
        if self._session.worker_id is None or self._parts.hub.doubts(self.session_id):
            await self._reread()
        try:
            given = await self._giver.give(self._session, text)
        except (Invalid, Unavailable) as error:
            _log.info("an image was not taken", code=error.code)
            await self._tell(error.code, str(error))
        else:
            await self._to_worker(given)
        self._heard_s = self._loop.time()  # what came meanwhile was not read

    async def _handle(self, word: Word | None, text: str) -> None:
        attachment = self._session.attachment
        match word:
            case AnswerWord(sdp=sdp):
                await self._to_worker(Answer(attachment, sdp))
            case CandidateWord():
                await self._to_worker(Candidate(attachment, ice_candidate(word)))
            case Start(input_image_base64=str()):
                await self._give_image(text)
            case Start() if len(text) > MAX_SAID:
                await self._tell("prompt_too_long", "a prompt has 4000 characters at most")
            case Start():
                await self._to_worker(Said(attachment, text))
            case Leaving():
                self._leaving = True
            case Keepalive() | None:
                return

    async def _tell(self, reason: str, message: str) -> None:
        """Tell the viewer something: its SDK shows it to the page where it comes by the worker."""
        await self._to_worker(Notice(self._session.attachment, reason, message[:MAX_NOTICE]))

    async def _to_worker(self, signal: ForPeer) -> None:
        if self._session.worker_id is None or self._parts.hub.doubts(self.session_id):
            await self._reread()
        await self._parts.relay.to_worker(self._session, signal)

    async def _reread(self) -> None:
        known = self._session
        try:
            found = await self._parts.desk.look(lambda work: work.stores.sessions.get(known.id))
        except Unavailable as error:
            _log.warning("a session could not be read", code=error.code)
            return
        if found and found.socket == known.socket and found.version >= known.version:
            self._session = found


def warning_words(notice: warnings.Notice) -> tuple[str, str]:
    """Return the reason and the sentence by which an app is told what will end its stream."""
    what = _WARNINGS[notice.kind]
    return (
        f"{notice.kind}_warning",
        f"{what}: the stream ends in {math.ceil(notice.seconds_left)} s",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class SignallingParts:
    """What every socket works with.

    Attributes:
        desk: runs use cases.
        hub: holds sockets.
        relay: brings signals to the worker.
        secret: signs the tokens of sessions.
        limits: how often may be asked.
        base: where the gateway is.
        giving: takes images.
        room: for images on their way.
    """

    desk: Desk
    hub: Hub
    relay: Relay
    secret: bytes
    limits: RateLimits
    base: Base
    giving: Giving
    room: Room = field(default_factory=Room)

    def spectator_token(self, spectator: Spectator) -> str:
        """Return with what a session is watched."""
        return sign_spectator(SpectatorToken(spectator.session_id, spectator.id), self.secret)


class OdysseyEndpoint:
    """Answers addresses like `PATH`."""

    def __init__(self, parts: SignallingParts) -> None:
        self._parts = parts

    async def __call__(self, request: web.BaseRequest) -> web.StreamResponse:
        """Take a socket, from its upgrade to its end."""
        refused: DioramaError | None = None
        takes_images = False
        try:
            takes_images = await self._takes_images(request)
        except DioramaError as error:
            refused = error
        socket = socket_response(
            max_bytes=MAX_IMAGE_FRAME_BYTES if takes_images else MAX_FRAME_BYTES
        )
        await socket.prepare(request)
        bucket = Bucket(burst=BURST, per_s=PER_S, now_s=asyncio.get_running_loop().time())
        line = Wire[Word](socket, Word, ErrorWord, max_waiting=MAX_WAITING, bucket=bucket)
        try:
            if refused is not None:
                raise refused
            session, view = await self._attached(request)
        except DioramaError as error:
            await _refuse(socket, line, spelled(error.code, str(error)), EndCode.UNAUTHORIZED)
            return socket
        if view.end is not None:
            await _refuse(socket, line, error_reason(view.end), close_code(session.end))
            return socket
        structlog.contextvars.bind_contextvars(session_id=session.id)
        _log.info("viewer attached", state=session.state, attachment=session.attachment)
        home = watching_url(self._base(request), view.project, session.id)
        end = OdysseySocket(socket, line, session, home, self._parts)
        connection = cast("Connection", request.protocol)  # ConnectionServer makes no others
        if takes_images:
            end.take_images(connection)
        await self._serve(end)
        connection.on_data = None
        return socket

    def _base(self, request: web.BaseRequest) -> str:
        return self._parts.base.reached(_peer(request) or "", request.scheme, request.headers)

    async def _takes_images(self, request: web.BaseRequest) -> bool:
        """Return whether this socket's viewer may give images: nobody else is read so far."""
        forwarded_for = request.headers.getall("X-Forwarded-For", ())
        self._parts.limits.count_upgrade(_peer(request), forwarded_for)
        text = request.query.get("token", "")

        def look(work: Work) -> bool:
            token = read_session(text, self._parts.secret, work.now_us)
            session = work.stores.sessions.get(token.session_id)
            return session is not None and session.rules.images

        return await self._parts.desk.look(look)

    async def _attached(self, request: web.BaseRequest) -> tuple[Session, SessionView]:
        named = PATH.fullmatch(request.path)
        project, session_id = named.groups() if named else ("", "")
        text = request.query.get("token", "")

        def arrive(work: Work) -> tuple[Session, SessionView]:
            token = read_session(text, self._parts.secret, work.now_us)
            seen = work.stores.sessions.get(token.session_id)
            home = None if seen is None else work.stores.projects.get(seen.project_id)
            if token.session_id != session_id or home is None or home.name != project:
                raise Unauthorized("this token is of another session", code="token_refused")
            session = attach(work, Arrival(token=token, attachment=None, codecs=()))
            return session, view_of(work, session)

        return await self._parts.desk.do(arrive)

    async def _serve(self, end: OdysseySocket) -> None:
        self._parts.hub.add_viewer(end)
        try:
            await end.talk()
        except DioramaError as error:
            # Its lease runs out: the sweep finds an unheard viewer a few seconds later.
            _log.warning("a closed socket could not be noted", code=error.code)
        finally:
            self._parts.hub.remove_viewer(end)


def _peer(request: web.BaseRequest) -> str | None:
    peer = request.get_extra_info("peername")
    return str(peer[0]) if isinstance(peer, tuple) else None


async def _refuse(socket: web.WebSocketResponse, line: Wire[Word], reason: str, code: int) -> None:
    """Say why, wait for the SDK to close, and close if it does not."""
    await line.send(ErrorWord(reason))
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(CLOSES_WITHIN_S):
            async for _ in socket:
                continue
    await line.close(code, "refused")
