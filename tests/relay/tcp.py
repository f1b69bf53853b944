"""A TCP relay before one port: it passes bytes on until a test tells it what to do instead.

`stall` keeps every connection and passes nothing, as a network that is gone without a word; `cut`
ends connections as a server does that closes; `reset` ends them as a machine that knows nothing of
them. What is stalled is kept and passed on later, in order: that is what TCP does.
"""

import asyncio
import contextlib
import socket
import struct
from typing import Final, Self

CHUNK: Final = 64 * 1024
MAX_LINKS: Final = 256
HOST: Final = "127.0.0.1"
_RESET: Final = struct.pack("ii", 1, 0)
"""Linger on, for 0 s: closing then sends RST. Source: socket(7)."""


class Gate:
    """Whether bytes of one direction pass, and how late."""

    def __init__(self) -> None:
        self._open = asyncio.Event()
        self._open.set()
        self.delay_s = 0.0

    def shut(self) -> None:
        """Let nothing pass."""
        self._open.clear()

    def open(self) -> None:
        """Let everything pass, what waited first."""
        self._open.set()

    async def passed(self) -> None:
        """Wait until it may pass."""
        if self.delay_s:
            await asyncio.sleep(self.delay_s)  # the network's own time, not a test's
        await self._open.wait()


class TcpRelay:
    """See above. Use as `async with TcpRelay(port) as relay`, and give out `relay.port`.

    Attributes:
        up: the direction towards the port behind it.
        down: the direction back.
    """

    def __init__(self, target: int) -> None:
        self.target = target
        self.port = 0
        self.up = Gate()
        self.down = Gate()
        self._refuses = False
        self._server: asyncio.Server | None = None
        self._links: dict[asyncio.Task[None], _Link] = {}

    async def __aenter__(self) -> Self:
        """Listen."""
        self._server = await asyncio.start_server(self._take, HOST, 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        """Listen no more, and end every connection."""
        assert self._server is not None
        self._server.close()
        tasks = list(self._links)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._server.wait_closed()

    @property
    def links(self) -> int:
        """How many connections it carries."""
        return len(self._links)

    def stall(self) -> None:
        """Pass nothing either way; connections stay, and new ones get no answer."""
        self.up.shut()
        self.down.shut()

    def heal(self) -> None:
        """Pass everything, what waited first; take connections again."""
        self._refuses = False
        self.up.open()
        self.down.open()

    def delay(self, ms: float) -> None:
        """Let each piece come late, in both directions."""
        self.up.delay_s = self.down.delay_s = ms / 1_000

    def drop(self) -> None:
        """End every connection there is; new ones are taken."""
        for task in list(self._links):
            task.cancel()

    def cut(self) -> None:
        """End every connection, and each new one at once."""
        self._refuses = True
        self.drop()

    def reset(self) -> None:
        """End every connection with RST; new ones are taken."""
        for link in list(self._links.values()):
            link.reset()
        self.drop()

    async def _take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        link = _Link(reader, writer)
        if self._refuses or len(self._links) >= MAX_LINKS:
            link.reset()
            writer.close()
            return
        self._links[task] = link
        try:
            await link.carry(self)
        except asyncio.CancelledError:
            return  # the relay's own doing: `drop`, or its end
        finally:
            del self._links[task]
            link.close()


class _Link:
    """One connection, and the one behind it."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writers = [writer]

    async def carry(self, relay: TcpRelay) -> None:
        """Pass bytes both ways until either side ends."""
        await relay.up.passed()
        try:
            far_reader, far_writer = await asyncio.open_connection(HOST, relay.target)
        except OSError:
            return  # nobody listens behind it
        self._writers.append(far_writer)
        ways = [
            asyncio.ensure_future(_pass(self._reader, far_writer, relay.up)),
            asyncio.ensure_future(_pass(far_reader, self._writers[0], relay.down)),
        ]
        try:
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for way in ways:
                way.cancel()
            await asyncio.gather(*ways, return_exceptions=True)

    def reset(self) -> None:
        """See to it that closing sends RST."""
        for writer in self._writers:
            found = writer.get_extra_info("socket")
            with contextlib.suppress(OSError):
                found.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)

    def close(self) -> None:
        """Close both sides."""
        for writer in self._writers:
            writer.close()


async def _pass(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, gate: Gate) -> None:
    with contextlib.suppress(ConnectionError):
        while data := await reader.read(CHUNK):
            await gate.passed()
            writer.write(data)
            await writer.drain()
        await gate.passed()
