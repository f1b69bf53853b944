"""One session on a worker: a world's process, and the connection of whoever views it now.

Viewers come and go while the world goes on. What happens is told to the worker (`SessionEvents`),
which decides with `slots` what the gateway hears.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Semaphore
from typing import Final, Protocol

import msgspec
import structlog

from diorama.agent import odyssey_messages
from diorama.agent.event_lines import Happening
from diorama.agent.fence import Fence
from diorama.agent.fetching import Fetcher
from diorama.agent.frame_ring import SPECTATORS, FrameReader
from diorama.agent.hearing import HoldOffs, InputActivity
from diorama.agent.host_process import Hosts
from diorama.agent.images import Images
from diorama.agent.media import engine
from diorama.agent.media.encoder import EncoderFactory
from diorama.agent.media.engine import Codec, IceServer, MediaEngine, PeerSettings
from diorama.agent.media.frames import Frame, FrameSource
from diorama.agent.media.yielding import turns_here
from diorama.agent.recordings import Recordings
from diorama.agent.shared_pictures import SharedPictures
from diorama.agent.spectators import (
    MAX_FPS,
    SpectatorConnection,
    SpectatorParts,
    Spectators,
    refusal,
)
from diorama.agent.spool import Spool
from diorama.agent.uploading import Uploader
from diorama.agent.viewer_connection import ViewerConnection
from diorama.agent.viewer_messages import Taken
from diorama.agent.world_link import Begin, ImageSeen
from diorama.agent.world_process import WorldOver, WorldProcess
from diorama.kernel.clock import Clock
from diorama.kernel.units import SECOND_US
from diorama.protocol.media import ForPeer, FromPeer, ImageGiven, MediaState
from diorama.protocol.worker import (
    MAX_HOLD_OFF_S,
    Assign,
    Attach,
    HoldOff,
    InputSeen,
    SignalFromWorker,
    SlotReport,
    Spectate,
    Spectated,
    SpectatorLeft,
    VideoSpec,
    ViewerLeft,
)

_START_KBPS: Final = 2_500
_MIN_KBPS: Final = 150

Word = InputSeen | HoldOff | ViewerLeft | SignalFromWorker | Spectated | SpectatorLeft

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionParts:
    """What every session of a worker shares."""

    engine: MediaEngine
    encoders: EncoderFactory
    clock: Clock
    fence: Fence
    hosts: Hosts
    spool: Spool
    recordings: Recordings
    uploader: Uploader
    fetcher: Fetcher
    boot_id: str
    allow_private_candidates: bool
    turns: Semaphore = field(default_factory=turns_here)


class SessionEvents(Protocol):
    """What a worker hears of a session, on the asyncio loop."""

    def on_world_started(self, assign: Assign) -> None:
        """Take note of the world's first picture."""

    def on_world_gone(self, assign: Assign, over: WorldOver | None) -> None:
        """Take that the process group is gone; None where the world was stopped."""

    def on_media(self, assign: Assign, attachment: int, state: MediaState) -> None:
        """Take how the media of an attachment is now."""

    def on_word(self, assign: Assign, message: Word) -> None:
        """Take what the gateway is to hear."""


class FencedPictures:
    """A world's pictures, of which there are none any more once the worker's fence has fallen.

    So a machine that was suspended past its lease sends not one more, whatever wakes first.
    """

    def __init__(self, pictures: FrameSource, fence: Fence, clock: Clock) -> None:
        self._pictures = pictures
        self._fence = fence
        self._clock = clock

    def latest(self, after: int) -> Frame | None:
        """Return the newest picture above `after`; None where there is none, or none may go."""
        if self._fence.is_due(self._clock.boottime_us()):
            return None
        return self._pictures.latest(after)

    def wait(self, after: int, timeout_s: float) -> bool:
        """Block until a picture above `after` is there (True) or the time is over (False)."""
        return self._pictures.wait(after, timeout_s)


class Session:
    """A `WorldEvents` and a `ViewerEvents`. The worker runs `run` in a task."""

    def __init__(self, assign: Assign, parts: SessionParts, events: SessionEvents) -> None:
        """Start the world's process. Raises Unavailable where that cannot be."""
        self.assign: Final = assign
        self._parts = parts
        self._events = events
        self._activity = InputActivity(assign.input_within_s)
        self._hold_offs = HoldOffs()
        self._hold_off_timer: asyncio.TimerHandle | None = None
        self._pictures: asyncio.Future[FrameSource] = asyncio.get_running_loop().create_future()
        self._fps: int | None = None  # that the world means to show, once it is loaded
        self._viewer: ViewerConnection | None = None
        self._viewer_task: asyncio.Task[None] | None = None
        self._tasks: asyncio.TaskGroup | None = None
        self._attach_first: Attach | None = None
        self._shared: SharedPictures | None = None
        self._spectators: Spectators | None = None
        self._recorder = parts.recordings.begin(assign)
        self._images = Images(assign, parts.spool, parts.fetcher, self._hand)
        begin = Begin(
            session=assign.session,
            entry=assign.world.entry,
            options=assign.world.options,
            seed=assign.seed,
        )
        self._world = WorldProcess(begin, self, parts.hosts.take())

    async def run(self) -> None:
        """Run the session until its process group is gone and its viewer's connection closed."""
        async with asyncio.TaskGroup() as tasks:
            self._tasks = tasks
            if self._attach_first is not None:
                self.open(self._attach_first)
            over = await self._world.run(start_timeout_s=self.assign.start_timeout_s)
            self._tasks = None
            self._close_spectators()
            self._close_viewer()
            self._end_recording()
            self._images.close()
            if self._hold_off_timer is not None:
                self._hold_off_timer.cancel()
            self._events.on_world_gone(self.assign, over)  # a peer that is slow to close holds none

    def open(self, attach: Attach) -> None:
        """Make a new connection for the viewer, and close the one before."""
        if self._tasks is None:
            self._attach_first = attach
            return
        self._close_viewer()
        self._viewer = ViewerConnection(
            attach=attach,
            stream_id=self._stream_id,
            engine=self._parts.engine,
            settings=self._peer_settings(attach),
            events=self,
            clock=self._parts.clock,
        )
        if self._fps is not None:
            self._viewer.promise(self._fps)
        self._viewer_task = self._tasks.create_task(
            self._viewer.run(self._pictures, self._parts.encoders)
        )

    def repeat_offer(self) -> None:
        """Send the offer again."""
        if self._viewer is not None:
            self._viewer.repeat_offer()

    def signal(self, signal: ForPeer) -> None:
        """Take what is for the viewer's peer connection."""
        if self._viewer is not None:
            self._viewer.signal(signal)

    def spectate(self, spectate: Spectate) -> None:
        """Let somebody watch; there is nothing to be seen before the world's first picture."""
        if self._tasks is None or self._shared is None:
            self.on_spectator(refusal(spectate, "session_not_here"))
            return
        if self._spectators is None:
            parts = SpectatorParts(
                engine=self._parts.engine,
                encoders=self._parts.encoders,
                settings=self._peer_settings(None),
                clock=self._parts.clock,
                turns=self._parts.turns,
            )
            self._spectators = Spectators(parts, self, self._start_spectator)
        self._spectators.open(spectate)

    def put_out(self, spectator: str) -> None:
        """Let somebody watch no more."""
        if self._spectators is not None:
            self._spectators.close(spectator)

    def on_spectator(self, message: Spectated | SpectatorLeft) -> None:
        """Tell the gateway."""
        self._events.on_word(self.assign, message)

    def _start_spectator(self, connection: SpectatorConnection) -> asyncio.Task[None]:
        assert self._tasks is not None, "a spectator is let in while the session runs"
        return self._tasks.create_task(self._show(connection))

    async def _show(self, connection: SpectatorConnection) -> None:
        assert self._shared is not None, "a spectator is let in once there are pictures"
        with self._shared.kept_up():
            pictures = FencedPictures(self._shared, self._parts.fence, self._parts.clock)
            await connection.run(pictures)

    def _close_spectators(self) -> None:
        if self._spectators is not None:
            self._spectators.close_all()

    def stop(self) -> None:
        """End the session: media at once, the world after its `stop`."""
        self._close_spectators()
        self._close_viewer()
        self._end_recording()
        self._world.stop()

    def kill(self) -> None:
        """End the session without asking the world."""
        self._world.kill()
        self._close_spectators()
        self._end_recording()
        self._close_viewer()

    def report(self, report: SlotReport) -> SlotReport:
        """Return the slot's report with what the session knows: ages and rates."""
        now_us = self._parts.clock.boottime_us()
        stats = self._viewer.stats() if self._viewer else None
        return msgspec.structs.replace(
            report,
            viewer_age_ms=self._viewer.viewer_age_ms() if self._viewer else None,
            input_age_ms=self._activity.told_ms(now_us),
            fps=stats.fps if stats else None,
            bitrate_kbps=stats.kbps if stats else None,
            spectators=self._spectators.ids if self._spectators else (),
        )

    def on_world_loaded(self, pictures: FrameReader, fps: int) -> None:
        """Let the stream begin, and what records it."""
        if self._recorder is not None:
            self._parts.recordings.start(self._recorder, self.assign, pictures)
        fenced = FencedPictures(pictures, self._parts.fence, self._parts.clock)
        self._pictures.set_result(fenced)
        self._fps = min(fps, self.assign.video.max_fps)
        if self._viewer is not None:
            self._viewer.promise(self._fps)
        self._shared = SharedPictures(pictures.beside(SPECTATORS), fps=MAX_FPS)

    def on_world_started(self) -> None:
        """Tell the worker."""
        self._events.on_world_started(self.assign)

    def on_world_message(self, data: str) -> None:
        """Pass a message of the world on to the viewer, if there is one."""
        if self._viewer is not None:
            self._viewer.pass_on(data)

    def on_world_hold_off(self, asked_s: float) -> None:
        """Tell the gateway, though not of every word of a world that says it all the time."""
        self._hold_offs.asked(asked_s, self._parts.clock.boottime_us())
        self._tell_hold_off()

    def repeat_hold_off(self) -> None:
        """Tell a new gateway, which may not have heard."""
        if self._hold_offs.was_told:
            self._send_hold_off(self._parts.clock.boottime_us())

    def _tell_hold_off(self) -> None:
        if self._hold_off_timer is not None:
            self._hold_off_timer.cancel()
            self._hold_off_timer = None
        due_us = self._hold_offs.due_us()
        if due_us is None:
            return
        now_us = self._parts.clock.boottime_us()
        if due_us <= now_us:
            self._send_hold_off(now_us)
            return
        loop = asyncio.get_running_loop()
        left_s = (due_us - now_us) / SECOND_US
        self._hold_off_timer = loop.call_later(left_s, self._tell_hold_off)

    def _send_hold_off(self, now_us: int) -> None:
        left_s = min(self._hold_offs.tell(now_us), MAX_HOLD_OFF_S)
        word = HoldOff(self.assign.session, self.assign.term, left_s)
        self._events.on_word(self.assign, word)

    def on_signal(self, signal: FromPeer) -> None:
        """Pass a signal on to the gateway."""
        message = SignalFromWorker(self.assign.session, self.assign.term, signal)
        self._events.on_word(self.assign, message)

    def on_media(self, attachment: int, state: MediaState) -> None:
        """Tell the worker."""
        if self._recorder is not None:
            if state == "connected":
                self._recorder.viewer_joined(attachment)
            else:
                self._recorder.viewer_left()
        self._events.on_media(self.assign, attachment, state)

    def on_taken(self, taken: Taken) -> None:
        """Hand input to the world before anything else is done about it."""
        session, term = self.assign.session, self.assign.term
        if taken.to_world is not None and not self._images.holds_back(taken.to_world):
            self._hand(taken.to_world)
        if taken.is_input:
            self._saw_input()
        if taken.leaving is not None:
            left = ViewerLeft(session, term, taken.leaving.code)
            self._events.on_word(self.assign, left)

    def on_image(self, given: ImageGiven, answer: Callable[[ImageSeen], None]) -> None:
        """Bring an image to the world; what the viewer does meanwhile comes after it."""
        self._saw_input()
        if self._tasks is not None:
            self._images.take(given, answer, self._tasks)

    def on_world_image(self, seen: ImageSeen) -> None:
        """Tell the viewer what became of an image."""
        self._images.seen(seen)

    def _hand(self, event: Happening) -> None:
        self._world.send(event)
        if self._recorder is not None:
            self._recorder.took(event)

    def _saw_input(self) -> None:
        if self._activity.seen(self._parts.clock.boottime_us()):
            word = InputSeen(self.assign.session, self.assign.term)
            self._events.on_word(self.assign, word)

    @property
    def _stream_id(self) -> str:
        """What the SDK of Odyssey calls the stream: by it, its recording is asked for."""
        keeping = self.assign.keeping
        return self.assign.session if keeping is None else keeping.recording

    def _end_recording(self) -> None:
        if self._recorder is not None:
            self._recorder.end()

    def _close_viewer(self) -> None:
        if self._recorder is not None:
            self._recorder.viewer_left()
        if self._viewer_task is not None:
            self._viewer_task.cancel()
        self._viewer = self._viewer_task = None

    def _peer_settings(self, attach: Attach | None) -> PeerSettings:
        """Return the settings of the viewer's connections; without one, of a spectator's."""
        video = self.assign.video
        is_odyssey = attach is not None and attach.dialect == "odyssey"
        speaks = odyssey_messages if is_odyssey else engine
        servers = attach.ice_servers if attach is not None else ()
        viewer = attach.codecs if attach is not None else ()
        return PeerSettings(
            channels=speaks.CHANNELS,
            max_message_bytes=speaks.MAX_MESSAGE_BYTES,
            ice_servers=tuple(
                IceServer(urls=each.urls, username=each.username, credential=each.credential)
                for each in servers
            ),
            codecs=codecs_to_offer(video, viewer, self._parts.encoders.codecs),
            max_bitrate_kbps=video.max_bitrate_kbps,
            min_bitrate_kbps=min(_MIN_KBPS, video.max_bitrate_kbps),
            start_bitrate_kbps=min(_START_KBPS, video.max_bitrate_kbps),
            fps=video.max_fps,
            allow_private_candidates=self._parts.allow_private_candidates,
        )


def codecs_to_offer(
    video: VideoSpec, viewer: tuple[str, ...], here: tuple[Codec, ...]
) -> tuple[Codec, ...]:
    """Return what to offer, in the project's order: what is wished, decodable and encodable.

    A viewer that names nothing, or nothing that fits, is offered all that fits this worker: it may
    know more than it said, and an answer without video says what it does not.
    """
    wished = tuple(codec for codec in video.codecs if codec in here) or here
    return tuple(codec for codec in wished if codec in viewer) or wished
