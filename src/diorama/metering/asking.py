"""What an account used in a window, summed up by what somebody asks for. Use case: load and show.

The sums are the database's, month by month: whoever reads holds others up meanwhile (SQLite has one
thread). All are counted up to one instant, and the total and the groups of a month are read at
once. A session that streamed in several months counts in the first of them.
"""

import base64
import binascii
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from functools import partial
from typing import Final, Protocol, TypeVar

from diorama.kernel.errors import Invalid
from diorama.metering.costing import parts
from diorama.metering.periods import by_month
from diorama.protocol.usage_views import CostPart, CostView, UsageGroup, UsageSum, UsageView
from diorama.sessions.show import time_of
from diorama.sessions.slot_time_store import SlotSum
from diorama.sessions.usage_store import GroupBy, Spent, Window
from diorama.sessions.work import Work

T = TypeVar("T")
MAX_CURSOR: Final = 1_024


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is asked.

    Attributes:
        account_id: whose usage; None is everybody's.
        after: the key after which groups are told; None is from the first.
        limit: groups to tell, at most.
    """

    account_id: str | None
    window: Window
    by: GroupBy = GroupBy.TOTAL
    after: str | None = None
    limit: int = 200


@dataclass(frozen=True, slots=True)
class Page:
    """Some of the groups, and the key to go on after; None is the end."""

    groups: tuple[UsageGroup, ...]
    after: str | None


class Reads(Protocol):
    """Whoever runs use cases that only read."""

    async def look(self, use_case: Callable[[Work], T]) -> T:
        """Run one on one consistent state."""


async def usage(desk: Reads, question: Question) -> UsageView:
    """Return the total and one page of groups."""
    all_, page = await _summed(desk, question)
    window = question.window
    return UsageView(
        from_=time_of(window.from_us),
        to=time_of(window.to_us),
        until=time_of(window.until_us),
        group_by=question.by.value,
        total=UsageSum(**_sums(all_)),
        groups=page.groups,
        cursor=None if page.after is None else cursor_of(page.after),
    )


async def total(desk: Reads, question: Question) -> UsageSum:
    """Return what was used in all."""
    all_, _ = await _summed(desk, replace(question, by=GroupBy.TOTAL))
    return UsageSum(**_sums(all_))


async def groups(desk: Reads, question: Question) -> Page:
    """Return one page of groups; the total has none."""
    _, page = await _summed(desk, question, totals=False)
    return page


async def _summed(desk: Reads, question: Question, *, totals: bool = True) -> tuple[Spent, Page]:
    all_ = Spent()
    found: dict[str | None, Spent] = {}
    for month in by_month(question.window):
        read = await desk.look(partial(_read, question=question, month=month, totals=totals))
        all_ = _added(all_, read.total, again=len({session for _, session in read.again}))
        again = Counter(key for key, _ in read.again)
        for one in read.groups:
            known = found.get(one.key, Spent(key=one.key))
            found[one.key] = _added(known, one, again=again[one.key])
    # A key among the first of all months is among the first of each month that has it.
    shown = sorted(found.values(), key=lambda one: one.key or "")
    page = tuple(UsageGroup(key=one.key, **_sums(one)) for one in shown[: question.limit])
    return all_, Page(page, (page[-1].key or "") if len(shown) > question.limit else None)


@dataclass(frozen=True, slots=True)
class _Month:
    """What was used in a month, and the sessions that streamed before it: key and id of each."""

    total: Spent
    groups: Sequence[Spent]
    again: Sequence[tuple[str | None, str]]


def _read(work: Work, question: Question, month: Window, *, totals: bool) -> _Month:
    q, store = question, work.stores.usage
    first = month.from_us == q.window.from_us
    return _Month(
        total=store.spent(q.account_id, month) if totals else Spent(),
        groups=()
        if q.by is GroupBy.TOTAL
        else store.groups(q.account_id, month, q.by, after=q.after, limit=q.limit + 1),
        again=() if first else store.again(q.account_id, month, q.by, since_us=q.window.from_us),
    )


def _added(known: Spent, more: Spent, *, again: int) -> Spent:
    return Spent(
        key=known.key,
        streaming_us=known.streaming_us + more.streaming_us,
        idle_us=known.idle_us + more.idle_us,
        simulation_us=known.simulation_us + more.simulation_us,
        sessions=known.sessions + more.sessions - again,
    )


async def cost(desk: Reads, account_id: str | None, window: Window, price: Decimal) -> CostView:
    """Return what slots cost at a price per GPU hour; None is everybody, and what nobody had."""
    sums: list[SlotSum] = []
    for month in by_month(window):
        sums += await desk.look(partial(_slot_sums, account_id=account_id, month=month))
    shown = {
        name: CostPart(slot_us=part.slot_us, gpu_hours=part.gpu_hours, cost=str(part.cost(price)))
        for name, part in parts(sums).items()
        if name != "warm" or account_id is None
    }
    return CostView(
        from_=time_of(window.from_us),
        to=time_of(window.to_us),
        until=time_of(window.until_us),
        price_per_gpu_hour=str(price),
        streaming=shown["streaming"],
        idle=shown["idle"],
        simulation=shown["simulation"],
        waiting=shown["waiting"],
        warm=shown.get("warm"),
        cost=str(sum((Decimal(one.cost) for one in shown.values()), Decimal())),
    )


def _slot_sums(work: Work, account_id: str | None, month: Window) -> Sequence[SlotSum]:
    return work.stores.slot_time.sums(account_id, month, work.now_us)


def _sums(spent: Spent) -> Mapping[str, int]:
    return {
        "stream_us": spent.stream_us,
        "streaming_us": spent.streaming_us,
        "idle_us": spent.idle_us,
        "simulation_us": spent.simulation_us,
        "sessions": spent.sessions,
    }


def cursor_of(key: str) -> str:
    """Return a key as what may stand in an address."""
    return "k" + base64.urlsafe_b64encode(key.encode()).decode().rstrip("=")


def key_of(cursor: str, by: GroupBy) -> str:
    """Return the key of a cursor.

    Raises:
        Invalid: it is none that was given out for such groups (`cursor`).
    """
    coded = cursor[1:]
    try:
        padded = coded + "=" * (-len(coded) % 4)
        key = base64.b64decode(padded, altchars=b"-_", validate=True).decode()
        if by is GroupBy.DAY:
            date.fromisoformat(key)
    except (binascii.Error, ValueError) as error:
        raise Invalid("this cursor was given out by nobody", code="cursor") from error
    if not cursor.startswith("k") or "\0" in key:
        raise Invalid("this cursor was given out by nobody", code="cursor")
    return key
