"""Which live sessions nobody is at, in sentences: why each is still there, and until when. Pure.

A session whose viewer went away is no fault: it waits for the viewer to come back, within times
that the project sets, and yields to whoever a limit would refuse. So each is explained, not
condemned.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from diorama.cli.doctor.findings import Finding, note, ok, warn
from diorama.cli.tables import age, printable
from diorama.protocol.states import SessionState
from diorama.protocol.views import SessionView, WorkerView

PLACE_KEPT_S: Final = 30
NEVER_CAME_S: Final = 60
CONNECTING_LONG: Final = timedelta(seconds=150)
"""More than `connect_timeout_s` and `resume_window_s` of a project that was left as it comes."""


def explain_sessions(sessions: Iterable[SessionView], now: datetime) -> list[Finding]:
    """Return a finding for each session that hangs, or one that none does."""
    live = list(sessions)
    hanging = [found for one in live if (found := explain(one, now)) is not None]
    if hanging:
        return hanging
    count = f"{len(live)} live, a viewer at each" if live else "none is live"
    return [ok("sessions", count)]


def explain(session: SessionView, now: datetime) -> Finding | None:
    """Return why a session is there with nobody at it; None where somebody is."""
    whose = f"{session.project}, {session.state}"
    if session.device:
        whose += f", {printable(session.device)}"
    since = age(session.state_entered_at, now)
    name = f"{session.id} ({whose}, for {since})"
    advice = f"diorama sessions end {session.id}"
    if session.attached:
        stuck = now - session.state_entered_at > CONNECTING_LONG
        if session.state is SessionState.CONNECTING and stuck:
            why = "its viewer is here and no picture comes: look at its worker's log"
            return warn("sessions", f"{name}: {why}", advice)
        return None
    return note("sessions", f"{name}: {_why(session)}", advice)


def explain_limit(streams: int, limit: int) -> Finding:
    """Return how near an account is to its limit of streams at once."""
    text = f"{streams} of {limit} streams are held"
    if streams < limit:
        return ok("streams", text)
    why = "whom the limit counts next waits or is refused, as the project's on_limit says"
    return warn("streams", f"{text}: {why}", "diorama sessions ls shows what holds them")


def explain_slots(workers: Iterable[WorkerView]) -> list[Finding]:
    """Return a finding for each slot that is neither free nor held, and each lost worker."""
    found: list[Finding] = []
    for worker in workers:
        if worker.state in {"suspect", "lost"}:
            why = "is not heard: its slots come back when its lease has run out"
            found.append(warn("workers", f"{printable(worker.name)} {why}"))
        for slot in worker.slots:
            name = f"slot {slot.index} of {printable(worker.name)}"
            if slot.state == "fencing":
                why = "its session has ended, and its world is not yet known to be gone"
                found.append(note("slots", f"{name} is fencing: {why}"))
            elif slot.state == "quarantined":
                why = "worlds kept failing on it: `diorama sessions ls --all` shows which"
                found.append(warn("slots", f"{name} is quarantined: {why}"))
    return found


def _why(session: SessionView) -> str:
    if session.state is SessionState.QUEUED:
        return f"its viewer is away, and keeps its place for {PLACE_KEPT_S} s"
    if session.attachment == 0:
        return f"its viewer never came; without one it ends {NEVER_CAME_S} s after it got its slot"
    if session.first_frame_at is None:
        return (
            "its viewer left before the first picture, and may come back within the resume window"
        )
    return "its viewer is away, and may come back to the same world within the resume window"
