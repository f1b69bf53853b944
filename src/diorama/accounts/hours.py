"""How many stream hours an account has used in a calendar month, UTC. Pure.

A row holds what is settled, how many streams run, and how late into the month they began: from
these three the use at any instant follows without a look at the log, and so does the instant at
which a number of hours is used up. The newest row of an account holds all its running streams; the
months before it are settled. All are sums of whole microseconds: they equal the log's to the last.
Source: DESIGN sections 5 and 7; law 5.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Final, TypeAlias

from diorama.kernel.units import SECOND_US

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_LONGER_THAN_A_MONTH: Final = timedelta(days=32)


def month_start_us(at_us: int) -> int:
    """Return when the calendar month of an instant began."""
    at = datetime.fromtimestamp(at_us // SECOND_US, UTC)
    return _us(at.replace(day=1, hour=0, minute=0, second=0))


def month_end_us(at_us: int) -> int:
    """Return when the next calendar month begins."""
    start = datetime.fromtimestamp(month_start_us(at_us) // SECOND_US, UTC)
    return _us((start + _LONGER_THAN_A_MONTH).replace(day=1))


def _us(at: datetime) -> int:
    return (at - _EPOCH) // timedelta(microseconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamMonth:
    """The streams of one account in one calendar month.

    Attributes:
        start_us: when the month began.
        settled_us: stream time of what runs no more, and of all where a later month is known.
        running: streams that run now.
        late_us: the sum of how late after `start_us` the running ones began.
    """

    start_us: int
    settled_us: int = 0
    running: int = 0
    late_us: int = 0

    @property
    def end_us(self) -> int:
        """When the next month begins."""
        return month_end_us(self.start_us)

    def used_us(self, now_us: int) -> int:
        """Return the stream time used in this month by `now_us`."""
        passed_us = max(min(now_us, self.end_us) - self.start_us, 0)
        return self.settled_us + self.running * passed_us - self.late_us

    def reached_us(self, limit_us: int) -> int | None:
        """Return when so much is used, with the streams that run now; None is not this month."""
        left_us = limit_us - self.settled_us + self.late_us
        if left_us <= 0:
            return self.start_us
        if not self.running:
            return None
        at_us = self.start_us - (-left_us // self.running)
        return at_us if at_us < self.end_us else None

    def look_us(self, limit_us: int | None) -> int | None:
        """Return when to look whether the limit is reached; a month's end begins another row.

        Once nothing runs, a limit that is reached is looked at once more, for who waits.
        """
        if limit_us is None:
            return None
        return self.reached_us(limit_us) or (self.end_us if self.running else None)


Months: TypeAlias = Mapping[int, StreamMonth]
"""The rows of an account by `start_us`; a month without a row used nothing."""


def newest(months: Months, now_us: int) -> StreamMonth:
    """Return the row of the month of `now_us`, or a later one where there is one."""
    known = rolled(months, now_us)
    return known[max(known)]


def started(months: Months, at_us: int) -> Months:
    """Return the rows after a stream began at `at_us`."""
    return _with(rolled(months, at_us), at_us, None)


def stopped(months: Months, since_us: int, at_us: int) -> Months:
    """Return the rows after a stream that began at `since_us` stopped at `at_us`."""
    known = rolled(months, at_us)
    return _with(_with(known, since_us, None, sign=-1), since_us, at_us)


def rebuilt(stays: Iterable[tuple[int, int | None]]) -> Months:
    """Return the rows that follow from streams, each from when to when; None runs still."""
    known = list(stays)
    months: Months = {}
    for since_us, until_us in known:
        months = rolled(months, since_us if until_us is None else until_us)
    for since_us, until_us in known:
        months = _with(months, since_us, until_us)
    return months


def rolled(months: Months, to_us: int) -> Months:
    """Return the rows with one for the month of `to_us` where the newest is older."""
    start_us = month_start_us(to_us)
    if not months:
        return {start_us: StreamMonth(start_us=start_us)}
    found, last = dict(months), months[max(months)]
    while last.running and last.start_us < start_us:
        found[last.start_us] = StreamMonth(
            start_us=last.start_us, settled_us=last.used_us(last.end_us)
        )
        last = StreamMonth(start_us=last.end_us, running=last.running)
        found[last.start_us] = last
    if last.start_us < start_us:
        found[start_us] = StreamMonth(start_us=start_us)
    return found


def _with(months: Months, since_us: int, until_us: int | None, *, sign: int = 1) -> Months:
    """Return the rows with one stream more (or, with sign -1, less)."""
    found, newest_us = dict(months), max(months)
    start_us = month_start_us(since_us)
    while start_us <= newest_us:
        row = found.get(start_us, StreamMonth(start_us=start_us))
        from_us = max(since_us, start_us)
        if until_us is None and start_us == newest_us:
            row = replace(
                row,
                running=row.running + sign,
                late_us=row.late_us + sign * (from_us - start_us),
            )
        else:
            to_us = row.end_us if until_us is None else min(until_us, row.end_us)
            part_us = max(to_us - from_us, 0)
            row = replace(row, settled_us=row.settled_us + sign * part_us)
        found[start_us] = row
        start_us = row.end_us
    return found
