"""How a worker of the simulated world stays connected to one of the gateways.

Stands where production has `agent.connection.GatewayConnection`: the same hello, beats and waits,
on a connection of `network`.
"""

import asyncio
from typing import TYPE_CHECKING, cast

import msgspec

from diorama.agent.backoff import wait_s
from diorama.agent.connection import ANSWER_WITHIN_S, Outlived
from diorama.protocol import worker as wire
from tests.simulation.network import Closed, Connection

if TYPE_CHECKING:
    from tests.simulation.worker import SimulatedWorker


class WorkerConnection:
    """The socket of one worker."""

    def __init__(self, worker: "SimulatedWorker") -> None:
        self._worker = worker
        self._host = worker.host
        self._rng = worker.host.rng
        self.line: Connection | None = None
        self._is_welcomed = False
        self._confirmed_s = 0.0

    def died(self, *, is_told: bool) -> None:
        """Its process was killed."""
        if self.line is not None:
            self.line.client_died(is_told=is_told)

    def send(self, message: wire.FromWorker) -> None:
        """Send a message; dropped while no gateway is there."""
        if self.line is not None and self._is_welcomed:
            self.line.say(message)

    async def flush(self, *, timeout_s: float) -> None:
        """Let the last words go."""
        await asyncio.sleep(min(0.1, timeout_s))

    def leave(self) -> None:
        """Nothing: `run` is cancelled."""

    async def run(self) -> None:
        """Stay connected to one of the gateways."""
        failures = 0
        while True:
            self._is_welcomed = False
            await self._stay()
            if self.line is not None:
                self.line.close(1000)
                self.line = None
            failures = 0 if self._is_welcomed else failures + 1
            await asyncio.sleep(wait_s(failures, self._rng))

    async def _stay(self) -> None:
        process = self._host.process
        gateways = self._host.around.running()
        if process is None or not gateways or self._host.is_cut_off:
            await asyncio.sleep(min(1.0, ANSWER_WITHIN_S))
            return
        line = self.line = self._rng.choice(gateways).take_worker(process)
        if line is None:
            return
        hello = self._worker.hello()
        self._host.around.oracle.worker_hello(self._host.name, self._host.boots)
        line.say(hello)
        welcome = await self._word(line)
        if isinstance(welcome, wire.Problem) and welcome.code == "lease_expired":
            raise Outlived(welcome.message)
        if isinstance(welcome, wire.Problem) and welcome.code == "worker_replaced":
            self._worker.on_replaced(welcome)
        if not isinstance(welcome, wire.Welcome):
            return
        self._is_welcomed = True
        self._host.around.oracle.worker_welcomed(self._host.name, self._host.boots, welcome.worker)
        self._confirmed_s = asyncio.get_running_loop().time()
        self._worker.on_welcome(welcome)
        beating = asyncio.ensure_future(self._keep_beating(line, welcome.heartbeat_s))
        try:
            await self._read(line)
        finally:
            beating.cancel()

    async def _word(self, line: Connection) -> msgspec.Struct | Closed | None:
        try:
            async with asyncio.timeout(ANSWER_WITHIN_S):
                return await line.words.get()
        except TimeoutError:
            return None

    async def _read(self, line: Connection) -> None:
        while True:
            word = await line.words.get()
            if isinstance(word, Closed):
                return
            self._confirmed_s = asyncio.get_running_loop().time()
            if isinstance(word, wire.BeatConfirmed):
                self._host.around.oracle.beat_confirmed(self._host.name, self._host.boots, word.n)
            self._worker.on_message(cast("wire.ToWorker", word))

    async def _keep_beating(self, line: Connection, heartbeat_s: float) -> None:
        loop = asyncio.get_running_loop()
        while True:
            beat = self._worker.beat()
            self._host.around.oracle.worker_beat(self._host.name, self._host.boots, beat.n)
            self.send(beat)
            await asyncio.sleep(heartbeat_s * self._rng.uniform(0.8, 1.0))
            if loop.time() - self._confirmed_s > heartbeat_s * 3:
                line.words.put_nowait(Closed(1006, "it says nothing"))
