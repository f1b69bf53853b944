"""One WebSocket to `/v1/connect`: opened once, and told about until it is gone. Decides nothing."""

import asyncio
import contextlib
from collections.abc import Callable
from typing import Final

import aiohttp
import msgspec

from diorama.client.core.model import OPEN_WITHIN_S, Received, SocketLost, SocketOpened
from diorama.protocol import viewer as wire
from diorama.protocol.strict_json import MAX_WS_BYTES

CLOSE_WITHIN_S: Final = 2.0
LOST: Final = 1006
_MAX_UNSENT: Final = 256
_MAX_MESSAGE_BYTES: Final = 4 * MAX_WS_BYTES
Happened = SocketOpened | Received | SocketLost


class Socket:
    """See above. Its owner runs `run` in a task."""

    def __init__(
        self,
        http: aiohttp.ClientSession,
        address: str,
        tell: "Callable[[Socket, Happened], None]",
    ) -> None:
        self._http = http
        self._address = address
        self._tell = tell
        self._outbox: asyncio.Queue[str | int] = asyncio.Queue(_MAX_UNSENT)

    def send(self, message: wire.FromViewer) -> None:
        """Send a message after those before it; a socket that takes none any more is silent."""
        with contextlib.suppress(asyncio.QueueFull):
            self._outbox.put_nowait(msgspec.json.encode(message).decode())

    def close(self, code: int) -> None:
        """Close it once what was sent before has left, or at once where too much waits."""
        if self._outbox.full():
            self._outbox.get_nowait()
        self._outbox.put_nowait(code)

    async def run(self) -> None:
        """Open it and read it until it is gone."""
        try:
            async with asyncio.timeout(OPEN_WITHIN_S):
                socket = await self._http.ws_connect(
                    self._address,
                    max_msg_size=_MAX_MESSAGE_BYTES,
                    timeout=aiohttp.ClientWSTimeout(ws_close=CLOSE_WITHIN_S),
                )
        except (aiohttp.ClientError, OSError, TimeoutError):
            self._tell(self, SocketLost(LOST))
            return
        async with socket:
            self._tell(self, SocketOpened())
            await self._exchange(socket)
        self._tell(self, SocketLost(socket.close_code or LOST))

    async def _exchange(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        async with asyncio.TaskGroup() as tasks:
            writing = tasks.create_task(self._write(socket))
            async for message in socket:
                if message.type is aiohttp.WSMsgType.TEXT:
                    self._take(message.data)
            writing.cancel()

    async def _write(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        while True:
            item = await self._outbox.get()
            try:
                if isinstance(item, int):
                    await socket.close(code=item)
                    return
                await socket.send_str(item)
            except (ConnectionError, aiohttp.ClientError):
                return  # the reader hears of it as well

    def _take(self, text: str) -> None:
        with contextlib.suppress(msgspec.DecodeError):  # a newer gateway may say more than we know
            self._tell(self, Received(msgspec.json.decode(text, type=wire.ToViewer)))
