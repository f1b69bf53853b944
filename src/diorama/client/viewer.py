"""The viewer for programs that wait: `AsyncViewer` on a thread and a loop of its own.

Made by `Diorama.play`, or by `view` where nothing else is asked of the gateway.
"""

import asyncio
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from concurrent.futures import Future
from types import TracebackType
from typing import Final, Self, TypeVar, Unpack

from diorama.client.async_diorama import AsyncDiorama
from diorama.client.async_viewer import FIRST_FRAME_WITHIN_S, AsyncViewer, ViewerStats
from diorama.client.core.events import Event, MediaState, Reconnecting
from diorama.client.questions import Asking
from diorama.client.streaming.frames import Frame
from diorama.protocol.input import InputEvent
from diorama.protocol.states import SessionState
from diorama.protocol.views import EndView, QueueView, SessionView

T = TypeVar("T")
HERE: Final = "http://127.0.0.1:8080"
LEAVE_WITHIN_S: Final = 20.0


class Viewer:
    """One session, from `with` to its end; leaving the block ends it with 1000.

    Its methods are those of `AsyncViewer`, and wait. Any number of threads may use it.

    Args:
        gateway: makes the client that asks.
        make: makes the viewer that it runs.
    """

    def __init__(
        self,
        gateway: Callable[[], AsyncDiorama],
        make: Callable[[AsyncDiorama], AsyncViewer],
    ) -> None:
        self._gateway = gateway
        self._make = make
        self._started: Future[AsyncViewer] = Future()
        self._leave = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread = threading.Thread(target=self._run, name="diorama-viewer", daemon=True)

    def __repr__(self) -> str:
        if not self._started.done():
            return "Viewer(not entered)"
        return repr(self._started.result()).removeprefix("Async")

    def __enter__(self) -> Self:
        self._thread.start()
        self._started.result()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._leave.set)
        self._thread.join(LEAVE_WITHIN_S)

    @property
    def state(self) -> SessionState:
        """One of the seven states, as this viewer lives it."""
        return self._viewer.state

    @property
    def session(self) -> SessionView | None:
        """The session as the gateway told it last."""
        return self._viewer.session

    @property
    def queue(self) -> QueueView | None:
        """The place in line, while there is one."""
        return self._viewer.queue

    @property
    def media(self) -> MediaState:
        """How this viewer's peer connection is."""
        return self._viewer.media

    @property
    def reconnecting(self) -> Reconnecting | None:
        """The repair under way."""
        return self._viewer.reconnecting

    @property
    def end(self) -> EndView | None:
        """Why the session is over, once it is."""
        return self._viewer.end

    @property
    def stats(self) -> ViewerStats:
        """How the stream is doing."""
        return self._do(lambda viewer: viewer.stats)

    def until_playing(self, *, within_s: float = FIRST_FRAME_WITHIN_S) -> None:
        """Return once frames come. Raises TimeoutError or SessionOver where none do."""
        self._wait(lambda viewer: viewer.until_playing(within_s=within_s))

    def frame(self) -> Frame | None:
        """Return the next frame, the newest where several came; None once the session is over.

        Raises:
            SessionOver: it ended unexpectedly: its state is `failed`.
        """
        return self._wait(lambda viewer: viewer.frame())

    def frames(self) -> Iterator[Frame]:
        """Yield frames until the session is over; raises as `frame` does."""
        while (frame := self.frame()) is not None:
            yield frame

    def events(self) -> Iterator[Event]:
        """Yield what becomes of the session, from its start to its end; each event once."""
        return self._each(self._viewer.events())

    def messages(self) -> Iterator[object]:
        """Yield the messages of the world, any JSON, until the session is over; each once."""
        return self._each(self._viewer.messages())

    def input(self, event: InputEvent) -> bool:
        """Send an input event; return whether it could be sent. Raises Invalid."""
        return self._do(lambda viewer: viewer.input(event))

    def key(self, code: str, *, down: bool = True, key: str | None = None) -> bool:
        """Press or release a key such as `KeyW`; return whether it could be sent."""
        return self._do(lambda viewer: viewer.key(code, down=down, key=key))

    def prompt(self, text: str) -> bool:
        """Send a text prompt; return whether it could be sent."""
        return self._do(lambda viewer: viewer.prompt(text))

    def send(self, data: object) -> bool:
        """Send any JSON to the world; return whether it was handed over. Raises Invalid."""
        return self._wait(lambda viewer: viewer.send(data))

    def leave(self) -> None:
        """End the session with 1000 before the block ends. Idempotent."""
        self._do(lambda viewer: viewer.leave())

    def wake(self) -> None:
        """Try now what waits for its turn, since the network is back or this machine woke."""
        self._do(lambda viewer: viewer.wake())

    @property
    def _viewer(self) -> AsyncViewer:
        if not self._started.done():
            raise RuntimeError("use it inside of `with`")
        return self._started.result()

    def _do(self, act: Callable[[AsyncViewer], T]) -> T:
        async def done(viewer: AsyncViewer) -> T:
            return act(viewer)

        return self._wait(done)

    def _wait(self, work: Callable[[AsyncViewer], Awaitable[T]]) -> T:
        """Return what comes of work on the viewer's loop."""
        viewer, loop = self._viewer, self._loop
        if loop is None or loop.is_closed():
            raise RuntimeError("the viewer's block has been left")

        async def on_loop() -> T:
            return await work(viewer)

        waiting = asyncio.run_coroutine_threadsafe(on_loop(), loop)
        try:
            return waiting.result()
        finally:
            waiting.cancel()  # where a person broke the wait off

    def _each(self, things: AsyncIterator[T]) -> Iterator[T]:
        while True:
            try:
                yield self._wait(lambda _viewer: anext(things))
            except StopAsyncIteration:
                return

    def _run(self) -> None:
        try:
            asyncio.run(self._live())
        except BaseException as error:
            if self._started.done():
                raise  # a bug: the thread's end tells it
            self._started.set_exception(error)

    async def _live(self) -> None:
        self._loop = asyncio.get_running_loop()
        async with self._gateway() as gateway, self._make(gateway) as viewer:
            self._started.set_result(viewer)
            await self._leave.wait()


def view(
    project: str,
    server: str = HERE,
    *,
    api_key: str | None = None,
    keep_frames: int = 1,
    **asking: Unpack[Asking],
) -> Viewer:
    """Return a viewer of a session of its own, for a `with` block.

    Args:
        project: what to play.
        server: the gateway's address.
        api_key: needed where the project is not public.
        keep_frames: how many frames wait for a slow program before the oldest is dropped.
        asking: as for `Diorama.open_session`.
    """
    return Viewer(
        lambda: AsyncDiorama(server, api_key=api_key),
        lambda gateway: gateway.play(project, keep_frames=keep_frames, **asking),
    )
