"""Where the parts of a gateway are joined: store, desk, hub, endpoints, loops, one port.

It decides nothing but the order in which they start and stop.
"""

import asyncio
import contextlib
import sys
from collections.abc import AsyncIterator, Iterator
from typing import Final, Literal

import structlog
import uvloop

from diorama.accounts.joining import offer_set_up
from diorama.gateway.addresses import address
from diorama.gateway.artifacts import open_artifacts
from diorama.gateway.asgi import BridgeLimits
from diorama.gateway.beats import Beats
from diorama.gateway.bootstrap import Secrets, load_secrets, prepare
from diorama.gateway.client_address import networks
from diorama.gateway.collecting import FullCollections, keep_pauses_short
from diorama.gateway.cross_origin import CrossOrigin, KnownOrigins
from diorama.gateway.desk import Desk
from diorama.gateway.front import Front, RunningFront, serve, start_front, stop_on_signals
from diorama.gateway.hints import Alone, HintBus, Hints
from diorama.gateway.hub import Hub
from diorama.gateway.ice import Ice
from diorama.gateway.images import Images
from diorama.gateway.metrics import Metrics
from diorama.gateway.metrics_route import Exposition, metrics_alone
from diorama.gateway.notebook import Notebook
from diorama.gateway.observing import Observed, log_run_steps, log_steps
from diorama.gateway.odyssey import signalling as odyssey
from diorama.gateway.odyssey.addresses import Base
from diorama.gateway.odyssey.cross_origin import AnyOrigin
from diorama.gateway.odyssey.giving import Giving
from diorama.gateway.places import Places
from diorama.gateway.poll import Poll
from diorama.gateway.rate_limiting import Limited, limited_socket
from diorama.gateway.rate_limits import RateLimits
from diorama.gateway.recording_sweep import RecordingSweep
from diorama.gateway.relay import Relay
from diorama.gateway.rest import Rest, RestParts
from diorama.gateway.settings import Settings
from diorama.gateway.sweeps import Sweeps
from diorama.gateway.telling import Telling
from diorama.gateway.tracing import tracing_to
from diorama.gateway.upload_routes import takes_files
from diorama.gateway.viewer_socket import ViewerEndpoint, ViewerParts
from diorama.gateway.worker_socket import WorkerEndpoint, WorkerParts
from diorama.kernel.clock import Clock, SystemClock
from diorama.kernel.ids import IdFactory
from diorama.sessions.work import Changes
from diorama.storage.database import Database, open_database

SWITCH_INTERVAL_S: Final = 0.0005
"""How long one thread may keep the others waiting: the store's thread answers the loop's."""

_log: Final = structlog.stdlib.get_logger(__name__)


class Gateway:
    """One gateway over an open database.

    Args:
        settings: the operator's.
        database: open; the gateway does not close it.
        secrets: of the data folder.
        clock: this machine's.
        bus: to the other gateways over the database, where there may be any.
    """

    def __init__(
        self,
        settings: Settings,
        database: Database,
        secrets: Secrets,
        clock: Clock,
        bus: HintBus | None = None,
    ) -> None:
        self._settings = settings
        self._secrets = secrets
        self._clock = clock
        self._stopping = False
        self.hub = Hub()
        self.metrics = Metrics()
        self.tracing = tracing_to(settings.traces)
        self.desk = Desk(
            database, settings.timers.timers(), IdFactory(clock), self._told, self._watch
        )
        self.desk.patience = settings.simulations.patience()
        self.beats = Beats(self.desk, self.hub)
        self.notebook = Notebook(self.desk)
        self.places = Places(self.desk, self.hub)
        self.sweeps = Sweeps(self.desk, self.hub, clock)
        self.artifacts = open_artifacts(settings.artifacts, settings.artifacts_folder)
        self.recordings = RecordingSweep(self.desk, self.artifacts)
        self.images = Images(self.desk, self.artifacts, clock, secrets.tokens)
        self._bus = Alone() if bus is None else bus
        self._relay = Relay(self.desk, self.hub, self._bus)
        self._poll = Poll(self.desk, self.hub)
        self.telling = Telling(self.desk, secrets.tokens, settings.webhooks.allow_networks)
        self.telling.deliveries.count = self.metrics.delivered

    def _is_stopping(self) -> bool:
        return self._stopping

    def _told(self, changes: Changes, now_us: int) -> None:
        """Tell the sockets here, and the other gateways, what a commit changed."""
        self.hub.told(changes, now_us)
        self._bus.tell(Hints.of(changes))
        self.metrics.happened(changes.steps)
        self.metrics.runs_happened(changes.run_steps)
        log_steps(changes.steps)
        log_run_steps(changes.run_steps)
        if changes.sessions:
            self.telling.publisher.wake()

    @contextlib.contextmanager
    def _watch(self, kind: Literal["read", "write"]) -> Iterator[None]:
        """Measure and trace a unit of work."""
        with self.metrics.store(kind), self.tracing.store(kind):
            yield

    def _heard(self, hints: Hints) -> None:
        """Take what another gateway changed, or what the poll found."""
        self.hub.told_from_afar(hints)
        self._relay.expect(hints)
        self.telling.publisher.wake()

    def _start_loops(self, tasks: asyncio.TaskGroup) -> list[asyncio.Task[None]]:
        loops = [
            self.sweeps.run(),
            self.places.run(),
            FullCollections(lambda: self.hub.viewer_count + self.hub.worker_count).run(),
            self.beats.run(),
            self.notebook.run(),
            self._relay.run(),
            *self.telling.loops(),
        ]
        if self._bus.has_others:
            loops += [self._bus.run(self._heard), self._poll.run(self._heard)]
        return [tasks.create_task(loop) for loop in loops]

    @contextlib.asynccontextmanager
    async def run(self) -> AsyncIterator[Front]:
        """Run the loops, and yield what the one port answers with."""
        await self.desk.do(lambda work: prepare(work, self._settings, self._secrets))
        ice = Ice(self._settings.ice.rules(), self._clock)
        workers = WorkerParts(
            desk=self.desk,
            hub=self.hub,
            beats=self.beats,
            relay=self._relay,
            notebook=self.notebook,
            ice=ice,
            stopping=self._is_stopping,
            secret=self._secrets.tokens,
        )
        origins = KnownOrigins(self.desk)
        limits = self._limits()
        viewers = ViewerParts(
            desk=self.desk,
            hub=self.hub,
            relay=self._relay,
            notebook=self.notebook,
            secret=self._secrets.tokens,
            origins=origins,
            stopping=self._is_stopping,
            limits=limits,
            ice=ice,
        )
        rest = Rest(
            RestParts(
                desk=self.desk,
                hub=self.hub,
                clock=self._clock,
                secret=self._secrets.tokens,
                telling=self.telling,
                metrics=self.metrics,
                limits=limits,
                artifacts=self.artifacts,
                images=self.images,
                kept=self._settings.artifacts,
                public_url=self._settings.public_url,
                proxies=networks(self._settings.trusted_proxies),
                oidc=self._settings.oidc,
                ice=ice,
            )
        )
        async with asyncio.TaskGroup() as tasks, self._metrics_port(rest.exposition):
            loops = [
                *self._start_loops(tasks),
                tasks.create_task(self.recordings.run()),
                tasks.create_task(self.images.run()),
            ]
            yield Front(
                rest=Observed(
                    AnyOrigin(CrossOrigin(Limited(rest.app(), limits), origins)),
                    self.metrics,
                    self.tracing,
                ),
                sockets={
                    "/v1/connect": limited_socket(ViewerEndpoint(viewers), limits),
                    "/v1/worker": WorkerEndpoint(workers),
                },
                families={odyssey.PATH: odyssey.OdysseyEndpoint(self._odyssey(limits))},
                closing=self.close_sockets,
                limits=BridgeLimits(takes_files=takes_files),
            )
            for loop in loops:
                loop.cancel()
        self.telling.close()

    def _limits(self) -> RateLimits:
        return RateLimits(
            self._settings.rate_limits.allowances(),
            self._clock,
            secret=self._secrets.tokens,
            proxies=networks(self._settings.trusted_proxies),
            refused=self.metrics.limited,
        )

    def _odyssey(self, limits: RateLimits) -> odyssey.SignallingParts:
        return odyssey.SignallingParts(
            desk=self.desk,
            hub=self.hub,
            relay=self._relay,
            secret=self._secrets.tokens,
            limits=limits,
            base=Base(
                public_url=self._settings.public_url,
                proxies=networks(self._settings.trusted_proxies),
            ),
            giving=Giving(self.images),
        )

    @contextlib.asynccontextmanager
    async def _metrics_port(self, exposition: Exposition) -> AsyncIterator[None]:
        """Listen for Prometheus on a port of its own, if there is one; send the last spans."""
        set_ = self._settings.metrics
        running: RunningFront | None = None
        try:
            if set_.port is not None:
                front = Front(rest=metrics_alone(exposition))
                running = await start_front(front, host=set_.host, port=set_.port)
                _log.info("metrics", url=f"{running.url}/metrics")
            yield
        finally:
            if running is not None:
                await running.stop()
            await asyncio.to_thread(self.tracing.close)

    async def close_sockets(self) -> None:
        """Close every socket as one that will come back: sessions and worlds go on without us."""
        self._stopping = True
        async with asyncio.TaskGroup() as tasks:
            for viewer in self.hub.viewers():
                tasks.create_task(viewer.close_for_stop())
            for worker in self.hub.workers():
                tasks.create_task(worker.close_for_stop())


async def open_bus(url: str, tokens: bytes) -> HintBus:
    """Return the bus to the other gateways over a PostgreSQL.

    Raises:
        Unavailable: with code `secrets_differ`: they would not know each other's viewers.
    """
    from diorama.gateway.postgresql_hints import PostgresHintBus

    bus = PostgresHintBus(url, tokens=tokens)
    await bus.check_tokens()
    return bus


@contextlib.asynccontextmanager
async def open_gateway(
    settings: Settings, clock: Clock, *, owner_link: bool = True
) -> AsyncIterator[Front]:
    """Open the store and everything on it; close it last.

    With `owner_link`, say how to become the first owner, where there is none.
    """
    settings.data_folder.mkdir(parents=True, exist_ok=True)
    secrets = load_secrets(settings.data_folder)
    url = settings.database_url or f"sqlite://{settings.store_file}"
    database = await asyncio.to_thread(open_database, url)
    try:
        bus: HintBus = Alone()
        if settings.database_url is not None:
            bus = await open_bus(settings.database_url, secrets.tokens)
        gateway = Gateway(settings, database, secrets, clock, bus)
        async with gateway.run() as front:
            if owner_link:
                await _offer_set_up(gateway, settings)
            yield front
    finally:
        await database.close()


async def _offer_set_up(gateway: Gateway, settings: Settings) -> None:
    """Say at the terminal, and nowhere else, how to become the first owner."""
    secret = await gateway.desk.do(offer_set_up)
    if secret is not None:
        base = settings.public_url or address(settings.host, settings.port)
        sys.stderr.write(
            "diorama: nobody owns this Diorama yet; to become its owner open, within 24 hours,\n"
            f"diorama:   {base}/set-up#{secret}\n"
        )
        sys.stderr.flush()


async def run_until_signalled(settings: Settings, *, owner_link: bool) -> None:
    """Serve until SIGTERM or SIGINT."""
    clock = SystemClock()
    async with stop_on_signals() as stop:
        await serve(
            lambda: open_gateway(settings, clock, owner_link=owner_link),
            host=settings.host,
            port=settings.port,
            stop=stop,
            on_listening=settings.address_file.write_text,
        )


def run(settings: Settings, *, owner_link: bool = True) -> None:
    """Run one gateway in this process until it is told to stop.

    Args:
        settings: what it is told.
        owner_link: say at the terminal how to become the first owner, where there is none.

    Raises:
        DioramaError: the store cannot be had.
        CannotListen: the address or port cannot be had.
    """
    sys.setswitchinterval(SWITCH_INTERVAL_S)
    keep_pauses_short()
    uvloop.run(run_until_signalled(settings, owner_link=owner_link))
