"""`/v1/worker`: a worker's socket, from its credential to its end.

What the worker reports goes to a use case; what its slots should hold is computed from the store
after each change and each beat (`sessions.telling`) and sent until its reports agree.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeAlias

import structlog
from aiohttp import web
from msgspec.structs import replace

from diorama.accounts.keys import Key, KeyState
from diorama.gateway.desk import Desk
from diorama.gateway.front import socket_response
from diorama.gateway.hub import Hub
from diorama.gateway.ice import Ice
from diorama.gateway.notebook import Notebook, Remark
from diorama.gateway.relay import Relay
from diorama.gateway.wire import SERVICE_RESTART, TRY_AGAIN_LATER, Bucket, Wire
from diorama.gateway.worker_keys import worker_key
from diorama.gateway.worker_spectators import WorkerSpectators
from diorama.kernel.errors import DioramaError, Refused, Unauthorized, Unavailable
from diorama.leases.store import Renewal
from diorama.protocol import worker as wire
from diorama.protocol.end_codes import EndCode
from diorama.protocol.media import Offer
from diorama.protocol.strict_json import MAX_WS_BYTES
from diorama.recordings.tokens import signed
from diorama.sessions.noting import UNLESS_VIEWER_S, NotedWorker
from diorama.sessions.telling import RunWanted, Wanted, to_tell
from diorama.sessions.timeline_store import NoteKind
from diorama.sessions.work import Work
from diorama.sessions.working import HeardWorker, register, report, wanted
from diorama.workers.capabilities import Worker

if TYPE_CHECKING:
    import msgspec

    from diorama.gateway.beats import Beats

MAX_WAITING: Final = 4 * 1024 * 1024
BURST: Final = 4_000.0
PER_S: Final = 1_000.0
HELLO_WITHIN_S: Final = 10.0
_Told: TypeAlias = wire.Assign | wire.Attach | wire.Stop | wire.Spectate | wire.StopSpectating

_log: Final = structlog.stdlib.get_logger(__name__)


class WorkerSocket:
    """One worker's socket. See `gateway.hub.WorkerEnd`."""

    def __init__(
        self,
        line: Wire[wire.FromWorker],
        worker: Worker,
        hello: wire.Hello,
        key: Key,
        parts: "WorkerParts",
    ) -> None:
        self._line = line
        self._key_id = key.id
        self._worker = worker
        self._parts = parts
        self._reports = {slot.index: slot for slot in hello.slots}
        self._spectators = WorkerSpectators(worker.id, parts.desk, hello.slots)
        self._told: set[object] = set()
        self._wake = asyncio.Event()
        self._replaced = asyncio.Event()
        self._noted = NotedWorker(asyncio.get_running_loop().time())

    @property
    def worker_id(self) -> str:
        """The worker it is of."""
        return self._worker.id

    @property
    def socket(self) -> int:
        """Its number: the highest of a worker is the newest."""
        return self._worker.socket

    @property
    def renewal(self) -> Renewal:
        """What its beat renews."""
        return Renewal(worker_id=self._worker.id, boot_id=self._worker.boot_id)

    def wake(self) -> None:
        """Be told that its slots should hold something else now."""
        self._wake.set()

    def replace(self) -> None:
        """Be told that the worker has a newer socket."""
        self._replaced.set()

    async def tell(self, message: "msgspec.Struct") -> bool:
        """Send a message to the worker."""
        return await self._line.send(message)

    async def confirm(self, beat: wire.Beat, *, renewed: bool) -> None:
        """Answer a beat once it is on disk; a worker that was given up is let go."""
        if renewed:
            await self._line.send(wire.BeatConfirmed(n=beat.n, sent_us=beat.sent_us))
        else:
            await self._line.refuse(
                TRY_AGAIN_LATER, word="lease_expired", message="this worker was given up"
            )

    async def close_for_stop(self) -> None:
        """Close because this gateway stops; what runs goes on."""
        await self._line.close(SERVICE_RESTART, "gateway restarts")

    async def talk(self) -> None:
        """Exchange messages until the socket ends."""
        await self._line.send(
            wire.Welcome(
                protocol=wire.PROTOCOL,
                worker=self._worker.id,
                heartbeat_s=self._parts.desk.timers.heartbeat_s,
                self_fence_s=self._parts.desk.timers.self_fence_s,
            )
        )
        self._wake.set()
        async with asyncio.TaskGroup() as tasks:
            others = (
                tasks.create_task(self._keep_telling()),
                tasks.create_task(self._close_when_replaced()),
            )
            try:
                async for message in self._line.messages():
                    await self._handle(message)
            finally:
                for other in others:
                    other.cancel()

    async def _close_when_replaced(self) -> None:
        await self._replaced.wait()
        await self._line.close(SERVICE_RESTART, "the worker is elsewhere, or its key is over")

    async def _keep_telling(self) -> None:
        while True:
            await self._wake.wait()
            self._wake.clear()
            try:
                wants = await self._parts.desk.look(self._wanted)
                spectators = await self._spectators.to_tell()
            except Unavailable as error:
                _log.warning("what a worker should hold is unknown", code=error.code)
                continue  # the next beat asks again
            if wants is None:
                self.replace()
                return
            for message in (*to_tell(wants, self._reports), *spectators):
                key = _once(message)
                if key not in self._told:
                    self._told.add(key)
                    await self._line.send(self._with_secrets(message))

    def _with_secrets(self, message: _Told) -> _Told:
        """Add what no use case knows: the signature of a token, and credentials of ICE servers."""
        if isinstance(message, wire.Attach | wire.Spectate):
            return replace(message, ice_servers=self._parts.ice.worker(message.session))
        if not isinstance(message, wire.Assign) or message.keeping is None:
            return message
        token = signed(message.keeping.upload_token, self._parts.secret)
        return replace(message, keeping=replace(message.keeping, upload_token=token))

    def _wanted(self, work: Work) -> list[Wanted | RunWanted] | None:
        """Return what its slots should hold; None once it has to come again.

        Because it is at another gateway, or because its key opens nothing any more.
        """
        worker = work.stores.workers.get(self.worker_id)
        if worker is not None and worker.socket > self.socket:
            return None
        key = work.stores.keys.by_id(self._key_id)
        if key is None or key.state(work.now_us) is not KeyState.ACTIVE:
            return None
        known = {index: slot.term for index, slot in self._reports.items()}
        return wanted(work, self.worker_id, known)

    async def _handle(self, message: wire.FromWorker) -> None:
        match message:
            case wire.Beat():
                self._reports = {slot.index: slot for slot in message.slots}
                self._spectators.reported(message.slots)
                self._told.clear()
                self._note(message)
                self._wake.set()
                self._parts.beats.add(self, HeardWorker(self.renewal, message))
            case wire.Spectated() | wire.SpectatorLeft():
                await self._spectators.take(message)
            case wire.SignalFromWorker():
                await self._to_viewer(message)
            case wire.Hello():
                problem = wire.Problem(code="hello_twice", message="hello was said already")
                await self._line.send(problem)
            case _:
                await self._parts.desk.do(lambda work: report(work, self.worker_id, message))

    def _note(self, beat: wire.Beat) -> None:
        now_s, heartbeat_s = asyncio.get_running_loop().time(), self._parts.desk.timers.heartbeat_s
        actor = f"worker:{self._worker.name}"
        for session_id, kind, facts in self._noted.news(beat, now_s, heartbeat_s):
            # What the viewer measures says more: the worker's word stands where there is none.
            quiet_s = UNLESS_VIEWER_S if kind is NoteKind.QUALITY else 0.0
            self._parts.notebook.add(
                Remark(
                    session_id=session_id,
                    kind=kind,
                    actor=actor,
                    facts=facts,
                    unless_within_s=quiet_s,
                )
            )

    async def _to_viewer(self, message: wire.SignalFromWorker) -> None:
        signal = message.signal
        if isinstance(signal, Offer):  # which servers its viewer uses is not the worker's to say
            signal = Offer(attachment=signal.attachment, sdp=signal.sdp)
        sender = (self.worker_id, message.term)
        await self._parts.relay.to_viewer(message.session, signal, sender=sender)


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerParts:
    """What every worker's socket works with.

    `secret` signs what opens uploads; `ice` says which STUN and TURN servers a worker uses.
    """

    desk: Desk
    hub: Hub
    beats: "Beats"
    relay: Relay
    notebook: Notebook
    ice: Ice
    stopping: Callable[[], bool]
    secret: bytes


class WorkerEndpoint:
    """Answers `/v1/worker`."""

    def __init__(self, parts: WorkerParts) -> None:
        self._parts = parts

    async def __call__(self, request: web.BaseRequest) -> web.StreamResponse:
        """Take a socket, from its upgrade to its end."""
        socket = socket_response(max_bytes=MAX_WS_BYTES)
        await socket.prepare(request)
        now_s = asyncio.get_running_loop().time()
        line = Wire[wire.FromWorker](
            socket,
            wire.FromWorker,
            wire.Problem,
            max_waiting=MAX_WAITING,
            bucket=Bucket(burst=BURST, per_s=PER_S, now_s=now_s),
        )
        try:
            key = await worker_key(self._parts.desk, request.headers.get("Authorization", ""))
            await self._serve(line, _hello(await line.first(HELLO_WITHIN_S), key), key)
        except Unauthorized as error:
            await line.refuse(EndCode.UNAUTHORIZED, word=error.code, message=str(error))
        except (Refused, Unavailable) as error:
            _log.warning("a worker was refused", code=error.code, why=str(error))
            await line.refuse(TRY_AGAIN_LATER, word=error.code, message=str(error))
        return socket

    async def _serve(self, line: Wire[wire.FromWorker], hello: wire.Hello, key: Key) -> None:
        worker = await self._parts.desk.do(lambda work: register(work, hello))
        end = WorkerSocket(line, worker, hello, key, self._parts)
        self._parts.hub.add_worker(end)
        structlog.contextvars.bind_contextvars(worker=worker.name)
        _log.info("worker registered", slots=len(hello.slots), host=worker.host)
        try:
            await end.talk()
        except* DioramaError as group:
            if not self._parts.stopping():
                _log.warning("a worker's report could not be written", error=str(group.exceptions))
            await line.close(TRY_AGAIN_LATER, "unavailable")
        finally:
            self._parts.hub.remove_worker(end)
            _log.info("worker's socket closed", worker=worker.name)


def _once(message: _Told) -> object:
    """Return what tells a message from another between two beats: scripts and offers are long."""
    if isinstance(message, wire.Spectate):
        return message.spectator, message.term
    return (message.session, message.term) if isinstance(message, wire.Assign) else message


def _hello(message: wire.FromWorker | None, key: Key) -> wire.Hello:
    if not isinstance(message, wire.Hello) or message.protocol != wire.PROTOCOL:
        raise Unauthorized(
            f"the first word must be hello of protocol {wire.PROTOCOL}", code="hello_missing"
        )
    if key.worker not in {None, message.name}:
        raise Unauthorized(
            f"this key is of worker {key.worker}, not of {message.name}", code="credential_refused"
        )
    return message
