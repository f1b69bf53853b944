"""Carries a world's newest picture to one viewer: the link between source, encoder and peer.

It decides when a picture is announced to the peer (connected, newer than the last, not above the
frame rate the network carries) and how it is encoded (key frame where the viewer lost the thread,
rate as `rate` says). It never runs on the asyncio loop: one thread waits for the world, the
peer's media thread encodes; at most one picture waits, and the newest wins.

Nothing is encoded before the connection is up: what libwebrtc queues then, the viewer lags for
ever.
"""

import asyncio
import threading
from dataclasses import dataclass
from typing import Final

import structlog

from diorama.agent.media.encoder import Encoder, EncoderFactory, EncoderInfo, EncoderSettings
from diorama.agent.media.engine import (
    AccessUnit,
    ConnectionState,
    PeerSettings,
    Screen,
    UnitWanted,
)
from diorama.agent.media.frames import Frame, FrameSource
from diorama.agent.media.rate import FramePacer, Rate, RateControl, RateLimits
from diorama.agent.media.tally import Tally
from diorama.kernel.clock import Clock, SystemClock
from diorama.kernel.errors import Unavailable

WAIT_S: Final = 0.1  # how late a stop, or a key frame of a world that stands still, may be
STOP_TIMEOUT_S: Final = 5.0
_BEFORE_ANY: Final = -1
_US: Final = 1_000_000

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamStats:
    """How a stream is doing; `fps`, `kbps` and times are means since the call before.

    `frames_dropped` counts pictures that were never encoded because a newer one was there.
    `encode_ms` is conversion and encoding; `age_ms` how old a picture was when it was handed on.
    """

    first_frame_sent: bool
    frames_sent: int
    frames_dropped: int
    key_frames: int
    encoder_failures: int
    fps: float
    kbps: float
    encode_ms: float | None
    age_ms: float | None
    encoder: EncoderInfo | None
    rate: Rate


class Stream:
    """One viewer's video; a `VideoFeed`. Made, started and stopped on the asyncio loop."""

    def __init__(
        self,
        *,
        source: FrameSource,
        peer: Screen,
        encoders: EncoderFactory,
        settings: PeerSettings,
        clock: Clock | None = None,
    ) -> None:
        self.first_frame_sent: Final = asyncio.Event()
        self._source = source
        self._peer = peer
        self._encoders = encoders
        self._clock: Clock = clock or SystemClock()
        self._control = RateControl(
            RateLimits(
                min_bitrate_kbps=settings.min_bitrate_kbps,
                max_bitrate_kbps=settings.max_bitrate_kbps,
                fps=settings.fps,
            ),
            start_kbps=settings.start_bitrate_kbps,
        )
        self._tally = Tally()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._stopping = threading.Event()
        self._connected = threading.Event()
        self._served = threading.Event()
        self._encoding = threading.Lock()  # held while a picture is encoded
        self._encoder: Encoder | None = None
        self._target_kbps = settings.start_bitrate_kbps
        self._sent_number = _BEFORE_ANY
        self._key_wanted = True

    def start(self) -> None:
        """Begin to stream as soon as the peer is connected. Idempotent."""
        if self._thread is not None:
            return
        self._loop = asyncio.get_running_loop()
        self._tally.read(now_us=self._clock.boottime_us())
        self._thread = threading.Thread(target=self._announce, name="diorama-stream", daemon=True)
        self._peer.attach(self)
        self._thread.start()

    async def stop(self) -> None:
        """Stop, and free the encoder; the peer stays. Idempotent."""
        if self._thread is None or self._stopping.is_set():
            return
        self._stopping.set()
        self._connected.set()
        self._served.set()
        self._peer.attach(None)
        await asyncio.to_thread(self._wind_down, self._thread)

    def stats(self) -> StreamStats:
        """Return how the stream is doing."""
        mean = self._tally.read(now_us=self._clock.boottime_us())
        return StreamStats(
            first_frame_sent=self.first_frame_sent.is_set(),
            frames_sent=self._tally.frames_sent,
            frames_dropped=self._tally.frames_dropped,
            key_frames=self._tally.key_frames,
            encoder_failures=self._tally.failures,
            fps=mean.fps,
            kbps=mean.kbps,
            encode_ms=mean.encode_ms,
            age_ms=mean.age_ms,
            encoder=self._encoder.info if self._encoder else None,
            rate=self._control.rate,
        )

    def handle_connection_state(self, state: ConnectionState) -> None:
        """Open the gate while connected, and start with a key frame each time."""
        if state is ConnectionState.CONNECTED:
            self._key_wanted = True
            self._connected.set()
        elif not self._stopping.is_set():
            self._connected.clear()

    def handle_key_frame_request(self) -> None:
        """Make the next picture a key frame."""
        self._key_wanted = True

    def handle_target_bitrate(self, bitrate_kbps: int) -> None:
        """Follow the network's estimate from the next picture on."""
        self._target_kbps = bitrate_kbps

    def next_unit(self, wanted: UnitWanted) -> AccessUnit | None:
        """Return the newest picture, encoded; None where none is newer or the encoder fails."""
        with self._encoding:
            try:
                return None if self._stopping.is_set() else self._encode_newest(wanted)
            except Unavailable as error:
                self._tally.failures += 1
                self._drop_encoder()
                log.warning("encoder failed", reason=str(error), failures=self._tally.failures)
                return None
            finally:
                self._served.set()

    def _encode_newest(self, wanted: UnitWanted) -> AccessUnit | None:
        key = wanted.key or self._key_wanted
        frame = self._source.latest(_BEFORE_ANY if key else self._sent_number)
        if frame is None:
            return None
        began_us = self._clock.boottime_us()
        encoder = self._fit_encoder(wanted, frame, now_us=began_us)
        self._key_wanted = False  # before encoding: a request that comes meanwhile is a new one
        unit = encoder.encode(frame.pixels, rendered_us=began_us, key=key)
        if not unit.data:
            return None
        self._tally.sent(
            unit,
            skipped=max(frame.number - self._sent_number - 1, 0) if self._sent_number >= 0 else 0,
            encode_us=self._clock.boottime_us() - began_us,
            age_us=self._clock.boottime_us() - frame.rendered_us,
        )
        self._sent_number = frame.number
        self._tell_first()
        return unit

    def _fit_encoder(self, wanted: UnitWanted, frame: Frame, *, now_us: int) -> Encoder:
        """Return the encoder for this picture: right codec, size and rate."""
        change = self._control.decide(self._target_kbps, now_us=now_us)
        rate = self._control.rate
        height, width = (side - side % 2 for side in frame.pixels.shape[:2])  # 4:2:0 needs even
        encoder = self._encoder
        if encoder is not None and encoder.info.codec == wanted.codec:
            if (encoder.settings.width, encoder.settings.height) == (width, height):
                if change:
                    encoder.set_rate(bitrate_kbps=rate.bitrate_kbps, fps=rate.fps)
                return encoder
            self._drop_encoder()
        self._encoder = self._encoders.open(
            wanted.codec,
            EncoderSettings(
                width=width, height=height, bitrate_kbps=rate.bitrate_kbps, fps=rate.fps
            ),
        )
        log.info("encoder opened", encoder=self._encoder.info.name, width=width, height=height)
        return self._encoder

    def _drop_encoder(self) -> None:
        if self._encoder is not None:
            self._encoder.close()
        self._encoder = None
        self._key_wanted = True

    def _tell_first(self) -> None:
        if self._tally.frames_sent == 1 and self._loop is not None:
            self._loop.call_soon_threadsafe(self.first_frame_sent.set)

    def _announce(self) -> None:
        """Announce newer pictures to the peer until stopped; the stream's own thread."""
        pacer = FramePacer()
        while not self._stopping.is_set():
            if not self._connected.wait(WAIT_S):
                continue
            # A world that stands still is announced too: libwebrtc passes a viewer's wish for a
            # key frame on with the next announcement only.
            self._source.wait(self._sent_number, WAIT_S)
            fps = self._control.rate.fps
            wait_us = pacer.wait_us(now_us=self._clock.boottime_us(), fps=fps)
            if wait_us > 0 and self._stopping.wait(wait_us / _US):
                break
            self._served.clear()
            if not self._peer.frame_ready():
                self._stopping.wait(WAIT_S)
                continue
            pacer.sent(now_us=self._clock.boottime_us(), fps=fps)
            self._await_served(fps)

    def _await_served(self, fps: int) -> None:
        """Wait until the peer took the picture; one and a half intervals where it declines to."""
        patience_s = 1.5 / fps
        while not self._served.wait(patience_s) and self._encoding.locked():
            pass

    def _wind_down(self, thread: threading.Thread) -> None:
        thread.join(STOP_TIMEOUT_S)
        if self._encoding.acquire(timeout=STOP_TIMEOUT_S):
            self._drop_encoder()
            self._encoding.release()
