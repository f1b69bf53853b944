"""The one place where time enters.

Two readings, never mixed: `now_us` is the calendar (UTC), for what is stored and shown;
`boottime_us` only grows, counts suspend, and is for durations and for a worker's fence.
"""

import time
from typing import Protocol


class Clock(Protocol):
    """Where a process reads time."""

    def now_us(self) -> int:
        """Return UTC now, microseconds since the Unix epoch."""

    def boottime_us(self) -> int:
        """Return microseconds since this machine started, suspend included. Never goes back."""


class SystemClock:
    """The clock of this machine."""

    def now_us(self) -> int:
        """Return UTC now, microseconds since the Unix epoch."""
        return time.time_ns() // 1_000

    def boottime_us(self) -> int:
        """Return microseconds since this machine started, suspend included (CLOCK_BOOTTIME)."""
        return time.clock_gettime_ns(time.CLOCK_BOOTTIME) // 1_000


class LedgerClock:
    """UTC as a single process may write it to a ledger: never back, whatever the wall clock does.

    It follows CLOCK_BOOTTIME from the moment it was made, so a step of the wall clock changes
    neither a lease nor usage. `floor_us` is the latest time already written.
    Source: DESIGN section 4; reliability notes, clock sources.
    """

    def __init__(self, system: Clock, *, floor_us: int = 0) -> None:
        self._system = system
        self._start_us = max(system.now_us(), floor_us)
        self._boottime_at_start_us = system.boottime_us()

    def now_us(self) -> int:
        """Return UTC now, microseconds since the Unix epoch."""
        return self._start_us + self._system.boottime_us() - self._boottime_at_start_us

    def boottime_us(self) -> int:
        """Return microseconds since this machine started."""
        return self._system.boottime_us()
