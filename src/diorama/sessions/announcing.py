"""What the world is told of a row of the sessions' log: its event. Pure.

Each row becomes one event, so `seq` has no gaps. The id follows from the row: whoever makes the
event anew makes the same one. Of any two events of a session, the one with the higher `seq` says
what it is, so a receiver that gets them doubled and out of order ends up at the truth.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

import msgspec

from diorama.events.feed import FeedEvent, LogRow, Notice
from diorama.protocol.end_codes import End, EndCode
from diorama.protocol.event_views import EventView, SessionEventData
from diorama.protocol.states import SessionState
from diorama.sessions.lifecycle import Event
from diorama.sessions.show import end_view, time_of

TYPE_OF: Final[Mapping[Event, str]] = {
    Event.REQUESTED: "session.requested",
    Event.QUEUED: "queue.joined",
    Event.RESERVED: "session.reserved",
    Event.PUT_ASIDE: "queue.put_aside",
    Event.ACCEPTED: "session.accepted",
    Event.WORLD_STARTED: "session.world_started",
    Event.ATTACHED: "session.attached",
    Event.REJOINED: "session.rejoined",
    Event.CONTINUED: "session.continued",
    Event.SOCKET_CLOSED: "session.socket_closed",
    Event.LEAVING: "session.leaving",
    Event.DETACHED: "session.detached",
    Event.FRAMES: "session.streaming",
    Event.MEDIA_LOST: "session.media_lost",
    Event.SILENCE: "session.idle",
    Event.INPUT: "session.active",
    Event.HELD_OFF: "session.held_off",
    Event.EXTENDED: "session.extended",
    Event.ENDED: "session.ended",
}
FROM_LINE: Final[Mapping[tuple[Event, SessionState], str]] = {
    (Event.RESERVED, SessionState.QUEUED): "queue.promoted",
    (Event.QUEUED, SessionState.CONNECTING): "queue.returned",
}
"""What has another name because of the state it happened in."""


def event_of(row: LogRow, position: int) -> FeedEvent:
    """Return the event of a row of the log, at its place."""
    kind = Event(row.kind)
    before = None if row.before is None else SessionState(row.before)
    type_ = TYPE_OF[kind] if before is None else FROM_LINE.get((kind, before), TYPE_OF[kind])
    return FeedEvent(
        position=position,
        id=f"evt_{row.session_id.removeprefix('ses_')}_{row.version}",
        type=type_,
        account_id=row.account_id,
        at_us=row.at_us,
        data=msgspec.json.encode(_data(row, before)).decode(),
        session_id=row.session_id,
        seq=row.version,
        log_seq=row.log_seq,
    )


def event_of_notice(notice: Notice, position: int) -> FeedEvent:
    """Return the event of a notice, at its place."""
    return FeedEvent(
        position=position,
        id=notice.id,
        type=notice.type,
        account_id=notice.account_id,
        at_us=notice.at_us,
        data=notice.data,
    )


def event_view(event: FeedEvent) -> EventView:
    """Return an event as an account's programs see it."""
    return EventView(
        id=event.id,
        type=event.type,
        at=time_of(event.at_us),
        account=event.account_id,
        session=event.session_id,
        seq=event.seq,
        data=msgspec.Raw(event.data.encode()),
    )


def _data(row: LogRow, before: SessionState | None) -> SessionEventData:
    end = None if row.code is None else End(EndCode(row.code), row.reason or "")
    return SessionEventData(
        id=row.session_id,
        project=row.project,
        region=row.region,
        state=SessionState(row.state),
        before=before,
        seq=row.version,
        actor=row.actor,
        created_at=time_of(row.created_us),
        state_at=time_of(row.at_us),
        end_user=row.end_user,
        device=row.device,
        until=_time(row.until_us),
        end=None if end is None else end_view(end),
    )


def _time(us: int | None) -> datetime | None:
    return None if us is None else time_of(us)
