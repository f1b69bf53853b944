"""Where each waiter of a lane stands, and why somebody stands ahead who came later. Pure.

The higher class first, and in a class the lower ticket. Who was put aside is not in line until it
is heard again: it is passed, keeps its ticket, and comes back to its place.

A position rises only because of somebody who then stands ahead: one of a higher class with a later
ticket, or one who was aside. So the reason is a function of the line as it is, whatever was told
before, by whom, over which socket. Source: DESIGN section 3; law 4.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum


class Reason(StrEnum):
    """Why somebody who was not ahead before stands ahead now."""

    HIGHER_PRIORITY = "higher_priority"
    PUT_BACK = "put_back"


@dataclass(frozen=True, slots=True)
class Waiter:
    """One in line, as far as its order is concerned.

    `was_aside`: whether it was promoted once, did not answer, and came back.
    """

    session_id: str
    priority: int
    ticket: int
    was_aside: bool


@dataclass(frozen=True, slots=True)
class Place:
    """Where a waiter stands: 1 is next; `reason` is why somebody may have come to stand ahead."""

    position: int
    length: int
    reason: Reason | None = None


def reason_for(*, passed: bool, put_back: bool) -> Reason | None:
    """Return why a position may have risen.

    Args:
        passed: whether somebody of a higher class with a later ticket stands ahead.
        put_back: whether somebody stands ahead who was aside.
    """
    if passed:
        return Reason.HIGHER_PRIORITY
    return Reason.PUT_BACK if put_back else None


def places(line: Sequence[Waiter]) -> Iterator[tuple[str, Place]]:
    """Yield each waiter's session and place, the first first, in one pass over the line.

    Args:
        line: in order: the higher class first, and in a class the lower ticket.
    """
    length = len(line)
    above = newest = -1  # the latest ticket of higher classes, and of all so far
    priority: int | None = None
    put_back = False
    for position, waiter in enumerate(line, start=1):
        if waiter.priority != priority:
            priority, above = waiter.priority, newest
        passed = above > waiter.ticket
        yield (
            waiter.session_id,
            Place(position, length, reason_for(passed=passed, put_back=put_back)),
        )
        newest = max(newest, waiter.ticket)
        put_back = put_back or waiter.was_aside
