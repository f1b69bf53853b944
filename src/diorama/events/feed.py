"""The feed: one order of all that happened in an account, which no reader can miss a part of.

What happened is written where it happens: into the log of sessions, or as a `Notice`. Publishing
gives it a place in the feed afterwards, under one lock, so places rise as commits do and a reader
who has seen place n has seen everything before it (docs/design/events.md argues why).
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from diorama.accounts.hours import StreamMonth
from diorama.kernel.errors import Invalid, NotFound

KEPT_DAYS: Final = 30
"""For how long events stay in the feed; the log that usage is made of is kept for good."""
_PER_INCARNATION: Final = 1 << 32
_CURSOR_DIGITS: Final = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedEvent:
    """One event at its place.

    Attributes:
        position: its place.
        id: the same for ever, whoever tells it and however often.
        at_us: when it took effect.
        session_id: the session it is of.
        seq: its number among those of its session, without gaps; the higher is the newer.
        log_seq: the row of the sessions' log that it was made from.
        data: JSON, what the thing is since.
    """

    position: int
    id: str
    type: str
    account_id: str
    at_us: int
    data: str
    session_id: str | None = None
    seq: int | None = None
    log_seq: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """What happened to something that is no session, not yet at its place in the feed.

    Attributes:
        webhook_id: the only webhook that is told; None is all that want the type.
    """

    id: str
    type: str
    account_id: str
    at_us: int
    data: str
    webhook_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LogRow:
    """A row of the sessions' log, with what stays the same of its session.

    Attributes:
        before: the state that the session was in, None where it was new.
    """

    log_seq: int
    session_id: str
    version: int
    kind: str
    state: str
    before: str | None
    at_us: int
    actor: str
    code: int | None
    reason: str | None
    until_us: int | None
    account_id: str
    project: str
    region: str
    end_user: str | None
    device: str | None
    created_us: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """Where publishing stands.

    Attributes:
        position: the last place given.
        settled: rows of the log up to here are all in the feed, and none will be added.
        newest: the last row of the log that is in the feed.
        candidate: what `settled` becomes once all transactions before `fence` are over.
        fence: a number of a transaction; 0 is none.
    """

    position: int
    settled: int
    newest: int
    candidate: int
    fence: int


@dataclass(frozen=True, slots=True)
class Horizon:
    """The number of the transaction at hand, and the lowest of those that are not over."""

    own: int
    oldest: int


def settled_by(head: Head, horizon: Horizon) -> Head:
    """Return a locked head after a look at which transactions are over. Pure.

    Whoever writes a row of the log has a transaction number before it takes the row's number. So
    once every transaction is over that had a number when row n was already seen, no row below n
    can appear. `head.newest` was seen by an earlier transaction than this one.
    """
    settled, candidate, fence = head.settled, head.candidate, head.fence
    if fence and horizon.own < fence:
        fence = 0  # numbers started anew: the rows were restored into another cluster
    if fence and horizon.oldest >= fence:
        settled, fence = max(settled, candidate), 0
    if not fence and head.newest > settled:
        candidate, fence = head.newest, horizon.own
        if horizon.oldest >= fence:
            settled, fence = candidate, 0
    return Head(
        position=head.position,
        settled=settled,
        newest=head.newest,
        candidate=candidate,
        fence=fence,
    )


def next_position(head: Head, incarnation: int) -> int:
    """Return the next place: above all that were given, also by a history that was lost since."""
    return max(head.position + 1, incarnation * _PER_INCARNATION)


@dataclass(frozen=True, slots=True)
class FeedPage:
    """Some events, and the place up to which the feed was looked through for them."""

    events: Sequence[FeedEvent]
    position: int
    more: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which events of an account are asked for."""

    account_id: str
    types: Collection[str]
    session_id: str | None = None


class FeedStore(Protocol):
    """The feed at rest."""

    def is_behind(self) -> bool:
        """Return whether there is anything to publish, or to settle."""

    def take_head(self) -> Head | None:
        """Return the head, locked until this transaction is over; None where another has it."""

    def horizon(self) -> Horizon:
        """Return which transactions are over."""

    def unpublished(self, settled: int, *, limit: int) -> list[LogRow]:
        """Return rows of the log after `settled` that are not in the feed, the oldest first."""

    def take_notices(self, *, limit: int) -> list[Notice]:
        """Return notices that are not in the feed, the oldest first, and forget them."""

    def append(self, events: Sequence[FeedEvent], now_us: int) -> None:
        """Write events at their places."""

    def put_head(self, head: Head) -> None:
        """Write where publishing stands."""

    def notice(self, notice: Notice) -> None:
        """Write down what happened to something that is no session."""

    def notice_once(self, subject: str, mark: str, notice: Notice) -> bool:
        """Write a notice unless the last one about `subject` had this mark."""

    def marks(self, prefix: str) -> Mapping[str, str]:
        """Return the marks of the last notices about subjects that begin so."""

    def unmark(self, subject: str) -> None:
        """Forget what the last notice about a subject that is no more was of."""

    def unclosed(self, month_us: int, *, limit: int) -> list[tuple[str, StreamMonth]]:
        """Return accounts and their use of a month that was not noticed of them yet."""

    def standing(self) -> int:
        """Return the last place given."""

    def forgotten(self) -> int:
        """Return the last place that is kept no more."""

    def page(self, wanted: Wanted, *, after: int, limit: int) -> FeedPage:
        """Return the events after a place, the oldest first."""

    def position_of(self, account_id: str, event_id: str) -> int | None:
        """Return where an event of an account stands."""

    def event(self, account_id: str, event_id: str) -> FeedEvent | None:
        """Return an event of an account."""

    def forget(self, before_us: int, *, limit: int) -> int:
        """Drop events that were published before this; return how many."""


def place_of(feed: FeedStore, account_id: str, cursor: str) -> int:
    """Return the place that a cursor means: one that a page gave, or the id of an event.

    Raises:
        Invalid: `cursor_unknown`: it is neither.
        NotFound: `cursor_expired`: what came next is kept no more.
    """
    if cursor.startswith("evt_"):
        place = feed.position_of(account_id, cursor)
    else:
        digits = cursor.isascii() and cursor.isdigit() and len(cursor) <= _CURSOR_DIGITS
        place = int(cursor) if digits and int(cursor) < 1 << 63 else None
    if place is None:
        raise Invalid("this cursor is of no event here", code="cursor_unknown")
    if place < feed.forgotten():
        raise NotFound(
            f"events are kept for {KEPT_DAYS} days, and what came after this cursor is gone:"
            " read what stands now, then follow the feed from its beginning",
            code="cursor_expired",
        )
    return place
