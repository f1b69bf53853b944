"""Which events there are, and who asked for which. Pure.

A type is a family and what happened in it. A filter names types, whole families (`session.*`) or
all of them (`*`); it is turned into the types it means, so that whoever compares knows no patterns.
"""

from collections.abc import Iterable, Mapping
from typing import Final

from diorama.kernel.errors import Detail, Invalid

EVERY: Final = "*"
TEST: Final = "webhook.test"
DISABLED: Final = "webhook.disabled"
HOURS_REACHED: Final = "usage.hours_reached"
MONTH_CLOSED: Final = "usage.month_closed"
RECORDING_READY: Final = "recording.ready"
RECORDING_FAILED: Final = "recording.failed"
MAX_FILTERS: Final = 64

TYPES: Final[Mapping[str, str]] = {
    "session.requested": "somebody asked for a session",
    "session.reserved": "it was given a slot at once",
    "session.accepted": "the worker took it on",
    "session.world_started": "its world runs",
    "session.attached": "its viewer came, with a new media connection",
    "session.rejoined": "its viewer's socket came back; media never stopped",
    "session.continued": "the same client asked again, and goes on with it",
    "session.streaming": "frames reach the viewer",
    "session.idle": "no input for so long that the viewer is warned",
    "session.active": "input again",
    "session.media_lost": "the media connection broke; the socket did not",
    "session.socket_closed": "the viewer's socket closed",
    "session.leaving": "the viewer's page is being left; it may be a reload",
    "session.detached": "the viewer is not heard any more",
    "session.held_off": "the world holds the AFK warning off, or lets go",
    "session.extended": "it was given more runtime",
    "session.ended": "it is over: `data.end` says why",
    "queue.joined": "no slot was free: it stands in line",
    "queue.promoted": "its turn came: it was given a slot",
    "queue.returned": "its slot failed it: it stands in line again, at its old place",
    "queue.put_aside": "it did not answer its promotion: others go first until it does",
    "worker.ready": "a worker serves, after a start or after it was not heard",
    "worker.draining": "a worker takes no new sessions",
    "worker.suspect": "a worker is not heard, and is given no new sessions",
    "worker.lost": "a worker is given up: its sessions have ended",
    "simulation.submitted": "a simulation was asked for, and waits for a slot",
    "simulation.dispatched": "a run of it was given a slot",
    "simulation.processing": "a run of it renders",
    "simulation.returned": "the slots of its runs failed them: they wait again, at their old place",
    "simulation.completed": "all of its runs are done, and their files are there",
    "simulation.failed": "it is over, and a run of it failed: `data.error` says why",
    "simulation.cancelled": "it is over, and a run of it was cancelled",
    RECORDING_READY: "the files of a recording are there",
    RECORDING_FAILED: "a recording came to nothing: `data.error` says why",
    HOURS_REACHED: "the stream hours of this month are used up",
    MONTH_CLOSED: "a month is over: what it comes to",
    DISABLED: "a webhook is sent nothing more until it is enabled again",
    TEST: "somebody asked a webhook to be tried",
}
"""Every type, and what it means; docs/events.md has the same table."""

FAMILIES: Final = ("session", "queue", "worker", "usage", "webhook", "simulation", "recording")
"""What types may begin with; a family may be asked for before the first of its types is told."""


def meant_by(filters: Iterable[str]) -> frozenset[str]:
    """Return the types that filters mean; no filter at all means every type.

    Raises:
        Invalid: `event_type_unknown`: one means nothing.
    """
    wanted = tuple(filters) or (EVERY,)
    return frozenset().union(*(_meant(one) for one in wanted))


def _meant(one: str) -> frozenset[str]:
    if one == EVERY:
        return frozenset(TYPES)
    if one in TYPES:
        return frozenset({one})
    family, dot, rest = one.partition(".")
    if dot and rest == EVERY and family in FAMILIES:
        return frozenset(name for name in TYPES if name.startswith(f"{family}."))
    raise Invalid(
        f"there is no event type {one!r}: a type, a family such as session.*, or *",
        code="event_type_unknown",
        detail={"types": list[Detail](sorted(TYPES))},
    )
