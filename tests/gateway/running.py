"""A whole gateway in this process, on a free port, and clients that talk to it.

Nobody sleeps: clients wait for messages, time is stepped, and what time brings is asked for by
`sweep`, and comes at no other time: a round of the gateway's own between two steps of a test would
see an hour that the test means to pass over. Its other loops run, and find nothing due.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Literal, TypeVar

import msgspec
from aiohttp import ClientSession, ClientWebSocketResponse, WSMsgType
from multidict import CIMultiDictProxy

from diorama.gateway.bootstrap import Secrets, load_secrets
from diorama.gateway.front import RunningFront, start_front
from diorama.gateway.ice_settings import IceSettings
from diorama.gateway.server import Gateway
from diorama.gateway.settings import (
    NO_OIDC,
    ArtifactSettings,
    OidcSettings,
    ProjectSettings,
    RateLimitSettings,
    Settings,
    WebhookSettings,
)
from diorama.protocol import viewer as viewer_wire
from diorama.protocol import worker as worker_wire
from diorama.protocol.views import OpenedSession, SessionView
from diorama.storage.database import Database, open_database
from tests.clock import NOON_US, SteppedClock

T = TypeVar("T")
Json = Mapping[str, object]
WITHIN_S: Final = 60
NEVER_S: Final = 3_600.0
"""Longer than any test."""
COVE: Final = ProjectSettings(name="cove", world="a:B")
NO_NETWORKS: Final = WebhookSettings()
NOBODY_IS_HELD: Final = RateLimitSettings(enabled=False)
"""The clock of these tests stands still: whoever asks a thousand times would wait for ever."""
NO_ICE: Final = IceSettings()
HERE: Final = ArtifactSettings(keep_free_mb=0)


@dataclass(frozen=True)
class Reply:
    """An answer over HTTP."""

    status: int
    headers: CIMultiDictProxy[str]
    body: bytes

    @property
    def json(self) -> dict[str, object]:
        found: dict[str, object] = msgspec.json.decode(self.body)
        return found

    @property
    def problem(self) -> tuple[int, object]:
        """The status and the machine code of a problem document."""
        assert self.headers["Content-Type"] == "application/problem+json", self
        assert self.json["status"] == self.status
        return self.status, self.json["code"]


class Talker:
    """A client's end of a WebSocket."""

    def __init__(self, socket: ClientWebSocketResponse, kind: object) -> None:
        self.socket = socket
        self._kind = kind

    async def send(self, **message: object) -> None:
        await self.socket.send_str(msgspec.json.encode(message).decode())

    async def next(self, kind: type[T]) -> T:
        """Return the next message of a kind, leaving out others."""
        async with asyncio.timeout(WITHIN_S):
            while True:
                received = await self.socket.receive()
                assert received.type is WSMsgType.TEXT, f"closed with {self.socket.close_code}"
                message = msgspec.json.decode(received.data, type=self._kind)
                if isinstance(message, kind):
                    return message

    async def end(self) -> tuple[list[str], int | None]:
        """Return the codes of problems that still come, and what the socket is closed with."""
        problems: list[str] = []
        async with asyncio.timeout(WITHIN_S):
            while (received := await self.socket.receive()).type is WSMsgType.TEXT:
                message = msgspec.json.decode(received.data)
                if message["type"] == "problem":
                    problems.append(message["code"])
        if received.type is WSMsgType.CLOSE:
            return problems, received.data
        return problems, self.socket.close_code


class Viewer(Talker):
    """A viewer's end of `/v1/connect`."""

    def __init__(self, socket: ClientWebSocketResponse) -> None:
        super().__init__(socket, viewer_wire.ToViewer)

    async def session(self) -> SessionView:
        return (await self.next(viewer_wire.SessionChanged)).session

    async def until(self, state: str) -> SessionView:
        """Return the session once it is in a state."""
        while (view := await self.session()).state != state:
            pass
        return view

    async def hello(self, token: str, **more: object) -> viewer_wire.Welcome:
        await self.send(type="hello", protocol=1, token=token, **more)
        return await self.next(viewer_wire.Welcome)


class Worker(Talker):
    """A worker's end of `/v1/worker`, which does what it is told."""

    def __init__(self, socket: ClientWebSocketResponse) -> None:
        super().__init__(socket, worker_wire.ToWorker)

    async def hello(
        self, *, name: str = "one", slots: int = 1, boot: int = 1, host: str = ""
    ) -> None:
        await self.say_hello(name=name, slots=slots, boot=boot, host=host)
        await self.next(worker_wire.Welcome)

    async def say_hello(
        self, *, name: str = "one", slots: int = 1, boot: int = 1, host: str = ""
    ) -> None:
        await self.send(
            type="hello",
            protocol=1,
            name=name,
            boot_id=f"{name}-boot-number-{boot:04}",
            region="local",
            pool="default",
            slots=[{"index": i, "term": 0} for i in range(slots)],
            kinds=["python"],
            encoders=[],
            version="test",
            host=host,
        )

    async def start(self, *, attachment: int = 1) -> worker_wire.Assign:
        """Take the next assignment, and bring it to its first frame once its viewer is there."""
        assign = await self.next(worker_wire.Assign)
        about = {"session": assign.session, "term": assign.term}
        await self.send(type="accepted", **about)
        await self.send(type="world_started", **about)
        await self.next(worker_wire.Attach)
        await self.send(type="media", **about, attachment=attachment, state="connected")
        return assign

    async def stop(self) -> worker_wire.Stop:
        """Take the next stop, and confirm it."""
        stop = await self.next(worker_wire.Stop)
        await self.send(type="stopped", index=stop.index, session=stop.session, term=stop.term)
        return stop

    async def beat(self, n: int = 1, **slot: object) -> None:
        slots = [{"index": 0, **slot}] if slot else []
        await self.send(type="beat", n=n, sent_us=5, slots=slots)


@dataclass
class Place:
    """A running gateway, and how to reach it."""

    gateway: Gateway
    front: RunningFront
    secrets: Secrets
    clock: SteppedClock
    http: ClientSession
    database: Database
    lines: list[ClientWebSocketResponse] = field(default_factory=list)

    async def ask(
        self, method: str, path: str, body: Json | bytes | None = None, **headers: str
    ) -> Reply:
        """Ask over HTTP; `secret` goes as a bearer, underscores in names of headers as hyphens."""
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if "secret" in sent:
            sent["Authorization"] = f"Bearer {sent.pop('secret')}"
        data = msgspec.json.encode(body) if isinstance(body, Mapping) else body
        sent.setdefault("Content-Type", "application/json")
        async with asyncio.timeout(WITHIN_S):
            url = self.front.url + path
            async with self.http.request(
                method, url, data=data, headers=sent, allow_redirects=False
            ) as got:
                return Reply(got.status, got.headers, await got.read())

    async def post(self, body: Json | bytes, **headers: str) -> Reply:
        return await self.ask("POST", "/v1/sessions", body, **headers)

    async def open(self, **body: str) -> OpenedSession:
        """Ask for a session of the cove, and get one."""
        reply = await self.post({"project": "cove", **body})
        assert reply.status in {200, 201}, reply
        return msgspec.json.decode(reply.body, type=OpenedSession)

    async def look(self, opened: OpenedSession) -> SessionView:
        reply = await self.ask("GET", f"/v1/sessions/{opened.session.id}", secret=opened.token)
        return msgspec.json.decode(reply.body, type=SessionView)

    async def line(self, path: str, **headers: str) -> ClientWebSocketResponse:
        socket = await self.http.ws_connect(self.front.url + path, headers=headers, max_msg_size=0)
        self.lines.append(socket)  # one that nobody refers to is closed
        return socket

    async def viewer(self, opened: OpenedSession | None = None, **more: object) -> Viewer:
        """Return a viewer's socket; with a session, welcomed to it."""
        viewer = Viewer(await self.line("/v1/connect"))
        if opened is not None:
            await viewer.hello(opened.token, **more)
        return viewer

    async def worker_line(self) -> Worker:
        key = f"Bearer {self.secrets.worker_key}"
        return Worker(await self.line("/v1/worker", Authorization=key))

    async def worker(self, name: str = "one", *, slots: int = 1, boot: int = 1) -> Worker:
        worker = await self.worker_line()
        await worker.hello(name=name, slots=slots, boot=boot)
        return worker

    async def heard(self, worker: Worker, n: int = 1, **slot: object) -> worker_wire.BeatConfirmed:
        """Have a worker's beat written, without the pause before that.

        What it is told meanwhile is lost on it.
        """
        await worker.beat(n, **slot)
        confirmed = asyncio.ensure_future(worker.next(worker_wire.BeatConfirmed))
        while not confirmed.done():
            await self.gateway.beats.write()
            await asyncio.sleep(0)
        return confirmed.result()

    async def sweep(self, *, after_s: float) -> None:
        """Let time pass, and have done what it brings; who was heard was heard before that."""
        await self.gateway.beats.write()
        self.clock.step(seconds=after_s)
        await self.gateway.sweeps.once()


@contextlib.asynccontextmanager
async def gateway_at(  # noqa: PLR0913 - a test names only what it is about
    folder: Path,
    *projects: ProjectSettings,
    now_us: int = NOON_US,
    plan: Literal["free", "unlimited"] = "free",
    url: str | None = None,
    webhooks: WebhookSettings = NO_NETWORKS,
    oidc: OidcSettings = NO_OIDC,
    rate_limits: RateLimitSettings = NOBODY_IS_HELD,
    artifacts: ArtifactSettings = HERE,
    ice: IceSettings = NO_ICE,
) -> AsyncIterator[Place]:
    """Run a gateway on a data folder, until the block ends; `url` is of another database."""
    clock = SteppedClock(now_us=now_us)
    settings = Settings(
        data=folder,
        projects=projects or (COVE,),
        plan=plan,
        webhooks=webhooks,
        oidc=oidc,
        rate_limits=rate_limits,
        artifacts=artifacts,
        ice=ice,
    )
    secrets = load_secrets(folder)
    database = await asyncio.to_thread(
        open_database, url or f"sqlite://{folder / 'diorama.db'}", clock=clock
    )
    gateway = Gateway(settings, database, secrets, clock)
    gateway.sweeps.every_s = NEVER_S
    try:
        async with gateway.run() as front, ClientSession() as http:
            running = await start_front(front, host="127.0.0.1", port=0, stop_within_s=1)
            try:
                yield Place(gateway, running, secrets, clock, http, database)
            finally:
                await http.close()  # clients that no longer read would be waited for
                await running.stop()
    finally:
        await database.close()
