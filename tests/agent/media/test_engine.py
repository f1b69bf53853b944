"""One suite for every engine: what a session may rely on, whichever library speaks WebRTC."""

import asyncio
import re
import threading
from collections.abc import Callable
from dataclasses import replace

import pytest

from diorama.agent.media.engine import (
    CONTROL,
    INPUT,
    MAX_REMOTE_CANDIDATES,
    MAX_SDP_BYTES,
    Codec,
    ConnectionState,
    IceCandidate,
    IceServer,
    MediaEngine,
    PeerSettings,
)
from diorama.agent.media.probe import Encoders
from diorama.agent.media.sdp import read_answer
from diorama.kernel.errors import Invalid, Refused
from tests.agent.media.far_end import LOCAL, PATIENCE_S, RGB, Heard, Viewer, linked, until

PRIVATE = "candidate:1 1 udp 2130706431 192.168.1.20 50000 typ host"
PUBLIC = "candidate:1 1 udp 1694498815 8.8.8.8 50000 typ srflx raddr 0.0.0.0 rport 0"


@pytest.mark.parametrize("codec", ["H264", "VP8"])
async def test_the_viewer_sees_the_world_in_its_colours(
    engine: MediaEngine, encoders: Encoders, codec: Codec
) -> None:
    settings = replace(LOCAL, codecs=(codec,))

    async with linked(engine, encoders, settings) as link:
        await link.viewer.picture_like(RGB)
        link.world.colour = (20, 90, 220)
        await link.viewer.picture_like((20, 90, 220))

        assert link.stream.first_frame_sent.is_set()
        assert (await link.peer.stats()).codec == codec


async def test_pictures_advance(engine: MediaEngine, encoders: Encoders) -> None:
    async with linked(engine, encoders) as link:
        stamps = [(await link.viewer.picture()).pts or 0 for _ in range(10)]

    assert stamps == sorted(set(stamps))


async def test_a_viewer_that_lost_the_thread_gets_a_key_frame(
    engine: MediaEngine, encoders: Encoders
) -> None:
    async with linked(engine, encoders) as link:
        await link.viewer.picture()
        async with link.viewer.wishing_for_a_key_frame():
            await until(link.heard, lambda: link.heard.key_frame_requests >= 1)
            await link.viewer.key_picture()


async def test_a_world_that_stands_still_answers_a_key_frame_request(
    engine: MediaEngine, encoders: Encoders
) -> None:
    async with linked(engine, encoders) as link:
        await link.viewer.picture()
        link.world.moving = False
        link.world.shown_again.clear()

        async with link.viewer.wishing_for_a_key_frame():
            assert await asyncio.to_thread(link.world.shown_again.wait, PATIENCE_S)


async def test_messages_go_both_ways(engine: MediaEngine, encoders: Encoders) -> None:
    async with linked(engine, encoders) as link:
        await until(link.heard, lambda: link.heard.open >= {CONTROL, INPUT})
        assert link.peer.send(CONTROL, "to the viewer")
        assert await link.viewer.message() == "to the viewer"
        assert link.peer.send(CONTROL, b"\x00\x01")
        assert await link.viewer.message() == b"\x00\x01"
        (await link.viewer.channel(CONTROL)).send("to the worker")
        (await link.viewer.channel(INPUT)).send(b"\x02")
        await until(link.heard, lambda: len(link.heard.messages) == 2)

    assert sorted(link.heard.messages) == [(CONTROL, "to the worker"), (INPUT, b"\x02")]


async def test_a_channel_may_be_opened_beside_those_of_the_offer(
    engine: MediaEngine, encoders: Encoders
) -> None:
    async with linked(engine, encoders, replace(LOCAL, channels=("first",))) as link:
        await until(link.heard, lambda: link.heard.open == {"first"})
        link.peer.open_channel("second")
        link.peer.open_channel("second")
        await until(link.heard, lambda: link.heard.open == {"first", "second"})
        assert link.peer.send("second", "to the viewer")
        assert await link.viewer.message() == "to the viewer"
        (await link.viewer.channel("second")).send("to the worker")
        await until(link.heard, lambda: bool(link.heard.messages))

    assert list(link.viewer.channels) == ["first", "second"]
    assert link.heard.messages == [("second", "to the worker")]


async def test_the_viewer_may_open_an_input_channel_of_its_own(
    engine: MediaEngine, encoders: Encoders
) -> None:
    async with linked(engine, encoders) as link:
        channel = link.viewer.connection.createDataChannel(INPUT, ordered=False, maxRetransmits=0)
        moving = asyncio.Event()
        channel.on("open", moving.set)
        async with asyncio.timeout(PATIENCE_S):
            await moving.wait()
            while not link.heard.messages:  # what is lost on such a channel is not sent again
                channel.send("moved")
                await asyncio.sleep(0.05)

    assert set(link.heard.messages) == {(INPUT, "moved")}


async def test_events_come_on_the_loop(engine: MediaEngine, encoders: Encoders) -> None:
    async with linked(engine, encoders) as link:
        await link.viewer.picture()

    assert link.heard.threads == {threading.get_ident()}


async def test_a_closed_peer_says_so_once_and_is_quiet(
    engine: MediaEngine, encoders: Encoders
) -> None:
    async with linked(engine, encoders) as link:
        await link.viewer.picture()
        await link.peer.close()
        await link.peer.close()

        assert link.heard.states[-1] is ConnectionState.CLOSED
        assert link.heard.states.count(ConnectionState.CLOSED) == 1
        assert not link.peer.frame_ready()
        assert not link.peer.send(CONTROL, "late")


async def test_a_closed_peer_refuses_what_comes_late(engine: MediaEngine) -> None:
    peer = engine.create_peer(LOCAL, Heard())
    await peer.create_offer()
    await peer.close()

    with pytest.raises(Refused):
        await peer.set_answer("v=0")
    with pytest.raises(Refused):
        await peer.add_remote_candidate(IceCandidate(candidate=PUBLIC, sdp_mid="0"))
    with pytest.raises(Refused):
        await peer.stats()
    with pytest.raises(Refused):
        peer.open_channel(CONTROL)


async def test_a_stopped_stream_leaves_the_peer_open(
    engine: MediaEngine, encoders: Encoders
) -> None:
    async with linked(engine, encoders) as link:
        await link.viewer.picture()
        await until(link.heard, lambda: CONTROL in link.heard.open)
        await link.stream.stop()
        await link.stream.stop()

        assert link.stream.stats().encoder is None
        assert link.peer.send(CONTROL, "still here")


async def test_statistics_name_codec_path_and_pictures(
    engine: MediaEngine, encoders: Encoders
) -> None:
    async with linked(engine, encoders) as link:
        await link.viewer.picture_like(RGB)
        await link.viewer.picture()  # the first is counted before another is made
        stats = await link.peer.stats()

    assert stats.frames_sent > 0
    assert stats.candidate_type == "host"
    assert stats.codec == "H264"


async def test_the_offer_holds_what_the_worker_encodes_and_no_more(engine: MediaEngine) -> None:
    peer = engine.create_peer(LOCAL, Heard())
    offer = await peer.create_offer()
    await peer.close()

    assert re.findall(r"a=rtpmap:\d+ (\S+)/90000", offer) == ["H264", "rtx", "VP8", "rtx"]
    assert re.findall(r"profile-level-id=(\w+)", offer) == ["42e02a"]
    assert "a=sendonly" in offer
    assert "x-google" not in offer


async def test_a_frame_before_the_connection_is_refused(engine: MediaEngine) -> None:
    peer = engine.create_peer(LOCAL, Heard())
    await peer.create_offer()

    assert not peer.frame_ready()
    assert not peer.send(CONTROL, "early")
    await peer.close()


@pytest.mark.parametrize(
    "spoil",
    [
        lambda _answer: "nonsense",
        lambda answer: answer.replace("m=video", "m=audio"),
        lambda answer: re.sub(r"a=fingerprint:.*\r\n", "", answer),
        lambda answer: re.sub(r"m=video \d+", "m=video 0", answer),
        lambda answer: answer.replace("H264/90000", "H265/90000").replace("VP8/", "AV1/"),
        lambda answer: answer + "a=x:" + "y" * MAX_SDP_BYTES,
        lambda answer: (
            answer.replace("a=setup:active", "a=setup:sideways")
            .replace("a=ice-ufrag", "a=ice-frag")
            .replace("m=application", "m=application -")
        ),
    ],
    ids=["nonsense", "audio", "no-fingerprint", "no-video", "codec", "too-long", "no-ice"],
)
async def test_a_bad_answer_is_invalid(engine: MediaEngine, spoil: Callable[[str], str]) -> None:
    viewer, peer = Viewer(), engine.create_peer(LOCAL, Heard())
    answer = await viewer.answer(await peer.create_offer())

    with pytest.raises(Invalid):
        await peer.set_answer(spoil(answer))
    await peer.close()
    await viewer.connection.close()


async def test_candidates_past_the_limit_are_refused(engine: MediaEngine) -> None:
    viewer, peer = Viewer(), engine.create_peer(PeerSettings(), Heard())
    answer = await viewer.answer(await peer.create_offer())
    await peer.set_answer(answer)
    trickled = MAX_REMOTE_CANDIDATES - len(read_answer(answer).candidates)

    for _ in range(trickled):
        await peer.add_remote_candidate(IceCandidate(candidate=PRIVATE, sdp_mid="0"))
    with pytest.raises(Refused):
        await peer.add_remote_candidate(IceCandidate(candidate=PRIVATE, sdp_mid="0"))
    await peer.close()
    await viewer.connection.close()


async def test_private_candidates_are_dropped_unless_allowed(engine: MediaEngine) -> None:
    viewer, peer = Viewer(), engine.create_peer(PeerSettings(), Heard())
    await peer.set_answer(await viewer.answer(await peer.create_offer()))
    before = (await peer.stats()).candidates_dropped

    assert not await peer.add_remote_candidate(IceCandidate(candidate=PRIVATE, sdp_mid="0"))
    assert await peer.add_remote_candidate(IceCandidate(candidate=PUBLIC, sdp_mid="0"))
    assert (await peer.stats()).candidates_dropped == before + 1
    await peer.close()
    await viewer.connection.close()


async def test_a_candidate_that_is_none_is_invalid(engine: MediaEngine) -> None:
    viewer, peer = Viewer(), engine.create_peer(PeerSettings(), Heard())
    await peer.set_answer(await viewer.answer(await peer.create_offer()))

    with pytest.raises(Invalid):
        await peer.add_remote_candidate(IceCandidate(candidate="candidate:what", sdp_mid="0"))
    assert await peer.add_remote_candidate(None)
    await peer.close()
    await viewer.connection.close()


async def test_restarting_ice_makes_fresh_credentials_or_is_refused(
    engine: MediaEngine, encoders: Encoders
) -> None:
    async with linked(engine, encoders) as link:
        if engine.name == "aiortc":
            with pytest.raises(Refused):
                await link.peer.restart_ice()
            return
        offer = await link.peer.restart_ice()
        await link.viewer.picture()

    assert len(set(re.findall(r"a=ice-ufrag:(\S+)", offer))) == 1


async def test_ice_servers_are_taken(engine: MediaEngine) -> None:
    servers = (IceServer(urls=("turn:127.0.0.1:9?transport=udp",), username="u", credential="c"),)
    peer = engine.create_peer(replace(LOCAL, ice_servers=servers), Heard())

    await peer.close()


async def test_many_peers_come_and_go(engine: MediaEngine, encoders: Encoders) -> None:
    for _ in range(3):
        async with linked(engine, encoders) as link:
            await link.viewer.picture()
        assert link.heard.states[-1] is ConnectionState.CLOSED


async def test_candidates_follow_the_offer_they_belong_to(engine: MediaEngine) -> None:
    heard = Heard()
    peer = engine.create_peer(LOCAL, heard)
    offer = await peer.create_offer()
    heard_before = list(heard.candidates)
    await until(heard, lambda: None in heard.candidates)
    await peer.close()

    assert "a=sendonly" in offer
    assert heard_before == []
