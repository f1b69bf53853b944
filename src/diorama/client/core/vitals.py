"""How a peer connection is, from what it shows: its own word, frames and answered pings. Pure.

aiortc knows a lost path only after its ICE consent fails, half a minute later; frames and pings,
which come many times a second, say so much sooner.
"""

from dataclasses import dataclass
from typing import Final

from diorama.client.core.model import MediaSeen

SILENT_AFTER_S: Final = 4.0
STALLED_AFTER_S: Final = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Vitals:
    """What is known of a peer connection; times on one clock, None for never.

    Attributes:
        connected_s: since when the connection says that it is up.
        failed: whether it says that it is over.
        cut: whether its data channel is gone: a picture that nobody can touch is no session.
    """

    connected_s: float | None = None
    frame_s: float | None = None
    pong_s: float | None = None
    failed: bool = False
    cut: bool = False


def seen(vitals: Vitals, now_s: float) -> MediaSeen | None:
    """Return what to say of it; None while it is being set up."""
    if vitals.failed:
        return "failed"
    if vitals.connected_s is None:
        return None
    heard_s = max(vitals.connected_s, vitals.frame_s or 0.0, vitals.pong_s or 0.0)
    if vitals.cut or now_s - heard_s >= SILENT_AFTER_S:
        return "disconnected"
    if vitals.frame_s is None:
        return "connected"
    return "stalled" if now_s - vitals.frame_s >= STALLED_AFTER_S else "playing"
