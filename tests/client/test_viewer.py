"""The viewer for programs that wait, on a thread of its own."""

import asyncio
from collections.abc import Callable

import numpy as np
import pytest

from diorama.client import Diorama, Ended, SessionOver, Viewer, view
from diorama.protocol.states import SessionState
from tests.browser.running import Running
from tests.browser.worlds import COLOURS
from tests.client.looking import PATIENCE_S

pytestmark = pytest.mark.asyncio(loop_scope="session")


def until_shown(viewer: Viewer, colour: str) -> None:
    """Take frames until one has a colour in its middle."""
    for frame in viewer.frames():
        if np.abs(frame.rgb[90, 160].astype(int) - COLOURS[colour]).max() <= 12:
            return
    raise AssertionError(f"over, and never {colour}")


async def waited(program: Callable[[], None]) -> None:
    """Run a program that waits, on a thread."""
    async with asyncio.timeout(2 * PATIENCE_S):
        await asyncio.to_thread(program)


async def test_a_program_that_waits_sees_acts_and_hears(diorama: Running) -> None:
    def program() -> None:
        with view("answering", diorama.address) as viewer:
            viewer.until_playing()
            until_shown(viewer, "grey")
            assert viewer.key("KeyW")
            until_shown(viewer, "red")
            assert viewer.prompt("blue")
            until_shown(viewer, "blue")
            assert viewer.send(["any", "json"])
            assert next(viewer.messages()) == ["any", "json"]
            assert viewer.state is SessionState.STREAMING
            assert viewer.media == "playing"
            assert viewer.stats.frames_received > 2
            assert viewer.session is not None
            assert viewer.queue is None
            assert viewer.reconnecting is None
        assert viewer.end is not None
        assert viewer.end.code == 1000

    await waited(program)


async def test_a_program_that_waits_is_told_every_event_and_the_end(diorama: Running) -> None:
    def program() -> None:
        with Diorama(diorama.address) as client, client.play("moon") as viewer:
            events = list(viewer.events())
            assert isinstance(events[-1], Ended)
            with pytest.raises(SessionOver, match="4002 project_unknown"):
                viewer.frame()

    await waited(program)


async def test_a_program_that_breaks_leaves_its_session(diorama: Running) -> None:
    def program() -> None:
        with view("answering", diorama.address) as viewer:
            viewer.until_playing()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await waited(program)
    await diorama.until_free(within_s=PATIENCE_S)


async def test_a_viewer_that_has_been_left_says_so(diorama: Running) -> None:
    def program() -> None:
        viewer = view("answering", diorama.address)
        with pytest.raises(RuntimeError, match="inside of `with`"):
            viewer.key("KeyW")
        with viewer:
            viewer.leave()
        with pytest.raises(RuntimeError, match="block has been left"):
            viewer.key("KeyW")
        assert viewer.end is not None

    await waited(program)


async def test_an_address_that_is_none_is_told_at_once() -> None:
    with pytest.raises(Exception, match="no address of a gateway"), view("cove", "nowhere"):
        pass
