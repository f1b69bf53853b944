"""A gateway that speaks the worker's protocol as the test tells it, on a real socket."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Final, TypeVar

import msgspec
from aiohttp import WSMsgType, web

from diorama.protocol.worker import (
    Beat,
    BeatConfirmed,
    FromWorker,
    Hello,
    Problem,
    ToWorker,
    Welcome,
)
from tests.agent.upload_server import UploadServer, as_told

PATIENCE_S: Final = 60.0
CREDENTIAL: Final = "diw_of_the_tests"
T = TypeVar("T")


class Listener:
    """Goes through what a gateway hears from now on, whoever else does."""

    def __init__(self, gateway: "FakeGateway") -> None:
        self._gateway = gateway
        self._read = len(gateway.heard)

    async def hears(self, kind: type[T], test: Callable[[T], bool] = lambda _: True) -> T:
        """Return the next such message after those this returned before."""
        async with asyncio.timeout(PATIENCE_S), self._gateway.news:
            while True:
                while self._read < len(self._gateway.heard):
                    message = self._gateway.heard[self._read]
                    self._read += 1
                    if isinstance(message, kind) and test(message):
                        return message
                await self._gateway.news.wait()


class FakeGateway:
    """What it heard, in order; it welcomes, and confirms unless told not to."""

    def __init__(self) -> None:
        self.heard: list[FromWorker] = []
        self.confirms = True
        self.heartbeat_s = 1.0
        self.self_fence_s = 60.0
        self.refusal: Problem | None = None
        self.url = ""
        self.uploads = UploadServer()
        self.news = asyncio.Condition()
        self._socket: web.WebSocketResponse | None = None
        self._listener = Listener(self)

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Serve one connection of a worker."""
        if request.headers["Authorization"] != f"Bearer {CREDENTIAL}":
            raise web.HTTPUnauthorized
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        self._socket = socket
        async for message in socket:
            if message.type is WSMsgType.TEXT:
                await self._take(msgspec.json.decode(message.data, type=FromWorker))
        return socket

    async def _take(self, message: FromWorker) -> None:
        if isinstance(message, Hello) and self.refusal is not None:
            await self.say(self.refusal)
            await self.hang_up()
        elif isinstance(message, Hello):
            await self.say(Welcome(1, "wrk_1", self.heartbeat_s, self.self_fence_s))
        if isinstance(message, Beat) and self.confirms:
            await self.say(BeatConfirmed(message.n, message.sent_us))
        async with self.news:
            self.heard.append(message)
            self.news.notify_all()

    async def say(self, message: ToWorker) -> None:
        """Send the worker a message."""
        assert self._socket is not None
        await self._socket.send_str(msgspec.json.encode(message).decode())

    async def hears(self, kind: type[T], test: Callable[[T], bool] = lambda _: True) -> T:
        """Return the next such message after those this returned before."""
        return await self._listener.hears(kind, test)

    async def hang_up(self) -> None:
        """Close the worker's socket."""
        assert self._socket is not None
        await self._socket.close()


@asynccontextmanager
async def fake_gateway() -> AsyncIterator[FakeGateway]:
    """Yield a gateway that listens on this machine."""
    gateway = FakeGateway()
    app = web.Application(client_max_size=2**30, middlewares=[as_told])
    gateway.uploads.add_to(app)
    app.router.add_get("/v1/worker", gateway.handle)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    host, port = runner.addresses[0][:2]
    gateway.url = gateway.uploads.url = f"http://{host}:{port}"
    try:
        yield gateway
    finally:
        await runner.cleanup()
