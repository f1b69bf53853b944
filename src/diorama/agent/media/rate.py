"""Decides at what bitrate and frame rate to encode, from what the network is said to carry.

The encoder aims below the estimate, so that repairs and bursts fit. A change of rate reopens the
encoder and costs a key frame, so small moves are ignored, rises wait, and falls do not. Below a
bitrate at which pictures get too coarse, fewer are sent. Pure: time comes in as a number.
"""

from dataclasses import dataclass
from typing import Final

SHARE_OF_ESTIMATE: Final = 0.9
WORTH_A_KEY_FRAME: Final = 0.25
FALL_HOLD_US: Final = 500_000
RISE_HOLD_US: Final = 2_000_000
MIN_FPS: Final = 5
_US: Final = 1_000_000

FEWER_BELOW_KBPS: Final = ((2, 600), (4, 250))
"""Frame rate divisors and the bitrate below which each applies; it ends a quarter above."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """What an encoder is set to."""

    bitrate_kbps: int
    fps: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RateLimits:
    """The owner's bounds."""

    min_bitrate_kbps: int
    max_bitrate_kbps: int
    fps: int


class RateControl:
    """Holds the present rate and says when it changes."""

    def __init__(self, limits: RateLimits, *, start_kbps: int) -> None:
        self._limits = limits
        self._divisor = 1
        self._changed_us: int | None = None
        self.rate = self._wanted(start_kbps)

    def decide(self, target_kbps: int, *, now_us: int) -> Rate | None:
        """Return the rate to change to, or None to stay; `target_kbps` is the estimate.

        The first call starts the clock: estimates leap about in a connection's first second.
        """
        if self._changed_us is None:
            self._changed_us = now_us
        wanted = self._wanted(target_kbps)
        ratio = wanted.bitrate_kbps / self.rate.bitrate_kbps
        falls = ratio < 1 - WORTH_A_KEY_FRAME or wanted.fps < self.rate.fps
        rises = ratio > 1 + WORTH_A_KEY_FRAME or wanted.fps > self.rate.fps
        waited_us = now_us - self._changed_us
        if (falls and waited_us >= FALL_HOLD_US) or (rises and waited_us >= RISE_HOLD_US):
            self._changed_us = now_us
            self.rate = wanted
            return wanted
        return None

    def _wanted(self, target_kbps: int) -> Rate:
        low, high = self._limits.min_bitrate_kbps, self._limits.max_bitrate_kbps
        bitrate_kbps = min(max(int(target_kbps * SHARE_OF_ESTIMATE), low), high)
        self._divisor = _divisor(bitrate_kbps, now=self._divisor)
        fps = max(self._limits.fps // self._divisor, min(MIN_FPS, self._limits.fps))
        return Rate(bitrate_kbps=bitrate_kbps, fps=fps)


class FramePacer:
    """Says when the next picture may go, so that no more than `fps` go a second on average."""

    def __init__(self) -> None:
        self._due_us = 0

    def wait_us(self, *, now_us: int, fps: int) -> int:
        """Return how long to wait before a picture may go: 0 or less means now.

        Half an interval is forgiven, or a world that jitters around `fps` would lose pictures.
        """
        return self._due_us - now_us - _US // fps // 2

    def sent(self, *, now_us: int, fps: int) -> None:
        """Take note that a picture went."""
        self._due_us = max(self._due_us, now_us) + _US // fps


def _divisor(bitrate_kbps: int, *, now: int) -> int:
    divisor = 1
    for candidate, below_kbps in FEWER_BELOW_KBPS:
        bound_kbps = below_kbps * (1 + WORTH_A_KEY_FRAME) if now >= candidate else below_kbps
        if bitrate_kbps < bound_kbps:
            divisor = candidate
    return divisor
