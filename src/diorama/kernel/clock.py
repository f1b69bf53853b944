"""The one place where time enters.

Two readings, never mixed: `now_us` is the calendar (UTC), for what is stored and shown;
`boottime_us` only grows, counts suspend, and is for durations and for a worker's fence.
"""

import time
from pathlib import Path
from typing import Final, Protocol

_UUID_BITS_TO_DROP: Final = 128 - 63


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


def machine_start() -> int | None:
    """Return a number that is another after each start of this machine; None where none is told.

    Of what it is made is Linux's to say (`random(4)`, boot_id): 63 bits of it fit every database.
    """
    try:
        told = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii")
    except OSError:
        return None
    return int(told.strip().replace("-", ""), 16) >> _UUID_BITS_TO_DROP


class LedgerClock:
    """UTC as a single process may write it to a ledger: never back, whatever the wall clock does.

    It follows CLOCK_BOOTTIME from the moment it was made, so a step of the wall clock changes
    neither a lease nor usage. A process after it on the same start of the machine may go on from
    its `ahead_us`, and then a step in between is in neither.
    Source: DESIGN section 4; reliability notes, clock sources.

    Args:
        system: the machine's.
        floor_us: the latest time already written.
        ahead_us: how far the clock that is gone on with was ahead of CLOCK_BOOTTIME; None begins
            with the wall clock.
    """

    def __init__(self, system: Clock, *, floor_us: int = 0, ahead_us: int | None = None) -> None:
        self._system = system
        boottime_us = system.boottime_us()
        begins_us = system.now_us() if ahead_us is None else boottime_us + ahead_us
        self.ahead_us: Final = max(begins_us, floor_us) - boottime_us

    def now_us(self) -> int:
        """Return UTC now, microseconds since the Unix epoch."""
        return self._system.boottime_us() + self.ahead_us

    def boottime_us(self) -> int:
        """Return microseconds since this machine started."""
        return self._system.boottime_us()
