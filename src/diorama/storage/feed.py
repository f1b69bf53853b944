"""The feed of events in SQL: see docs/design/events.md for why publishing is a step of its own."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from diorama.accounts.hours import StreamMonth, month_end_us
from diorama.events.feed import FeedEvent, FeedPage, Head, Horizon, LogRow, Notice, Wanted
from diorama.simulations.deadlines import LONGEST_RUN_US
from diorama.storage.database import Row, Transaction, Value

LOOKED_THROUGH: Final = 2_000
"""Events of an account that one page looks through, however few of them are wanted."""
_EVENT: Final = "position, id, type, account_id, at_us, data, session_id, seq, log_seq"
# Both sides are bounded, so that whatever way the two are joined begins at what has not settled.
_UNPUBLISHED: Final = (
    "FROM event e WHERE e.seq > ? AND NOT EXISTS"
    " (SELECT 1 FROM feed f WHERE f.log_seq = e.seq AND f.log_seq > ?)"
)
# What settled is in the feed as a whole, so nothing of it may be dropped before that.
_OLD: Final = (
    "SELECT f.position FROM feed f, feed_head h WHERE f.published_us <= ?"
    " AND (f.log_seq IS NULL OR f.log_seq <= h.settled) ORDER BY f.position LIMIT ?"
)


class SqlFeedStore:
    """See `diorama.events.feed.FeedStore`."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    def is_behind(self) -> bool:
        """Return whether there is anything to publish, or to settle."""
        ((settled, newest),) = self._tx.run("SELECT settled, newest FROM feed_head")
        return (
            newest > settled
            or bool(self._tx.run("SELECT 1 FROM notice LIMIT 1"))
            or bool(self._tx.run(f"SELECT 1 {_UNPUBLISHED} LIMIT 1", settled, settled))
        )

    def take_head(self) -> Head | None:
        """Return the head, locked; None where another transaction has it."""
        for position, settled, newest, candidate, fence in self._tx.run(
            "SELECT position, settled, newest, candidate, fence FROM feed_head"
            " {for_update_skip_locked}"
        ):
            return Head(
                position=position,
                settled=settled,
                newest=newest,
                candidate=candidate,
                fence=fence,
            )
        return None

    def horizon(self) -> Horizon:
        """Return which transactions are over; SQLite has one at a time."""
        if self._tx.dialect == "sqlite":
            return Horizon(own=1, oldest=1)
        ((own, oldest),) = self._tx.run(
            "SELECT pg_current_xact_id()::text::bigint,"
            " pg_snapshot_xmin(pg_current_snapshot())::text::bigint"
        )
        return Horizon(own=own, oldest=oldest)

    def unpublished(self, settled: int, *, limit: int) -> list[LogRow]:
        """Return rows of the log after `settled` that are not in the feed, the oldest first."""
        rows = self._tx.run(
            "SELECT e.seq, e.session_id, e.version, e.kind, e.state, b.state, e.at_us, e.actor,"
            " e.code, e.reason, e.until_us, e.account_id, p.name, e.region, e.end_user, s.device,"
            " s.created_us FROM (SELECT e.* "
            f"{_UNPUBLISHED} ORDER BY e.seq LIMIT ?) e"
            " JOIN session s ON s.id = e.session_id JOIN project p ON p.id = e.project_id"
            " LEFT JOIN event b ON b.session_id = e.session_id AND b.version = e.version - 1"
            " ORDER BY e.seq",
            settled,
            settled,
            limit,
        )
        return [_log_row(row) for row in rows]

    def take_notices(self, *, limit: int) -> list[Notice]:
        """Return notices that are not in the feed, the oldest first, and forget them."""
        rows = self._tx.run(
            "DELETE FROM notice WHERE number IN (SELECT number FROM notice ORDER BY number LIMIT ?)"
            " RETURNING number, id, type, account_id, at_us, data, webhook_id",
            limit,
        )
        return [
            Notice(id=i, type=t, account_id=account, at_us=at, data=data, webhook_id=webhook)
            for _, i, t, account, at, data, webhook in sorted(rows, key=lambda row: int(row[0]))
        ]

    def append(self, events: Sequence[FeedEvent], now_us: int) -> None:
        """Write events at their places."""
        if events:
            self._tx.run_many(
                f"INSERT INTO feed ({_EVENT}, published_us) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                [(*_values(event), now_us) for event in events],
            )

    def put_head(self, head: Head) -> None:
        """Write where publishing stands."""
        self._tx.run(
            "UPDATE feed_head SET position = ?, settled = ?, newest = ?, candidate = ?, fence = ?",
            head.position,
            head.settled,
            head.newest,
            head.candidate,
            head.fence,
        )

    def notice(self, notice: Notice) -> None:
        """Write down what happened to something that is no session."""
        n = notice
        self._tx.run(
            "INSERT INTO notice (id, type, account_id, at_us, data, webhook_id)"
            " VALUES (?, ?, ?, ?, ?, ?)",
            *(n.id, n.type, n.account_id, n.at_us, n.data, n.webhook_id),
        )

    def notice_once(self, subject: str, mark: str, notice: Notice) -> bool:
        """Write a notice unless the last one about `subject` had this mark."""
        is_news = self._tx.run(
            "INSERT INTO noticed (subject, mark) VALUES (?, ?) ON CONFLICT (subject)"
            " DO UPDATE SET mark = excluded.mark WHERE noticed.mark <> excluded.mark"
            " RETURNING subject",
            subject,
            mark,
        )
        if is_news:
            self.notice(notice)
        return bool(is_news)

    def marks(self, prefix: str) -> Mapping[str, str]:
        """Return the marks of the last notices about subjects that begin so."""
        rows = self._tx.run("SELECT subject, mark FROM noticed WHERE subject LIKE ?", f"{prefix}%")
        return dict(rows)

    def unmark(self, subject: str) -> None:
        """Forget what the last notice about a subject that is no more was of."""
        self._tx.run("DELETE FROM noticed WHERE subject = ?", subject)

    def unclosed(self, month_us: int, *, limit: int) -> list[tuple[str, StreamMonth]]:
        """Return accounts and their use of a month that was not noticed of them yet."""
        rows = self._tx.run(
            "SELECT a.id, COALESCE(m.settled_us, 0), COALESCE(m.running, 0),"
            " COALESCE(m.late_us, 0) FROM account a LEFT JOIN stream_month m"
            " ON m.account_id = a.id AND m.month_us = ? WHERE (m.account_id IS NOT NULL OR EXISTS"
            " (SELECT 1 FROM run_event r WHERE r.account_id = a.id AND r.kind = 'started'"
            " AND r.at_us >= ? AND r.at_us < ?)) AND NOT EXISTS (SELECT 1 FROM noticed n"
            " WHERE n.subject = 'month:' || a.id AND n.mark = ?) ORDER BY a.id LIMIT ?",
            month_us,
            month_us - LONGEST_RUN_US,
            month_end_us(month_us),
            str(month_us),
            limit,
        )
        return [
            (
                account_id,
                StreamMonth(
                    start_us=month_us, settled_us=settled_us, running=running, late_us=late_us
                ),
            )
            for account_id, settled_us, running, late_us in rows
        ]

    def standing(self) -> int:
        """Return the last place given."""
        ((position,),) = self._tx.run("SELECT position FROM feed_head")
        return int(position)

    def forgotten(self) -> int:
        """Return the last place that is kept no more."""
        ((position,),) = self._tx.run("SELECT forgotten FROM feed_head")
        return int(position)

    def page(self, wanted: Wanted, *, after: int, limit: int) -> FeedPage:
        """Return the events after a place, the oldest first."""
        where, values = "account_id = ?", [wanted.account_id]
        if wanted.session_id is not None:
            where, values = f"{where} AND session_id = ?", [*values, wanted.session_id]
        ((until, seen),) = self._tx.run(
            f"SELECT MAX(position), COUNT(*) FROM (SELECT position FROM feed WHERE {where}"
            " AND position > ? ORDER BY position LIMIT ?) looked",
            *values,
            after,
            LOOKED_THROUGH,
        )
        if until is None or not wanted.types:
            return FeedPage((), after if until is None else until, more=False)
        marks = ", ".join("?" * len(wanted.types))
        rows = self._tx.run(
            f"SELECT {_EVENT} FROM feed WHERE {where} AND position > ? AND position <= ?"
            f" AND type IN ({marks}) ORDER BY position LIMIT ?",
            *(*values, after, until, *sorted(wanted.types), limit + 1),
        )
        events = [_event(row) for row in rows[:limit]]
        if len(rows) > limit:
            return FeedPage(events, events[-1].position, more=True)
        return FeedPage(events, until, more=seen == LOOKED_THROUGH)

    def position_of(self, account_id: str, event_id: str) -> int | None:
        """Return where an event of an account stands."""
        for (position,) in self._tx.run(
            "SELECT position FROM feed WHERE id = ? AND account_id = ?", event_id, account_id
        ):
            return int(position)
        return None

    def event(self, account_id: str, event_id: str) -> FeedEvent | None:
        """Return an event of an account."""
        for row in self._tx.run(
            f"SELECT {_EVENT} FROM feed WHERE id = ? AND account_id = ?", event_id, account_id
        ):
            return _event(row)
        return None

    def forget(self, before_us: int, *, limit: int) -> int:
        """Drop events that were published before this; return how many."""
        rows = self._tx.run(
            f"DELETE FROM feed WHERE position IN ({_OLD}) RETURNING position", before_us, limit
        )
        if rows:
            self._tx.run(
                "UPDATE feed_head SET forgotten = ? WHERE forgotten < ?",
                *[max(int(position) for (position,) in rows)] * 2,
            )
        return len(rows)


def _values(event: FeedEvent) -> tuple[Value, ...]:
    e = event
    return (
        *(e.position, e.id, e.type, e.account_id, e.at_us),
        *(e.data, e.session_id, e.seq, e.log_seq),
    )


def _event(row: Row) -> FeedEvent:
    position, i, type_, account_id, at_us, data, session_id, seq, log_seq = row
    return FeedEvent(
        position=position,
        id=i,
        type=type_,
        account_id=account_id,
        at_us=at_us,
        data=data,
        session_id=session_id,
        seq=seq,
        log_seq=log_seq,
    )


def _log_row(row: Sequence[Any]) -> LogRow:  # a row is what the driver gives
    named = dict(
        zip(
            (
                *("log_seq", "session_id", "version", "kind", "state", "before", "at_us", "actor"),
                *("code", "reason", "until_us", "account_id", "project", "region", "end_user"),
                *("device", "created_us"),
            ),
            row,
            strict=True,
        )
    )
    return LogRow(**named)
