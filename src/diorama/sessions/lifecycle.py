"""The life of one session, as data. Pure: reads no clock, opens no connection.

`advance` says what a session is after something happened; `deadlines` says what happens to it if
nothing else does, and when.

Two times go with each event: `at_us`, when it took effect (the last moment a viewer was heard,
say), and `now_us`, when it is written. What is metered is counted by the first (law 5).
Source: DESIGN sections 2, 4 and 5.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import msgspec
from msgspec.structs import replace

from diorama.kernel.errors import Refused
from diorama.kernel.units import seconds
from diorama.projects.rules import Rules
from diorama.protocol.end_codes import End
from diorama.protocol.media import Dialect
from diorama.protocol.states import FINAL, METERED, SessionState
from diorama.sessions.holding import NEVER_HELD, HoldOff


class Event(StrEnum):
    """What can happen to a session, whoever reports it. The values are stored."""

    REQUESTED = "requested"  # the first event of every session
    QUEUED = "queued"  # put in line, or back in line with its old ticket
    RESERVED = "reserved"  # given a slot
    PUT_ASIDE = "put_aside"  # did not answer a promotion: keeps its place, holds no slot
    ACCEPTED = "accepted"  # the worker took the assignment
    WORLD_STARTED = "world_started"
    ATTACHED = "attached"  # a viewer's socket, and a new peer connection for it
    REJOINED = "rejoined"  # a viewer's new socket; media never stopped
    CONTINUED = "continued"  # the same client asked again: older tokens open nothing
    SOCKET_CLOSED = "socket_closed"
    LEAVING = "leaving"  # the page said it is being left; it may be a reload
    DETACHED = "detached"  # the viewer is not heard
    FRAMES = "frames"  # frames reach the viewer
    MEDIA_LOST = "media_lost"
    SILENCE = "silence"  # no input for so long that the viewer is warned
    INPUT = "input"  # input again
    HELD_OFF = "held_off"  # the world holds the AFK warning off, or lets go
    EXTENDED = "extended"  # given more runtime
    ENDED = "ended"


_S, _E = SessionState, Event
_ANY_END: Final = None  # where an end leads is the registry's to say

TRANSITIONS: Final[Mapping[SessionState, Mapping[Event, SessionState | None]]] = {
    _S.REQUESTING: {
        _E.QUEUED: _S.QUEUED,
        _E.RESERVED: _S.CONNECTING,
        _E.ENDED: _ANY_END,
    },
    _S.QUEUED: {
        _E.CONTINUED: _S.QUEUED,
        _E.EXTENDED: _S.QUEUED,
        _E.SOCKET_CLOSED: _S.QUEUED,
        _E.LEAVING: _S.QUEUED,
        _E.RESERVED: _S.CONNECTING,
        _E.ATTACHED: _S.QUEUED,
        _E.DETACHED: _S.QUEUED,
        _E.ENDED: _ANY_END,
    },
    _S.CONNECTING: {
        _E.CONTINUED: _S.CONNECTING,
        _E.EXTENDED: _S.CONNECTING,
        _E.SOCKET_CLOSED: _S.CONNECTING,
        _E.LEAVING: _S.CONNECTING,
        _E.QUEUED: _S.QUEUED,
        _E.PUT_ASIDE: _S.QUEUED,
        _E.ACCEPTED: _S.CONNECTING,
        _E.WORLD_STARTED: _S.CONNECTING,
        _E.ATTACHED: _S.CONNECTING,
        _E.DETACHED: _S.CONNECTING,
        _E.FRAMES: _S.STREAMING,
        _E.HELD_OFF: _S.CONNECTING,
        _E.ENDED: _ANY_END,
    },
    _S.STREAMING: {
        _E.CONTINUED: _S.STREAMING,
        _E.EXTENDED: _S.STREAMING,
        _E.SOCKET_CLOSED: _S.STREAMING,
        _E.LEAVING: _S.STREAMING,
        _E.ATTACHED: _S.CONNECTING,
        _E.REJOINED: _S.STREAMING,
        _E.DETACHED: _S.CONNECTING,
        _E.MEDIA_LOST: _S.CONNECTING,
        _E.SILENCE: _S.IDLE,
        _E.INPUT: _S.STREAMING,
        _E.HELD_OFF: _S.STREAMING,
        _E.ENDED: _ANY_END,
    },
    _S.IDLE: {
        _E.CONTINUED: _S.IDLE,
        _E.EXTENDED: _S.IDLE,
        _E.SOCKET_CLOSED: _S.IDLE,
        _E.LEAVING: _S.IDLE,
        _E.ATTACHED: _S.CONNECTING,
        _E.REJOINED: _S.IDLE,
        _E.DETACHED: _S.CONNECTING,
        _E.MEDIA_LOST: _S.CONNECTING,
        _E.INPUT: _S.STREAMING,
        _E.HELD_OFF: _S.STREAMING,
        _E.ENDED: _ANY_END,
    },
    _S.DISCONNECTED: {},
    _S.FAILED: {},
}


class Session(msgspec.Struct, frozen=True, kw_only=True):
    """One viewer's stay.

    Attributes:
        rules: the project's rules as they were when it was asked for.
        ticket_id: the permission that it was opened with (`accounts.tickets`).
        link_id: the share link that it was opened with.
        visitor: what stands for its network address, where only that is known of its viewer.
        dialect: what its viewer speaks, on its socket and on its data channels.
        ticket: its place in line, kept for life: one who is sent back stands where it stood.
        priority: its class in line; the higher is served first.
        aside_us: since when it is passed in line, for it did not answer a promotion.
        asides: how often it did not.
        told_p50_s: the wait it was told when it came to stand in line, half of all such being
            shorter; None where nothing could be told.
        told_p90_s: the same, nine tenths being shorter.
        reserved_us: since when it holds the slot it has; once it has ended, since when it did.
        served_us: when it was first given a slot.
        attempt: how many slots it has been given since it last stood in line.
        term: the term of its slot; messages about a lower one are late.
        attachment: number of the viewer's newest peer connection; 0 is never attached.
        socket: number of the viewer's newest socket; an older one is superseded.
        issue: number of the newest session token; an older one opens nothing.
        wait_since_us: since when it waits for what its state waits for.
        input_us: since when the AFK clock runs: the viewer's last input, as far as has been written
            here, and later by the time in which nothing reached the viewer since.
        socket_closed_us: since when it has no socket; media may flow all the same.
        leaving_us: since when its page said that it is being left.
        detached_us: since when the viewer is not heard; None while it is.
        runs_until_us: when its runtime is over; from the first frame on.
        extra_us: runtime it was given beyond its rules'.
        metered_since_us: since when it streams without a break; None while it does not.
        stream_us: the stream time of a month that its account had when it was asked for; None is no
            limit. A limit that is lowered later ends nobody.
        hold: how its world holds the AFK warning off.
        entered_us: when `state` took effect.
    """

    id: str
    account_id: str
    project_id: str
    region: str
    pool: str
    kind: str
    end_user: str | None
    client_id: str | None
    device: str | None
    rules: Rules
    state: SessionState
    version: int
    created_us: int
    entered_us: int
    wait_since_us: int
    ticket_id: str | None = None
    link_id: str | None = None
    visitor: str | None = None
    dialect: Dialect = "diorama"
    priority: int = 0
    ticket: int | None = None
    aside_us: int | None = None
    asides: int = 0
    told_p50_s: float | None = None
    told_p90_s: float | None = None
    reserved_us: int | None = None
    served_us: int | None = None
    attempt: int = 0
    worker_id: str | None = None
    slot_id: str | None = None
    term: int = 0
    accepted_us: int | None = None
    world_started_us: int | None = None
    attachment: int = 0
    socket: int = 0
    issue: int = 1
    codecs: str = ""
    first_frame_us: int | None = None
    input_us: int | None = None
    socket_closed_us: int | None = None
    leaving_us: int | None = None
    detached_us: int | None = None
    runs_until_us: int | None = None
    extra_us: int = 0
    metered_since_us: int | None = None
    stream_us: int | None = None
    hold: HoldOff = NEVER_HELD
    ended_us: int | None = None
    end: End | None = None

    @property
    def is_promoted(self) -> bool:
        """Whether it has a slot that it stood in line for, and no picture yet."""
        return (
            self.state is SessionState.CONNECTING
            and self.ticket is not None
            and self.first_frame_us is None
        )

    @property
    def is_final(self) -> bool:
        """Whether it has ended."""
        return self.state in FINAL


@dataclass(frozen=True, slots=True, kw_only=True)
class Reservation:
    """What a session is given with a slot."""

    worker_id: str
    slot_id: str
    term: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Happened:
    """An event with what goes with it.

    `ticket` and `told` (p50 and p90 in seconds) go with QUEUED, `reservation` with RESERVED,
    `codecs` with ATTACHED, `input_us` (the viewer's last input, as far as its lease knows) with
    FRAMES, `hold` with HELD_OFF, `extra_us` with EXTENDED, and `end` with ENDED.
    """

    event: Event
    at_us: int
    reservation: Reservation | None = None
    end: End | None = None
    codecs: tuple[str, ...] = ()
    ticket: int | None = None
    told: tuple[float, float] | None = None
    input_us: int = 0
    hold: HoldOff | None = None
    extra_us: int = 0


def until_us(session: Session, event: Event) -> int | None:
    """Return until when an event reaches that has just happened to a session; None: it does not."""
    match event:
        case Event.HELD_OFF:
            return session.hold.until_us
        case Event.EXTENDED:
            return session.runs_until_us
        case _:
            return None


def advance(session: Session, happened: Happened) -> Session:
    """Return the session as it is after an event, one version on.

    Raises:
        Refused: this state has no answer to this event, as when a worker reports late or twice.
            The API answers 409; a message from a worker is logged and dropped.

    Source: docs/session-lifecycle.md, drawn from TRANSITIONS.
    """
    event = happened.event
    row = TRANSITIONS[session.state]
    if event not in row:
        raise Refused(f"session {session.id} is {session.state}: {event} changes nothing")
    state = row[event] or _ended_state(happened)
    at_us = max(happened.at_us, session.entered_us)
    moved = replace(session, state=state, version=session.version + 1)
    if event is Event.FRAMES and session.first_frame_us is not None:
        # The AFK clock stood while nothing reached the viewer; coming back is no input.
        input_us = max(session.input_us or 0, happened.input_us)
        moved = replace(moved, input_us=input_us + at_us - session.entered_us)
    if state is not session.state:
        moved = replace(moved, entered_us=at_us, wait_since_us=at_us)
        since_us = at_us if session.metered_since_us is None else session.metered_since_us
        moved = replace(moved, metered_since_us=since_us if state in METERED else None)
    return _EFFECTS.get(event, _no_effect)(moved, happened, at_us)


def _ended_state(happened: Happened) -> SessionState:
    if happened.end is None:
        raise AssertionError("a session never ends without a code")
    return happened.end.entry.ends


def _no_effect(session: Session, _happened: Happened, _at_us: int) -> Session:
    return session


def _queued(session: Session, happened: Happened, _at_us: int) -> Session:
    # `worker_id` stays: the next slot of one sent back is sought elsewhere.
    told_p50_s, told_p90_s = happened.told or (session.told_p50_s, session.told_p90_s)
    return replace(
        session,
        ticket=happened.ticket,
        told_p50_s=told_p50_s,
        told_p90_s=told_p90_s,
        reserved_us=None,
        slot_id=None,
        accepted_us=None,
        world_started_us=None,
    )


def _put_aside(session: Session, _happened: Happened, at_us: int) -> Session:
    """Nothing failed, so it starts anew with its next slot, wherever that is."""
    return replace(
        session,
        aside_us=at_us,
        asides=session.asides + 1,
        attempt=0,
        reserved_us=None,
        slot_id=None,
        accepted_us=None,
        world_started_us=None,
    )


def _reserved(session: Session, happened: Happened, at_us: int) -> Session:
    given = happened.reservation
    if given is None:
        raise AssertionError("a session is never reserved nothing")
    return replace(
        session,
        aside_us=None,
        reserved_us=at_us,
        served_us=at_us if session.served_us is None else session.served_us,
        attempt=session.attempt + 1,
        worker_id=given.worker_id,
        slot_id=given.slot_id,
        term=given.term,
        accepted_us=None,
        world_started_us=None,
    )


def _attached(session: Session, happened: Happened, at_us: int) -> Session:
    return replace(
        _rejoined(session, happened, at_us),
        attachment=session.attachment + 1,
        codecs=",".join(happened.codecs),
        wait_since_us=at_us,
    )


def _rejoined(session: Session, _happened: Happened, _at_us: int) -> Session:
    return replace(
        session,
        socket=session.socket + 1,
        aside_us=None,
        socket_closed_us=None,
        leaving_us=None,
        detached_us=None,
    )


def _socket_closed(session: Session, happened: Happened, at_us: int) -> Session:
    gone = replace(session, socket_closed_us=at_us)
    return gone if session.state in METERED else _detached(gone, happened, at_us)


def _media_lost(session: Session, happened: Happened, at_us: int) -> Session:
    """Without a socket, media was all that was heard of the viewer."""
    return session if session.socket_closed_us is None else _detached(session, happened, at_us)


def _detached(session: Session, _happened: Happened, at_us: int) -> Session:
    """Hearing twice that a viewer is gone must not move the window in which it may come back."""
    return session if session.detached_us is not None else replace(session, detached_us=at_us)


def _frames(session: Session, _happened: Happened, at_us: int) -> Session:
    if session.first_frame_us is not None:
        return replace(session, detached_us=None)
    runs_until_us = at_us + runtime_us(session)
    return replace(
        session,
        first_frame_us=at_us,
        runs_until_us=runs_until_us,
        detached_us=None,
        input_us=at_us,
    )


def runtime_us(session: Session) -> int:
    """Return for how long a session may run in all, from its first frame."""
    return seconds(session.rules.max_runtime_s) + session.extra_us


def _extended(session: Session, happened: Happened, _at_us: int) -> Session:
    until_us = session.runs_until_us
    return replace(
        session,
        extra_us=session.extra_us + happened.extra_us,
        runs_until_us=None if until_us is None else until_us + happened.extra_us,
    )


def _input(session: Session, _happened: Happened, at_us: int) -> Session:
    return replace(session, input_us=max(at_us, session.input_us or 0))


def _held_off(session: Session, happened: Happened, _at_us: int) -> Session:
    if happened.hold is None:
        raise AssertionError("a session is held off until some time")
    return replace(session, hold=happened.hold)


def _ended(session: Session, happened: Happened, at_us: int) -> Session:
    return replace(session, end=happened.end, ended_us=at_us, detached_us=None, aside_us=None)


_EFFECTS: Final[Mapping[Event, Callable[[Session, Happened, int], Session]]] = {
    Event.QUEUED: _queued,
    Event.RESERVED: _reserved,
    Event.PUT_ASIDE: _put_aside,
    Event.ACCEPTED: lambda s, _h, at_us: replace(s, accepted_us=at_us),
    Event.WORLD_STARTED: lambda s, _h, at_us: replace(
        s, world_started_us=at_us, wait_since_us=at_us
    ),
    Event.ATTACHED: _attached,
    Event.REJOINED: _rejoined,
    Event.CONTINUED: lambda s, _h, _at: replace(s, issue=s.issue + 1, leaving_us=None),
    Event.SOCKET_CLOSED: _socket_closed,
    Event.LEAVING: lambda s, _h, at_us: replace(s, leaving_us=s.leaving_us or at_us),
    Event.DETACHED: _detached,
    Event.MEDIA_LOST: _media_lost,
    Event.FRAMES: _frames,
    Event.INPUT: _input,
    Event.HELD_OFF: _held_off,
    Event.EXTENDED: _extended,
    Event.ENDED: _ended,
}
