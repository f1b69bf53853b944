"""What an account used in a window, summed up by what somebody asks for. Use case: load and show.

The sums are the database's, over the spans in one consistent state, so the total and the groups of
one answer are of the same instant.
"""

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from diorama.kernel.errors import Invalid
from diorama.metering.costing import parts
from diorama.protocol.usage_views import CostPart, CostView, UsageGroup, UsageSum, UsageView
from diorama.sessions.show import time_of
from diorama.sessions.usage_store import GroupBy, Spent, Window
from diorama.sessions.work import Work

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


def usage(work: Work, question: Question) -> UsageView:
    """Return the total and one page of groups."""
    page = groups(work, question)
    window = question.window
    return UsageView(
        from_=time_of(window.from_us),
        to=time_of(window.to_us),
        until=time_of(window.until_us),
        group_by=question.by.value,
        total=total(work, question),
        groups=page.groups,
        cursor=None if page.after is None else cursor_of(page.after),
    )


def total(work: Work, question: Question) -> UsageSum:
    """Return what was used in all."""
    return UsageSum(**_sums(work.stores.usage.spent(question.account_id, question.window)))


def groups(work: Work, question: Question) -> Page:
    """Return one page of groups; the total has none."""
    q = question
    if q.by is GroupBy.TOTAL:
        return Page((), None)
    found = work.stores.usage.groups(q.account_id, q.window, q.by, after=q.after, limit=q.limit + 1)
    shown = tuple(UsageGroup(key=one.key, **_sums(one)) for one in found[: q.limit])
    return Page(shown, (shown[-1].key or "") if len(found) > q.limit else None)


def cost(work: Work, account_id: str | None, window: Window, price: Decimal) -> CostView:
    """Return what slots cost at a price per GPU hour; None is everybody, and what nobody had."""
    found = parts(work.stores.slot_time.sums(account_id, window, work.now_us))
    shown = {
        name: CostPart(slot_us=part.slot_us, gpu_hours=part.gpu_hours, cost=str(part.cost(price)))
        for name, part in found.items()
        if name != "warm" or account_id is None
    }
    return CostView(
        from_=time_of(window.from_us),
        to=time_of(window.to_us),
        until=time_of(window.until_us),
        price_per_gpu_hour=str(price),
        streaming=shown["streaming"],
        idle=shown["idle"],
        waiting=shown["waiting"],
        warm=shown.get("warm"),
        cost=str(sum((Decimal(one.cost) for one in shown.values()), Decimal())),
    )


def _sums(spent: Spent) -> Mapping[str, int]:
    return {
        "stream_us": spent.stream_us,
        "streaming_us": spent.streaming_us,
        "idle_us": spent.idle_us,
        "simulation_us": 0,
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
