"""One peer connection of the viewer, against another of aiortc in the worker's place."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from typing import Final

import msgspec
import pytest
from aiortc import RTCPeerConnection, RTCSessionDescription, VideoStreamTrack
from av import VideoFrame

from diorama.client.core.model import MediaSeen
from diorama.client.streaming.peer import Peer
from diorama.protocol.channel import Ack, Leaving, Message, Ping, Pong, ToViewer
from diorama.protocol.media import IceCandidate, Offer

PATIENCE_S: Final = 90.0
FromViewer = Ping | Message | Ack | Leaving


class Heard:
    """What a peer told, as it came."""

    def __init__(self) -> None:
        self.answers: list[str] = []
        self.seen: list[MediaSeen] = []
        self.frames = 0
        self.messages: list[object] = []
        self.refusals: list[str] = []
        self._news = asyncio.Event()

    def on_answer(self, _peer: Peer, sdp: str) -> None:
        self.answers.append(sdp)
        self._news.set()

    def on_seen(self, _peer: Peer, seen: MediaSeen) -> None:
        self.seen.append(seen)
        self._news.set()

    def on_frame(self, _peer: Peer, frame: VideoFrame) -> None:
        self.frames += frame.width > 0
        self._news.set()

    def on_message(self, data: object) -> None:
        self.messages.append(data)
        self._news.set()

    def on_refusal(self, code: str, message: str) -> None:
        self.refusals.append(f"{code}: {message}")
        self._news.set()

    async def until(self, holds: Callable[[], bool]) -> None:
        async with asyncio.timeout(PATIENCE_S):
            while not holds():
                self._news.clear()
                await self._news.wait()


class World:
    """The worker's end: a track of black pictures and the control channel."""

    def __init__(self) -> None:
        self.connection = RTCPeerConnection()
        self.connection.addTrack(VideoStreamTrack())
        self.control = self.connection.createDataChannel("control")
        self.heard: list[FromViewer] = []
        self.control.on("message", self._hear)

    def _hear(self, text: str) -> None:
        message = msgspec.json.decode(text, type=FromViewer)
        self.heard.append(message)
        match message:
            case Ping(n=number):
                self.say(Pong(number))
            case Message(id=int() as number):
                self.say(Ack(number))

    def say(self, message: ToViewer) -> None:
        self.control.send(msgspec.json.encode(message).decode())

    async def offer(self) -> Offer:
        await self.connection.setLocalDescription(await self.connection.createOffer())
        return Offer(attachment=3, sdp=self.connection.localDescription.sdp)

    async def take(self, answer: str) -> None:
        await self.connection.setRemoteDescription(RTCSessionDescription(answer, "answer"))


@contextlib.asynccontextmanager
async def run(peer: Peer) -> AsyncIterator[None]:
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(peer.run())
        try:
            yield
        finally:
            peer.close()


@contextlib.asynccontextmanager
async def connected() -> AsyncIterator[tuple[Peer, Heard, World]]:
    """Yield a peer that plays."""
    heard, world = Heard(), World()
    offer = await world.offer()
    peer = Peer(offer, heard, asyncio.get_running_loop().time)
    async with run(peer):
        await heard.until(lambda: len(heard.answers) == 1)
        await world.take(heard.answers[0])
        await heard.until(lambda: "playing" in heard.seen)
        yield peer, heard, world
    await world.connection.close()


async def test_frames_come_and_pings_are_answered() -> None:
    async with connected() as (peer, heard, world):
        await heard.until(lambda: peer.channels.rtt_s is not None)

        assert heard.seen[-1] == "playing"
        assert heard.frames > 0
        assert any(isinstance(message, Ping) for message in world.heard)


async def test_messages_go_both_ways_and_are_acknowledged() -> None:
    async with connected() as (peer, heard, world):
        await heard.until(lambda: peer.channels.rtt_s is not None)
        assert await peer.channels.send_message({"hour": "night"}) is True
        world.say(Message({"a": [1, None]}, id=7))
        await heard.until(lambda: heard.messages == [{"a": [1, None]}])

    assert [m.data for m in world.heard if isinstance(m, Message)] == [{"hour": "night"}]


async def test_the_last_word_leaves_before_the_connection_closes() -> None:
    async with connected() as (peer, heard, world):
        await heard.until(lambda: peer.channels.rtt_s is not None)
        assert peer.channels.say_bye(1000)
        peer.close(linger_s=0.25)

    assert Leaving(1000) in world.heard


async def test_an_offer_that_is_repeated_gets_the_same_answer() -> None:
    heard, world = Heard(), World()
    offer = await world.offer()
    peer = Peer(offer, heard, asyncio.get_running_loop().time)
    async with run(peer):
        peer.accept(offer)
        await heard.until(lambda: len(heard.answers) == 2)
    await world.connection.close()

    assert heard.answers[0] == heard.answers[1]


@pytest.mark.parametrize("sdp", ["v=0", "no sdp at all", "v=0\r\nm=video 9 UDP/TLS/RTP/SAVPF 96"])
async def test_an_offer_that_cannot_be_used_is_a_failure(sdp: str) -> None:
    heard = Heard()
    peer = Peer(Offer(attachment=1, sdp=sdp), heard, asyncio.get_running_loop().time)
    async with run(peer):
        await heard.until(lambda: heard.seen == ["failed"])

    assert len(heard.refusals) == 1
    assert heard.answers == []


async def test_an_offer_that_would_restart_ice_is_a_failure_which_brings_a_new_one() -> None:
    heard, world, other = Heard(), World(), World()
    peer = Peer(await world.offer(), heard, asyncio.get_running_loop().time)
    async with run(peer):
        await heard.until(lambda: len(heard.answers) == 1)
        peer.accept(await other.offer())
        await heard.until(lambda: "failed" in heard.seen)
    await world.connection.close()
    await other.connection.close()

    assert "takes a new one" in heard.refusals[0]


@pytest.mark.parametrize("candidate", ["", "candidate:1 1 tcp 1 10.0.0.1 9 typ host"])
async def test_a_candidate_that_is_none_or_tcp_does_no_harm(candidate: str) -> None:
    heard, world = Heard(), World()
    peer = Peer(await world.offer(), heard, asyncio.get_running_loop().time)
    async with run(peer):
        peer.add_candidate(IceCandidate(candidate, "0", 0))
        await heard.until(lambda: len(heard.answers) == 1)
    await world.connection.close()

    assert heard.refusals == []


async def test_a_candidate_that_is_nonsense_is_refused_and_the_connection_goes_on() -> None:
    heard, world = Heard(), World()
    peer = Peer(await world.offer(), heard, asyncio.get_running_loop().time)
    async with run(peer):
        peer.add_candidate(IceCandidate("candidate:nonsense", "0", 0))
        await heard.until(lambda: len(heard.refusals) == 1)
    await world.connection.close()

    assert heard.seen == []
