"""What a viewer was warned of, each with its deadline, until it is taken back. Pure.

Input takes an AFK warning back, a later end of the runtime that of the runtime, new hours that of
the hours. The gateway warns again whoever comes back, so a viewer that reconnects loses none.
"""

from dataclasses import replace
from typing import Final

from diorama.client.core.events import WarningGiven, WarningOver
from diorama.client.core.model import Emit, Model, Pending, Step
from diorama.protocol.states import SessionState
from diorama.protocol.viewer import Warned
from diorama.protocol.views import SessionView

_RUNTIME_WARNING_S: Final = 300.0
"""Beyond it the gateway warns again by itself."""


def take_warning(model: Model, warned: Warned, now_s: float) -> Step:
    """Return the step for a warning; a later one of its kind takes the place of the earlier."""
    pending = Pending(warned.kind, now_s + warned.seconds_left)
    others = tuple(other for other in model.warned if other.kind != pending.kind)
    given = WarningGiven(warned.kind, warned.seconds_left)
    return Step(replace(model, warned=(*others, pending)), (Emit(given),))


def settle_warnings(model: Model, before: SessionView | None, now_s: float) -> Step:
    """Return what a newer view of the session makes of its warnings."""
    session = model.session
    if session is None or not model.warned:
        return Step(model)
    kept, effects = list[Pending](), list[Emit]()
    for pending in model.warned:
        now = _settled(pending, before, session, now_s)
        if now is None:
            effects.append(Emit(WarningOver(pending.kind)))
            continue
        kept.append(now)
        if now != pending:
            effects.append(Emit(WarningGiven(now.kind, max(now.until_s - now_s, 0.0))))
    return Step(replace(model, warned=tuple(kept)), tuple(effects))


def _settled(
    pending: Pending, before: SessionView | None, session: SessionView, now_s: float
) -> Pending | None:
    if pending.kind == "afk":
        return pending if session.state is SessionState.IDLE else None
    if pending.kind == "hours":
        return pending if session.hours_end_at is not None else None
    moved_s = _moved_s(before, session) if pending.kind == "runtime" else 0.0
    if moved_s == 0.0:
        return pending
    until_s = pending.until_s + moved_s
    return None if until_s - now_s > _RUNTIME_WARNING_S else replace(pending, until_s=until_s)


def _moved_s(before: SessionView | None, session: SessionView) -> float:
    if before is None or before.runs_until is None or session.runs_until is None:
        return 0.0
    return (session.runs_until - before.runs_until).total_seconds()
