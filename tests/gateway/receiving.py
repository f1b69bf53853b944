"""Receivers of webhooks on loopback: one that behaves, and ones that do not."""

import asyncio
import contextlib
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from ipaddress import ip_network

import msgspec
from aiohttp import web
from standardwebhooks import Webhook

WITHIN_S = 60
LOOPBACK = (ip_network("127.0.0.0/8"), ip_network("::1/128"))


@dataclass(frozen=True)
class Received:
    """One message, as it came."""

    headers: Mapping[str, str]
    body: bytes

    @property
    def id(self) -> str:
        return self.headers["webhook-id"]

    @property
    def event(self) -> dict[str, object]:
        found: dict[str, object] = msgspec.json.decode(self.body)
        return found

    def verified_by(self, secret: str) -> bool:
        """Ask the reference library; raises where the signature is not good."""
        Webhook(secret).verify(self.body, dict(self.headers))
        return True


@dataclass
class Receiver:
    """Answers each message with the next of `answers`, then with 204."""

    url: str = ""
    answers: list[web.StreamResponse | int] = field(default_factory=list)
    received: list[Received] = field(default_factory=list)
    came: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def answer(self, request: web.Request) -> web.StreamResponse:
        message = Received(request.headers.copy(), await request.read())
        async with self.came:
            self.received.append(message)
            self.came.notify_all()
        answer = self.answers.pop(0) if self.answers else 204
        return web.Response(status=answer) if isinstance(answer, int) else answer

    async def count(self, count: int) -> list[Received]:
        """Return what was received once so many messages were."""
        async with asyncio.timeout(WITHIN_S), self.came:
            await self.came.wait_for(lambda: len(self.received) >= count)
            return list(self.received)


@contextlib.asynccontextmanager
async def receiver(*answers: web.StreamResponse | int) -> AsyncIterator[Receiver]:
    """Run a receiver that behaves."""
    found = Receiver(answers=list(answers))
    app = web.Application()
    app.router.add_route("*", "/{rest:.*}", found.answer)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    found.url = f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
    try:
        yield found
    finally:
        await runner.cleanup()


Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@dataclass
class Raw:
    """A listener that says what a test lets it say.

    Attributes:
        asked: the requests' heads.
        names: what clients called it in TLS.
    """

    port: int
    asked: list[str] = field(default_factory=list)
    names: list[str | None] = field(default_factory=list)


@contextlib.asynccontextmanager
async def raw_receiver(
    talk: Talk, *, tls: ssl.SSLContext | None = None, host: str = "127.0.0.1", port: int = 0
) -> AsyncIterator[Raw]:
    """Run a listener that reads a request's head and then talks as it likes."""
    found = Raw(0)
    if tls is not None:
        tls.sni_callback = lambda _socket, name, _context: found.names.append(name)
    talks: set[asyncio.Task[None]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        talks.add(task)
        try:
            found.asked.append((await reader.readuntil(b"\r\n\r\n")).decode())
            await talk(reader, writer)
            writer.close()
            await writer.wait_closed()
        except (ConnectionError, asyncio.IncompleteReadError, ssl.SSLError):
            pass  # the client left: what it took is what the test looks at
        finally:
            writer.transport.abort()
            talks.discard(task)

    server = await asyncio.start_server(serve, host, port, ssl=tls)
    found.port = server.sockets[0].getsockname()[1]
    try:
        yield found
    finally:
        server.close()
        for one in list(talks):
            one.cancel()
        await asyncio.gather(*talks, return_exceptions=True)
        await server.wait_closed()
