"""`python -m diorama.world.host`: one World in a process of its own, for one session.

Started by a worker, maybe before there is a session for it, with the socket to it as standard input
(its end of file means that the worker is gone), and the frame ring's two files. One thread calls
the world; between pictures it waits on the socket, so what the viewer does wakes it. What a world
prints goes to standard error, the worker's log. The host decides nothing about the session: it
says how the world ended, and exits.
"""

import argparse
import contextlib
import importlib
import math
import os
import select
import signal
import socket
import sys
import traceback
from collections import deque
from collections.abc import Callable, Sequence
from typing import Final, NoReturn, cast

import msgspec

from diorama.agent.frame_ring import FrameWriter, RingFiles
from diorama.agent.own_process import die_with
from diorama.agent.world_link import (
    Begin,
    Deframer,
    FirstFrame,
    FromHost,
    GiveImage,
    HoldOff,
    Loaded,
    Over,
    Say,
    ToHost,
    to_bytes,
    to_host,
)
from diorama.kernel.clock import SystemClock
from diorama.kernel.units import SECOND_US
from diorama.protocol.channel import MAX_BYTES
from diorama.protocol.input import Gamepad, PointerMove, TouchMove, Wheel
from diorama.protocol.strict_json import parse_value
from diorama.protocol.worker import MAX_HOLD_OFF_S, Outcome
from diorama.world.calling import Happening, hand_over, rendered
from diorama.world.failing import traceback_of
from diorama.world.images import give_image
from diorama.world.loading import UnknownWorld, load_world
from diorama.world.pacing import Pacer, Slowness
from diorama.world.world import FrameTime, Json, World

EXIT_OVER: Final = 0
EXIT_FAILED: Final = 1
_READ_BYTES: Final = 64 * 1024
_MAX_WAITING: Final = 1_000  # events between two pictures: a second of the most a viewer may send
_LOOK_EVERY_S: Final = 60.0
_SEND_WITHIN_S: Final = 5.0  # a worker that does not read so long is as good as gone
_MAX_DETAIL: Final = 1_900  # characters, under the 2,000 of `world_ended`
_MOVES: Final = (PointerMove, TouchMove, Wheel, Gamepad)


class _Stopping(BaseException):
    """The worker wants this world to end: unwinds whatever the world is doing. No error."""


class HostLink:
    """The socket to the worker."""

    def __init__(self, connection: socket.socket) -> None:
        self._socket = connection
        self._socket.settimeout(_SEND_WITHIN_S)
        self._deframer = Deframer()
        self.waiting: deque[ToHost] = deque()

    def send(self, message: FromHost) -> None:
        """Tell the worker."""
        self._socket.sendall(to_bytes(message))

    def receive(self, timeout_s: float) -> None:
        """Wait for messages so long at most and keep them in `waiting`; raises _Stopping."""
        full = len(self.waiting) >= _MAX_WAITING  # the worker knows best what can be dropped
        if not select.select([] if full else [self._socket], [], [], timeout_s)[0]:
            return
        try:
            data = self._socket.recv(_READ_BYTES)
        except ConnectionError:
            data = b""
        if not data:
            raise _Stopping
        self.waiting.extend(map(to_host, self._deframer.feed(data)))

    def receive_begin(self) -> Begin:
        """Return the worker's first word, which may be long in coming; raises _Stopping."""
        while not self.waiting:
            self.receive(_LOOK_EVERY_S)
        return cast("Begin", self.waiting.popleft())


class HostContext:
    """The `WorldContext` of a world in this process."""

    def __init__(self, begin: Begin, link: HostLink) -> None:
        self._begin = begin
        self._link = link
        self._options = cast("dict[str, Json]", _options(begin.options))
        self.ended = False
        self.listener: Callable[[Json], None] | None = None  # in a viewer's place

    @property
    def session_id(self) -> str:
        """The session this world runs for."""
        return self._begin.session

    @property
    def seed(self) -> int:
        """A number for the world's randomness."""
        return self._begin.seed

    @property
    def options(self) -> dict[str, Json]:
        """What the project says to its world."""
        return self._options

    def send(self, data: Json) -> None:
        """Send a JSON message to the viewer.

        Raises:
            ValueError: it is longer than a message may be.
            TypeError: it is no JSON.
        """
        text = msgspec.json.encode(data)
        if len(text) > MAX_BYTES // 2:  # its envelope, and its escapes on the way, have room
            raise ValueError(f"a message of {len(text)} bytes is more than {MAX_BYTES // 2}")
        if self.listener is not None:
            self.listener(data)
        else:
            self._link.send(Say(text.decode()))

    def hold_off_afk(self, seconds: float) -> None:
        """Keep the viewer from being warned for doing nothing, so long from now.

        Raises:
            ValueError: it is no number of seconds.
        """
        if math.isnan(seconds) or seconds < 0:
            raise ValueError(f"the AFK warning cannot be held off for {seconds} seconds")
        if self.listener is None:  # a script is never away from its keyboard
            self._link.send(HoldOff(min(float(seconds), MAX_HOLD_OFF_S)))

    def end(self) -> None:
        """End the session on purpose, once the call that the world is in returns."""
        self.ended = True


class Host:
    """Runs one world to its end."""

    def __init__(self, link: HostLink, files: RingFiles) -> None:
        self._link = link
        self._files = files
        self._clock = SystemClock()
        self._failure: Outcome = "failed_to_start"
        self._stopping = False

    def run(self) -> int:
        """Run the world that the worker names and return the exit status of this process."""
        try:
            try:
                return self._live()
            finally:
                self._stopping = True  # nothing is left that could be told to end
        except _Stopping:  # it was told so a moment before that
            return EXIT_OVER

    def _live(self) -> int:
        try:
            signal.signal(signal.SIGTERM, self._on_terminate)
            self._run(self._link.receive_begin())
        except _Stopping:
            return EXIT_OVER
        except UnknownWorld as error:
            return self._fail("unknown_world", error)
        except (Exception, SystemExit) as error:  # noqa: BLE001 - the world's: told, and over
            return self._fail(self._failure, error)
        return EXIT_OVER

    def _run(self, begin: Begin) -> None:
        context = HostContext(begin, self._link)
        kind = load_world(begin.entry)
        world = kind()
        if begin.run is not None:
            self._run_script(world, context, begin)
            return
        width, height = world.size
        ring = FrameWriter(self._files, width=width, height=height)
        self._link.send(Loaded(width=width, height=height, fps=world.fps))
        world.start(context)
        try:
            self._render_until_the_end(world, context, ring)
        finally:
            self._stopping = True
            _stop(world)
        self._link.send(Over("ended"))

    def _run_script(self, world: World, context: HostContext, begin: Begin) -> None:
        """Run a script; what it takes to encode is loaded for those alone who do."""
        from diorama.world.script_run import ScriptRun

        run = ScriptRun(begin, world, self._link)
        context.listener = run.take_word
        run.prepare()
        world.start(context)
        try:
            run.render(context, self._on_first_frame)
        finally:
            self._stopping = True
            _stop(world)
        self._stopping = False
        run.finish()
        self._link.send(Over("ended"))

    def _on_first_frame(self) -> None:
        self._failure = "crashed"
        self._link.send(FirstFrame())

    def _render_until_the_end(self, world: World, context: HostContext, ring: FrameWriter) -> None:
        started_us = last_us = self._clock.boottime_us()
        pacer = Pacer(fps=world.fps, now_us=started_us)
        slowness = Slowness(fps=world.fps, now_us=started_us)
        while True:
            self._wait_for_the_next(pacer)
            if self._hand_over(world, context):
                return
            now_us = self._clock.boottime_us()
            pacer.begin(now_us)
            time = _frame_time(ring.published, now_us, started_us=started_us, last_us=last_us)
            last_us = now_us
            picture = rendered(world, time)
            rendered_us = self._clock.boottime_us()
            number = ring.publish(picture, rendered_us=rendered_us)
            if found := slowness.find(now_us, rendered_us):
                sys.stderr.write(f"{type(world).__name__}.render {found}\n")
            if number == 0:
                self._on_first_frame()
            if context.ended:
                return

    def _wait_for_the_next(self, pacer: Pacer) -> None:
        self._link.receive(0)
        while True:
            waiting = self._link.waiting
            eager = any(not isinstance(event, _MOVES) for event in waiting)
            left_us = pacer.due_us(input_waits=eager) - self._clock.boottime_us()
            if left_us <= 0:
                return
            self._link.receive(left_us / SECOND_US)

    def _hand_over(self, world: World, context: HostContext) -> bool:
        """Tell the world what its viewer did and return whether it ended the session for it."""
        while self._link.waiting and not context.ended:
            event = self._link.waiting.popleft()
            if isinstance(event, GiveImage):
                self._link.send(give_image(world, event))
            else:
                hand_over(world, cast("Happening", event))
        return context.ended

    def _fail(self, outcome: Outcome, error: Exception | SystemExit) -> int:
        self._stopping = True
        sys.stderr.write(traceback_of(error))
        detail = "".join(traceback.format_exception_only(error)).strip()
        with contextlib.suppress(OSError):  # a worker that is there sees the exit status
            self._link.send(Over(outcome, detail[:_MAX_DETAIL]))
        return EXIT_FAILED

    def _on_terminate(self, _signal: int, _frame: object) -> None:
        if not self._stopping:
            self._stopping = True
            raise _Stopping


def _stop(world: World) -> None:
    try:
        world.stop()
    except Exception as error:  # noqa: BLE001 - the session is over: its end keeps its own reason
        sys.stderr.write(traceback_of(error))


def _frame_time(number: int, now_us: int, *, started_us: int, last_us: int) -> FrameTime:
    return FrameTime(
        number=number,
        elapsed_s=(now_us - started_us) / SECOND_US,
        delta_s=(now_us - last_us) / SECOND_US,
    )


def _options(text: str) -> object:
    value = parse_value(text, max_bytes=_READ_BYTES)
    if not isinstance(value, dict):
        raise TypeError(f"the options of a world are a JSON object, not {type(value).__name__}")
    return value


def _take_standard_input() -> socket.socket:
    """Return the socket that standard input is, out of reach of what the world starts."""
    connection = socket.socket(fileno=os.dup(0))
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.dup2(2, 1)
    return connection


def main(arguments: Sequence[str]) -> int:
    """Run the host with these arguments and return its exit status."""
    parser = argparse.ArgumentParser(prog="python -m diorama.world.host")
    for name in ("--memory", "--event", "--parent"):
        parser.add_argument(name, type=int, required=True)
    parser.add_argument("preload", nargs="*")
    given = parser.parse_args(arguments)
    if not die_with(given.parent):
        return EXIT_FAILED
    for descriptor in (given.memory, given.event):
        os.set_inheritable(descriptor, False)  # noqa: FBT003 - takes no keyword
    files = RingFiles(memory=given.memory, event=given.event)
    link = HostLink(_take_standard_input())
    for name in given.preload:
        _preload(name)
    return Host(link, files).run()


def _preload(name: str) -> None:
    """Import a module ahead; one that cannot be is the trouble of the world that needs it."""
    try:
        importlib.import_module(name)
    except Exception as error:  # noqa: BLE001 - the module's own: it is told, and nothing is lost
        traceback.print_exception(error)


def _exit() -> NoReturn:
    status = main(sys.argv[1:])
    sys.stderr.flush()
    os._exit(status)  # threads that a world left behind do not keep a session's process


if __name__ == "__main__":
    _exit()
