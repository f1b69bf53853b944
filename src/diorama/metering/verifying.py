"""Whether what sums are made of is what the log says: usage rebuilt from the log alone.

Rows are loaded page by page, each in one consistent state, and compared outside of the store. Three
steps make the whole: each session's spans are those of its log, each run's meter is that of its
log, and each sum of a month is that of its spans. Source: DESIGN section 7; law 5.
"""

from collections.abc import Collection, Iterator
from functools import partial
from itertools import groupby
from typing import Final

from msgspec.structs import replace

from diorama.accounts.hours import StreamMonth, rolled
from diorama.metering.asking import Reads
from diorama.metering.runs import verified_runs
from diorama.metering.spans import by_day, spans
from diorama.metering.usage import stays
from diorama.protocol.states import METERED
from diorama.protocol.usage_views import Difference, VerifiedView
from diorama.sessions.show import time_of
from diorama.sessions.usage_store import Kept, LogRow, SpanRow, Window
from diorama.sessions.work import Work
from diorama.simulations.store import KeptRun

RUNS: Final = "run_"
"""What a cursor begins with that goes on with runs, after all sessions."""
PAGE: Final = 200
"""Sessions of one read: about ten milliseconds."""
NOTHING: Final = VerifiedView(sessions=0, events=0, stream_us=0, differences=())


async def verify(desk: Reads, account_id: str | None, cursor: str | None) -> VerifiedView:
    """Return what comes of the sessions that follow, or once there are no more of the runs."""
    sessions = NOTHING
    if cursor is None or not cursor.startswith(RUNS):
        sessions = verified(await desk.look(partial(kept, account_id=account_id, after=cursor)))
        if sessions.cursor is not None:
            return sessions
        cursor = RUNS
    page = await desk.look(partial(kept_runs, account_id=account_id, after=cursor))
    runs = verified_runs(page)
    wrong = (*sessions.differences, *runs.differences)
    if len(page) < PAGE:
        wrong += tuple(await desk.look(partial(months, account_id=account_id)))
    return replace(
        sessions,
        runs=runs.runs,
        events=sessions.events + runs.events,
        simulation_us=runs.simulation_us,
        differences=wrong,
        cursor=page[-1].run_id if len(page) == PAGE else None,
    )


def kept_runs(work: Work, account_id: str | None, after: str) -> list[KeptRun]:
    """Return what is kept of the next runs, of an account or of all."""
    return work.stores.simulations.kept(account_id, after=after, limit=PAGE)


def kept(work: Work, account_id: str | None, after: str | None) -> Kept:
    """Return what is kept of the next sessions, of an account or of all."""
    return work.stores.usage.kept(account_id, after=after, limit=PAGE)


def months(work: Work, account_id: str | None) -> list[Difference]:
    """Return the sums of months that are not those of the spans. Reads each span twice."""
    return [
        different
        for account, known in work.stores.usage.months(account_id).items()
        for different in _of_account(work, account, rolled(known, work.now_us).values())
    ]


def _of_account(
    work: Work, account_id: str, known: Collection[StreamMonth]
) -> Iterator[Difference]:
    """Yield each month whose sum is another, and the whole where a month has no sum."""
    whole_us = 0
    for month in known:
        whole_us += month.used_us(work.now_us)
        until_us = max(min(work.now_us, month.end_us), month.start_us)
        window = Window(from_us=month.start_us, to_us=month.end_us, until_us=until_us)
        name = f"{time_of(month.start_us):%Y-%m}"
        yield from _compared(work, account_id, window, month.used_us(work.now_us), name)
    ever = Window(from_us=0, to_us=work.now_us, until_us=work.now_us)
    yield from _compared(work, account_id, ever, whole_us, None)


def _compared(
    work: Work, account_id: str, window: Window, kept_us: int, period: str | None
) -> Iterator[Difference]:
    log_us = work.stores.usage.spent(account_id, window).stream_us
    if kept_us != log_us:
        yield Difference(
            what="month", account=account_id, period=period, kept_us=kept_us, log_us=log_us
        )


def verified(page: Kept) -> VerifiedView:
    """Return what comes of holding a page of sessions to their log."""
    spans_of: dict[str, set[SpanRow]] = {}
    for row in page.spans:
        spans_of.setdefault(row.session_id, set()).add(row)
    differences: list[Difference] = []
    stream_us = 0
    for session_id, rows in groupby(page.log, key=lambda row: row.event.session_id):
        log = list(rows)
        said = set(_spans(log))
        stream_us += _metered_us(said)
        found = spans_of.pop(session_id, set())
        if found != said:
            differences.append(_span_difference(log[0].account_id, session_id, found, said))
        running = _running(log, page.sessions.get(session_id))
        differences += [] if running is None else [running]
    for session_id, strays in spans_of.items():  # of sessions that no log knows of
        account_id = next(iter(strays)).account_id
        differences.append(_span_difference(account_id, session_id, strays, set()))
    return VerifiedView(
        sessions=len(page.sessions),
        events=len(page.log),
        stream_us=stream_us,
        differences=tuple(differences),
        cursor=page.last,
    )


def _spans(log: list[LogRow]) -> Iterator[SpanRow]:
    """Yield the rows that a session's log makes."""
    known = {row.event.version: row for row in log}
    for span in spans(row.event for row in log):
        before = known[span.version - 1]
        worker_id = (before.slot_id or "").rpartition(".")[0] or None
        for day_us, from_us, to_us in by_day(span.from_us, span.to_us):
            yield SpanRow(
                account_id=before.account_id,
                day_us=day_us,
                session_id=before.event.session_id,
                version=span.version,
                state=span.state,
                project_id=before.project_id,
                region=before.region,
                end_user=before.end_user,
                worker_id=worker_id,
                from_us=from_us,
                to_us=to_us,
            )


def _span_difference(
    account_id: str, session_id: str, found: set[SpanRow], said: set[SpanRow]
) -> Difference:
    return Difference(
        what="spans",
        account=account_id,
        session=session_id,
        kept_us=_metered_us(found),
        log_us=_metered_us(said),
    )


def _running(log: list[LogRow], kept_us: int | None) -> Difference | None:
    """Return what is wrong with since when a session is known to stream."""
    since = [since_us for since_us, to_us in stays(row.event for row in log) if to_us is None]
    log_us = since[0] if since else None
    if kept_us == log_us:
        return None
    first = log[0]
    return Difference(
        what="running",
        account=first.account_id,
        session=first.event.session_id,
        kept_us=kept_us,
        log_us=log_us,
    )


def _metered_us(rows: set[SpanRow]) -> int:
    return sum(row.to_us - row.from_us for row in rows if row.state in METERED)
