"""What happens to a session if nothing else does, and when. Pure.

Every timer is that deadline, stored with the session: one sweep asks the store who is past theirs,
so a restart forgets none (law 7). Source: DESIGN sections 2, 4 and 5.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from diorama.kernel.units import seconds
from diorama.leases.timers import Timers
from diorama.protocol.end_codes import End, EndCode
from diorama.protocol.states import SessionState
from diorama.sessions.lifecycle import Session


class Due(StrEnum):
    """What a deadline brings."""

    ADMISSION_EXPIRED = "admission_expired"
    WAITED_TOO_LONG = "waited_too_long"
    ASSIGNMENT_EXPIRED = "assignment_expired"
    PAGE_LEFT = "page_left"
    NEVER_ATTACHED = "never_attached"
    NOT_ANSWERED = "not_answered"
    PLACE_LOST = "place_lost"
    START_TIMED_OUT = "start_timed_out"
    CONNECT_TIMED_OUT = "connect_timed_out"
    RESUME_EXPIRED = "resume_expired"
    MEDIA_GONE = "media_gone"
    SILENCE = "silence"
    AFK_EXPIRED = "afk_expired"
    RUNTIME_OVER = "runtime_over"


DUE_ENDS: Final[Mapping[Due, End]] = {
    Due.ADMISSION_EXPIRED: End(EndCode.NO_WORKER_AVAILABLE, "no_worker"),
    Due.WAITED_TOO_LONG: End(EndCode.NO_WORKER_AVAILABLE, "waited_too_long"),
    Due.PAGE_LEFT: End(EndCode.GOING_AWAY, "page_left"),
    Due.NEVER_ATTACHED: End(EndCode.ABNORMAL, "never_attached"),
    Due.PLACE_LOST: End(EndCode.ABNORMAL, "viewer_lost"),
    Due.START_TIMED_OUT: End(EndCode.APP_UNABLE_TO_LAUNCH, "world_failed_to_start"),
    Due.CONNECT_TIMED_OUT: End(EndCode.STREAMER_NOT_FOUND, "connect_timeout"),
    Due.RESUME_EXPIRED: End(EndCode.ABNORMAL, "viewer_lost"),
    Due.MEDIA_GONE: End(EndCode.ABNORMAL, "media_lost"),
    Due.AFK_EXPIRED: End(EndCode.TIME_LIMIT, "afk_timeout"),
    Due.RUNTIME_OVER: End(EndCode.TIME_LIMIT, "max_runtime"),
}
"""What ends with each. Not here is what ends nothing: silence, and what another try may mend."""

MAX_ASIDES: Final = 2
"""A place that was given up for its viewer's silence so often is not kept a third time: each time
costs a slot `queue.accept_s` of nobody watching."""

WAITS_ON_VIEWER: Final = frozenset(
    {Due.NEVER_ATTACHED, Due.NOT_ANSWERED, Due.PLACE_LOST, Due.RESUME_EXPIRED, Due.MEDIA_GONE}
)
"""Held back after a restart or a step of the clock: silence may have been ours."""


def next_deadline(session: Session, timers: Timers) -> tuple[int, Due] | None:
    """Return the earliest instant at which something is due, and what; None where nothing ever is.

    The instant itself is too late: a session is due when `deadline <= now`.
    """
    found = _deadlines(session, timers)
    if session.leaving_us is not None and not session.is_final:
        found.append((session.leaving_us + seconds(timers.page_left_grace_s), Due.PAGE_LEFT))
    return min(found, default=None)


def _deadlines(session: Session, timers: Timers) -> list[tuple[int, Due]]:
    match session.state:
        case SessionState.REQUESTING:
            until_us = session.entered_us + seconds(timers.admission_s)
            return [(until_us, Due.ADMISSION_EXPIRED)]
        case SessionState.QUEUED:
            return _queueing(session, timers)
        case SessionState.CONNECTING:
            return [*_connecting(session, timers), *_runtime(session)]
        case SessionState.STREAMING:
            return [*_silence(session), *_runtime(session)]
        case SessionState.IDLE:
            return [(afk_ends_us(session), Due.AFK_EXPIRED), *_runtime(session)]
        case _:
            return []


def _queueing(session: Session, timers: Timers) -> list[tuple[int, Due]]:
    found: list[tuple[int, Due]] = []
    wait_s = session.rules.queue.max_wait_s
    if wait_s is not None:
        found.append((session.created_us + seconds(wait_s), Due.WAITED_TOO_LONG))
    lost = Due.PLACE_LOST if session.attachment else Due.NEVER_ATTACHED
    if session.aside_us is not None:
        found.append((session.aside_us + seconds(timers.place_kept_s), lost))
    elif session.attachment == 0:
        found.append((session.created_us + seconds(timers.claim_s), lost))
    elif session.detached_us is not None:
        found.append((session.detached_us + seconds(timers.place_kept_s), lost))
    return found


def _connecting(session: Session, timers: Timers) -> list[tuple[int, Due]]:
    """Deadlines of a session whose viewer sees nothing: whoever is being waited for is named."""
    connect_us = seconds(session.rules.connect_timeout_s)
    found: list[tuple[int, Due]] = []
    if session.accepted_us is None:
        found.append(
            (session.entered_us + seconds(timers.accept_assignment_s), Due.ASSIGNMENT_EXPIRED)
        )
    is_new = session.first_frame_us is None
    claim_s = session.rules.queue.accept_s if session.is_promoted else timers.claim_s
    window_us = seconds(claim_s if is_new else session.rules.resume_window_s)
    # Coming back, or dropping anew, starts the wait anew, but never for longer than one window and
    # one set-up: a viewer who comes and goes must not keep a slot that nobody watches.
    limit_us = session.entered_us + window_us + connect_us
    absent_us = session.entered_us if session.attachment == 0 else session.detached_us
    if absent_us is None:
        found.append((min(session.wait_since_us + connect_us, limit_us), _late(session)))
    else:
        until_us = max(absent_us, session.entered_us) + window_us
        late = Due.NEVER_ATTACHED if is_new else Due.RESUME_EXPIRED
        if session.is_promoted and session.asides < MAX_ASIDES:
            late = Due.NOT_ANSWERED
        found.append((min(until_us, limit_us), late))
    return found


def _late(session: Session) -> Due:
    if session.first_frame_us is not None:
        return Due.MEDIA_GONE
    return Due.START_TIMED_OUT if session.world_started_us is None else Due.CONNECT_TIMED_OUT


def _silence(session: Session) -> list[tuple[int, Due]]:
    if not session.rules.afk.enabled:
        return []
    return [(session.hold.warn_us(session.rules.afk, _since_us(session)), Due.SILENCE)]


def afk_ends_us(session: Session) -> int:
    """Return when an idle session ends unless its viewer does something."""
    return session.hold.end_us(session.rules.afk, _since_us(session), session.entered_us)


def _since_us(session: Session) -> int:
    return session.entered_us if session.input_us is None else session.input_us


def _runtime(session: Session) -> list[tuple[int, Due]]:
    return [] if session.runs_until_us is None else [(session.runs_until_us, Due.RUNTIME_OVER)]
