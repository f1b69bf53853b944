"""Viewers as far as a gateway sees them: a WebSocket that says hello, hears welcome, and beats.

The client is picows, whose own cost a message is a few microseconds, in the benchmark's process.
"""

import asyncio
from collections.abc import Callable, Sequence
from typing import Final, TypeVar

import msgspec
from picows import WSCloseCode, WSFrame, WSListener, WSMsgType, WSTransport, ws_connect

from diorama.protocol import viewer as wire

_WITHIN_S: Final = 30.0
_ENCODER: Final = msgspec.json.Encoder()
V = TypeVar("V", bound="Viewer")


class Viewer(WSListener):
    """One viewer's socket."""

    def __init__(self, token: str) -> None:
        super().__init__()
        self._hello = _ENCODER.encode(wire.Hello(protocol=wire.PROTOCOL, token=token))
        self._welcome = asyncio.get_running_loop().create_future()
        self._echo: asyncio.Future[None] | None = None
        self._left = 0

    def on_ws_connected(self, transport: WSTransport) -> None:
        """Say hello."""
        self._transport = transport
        transport.send(WSMsgType.TEXT, self._hello)

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
        """Take the welcome, then count echoes; what else comes is the session's news."""
        if frame.msg_type is WSMsgType.CLOSE:
            transport.send_close(WSCloseCode.OK)
            transport.disconnect()
            return
        word = frame.get_payload_as_bytes()[:24]
        if b'"welcome"' in word and not self._welcome.done():
            self._welcome.set_result(None)
        elif b'"heartbeat"' in word:
            self._left -= 1
            if self._left > 0:
                self._beat()
            elif self._echo is not None and not self._echo.done():
                self._echo.set_result(None)

    def on_ws_disconnected(self, transport: WSTransport) -> None:
        """Fail whatever still waits."""
        for waiting in (self._welcome, self._echo):
            if waiting is not None and not waiting.done():
                waiting.set_exception(ConnectionError(f"closed: {transport.close_handshake}"))

    async def until_welcome(self) -> None:
        """Wait for the gateway's welcome."""
        async with asyncio.timeout(_WITHIN_S):
            await self._welcome

    async def beat(self, count: int) -> None:
        """Send so many heartbeats, each after the echo of the one before."""
        self._left = count
        self._echo = asyncio.get_running_loop().create_future()
        self._beat()
        async with asyncio.timeout(_WITHIN_S):
            await self._echo

    def bye(self) -> None:
        """End the session on purpose."""
        self._transport.send(WSMsgType.TEXT, _ENCODER.encode(wire.Bye()))

    def close(self) -> None:
        """Let go of the socket."""
        self._transport.disconnect()

    def _beat(self) -> None:
        self._transport.send(WSMsgType.TEXT, _ENCODER.encode(wire.Heartbeat(n=self._left)))


async def connect(url: str, tokens: Sequence[str], *, at_once: int) -> list[Viewer]:
    """Return viewers with these tokens, all welcomed, so many of them connecting at once."""
    return await connect_as(Viewer, url, tokens, at_once=at_once)


async def connect_as(
    make: Callable[[str], V], url: str, tokens: Sequence[str], *, at_once: int
) -> list[V]:
    """Return viewers of a kind with these tokens, as `connect` does."""
    line = iter(tokens)
    viewers: list[V] = []
    address = url.replace("http://", "ws://") + "/v1/connect"

    async def connector() -> None:
        for token in line:
            viewer = make(token)
            await ws_connect(lambda viewer=viewer: viewer, address)
            await viewer.until_welcome()
            viewers.append(viewer)

    async with asyncio.TaskGroup() as tasks:
        for _ in range(at_once):
            tasks.create_task(connector())
    return viewers
