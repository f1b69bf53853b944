"""What becomes of a request for a session, decided over values. Pure.

The caller loads the counts under the locks that keep them still, asks here, and writes the answer
in the same transaction: that is what makes the limits exact.
Source: DESIGN section 3; laws 1 and 4.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from diorama.kernel.units import seconds
from diorama.projects.rules import OnLimit, Rules
from diorama.protocol.end_codes import End, EndCode
from diorama.protocol.states import SessionState


class LimitKind(StrEnum):
    """Which limit stands in the way. The values are reasons of code 4010."""

    ACCOUNT = "account_limit"
    END_USER = "end_user_limit"
    PROJECT = "project_cap"


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """Sessions that hold a slot now, against what is allowed. None is no limit, or no end user."""

    account: int
    account_limit: int
    end_user: int | None
    end_user_limit: int | None
    project: int
    project_cap: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """One session that holds a slot, as far as a limit is concerned.

    `client_id` is a secret of the viewer's tab, and told nobody. `is_promoted`: it stood in line
    for the slot and has no picture yet: `queue.accept_s` says how long its viewer may be away.
    """

    session_id: str
    project_id: str
    project_name: str
    region: str
    end_user: str | None
    client_id: str | None
    device: str | None
    state: SessionState
    created_us: int
    heard_us: int | None
    detached_us: int | None
    is_promoted: bool = False

    def is_stale(self, now_us: int, stale_after_s: float) -> bool:
        """Whether it yields: its viewer has not been heard for longer than the time-out."""
        if self.detached_us is None:
            return False
        return (self.heard_us or self.detached_us) + seconds(stale_after_s) <= now_us


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """What is asked for, as far as limits are concerned.

    `with_key`: whether it came with the account's key, whose holder owns every session without an
    end user; an anonymous visitor owns none of the others'.
    """

    project_id: str
    region: str
    end_user: str | None
    rules: Rules
    with_key: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """A session to end first, in the same transaction."""

    session_id: str
    end: End


@dataclass(frozen=True, slots=True, kw_only=True)
class Pass:
    """No limit stands in the way once these are ended."""

    ending: tuple[Ending, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait:
    """A limit stands in the way and the project lets requests wait for it."""

    ending: tuple[Ending, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reject:
    """The request is refused.

    `ending` still ends: no limit refuses while a stale session counts in it (law 1). `holders` is
    what then holds the slots, where a limit refuses.
    """

    end: End
    ending: tuple[Ending, ...] = ()
    holders: tuple[Holder, ...] = ()


LimitAnswer: TypeAlias = Pass | Wait | Reject


def limits_in_the_way(counts: Counts) -> frozenset[LimitKind]:
    """Return the limits that one more session would break."""
    found = set()
    if _is_reached(counts.account, counts.account_limit):
        found.add(LimitKind.ACCOUNT)
    if counts.end_user is not None and _is_reached(counts.end_user, counts.end_user_limit):
        found.add(LimitKind.END_USER)
    if _is_reached(counts.project, counts.project_cap):
        found.add(LimitKind.PROJECT)
    return frozenset(found)


def _is_reached(count: int, limit: int | None) -> bool:
    return limit is not None and count >= limit


def answer_limits(
    ask: Ask, counts: Counts, holders: Sequence[Holder], *, now_us: int, stale_after_s: float
) -> LimitAnswer:
    """Return whether the limits let a request pass, and who ends for it.

    Stale sessions yield first, the longest unheard first, and only as many as it takes. Then the
    project's `on_limit` decides: under `take_over`, one's own longest-detached session ends.

    Args:
        ask: the request.
        counts: what the limits count, under lock.
        holders: every session those limits count; may be empty where none is in the way.
        now_us: database time.
        stale_after_s: when an unheard viewer's session yields.
    """
    stale = [h for h in holders if h.is_stale(now_us, stale_after_s)]
    left, ending = yielding(ask, counts, stale)
    if not limits_in_the_way(left):
        return Pass(ending=tuple(ending))
    gone = {e.session_id for e in ending}
    holding = tuple(h for h in holders if h.session_id not in gone)
    return _over_limit(ask, left, holding, tuple(ending))


def yielding(ask: Ask, counts: Counts, stale: Sequence[Holder]) -> tuple[Counts, list[Ending]]:
    """Return which stale sessions yield to a request, and what the limits then count.

    The longest unheard first, and only as many as it takes.
    """
    left, ending = counts, list[Ending]()
    for holder in sorted(stale, key=lambda h: (h.heard_us or 0, h.session_id)):
        blocking = limits_in_the_way(left)
        if any(_counts_in(holder, ask, kind) for kind in blocking):
            left = _without(left, holder, ask)
            yielded = End(EndCode.ABNORMAL, "stale_yielded")
            ending.append(Ending(session_id=holder.session_id, end=yielded))
    return left, ending


def _over_limit(
    ask: Ask, counts: Counts, holding: Sequence[Holder], ending: tuple[Ending, ...]
) -> LimitAnswer:
    blocking = limits_in_the_way(counts)
    counted = tuple(h for h in holding if any(_counts_in(h, ask, kind) for kind in blocking))
    if ask.rules.on_limit is OnLimit.TAKE_OVER:
        own = [h for h in counted if _is_own(h, ask) and h.detached_us is not None]
        for holder in sorted(own, key=lambda h: (h.detached_us or 0, h.session_id)):
            if not limits_in_the_way(_without(counts, holder, ask)):
                taken = Ending(
                    session_id=holder.session_id, end=End(EndCode.SUPERSEDED, "taken_over")
                )
                return Pass(ending=(*ending, taken))
    if ask.rules.on_limit is OnLimit.QUEUE and ask.rules.queue.enabled:
        return Wait(ending=ending)
    reason = min(blocking, key=list(LimitKind).index)
    end = End(EndCode.LIMIT_REACHED, reason.value)
    return Reject(end=end, ending=ending, holders=counted)


def _is_own(holder: Holder, ask: Ask) -> bool:
    known = ask.end_user is not None or ask.with_key
    return known and holder.end_user == ask.end_user


def _counts_in(holder: Holder, ask: Ask, kind: LimitKind) -> bool:
    match kind:
        case LimitKind.ACCOUNT:
            return True
        case LimitKind.END_USER:
            return holder.project_id == ask.project_id and holder.end_user == ask.end_user
        case LimitKind.PROJECT:
            return holder.project_id == ask.project_id and holder.region == ask.region


def _without(counts: Counts, holder: Holder, ask: Ask) -> Counts:
    end_user = counts.end_user
    if end_user is not None and _counts_in(holder, ask, LimitKind.END_USER):
        end_user -= 1
    return Counts(
        account=counts.account - 1,
        account_limit=counts.account_limit,
        end_user=end_user,
        end_user_limit=counts.end_user_limit,
        project=counts.project - _counts_in(holder, ask, LimitKind.PROJECT),
        project_cap=counts.project_cap,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """What a request finds: `waiting` in this lane, whether anyone could serve.

    `somebody_ahead`: whether any of those who wait is there, and not aside.
    """

    waiting: int
    somebody_ahead: bool
    slot_free: bool
    worker_exists: bool


class Placement(StrEnum):
    """Where a request that the limits let pass, or wait, goes."""

    SLOT = "slot"
    LINE = "line"


def place(room: Room, rules: Rules, *, must_wait: bool) -> Placement | Reject:
    """Return whether a request takes a slot now, stands in line, or is refused with 4001.

    A free slot is taken only where nobody in the same lane waits for it: first come, first served.
    """
    if room.slot_free and not room.somebody_ahead and not must_wait:
        return Placement.SLOT
    if not room.worker_exists:
        return Reject(end=End(EndCode.NO_WORKER_AVAILABLE, "no_worker"))
    if not rules.queue.enabled:
        return Reject(end=End(EndCode.NO_WORKER_AVAILABLE, "queue_off"))
    if room.waiting >= rules.queue.max_length:
        return Reject(end=End(EndCode.NO_WORKER_AVAILABLE, "queue_full"))
    return Placement.LINE
