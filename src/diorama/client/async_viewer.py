"""A viewer without a screen: it sees a session's frames as arrays, and does what a person would.

It goes the whole way of one: asks, waits in line, is warned, reconnects. Made by
`AsyncDiorama.play`. Decisions are in `core`, sockets and media in `streaming`.
"""

import asyncio
import time
from collections import deque
from collections.abc import AsyncIterator
from dataclasses import dataclass
from types import TracebackType
from typing import Final, Self

from av import VideoFrame

from diorama.client.core.events import Ended, Event, MediaState, Reconnecting
from diorama.client.core.views import media_of, reconnecting_of, state_of
from diorama.client.errors import SessionOver
from diorama.client.streaming.connection import Ask, Connection, Wishes
from diorama.client.streaming.frames import Decoded, Frame
from diorama.client.streaming.newest import Newest
from diorama.protocol.channel import Prompt
from diorama.protocol.input import InputEvent, KeyDown, KeyUp
from diorama.protocol.states import SessionState
from diorama.protocol.views import EndView, QueueView, SessionView

FIRST_FRAME_WITHIN_S: Final = 60.0
KEEP: Final = 1_000
"""Events, and messages, that wait for a program that does not ask for them."""
RATE_OVER_S: Final = 2.0
_MAX_ARRIVALS: Final = 512
_DEVICE: Final = "Python"


@dataclass(frozen=True, slots=True)
class ViewerStats:
    """How the stream of a viewer is doing.

    Attributes:
        fps: frames a second, of the last two.
        frames_received: since the start.
        frames_dropped: of those, how many nobody took in time.
        rtt_s: round trip to the world's worker over the data channel; None before the first.
        meant_fps: frames a second that the world means to show; None until it says so.
    """

    fps: float
    frames_received: int
    frames_dropped: int
    rtt_s: float | None
    meant_fps: int | None = None


class AsyncViewer:
    """One session, from `async with` to its end; leaving the block ends it with 1000.

    Args:
        wishes: which session.
        ask: asks the gateway once.
        keep_frames: how many frames wait before the oldest is dropped.
    """

    def __init__(self, wishes: Wishes, ask: Ask, *, keep_frames: int = 1) -> None:
        asking = wishes.asking
        asking.setdefault("device", _DEVICE)
        self._wishes = wishes
        self._ask = ask
        self._frames: Newest[Decoded] = Newest(keep_frames)
        self._events: Newest[Event] = Newest(KEEP)
        self._messages: Newest[tuple[object]] = Newest(KEEP)
        self._arrivals_s: deque[float] = deque(maxlen=_MAX_ARRIVALS)
        self._connection: Connection | None = None
        self._running = asyncio.TaskGroup()
        self._ended: Ended | None = None
        self._news = asyncio.Event()

    def __repr__(self) -> str:
        return f"AsyncViewer({self._wishes.project!r}, {self.state})"

    async def __aenter__(self) -> Self:
        connection = self._connection = Connection(self._wishes, self._ask, self)
        await self._running.__aenter__()
        self._running.create_task(connection.run())
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._live().leave(1000)
        await self._running.__aexit__(None, None, None)  # the block's own error rises as it is

    @property
    def state(self) -> SessionState:
        """One of the seven states, as this viewer lives it."""
        return state_of(self._connection.model) if self._connection else SessionState.REQUESTING

    @property
    def session(self) -> SessionView | None:
        """The session as the gateway told it last."""
        return self._connection.model.session if self._connection else None

    @property
    def queue(self) -> QueueView | None:
        """The place in line, while there is one."""
        return self.session.queue if self.session else None

    @property
    def media(self) -> MediaState:
        """How this viewer's peer connection is."""
        return media_of(self._connection.model) if self._connection else "none"

    @property
    def reconnecting(self) -> Reconnecting | None:
        """The repair under way."""
        return reconnecting_of(self._connection.model) if self._connection else None

    @property
    def end(self) -> EndView | None:
        """Why the session is over, once it is."""
        return self._ended.end if self._ended else None

    @property
    def stats(self) -> ViewerStats:
        """How the stream is doing."""
        now_s = time.monotonic()
        lately = sum(now_s - arrived_s <= RATE_OVER_S for arrived_s in self._arrivals_s)
        peer = self._connection.peer if self._connection else None
        return ViewerStats(
            fps=lately / RATE_OVER_S,
            frames_received=self._frames.received,
            frames_dropped=self._frames.dropped,
            rtt_s=peer.channels.rtt_s if peer else None,
            meant_fps=peer.channels.meant_fps if peer else None,
        )

    async def until_playing(self, *, within_s: float = FIRST_FRAME_WITHIN_S) -> None:
        """Return once frames come.

        Raises:
            TimeoutError: none came in time; a place in line counts as well.
            SessionOver: the session has ended.
        """
        async with asyncio.timeout(within_s):
            while self.media != "playing":
                if self._ended is not None:
                    raise SessionOver(self._ended.end, self._ended.problem)
                self._news.clear()
                await self._news.wait()

    async def frame(self) -> Frame | None:
        """Return the next frame, the newest where several came; None once the session is over.

        Raises:
            SessionOver: it ended unexpectedly: its state is `failed`.
        """
        decoded = await self._frames.next()
        if decoded is not None:
            return await decoded.frame()
        if self._ended is not None and self.state is SessionState.FAILED:
            raise SessionOver(self._ended.end, self._ended.problem)
        return None

    async def frames(self) -> AsyncIterator[Frame]:
        """Yield frames until the session is over; a slow program gets fewer, never older ones.

        Raises:
            SessionOver: it ended unexpectedly: its state is `failed`.
        """
        while (frame := await self.frame()) is not None:
            yield frame

    async def events(self) -> AsyncIterator[Event]:
        """Yield what becomes of the session, from its start to its end; each event once."""
        while (event := await self._events.next()) is not None:
            yield event

    async def messages(self) -> AsyncIterator[object]:
        """Yield the messages of the world, any JSON, until the session is over; each once."""
        while (message := await self._messages.next()) is not None:
            yield message[0]  # boxed, since null is a message as well

    def input(self, event: InputEvent) -> bool:
        """Send an input event, of `diorama.protocol.input`; return whether it could be sent.

        Raises:
            Invalid: it is out of its bounds.
        """
        peer = self._live().peer
        return peer is not None and peer.channels.send_input(event)

    def key(self, code: str, *, down: bool = True, key: str | None = None) -> bool:
        """Press or release a key; return whether it could be sent.

        Args:
            code: its place on the keyboard, as W3C UI Events call it: `KeyW`, `ArrowUp`, `Space`.
            down: whether it goes down or comes up.
            key: what it types; that of an English keyboard unless it is given.
        """
        typed = typed_by(code) if key is None else key
        return self.input(KeyDown(code, typed) if down else KeyUp(code, typed))

    def prompt(self, text: str) -> bool:
        """Send a text prompt; return whether it could be sent."""
        peer = self._live().peer
        return peer is not None and peer.channels.send(Prompt(text))

    async def send(self, data: object) -> bool:
        """Send any JSON to the world; return whether it was handed over.

        Raises:
            Invalid: it is no JSON, or more than 16 KiB of it.
        """
        peer = self._live().peer
        return peer is not None and await peer.channels.send_message(data)

    def leave(self) -> None:
        """End the session with 1000 before the block ends. Idempotent."""
        self._live().leave(1000)

    def wake(self) -> None:
        """Try now what waits for its turn, since the network is back or this machine woke."""
        self._live().wake()

    def on_event(self, event: Event) -> None:
        """Take an event of the connection."""
        self._events.put(event)
        if isinstance(event, Ended):
            self._ended = event
            self._frames.close()
            self._events.close()
            self._messages.close()
        self._news.set()

    def on_frame(self, attachment: int, frame: VideoFrame) -> None:
        """Take a frame of the connection."""
        now_s = time.monotonic()
        self._arrivals_s.append(now_s)
        self._frames.put(Decoded(frame, self._frames.received, now_s, attachment))

    def on_message(self, data: object) -> None:
        """Take a message of the world."""
        self._messages.put((data,))

    def _live(self) -> Connection:
        if self._connection is None:
            raise RuntimeError("use it inside of `async with`")
        return self._connection


def typed_by(code: str) -> str:
    """Return what a key types on an English keyboard: `w` for `KeyW`, a space for `Space`."""
    if code == "Space":
        return " "
    letter = code.removeprefix("Key").removeprefix("Digit")
    return letter.lower() if len(letter) == 1 else code
