"""Time as it is written: never back, whatever happens to the wall clock."""

import time

from diorama.kernel.clock import LedgerClock, SystemClock, machine_start
from tests.clock import NOON_US, SteppedClock


def test_ledger_time_passes_as_time_passes() -> None:
    system = SteppedClock()
    ledger = LedgerClock(system)

    system.step(seconds=2.5)

    assert ledger.now_us() == NOON_US + 2_500_000
    assert ledger.boottime_us() == system.boottime_us()


def test_a_step_of_the_wall_clock_is_not_in_the_ledger() -> None:
    system = SteppedClock()
    ledger = LedgerClock(system)

    system.step_wall(seconds=3_600)
    system.step(seconds=1)
    system.step_wall(seconds=-7_200)

    assert ledger.now_us() == NOON_US + 1_000_000


def test_a_machine_that_slept_finds_its_time_again() -> None:
    """CLOCK_BOOTTIME counts suspend: both readings move together."""
    system = SteppedClock()
    ledger = LedgerClock(system)

    system.step(seconds=8 * 3_600)

    assert ledger.now_us() == system.now_us()


def test_a_ledger_is_never_behind_what_is_already_written() -> None:
    system = SteppedClock()

    assert LedgerClock(system, floor_us=NOON_US + 1).now_us() == NOON_US + 1
    assert LedgerClock(system, floor_us=NOON_US).now_us() == NOON_US
    assert LedgerClock(system, floor_us=NOON_US - 1).now_us() == NOON_US


def test_a_ledger_that_goes_on_from_another_leaves_out_what_was_stepped_in_between() -> None:
    system = SteppedClock()
    first = LedgerClock(system)
    system.step(seconds=5)
    system.step_wall(seconds=3_600)
    system.step(seconds=2)

    second = LedgerClock(system, floor_us=first.now_us(), ahead_us=first.ahead_us)

    assert second.now_us() == first.now_us() == NOON_US + 7_000_000


def test_a_machine_that_did_not_start_anew_says_so() -> None:
    told = machine_start()

    assert told == machine_start()
    assert told is None or 0 < told < 2**63


def test_the_clock_of_this_machine_reads_utc_and_boottime_in_microseconds() -> None:
    clock, before_us = SystemClock(), time.time_ns() // 1_000

    assert before_us <= clock.now_us() <= time.time_ns() // 1_000
    assert clock.boottime_us() <= clock.boottime_us()
