"""One suite for every engine: what a spectator may rely on, whichever library speaks WebRTC."""

import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace

import pytest
from aiortc import RTCPeerConnection, RTCSessionDescription

from diorama.agent.media.candidates import is_special_purpose, parse_candidate
from diorama.agent.media.engine import Answerer, Codec, ConnectionState, MediaEngine, PeerSettings
from diorama.agent.media.probe import Encoders
from diorama.agent.media.sdp import read_offer
from diorama.agent.media.stream import Stream
from diorama.kernel.errors import Invalid
from tests.agent.media.far_end import (
    LOCAL,
    RGB,
    Heard,
    PaintedWorld,
    Viewer,
    far_connection,
    linked,
)


@dataclass
class Watching:
    """An answerer and a spectator, connected."""

    answerer: Answerer
    heard: Heard
    viewer: Viewer
    answer: str


async def offer_of(connection: RTCPeerConnection, *kinds: str) -> str:
    """Return the offer of a player that receives these kinds of media, and no more."""
    for kind in kinds:
        connection.addTransceiver(kind, direction="recvonly")
    await connection.setLocalDescription(await connection.createOffer())
    return connection.localDescription.sdp


@asynccontextmanager
async def watching(
    engine: MediaEngine, encoders: Encoders, settings: PeerSettings = LOCAL, *kinds: str
) -> AsyncIterator[Watching]:
    """Yield an answerer and a spectator that are connected, with the painted world to be seen."""
    async with AsyncExitStack() as stack:
        heard, viewer = Heard(), Viewer()
        stack.push_async_callback(viewer.connection.close)
        offer = await offer_of(viewer.connection, *(kinds or ("video",)))
        answerer = engine.create_answerer(settings, heard)
        stack.push_async_callback(answerer.close)
        answer = await answerer.answer(offer)
        stream = Stream(source=PaintedWorld(), peer=answerer, encoders=encoders, settings=settings)
        stack.push_async_callback(stream.stop)
        stream.start()
        await viewer.connection.setRemoteDescription(RTCSessionDescription(answer, "answer"))
        yield Watching(answerer=answerer, heard=heard, viewer=viewer, answer=answer)


@pytest.mark.parametrize("codec", ["H264", "VP8"])
async def test_a_spectator_sees_the_world_in_its_colours(
    engine: MediaEngine, encoders: Encoders, codec: Codec
) -> None:
    settings = replace(LOCAL, codecs=(codec,))

    async with watching(engine, encoders, settings) as link:
        await link.viewer.picture_like(RGB)

    assert f"{codec}/90000" in link.answer


async def test_audio_that_is_asked_for_is_answered_with_none(
    engine: MediaEngine, encoders: Encoders
) -> None:
    async with watching(engine, encoders, LOCAL, "video", "audio") as link:
        await link.viewer.picture_like(RGB)

    audio = link.answer.partition("m=audio ")[2]
    assert "a=inactive" in audio or audio.startswith("0 ")


async def test_an_answer_holds_every_candidate_and_says_so(
    engine: MediaEngine, encoders: Encoders
) -> None:
    async with watching(engine, encoders) as link:
        await link.viewer.picture()

    assert "a=candidate:" in link.answer
    assert "a=end-of-candidates" in link.answer
    assert "a=sendonly" in link.answer


async def test_the_codec_that_is_wished_first_is_answered_first(
    engine: MediaEngine, encoders: Encoders
) -> None:
    async with watching(engine, encoders, replace(LOCAL, codecs=("H264", "VP8"))) as link:
        await link.viewer.picture()

    payloads = re.search(r"m=video \d+ [A-Z/]+ (\d+)", link.answer)
    assert payloads is not None
    assert f"a=rtpmap:{payloads[1]} H264/90000" in link.answer


async def test_a_spectator_that_leaves_is_missed(engine: MediaEngine, encoders: Encoders) -> None:
    async with watching(engine, encoders) as link:
        await link.viewer.picture()
        await link.answerer.close()
        await link.answerer.close()

        assert link.heard.states.count(ConnectionState.CLOSED) == 1
        assert not link.answerer.frame_ready()


async def test_an_offer_with_a_data_channel_is_not_served(engine: MediaEngine) -> None:
    player = far_connection()
    player.createDataChannel("input")
    offer = await offer_of(player, "video")
    answerer = engine.create_answerer(LOCAL, Heard())

    with pytest.raises(Invalid) as refused:
        await answerer.answer(offer)

    assert refused.value.code == "offer_not_acceptable"
    await answerer.close()
    await player.close()


@pytest.mark.parametrize("offer", ["", "v=0\r\n", "v=0\r\nm=video 9 UDP/TLS/RTP/SAVPF 96\r\n"])
async def test_what_is_no_offer_is_refused(engine: MediaEngine, offer: str) -> None:
    answerer = engine.create_answerer(LOCAL, Heard())

    with pytest.raises(Invalid):
        await answerer.answer(offer)

    await answerer.close()


async def test_private_addresses_of_a_spectator_are_sent_nothing(
    engine: MediaEngine, encoders: Encoders
) -> None:
    player = far_connection()
    offer = await offer_of(player, "video")
    answerer = engine.create_answerer(replace(LOCAL, allow_private_candidates=False), Heard())
    stream = Stream(source=PaintedWorld(), peer=answerer, encoders=encoders, settings=LOCAL)

    await answerer.answer(offer)

    offered = [parse_candidate(text) for _, text in read_offer(offer, LOCAL.codecs).candidates]
    assert answerer.candidates_dropped == sum(is_special_purpose(one.address) for one in offered)
    await stream.stop()
    await answerer.close()
    await player.close()


async def test_the_viewer_sees_on_when_a_spectator_is_gone(
    engine: MediaEngine, encoders: Encoders
) -> None:
    async with linked(engine, encoders) as link:
        async with watching(engine, encoders) as beside:
            await beside.viewer.picture_like(RGB)
            await link.viewer.picture_like(RGB)
        link.world.colour = (20, 90, 220)

        await link.viewer.picture_like((20, 90, 220))
        async with link.viewer.wishing_for_a_key_frame():
            await link.viewer.key_picture()
