"""Who watches a session: answered, shown pictures, put out; with each engine."""

import asyncio
import threading
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field

import pytest
from aiortc import RTCSessionDescription

from diorama.agent.media.choice import ENGINE_NAMES, choose_engine
from diorama.agent.media.probe import find_encoders
from diorama.agent.spectators import SpectatorConnection, SpectatorParts, Spectators
from diorama.kernel.clock import SystemClock
from diorama.protocol.worker import MAX_SPECTATORS, Spectate, Spectated, SpectatorLeft
from tests.agent.media.far_end import LOCAL, PATIENCE_S, RGB, PaintedWorld, Viewer
from tests.agent.media.test_answering import offer_of


@dataclass
class Gateway:
    """What the gateway is told."""

    said: asyncio.Queue[Spectated | SpectatorLeft] = field(default_factory=asyncio.Queue)

    def on_spectator(self, message: Spectated | SpectatorLeft) -> None:
        self.said.put_nowait(message)

    async def next(self) -> Spectated | SpectatorLeft:
        async with asyncio.timeout(PATIENCE_S):
            return await self.said.get()


@asynccontextmanager
async def session_of(engine: str) -> AsyncIterator[tuple[Spectators, Gateway]]:
    """Yield the spectators of a session that shows the painted world."""
    gateway = Gateway()
    parts = SpectatorParts(
        engine=await choose_engine(engine),
        encoders=await find_encoders(),
        settings=LOCAL,
        clock=SystemClock(),
        turns=threading.Semaphore(1),
    )
    async with AsyncExitStack() as stack:
        tasks = await stack.enter_async_context(asyncio.TaskGroup())

        def start(connection: SpectatorConnection) -> asyncio.Task[None]:
            return tasks.create_task(connection.run(PaintedWorld()))

        spectators = Spectators(parts, gateway, start)
        stack.callback(spectators.close_all)
        yield spectators, gateway


def spectate(sdp: str, name: str = "wat_1") -> Spectate:
    return Spectate(session="ses_1", term=7, spectator=name, sdp=sdp)


@asynccontextmanager
async def player() -> AsyncIterator[tuple[Viewer, str]]:
    """Yield somebody's player, and its offer."""
    viewer = Viewer()
    try:
        yield viewer, await offer_of(viewer.connection, "video", "audio")
    finally:
        await viewer.connection.close()


async def see(viewer: Viewer, answer: Spectated | SpectatorLeft) -> None:
    """Let a player take the answer, and see the world."""
    assert isinstance(answer, Spectated), answer
    await viewer.connection.setRemoteDescription(RTCSessionDescription(answer.sdp, "answer"))
    await viewer.picture_like(RGB)


@pytest.mark.parametrize("engine", ENGINE_NAMES)
async def test_a_spectator_is_answered_sees_and_is_missed_when_it_leaves(engine: str) -> None:
    async with session_of(engine) as (spectators, gateway), player() as (viewer, offer):
        spectators.open(spectate(offer))
        answer = await gateway.next()
        await see(viewer, answer)
        there = spectators.ids
        spectators.open(spectate(offer))
        again = await gateway.next()
        spectators.close("wat_1")
        spectators.close("wat_of_nobody")

    assert (there, again) == (("wat_1",), answer)
    assert spectators.ids == ()


@pytest.mark.parametrize("engine", ENGINE_NAMES)
async def test_an_offer_that_cannot_be_served_is_refused_in_words(engine: str) -> None:
    async with session_of(engine) as (spectators, gateway):
        spectators.open(spectate("v=0\r\n"))
        said = await gateway.next()

    assert isinstance(said, Spectated)
    assert (said.session, said.term, said.spectator) == ("ses_1", 7, "wat_1")
    assert (said.sdp, said.reason) == ("", "offer_not_acceptable")


async def test_one_spectator_more_than_can_be_is_refused() -> None:
    async with session_of("aiortc") as (spectators, gateway):
        for number in range(MAX_SPECTATORS + 1):
            spectators.open(spectate("no offer", f"wat_{number}"))
        said = await gateway.next()

    assert isinstance(said, Spectated)
    assert (said.spectator, said.reason) == (f"wat_{MAX_SPECTATORS}", "spectators_full")


async def test_a_player_that_closes_is_gone_without_a_word_of_the_gateway() -> None:
    async with session_of("aiortc") as (spectators, gateway), player() as (viewer, offer):
        spectators.open(spectate(offer))
        await see(viewer, await gateway.next())
        await viewer.connection.close()
        left = await gateway.next()

    assert left == SpectatorLeft("ses_1", 7, "wat_1", "left")
