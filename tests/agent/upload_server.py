"""Takes uploads of recordings on a real socket, as a gateway does, and shows what it got."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from http import HTTPStatus

import msgspec
from aiohttp import web

from diorama.protocol.recording_views import (
    MEDIA_TYPES,
    BeginUpload,
    CompleteUpload,
    FailUpload,
    RecordedFacts,
    UploadTarget,
    UploadTargets,
)

PATIENCE_S = 60.0


@dataclass
class UploadServer:
    """What it was given under which token.

    Attributes:
        answers: statuses for the requests to come, in order; without one, what is right.
        elsewhere: files are put at an absolute address, as with a bucket.
    """

    url: str = ""
    asked: dict[str, BeginUpload] = field(default_factory=dict)
    files: dict[str, dict[str, bytes]] = field(default_factory=dict)
    completed: dict[str, RecordedFacts] = field(default_factory=dict)
    failed: dict[str, str] = field(default_factory=dict)
    answers: list[HTTPStatus] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)
    elsewhere: bool = False
    news: asyncio.Condition = field(default_factory=asyncio.Condition)

    def add_to(self, app: web.Application) -> None:
        """Serve the routes of an upload there."""
        app.router.add_post("/v1/uploads", self._begin)
        app.router.add_put("/v1/uploads/{token}/{name}", self._put)
        app.router.add_post("/v1/uploads/complete", self._complete)
        app.router.add_post("/v1/uploads/fail", self._fail)

    async def until(self, test: Callable[["UploadServer"], bool]) -> None:
        """Return once `test` holds."""
        async with asyncio.timeout(PATIENCE_S), self.news:
            await self.news.wait_for(lambda: test(self))

    def lines(self, token: str) -> list[dict[str, object]]:
        """Return the events that were uploaded."""
        return [
            msgspec.json.decode(line) for line in self.files[token]["events.jsonl"].splitlines()
        ]

    async def _begin(self, request: web.Request) -> web.Response:
        ask = msgspec.json.decode(await request.read(), type=BeginUpload)
        self._answer(request)
        self.asked[ask.token] = ask
        base = self.url if self.elsewhere else ""
        targets = [
            UploadTarget(f.name, f"{base}/v1/uploads/{ask.token}/{f.name}", MEDIA_TYPES[f.name])
            for f in ask.files
        ]
        return web.Response(body=msgspec.json.encode(UploadTargets(tuple(targets))))

    async def _put(self, request: web.Request) -> web.Response:
        body = await request.read()
        self._answer(request)
        token, name = request.match_info["token"], request.match_info["name"]
        (said,) = (file.bytes for file in self.asked[token].files if file.name == name)
        assert request.content_length == said == len(body)
        assert request.content_type == MEDIA_TYPES[name]
        self.files.setdefault(token, {})[name] = body
        return web.Response(status=HTTPStatus.NO_CONTENT)

    async def _complete(self, request: web.Request) -> web.Response:
        done = msgspec.json.decode(await request.read(), type=CompleteUpload)
        self._answer(request)
        assert set(self.files[done.token]) == set(MEDIA_TYPES)
        async with self.news:
            self.completed[done.token] = done.facts
            self.news.notify_all()
        return web.Response(status=HTTPStatus.NO_CONTENT)

    async def _fail(self, request: web.Request) -> web.Response:
        said = msgspec.json.decode(await request.read(), type=FailUpload)
        self._answer(request)
        async with self.news:
            self.failed[said.token] = said.reason
            self.news.notify_all()
        return web.Response(status=HTTPStatus.NO_CONTENT)

    def _answer(self, request: web.Request) -> None:
        self.requests.append(f"{request.method} {request.path.rpartition('/')[2]}")
        status = self.answers.pop(0) if self.answers else HTTPStatus.OK
        if status is not HTTPStatus.OK:
            raise _Answered(status)


class _Answered(Exception):
    def __init__(self, status: HTTPStatus) -> None:
        super().__init__(status)
        self.status = status


@web.middleware
async def as_told(
    request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
) -> web.StreamResponse:
    """Answer as the test said."""
    try:
        return await handler(request)
    except _Answered as told:
        problem = b'{"code": "upload_refused", "detail": "it opens nothing"}'
        return web.Response(status=told.status, body=problem)


@asynccontextmanager
async def upload_server() -> AsyncIterator[UploadServer]:
    """Yield one that listens on this machine."""
    server = UploadServer()
    app = web.Application(client_max_size=2**30, middlewares=[as_told])
    server.add_to(app)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    host, port = runner.addresses[0][:2]
    server.url = f"http://{host}:{port}"
    try:
        yield server
    finally:
        await runner.cleanup()
