"""`diorama view`: a viewer without a screen that looks at a project for some seconds.

It shows on the terminal how the wait goes, and returns what it saw: a quick test of a deployment,
from the machine of whoever asks.
"""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn

from diorama.cli.pictures import Keeper, keeper
from diorama.cli.sight import Sight
from diorama.client import (
    AsyncDiorama,
    AsyncViewer,
    Attached,
    Event,
    QueueMoved,
    Retries,
    SessionOver,
    StateChanged,
    Unavailable,
)
from diorama.protocol.states import SessionState
from diorama.protocol.views import EndView, QueueView

KEEP_FRAMES: Final = 8
DEVICE: Final = "diorama view"
_SAID: Final = {
    SessionState.REQUESTING: "Asking for a session",
    SessionState.QUEUED: "Waiting in line",
    SessionState.CONNECTING: "Starting the world",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What is to be looked at, and how.

    Attributes:
        seconds: how long, from the first frame.
        within_s: how long the first frame may take, the wait in line included.
        save: where frames are kept: the last as .png, all of them as .mp4.
    """

    server: str
    project: str
    seconds: float
    within_s: float
    api_key: str | None = None
    save: Path | None = None


async def view(look: Look, console: Console) -> Sight:
    """Return what was seen.

    Raises:
        ClientError: there is no gateway, or no session, or it ended, or no frame came in time.
    """
    keeps = keeper(look.save)
    at_once = Retries(times=0)  # a person waits: an address that is wrong is told without delay
    try:
        async with AsyncDiorama(look.server, api_key=look.api_key, retries=at_once) as diorama:
            await diorama.health()
            playing = diorama.play(look.project, keep_frames=KEEP_FRAMES, device=DEVICE)
            async with playing as viewer:
                first_s = await _first_frame_s(viewer, look.within_s, console)
                return await _Watch(keeps, first_s).watch(viewer, look.seconds, console)
    finally:
        keeps.finish()


async def _first_frame_s(viewer: AsyncViewer, within_s: float, console: Console) -> float:
    """Return how long the first frame took; show meanwhile what is waited for."""
    asked_s = time.monotonic()
    with console.status(_SAID[SessionState.REQUESTING]) as status:
        try:
            async with asyncio.timeout(within_s):
                await _until_first_frame(viewer, status.update)
        except TimeoutError:
            sentence = f"no frame came within {within_s:g} s: the session is still {viewer.state}"
            raise Unavailable(sentence, code="no_frame") from None
    return time.monotonic() - asked_s


async def _until_first_frame(viewer: AsyncViewer, say: Callable[[str], None]) -> None:
    async for event in viewer.events():
        if isinstance(event, Attached):
            return
        said = said_of(event)
        if said is not None:
            say(said)
    await viewer.until_playing()  # raises: the events ended with the session


def said_of(event: Event) -> str | None:
    """Return what a person who waits is told of an event; None for nothing new."""
    match event:
        case StateChanged(state=state):
            return _SAID.get(state)
        case QueueMoved(queue=queue):
            return place_in_line(queue)
        case _:
            return None


def place_in_line(queue: QueueView) -> str:
    """Return a place in line as a sentence."""
    eta = "" if queue.eta_p50_s is None else f", about {queue.eta_p50_s:.0f} s to go"
    return f"Waiting in line: number {queue.position} of {queue.length}{eta}"


class _Watch:
    """Takes frames for a while and adds up what it sees."""

    def __init__(self, keeps: Keeper, first_s: float) -> None:
        self._keeps = keeps
        self._first_s = first_s
        self._arrived_s: list[float] = []
        self._rtts_s: list[float] = []
        self._attachments: set[int] = set()
        self._size = (0, 0)

    async def watch(self, viewer: AsyncViewer, seconds: float, console: Console) -> Sight:
        """Return what was seen in so many seconds."""
        began_s = time.monotonic()
        columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[fps]}"))
        with Progress(*columns, console=console, transient=True) as progress:
            bar = progress.add_task("Looking", total=seconds, fps="")
            while (gone_s := time.monotonic() - began_s) < seconds:
                await self._take(viewer, seconds - gone_s)
                fps = f"{viewer.stats.fps:.0f} frames a second"
                progress.update(bar, completed=min(gone_s, seconds), fps=fps)
        return Sight(
            size=self._size,
            first_s=self._first_s,
            arrived_s=tuple(self._arrived_s),
            rtts_s=tuple(self._rtts_s),
            reconnected=len(self._attachments) - 1,
            meant_fps=viewer.stats.meant_fps,
        )

    async def _take(self, viewer: AsyncViewer, within_s: float) -> None:
        """Take the next frame, if one comes while it is wanted."""
        try:
            async with asyncio.timeout(within_s):
                frame = await viewer.frame()
        except TimeoutError:
            return
        if frame is None:
            raise SessionOver(_ended(viewer))
        self._keeps.take(frame)
        self._arrived_s.append(frame.arrived_s)
        self._attachments.add(frame.attachment)
        self._size = (frame.rgb.shape[1], frame.rgb.shape[0])
        rtt_s = viewer.stats.rtt_s
        if rtt_s is not None and rtt_s not in self._rtts_s[-1:]:
            self._rtts_s.append(rtt_s)


def _ended(viewer: AsyncViewer) -> EndView:
    assert viewer.end is not None, "no more frames come"
    return viewer.end
