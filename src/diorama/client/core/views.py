"""What a viewer shows of its session, read from the model and held nowhere else. Pure."""

from diorama.client.core.ends import final_state
from diorama.client.core.events import MediaState, Reconnecting
from diorama.client.core.model import (
    STREAMED,
    Answered,
    MediaConnected,
    MediaConnecting,
    MediaLost,
    Model,
    NoMedia,
    SocketOpen,
    SocketOpening,
    SocketWaiting,
)
from diorama.protocol.states import SessionState


def state_of(model: Model) -> SessionState:
    """Return the session's state.

    The gateway's word counts, but frames reach this viewer only where its own media plays: who
    joins a session that streams already is `connecting`.
    """
    if model.end is not None:
        return final_state(model.end.code)
    told = model.session.state if model.session else SessionState.REQUESTING
    if told not in STREAMED or _is_playing(model):
        return told
    return SessionState.CONNECTING


def _is_playing(model: Model) -> bool:
    """Whether frames come, counting media lost so lately that its repair has not begun."""
    match model.media:
        case MediaConnected(playing=playing):
            return playing
        case MediaLost(asked="nothing"):
            return isinstance(model.socket, SocketOpen)
        case _:
            return False


def media_of(model: Model) -> MediaState:
    """Return how this viewer's peer connection is."""
    match model.media:
        case NoMedia():
            return "none"
        case MediaConnecting():
            return "connecting"
        case MediaConnected(playing=playing):
            return "playing" if playing else "connecting"
        case MediaLost():
            return "lost"


def reconnecting_of(model: Model) -> Reconnecting | None:
    """Return the repair under way, or None."""
    if model.end is not None or not isinstance(model.opening, Answered):
        return None
    live = isinstance(model.media, MediaConnected) and model.media.playing
    if model.welcomed and isinstance(model.socket, SocketWaiting | SocketOpening):
        return Reconnecting("socket", model.socket.attempt, live)
    if not model.played or live:
        return None
    match model.media:
        case MediaLost(asked="nothing"):
            return None
        case MediaLost(asked="ice" | "peer" as step, attempt=attempt):
            return Reconnecting(step, attempt, live)
        case _:
            return Reconnecting("peer", 0, live)
