"""The worker's connection to a gateway, where two things happen at once."""

import asyncio
import random
import time

import pytest

from diorama.agent.connection import GatewayConnection
from diorama.kernel.errors import Invalid
from diorama.protocol.worker import Beat, Hello, Problem, SlotReport, ToWorker, Welcome
from tests.agent.fake_gateway import CREDENTIAL, PATIENCE_S, fake_gateway


class Beats:
    """A worker that beats, and whose process stands still after its first beat."""

    def __init__(self, stands_still_s: float) -> None:
        self.welcomes = self.beats = 0
        self._stands_still_s = stands_still_s

    def hello(self) -> Hello:
        slots = (SlotReport(index=0, term=0),)
        return Hello(1, "tester", "b" * 16, "here", "default", slots, ("python",), (), "1")

    def beat(self) -> Beat:
        self.beats += 1
        return Beat(self.beats, self.beats, ())

    def on_welcome(self, _welcome: Welcome) -> None:
        self.welcomes += 1

    def on_message(self, _message: ToWorker) -> None:
        still_s, self._stands_still_s = self._stands_still_s, 0.0
        time.sleep(still_s)  # the whole process, as where a machine is stopped

    def on_replaced(self, problem: Problem) -> None:
        """Nothing."""


class LeavesAsItIsLost:
    """A worker that is cancelled in the moment in which its connection fails."""

    task: asyncio.Task[None]
    connection: GatewayConnection

    def hello(self) -> Hello:
        slots = (SlotReport(index=0, term=0),)
        return Hello(1, "tester", "b" * 16, "here", "default", slots, ("python",), (), "1")

    def beat(self) -> Beat:
        return Beat(1, 1, ())

    def on_welcome(self, welcome: Welcome) -> None:
        """Nothing."""

    def on_message(self, message: ToWorker) -> None:
        self.connection.leave()
        self.task.cancel()
        raise Invalid(f"{message} cannot be taken")

    def on_replaced(self, problem: Problem) -> None:
        """Nothing."""


async def test_who_leaves_as_the_connection_is_lost_does_leave() -> None:
    async with fake_gateway() as gateway:
        events = LeavesAsItIsLost()
        connection = events.connection = GatewayConnection(
            gateways=(gateway.url,),
            credential=lambda: CREDENTIAL,
            events=events,
            rng=random.Random(1),
        )
        events.task = asyncio.create_task(connection.run())

        with pytest.raises(asyncio.CancelledError):
            await asyncio.wait_for(asyncio.shield(events.task), PATIENCE_S)


async def test_a_worker_that_stood_still_stays_with_the_gateway_that_did_not() -> None:
    async with fake_gateway() as gateway:
        gateway.heartbeat_s = 0.2
        events = Beats(stands_still_s=1.0)
        connection = GatewayConnection(
            gateways=(gateway.url,),
            credential=lambda: CREDENTIAL,
            events=events,
            rng=random.Random(1),
        )
        running = asyncio.create_task(connection.run())
        for _ in range(4):
            await gateway.hears(Beat)
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running

    assert events.welcomes == 1
