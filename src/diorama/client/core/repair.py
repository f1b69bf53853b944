"""The peer connection: what its reports mean, and the cheapest repair first. Pure.

Media lost for 1 s asks for an ICE restart, media that stays lost for 3 s more for a new peer
connection, again every 10 s. A viewer that cannot restart ICE asks for a new one at once. How long
that goes on is for the gateway and the resume window to say.
"""

from dataclasses import replace
from typing import Final, Literal

from diorama.client.core.events import Attached
from diorama.client.core.model import (
    ICE_AFTER_S,
    PEER_AFTER_S,
    PEER_AGAIN_S,
    AcceptOffer,
    Effect,
    Emit,
    MediaConnected,
    MediaConnecting,
    MediaLost,
    MediaSeen,
    Model,
    NoMedia,
    Repair,
    Send,
    SocketOpen,
    Step,
)
from diorama.protocol.media import Offer, Restart
from diorama.protocol.viewer import MediaReport

_WAIT_S: Final[dict[Repair, float]] = {
    "nothing": ICE_AFTER_S,
    "ice": PEER_AFTER_S,
    "peer": PEER_AGAIN_S,
}


def take_offer(model: Model, offer: Offer, now_s: float) -> Step:
    """Return the step for an offer; one that is older than ours is a straggler."""
    ours = None if isinstance(model.media, NoMedia) else model.media.attachment
    if ours is not None and offer.attachment < ours:
        return Step(model)
    if offer.attachment == ours:
        return Step(model, (AcceptOffer(offer, fresh=False),))
    media = MediaConnecting(offer.attachment, now_s)
    report = _reports(model, offer.attachment, "connecting")
    return Step(replace(model, media=media), (AcceptOffer(offer, fresh=True), *report))


def take_media(model: Model, attachment: int, seen: MediaSeen, now_s: float) -> Step:
    """Return the step for what the peer connection says of itself."""
    media = model.media
    if isinstance(media, NoMedia) or media.attachment != attachment:
        return Step(model)
    match seen:
        case "connected" if isinstance(media, MediaConnected):
            return Step(model)
        case "connected":
            return Step(replace(model, media=MediaConnected(attachment, playing=False)))
        case "playing":
            return _play(model, attachment, now_s)
        case "stalled":
            return Step(model, _reports(model, attachment, "stalled"))
        case "disconnected" | "failed":
            return _lose(model, media, seen, now_s)


def _play(model: Model, attachment: int, now_s: float) -> Step:
    first = not (isinstance(model.media, MediaConnected) and model.media.playing)
    attached = (Emit(Attached(attachment)),) if first else ()
    played = replace(
        model,
        media=MediaConnected(attachment, playing=True),
        played=True,
        played_s=now_s if model.played_s is None else model.played_s,
    )
    return Step(played, (*_reports(model, attachment, "playing"), *attached))


def _lose(
    model: Model,
    media: MediaConnecting | MediaConnected | MediaLost,
    seen: Literal["disconnected", "failed"],
    now_s: float,
) -> Step:
    if isinstance(media, MediaLost):
        hopeless = seen == "failed" and media.asked == "nothing"
        return _ask(model, media, "ice", now_s) if hopeless else Step(model)
    gone = MediaLost(media.attachment, now_s)
    lost = replace(model, media=gone)
    report = _reports(model, media.attachment, "lost")
    if seen == "disconnected":
        return Step(lost, report)
    asked = _ask(lost, gone, "peer" if isinstance(media, MediaConnecting) else "ice", now_s)
    return Step(asked.model, (*report, *asked.effects))


def _ask(
    model: Model,
    media: MediaConnecting | MediaLost,
    wanted: Literal["ice", "peer"],
    now_s: float,
) -> Step:
    """Return the step that asks for a repair; without a socket the next hello asks for an offer."""
    if not isinstance(model.socket, SocketOpen):
        return Step(model)
    scope = wanted if model.restarts_ice else "peer"
    attempt = media.attempt + 1 if isinstance(media, MediaLost) else 1
    lost = MediaLost(media.attachment, now_s, scope, attempt)
    return Step(replace(model, media=lost), (Send(Restart(media.attachment, scope)),))


def _reports(
    model: Model,
    attachment: int,
    state: Literal["connecting", "playing", "stalled", "lost"],
) -> tuple[Effect, ...]:
    if not isinstance(model.socket, SocketOpen):
        return ()
    return (Send(MediaReport(attachment, state)),)


def repair_due_s(model: Model) -> float | None:
    """Return when the next repair is due, or None."""
    if not isinstance(model.socket, SocketOpen):
        return None
    match model.media:
        case MediaConnecting(since_s=since_s):
            return since_s + PEER_AGAIN_S
        case MediaLost(since_s=since_s, asked=asked):
            return since_s + _WAIT_S[asked]
        case _:
            return None


def repair(model: Model, now_s: float) -> Step:
    """Return the step for a repair that is due."""
    media = model.media
    if not isinstance(media, MediaLost | MediaConnecting):
        return Step(model)
    first = isinstance(media, MediaLost) and media.asked == "nothing"
    return _ask(model, media, "ice" if first else "peer", now_s)
