"""Usage as a function of the event log, and of nothing else. Pure.

A session's metered time is the union of the intervals in which its state was metered, by the times
at which its events took effect: integers of microseconds, so sums are exact.
Source: DESIGN section 7, law 5.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from diorama.accounts.hours import month_end_us
from diorama.protocol.states import METERED
from diorama.sessions.usage_store import LoggedEvent

__all__ = [
    "Interval",
    "LoggedEvent",
    "changes",
    "intervals",
    "metered_us",
    "stays",
    "total_us",
    "used_in_month_us",
]


@dataclass(frozen=True, slots=True)
class Interval:
    """Metered time of one session: from `from_us` to before `to_us`."""

    session_id: str
    from_us: int
    to_us: int

    @property
    def duration_us(self) -> int:
        """Its length."""
        return self.to_us - self.from_us


def stays(events: Iterable[LoggedEvent]) -> list[tuple[int, int | None]]:
    """Return from when to when one session's events say it streamed; None is still.

    The events may come in any order and more than once.

    Raises:
        AssertionError: an event is missing, or time goes back: the log is not one session's.
    """
    found: list[tuple[int, int | None]] = []
    since_us: int | None = None
    for event in changes(events):
        metered = event.state in METERED
        if metered and since_us is None:
            since_us = event.at_us
        elif not metered and since_us is not None:
            found.append((since_us, event.at_us))
            since_us = None
    if since_us is not None:
        found.append((since_us, None))
    return found


def intervals(events: Iterable[LoggedEvent], *, until_us: int) -> list[Interval]:
    """Return the metered intervals of one session's events; one that is still open ends `until_us`.

    The events may come in any order and more than once; see `stays` for what it raises.
    """
    known = list(events)
    return [
        Interval(known[0].session_id, since_us, until_us if ended_us is None else ended_us)
        for since_us, ended_us in stays(known)
        if ended_us is not None or since_us < until_us
    ]


def used_in_month_us(
    logs: Mapping[str, Iterable[LoggedEvent]], month_us: int, *, until_us: int
) -> int:
    """Return what sessions used in the calendar month that begins at `month_us`."""
    end_us = month_end_us(month_us)
    return sum(
        max(min(one.to_us, end_us) - max(one.from_us, month_us), 0)
        for events in logs.values()
        for one in intervals(events, until_us=until_us)
    )


def metered_us(events: Iterable[LoggedEvent], *, until_us: int) -> int:
    """Return the metered microseconds of one session's events."""
    return sum(interval.duration_us for interval in intervals(events, until_us=until_us))


def total_us(logs: Mapping[str, Iterable[LoggedEvent]], *, until_us: int) -> int:
    """Return the metered microseconds of many sessions."""
    return sum(metered_us(events, until_us=until_us) for events in logs.values())


def changes(events: Iterable[LoggedEvent]) -> Iterator[LoggedEvent]:
    """Yield the events that changed the state; the others only say what else happened meanwhile.

    The events of one session may come in any order and more than once.

    Raises:
        AssertionError: an event is missing, or time goes back: the log is not one session's.
    """
    ordered = sorted({e.version: e for e in events}.values(), key=lambda e: e.version)
    last: LoggedEvent | None = None
    for expected, event in enumerate(ordered, start=1):
        if event.version != expected:
            raise AssertionError(
                f"{event.session_id}: version {event.version} where {expected} was due"
            )
        if last is not None and event.state is last.state:
            continue
        if last is not None and event.at_us < last.at_us:
            raise AssertionError(
                f"{event.session_id}: version {event.version} took effect before its last"
            )
        last = event
        yield event
