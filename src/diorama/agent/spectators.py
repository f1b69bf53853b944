"""Who watches a session beside its viewer: each a connection and a stream of its own.

A spectator is answered, shown pictures, and closed when it is gone, put out, or the session ends.
Nothing it does reaches the world or the viewer, and a failure here costs that spectator alone.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from threading import Semaphore
from typing import Final, Protocol

import structlog

from diorama.agent.media.encoder import EncoderFactory
from diorama.agent.media.engine import (
    Answerer,
    ConnectionState,
    IceCandidate,
    IceServer,
    MediaEngine,
    PeerSettings,
)
from diorama.agent.media.frames import FrameSource
from diorama.agent.media.stream import Stream
from diorama.agent.media.yielding import YieldingScreen
from diorama.agent.presence import Gone, Presence
from diorama.kernel.clock import Clock
from diorama.kernel.errors import DioramaError
from diorama.protocol.worker import MAX_SPECTATORS, Spectate, Spectated, SpectatorLeft

MAX_KBPS: Final = 2_500
MAX_FPS: Final = 30
_START_KBPS: Final = 1_200
_MIN_KBPS: Final = 100
_LOOK_EVERY_S: Final = 0.5

log = structlog.get_logger(__name__)


class SpectatorEvents(Protocol):
    """What a session hears of its spectators, on the asyncio loop."""

    def on_spectator(self, message: Spectated | SpectatorLeft) -> None:
        """Take what the gateway is to hear."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SpectatorParts:
    """What every spectator of a session works with.

    Attributes:
        settings: of the session's own connections, of which a spectator gets a modest share.
        turns: of all spectators of the worker.
    """

    engine: MediaEngine
    encoders: EncoderFactory
    settings: PeerSettings
    clock: Clock
    turns: Semaphore


class Spectators:
    """The spectators of one session.

    Args:
        parts: what each works with.
        events: hears of them.
        start: runs a spectator's task for as long as the session lasts.
    """

    def __init__(
        self,
        parts: SpectatorParts,
        events: SpectatorEvents,
        start: Callable[["SpectatorConnection"], asyncio.Task[None]],
    ) -> None:
        self._parts = parts
        self._events = events
        self._start = start
        self._here: dict[str, tuple[SpectatorConnection, asyncio.Task[None]]] = {}

    @property
    def ids(self) -> tuple[str, ...]:
        """Whom there is a connection for."""
        return tuple(self._here)

    def open(self, spectate: Spectate) -> None:
        """Answer an offer, or say the same answer again."""
        if spectate.spectator in self._here:
            self._here[spectate.spectator][0].repeat_answer()
            return
        if len(self._here) >= MAX_SPECTATORS:
            self._events.on_spectator(refusal(spectate, "spectators_full"))
            return
        connection = SpectatorConnection(spectate, self._parts, self._events)
        task = self._start(connection)
        self._here[spectate.spectator] = (connection, task)
        task.add_done_callback(lambda _: self._here.pop(spectate.spectator, None))

    def close(self, spectator: str) -> None:
        """Put a spectator out; one that is not there changes nothing."""
        if spectator in self._here:
            self._here[spectator][1].cancel()

    def close_all(self) -> None:
        """Put everybody out."""
        for _, task in self._here.values():
            task.cancel()


class SpectatorConnection:
    """One spectator; a `PeerEvents`. Its session runs `run` in a task, and cancels it to close."""

    def __init__(self, spectate: Spectate, parts: SpectatorParts, events: SpectatorEvents) -> None:
        self._spectate = spectate
        self._parts = parts
        self._events = events
        self._presence = Presence(now_us=parts.clock.boottime_us())
        self._changed = asyncio.Event()
        self._answer: Spectated | None = None

    async def run(self, pictures: FrameSource) -> None:
        """Answer, connect and stream until the spectator is gone, or this is cancelled."""
        answerer: Answerer | None = None
        try:
            settings = _modest(self._parts.settings, self._spectate)
            answerer = self._parts.engine.create_answerer(settings, self)
            sdp = await answerer.answer(self._spectate.sdp)
            self._say_answer(sdp)
            await self._stream(pictures, answerer, settings)
        except DioramaError as error:
            log.info("spectator refused", spectator=self._spectate.spectator, why=str(error))
            self._events.on_spectator(refusal(self._spectate, error.code, str(error)))
        except Exception:
            log.exception("spectator failed", spectator=self._spectate.spectator)
            self._leave("lost")
        finally:
            if answerer is not None:
                await answerer.close()

    def repeat_answer(self) -> None:
        """Say the answer again, as its gateway may have lost it."""
        if self._answer is not None:
            self._events.on_spectator(self._answer)

    def on_local_candidate(self, candidate: IceCandidate | None) -> None:
        """Nothing: the answer has them all."""

    def on_connection_state(self, state: ConnectionState) -> None:
        """Take a change of the connection."""
        self._presence.connection_changed(state, now_us=self._parts.clock.boottime_us())
        self._changed.set()

    def on_channel_open(self, label: str) -> None:
        """Nothing: there is none."""

    def on_channel_message(self, label: str, data: bytes | str) -> None:
        """Nothing: who watches has nothing to say."""

    def on_key_frame_request(self) -> None:
        """Nothing: the stream was told."""

    def on_target_bitrate(self, bitrate_kbps: int) -> None:
        """Nothing: the stream was told."""

    async def _stream(
        self, pictures: FrameSource, answerer: Answerer, settings: PeerSettings
    ) -> None:
        stream = Stream(
            source=pictures,
            peer=YieldingScreen(answerer, self._parts.turns, own_thread=answerer.has_own_thread),
            encoders=self._parts.encoders,
            settings=settings,
            clock=self._parts.clock,
        )
        stream.start()
        try:
            self._leave(await self._until_gone())
        finally:
            await stream.stop()

    async def _until_gone(self) -> Gone:
        while True:
            why = self._presence.gone(now_us=self._parts.clock.boottime_us())
            if why is not None:
                return why
            self._changed.clear()
            try:
                async with asyncio.timeout(_LOOK_EVERY_S):
                    await self._changed.wait()
            except TimeoutError:
                continue

    def _say_answer(self, sdp: str) -> None:
        spectate = self._spectate
        self._answer = Spectated(spectate.session, spectate.term, spectate.spectator, sdp)
        self._events.on_spectator(self._answer)

    def _leave(self, why: Gone) -> None:
        spectate = self._spectate
        left = SpectatorLeft(spectate.session, spectate.term, spectate.spectator, why)
        self._events.on_spectator(left)


def refusal(spectate: Spectate, reason: str, detail: str = "") -> Spectated:
    """Return the answer to an offer that there is none."""
    return Spectated(
        spectate.session,
        spectate.term,
        spectate.spectator,
        reason=reason[:64],
        detail=detail[:2_000],
    )


def _modest(settings: PeerSettings, spectate: Spectate) -> PeerSettings:
    """Return a spectator's settings: the viewer's, below ceilings that leave it the most."""
    most_kbps = min(settings.max_bitrate_kbps, MAX_KBPS)
    return replace(
        settings,
        ice_servers=tuple(
            IceServer(urls=each.urls, username=each.username, credential=each.credential)
            for each in spectate.ice_servers
        ),
        max_bitrate_kbps=most_kbps,
        min_bitrate_kbps=min(_MIN_KBPS, most_kbps),
        start_bitrate_kbps=min(_START_KBPS, most_kbps),
        fps=min(settings.fps, MAX_FPS),
    )
