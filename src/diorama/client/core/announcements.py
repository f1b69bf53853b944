"""What a program is told: whatever differs between two models of its session. Pure."""

from diorama.client.core.events import (
    Event,
    MediaChanged,
    QueueMoved,
    Reconnected,
    SessionSeen,
    StateChanged,
)
from diorama.client.core.model import Emit, MediaConnected, Model
from diorama.client.core.views import media_of, reconnecting_of, state_of


def announcements(before: Model, after: Model) -> list[Emit]:
    """Return what is to be told of a step from one model to the next."""
    told: list[Event] = []
    session, known = after.session, before.session
    if session is not None and session != known:
        told.append(SessionSeen(session))
    if state_of(after) != state_of(before):
        told.append(StateChanged(state_of(after)))
    if session is not None and session.queue is not None and after.end is None:
        place = None if known is None else known.queue
        told += [QueueMoved(session.queue)] if session.queue != place else []
    if media_of(after) != media_of(before):
        told.append(MediaChanged(media_of(after)))
    return [Emit(event) for event in (*told, *_repairs(before, after))]


def _repairs(before: Model, after: Model) -> list[Event]:
    was, now = reconnecting_of(before), reconnecting_of(after)
    if now is not None:
        return [now] if now != was else []
    if was is None or not isinstance(after.media, MediaConnected):
        return []
    return [Reconnected(after.media.attachment)]
