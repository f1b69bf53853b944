"""The worker: joins slots, sessions, the fence and the connection to a gateway.

`run_worker` is a worker's whole life. It decides nothing itself: `slots` says what a message means,
`fence` when everything must end; here their answers are carried out.
"""

import asyncio
import importlib.metadata
import random
import secrets
import signal
import socket
from typing import Final

import structlog

from diorama.agent.connection import GatewayConnection, Outlived
from diorama.agent.fence import Fence
from diorama.agent.fetching import Fetcher
from diorama.agent.headless import Headless
from diorama.agent.host_process import Hosts
from diorama.agent.media.choice import choose_engine
from diorama.agent.media.probe import find_encoders
from diorama.agent.recordings import RecorderParts, Recordings
from diorama.agent.run_state import RunState
from diorama.agent.session import Session, SessionParts, Word
from diorama.agent.settings import KINDS, WorkerSettings
from diorama.agent.slots import (
    DeliverSignal,
    Effect,
    EndWorld,
    OpenPeer,
    PutOut,
    RepeatOffer,
    Send,
    Show,
    Slots,
    StartWorld,
)
from diorama.agent.spool import Spool
from diorama.agent.uploading import Uploader
from diorama.agent.world_process import WorldOver
from diorama.kernel.clock import Clock, SystemClock
from diorama.kernel.errors import Unavailable
from diorama.kernel.units import SECOND_US, seconds
from diorama.protocol.media import MediaState
from diorama.protocol.worker import (
    PROTOCOL,
    Assign,
    Attach,
    Beat,
    BeatConfirmed,
    Draining,
    Hello,
    Problem,
    RunProgress,
    SignalToWorker,
    SlotReport,
    Spectate,
    Stop,
    StopSpectating,
    ToWorker,
    Welcome,
)

_LOOK_EVERY_S: Final = 0.25  # at the fence: a suspended sleep does not know that it overslept
_END_WITHIN_S: Final = 15.0  # for the ends of all worlds: 5 s of patience, and the kill
_MAX_HOST: Final = 120  # letters that the protocol takes
_RECORDED_WITHIN_S: Final = 5.0  # what is not uploaded by then is, by the next start
_LAST_WORDS_S: Final = 2.0
_ANEW_AFTER_S: Final = 0.5

log = structlog.get_logger(__name__)


async def run_worker(settings: WorkerSettings, stop: asyncio.Event) -> None:
    """Offer this machine's slots to a gateway until `stop` is set, then leave in order.

    A start that the gateways gave up is followed by another, as if the process had been started
    anew. Cancelling it ends everything at once. Raises Refused where a worker of this name runs
    here already, Unavailable or Invalid where the machine or a setting does not let it start.
    """
    outlived = True
    while outlived and not stop.is_set():
        outlived = False
        try:
            await _live(settings, stop)
        except* Outlived as group:
            outlived = True
            log.warning("given up by the gateways: starting anew", why=str(group.exceptions[0]))
            await asyncio.sleep(_ANEW_AFTER_S)


async def _live(settings: WorkerSettings, stop: asyncio.Event) -> None:
    """Live once, under one `boot_id`."""
    boot_id = secrets.token_hex(16)
    settings.read_credential()  # a worker that can never say who it is should not start
    state = RunState.take(settings.state_dir, settings.name, boot_id=boot_id)
    try:
        killed = await state.kill_leftovers()
        if killed:
            log.warning("killed what an earlier run left", processes=killed)
        async with asyncio.TaskGroup() as tasks:
            engine = tasks.create_task(choose_engine(settings.engine))
            encoders = tasks.create_task(find_encoders())
        clock = SystemClock()
        spool = Spool.take(settings.state_dir, settings.name)
        uploader = Uploader(settings.gateways, rng=random.SystemRandom())
        recorders = RecorderParts(spool=spool, state=state, mark=boot_id, clock=clock)
        parts = SessionParts(
            engine=engine.result(),
            encoders=encoders.result(),
            clock=clock,
            fence=Fence(),
            hosts=Hosts(state, mark=boot_id, preload=settings.preload),
            spool=spool,
            recordings=Recordings(recorders, uploader),
            uploader=uploader,
            fetcher=Fetcher(settings.gateways, settings.read_credential, rng=random.SystemRandom()),
            boot_id=boot_id,
            allow_private_candidates=settings.allow_private_candidates,
        )
        names = tuple(info.name for info in encoders.result().infos)
        await Worker(settings, parts, encoders=names).run(stop)
    finally:
        state.close()


async def run_until_signalled(settings: WorkerSettings) -> None:
    """Run a worker; the first SIGTERM or SIGINT asks it to leave, the second ends it at once."""
    loop, stop = asyncio.get_running_loop(), asyncio.Event()
    worker = asyncio.ensure_future(run_worker(settings, stop))

    def on_signal() -> None:
        if stop.is_set():
            worker.cancel()
        stop.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, on_signal)
    try:
        await worker
    except asyncio.CancelledError:
        log.warning("ended at once")
    finally:
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.remove_signal_handler(number)


class Worker:
    """A `GatewayEvents` and a `SessionEvents`."""

    def __init__(
        self, settings: WorkerSettings, parts: SessionParts, *, encoders: tuple[str, ...]
    ) -> None:
        self._settings = settings
        self._parts = parts
        self._encoders = encoders
        self._clock: Clock = parts.clock
        self._fence = parts.fence
        self._slots = Slots(settings.slots, kinds=KINDS)
        self._sessions: dict[int, Session | Headless] = {}
        self._tasks: asyncio.TaskGroup | None = None
        self._beats = 0
        self._hello_us = 0
        self._fell_us: int | None = None  # the deadline at which the fence fell last
        self._leaves_us: int | None = None  # when it stops what still runs, once it is to leave
        self._gone = asyncio.Event()
        self._connection = GatewayConnection(
            gateways=settings.gateways,
            credential=settings.read_credential,
            events=self,
            rng=random.SystemRandom(),
        )

    async def run(self, stop: asyncio.Event) -> None:
        """Run until `stop` is set and every world is gone."""
        async with asyncio.TaskGroup() as tasks:
            self._tasks = tasks
            connection = tasks.create_task(self._connection.run())
            others = (
                tasks.create_task(self._watch_fence()),
                tasks.create_task(self._parts.hosts.run()),
                tasks.create_task(self._parts.recordings.run()),
            )
            await stop.wait()
            await self._leave()
            for other in others:
                other.cancel()
            self._connection.leave()
            connection.cancel()

    def hello(self) -> Hello:
        """Return who this worker is and what it holds."""
        self._hello_us = self._clock.boottime_us()
        self._heed_the_fence()
        return Hello(
            protocol=PROTOCOL,
            name=self._settings.name,
            boot_id=self._parts.boot_id,
            region=self._settings.region,
            pool=self._settings.pool,
            slots=self._reports(),
            kinds=KINDS,
            encoders=self._encoders,
            version=importlib.metadata.version("diorama"),
            host=socket.gethostname()[:_MAX_HOST],
        )

    def beat(self) -> Beat:
        """Return the next beat."""
        self._beats += 1
        now_us = self._clock.boottime_us()
        self._fence.sent(self._beats, now_us)
        return Beat(n=self._beats, sent_us=now_us, slots=self._reports())

    def on_welcome(self, welcome: Welcome) -> None:
        """Take the lease that a gateway gives, and say again what it may not know."""
        self._heed_the_fence()
        self._fence.welcomed(sent_us=self._hello_us, self_fence_s=welcome.self_fence_s)
        self._do(self._slots.repeat_all(self._clock.boottime_us()))
        for slot in self._slots:
            session = self._sessions.get(slot.index)
            if slot.is_busy and isinstance(session, Session):
                session.repeat_hold_off()
        self._make_host_ready()
        if self._leaves_us is not None:
            self._tell_leaving(self._leaves_us)

    def on_message(self, message: ToWorker) -> None:
        """Do what the gateway says."""
        self._heed_the_fence()
        now_us = self._clock.boottime_us()
        match message:
            case BeatConfirmed(n=n):
                self._fence.confirmed(n)
            case Assign():
                self._do(self._slots.handle_assign(message, now_us))
            case Attach():
                self._do(self._slots.handle_attach(message))
            case SignalToWorker():
                self._do(self._slots.handle_signal(message))
            case Spectate():
                self._do(self._slots.handle_spectate(message))
            case StopSpectating():
                self._do(self._slots.handle_stop_spectating(message))
            case Stop():
                self._do(self._slots.handle_stop(message))
            case Problem(code=code, message=text):
                log.warning("the gateway has a problem with this worker", code=code, reason=text)
            case Welcome():
                log.warning("a second welcome")

    def on_replaced(self, problem: Problem) -> None:
        """End what runs: its sessions ended when the newer start came."""
        log.error("a newer start has this worker's name", code=problem.code, why=problem.message)
        self._do(self._slots.end_all(fenced=True))

    def on_world_started(self, assign: Assign) -> None:
        """Tell the gateway."""
        log.info("world started", session_id=assign.session)
        self._do(self._slots.world_started(assign.index, assign.term))
        self._make_host_ready()

    def on_world_gone(self, assign: Assign, over: WorldOver | None) -> None:
        """Free the slot, and start what waits for it."""
        self._gone.set()
        if over is None:
            log.info("world gone", session_id=assign.session)
            self._do(self._slots.world_gone(assign.index))
        else:
            say = log.info if over.outcome == "ended" else log.warning
            say(
                "world over",
                session_id=assign.session,
                outcome=over.outcome,
                exit_code=over.exit_code,
                detail=over.detail,
            )
            self._do(
                self._slots.world_gone(assign.index, over.outcome, over.exit_code, over.detail)
            )

    def on_media(self, assign: Assign, attachment: int, state: MediaState) -> None:
        """Tell the gateway."""
        log.info("media", session_id=assign.session, attachment=attachment, state=state)
        now_us = self._clock.boottime_us()
        self._do(self._slots.media_changed(assign.index, assign.term, attachment, state, now_us))

    def on_word(self, assign: Assign, message: Word) -> None:
        """Tell the gateway."""
        self._do(self._slots.tell(assign.index, assign.term, message))

    def on_run_progress(self, assign: Assign, progress: RunProgress) -> None:
        """Tell the gateway."""
        self._do(self._slots.tell(assign.index, assign.term, progress))

    def on_run_rendered(self, assign: Assign, frames: int) -> None:
        """Tell the gateway."""
        now_us = self._clock.boottime_us()
        self._do(self._slots.run_rendered(assign.index, assign.term, frames, now_us))

    def on_run_over(self, assign: Assign, reason: str, detail: str) -> None:
        """Free the slot, and start what waits for it."""
        log.info("run over", run=assign.session, reason=reason, detail=detail)
        self._gone.set()
        self._do(self._slots.run_over(assign.index, reason, detail))

    def _make_host_ready(self) -> None:
        if self._settings.warm_host:
            self._parts.hosts.make_ready()

    def _do(self, effects: list[Effect]) -> None:
        for effect in effects:
            match effect:
                case Send(message=message):
                    self._connection.send(message)
                case StartWorld(assign=assign):
                    self._start(assign)
                case _ if effect.index in self._sessions:  # not one that could not be started
                    _do_in(self._sessions[effect.index], effect)

    def _start(self, assign: Assign) -> None:
        assert self._tasks is not None, "a world is started while the worker runs"
        log.info("world starting", session_id=assign.session, slot=assign.index)
        self._sessions.pop(assign.index, None)
        try:
            session = (Session if assign.run is None else Headless)(assign, self._parts, self)
        except Unavailable as error:
            gone = self._slots.world_gone(assign.index, "failed_to_start", None, str(error))
            self._do(gone)
            return
        self._sessions[assign.index] = session
        self._tasks.create_task(session.run())

    def _reports(self) -> tuple[SlotReport, ...]:
        return tuple(
            self._sessions[slot.index].report(slot.report()) if slot.is_busy else slot.report()
            for slot in self._slots
        )

    async def _watch_fence(self) -> None:
        while True:
            await asyncio.sleep(_LOOK_EVERY_S)
            self._heed_the_fence()

    def _heed_the_fence(self) -> None:
        deadline_us = self._fence.deadline_us
        if self._slots.are_idle or deadline_us == self._fell_us:
            return
        if self._fence.is_due(self._clock.boottime_us()):
            self._fell_us = deadline_us  # once is enough: what is killed is waited for
            log.error("no gateway confirms this worker: it ends what it runs")
            self._do(self._slots.end_all(fenced=True))

    async def _leave(self) -> None:
        log.info("leaving", drain_s=self._settings.drain_s)
        self._slots.drain()
        self._leaves_us = self._clock.boottime_us() + seconds(self._settings.drain_s)
        self._tell_leaving(self._leaves_us)
        await self._idle_within(self._settings.drain_s)
        self._do(self._slots.end_all(fenced=False))
        await self._idle_within(_END_WITHIN_S)
        await self._parts.recordings.finish(timeout_s=_RECORDED_WITHIN_S)
        await self._connection.flush(timeout_s=_LAST_WORDS_S)

    def _tell_leaving(self, leaves_us: int) -> None:
        left_us = max(leaves_us - self._clock.boottime_us(), 0)
        self._connection.send(Draining(left_us / SECOND_US))

    async def _idle_within(self, timeout_s: float) -> None:
        try:
            async with asyncio.timeout(timeout_s):
                while not self._slots.are_idle:
                    self._gone.clear()
                    await self._gone.wait()
        except TimeoutError:
            log.info("worlds still run", after_s=timeout_s)


def _do_in(
    session: Session | Headless,
    effect: OpenPeer | RepeatOffer | DeliverSignal | EndWorld | Show | PutOut,
) -> None:
    match effect:
        case EndWorld(urgent=True):
            session.kill()
        case EndWorld():
            session.stop()
        case _ if isinstance(session, Headless):
            log.error("a viewer came to a run", run=session.assign.session)
        case OpenPeer(attach=attach):
            session.open(attach)
        case RepeatOffer():
            session.repeat_offer()
        case DeliverSignal(signal=message):
            session.signal(message.signal)
        case Show(spectate=spectate):
            session.spectate(spectate)
        case PutOut(spectator=spectator):
            session.put_out(spectator)
