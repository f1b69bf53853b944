"""A client that sends exactly the bytes it is given: what no HTTP library would let a test send."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace

from diorama.gateway.front import Front, RunningFront, start_front

WITHIN_S = 60


@dataclass(frozen=True)
class RawAnswer:
    """An answer as it came: names of headers in lower case, repeated ones apart."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes

    def header(self, name: str) -> str:
        return dict(self.headers)[name]

    def has(self, name: str) -> bool:
        return name in dict(self.headers)


@contextlib.asynccontextmanager
async def listening(front: Front) -> AsyncIterator[RunningFront]:
    running = await start_front(front, host="127.0.0.1", port=0, stop_within_s=1)
    try:
        yield running
    finally:
        await running.stop()


class RawClient:
    """One connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    async def send(self, text: str | bytes) -> None:
        self.writer.write(text.encode() if isinstance(text, str) else text)
        await self.writer.drain()

    async def answer_head(self) -> RawAnswer:
        """Read the head of an answer; its body stays to be read."""
        async with asyncio.timeout(WITHIN_S):
            head = (await self.reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        status, *lines = head.strip().split("\r\n")
        pairs = [line.split(": ", 1) for line in lines]
        headers = [(name.lower(), value) for name, value in pairs]
        return RawAnswer(int(status.split()[1]), headers, b"")

    async def answer(self) -> RawAnswer:
        """Read one answer, by its own framing."""
        head = await self.answer_head()
        async with asyncio.timeout(WITHIN_S):
            return replace(head, body=await self._body(dict(head.headers)))

    async def _body(self, headers: dict[str, str]) -> bytes:
        if "content-length" in headers:
            return await self.reader.readexactly(int(headers["content-length"]))
        if headers.get("transfer-encoding") != "chunked":
            return b""
        body = b""
        while chunk := await self.chunk():
            body += chunk
        return body

    async def chunk(self) -> bytes:
        """Read one chunk of a chunked body; empty is its end."""
        async with asyncio.timeout(WITHIN_S):
            size = int(await self.reader.readuntil(b"\r\n"), 16)
            return (await self.reader.readexactly(size + 2))[:-2]

    async def rest(self) -> bytes:
        """Read until the server closes."""
        async with asyncio.timeout(WITHIN_S):
            return await self.reader.read()


@contextlib.asynccontextmanager
async def connected(running: RunningFront, saying: str | bytes = b"") -> AsyncIterator[RawClient]:
    """Connect; what is said is there before the server takes the connection up.

    So a deadline that counts from then cannot pass before it was said, however slow a machine is.
    """
    port = int(running.url.rsplit(":", 1)[1])
    ours = socket.create_connection(("127.0.0.1", port), timeout=WITHIN_S)
    ours.sendall(saying.encode() if isinstance(saying, str) else saying)
    ours.setblocking(False)
    reader, writer = await asyncio.open_connection(sock=ours)
    try:
        yield RawClient(reader, writer)
    finally:
        writer.close()
        with contextlib.suppress(ConnectionError):
            await writer.wait_closed()


async def ask(running: RunningFront, text: str | bytes) -> RawAnswer:
    async with connected(running, text) as client:
        return await client.answer()
