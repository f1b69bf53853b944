"""One world in its own process, seen from the worker: started, fed, listened to, ended.

It decides how an end is told: by the host's last word, or by how and when its process exited. What
a session makes of that is `session`'s.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Protocol

import structlog

from diorama.agent.frame_ring import FrameReader, RingFiles
from diorama.agent.host_process import HostProcess
from diorama.agent.input_queue import InputQueue
from diorama.agent.process_group import STOP_PATIENCE_S
from diorama.agent.world_link import (
    Begin,
    Deframer,
    FilesFailed,
    FirstFrame,
    FromHost,
    HoldOff,
    ImageSeen,
    Kept,
    Loaded,
    Over,
    Rendered,
    Rendering,
    RunWord,
    Say,
    ToHost,
    from_host,
    to_bytes,
)
from diorama.kernel.errors import Invalid
from diorama.protocol.worker import Outcome

_READ_BYTES: Final = 64 * 1024

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class WorldOver:
    """How a world ended by itself; its process group is gone."""

    outcome: Outcome
    exit_code: int | None
    detail: str


class WorldEvents(Protocol):
    """What the owner of a world hears, on the asyncio loop."""

    def on_world_loaded(self, pictures: FrameReader, fps: int) -> None:
        """Take where its pictures will be, and how many a second it means to show."""

    def on_world_started(self) -> None:
        """Take note of its first picture."""

    def on_world_message(self, data: str) -> None:
        """Take a message for the viewer, JSON text."""

    def on_world_hold_off(self, asked_s: float) -> None:
        """Take for how long from now the viewer is not to be warned."""

    def on_world_image(self, seen: ImageSeen) -> None:
        """Take what became of an image that the world was to be given."""


class _Cause(StrEnum):
    EXITED = "exited"
    TOO_SLOW = "too slow"
    NONSENSE = "nonsense"
    STOPPED = "stopped"


class WorldProcess:
    """A world's process, from its start until its group is gone."""

    def __init__(
        self,
        begin: Begin,
        events: WorldEvents,
        host: HostProcess,
        *,
        on_run: Callable[[RunWord], None] | None = None,
    ) -> None:
        """Take a host, to run a world in it; `on_run` hears of a script's run."""
        self._on_run = on_run
        self._begin = begin
        self._events = events
        self._loop = asyncio.get_running_loop()
        self._cause: asyncio.Future[_Cause] = self._loop.create_future()
        self._deframer = Deframer()
        self._input = InputQueue()
        self._unsent = b""
        self._files: RingFiles | None = host.files
        self._socket = host.socket
        self._group = host.group
        self._forget = host.forget
        self._last_word: Over | None = None
        self._broken = ""
        self.started = False

    @property
    def pid(self) -> int:
        """The number of its process and of its group."""
        return self._group.pid

    @property
    def input_dropped(self) -> int:
        """How many messages of the viewer the world was too slow for."""
        return self._input.dropped

    async def run(self, *, start_timeout_s: float) -> WorldOver | None:
        """Run the world until it is over and return how; None where it was stopped.

        Its process group is gone when this returns, also where it is cancelled.
        """
        too_slow = self._loop.call_later(start_timeout_s, self._find_too_slow)
        self._loop.add_reader(self._socket, self._receive)
        self.send(self._begin)
        exit_code = None
        try:
            cause = await self._first_cause()
        finally:
            too_slow.cancel()
            exit_code = await self._end()
        return self._over(cause, exit_code)

    def send(self, message: ToHost) -> None:
        """Hand a message to the world; never waits."""
        if self._socket.fileno() < 0:
            return
        if not self._unsent and not self._input:
            self._unsent = to_bytes(message)
            self._flush()
        else:
            self._input.put(message)

    def stop(self) -> None:
        """Have `run` end the world: its `stop` is called, and 5 s later it is killed."""
        self._settle(_Cause.STOPPED)

    def kill(self) -> None:
        """Kill it at once and have `run` return."""
        self._group.kill()
        self._settle(_Cause.STOPPED)

    async def _first_cause(self) -> _Cause:
        async with asyncio.TaskGroup() as tasks:
            exit_watch = tasks.create_task(self._watch_exit())
            cause = await self._cause
            exit_watch.cancel()
        if self._last_word is None and cause is _Cause.EXITED:
            while self._receive():
                pass  # what it said just before it exited: bounded by the socket's buffer
        return cause

    async def _watch_exit(self) -> None:
        await self._group.leader_exit()
        self._settle(_Cause.EXITED)

    async def _end(self) -> int:
        """End the group and wait for it in spite of a cancellation, which kills it at once."""
        ending = asyncio.ensure_future(self._group.end(patience_s=STOP_PATIENCE_S))
        cancelled = False
        while not ending.done():
            try:
                await asyncio.shield(ending)
            except asyncio.CancelledError:
                self._group.kill()
                cancelled = True
        self._let_go()
        self._forget()
        if cancelled:
            raise asyncio.CancelledError
        return ending.result()

    def _over(self, cause: _Cause, exit_code: int) -> WorldOver | None:
        word = self._last_word
        if cause is _Cause.STOPPED:
            return None
        if word is not None:
            code = None if word.outcome == "ended" else exit_code
            return WorldOver(word.outcome, code, word.detail)
        outcome: Outcome = "crashed" if self.started else "failed_to_start"
        return WorldOver(outcome, exit_code, self._broken or _told(exit_code))

    def _find_too_slow(self) -> None:
        if not self.started:
            self._broken = "it drew no picture in the time allowed for its start"
            self._settle(_Cause.TOO_SLOW)

    def _receive(self) -> bool:
        """Take what the host said, and return whether there may be more."""
        try:
            data = self._socket.recv(_READ_BYTES)
        except BlockingIOError:
            return False
        except OSError:
            data = b""
        if not data:
            self._loop.remove_reader(self._socket)  # the exit of the process tells the rest
            return False
        try:
            for message in map(from_host, self._deframer.feed(data)):
                self._handle(message)
        except (Invalid, OSError) as error:
            self._broken = f"its host said what cannot be taken: {error}"
            self._settle(_Cause.NONSENSE)
            return False
        return True

    def _handle(self, message: FromHost) -> None:
        match message:
            case Loaded(width=width, height=height, fps=fps):
                files, self._files = self._files, None
                if files is None:
                    raise Invalid("the world was loaded twice")
                self._events.on_world_loaded(FrameReader(files, width=width, height=height), fps)
            case FirstFrame() if not self.started:
                self.started = True
                self._events.on_world_started()
            case Say(data=data):
                self._events.on_world_message(data)
            case HoldOff(seconds=asked_s):
                self._events.on_world_hold_off(asked_s)
            case ImageSeen():
                self._events.on_world_image(message)
            case Rendering() | Rendered() | Kept() | FilesFailed():
                if self._on_run is None:
                    raise Invalid("a session's world speaks of a run")
                self._on_run(message)
            case Over():
                self._last_word = message
                self._settle(_Cause.EXITED)

    def _flush(self) -> None:
        try:
            while self._unsent:
                self._unsent = self._unsent[self._socket.send(self._unsent) :]
                if not self._unsent and self._input:
                    self._unsent = to_bytes(self._input.take())
        except BlockingIOError:
            self._loop.add_writer(self._socket, self._flush)
            return
        except OSError:
            self._unsent = b""  # it is gone: its exit tells
        self._loop.remove_writer(self._socket)

    def _settle(self, cause: _Cause) -> None:
        if not self._cause.done():
            self._cause.set_result(cause)

    def _let_go(self) -> None:
        if self._socket.fileno() >= 0:
            self._loop.remove_reader(self._socket)
            self._loop.remove_writer(self._socket)
            self._socket.close()
        if self._files is not None:
            self._files.close()
            self._files = None


def _told(exit_code: int) -> str:
    if exit_code < 0:
        return f"its process was ended by signal {-exit_code}"
    return f"its process exited with status {exit_code}"
