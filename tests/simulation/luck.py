"""Bad luck: what breaks in a simulated world, when, and how it is mended.

Each mishap takes something, waits, and gives it back. They overlap as chance has it.
"""

import asyncio
import random
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Final

from diorama.kernel.units import SECOND_US
from diorama.protocol import worker as wire
from tests.simulation.gateway import Gateway
from tests.simulation.network import Connection, Weather
from tests.simulation.store import Disk
from tests.simulation.viewer import Viewer
from tests.simulation.worker import Host

if TYPE_CHECKING:
    from tests.simulation.world import World

MEAN_S: Final = 20.0
"""Between two mishaps."""
STAYS_DEAD: Final = 0.5
"""How often one worker dies at the end of a storm: its slots must come back without it."""
LOOKS_FOR_A_FENCE: Final = 400


class BadLuck:
    """The mishaps of one storm."""

    def __init__(self, world: "World") -> None:
        self._world = world
        self._rng = random.Random(f"{world.seed}/luck/{world.loop.now_us}")
        self._nets = random.Random(f"{world.seed}/nets/{world.loop.now_us}")
        self._tasks: list[asyncio.Task[None]] = []
        self._mishaps: dict[str, Callable[[], Awaitable[None]]] = {
            "gateway_killed": self._kill_gateway,
            "gateway_restarted": self._restart_gateway,
            "gateway_stopped": self._stop_gateway,
            "all_gateways_killed": self._kill_all_gateways,
            "gateway_cut_from_store": self._cut_from_store,
            "worker_killed": self._kill_worker,
            "worker_frozen": self._freeze_worker,
            "worker_partitioned": self._partition_worker,
            "worker_drained": self._drain_worker,
            "worlds_fail": self._worlds_fail,
            "viewer_vanished": self._vanish,
            "viewer_offline": self._offline,
            "viewer_socket_lost": self._lose_socket,
            "viewer_media_lost": self._lose_media,
            "page_frozen": self._freeze_page,
            "second_tab": self._second_tab,
            "bad_network": self._bad_network,
            "bad_disk": self._bad_disk,
            "store_killed": self._kill_store,
            "clock_stepped": self._step_clock,
            "worker_lies": self._lie,
            "old_stop_again": self._say_an_old_stop,
            "crowd_comes": self._let_a_crowd_come,
            **world.operators.deeds(),
        }

    def begin(self) -> None:
        """Let things go wrong from now on."""
        for host in self._world.hosts:
            if host.process is None:
                host.start()
        self._start(self._go_on())

    async def _go_on(self) -> None:
        names = list(self._mishaps)
        while True:
            await asyncio.sleep(self._rng.expovariate(1 / MEAN_S))
            name = self._rng.choice(names)
            self._world.counts[name] += 1
            self._world.story.append(f"{self._world.loop.time():.1f} {name}")
            self._start(self._mishaps[name]())

    def _start(self, mishap: Awaitable[None]) -> None:
        task = asyncio.ensure_future(mishap)
        task.add_done_callback(_raise_again)
        self._tasks.append(task)

    def mend(self) -> None:
        """Stop, and mend everything."""
        world = self._world
        for task in self._tasks:
            task.cancel()
        world.network.weather = Weather()
        world.store.disk = Disk()
        if world.store.is_down:
            world.store.start()
        for gateway in world.gateways:
            self._bring_back(gateway)
            gateway.handle.is_out_of_reach = False
        for host in world.hosts:
            host.is_cut_off = host.is_off_the_net = False
            host.temper.fails_to_start = 0.0
            host.thaw()
            if not host.runs or host.has_left:
                host.start()
        if self._rng.random() < STAYS_DEAD:
            self._host().kill()
        for viewer in world.viewers:
            viewer.come_online()
            if viewer.process.is_stopped:
                viewer.process.wake()
        self._world.loop.create_task(self._world.operators.undo())

    # Gateways

    def _bring_back(self, gateway: Gateway) -> None:
        if gateway.process.is_stopped and not gateway.process.is_dead:
            gateway.process.wake()
        if gateway.process.is_dead or not gateway.is_up:
            gateway.end_now()
            gateway.start()
        self._world.note_rough()

    def _gateway(self) -> Gateway:
        return self._rng.choice(self._world.gateways)

    async def _kill_gateway(self) -> None:
        gateway = self._gateway()
        if not gateway.is_up:
            return
        gateway.kill()
        await self._pause(0.5, 20)
        self._bring_back(gateway)

    async def _kill_all_gateways(self) -> None:
        for gateway in self._world.gateways:
            if gateway.is_up:
                gateway.kill()
        await self._pause(1, 90)
        for gateway in self._world.gateways:
            self._bring_back(gateway)

    async def _restart_gateway(self) -> None:
        gateway = self._gateway()
        if not gateway.is_up or not gateway.process.runs:
            return
        gateway.stop()
        await self._pause(1.5, 6)
        self._bring_back(gateway)

    async def _stop_gateway(self) -> None:
        gateway = self._gateway()
        if not gateway.is_up:
            return
        gateway.process.stop()
        await self._pause(1, 40)
        self._bring_back(gateway)

    async def _cut_from_store(self) -> None:
        handle = self._gateway().handle
        handle.is_out_of_reach = True
        await self._pause(0.5, 30)
        handle.is_out_of_reach = False
        self._world.note_rough()

    # Workers

    def _host(self) -> Host:
        return self._rng.choice(self._world.hosts)

    async def _kill_worker(self) -> None:
        host = self._host()
        host.kill()
        await self._pause(0.5, 150)
        if host.process is None:
            host.start()

    async def _freeze_worker(self) -> None:
        host = self._host()
        host.freeze()
        await self._pause(1, 120)
        host.thaw()

    async def _partition_worker(self) -> None:
        host = self._host()
        host.cut_off()
        host.is_off_the_net = self._nets.random() < 0.5
        await self._pause(1, 100)
        host.is_cut_off = host.is_off_the_net = False

    async def _drain_worker(self) -> None:
        host = self._host()
        host.drain()
        await self._pause(10, 80)
        if host.has_left:
            host.slots = self._rng.choice((1, 2, 2, 3))
            host.start()

    async def _worlds_fail(self) -> None:
        host = self._host()
        host.temper.fails_to_start = 0.7
        await self._pause(10, 60)
        host.temper.fails_to_start = 0.02

    async def _lie(self) -> None:
        """Say something of any session as any worker: late, foreign, or of another term."""
        rows = self._world.store.connection.execute(
            "SELECT id, term, slot_id FROM session WHERE term > 0 ORDER BY id DESC LIMIT 20"
        ).fetchall()
        if not rows:
            return
        session, its_term, slot_id = self._rng.choice(rows)
        term = its_term + self._rng.choice((-1, 0, 0, 1))
        index = int(slot_id.rpartition(".")[2]) if slot_id else 0
        words: list[wire.FromWorker] = [
            wire.Accepted(session=session, term=term),
            wire.WorldStarted(session=session, term=term),
            wire.WorldEnded(session=session, term=term - 1, outcome="crashed"),
            wire.Stopped(index=index, session=session, term=its_term - 1),
        ]
        line = self._host().line()
        if line is not None:
            line.say(self._rng.choice(words))

    async def _say_an_old_stop(self) -> None:
        """Let a worker say again what it said of an older world, while a slot waits for a word."""
        world = self._world
        for _ in range(LOOKS_FOR_A_FENCE):
            await asyncio.sleep(0.1)
            for slot_id, term in world.store.connection.execute(
                "SELECT id, term FROM slot WHERE state = 'fencing' ORDER BY id"
            ).fetchall():
                line = self._line_of(slot_id)
                older = world.store.connection.execute(
                    "SELECT session_id, term FROM event WHERE slot_id = ? AND term < ?"
                    " ORDER BY seq DESC LIMIT 1",
                    (slot_id, term),
                ).fetchall()
                if line is not None and older:
                    session, old_term = older[0]
                    index = int(slot_id.rpartition(".")[2])
                    line.say(wire.Stopped(index=index, session=session, term=old_term))
                    return

    def _line_of(self, slot_id: str) -> Connection | None:
        name = self._world.oracle.host_of(slot_id)
        found = [host for host in self._world.hosts if host.name == name and host.runs]
        return found[0].line() if found else None

    # Viewers

    async def _let_a_crowd_come(self) -> None:
        """Let many come to one project at once: they stand in line."""
        number = self._rng.randrange(self._world.projects)
        for _ in range(self._rng.randrange(4, 9)):
            self._world.let_come(number)
            await self._pause(0.0, 1.0)

    def _viewer(self) -> Viewer | None:
        there = [viewer for viewer in self._world.viewers if not viewer.is_gone]
        return self._rng.choice(there) if there else None

    async def _vanish(self) -> None:
        viewer = self._viewer()
        if viewer is not None:
            viewer.vanish()

    async def _offline(self) -> None:
        viewer = self._viewer()
        if viewer is None:
            return
        viewer.go_offline()
        await self._pause(1, 90)
        viewer.come_online()

    async def _lose_socket(self) -> None:
        viewer = self._viewer()
        if viewer is not None:
            viewer.lose_socket()

    async def _lose_media(self) -> None:
        viewer = self._viewer()
        if viewer is None:
            return
        viewer.path.is_up = False
        await self._pause(1, 30)
        viewer.path.is_up = not viewer.is_offline

    async def _freeze_page(self) -> None:
        viewer = self._viewer()
        if viewer is None:
            return
        viewer.process.stop()
        await self._pause(1, 100)
        if viewer.process.is_stopped:
            viewer.process.wake()

    async def _second_tab(self) -> None:
        viewer = self._viewer()
        if viewer is not None:
            self._world.viewers.append(viewer.second_tab())

    # Network, store, clock

    async def _bad_network(self) -> None:
        rng = self._rng
        self._world.network.weather = Weather(
            delay_s=rng.choice((0.01, 0.1, 0.5)),
            late=rng.choice((0.0, 0.05, 0.2)),
            again=rng.choice((0.0, 0.2, 0.5)),
            doubled=rng.choice((0.0, 0.1, 0.3)),
            cut=rng.choice((0.0, 0.005, 0.02)),
            silent=rng.choice((0.0, 0.002, 0.01)),
            lost_hint=rng.choice((0.0, 0.3, 1.0)),
        )
        await self._pause(10, 60)
        self._world.network.weather = Weather()
        self._world.note_rough()

    async def _bad_disk(self) -> None:
        rng = self._rng
        self._world.store.disk = Disk(
            not_committed=rng.choice((0.0, 0.02, 0.1)),
            answer_lost=rng.choice((0.0, 0.02, 0.1)),
            slow=rng.choice((0.0, 0.01, 0.05)),
        )
        await self._pause(5, 40)
        self._world.store.disk = Disk()
        self._world.note_rough()

    async def _kill_store(self) -> None:
        """Kill the server; with an embedded store, the gateways die with it."""
        store = self._world.store
        if store.is_down:
            return
        store.kill()
        embedded = self._rng.random() < 0.5
        if embedded:
            for gateway in self._world.gateways:
                if gateway.is_up:
                    gateway.kill()
        await self._pause(0.5, 30)
        store.start()
        for gateway in self._world.gateways:
            self._bring_back(gateway)

    async def _step_clock(self) -> None:
        """Set the wall clock of the database's host, and of every other."""
        for clock in (self._world.store_clock, *(g.clock for g in self._world.gateways)):
            clock.step_wall(self._rng.randrange(-20, 20) * SECOND_US)
        await asyncio.sleep(0)

    async def _pause(self, least_s: float, most_s: float) -> None:
        await asyncio.sleep(self._rng.uniform(least_s, most_s))


def _raise_again(task: "asyncio.Future[None]") -> None:
    if not task.cancelled() and task.exception() is not None:
        task.result()
