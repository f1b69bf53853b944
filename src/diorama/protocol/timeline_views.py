"""What Diorama shows of how a session went: each thing that happened, whose doing it was, and why.

`at` is when something took effect; an entry stands where it was written, so one of what was noticed
late may be earlier than the one before it.
"""

from collections.abc import Mapping

import msgspec

from diorama.protocol.states import SessionState
from diorama.protocol.views import Instant, SessionView

Fact = str | int | float


class TimelineEntry(msgspec.Struct, frozen=True):
    """One thing that happened in a session.

    Attributes:
        at: when it took effect.
        kind: what: an event of the lifecycle, or what was noted beside it (`note` is True).
        state: the session's state after it.
        actor: who caused it: `viewer`, `worker:<name>`, `gateway`, `key:<id>`, `member:<id>`.
        cause: why, for machines.
        text: all that as a sentence.
        facts: the numbers and names in it; units last, as in `after_s`.
        note: whether it changed nothing, and was only seen.
    """

    at: Instant
    kind: str
    state: SessionState
    actor: str
    cause: str
    text: str
    facts: Mapping[str, Fact]
    note: bool = False


class Timeline(msgspec.Struct, frozen=True):
    """How a session went.

    Attributes:
        session: as it is now.
        sentence: why it ended, or what it waits for, in one plain sentence.
        entries: what happened, the first first.
        complete: whether these are all; a session that went through more shows its first thousands.
        hint: of a session that failed, what whoever runs it may do about that.
    """

    session: SessionView
    sentence: str
    entries: tuple[TimelineEntry, ...]
    complete: bool = True
    hint: str | None = None
