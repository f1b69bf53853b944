"""How long a session was in each state that holds a slot, from its log alone. Pure.

A span is one stay in one state. Spans are kept as rows, cut at midnight UTC and written by the
transaction that writes the event which ends them, so that a month is summed up without reading a
log; they are a function of the log, and `verifying` says whether they still are. A span that is not
over has no row: the session itself says since when it is in its state.
Source: DESIGN section 7; law 5.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from diorama.kernel.units import HOUR_US
from diorama.metering.usage import LoggedEvent, changes
from diorama.protocol.states import HOLDS_SLOT, SessionState

DAY_US: Final = 24 * HOUR_US


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """One stay of a session in one state: from `from_us` to before `to_us`.

    Attributes:
        version: the session's version after the event that ended the stay.
    """

    version: int
    state: SessionState
    from_us: int
    to_us: int


def spans(events: Iterable[LoggedEvent]) -> list[Span]:
    """Return the stays of one session that are over, but for those that took no time.

    The events may come in any order and more than once.

    Raises:
        AssertionError: an event is missing, or time goes back: the log is not one session's.
    """
    found: list[Span] = []
    last: LoggedEvent | None = None
    for event in changes(events):
        if last is not None and last.state in HOLDS_SLOT and last.at_us < event.at_us:
            found.append(
                Span(version=event.version, state=last.state, from_us=last.at_us, to_us=event.at_us)
            )
        last = event
    return found


def by_day(from_us: int, to_us: int) -> Iterator[tuple[int, int, int]]:
    """Yield the parts of a stretch of time: when each one's day began, from when, to when."""
    while from_us < to_us:
        day_us = day_of(from_us)
        until_us = min(to_us, day_us + DAY_US)
        yield day_us, from_us, until_us
        from_us = until_us


def day_of(at_us: int) -> int:
    """Return when the day of an instant began, UTC."""
    return at_us - at_us % DAY_US
