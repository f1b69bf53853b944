"""A worker of the simulated world: production's `agent.worker.Worker` with worlds that only count.

Fence, slots, hello, beats, draining and their glue are production's own. Mirrored thinly are the
socket (`agent.connection`) and what a slot runs (`agent.session` and `agent.viewer_connection`): a
world that takes its time to start, may fail or crash, and takes its time to be gone.

It keeps the log that the oracle trusts: which term sent pictures from when to when.
"""

import asyncio
import random
from typing import Final, cast

import msgspec

from diorama.agent.connection import GatewayConnection, Outlived
from diorama.agent.fence import Fence
from diorama.agent.fetching import Fetcher
from diorama.agent.hearing import Hearing, HoldOffs, InputActivity
from diorama.agent.host_process import Hosts
from diorama.agent.media.encoder import EncoderFactory
from diorama.agent.media.engine import ConnectionState, MediaEngine
from diorama.agent.recordings import Recordings
from diorama.agent.session import Session, SessionParts
from diorama.agent.settings import WorkerSettings
from diorama.agent.spool import Spool
from diorama.agent.uploading import Uploader
from diorama.agent.worker import Worker
from diorama.agent.world_process import WorldOver
from diorama.protocol import worker as wire
from diorama.protocol.media import Answer, ForPeer, Offer, Restart
from tests.simulation.gateway import Surroundings
from tests.simulation.machine import HostClock, Process
from tests.simulation.network import Connection
from tests.simulation.pictures import Devices, Diary, Pictures, Temper, ViewerMedia
from tests.simulation.run_world import RunWorld
from tests.simulation.worker_connection import WorkerConnection

LOOK_EVERY_S: Final = 1.0


class Host:
    """One worker's machine: its process, and the next one after a crash."""

    def __init__(
        self, around: Surroundings, devices: Devices, diary: Diary, name: str, rng: random.Random
    ) -> None:
        self.around = around
        self.devices = devices
        self.diary = diary
        self.name = name
        self.rng = rng
        self.temper = Temper()
        self.clock = HostClock(around.loop, ahead_us=rng.randrange(-3_000_000, 3_000_000))
        self.boots = 0
        self.slots = 2
        self.is_cut_off = False  # from gateways; viewers still see it
        self.is_off_the_net = False  # then no request of it comes through either
        self.process: Process | None = None
        self.worker: SimulatedWorker | None = None
        self.stopping: asyncio.Event | None = None
        self.buried: list[Process] = []
        self.left = False

    def start(self) -> None:
        """Start a new process of the worker."""
        self.boots += 1
        self.process = Process(self.around.loop, f"{self.name}#{self.boots}")
        self.buried.append(self.process)
        self.process.spawn(self._run())

    async def _run(self) -> None:
        self.stopping = asyncio.Event()
        self.left = False
        while not self.stopping.is_set():
            self.worker = SimulatedWorker(self)
            try:
                await self.worker.run(self.stopping)
            except* Outlived:  # as `run_worker`: another start follows, under a new `boot_id`
                self.worker.quit_sending()
                await asyncio.sleep(0.5)
                self.boots += 1
        self.worker = None
        self.left = True

    @property
    def runs(self) -> bool:
        """Whether a process of it is up and going."""
        return self.process is not None and self.process.runs

    def kill(self) -> None:
        """Kill the process and with it everything it sends."""
        if self.process is None or self.worker is None:
            return
        self.process.kill()
        self.worker.quit_sending()
        self.worker.connection.died(is_told=self.rng.random() < 0.7)
        self.process = self.worker = None

    def freeze(self) -> None:
        """Stop the process, as SIGSTOP or a suspended machine does."""
        if self.process is not None and self.worker is not None:
            self.process.stop()
            self.worker.pause_sending()

    def thaw(self) -> None:
        """Let it go on."""
        if self.process is not None and self.worker is not None and self.process.is_stopped:
            self.process.wake()
            self.worker.go_on_sending()

    @property
    def has_left(self) -> bool:
        """Whether its process ended in order."""
        return self.process is not None and self.worker is None and self.left

    def line(self) -> Connection | None:
        """Return the connection to a gateway, if there is one."""
        return None if self.worker is None else self.worker.connection.line

    @property
    def is_heard(self) -> bool:
        """Whether what it says comes to a gateway."""
        line = self.line()
        return self.runs and line is not None and line.is_open and not line.is_silent

    def cut_off(self) -> None:
        """Cut it from all gateways, in silence; viewers still see it."""
        self.is_cut_off = True
        line = self.line()
        if line is not None:
            line.is_silent = True

    def drain(self) -> None:
        """Ask the process to leave, as SIGTERM does."""
        if self.stopping is not None and self.runs:
            self.stopping.set()


class SimulatedWorker(Worker):
    """Production's worker, whose worlds and socket are this world's."""

    def __init__(self, host: Host) -> None:
        self.host = host
        settings = WorkerSettings.model_construct(
            gateways=("http://here",),
            name=host.name,
            region="here",
            pool="default",
            slots=host.slots,
            credential=None,
            credential_file=None,
            drain_s=host.rng.choice((0.0, 5.0, 60.0)),
            warm_host=False,
            preload=(),
        )
        object.__setattr__(settings, "read_credential", lambda: "diw_simulated")
        parts = SessionParts(
            engine=cast("MediaEngine", None),
            encoders=cast("EncoderFactory", None),
            clock=host.clock,
            fence=Fence(),
            hosts=cast("Hosts", _NoHosts()),
            spool=cast("Spool", None),
            recordings=cast("Recordings", _NoRecordings()),
            uploader=cast("Uploader", None),
            fetcher=cast("Fetcher", None),
            boot_id=f"{host.name}-boot-number-{host.boots:06}",
            allow_private_candidates=False,
        )
        super().__init__(settings, parts, encoders=("openh264",))
        self.connection = WorkerConnection(self)
        self._connection = cast("GatewayConnection", self.connection)

    def _start(self, assign: wire.Assign) -> None:
        assert self._tasks is not None
        self.host.diary.started.append((self.host.name, self.host.boots, assign.index, assign.term))
        world = World(self, assign) if assign.run is None else RunWorld(self, assign)
        self._sessions[assign.index] = cast("Session", world)
        self._tasks.create_task(world.run())

    async def _watch_fence(self) -> None:
        while True:  # as production's, four times slower: who is about to send a picture asks
            await asyncio.sleep(LOOK_EVERY_S)
            self._heed_the_fence()

    def worlds(self) -> list["World | RunWorld"]:
        """Return what its slots run, or ran last."""
        return [cast("World | RunWorld", world) for world in self._sessions.values()]

    def confirmed_until_us(self) -> int:
        """Return when its fence falls."""
        return self._fence.deadline_us

    def is_fenced(self) -> bool:
        """Return what the fence says now: whoever sends a picture asks first."""
        return self._fence.is_due(self.host.clock.boottime_us())

    def terms_sent(self, index: int) -> list[int]:
        """Return the terms of which this slot sends pictures at this instant."""
        if self.host.process is None or not self.host.process.runs or self.is_fenced():
            return []
        found = (world.term_sent(index) for world in self.worlds())
        return [term for term in found if term is not None]

    def terms_alive(self, index: int) -> list[int]:
        """Return the terms of worlds that live on this slot at this instant."""
        if self.host.process is None or not self.host.process.runs:
            return []
        return [w.term for w in self.worlds() if w.index == index and w.is_alive]

    def quit_sending(self) -> None:
        """Its process is gone, and no picture leaves it any more."""
        for world in self.worlds():
            world.cease()

    def pause_sending(self) -> None:
        """Its process is stopped."""
        for world in self.worlds():
            world.pause()

    def go_on_sending(self) -> None:
        """Its process was woken: each world asks the fence before its next picture."""
        for world in self.worlds():
            world.go_on()


class _NoHosts:
    async def run(self) -> None:
        await asyncio.Event().wait()

    def make_ready(self) -> None:
        return


class _NoRecordings:
    async def run(self) -> None:
        await asyncio.Event().wait()

    async def finish(self, *, timeout_s: float) -> None:  # noqa: ARG002 - as production's
        return


class World:
    """What a slot runs: stands where production has `agent.session.Session`."""

    def __init__(self, worker: SimulatedWorker, assign: wire.Assign) -> None:
        self._worker = worker
        self._assign = assign
        self._host = worker.host
        self._rng = worker.host.rng
        self._activity = InputActivity(assign.input_within_s)
        self._hold_offs = HoldOffs()
        self._over = asyncio.Event()
        self._urgent = False
        self._stopped = False
        self._is_running = False
        self._attach: wire.Attach | None = None
        self._hearing: Hearing | None = None
        self._heard_us: int | None = None
        self._media: str = "none"
        self._answered = False
        self._connected = False
        self._pictures: Pictures | None = None
        self.index = assign.index
        self.term = assign.term
        self.is_alive = True

    async def run(self) -> None:
        """Run until the process group is gone."""
        over = await self._live()
        self.is_alive = False
        self.cease()
        self._worker.on_world_gone(self._assign, over)

    async def _live(self) -> WorldOver | None:
        temper, rng = self._host.temper, self._rng
        start_s = rng.uniform(*temper.start_s)
        fails = rng.random() < temper.fails_to_start
        if await self._is_ended_within(start_s):
            await self._go()
            return None
        if fails:
            return WorldOver("failed_to_start", 1, "simulated")
        self._is_running = True
        self._worker.on_world_started(self._assign)
        per_look = temper.crashes_per_hour * LOOK_EVERY_S / 3_600
        while not await self._is_ended_within(LOOK_EVERY_S):
            self._look()
            self._play()
            if rng.random() < per_look:
                return WorldOver("crashed", -6, "simulated")
        await self._go()
        return None

    async def _go(self) -> None:
        self.cease()
        if not self._urgent:
            await asyncio.sleep(self._rng.uniform(*self._host.temper.stop_s))

    async def _is_ended_within(self, timeout_s: float) -> bool:
        try:
            async with asyncio.timeout(timeout_s):
                await self._over.wait()
        except TimeoutError:
            return False
        return True

    # What production's worker asks of a session

    def open(self, attach: wire.Attach) -> None:
        """Make a new connection for the viewer, and offer it."""
        self._cease_pictures()
        self._attach = attach
        self._hearing = Hearing(now_us=self._now_us())
        self._heard_us = None
        self._media = "connecting"
        self._answered = self._connected = False
        self.repeat_offer()

    def repeat_offer(self) -> None:
        """Send the offer."""
        if self._attach is not None:
            offer = Offer(attachment=self._attach.attachment, sdp="simulated")
            word = wire.SignalFromWorker(self._assign.session, self._assign.term, offer)
            self._worker.on_word(self._assign, word)

    def signal(self, signal: ForPeer) -> None:
        """Take a signal of the viewer."""
        if isinstance(signal, Answer):
            self._answered = True
        elif isinstance(signal, Restart) and signal.scope == "ice":
            self.repeat_offer()

    def repeat_hold_off(self) -> None:
        """Tell a new gateway, which may not have heard."""
        if self._hold_offs.was_told:
            self._tell_hold_off()

    def stop(self) -> None:
        """End it, with patience."""
        self._over.set()
        self._cease_pictures()
        self._attach = None

    def kill(self) -> None:
        """End it at once."""
        self._urgent = True
        self.stop()

    def report(self, report: wire.SlotReport) -> wire.SlotReport:
        """Return the slot's report with the ages of viewer and input."""
        now_us = self._now_us()
        age_ms = None if self._hearing is None else self._hearing.viewer_age_ms(now_us)
        return msgspec.structs.replace(
            report, viewer_age_ms=age_ms, input_age_ms=self._activity.told_ms(now_us)
        )

    # What happens to it

    def _look(self) -> None:
        """Take what the media path brought since the last look."""
        attach, hearing = self._attach, self._hearing
        media = self._host.devices.of(self._assign.session)
        if attach is None or hearing is None or media is None:
            return
        now_us = self._now_us()
        if media.is_heard(attach.attachment) and self._answered:
            self._hear(media, hearing, now_us)
        state = hearing.media(now_us)
        self._track_pictures(state == "connected")
        if state != self._media:
            self._media = state
            self._worker.on_media(self._assign, attach.attachment, state)

    def _play(self) -> None:
        """Now and then show a film, and hold off the warning of who rightly does nothing."""
        temper, rng, now_us = self._host.temper, self._rng, self._now_us()
        if rng.random() < temper.holds_off:
            self._hold_offs.asked(rng.choice(temper.hold_off_s), now_us)
        due_us = self._hold_offs.due_us()
        if due_us is not None and due_us <= now_us:
            self._tell_hold_off()

    def _tell_hold_off(self) -> None:
        left_s = min(self._hold_offs.tell(self._now_us()), wire.MAX_HOLD_OFF_S)
        word = wire.HoldOff(self._assign.session, self._assign.term, left_s)
        self._worker.on_word(self._assign, word)

    def _hear(self, media: ViewerMedia, hearing: Hearing, now_us: int) -> None:
        if not self._connected:
            self._connected = True
            hearing.connection_changed(ConnectionState.CONNECTED)
            hearing.frame_sent(now_us)
        hearing.heard(now_us)
        if media.last_input_us is not None:
            media.last_input_us = None
            self._host.diary.note_input(self._assign.session)
            if self._activity.seen(now_us):
                session, term = self._assign.session, self._assign.term
                self._worker.on_word(self._assign, wire.InputSeen(session, term))
        if media.said_bye is not None:
            code, media.said_bye = media.said_bye, None
            session, term = self._assign.session, self._assign.term
            left = wire.ViewerLeft(session, term, 1000 if code == 1000 else 1001)
            self._worker.on_word(self._assign, left)

    def _now_us(self) -> int:
        return self._host.clock.boottime_us()

    # Its pictures

    def _track_pictures(self, sends: bool) -> None:
        if not sends or self._worker.is_fenced():
            self._cease_pictures()
        elif self._pictures is None:
            assign, host = self._assign, self._host
            self._pictures = Pictures(
                host.name, host.boots, assign.index, assign.session, assign.term, self._world_us()
            )
            host.diary.note(self._pictures)
            self._show_sending(is_sent=True)

    def _cease_pictures(self) -> None:
        if self._pictures is not None:
            self._pictures.to_us = self._last_picture_us()
            self._pictures = None
            self._show_sending(is_sent=False)

    def _show_sending(self, *, is_sent: bool) -> None:
        media = self._host.devices.of(self._assign.session)
        if media is not None:
            media.is_sent = is_sent

    def _last_picture_us(self) -> int:
        """Return when the last picture went: each asks the fence, so none later than it fell."""
        now_us = self._world_us()
        if not self._worker.is_fenced():
            return now_us
        fell_us = self._worker.confirmed_until_us() - (self._now_us() - now_us)
        return min(now_us, max(fell_us, self._pictures.from_us if self._pictures else 0))

    def term_sent(self, index: int) -> int | None:
        """Return the term of which it sends pictures on this slot, if it does."""
        mine = self._assign.index == index and self._pictures is not None
        return self._assign.term if mine else None

    def cease(self) -> None:
        """Send no more."""
        self._cease_pictures()

    def pause(self) -> None:
        """Send no more while the process is stopped."""
        self._cease_pictures()

    def go_on(self) -> None:
        """Send again, if the fence lets one through."""
        if self.is_alive and self._media == "connected" and not self._over.is_set():
            self._track_pictures(sends=True)

    def _world_us(self) -> int:
        return self._host.around.loop.now_us
