"""Giving what happened its place in the feed, and each webhook its delivery. Use cases.

Nothing of this is in the transactions in which things happen. Any gateway publishes; one at a time,
under the lock of the feed's head, which is taken before any other lock and with no lane, account,
session or slot. Source: docs/design/events.md.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from diorama.accounts.hours import month_end_us, month_start_us
from diorama.events.feed import KEPT_DAYS, FeedEvent, Notice, next_position, settled_by
from diorama.events.types import HOURS_REACHED, MONTH_CLOSED
from diorama.events.webhooks import DELIVERIES_KEPT_DAYS, Webhook, deliver, notice
from diorama.kernel.units import HOUR_US
from diorama.sessions.announcing import event_of, event_of_notice
from diorama.sessions.show import time_text
from diorama.sessions.work import Work
from diorama.workers.capabilities import Worker

BATCH: Final = 100
"""On SQLite, whoever writes waits for one such unit."""
FORGOTTEN_AT_ONCE: Final = 1_000
CLOSES_AFTER_US: Final = HOUR_US
"""A month is closed when what its last seconds brought has long been written."""
_DAY_US: Final = 24 * HOUR_US


def is_behind(work: Work) -> bool:
    """Return whether something waits for its place."""
    return work.stores.feed.is_behind()


def publish(work: Work) -> int | None:
    """Give the next things that happened their places; return how many, None where another does.

    Deliveries are made in the same transaction: no event has its place without them.
    """
    feed = work.stores.feed
    head = feed.take_head()
    if head is None:
        return None
    looked_at = head.settled
    head = settled_by(head, feed.horizon())  # before the rows are read: so all that settled is seen
    notices = feed.take_notices(limit=BATCH)
    rows = feed.unpublished(looked_at, limit=BATCH)
    if len(rows) == BATCH:  # what comes after these is not in the feed yet, however old it is
        head = replace(head, settled=min(head.settled, rows[-1].log_seq))
    place = next_position(head, work.stores.incarnation)
    events = [event_of_notice(one, place + at) for at, one in enumerate(notices)]
    events += [event_of(row, place + len(notices) + at) for at, row in enumerate(rows)]
    if events:
        head = replace(head, position=events[-1].position)
    if rows:
        head = replace(head, newest=max(head.newest, rows[-1].log_seq))
    feed.append(events, work.now_us)
    feed.put_head(head)
    _fan_out(work, events, notices)
    return len(events)


def _fan_out(work: Work, events: Sequence[FeedEvent], notices: Sequence[Notice]) -> None:
    """Make a delivery of each event for each webhook that wants it."""
    accounts = sorted({event.account_id for event in events})
    listening: dict[str, list[tuple[Webhook, frozenset[str]]]] = defaultdict(list)
    for webhook in work.stores.webhooks.listening(accounts) if accounts else ():
        listening[webhook.account_id].append((webhook, webhook.wanted))
    only = {one.id: one.webhook_id for one in notices if one.webhook_id is not None}
    deliveries = [
        deliver(webhook, event, work.ids, work.now_us)
        for event in events
        for webhook, wanted in listening[event.account_id]
        if (webhook.id == only[event.id] if event.id in only else event.type in wanted)
    ]
    if deliveries:
        work.stores.webhooks.queue(deliveries)


def workers_to_tell_of(work: Work) -> dict[str, str]:
    """Return the marks of workers that stand otherwise than was last told; a restart counts.

    How a worker stands follows from the time as well, so it is compared, not caught in the act:
    what changed and changed back within a second is told to nobody.
    """
    return {subject: mark for subject, mark, _ in _untold(work)}


def tell_of_workers(work: Work, operator: str) -> None:
    """Notice, for the operator's account, each worker that stands otherwise than was last told."""
    for subject, mark, worker in _untold(work):
        standing = worker.standing(work.now_us).value
        about = {"id": worker.id, "name": worker.name, "region": worker.region}
        about |= {"pool": worker.pool, "state": standing, "version": worker.version}
        told = notice(work.ids, f"worker.{standing}", operator, work.now_us, about)
        work.stores.feed.notice_once(subject, mark, told)


def _untold(work: Work) -> list[tuple[str, str, Worker]]:
    """Return workers that stand otherwise than was last told, with their subjects and marks."""
    told = work.stores.feed.marks("worker:")
    now = [
        (f"worker:{worker.id}", f"{worker.standing(work.now_us)} {worker.boot_id}", worker)
        for worker in work.stores.workers.all()
    ]
    return [(subject, mark, worker) for subject, mark, worker in now if told.get(subject) != mark]


def month_to_close(now_us: int) -> int | None:
    """Return the start of the month that has ended, once nothing more is added to it."""
    start_us = month_start_us(now_us)
    return month_start_us(start_us - 1) if now_us >= start_us + CLOSES_AFTER_US else None


def months_to_close(work: Work) -> bool:
    """Return whether an account is still to be told what its last month comes to."""
    ended_us = month_to_close(work.now_us)
    return ended_us is not None and bool(work.stores.feed.unclosed(ended_us, limit=1))


def close_months(work: Work) -> None:
    """Notice of each account what the month that has ended comes to, once."""
    ended_us = month_to_close(work.now_us)
    if ended_us is None:
        return
    for account_id, month in work.stores.feed.unclosed(ended_us, limit=BATCH):
        about = {
            "from": time_text(ended_us),
            "to": time_text(month.end_us),
            "stream_us": month.used_us(month.end_us),
            "simulation_us": work.stores.simulations.used_us(
                account_id, ended_us, month.end_us, month.end_us
            ),
        }
        told = notice(work.ids, MONTH_CLOSED, account_id, work.now_us, about)
        work.stores.feed.notice_once(f"month:{account_id}", str(ended_us), told)


def tell_of_hours(work: Work, account_id: str, *, used_us: int, limit_us: int) -> None:
    """Notice that an account has used up the hours of this month, once a month and limit."""
    about = {
        "used_us": used_us,
        "limit_us": limit_us,
        "resets_at": time_text(month_end_us(work.now_us)),
    }
    told = notice(work.ids, HOURS_REACHED, account_id, work.now_us, about)
    mark = f"{month_start_us(work.now_us)} {limit_us}"
    work.stores.feed.notice_once(f"hours:{account_id}", mark, told)


def forget_events(work: Work) -> bool:
    """Drop some of what is kept no more; return whether there may be more of it."""
    events = work.stores.feed.forget(work.now_us - KEPT_DAYS * _DAY_US, limit=FORGOTTEN_AT_ONCE)
    deliveries = work.stores.webhooks.forget(
        work.now_us - DELIVERIES_KEPT_DAYS * _DAY_US, limit=FORGOTTEN_AT_ONCE
    )
    return FORGOTTEN_AT_ONCE in {events, deliveries}
