"""Requests for sessions over kept-alive HTTP connections, with as little client as will do.

The client shares the machine with the gateway, so it is a few lines on raw sockets: what it costs
is small beside what it measures.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from urllib.parse import urlsplit

_CREATED = b"HTTP/1.1 201"


@contextlib.asynccontextmanager
async def post_sessions(
    url: str, connections: int, project: str = "bench0"
) -> AsyncIterator[Callable[[int], Awaitable[bytes]]]:
    """Yield a function that posts the request of this number and returns the answer's body."""
    address = urlsplit(url).netloc
    host, _, port = address.rpartition(":")
    free: asyncio.Queue[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = asyncio.Queue()
    for _ in range(connections):
        free.put_nowait(await asyncio.open_connection(host, port))

    async def post(number: int) -> bytes:
        body = b'{"project":"%s","client_id":"client-id-%08d"}' % (project.encode(), number)
        head = (
            b"POST /v1/sessions HTTP/1.1\r\nHost: %s\r\nContent-Type: application/json\r\n"
            b"Idempotency-Key: key-%08d\r\nContent-Length: %d\r\n\r\n"
        ) % (address.encode(), number, len(body))
        reader, writer = await free.get()
        try:
            writer.write(head + body)
            answer = await reader.readuntil(b"\r\n\r\n")
            length = answer.lower().partition(b"content-length:")[2].split(b"\r\n")[0]
            told = await reader.readexactly(int(length))
        finally:
            free.put_nowait((reader, writer))
        assert answer.startswith(_CREATED), f"not created: {answer!r} {told!r}"
        return told

    yield post
    while not free.empty():
        _, writer = free.get_nowait()
        writer.close()
