"""What gateways tell each other after a commit: ids of what changed, never what it is now.

Hints make it fast and nothing else: whoever gets one reads the store, and one that was lost is made
up for by the poll (`gateway.poll`). A bus may carry them by PostgreSQL or by anything else; no
lock, lease, counter or usage ever travels on it. Source: DESIGN section 11.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import chain
from typing import Final, Protocol

import msgspec

from diorama.sessions.work import Changes

MAX_PAYLOAD: Final = 7_900
"""Bytes of one NOTIFY; PostgreSQL refuses 8,000 and more."""
MAX_PARTS: Final = 8
"""Payloads of one flush; where more would be needed, "look at everything" is shorter."""
MAX_IDS: Final = 4_000
"""Ids that are kept for one flush: as many as the parts could hold at best."""


@dataclass(slots=True)
class Hints:
    """Ids of what changed.

    Attributes:
        sessions: those whose viewer should be told.
        workers: those whose slots should hold something else, or that have a newer socket.
        lanes: those whose waiters may have moved, as (project, region).
        to_viewers: sessions for whose viewers signals were left.
        to_workers: workers for whom signals were left.
        everything: something changed, and what is not said: look at all you have.
    """

    sessions: set[str] = field(default_factory=set)
    workers: set[str] = field(default_factory=set)
    lanes: set[tuple[str, str]] = field(default_factory=set)
    to_viewers: set[str] = field(default_factory=set)
    to_workers: set[str] = field(default_factory=set)
    everything: bool = False

    @classmethod
    def of(cls, changes: Changes) -> "Hints":
        """Return what another gateway needs to hear of a commit.

        Room in a lane is not told: whoever made it deals it out at once, the others within a
        second.
        """
        return cls(set(changes.sessions), set(changes.workers), set(changes.lanes))

    def add(self, other: "Hints") -> None:
        """Take another's ids up; too many of them become `everything`."""
        self.sessions |= other.sessions
        self.workers |= other.workers
        self.lanes |= other.lanes
        self.to_viewers |= other.to_viewers
        self.to_workers |= other.to_workers
        self.everything = self.everything or other.everything or self.count > MAX_IDS
        if self.everything:
            for ids in (self.sessions, self.workers, self.to_viewers, self.to_workers):
                ids.clear()
            self.lanes.clear()

    @property
    def count(self) -> int:
        """How many ids there are."""
        signals = len(self.to_viewers) + len(self.to_workers)
        return len(self.sessions) + len(self.workers) + len(self.lanes) + signals

    def __bool__(self) -> bool:
        """Whether there is anything to tell."""
        return self.everything or self.count > 0


class HintBus(Protocol):
    """Carries hints to the other gateways, as well as it can."""

    @property
    def has_others(self) -> bool:
        """Whether there may be other gateways; without them nothing has to be polled or relayed."""

    def tell(self, hints: Hints) -> None:
        """Take what a commit of this gateway changed. Never blocks, and promises nothing."""

    async def run(self, heard: Callable[[Hints], None]) -> None:
        """Carry hints until cancelled; `heard` takes those of others, and must not block."""


class Alone:
    """The bus of a gateway that has the store to itself: nobody has to be told."""

    has_others: Final = False

    def tell(self, hints: Hints) -> None:
        """Do nothing: the hub was told."""

    async def run(self, heard: Callable[[Hints], None]) -> None:
        """Return: nobody will say anything."""


class Payload(msgspec.Struct, frozen=True, omit_defaults=True):
    """One message on the bus. Its names are short because its room is.

    Attributes:
        g: the gateway that sends it.
        a: look at everything.
        s: sessions.
        w: workers.
        l: lanes.
        v: sessions with signals for the viewer.
        u: workers with signals.
    """

    g: str
    a: bool = False
    s: tuple[str, ...] = ()
    w: tuple[str, ...] = ()
    l: tuple[tuple[str, str], ...] = ()  # noqa: E741 - short, as the others
    v: tuple[str, ...] = ()
    u: tuple[str, ...] = ()


_DECODER: Final = msgspec.json.Decoder(Payload)


def payloads(hints: Hints, sender: str) -> list[str]:
    """Return the messages that carry these hints, each small enough for a NOTIFY.

    Too many ids become one message that says to look at everything. No hints at all are one
    message too, by which a sender hears itself.
    """
    parts = [] if hints.everything else list(_parts(hints, sender))
    if hints.everything or len(parts) > MAX_PARTS:
        return [_encoded(Payload(g=sender, a=True))]
    return parts or [_encoded(Payload(g=sender))]


def read_payload(text: str) -> tuple[str, Hints]:
    """Return who sent a message, and its hints; what cannot be read says to look at everything."""
    try:
        payload = _DECODER.decode(text)
    except msgspec.DecodeError:
        return "", Hints(everything=True)
    hints = Hints(
        set(payload.s),
        set(payload.w),
        set(payload.l),
        set(payload.v),
        set(payload.u),
        everything=payload.a,
    )
    return payload.g, hints


def _parts(hints: Hints, sender: str) -> Iterator[str]:
    room = MAX_PAYLOAD - len(_encoded(Payload(g=sender, s=("",), w=("",), v=("",), u=("",)))) - 10
    taken: dict[str, list[str | tuple[str, str]]] = {}
    left = room
    for kind, one in _flat(hints):
        size = len(msgspec.json.encode(one)) + 1
        if size > left and taken:
            yield _encoded(_payload(sender, taken))
            taken, left = {}, room
        taken.setdefault(kind, []).append(one)
        left -= size
    if taken:
        yield _encoded(_payload(sender, taken))


def _flat(hints: Hints) -> Iterator[tuple[str, str | tuple[str, str]]]:
    return chain(
        (("v", one) for one in hints.to_viewers),
        (("u", one) for one in hints.to_workers),
        (("s", one) for one in hints.sessions),
        (("w", one) for one in hints.workers),
        (("l", one) for one in hints.lanes),
    )


def _payload(sender: str, ids: dict[str, list[str | tuple[str, str]]]) -> Payload:
    return msgspec.convert({"g": sender, **ids}, Payload)


def _encoded(payload: Payload) -> str:
    return msgspec.json.encode(payload).decode()
