"""What a viewer is warned of, and how long it has left. Pure. Source: DESIGN section 5."""

from dataclasses import dataclass
from typing import Final, Literal

from diorama.kernel.units import SECOND_US
from diorama.protocol.states import HOLDS_SLOT, SessionState
from diorama.sessions.deadlines import afk_ends_us
from diorama.sessions.lifecycle import Session, runtime_us

WARNINGS_S: Final = (300.0, 60.0)
"""Before the end of the runtime, or of the hours; one as long as the whole runtime is not given."""


@dataclass(frozen=True, slots=True)
class Notice:
    """A warning; two with the same `key` are the same one, whatever is left of its time.

    `key` says of which end it warns, and how long before.
    """

    kind: Literal["afk", "runtime", "hours", "draining"]
    key: tuple[int, int]
    seconds_left: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Ends:
    """When something beside its own clocks ends a session, as things are; None is not soon.

    Attributes:
        hours_us: its account's stream hours are used up.
        drains_us: its worker stops what still runs.
    """

    hours_us: int | None = None
    drains_us: int | None = None


NO_ENDS: Final = Ends()


def warnings(session: Session, now_us: int, ends: Ends = NO_ENDS) -> list[Notice]:
    """Return what the viewer of a session should have been warned of by now."""
    return [
        *_afk(session, now_us),
        *_runtime(session, now_us),
        *_hours(session, ends.hours_us, now_us),
        *_draining(session, ends.drains_us, now_us),
    ]


def _afk(session: Session, now_us: int) -> list[Notice]:
    if session.state is not SessionState.IDLE:
        return []
    left_us = afk_ends_us(session) - now_us
    return [Notice("afk", (session.entered_us, 0), max(left_us, 0) / SECOND_US)]


def _runtime(session: Session, now_us: int) -> list[Notice]:
    if session.runs_until_us is None or session.state not in HOLDS_SLOT:
        return []
    left_s = max(session.runs_until_us - now_us, 0) / SECOND_US
    whole_s = runtime_us(session) / SECOND_US
    reached = [warn_s for warn_s in WARNINGS_S if left_s <= warn_s < whole_s]
    if not reached:
        return []
    return [Notice("runtime", (session.runs_until_us, int(min(reached))), left_s)]


def _hours(session: Session, end_us: int | None, now_us: int) -> list[Notice]:
    if end_us is None or session.state not in HOLDS_SLOT:
        return []
    left_s = max(end_us - now_us, 0) / SECOND_US
    reached = [warn_s for warn_s in WARNINGS_S if left_s <= warn_s]
    return [Notice("hours", (end_us // SECOND_US, int(min(reached))), left_s)] if reached else []


def _draining(session: Session, end_us: int | None, now_us: int) -> list[Notice]:
    if end_us is None or session.state not in HOLDS_SLOT:
        return []
    return [Notice("draining", (end_us, 0), max(end_us - now_us, 0) / SECOND_US)]
