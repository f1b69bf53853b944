"""A clock that moves only when a test says so."""

from diorama.kernel.units import seconds

NOON_US = 1_893_499_200_000_000  # 2030-01-01 12:00 UTC


class SteppedClock:
    """See `diorama.kernel.clock.Clock`. Both readings step together, unless only one is told to."""

    def __init__(self, now_us: int = NOON_US, boottime_us: int = 1_000_000) -> None:
        self._now_us = now_us
        self._boottime_us = boottime_us

    def now_us(self) -> int:
        return self._now_us

    def boottime_us(self) -> int:
        return self._boottime_us

    def step(self, *, seconds: float) -> None:
        """Let time pass."""
        self._boottime_us += _us(seconds)
        self._now_us += _us(seconds)

    def step_wall(self, *, seconds: float) -> None:
        """Set the wall clock, as an administrator or NTP does; no time passes."""
        self._now_us += _us(seconds)


_us = seconds
