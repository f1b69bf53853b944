"""What a viewer is warned of, and how long it has left. Pure. Source: DESIGN section 5."""

from dataclasses import dataclass
from typing import Final, Literal

from diorama.kernel.units import SECOND_US
from diorama.protocol.states import HOLDS_SLOT, SessionState
from diorama.sessions.deadlines import afk_ends_us
from diorama.sessions.lifecycle import Session, runtime_us

RUNTIME_WARNINGS_S: Final = (300.0, 60.0)
"""Before the end of the runtime; one that is as long as the whole runtime is not given."""


@dataclass(frozen=True, slots=True)
class Notice:
    """A warning; two with the same `key` are the same one, whatever is left of its time.

    `key` says of which end it warns, and how long before.
    """

    kind: Literal["afk", "runtime"]
    key: tuple[int, int]
    seconds_left: float


def warnings(session: Session, now_us: int) -> list[Notice]:
    """Return what the viewer of a session should have been warned of by now."""
    return [*_afk(session, now_us), *_runtime(session, now_us)]


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
    reached = [warn_s for warn_s in RUNTIME_WARNINGS_S if left_s <= warn_s < whole_s]
    if not reached:
        return []
    return [Notice("runtime", (session.runs_until_us, int(min(reached))), left_s)]
