"""One WebSocket of this gateway: bounded sending, strict receiving, explained refusals.

It decides how messages travel, not what they mean. A peer that does not read is let go: what waits
for it is bounded, and nobody else waits with it.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Final, Generic, TypeVar

import msgspec
from aiohttp import WSMsgType, web

from diorama.kernel.errors import Invalid
from diorama.protocol.strict_json import MAX_WS_BYTES, parse

T = TypeVar("T")
_ENCODER: Final = msgspec.json.Encoder()
MAX_BAD_MESSAGES: Final = 5
POLICY_VIOLATION: Final = 1008
GOING_AWAY: Final = 1001
SERVICE_RESTART: Final = 1012
TRY_AGAIN_LATER: Final = 1013
CLOSE_WITHIN_S: Final = 2.0
NEVER_WAITS: Final = 32 * 1024
"""With less than this in a transport's buffer it is not paused, so a send does not wait: a time-out
around it would cost as much as the send, ten thousand times for one step of a long line."""


class Bucket:
    """A token bucket: `burst` at once, `per_s` sustained."""

    __slots__ = ("_at_s", "_burst", "_left", "_per_s")  # thousands of sockets have one each

    def __init__(self, *, burst: float, per_s: float, now_s: float) -> None:
        self._burst = burst
        self._per_s = per_s
        self._left = burst
        self._at_s = now_s

    def take(self, now_s: float) -> bool:
        """Take one; False where none is left."""
        self._left = min(self._burst, self._left + (now_s - self._at_s) * self._per_s)
        self._at_s = now_s
        if self._left < 1:
            return False
        self._left -= 1
        return True


class Wire(Generic[T]):
    """A prepared WebSocket that receives messages of the union `kind`.

    Args:
        socket: prepared.
        kind: a msgspec union.
        problem: makes the message that says what was wrong with one of theirs.
        max_waiting: bytes that may wait for a peer that does not read.
        bucket: what is received at most.
    """

    __slots__ = ("_bad", "_bucket", "_kind", "_loop", "_max_waiting", "_problem", "_socket")

    def __init__(
        self,
        socket: web.WebSocketResponse,
        kind: object,
        problem: Callable[..., msgspec.Struct],
        *,
        max_waiting: int,
        bucket: Bucket,
    ) -> None:
        self._socket = socket
        self._kind = kind
        self._problem = problem
        self._max_waiting = max_waiting
        self._bucket = bucket
        self._bad = 0
        self._loop = asyncio.get_running_loop()

    async def send(self, message: msgspec.Struct) -> bool:
        """Send a message; False where the peer is gone, or let go because it does not read."""
        transport = self._transport()
        if self._socket.closed or transport is None or transport.is_closing():
            return False
        waiting = transport.get_write_buffer_size()
        if waiting > self._max_waiting:
            transport.abort()
            return False
        text = _ENCODER.encode(message)
        try:
            if waiting + len(text) < NEVER_WAITS:
                await self._socket.send_frame(text, WSMsgType.TEXT)
                return True
            async with asyncio.timeout(CLOSE_WITHIN_S):
                await self._socket.send_frame(text, WSMsgType.TEXT)
        except TimeoutError:
            transport.abort()
            return False
        except (ConnectionError, RuntimeError):
            return False
        return True

    async def refuse(self, code: int, *, word: str, message: str) -> None:
        """Say what is wrong, then close with `code`."""
        await self.send(self._problem(code=word, message=message))
        await self.close(code, word)

    async def close(self, code: int, reason: str = "") -> None:
        """Close with a code; a peer that does not answer is dropped."""
        try:
            async with asyncio.timeout(CLOSE_WITHIN_S):
                await self._socket.close(code=code, message=reason.encode()[:120])
        except (TimeoutError, ConnectionError, RuntimeError):
            transport = self._transport()
            if transport is not None:
                transport.abort()

    def _transport(self) -> asyncio.Transport | None:
        request = self._socket._req  # noqa: SLF001 - aiohttp tells nowhere else what waits
        return None if request is None else request.transport

    async def first(self, within_s: float) -> T | None:
        """Return the first message, or None where none came in time or it was none of theirs."""
        try:
            async with asyncio.timeout(within_s):
                received = await self._socket.receive()
        except TimeoutError:
            return None
        if received.type is not WSMsgType.TEXT:
            return None
        try:
            return parse(received.data, self._kind, max_bytes=MAX_WS_BYTES)
        except Invalid as error:
            await self.send(self._problem(code=error.code, message=str(error)))
            return None

    async def messages(self) -> AsyncIterator[T]:
        """Yield what comes, until the socket ends; what does not parse is answered, a few times."""
        async for received in self._socket:
            if received.type is not WSMsgType.TEXT:
                await self.refuse(POLICY_VIOLATION, word="binary", message="send JSON as text")
                return
            if not self._bucket.take(self._loop.time()):
                await self.refuse(POLICY_VIOLATION, word="too_many", message="too many messages")
                return
            try:
                message: T = parse(received.data, self._kind, max_bytes=MAX_WS_BYTES)
            except Invalid as error:
                if await self._complain(error):
                    return
                continue
            yield message

    async def _complain(self, error: Invalid) -> bool:
        self._bad += 1
        if self._bad > MAX_BAD_MESSAGES:
            await self.refuse(POLICY_VIOLATION, word=error.code, message=str(error))
            return True
        await self.send(self._problem(code=error.code, message=str(error)))
        return False
