"""Counts what a stream sent, and turns the counts into means. Decides nothing."""

from dataclasses import dataclass
from typing import Final

from diorama.agent.media.engine import AccessUnit

_US_PER_MS: Final = 1_000
_US_PER_S: Final = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Means:
    """Means over the time between two readings; None where nothing was sent in it."""

    fps: float
    kbps: float
    encode_ms: float | None
    age_ms: float | None


@dataclass(frozen=True, slots=True)
class _Sums:
    frames: int = 0
    size: int = 0
    encode_us: int = 0
    age_us: int = 0


class Tally:
    """Counters of one stream. Written by one media thread, read by the loop: a reading is whole."""

    def __init__(self) -> None:
        self.frames_dropped = 0
        self.key_frames = 0
        self.failures = 0
        self._sums = _Sums()
        self._read_sums = _Sums()
        self._read_us: int | None = None

    @property
    def frames_sent(self) -> int:
        """Return how many pictures were sent."""
        return self._sums.frames

    def sent(self, unit: AccessUnit, *, skipped: int, encode_us: int, age_us: int) -> None:
        """Count a picture, and those skipped since the one before."""
        sums = self._sums
        self._sums = _Sums(  # replaced, not changed: a reader sees all of a picture or none of it
            sums.frames + 1,
            sums.size + len(unit.data),
            sums.encode_us + encode_us,
            sums.age_us + age_us,
        )
        self.frames_dropped += skipped
        self.key_frames += unit.key

    def read(self, *, now_us: int) -> Means:
        """Return the means since the reading before; the first reading only starts the clock."""
        before, now, since_us = self._read_sums, self._sums, self._read_us
        self._read_sums, self._read_us = now, now_us
        frames = now.frames - before.frames
        seconds = (now_us - since_us) / _US_PER_S if since_us is not None else 0.0
        return Means(
            fps=frames / seconds if seconds else 0.0,
            kbps=(now.size - before.size) * 8 / 1_000 / seconds if seconds else 0.0,
            encode_ms=(now.encode_us - before.encode_us) / frames / _US_PER_MS if frames else None,
            age_ms=(now.age_us - before.age_us) / frames / _US_PER_MS if frames else None,
        )
