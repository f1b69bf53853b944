"""The two data channels of one peer connection: pings, messages with their acknowledgements, input.

What the network cannot carry now is dropped where the next event makes it worthless.
"""

import asyncio
import itertools
import json
from collections import deque
from collections.abc import Callable
from typing import Final, Literal, Protocol

import msgspec
from aiortc import RTCDataChannel

from diorama.client.errors import Invalid
from diorama.kernel import errors
from diorama.protocol import channel as wire
from diorama.protocol.input import InputEvent, PointerMove
from diorama.protocol.strict_json import parse

ACK_WITHIN_S: Final = 10.0
MAX_WAITING_ACKS: Final = 256
MAX_UNSENT_MOVES_BYTES: Final = 4 * 1024
MAX_UNSENT_BYTES: Final = 1024 * 1024
MAX_PINGS_OUT: Final = 64
MAX_HELD: Final = 256


class ChannelEvents(Protocol):
    """What comes of the channels, on the loop."""

    def on_message(self, data: object) -> None:
        """Take a message of the world: any JSON."""

    def on_refusal(self, code: str, message: str) -> None:
        """Take why something that was sent could not be taken."""


class Channels:
    """See above.

    Attributes:
        is_cut: whether the control channel was there and is gone.
        heard_s: when the worker last answered a ping, on the loop's clock; None for never.
        rtt_s: the last round trip, to the worker and back.
        meant_fps: how many frames a second the world means to show; None until it says so.
    """

    def __init__(self, events: ChannelEvents, now_s: Callable[[], float]) -> None:
        self.is_cut = False
        self.heard_s: float | None = None
        self.rtt_s: float | None = None
        self.meant_fps: int | None = None
        self._events = events
        self._now_s = now_s
        self._control: RTCDataChannel | None = None
        self._input: RTCDataChannel | None = None
        self._pings = itertools.count()
        self._messages = itertools.count()
        self._pinged_s: dict[int, float] = {}
        self._waiting: dict[int, asyncio.Future[bool]] = {}
        self._there = asyncio.Event()
        self._held: deque[str] = deque()

    def take_channel(self, channel: RTCDataChannel) -> None:
        """Take a channel that the worker made; others than the two are left alone."""
        if channel.label == wire.INPUT:
            self._input = channel
        if channel.label == wire.CONTROL:
            self._control = channel
            channel.on("message", self._receive)
            channel.on("close", self._cut)
            self._there.set()
            self.ping()
            while self._held:
                self._send(self._held.popleft())

    def send_input(self, event: InputEvent) -> bool:
        """Send an input event; False where it could not be. Raises Invalid where it is none."""
        text = checked(event)
        if isinstance(event, PointerMove) and _is_open(self._input):
            assert self._input is not None, "open"
            if self._input.bufferedAmount > MAX_UNSENT_MOVES_BYTES:
                return False
            self._input.send(text)
            return True
        return self._send(text) if isinstance(event, PointerMove) else self._send_or_hold(text)

    def send(self, message: wire.FromViewer) -> bool:
        """Send over the reliable channel; False where it cannot be. Raises Invalid if too large.

        What is sent before the channel is there, which may come after the first picture, is held
        until it is.
        """
        return self._send_or_hold(checked(message))

    async def send_message(self, data: object) -> bool:
        """Send any JSON to the world; return whether it was handed over.

        It waits for the channel, which may come after the gateway's word that the session streams.
        """
        number = next(self._messages)
        text = checked(wire.Message(data, number))
        if len(self._waiting) >= MAX_WAITING_ACKS:
            return False
        acked: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._waiting[number] = acked
        try:
            async with asyncio.timeout(ACK_WITHIN_S):
                await self._there.wait()
                if not self._send(text):
                    return False
                await acked
        except TimeoutError:
            return False
        finally:
            self._waiting.pop(number, None)
        return acked.result()

    def say_bye(self, code: Literal[1000, 1001]) -> bool:
        """Say that the viewer goes; return whether it could be said."""
        return self._send(checked(wire.Leaving(code)))

    def ping(self) -> None:
        """Say that the viewer is there; the answer gives the round trip."""
        if len(self._pinged_s) >= MAX_PINGS_OUT:
            self._pinged_s.clear()
        number = next(self._pings)
        if self._send(checked(wire.Ping(number))):
            self._pinged_s[number] = self._now_s()

    def stop(self) -> None:
        """Settle what waits for an answer; the channels close with their peer connection."""
        self._there.set()
        self._held.clear()
        for acked in self._waiting.values():
            if not acked.done():
                acked.set_result(False)

    def _send_or_hold(self, text: str) -> bool:
        if self._there.is_set() or len(self._held) >= MAX_HELD:
            return self._send(text)
        self._held.append(text)
        return True

    def _send(self, text: str) -> bool:
        if self._control is None or not _is_open(self._control):
            return False
        if self._control.bufferedAmount > MAX_UNSENT_BYTES:
            return False
        self._control.send(text)
        return True

    def _cut(self) -> None:
        self.stop()
        self.is_cut = True

    def _receive(self, data: bytes | str) -> None:
        try:
            message = msgspec.json.decode(data, type=wire.ToViewer)
        except msgspec.DecodeError:
            return  # a newer worker may say more than we know
        match message:
            case wire.Pong(n=number, fps=fps):
                self.meant_fps = fps
                self._hear(number)
            case wire.Ack(id=number):
                acked = self._waiting.get(number)
                if acked is not None and not acked.done():
                    acked.set_result(True)
            case wire.Message(data=content, id=number):
                if number is not None:
                    self.send(wire.Ack(number))
                self._events.on_message(content)
            case wire.Refusal(code=code, message=sentence):
                self._events.on_refusal(code, sentence)

    def _hear(self, number: int) -> None:
        self.heard_s = self._now_s()
        pinged_s = self._pinged_s.pop(number, None)
        if pinged_s is not None:
            self.rtt_s = self.heard_s - pinged_s


def checked(message: wire.FromViewer) -> str:
    """Return a message as JSON. Raises Invalid where the worker would refuse it, in its words."""
    try:
        if isinstance(message, wire.Message):
            json.dumps(message.data, allow_nan=False)  # msgspec would write NaN as null
        encoded = msgspec.json.encode(message)
        parse(encoded, wire.FromViewer, max_bytes=wire.MAX_BYTES)
    except errors.Invalid as error:
        raise Invalid(f"this cannot be sent: {error}", code=error.code) from None
    except (msgspec.MsgspecError, TypeError, ValueError, RecursionError) as error:
        raise Invalid(f"this cannot be sent: {error}", code="schema") from None
    return encoded.decode()


def _is_open(channel: RTCDataChannel | None) -> bool:
    return channel is not None and channel.readyState == "open"
