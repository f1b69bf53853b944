"""A viewer without a screen, against a Diorama that runs: a gateway, a worker, WebRTC."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from typing import TypeVar

import numpy as np
import pytest
import pytest_asyncio

from diorama.client import (
    AsyncDiorama,
    AsyncViewer,
    Ended,
    Event,
    Invalid,
    MediaChanged,
    NotFound,
    QueueMoved,
    Reconnected,
    Reconnecting,
    Restarting,
    SessionOver,
    StateChanged,
)
from diorama.client.async_viewer import typed_by
from diorama.protocol.input import PointerMove
from diorama.protocol.states import SessionState
from tests.browser.running import Running
from tests.client.looking import PATIENCE_S, until_shown

pytestmark = pytest.mark.asyncio(loop_scope="session")
E = TypeVar("E")


@pytest_asyncio.fixture(loop_scope="session")
async def gateway(diorama: Running) -> AsyncIterator[AsyncDiorama]:
    """Yield a client with the account's key."""
    key = (diorama.data / "secrets" / "api.key").read_text().strip()
    async with AsyncDiorama(diorama.address, api_key=key) as found:
        yield found


async def event_of(viewer: AsyncViewer, kind: type[E]) -> E:
    """Return the next event of a kind, leaving out others."""
    async with asyncio.timeout(PATIENCE_S):
        async for event in viewer.events():
            if isinstance(event, kind):
                return event
    raise AssertionError(f"over, and no {kind.__name__}")


async def told(viewer: AsyncViewer) -> list[Event]:
    """Return all events up to the end."""
    async with asyncio.timeout(PATIENCE_S):
        return [event async for event in viewer.events()]


def _take_no_pause_for_a_loss(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let pictures that stop with the whole machine bring no repair."""
    for limit in ("SILENT_AFTER_S", "STALLED_AFTER_S"):
        monkeypatch.setattr(f"diorama.client.core.vitals.{limit}", PATIENCE_S)


async def test_frames_are_arrays_with_the_colours_that_the_world_paints(
    gateway: AsyncDiorama,
) -> None:
    async with gateway.play("answering") as viewer:
        frame = await until_shown(viewer, "grey")
        later = await viewer.frame()

    assert frame.rgb.shape == (180, 320, 3)
    assert frame.rgb.dtype == np.uint8
    assert np.asarray(frame).sum() == frame.rgb.sum()
    assert later is not None
    assert later.number > frame.number
    assert later.media_s > frame.media_s
    assert later.arrived_s > frame.arrived_s


async def test_a_key_and_a_prompt_change_the_picture(gateway: AsyncDiorama) -> None:
    async with gateway.play("answering") as viewer:
        await until_shown(viewer, "grey")
        assert viewer.key("KeyW")
        assert viewer.key("KeyW", down=False)
        await until_shown(viewer, "red")
        assert viewer.prompt("blue")
        await until_shown(viewer, "blue")


async def test_a_message_is_acknowledged_and_answered(gateway: AsyncDiorama) -> None:
    async with gateway.play("answering") as viewer:
        await viewer.until_playing()
        taken = await viewer.send({"hour": "night", "nothing": None})
        answer = await anext(aiter(viewer.messages()))

    assert taken is True
    assert answer == {"hour": "night", "nothing": None}


async def test_what_the_worker_would_refuse_is_refused_here(gateway: AsyncDiorama) -> None:
    async with gateway.play("answering") as viewer:
        await viewer.until_playing()

        with pytest.raises(Invalid, match=r"`float` <= 1\.0"):
            viewer.input(PointerMove(1.5, 0.5))
        with pytest.raises(Invalid, match="more than the 16384 allowed"):
            await viewer.send("x" * 20_000)


async def test_before_there_is_a_world_nothing_can_be_sent(gateway: AsyncDiorama) -> None:
    async with gateway.play("answering") as viewer:
        assert viewer.state is SessionState.REQUESTING
        assert viewer.key("KeyW") is False
        assert viewer.prompt("blue") is False
        assert await viewer.send(1) is False


async def test_leaving_the_block_ends_the_session_with_1000(
    diorama: Running, gateway: AsyncDiorama
) -> None:
    async with gateway.play("answering", device="a robot") as viewer:
        await viewer.until_playing()
        assert viewer.session is not None

    ended = await diorama.until_session(viewer.session.id, SessionState.DISCONNECTED)
    assert ended.end is not None
    assert (ended.end.code, ended.device) == (1000, "a robot")
    assert viewer.end is not None
    assert (viewer.end.code, viewer.end.reason) == (1000, "client_ended")
    assert viewer.state is SessionState.DISCONNECTED
    assert len([frame async for frame in viewer.frames()]) <= 1


async def test_an_error_in_the_block_ends_the_session_and_rises_as_it_is(
    diorama: Running, gateway: AsyncDiorama
) -> None:
    async def program() -> None:
        async with gateway.play("answering") as viewer:
            await viewer.until_playing()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await program()

    await diorama.until_free(within_s=PATIENCE_S)


async def test_a_viewer_who_leaves_at_once_holds_no_slot(
    diorama: Running, gateway: AsyncDiorama
) -> None:
    async with gateway.play("answering"):
        pass

    await diorama.until_free(within_s=PATIENCE_S)
    assert await diorama.live() == []


async def test_who_finds_no_slot_is_told_the_place_in_line_and_goes_on_by_itself(
    gateway: AsyncDiorama,
) -> None:
    async with gateway.play("answering") as first:
        await first.until_playing()
        async with gateway.play("answering") as second:
            moved = await event_of(second, QueueMoved)
            assert (moved.queue.position, moved.queue.length) == (1, 1)
            assert second.state == "queued"
            assert second.queue == moved.queue

            first.leave()
            await until_shown(second, "grey")

            assert second.state == "streaming"
            assert second.queue is None


async def test_a_session_that_an_operator_ends_is_over_without_an_error(
    gateway: AsyncDiorama,
) -> None:
    async with gateway.play("answering") as viewer:
        await viewer.until_playing()
        assert viewer.session is not None

        await gateway.end_session(viewer.session.id)
        events = await told(viewer)
        left = [frame async for frame in viewer.frames()]

    assert len(left) <= 2
    ended = events[-1]
    assert isinstance(ended, Ended)
    assert (ended.end.code, ended.end.reason) == (4012, "ended_by_api")
    assert StateChanged(SessionState.DISCONNECTED) in events
    assert viewer.media == "none"


async def test_a_world_that_ends_on_purpose_ends_the_session_with_1000(
    gateway: AsyncDiorama,
) -> None:
    async with gateway.play("answering") as viewer:
        await viewer.until_playing()
        await viewer.send("end")
        events = await told(viewer)

    assert isinstance(events[-1], Ended)
    assert (events[-1].end.code, events[-1].end.reason) == (1000, "world_ended")


async def test_a_world_that_breaks_is_an_error_with_its_code(gateway: AsyncDiorama) -> None:
    async with gateway.play("answering") as viewer:
        await viewer.until_playing()
        await viewer.send("break")

        with pytest.raises(SessionOver, match="The world stopped unexpectedly") as over:
            async for _ in viewer.frames():
                pass

    assert (over.value.end.code, over.value.end.reason) == (4006, "world_crashed")
    assert viewer.state is SessionState.FAILED


async def test_a_world_that_breaks_is_followed_by_a_new_session_where_that_is_wanted(
    gateway: AsyncDiorama,
) -> None:
    async with gateway.play("answering", auto_restart=True) as viewer:
        assert viewer.session is None
        await until_shown(viewer, "grey")
        viewer.key("KeyW")
        await until_shown(viewer, "red")
        assert viewer.session is not None
        first = viewer.session.id

        await viewer.send("break")
        restarting = await event_of(viewer, Restarting)
        await until_shown(viewer, "grey")

        assert (restarting.end.code, restarting.attempt) == (4006, 1)
        assert viewer.session.id != first
        assert viewer.end is None


async def test_a_refused_request_is_the_end_with_its_problem(gateway: AsyncDiorama) -> None:
    async with gateway.play("moon") as viewer:
        with pytest.raises(SessionOver) as over:
            await viewer.until_playing()
        events = await told(viewer)

    assert over.value.end.code == 4002
    assert over.value.status == 404
    assert isinstance(events[-1], Ended)
    assert events[-1].problem is not None
    assert events[-1].problem.code == "project_unknown"
    with pytest.raises(NotFound):
        await gateway.project("moon")


async def test_a_slow_program_gets_the_newest_frame_and_the_others_are_counted(
    gateway: AsyncDiorama,
) -> None:
    async with gateway.play("answering", keep_frames=2) as viewer:
        await until_shown(viewer, "grey")
        async with asyncio.timeout(PATIENCE_S):
            while viewer.stats.frames_dropped < 3 or viewer.stats.meant_fps is None:
                await viewer.send("a while")
        stats = viewer.stats
        frame = await viewer.frame()

    assert frame is not None
    assert frame.number >= stats.frames_received - 2
    assert stats.fps > 0
    assert stats.rtt_s is not None
    assert stats.meant_fps == 20


async def test_while_the_gateway_is_away_frames_come_and_only_the_socket_is_repaired(
    doomed: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    _take_no_pause_for_a_loss(monkeypatch)
    async with AsyncDiorama(doomed.address) as gateway, gateway.play("answering") as viewer:
        await until_shown(viewer, "grey")
        attachment = viewer.session.attachment if viewer.session else None

        os.kill(doomed.gateway_pid(), signal.SIGKILL)
        began = await event_of(viewer, Reconnecting)
        assert viewer.key("KeyW")
        frame = await until_shown(viewer, "red")
        done = await event_of(viewer, Reconnected)

        assert (began.step, began.live) == ("socket", True)
        assert viewer.state is SessionState.STREAMING
        assert frame.attachment == done.attachment == attachment


async def test_frames_that_stop_bring_a_new_peer_connection_to_the_same_world(
    doomed: Running,
) -> None:
    async with AsyncDiorama(doomed.address) as gateway, gateway.play("answering") as viewer:
        await until_shown(viewer, "grey")
        viewer.key("KeyW")
        await until_shown(viewer, "red")
        assert viewer.session is not None
        session = viewer.session.id

        os.kill(doomed.worker_pid(), signal.SIGSTOP)
        try:
            while (began := await event_of(viewer, Reconnecting)).step == "socket":
                pass
        finally:
            os.kill(doomed.worker_pid(), signal.SIGCONT)
        while (await event_of(viewer, Reconnected)).attachment == 1:
            pass  # frames of the first came once more, before the second was there
        frame = await until_shown(viewer, "red")

        assert (began.step, began.live) == ("peer", False)
        assert frame.attachment > 1
        assert viewer.session.id == session


async def test_events_tell_the_whole_way(
    diorama: Running, gateway: AsyncDiorama, monkeypatch: pytest.MonkeyPatch
) -> None:
    _take_no_pause_for_a_loss(monkeypatch)
    await diorama.until_free(within_s=PATIENCE_S)  # else it begins in line
    events: list[Event] = []
    async with gateway.play("answering") as viewer:
        await viewer.until_playing()
        async with asyncio.timeout(PATIENCE_S):  # the gateway is told of the picture after it came
            async for event in viewer.events():
                events.append(event)
                if isinstance(event, StateChanged) and event.state is SessionState.STREAMING:
                    break
    events += await told(viewer)

    states = [event.state for event in events if isinstance(event, StateChanged)]
    media = [event.media for event in events if isinstance(event, MediaChanged)]
    assert states == [
        SessionState.CONNECTING,
        SessionState.STREAMING,
        SessionState.DISCONNECTED,
    ]
    assert media == ["connecting", "playing", "none"]
    assert [event.name for event in events][-1] == "ended"


async def test_a_viewer_out_of_its_block_says_so(gateway: AsyncDiorama) -> None:
    viewer = gateway.play("answering")

    with pytest.raises(RuntimeError, match="async with"):
        viewer.key("KeyW")
    assert (viewer.state, viewer.media, viewer.end) == (SessionState.REQUESTING, "none", None)


@pytest.mark.parametrize(
    ("code", "typed"),
    [("KeyW", "w"), ("Digit7", "7"), ("Space", " "), ("ArrowUp", "ArrowUp"), ("Enter", "Enter")],
)
async def test_a_key_types_what_it_does_on_an_english_keyboard(code: str, typed: str) -> None:
    assert typed_by(code) == typed
