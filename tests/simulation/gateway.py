"""A gateway of the simulated world: production's parts, joined as `gateway.server` joins them.

Desk, hub, beats, sweeps and both endpoints are production's own, on virtual time; REST is entered
below HTTP, at the use case. Several share one store. What one gateway's commit changed is told to
the others by a bus that may lose it.
"""

import asyncio
import contextlib
import random
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from functools import partial
from pathlib import Path
from typing import TypeVar, cast

from diorama.accounts.credentials import SessionToken, sign_token
from diorama.accounts.keys import Key, KeyKind
from diorama.gateway import server
from diorama.gateway.bootstrap import Secrets
from diorama.gateway.cross_origin import KnownOrigins
from diorama.gateway.desk import Desk
from diorama.gateway.hints import Hints
from diorama.gateway.ice import Ice, IceRules
from diorama.gateway.rate_limits import RateLimits
from diorama.gateway.settings import Settings, SimulationSettings, TimerSettings
from diorama.gateway.upload_routes import UploadParts, _Uploads
from diorama.gateway.viewer_socket import ViewerEndpoint, ViewerParts, view_of
from diorama.gateway.wire import TRY_AGAIN_LATER, Wire
from diorama.gateway.worker_socket import (
    HELLO_WITHIN_S,
    WorkerEndpoint,
    WorkerParts,
)
from diorama.kernel.clock import SystemClock
from diorama.kernel.errors import (
    Forbidden,
    LimitReached,
    NotFound,
    Refused,
    Unauthorized,
    Unavailable,
)
from diorama.kernel.ids import IdFactory
from diorama.leases.timers import Timers
from diorama.projects.origins import NO_PAGE
from diorama.protocol import viewer as viewer_words
from diorama.protocol import worker as worker_words
from diorama.protocol.end_codes import EndCode
from diorama.protocol.recording_views import BeginUpload, CompleteUpload, UploadTargets
from diorama.protocol.views import OpenedSession, SessionView
from diorama.sessions.opening import Opening, RefusedByLimit, open_session, yield_stale
from diorama.sessions.simulating import Submission, cancel, submit
from diorama.sessions.viewing import Asker, end_by_operator, leave
from diorama.sessions.work import Work
from diorama.simulations.deadlines import Patience
from diorama.simulations.lifecycle import Simulation
from tests.simulation.bucket import Bucket
from tests.simulation.machine import HostClock, Process, VirtualLoop
from tests.simulation.network import Connection, Network
from tests.simulation.oracle import Oracle
from tests.simulation.store import Store, StoreHandle

WORKERS_KEY = Key(
    id="key_of_workers",
    account_id="acc_one",
    kind=KeyKind.WORKER,
    digest="of a secret that nobody shows",
    name="every worker",
    created_us=0,
)
"""What every worker of the simulation has shown."""

T = TypeVar("T")
NO_ICE = Ice(IceRules(), SystemClock())  # nothing is minted, so no clock is read
SECRET = b"the secret of a simulated world!"
KEPT_US = 30 * 86_400 * 1_000_000
"""How long the simulated world keeps recordings: longer than it lives."""


@dataclass
class Surroundings:
    """What every gateway of a world shares."""

    loop: VirtualLoop
    network: Network
    store: Store
    oracle: Oracle
    rng: random.Random
    timers: Timers
    patience: Patience
    bucket: Bucket
    gateways: list["Gateway"] = field(default_factory=list)
    pages: list[Process] = field(default_factory=list)

    def running(self) -> list["Gateway"]:
        """Return the gateways that take connections."""
        return [one for one in self.gateways if one.is_up]


class Bus:
    """Carries hints between the gateways of a world; see `gateway.hints.HintBus`. Some are lost."""

    has_others = True

    def __init__(self, owner: "Gateway") -> None:
        self._owner = owner
        self._heard: Callable[[Hints], None] | None = None

    def tell(self, hints: Hints) -> None:
        """Take what a commit changed."""
        around = self._owner.around
        for other in self._owner.peers():
            if around.rng.random() < around.network.weather.lost_hint:
                around.network.counts["lost_hint"] += 1
                continue
            at_s = around.loop.time() + around.network.delay_s()
            around.loop.outside(at_s, other.bus.hear, copied(hints))

    def hear(self, hints: Hints) -> None:
        """Take what another gateway said."""
        if self._heard is not None and self._owner.is_up and self._owner.process.runs:
            self._heard(hints)

    async def run(self, heard: Callable[[Hints], None]) -> None:
        """Listen until cancelled."""
        self._heard = heard
        await asyncio.Event().wait()


def copied(hints: Hints) -> Hints:
    """Return hints of one's own: those who hear them take ids out."""
    found = Hints()
    found.add(hints)
    return found


class _Core(server.Gateway):
    """Production's gateway, with ids from the seed."""

    def __init__(self, owner: "Gateway", handle: StoreHandle, bus: Bus) -> None:
        timers, patience = owner.around.timers, owner.around.patience
        # Not validated: that would read the environment, and refuse what no service would set.
        settings = Settings.model_construct(
            timers=TimerSettings.model_construct(**asdict(timers)),
            simulations=SimulationSettings.model_construct(**asdict(patience)),
            data=Path("/simulated"),  # files go to the world's bucket: no folder is made
        )
        super().__init__(
            settings,
            handle,
            Secrets(tokens=SECRET, api_key="", worker_key=""),
            owner.clock,
            bus,
        )
        self.desk._ids = IdFactory(owner.clock, owner.rng)
        self.desk._watch = lambda _kind: contextlib.nullcontext()  # nobody reads its figures
        self.telling.loops = list  # type: ignore[method-assign]  # no feed: nobody follows it

    def endpoints(self) -> tuple[ViewerEndpoint, WorkerEndpoint]:
        """Return what takes sockets, as `run` joins it."""
        viewers = ViewerParts(
            desk=self.desk,
            hub=self.hub,
            relay=self._relay,
            notebook=self.notebook,
            secret=SECRET,
            origins=KnownOrigins(self.desk),
            stopping=self._is_stopping,
            limits=RateLimits({}, self._clock, secret=SECRET),
            ice=NO_ICE,
        )
        workers = WorkerParts(
            desk=self.desk,
            hub=self.hub,
            beats=self.beats,
            relay=self._relay,
            notebook=self.notebook,
            ice=NO_ICE,
            stopping=self._is_stopping,
            secret=SECRET,
        )
        return ViewerEndpoint(viewers), WorkerEndpoint(workers)

    def uploads(self, bucket: Bucket) -> _Uploads:
        """Return what takes the files of runs."""
        parts = UploadParts(
            desk=self.desk, artifacts=bucket, secret=SECRET, max_mb=1_000, keep_us=KEPT_US
        )
        return _Uploads(parts)

    async def loop(self) -> None:
        """Run the loops."""
        async with asyncio.TaskGroup() as tasks:
            self._start_loops(tasks)

    def stop(self) -> None:
        """Be told that it is stopping."""
        self._stopping = True


class Gateway:
    """One gateway: a process that is started, killed, stopped, woken and restarted."""

    def __init__(self, around: Surroundings, name: str, rng: random.Random) -> None:
        self.around = around
        self.name = name
        self.rng = rng
        self.clock = HostClock(around.loop, ahead_us=rng.randrange(-3_000_000, 3_000_000))
        self.is_up = False
        self.starts = 0
        self.process: Process
        self.bus: Bus
        self.desk: Desk
        self.handle: StoreHandle
        self.connections: list[Connection] = []
        self.buried: list[Process] = []
        self._stopping = False

    def peers(self) -> list["Gateway"]:
        """Return the other gateways that run."""
        return [g for g in self.around.gateways if g is not self and g.is_up and g.process.runs]

    def start(self) -> None:
        """Start a new process."""
        around = self.around
        self.starts += 1
        self._stopping = False
        self.process = Process(around.loop, f"{self.name}#{self.starts}")
        self.buried.append(self.process)
        self.handle = StoreHandle(around.loop, around.store, self.rng)
        self.connections = []
        self.process.spawn(self._run(self.handle))

    async def _run(self, handle: StoreHandle) -> None:
        self.bus = Bus(self)
        self._core = core = _Core(self, handle, self.bus)
        self.desk = core.desk
        self._uploads = core.uploads(self.around.bucket)
        self._viewers, self._workers = core.endpoints()
        self.is_up = True
        await core.loop()

    def kill(self) -> None:
        """Kill the process; its host resets its connections."""
        self.is_up = False
        self.handle.is_cut = True
        self.process.kill()
        for connection in self.connections:
            connection.gateway_died()

    def stop(self) -> None:
        """Stop in order, as at a roll-out: sockets are closed as ones that will come back."""
        self._stopping = True
        self._core.stop()
        self.is_up = False
        for connection in self.connections:
            connection.close_there(1012, "gateway restarts")
        self.around.loop.outside(self.around.loop.time() + 1.0, self._end)

    def _end(self) -> None:
        if self._stopping:
            self.end_now()

    def end_now(self) -> None:
        """End what is left of the process."""
        self.handle.is_cut = True
        self.process.kill()

    # What is asked of it

    def take_viewer(self, client: Process) -> Connection | None:
        """Take a viewer's socket, if it takes any."""
        connection = self._connection(client, viewer_words.Problem)
        if connection is not None:
            line = cast("Wire[viewer_words.FromViewer]", connection.line)
            self.process.spawn(self._greet(line))
        return connection

    async def _greet(self, line: "Wire[viewer_words.FromViewer]") -> None:
        try:
            await self._viewers._greet(line, NO_PAGE)
        except (Unauthorized, Forbidden, NotFound) as error:
            await line.refuse(EndCode.UNAUTHORIZED, word=error.code, message=str(error))
        except Unavailable as error:
            await line.refuse(TRY_AGAIN_LATER, word=error.code, message=str(error))

    def take_worker(self, client: Process) -> Connection | None:
        """Take a worker's socket, if it takes any. Its key is good."""
        connection = self._connection(client, worker_words.Problem)
        if connection is not None:
            self.process.spawn(self._serve_worker(connection))
        return connection

    async def _serve_worker(self, connection: Connection) -> None:
        line = cast("Wire[worker_words.FromWorker]", connection.line)
        hello = await line.first(HELLO_WITHIN_S)
        if not isinstance(hello, worker_words.Hello):
            await line.refuse(EndCode.UNAUTHORIZED, word="hello_missing", message="hello?")
            return
        try:
            await self._workers._serve(line, hello, WORKERS_KEY)
        except (Refused, Unavailable) as error:
            await line.refuse(TRY_AGAIN_LATER, word=error.code, message=str(error))

    def _connection(
        self, client: Process, problem: Callable[..., viewer_words.Problem | worker_words.Problem]
    ) -> Connection | None:
        if not self.is_up:
            return None
        connection = Connection(self.around.network, client, self.process, problem)
        self.connections = [one for one in self.connections if not one.is_closed_there]
        self.connections.append(connection)
        return connection

    async def open(self, opening: Opening) -> OpenedSession:
        """Answer POST /v1/sessions, as `gateway.rest` does."""

        def ask(work: Work) -> OpenedSession:
            try:
                opened = open_session(work, opening)
            except LimitReached as refusal:
                self.around.oracle.refused(opening, refusal.code, self.around.store.connection)
                raise
            token = SessionToken(session_id=opened.session.id, issue=opened.session.issue)
            return OpenedSession(
                session=view_of(work, opened.session),
                token=sign_token(token, SECRET),
                continued=opened.continued,
            )

        try:
            return await self.desk.do(ask)
        except RefusedByLimit as refusal:
            if refusal.ending:
                await self.desk.do(partial(yield_stale, ending=refusal.ending))
            raise

    async def bye(self, session_id: str, issue: int, code: int) -> SessionView | None:
        """Answer POST /v1/sessions/{id}/bye, as a leaving page sends it."""

        def say(work: Work) -> SessionView | None:
            session = work.stores.sessions.get(session_id)
            if session is None or session.issue != issue:
                return None
            return view_of(work, leave(work, session_id, code) or session)

        return await self.desk.do(say)

    async def end(self, session_id: str, account_id: str) -> SessionView:
        """Answer DELETE /v1/sessions/{id}, asked with the account's key."""

        def end(work: Work) -> SessionView:
            by = Asker(account_id=account_id, actor="key:key_simulated")
            ended = end_by_operator(work, session_id, by=by)
            return view_of(work, ended)

        return await self.desk.do(end)

    async def submit(self, submission: Submission) -> Simulation:
        """Answer POST /v1/simulations."""

        def ask(work: Work) -> Simulation:
            try:
                return submit(work, submission)
            except LimitReached as refusal:
                connection = self.around.store.connection
                self.around.oracle.runs.refused(submission.account_id, refusal.code, connection)
                raise

        return await self.desk.do(ask)

    async def cancel(self, account_id: str, simulation_id: str) -> Simulation:
        """Answer POST /v1/simulations/{id}/cancel."""
        actor = "key:key_simulated"
        return await self.desk.do(lambda work: cancel(work, account_id, simulation_id, actor=actor))

    async def begin_upload(self, ask: BeginUpload) -> UploadTargets:
        """Answer POST /v1/uploads."""
        return await self._uploads.begin(ask)

    async def complete_upload(self, ask: CompleteUpload) -> None:
        """Answer POST /v1/uploads/complete."""
        await self._uploads.complete(ask)

    async def do(self, use_case: Callable[[Work], T]) -> T:
        """Run any other use case."""
        return await self.desk.do(use_case)
