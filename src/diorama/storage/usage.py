"""Usage in SQL: spans are written with the events that end them, and summed up where they are.

Text is ordered by code point on both databases, as Python does, so that a page's cursor means the
same to each.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, date, datetime, time
from typing import Any, Final

from diorama.accounts.hours import Months, StreamMonth
from diorama.kernel.units import SECOND_US
from diorama.metering.spans import DAY_US, by_day, day_of
from diorama.protocol.states import HOLDS_SLOT, SessionState
from diorama.sessions.lifecycle import Session
from diorama.sessions.usage_store import (
    Capacity,
    GroupBy,
    Kept,
    LoggedEvent,
    LogRow,
    SpanRow,
    Spent,
    Stay,
    Wait,
    Window,
)
from diorama.simulations.deadlines import LONGEST_RUN_US
from diorama.storage.database import Dialect, Row, Transaction, Value

_SPAN_COLUMNS: Final = (
    "account_id, day_us, session_id, version, state, project_id, region, end_user, worker_id,"
    " from_us, to_us"
)
_SPAN: Final = f"INSERT INTO usage_span ({_SPAN_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
_KEYS: Final = {
    GroupBy.TOTAL: "''",
    GroupBy.ACCOUNT: "x.account_id",
    GroupBy.PROJECT: "p.name",
    GroupBy.END_USER: "COALESCE(x.end_user, '')",
    GroupBy.REGION: "x.region",
    GroupBy.SESSION: "x.session_id",
}
_BY_CODE_POINT: Final[dict[Dialect, str]] = {"sqlite": "BINARY", "postgresql": '"C"'}
# The window, and what of it is summed up apart: its days, or all of it at once.
_WINDOW: Final = (
    "WITH RECURSIVE w (from_us, until_us) AS (SELECT CAST(? AS BIGINT), CAST(? AS BIGINT)),"
    " part (from_us, to_us) AS (SELECT w.from_us, CAST(? AS BIGINT) FROM w UNION ALL"
    f" SELECT to_us, CASE WHEN to_us + {DAY_US} > w.until_us THEN w.until_us"
    f" ELSE to_us + {DAY_US} END FROM part, w WHERE to_us < w.until_us) "
)
_OF: Final = "{0}.account_id, {0}.project_id, {0}.region, {0}.end_user"
_SPANS: Final = (
    f"SELECT {_OF.format('u')}, u.session_id, u.day_us, u.state,"
    " CASE WHEN u.from_us < w.from_us THEN w.from_us ELSE u.from_us END AS a,"
    " CASE WHEN u.to_us > w.until_us THEN w.until_us ELSE u.to_us END AS b FROM usage_span u, w"
    " WHERE u.account_id {whose} AND u.day_us >= ? AND u.day_us < ?"
    " AND u.state IN ('streaming', 'idle')"
)
# What still streams. One condition is the index's own, so that SQLite takes the index.
_OPEN: Final = (
    f"SELECT {_OF.format('s')}, s.id, part.from_us - part.from_us % {DAY_US}, s.state,"
    " CASE WHEN s.entered_us > part.from_us THEN s.entered_us ELSE part.from_us END, part.to_us"
    " FROM session s, part WHERE s.account_id {whose} AND s.entered_us < part.to_us"
    " AND s.state IN ('connecting', 'streaming', 'idle') AND s.state <> 'connecting'"
)
# What runs of simulations rendered, from their log: what follows `started` stopped the meter.
_RUNS: Final = (
    f"SELECT {_OF.format('r')}, r.run_id, part.from_us - part.from_us % {DAY_US}, 'simulation',"
    " CASE WHEN r.at_us > part.from_us THEN r.at_us ELSE part.from_us END,"
    " CASE WHEN COALESCE(n.at_us, part.to_us) > part.to_us THEN part.to_us"
    " ELSE COALESCE(n.at_us, part.to_us) END"
    " FROM part, run_event r LEFT JOIN run_event n ON n.run_id = r.run_id"
    " AND n.version = r.version + 1 WHERE r.account_id {whose} AND r.kind = 'started'"
    " AND r.at_us >= ? AND r.at_us < ?"
)
_SUMS: Final = (
    "COALESCE(SUM(CASE WHEN x.state = 'streaming' THEN x.b - x.a ELSE 0 END), 0),"
    " COALESCE(SUM(CASE WHEN x.state = 'idle' THEN x.b - x.a ELSE 0 END), 0),"
    " COALESCE(SUM(CASE WHEN x.state = 'simulation' THEN x.b - x.a ELSE 0 END), 0),"
    " COUNT(DISTINCT CASE WHEN x.state <> 'simulation' THEN x.session_id END)"
)

_BEFORE: Final = (
    "EXISTS (SELECT 1 FROM usage_span e WHERE e.session_id = x.session_id"
    " AND e.state IN ('streaming', 'idle') AND e.from_us < e.to_us"
    " AND e.from_us < ? AND e.to_us > ?) OR EXISTS (SELECT 1 FROM session o"
    " WHERE o.id = x.session_id AND o.state IN ('streaming', 'idle') AND o.entered_us < ?)"
)


def keep_span(tx: Transaction, before: Session, after: Session) -> None:
    """Keep how long a session was in the state that it has left now, where it held a slot."""
    if before.state is after.state or before.state not in HOLDS_SLOT:
        return
    for day_us, from_us, to_us in by_day(before.entered_us, after.entered_us):
        tx.write(
            _SPAN,
            after.account_id,
            day_us,
            after.id,
            after.version,
            before.state,
            after.project_id,
            after.region,
            after.end_user,
            before.worker_id,
            from_us,
            to_us,
        )


class SqlUsageStore:
    """See `diorama.sessions.usage_store.UsageStore`."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    def spent(self, account_id: str | None, window: Window) -> Spent:
        """Return what an account used, or all did."""
        if window.until_us <= window.from_us:
            return Spent()
        source, values = _whole(account_id, window, window.until_us)
        (row,) = self._tx.run(f"{_WINDOW}SELECT {_SUMS} FROM ({source}) x WHERE x.a < x.b", *values)
        return _spent(None, row)

    def groups(
        self,
        account_id: str | None,
        window: Window,
        by: GroupBy,
        *,
        after: str | None,
        limit: int,
    ) -> Sequence[Spent]:
        """Return who used something, by key, past the key `after`."""
        if window.until_us <= window.from_us:
            return ()
        key, first_us = "x.day_us", window.until_us
        if by is GroupBy.DAY:
            first_us = min(day_of(window.from_us) + DAY_US, window.until_us)
        else:
            key = f"{_KEYS[by]} COLLATE {_BY_CODE_POINT[self._tx.dialect]}"
        source, values = _whole(account_id, window, first_us)
        past = ""
        if after is not None:
            past = f" AND {key} > ?"
            values.append(_day_us(after) if by is GroupBy.DAY else after)
        rows = self._tx.run(
            f"{_WINDOW}SELECT {key}, {_SUMS} FROM ({source}) x{_joined(by)} WHERE x.a < x.b{past}"
            " GROUP BY 1 ORDER BY 1 LIMIT ?",
            *values,
            limit,
        )
        return [
            _spent(_day(found) if by is GroupBy.DAY else found or None, row) for found, *row in rows
        ]

    def again(
        self, account_id: str | None, window: Window, by: GroupBy, *, since_us: int
    ) -> Sequence[tuple[str | None, str]]:
        """Return the key and id of each session that streamed in a window, and since then before.

        What a session is grouped by stays as it is for its life.
        """
        source, values = _source(account_id, window, window.until_us)
        key = _KEYS.get(by, "''")
        rows = self._tx.run(
            f"{_WINDOW}SELECT {key}, x.session_id FROM (SELECT DISTINCT {_OF.format('y')},"
            f" y.session_id FROM ({source}) y WHERE y.a < y.b) x{_joined(by)} WHERE {_BEFORE}",
            *values,
            window.from_us,
            since_us,
            window.from_us,
        )
        return [(found or None, session_id) for found, session_id in rows]

    def holding(self, account_id: str) -> dict[str, int]:
        """Return the sessions that hold a slot, and since when they are in their state."""
        rows = self._tx.run(
            "SELECT id, entered_us FROM session WHERE account_id = ?"
            " AND state IN ('connecting', 'streaming', 'idle')",
            account_id,
        )
        return dict(rows)

    def stays(
        self, account_id: str, window: Window, *, after: Stay | None, limit: int
    ) -> list[Stay]:
        """Return stays that are over and touch the days of a window, those that follow `after`."""
        last = Stay(-1, "", 0, 0, 0) if after is None else after
        rows = self._tx.run(
            "SELECT day_us, session_id, version, from_us, to_us FROM usage_span"
            " WHERE account_id = ? AND day_us >= ? AND day_us < ?"
            " AND (day_us, session_id, version) > (?, ?, ?)"
            " ORDER BY day_us, session_id, version LIMIT ?",
            account_id,
            max(day_of(window.from_us), last.day_us),
            window.until_us,
            last.day_us,
            last.session_id,
            last.version,
            limit,
        )
        return [Stay(*row) for row in rows]

    def waits(
        self, account_id: str, window: Window, *, after: Wait | None, limit: int
    ) -> list[Wait]:
        """Return who was first given a slot in a window, those that follow `after`."""
        last = Wait(-1, "", 0) if after is None else after
        rows = self._tx.run(
            "SELECT served_us, id, served_us - created_us FROM session WHERE account_id = ?"
            " AND served_us >= ? AND served_us < ? AND (served_us, id) > (?, ?)"
            " ORDER BY served_us, id LIMIT ?",
            account_id,
            max(window.from_us, last.served_us),
            window.until_us,
            last.served_us,
            last.session_id,
            limit,
        )
        return [Wait(*row) for row in rows]

    def kept(self, account_id: str | None, *, after: str | None, limit: int) -> Kept:
        """Return what is kept of the sessions past this id, of an account or of all."""
        of = () if account_id is None else (account_id,)
        own = "" if account_id is None else "account_id = ? AND "
        sessions = self._tx.run(
            f"SELECT id, metered_since_us FROM session WHERE {own}id > ? ORDER BY id LIMIT ?",
            *of,
            after or "",
            limit,
        )
        last = sessions[-1][0] if len(sessions) == limit else None
        these, ids = f"{own}session_id > ?", (*of, after or "")
        if last is not None:
            these, ids = f"{these} AND session_id <= ?", (*ids, last)
        log = self._tx.run(
            "SELECT session_id, version, state, at_us, account_id, project_id, region, end_user,"
            f" slot_id FROM event WHERE {these} ORDER BY session_id, version",
            *ids,
        )
        spans = self._tx.run(f"SELECT {_SPAN_COLUMNS} FROM usage_span WHERE {these}", *ids)
        return Kept(
            sessions=dict(sessions),
            log=[_log_row(row) for row in log],
            spans=[_span_row(row) for row in spans],
            last=last,
        )

    def months(self, account_id: str | None) -> Mapping[str, Months]:
        """Return the sums of months that are kept, by account: of one or of each."""
        one, of = ("", ()) if account_id is None else (" WHERE a.id = ?", (account_id,))
        found: dict[str, dict[int, StreamMonth]] = {}
        for i, start_us, settled_us, running, late_us in self._tx.run(
            "SELECT a.id, m.month_us, m.settled_us, m.running, m.late_us FROM account a"
            f" LEFT JOIN stream_month m ON m.account_id = a.id{one}",
            *of,
        ):
            of_account = found.setdefault(i, {})
            if start_us is not None:
                of_account[start_us] = StreamMonth(
                    start_us=start_us, settled_us=settled_us, running=running, late_us=late_us
                )
        return found

    def queued(self, account_id: str) -> int:
        """Return how many sessions of an account wait in line."""
        ((waiting,),) = self._tx.run(
            "SELECT COALESCE(SUM(l.waiting), 0) FROM project p JOIN lane l ON l.project_id = p.id"
            " WHERE p.account_id = ?",
            account_id,
        )
        return int(waiting)

    def capacity(self, now_us: int, pools: Collection[str] | None) -> Capacity:
        """Return what workers there are in these pools, or in all."""
        marks = "" if pools is None else f" AND w.pool IN ({', '.join('?' * len(pools))})"
        if pools is not None and not pools:
            return Capacity()
        ((workers,),) = self._tx.run(
            "SELECT COUNT(*) FROM worker w JOIN worker_lease l ON l.worker_id = w.id"
            f" WHERE l.hard_until_us > ?{marks}",
            now_us,
            *(pools or ()),
        )
        rows = self._tx.run(
            "SELECT t.state, COUNT(*) FROM slot t JOIN worker w ON w.id = t.worker_id"
            " JOIN worker_lease l ON l.worker_id = w.id"
            f" WHERE l.hard_until_us > ? AND t.state <> 'retired'{marks} GROUP BY t.state",
            now_us,
            *(pools or ()),
        )
        return Capacity(workers=int(workers), **{state: int(count) for state, count in rows})

    def log(self, session_id: str) -> list[LoggedEvent]:
        """Return the log of a session, by version."""
        rows = self._tx.run(
            "SELECT version, state, at_us FROM event WHERE session_id = ? ORDER BY version",
            session_id,
        )
        return [
            LoggedEvent(session_id=session_id, version=v, state=SessionState(s), at_us=at)
            for v, s, at in rows
        ]


def _spent(key: str | None, row: Sequence[Any]) -> Spent:  # a row is what the driver gives
    streaming_us, idle_us, simulation_us, sessions = map(int, row)
    return Spent(
        key=key,
        streaming_us=streaming_us,
        idle_us=idle_us,
        simulation_us=simulation_us,
        sessions=sessions,
    )


def _whole(account_id: str | None, window: Window, first_us: int) -> tuple[str, list[Value]]:
    """Return the rows of sessions and of runs, and the values; see `_source`."""
    source, values = _source(account_id, window, first_us)
    of = [] if account_id is None else [account_id]
    runs = _RUNS.format(whose=whose(account_id))
    return f"{source} UNION ALL {runs}", [*values, *of, *since_started(window)]


def _source(account_id: str | None, window: Window, first_us: int) -> tuple[str, list[Value]]:
    """Return the rows of sessions in a window as SQL, and the values of it and of `_WINDOW`.

    The first part of the window reaches to `first_us`.
    """
    of = [] if account_id is None else [account_id]
    days = [day_of(window.from_us), window.until_us]
    values: list[Value] = [window.from_us, window.until_us, first_us, *of, *days, *of]
    accounts = whose(account_id)
    return f"{_SPANS.format(whose=accounts)} UNION ALL {_OPEN.format(whose=accounts)}", values


def _joined(by: GroupBy) -> str:
    return " JOIN project p ON p.id = x.project_id" if by is GroupBy.PROJECT else ""


def since_started(window: Window) -> tuple[int, int]:
    """Return from when to before when a run was started that renders in a window."""
    return window.from_us - LONGEST_RUN_US, window.until_us


def whose(account_id: str | None) -> str:
    """Return what is asked of a column of account ids: one, with its value, or each there is.

    By accounts the index is found that begins with them.
    """
    return "IN (SELECT id FROM account)" if account_id is None else "= ?"


def _log_row(row: Row) -> LogRow:
    session_id, version, state, at_us, *of = row
    event = LoggedEvent(
        session_id=session_id, version=version, state=SessionState(state), at_us=at_us
    )
    return LogRow(event, *of)


def _span_row(row: Row) -> SpanRow:
    account_id, day_us, session_id, version, state, *rest = row
    return SpanRow(account_id, day_us, session_id, version, SessionState(state), *rest)


def _day(day_us: int) -> str:
    return datetime.fromtimestamp(day_us // SECOND_US, UTC).date().isoformat()


def _day_us(day: str) -> int:
    return int(datetime.combine(date.fromisoformat(day), time(), UTC).timestamp()) * SECOND_US
