"""What a viewer is warned of, and how long it has left. Pure. Source: DESIGN section 5."""

from dataclasses import dataclass
from typing import Final, Literal

from diorama.kernel.units import SECOND_US, seconds
from diorama.protocol.states import HOLDS_SLOT, SessionState
from diorama.sessions.lifecycle import Session

RUNTIME_WARNINGS_S: Final = (300.0, 60.0)
"""Before the end of the runtime; one that is as long as the whole runtime is not given."""


@dataclass(frozen=True, slots=True)
class Notice:
    """A warning; two with the same `key` are the same one, whatever is left of its time."""

    kind: Literal["afk", "runtime"]
    key: int
    seconds_left: float


def warnings(session: Session, now_us: int) -> list[Notice]:
    """Return what the viewer of a session should have been warned of by now."""
    return [*_afk(session, now_us), *_runtime(session, now_us)]


def _afk(session: Session, now_us: int) -> list[Notice]:
    if session.state is not SessionState.IDLE:
        return []
    ends_us = session.entered_us + seconds(session.rules.afk.disconnect_after_s)
    return [Notice("afk", session.entered_us, max(ends_us - now_us, 0) / SECOND_US)]


def _runtime(session: Session, now_us: int) -> list[Notice]:
    if session.runs_until_us is None or session.state not in HOLDS_SLOT:
        return []
    left_s = max(session.runs_until_us - now_us, 0) / SECOND_US
    reached = [
        warn_s for warn_s in RUNTIME_WARNINGS_S if left_s <= warn_s < session.rules.max_runtime_s
    ]
    return [Notice("runtime", int(min(reached)), left_s)] if reached else []
