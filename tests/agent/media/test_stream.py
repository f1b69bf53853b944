"""The stream without a network: the test is the peer, and asks for access units by hand."""

import threading
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import pytest

from diorama.agent.media.encoder import Encoder, EncoderSettings
from diorama.agent.media.engine import (
    AccessUnit,
    Codec,
    ConnectionState,
    IceCandidate,
    PeerSettings,
    PeerStats,
    UnitWanted,
    VideoFeed,
)
from diorama.agent.media.probe import Encoders, find_encoders
from diorama.agent.media.stream import Stream
from diorama.kernel.errors import Refused, Unavailable
from tests.agent.media.far_end import PATIENCE_S, PaintedWorld

SETTINGS = PeerSettings(start_bitrate_kbps=2_000, fps=30)
H264 = UnitWanted(codec="H264", key=False)


class HandClock:
    """A clock the test sets."""

    def __init__(self) -> None:
        self.us = 0

    def now_us(self) -> int:
        return self.us

    def boottime_us(self) -> int:
        return self.us


@dataclass
class HandPeer:
    """A peer whose network is the test: it takes note of announcements and does nothing."""

    feed: VideoFeed | None = None
    announced: threading.Event = field(default_factory=threading.Event)

    def attach(self, feed: VideoFeed | None) -> None:
        self.feed = feed

    def frame_ready(self) -> bool:
        self.announced.set()
        return True

    async def create_offer(self) -> str:
        return ""

    async def set_answer(self, sdp: str) -> None:
        raise Refused(sdp)

    async def add_remote_candidate(self, candidate: IceCandidate | None) -> bool:
        return candidate is None

    def send(self, label: str, data: bytes | str) -> bool:
        return bool(label and data)

    async def restart_ice(self) -> str:
        return ""

    async def stats(self) -> PeerStats:
        raise Refused("none")

    async def close(self) -> None:
        self.feed = None


@dataclass
class Hand:
    """What a test holds."""

    peer: HandPeer
    world: PaintedWorld
    clock: HandClock
    stream: Stream

    def unit(self, wanted: UnitWanted = H264) -> AccessUnit | None:
        """Render a picture and ask for it."""
        self.world.number += 1
        return self.stream.next_unit(wanted)


@pytest.fixture
async def hand() -> AsyncIterator[Hand]:
    world, peer, clock = PaintedWorld(), HandPeer(), HandClock()
    world.moving = False
    stream = Stream(
        source=world, peer=peer, encoders=await find_encoders(), settings=SETTINGS, clock=clock
    )
    yield Hand(peer=peer, world=world, clock=clock, stream=stream)
    await stream.stop()


def test_the_first_picture_is_a_key_frame_and_the_next_is_not(hand: Hand) -> None:
    units = [hand.unit(), hand.unit()]

    assert [unit.key for unit in units if unit] == [True, False]


def test_only_the_newest_picture_is_encoded_and_the_others_count_as_dropped(hand: Hand) -> None:
    hand.unit()
    hand.world.number += 4
    hand.unit()

    assert hand.stream.stats().frames_sent == 2
    assert hand.stream.stats().frames_dropped == 4


def test_a_picture_is_sent_once(hand: Hand) -> None:
    hand.unit()

    assert hand.stream.next_unit(H264) is None


def test_a_key_frame_is_made_of_a_picture_already_sent(hand: Hand) -> None:
    hand.unit()
    unit = hand.stream.next_unit(UnitWanted(codec="H264", key=True))

    assert unit is not None
    assert unit.key


def test_a_reconnected_viewer_starts_with_a_key_frame(hand: Hand) -> None:
    hand.unit()
    hand.stream.handle_connection_state(ConnectionState.DISCONNECTED)
    hand.stream.handle_connection_state(ConnectionState.CONNECTED)
    unit = hand.unit()

    assert unit is not None
    assert unit.key


def test_the_encoder_follows_the_estimate(hand: Hand) -> None:
    hand.unit()
    hand.stream.handle_target_bitrate(500)
    hand.clock.us = 1_000_000
    hand.unit()

    assert hand.stream.stats().rate.bitrate_kbps == 450
    assert hand.stream.stats().rate.fps == 15


def test_another_size_opens_another_encoder(hand: Hand) -> None:
    hand.unit()
    hand.world.resize(width=640, height=480)
    unit = hand.unit()

    assert unit is not None
    assert unit.key


def test_another_codec_opens_another_encoder(hand: Hand) -> None:
    hand.unit()
    hand.unit(UnitWanted(codec="VP8", key=False))
    encoder = hand.stream.stats().encoder

    assert encoder is not None
    assert encoder.name == "libvpx"


async def test_nothing_is_announced_before_the_connection_is_up(hand: Hand) -> None:
    hand.world.moving = True
    hand.stream.start()
    announced_early = hand.peer.announced.wait(0.15)
    hand.stream.handle_connection_state(ConnectionState.CONNECTED)

    assert not announced_early
    assert hand.peer.announced.wait(PATIENCE_S)


async def test_a_stopped_stream_encodes_nothing(hand: Hand) -> None:
    hand.stream.start()
    await hand.stream.stop()

    assert hand.unit() is None
    assert hand.peer.feed is None


async def test_an_encoder_that_fails_is_counted_and_tried_again() -> None:
    world, peer = PaintedWorld(), HandPeer()
    world.number = 1
    stream = Stream(
        source=world, peer=peer, encoders=FailingOnce(await find_encoders()), settings=SETTINGS
    )
    first, second = stream.next_unit(H264), stream.next_unit(H264)

    assert first is None
    assert second is not None
    assert stream.stats().encoder_failures == 1


class FailingOnce:
    """A factory whose first encoder does not open."""

    def __init__(self, encoders: Encoders) -> None:
        self._encoders = encoders
        self._failed = False

    @property
    def codecs(self) -> tuple[Codec, ...]:
        return self._encoders.codecs

    def open(self, codec: Codec, settings: EncoderSettings) -> Encoder:
        if not self._failed:
            self._failed = True
            raise Unavailable("busy")
        return self._encoders.open(codec, settings)
