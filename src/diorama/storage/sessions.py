"""Sessions, viewers' leases, the event log and idempotency keys in SQL."""

from collections.abc import Collection, Sequence
from functools import lru_cache
from operator import attrgetter
from typing import Any, Final

import msgspec

from diorama.admission.decision import Holder
from diorama.admission.line import Place, Waiter, reason_for
from diorama.projects.rules import Rules
from diorama.protocol.end_codes import End, EndCode
from diorama.protocol.states import HOLDS_SLOT, WAITING, SessionState
from diorama.sessions.filters import SessionFilter
from diorama.sessions.holding import HoldOff
from diorama.sessions.lifecycle import Session
from diorama.sessions.store import Answered, EventRow, ViewerLease
from diorama.storage.accounts import SqlAccountStore
from diorama.storage.database import Transaction, Value
from diorama.storage.hearing import hear
from diorama.storage.projects import SqlProjectStore
from diorama.storage.session_lists import where_listed
from diorama.storage.usage import keep_span

_FIXED: Final = (
    "id",
    "account_id",
    "project_id",
    "region",
    "pool",
    "kind",
    "end_user",
    "client_id",
    "device",
    "ticket_id",
    "link_id",
    "visitor",
    "dialect",
    "priority",
    "stream_us",
    "created_us",
)
_CHANGING: Final = (
    "state",
    "version",
    "entered_us",
    "wait_since_us",
    "ticket",
    "aside_us",
    "asides",
    "told_p50_s",
    "told_p90_s",
    "reserved_us",
    "served_us",
    "attempt",
    "worker_id",
    "slot_id",
    "term",
    "accepted_us",
    "world_started_us",
    "attachment",
    "socket",
    "issue",
    "codecs",
    "first_frame_us",
    "input_us",
    "socket_closed_us",
    "leaving_us",
    "detached_us",
    "runs_until_us",
    "ended_us",
    "extra_us",
    "metered_since_us",
    "hold_since_us",
    "hold_until_us",
    "hold_spent_us",
)
_HOLD: Final = {
    "hold_since_us": "since_us",
    "hold_until_us": "until_us",
    "hold_spent_us": "spent_us",
}
_COLUMNS: Final = ("rules", *_FIXED, *_CHANGING, "end_code", "end_reason")
_fixed: Final = attrgetter(*_FIXED)
_changing: Final = attrgetter(*(f"hold.{_HOLD[n]}" if n in _HOLD else n for n in _CHANGING))
_SELECT: Final = "SELECT " + ", ".join("s." + name for name in _COLUMNS) + " FROM session s"
_INSERT: Final = (
    f"INSERT INTO session ({', '.join(_COLUMNS)}, deadline_us)"
    f" VALUES ({', '.join('?' * (len(_COLUMNS) + 1))})"
)
_EVENT: Final = (
    "INSERT INTO event (session_id, version, kind, state, at_us, recorded_us, actor, code, reason,"
    " slot_id, term, account_id, project_id, region, end_user, until_us) VALUES "
)
_LOGGED: Final = "(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
_WAITS: Final = "state = 'queued' AND aside_us IS NULL"
_IN_LINE: Final = f"FROM session WHERE project_id = ? AND region = ? AND {_WAITS}"
_IN_ORDER: Final = "ORDER BY priority DESC, ticket"
_HOLDING: Final = "s.state IN ('connecting', 'streaming', 'idle')"
_IS_THERE: Final = (
    "NOT (s.detached_us IS NOT NULL AND EXISTS (SELECT 1 FROM viewer_lease l"
    " WHERE l.session_id = s.id AND l.heard_us <= ?))"
)
_CACHED: Final = 1_024


@lru_cache(_CACHED)
def _rules(document: str) -> Rules:
    return msgspec.json.decode(document, type=Rules)


@lru_cache(_CACHED)
def _document(rules: Rules) -> str:
    return msgspec.json.encode(rules).decode()


@lru_cache(_CACHED)
def _update(changed: tuple[int, ...]) -> str:
    """Return the statement that replaces these of `_CHANGING`, the end and the deadline."""
    columns = ", ".join(f"{_CHANGING[at]} = ?" for at in changed)
    return (
        f"UPDATE session SET {columns}, end_code = ?, end_reason = ?, deadline_us = ?"
        " WHERE id = ? AND version = ? RETURNING id"
    )


class SqlSessionStore:
    """See `diorama.sessions.store.SessionStore`."""

    def __init__(
        self, tx: Transaction, accounts: SqlAccountStore, projects: SqlProjectStore
    ) -> None:
        self._tx = tx
        self._accounts = accounts
        self._projects = projects

    def add(self, log: Sequence[tuple[Session, EventRow]], *, deadline_us: int | None) -> None:
        """Store a session that is new, as the last of these, with its log and viewer's lease."""
        session, _ = log[-1]
        fixed = (_document(session.rules), *_fixed(session))
        self._tx.write(_INSERT, *fixed, *_changing(session), *_end(session), deadline_us)
        self._tx.write(
            "INSERT INTO viewer_lease (session_id, heard_us, input_us) VALUES (?, ?, ?)",
            session.id,
            session.created_us,
            session.created_us,
        )
        self._append(log)
        self._count(None, session)

    def save(
        self, before: Session, after: Session, row: EventRow, *, deadline_us: int | None
    ) -> None:
        """Replace a locked session by its next version, with its row of the log and the counts."""
        old, new = _changing(before), _changing(after)
        changed = tuple(at for at, value in enumerate(new) if value != old[at])
        saved = self._tx.run(
            _update(changed),
            *(new[at] for at in changed),
            *_end(after),
            deadline_us,
            after.id,
            before.version,
        )
        if not saved:
            raise AssertionError(f"session {after.id} was changed without its lock")
        self._append([(after, row)])
        self._count(before, after)
        self._meter(before, after)
        keep_span(self._tx, before, after)

    def _append(self, log: Sequence[tuple[Session, EventRow]]) -> None:
        """Write rows of the log, after the session's own: publishing counts on that order."""
        values = [value for session, row in log for value in _logged(session, row)]
        self._tx.write(_event(len(log)), *values)

    def _count(self, before: Session | None, after: Session) -> None:
        held = (after.state in HOLDS_SLOT) - (before is not None and before.state in HOLDS_SLOT)
        waiting = (after.state in WAITING) - (before is not None and before.state in WAITING)
        if held:
            self._accounts.count_held(after.account_id, held)
        if held or waiting:
            self._projects.count(after.project_id, after.region, held=held, waiting=waiting)

    def _meter(self, before: Session, after: Session) -> None:
        """Keep the account's sum in step with its log."""
        since_us, still_us = before.metered_since_us, after.metered_since_us
        if since_us is None and still_us is not None:
            self._accounts.stream_started(after.account_id, still_us)
        elif since_us is not None and still_us is None:
            self._accounts.stream_stopped(after.account_id, since_us, after.entered_us)

    def get(self, session_id: str, *, lock: bool = False) -> Session | None:
        """Return a session; with `lock`, no one else changes it meanwhile."""
        suffix = " {for_update}" if lock else ""
        return self._one(f"{_SELECT} WHERE s.id = ?{suffix}", session_id)

    def of_client(self, project_id: str, client_id: str) -> Session | None:
        """Return the session of a client that has not ended."""
        return self._one(
            f"{_SELECT} WHERE s.project_id = ? AND s.client_id = ? AND s.end_code IS NULL",
            project_id,
            client_id,
        )

    def of_project(self, project_id: str) -> list[Session]:
        """Return the sessions of a project that have not ended, the oldest first."""
        rows = self._tx.run(
            f"{_SELECT} WHERE s.project_id = ? AND s.end_code IS NULL ORDER BY s.id", project_id
        )
        return [_session(row) for row in rows]

    def of_slots(self, worker_id: str) -> list[Session]:
        """Return the sessions that hold a slot of a worker, by slot."""
        rows = self._tx.run(
            f"{_SELECT} JOIN slot t ON t.session_id = s.id WHERE t.worker_id = ?"
            f" AND t.state = 'held' AND {_HOLDING} ORDER BY t.number",
            worker_id,
        )
        return [_session(row) for row in rows]

    def due(self, now_us: int, *, limit: int) -> list[str]:
        """Return the ids of sessions whose deadline is at or before `now_us`, the oldest first."""
        rows = self._tx.run(
            "SELECT id FROM session WHERE deadline_us <= ? ORDER BY deadline_us LIMIT ?",
            now_us,
            limit,
        )
        return [i for (i,) in rows]

    def unheard(self, before_us: int, *, limit: int) -> list[str]:
        """Return live sessions whose viewer counts as attached and was not heard since."""
        rows = self._tx.run(
            "SELECT s.id FROM session s JOIN viewer_lease l ON l.session_id = s.id"
            " WHERE s.state IN ('queued', 'connecting', 'streaming', 'idle')"
            " AND s.detached_us IS NULL AND s.attachment > 0 AND l.heard_us <= ?"
            " ORDER BY l.heard_us LIMIT ?",
            before_us,
            limit,
        )
        return [i for (i,) in rows]

    def put_off(self, session: Session, deadline_us: int | None) -> None:
        """Move a deadline without anything having happened to the session."""
        self._tx.run(
            "UPDATE session SET deadline_us = ?, input_us = ? WHERE id = ? AND version = ?",
            deadline_us,
            session.input_us,
            session.id,
            session.version,
        )

    def first_in_line(
        self, project_id: str, region: str, *, without: Collection[str]
    ) -> Session | None:
        """Return the first waiter of a lane that is of none of these end users."""
        where = f"s.project_id = ? AND s.region = ? AND {_WAITS}{_but_for(without)}"
        first = f"{_SELECT} WHERE {where} ORDER BY s.priority DESC, s.ticket LIMIT 1"
        return self._one(first, project_id, region, *without)

    def line(self, project_id: str, region: str) -> list[Waiter]:
        """Return the waiters of a lane that are not away, the first first."""
        columns = "id, priority, ticket, asides"
        rows = self._tx.run(f"SELECT {columns} {_IN_LINE} {_IN_ORDER}", project_id, region)
        return [
            Waiter(session_id=i, priority=p, ticket=t, was_aside=asides > 0)
            for i, p, t, asides in rows
        ]

    def place(self, waiter: Session) -> Place:
        """Return where a waiter stands: the same as `line` and `places` would say."""
        lane = waiter.project_id, waiter.region
        above = (*lane, waiter.priority)
        before = (*above, waiter.ticket)
        ((higher, same, late, back, waiting, aside),) = self._tx.run(
            f"SELECT (SELECT COUNT(*) {_IN_LINE} AND priority > ?),"
            f" (SELECT COUNT(*) {_IN_LINE} AND priority = ? AND ticket < ?),"
            f" EXISTS (SELECT 1 {_IN_LINE} AND priority > ? AND +ticket > ?),"
            f" EXISTS (SELECT 1 {_IN_LINE} AND asides > 0 AND"
            " (priority > ? OR (priority = ? AND ticket < ?))),"
            " waiting, (SELECT COUNT(*) FROM session a WHERE a.project_id = ? AND a.region = ?"
            " AND a.aside_us IS NOT NULL) FROM lane WHERE project_id = ? AND region = ?",
            *above,
            *before,
            *before,
            *above,
            waiter.priority,
            waiter.ticket,
            *lane,
            *lane,
        )
        away = waiter.aside_us is not None
        return Place(
            position=higher + same + 1,
            length=waiting - aside + away,
            reason=reason_for(passed=bool(late), put_back=bool(back)),
        )

    def end_users_in_line(
        self, project_id: str, region: str, *, without: Collection[str], limit: int
    ) -> set[str]:
        """Return the end users of the first waiters of a lane that are not away, but for these."""
        rows = self._tx.run(
            f"SELECT end_user {_IN_LINE}{_but_for(without)} {_IN_ORDER} LIMIT ?",
            project_id,
            region,
            *without,
            limit,
        )
        return {end_user for (end_user,) in rows if end_user is not None}

    def held_by_end_users(self, project_id: str, end_users: Collection[str]) -> dict[str, int]:
        """Return how many sessions of each of these hold a slot; who holds none is left out."""
        marks = ", ".join("?" * len(end_users))
        rows = self._tx.run(
            f"SELECT s.end_user, COUNT(*) FROM session s WHERE s.project_id = ?"
            f" AND s.end_user IN ({marks}) AND {_HOLDING} GROUP BY s.end_user",
            project_id,
            *end_users,
        )
        return {end_user: int(held) for end_user, held in rows}

    def of_visitor(self, project_id: str, visitor: str, *, unheard_us: int) -> int:
        """Return how many sessions of a visitor's address are there."""
        return self._there(
            "s.project_id = ? AND s.visitor = ? AND s.end_code IS NULL",
            project_id,
            visitor,
            unheard_us,
        )

    def waiting_of_end_user(self, project_id: str, end_user: str, *, unheard_us: int) -> int:
        """Return how many places in line an end user has."""
        return self._there(
            "s.project_id = ? AND s.end_user = ? AND s.state = 'queued'",
            project_id,
            end_user,
            unheard_us,
        )

    def of_link(self, link_id: str, *, unheard_us: int | None = None) -> list[Session]:
        """Return the sessions of a share link that have not ended."""
        sql = f"{_SELECT} WHERE s.link_id = ? AND s.end_code IS NULL"
        if unheard_us is None:
            rows = self._tx.run(f"{sql} ORDER BY s.id", link_id)
        else:
            rows = self._tx.run(f"{sql} AND {_IS_THERE} ORDER BY s.id", link_id, unheard_us)
        return [_session(row) for row in rows]

    def _there(self, where: str, *values: Value) -> int:
        ((count,),) = self._tx.run(
            f"SELECT COUNT(*) FROM session s WHERE {where} AND {_IS_THERE}", *values
        )
        return int(count)

    def holders(self, account_id: str) -> list[Holder]:
        """Return the sessions of an account that hold a slot, oldest first."""
        rows = self._tx.run(
            "SELECT s.id, s.project_id, p.name, s.region, s.end_user, s.client_id, s.device,"
            " s.state, s.created_us, l.heard_us, s.detached_us, CASE WHEN s.state = 'connecting'"
            " AND s.ticket IS NOT NULL AND s.first_frame_us IS NULL THEN 1 ELSE 0 END"
            " FROM session s"
            " JOIN project p ON p.id = s.project_id"
            " LEFT JOIN viewer_lease l ON l.session_id = s.id"
            f" WHERE s.account_id = ? AND {_HOLDING} ORDER BY s.created_us, s.id",
            account_id,
        )
        return [_holder(row) for row in rows]

    def listed(
        self, account_id: str, wanted: SessionFilter, *, after: str | None, limit: int
    ) -> list[Session]:
        """Return the sessions of an account that fit, newest first, before the id `after`."""
        where, values = where_listed(account_id, wanted, after)
        rows = self._tx.run(f"{_SELECT} WHERE {where} ORDER BY s.id DESC LIMIT ?", *values, limit)
        return [_session(row) for row in rows]

    def hear(self, leases: Sequence[ViewerLease]) -> None:
        """Renew viewers' leases, in the order of their ids; a time never goes back."""
        hear(self._tx, leases)

    def lease(self, session_id: str) -> ViewerLease | None:
        """Return a viewer's lease."""
        for heard_us, input_us in self._tx.run(
            "SELECT heard_us, input_us FROM viewer_lease WHERE session_id = ?", session_id
        ):
            return ViewerLease(session_id=session_id, heard_us=heard_us, input_us=input_us)
        return None

    def answered(self, account_id: str, key: str) -> Answered | None:
        """Return what an idempotency key was answered with."""
        for fingerprint, session_id in self._tx.run(
            "SELECT fingerprint, session_id FROM idempotency"
            " WHERE account_id = ? AND request_key = ?",
            account_id,
            key,
        ):
            return Answered(fingerprint=fingerprint, session_id=session_id)
        return None

    def remember(self, account_id: str, key: str, answered: Answered, now_us: int) -> bool:
        """Keep what an idempotency key is answered with; False where it has an answer already."""
        kept = self._tx.run(
            "INSERT INTO idempotency (account_id, request_key, fingerprint, session_id, created_us)"
            " VALUES (?, ?, ?, ?, ?) ON CONFLICT (account_id, request_key) DO NOTHING"
            " RETURNING request_key",
            account_id,
            key,
            answered.fingerprint,
            answered.session_id,
            now_us,
        )
        return bool(kept)

    def forget_answers(self, before_us: int, *, limit: int) -> int:
        """Drop idempotency keys older than this; return how many."""
        rows = self._tx.run(
            "DELETE FROM idempotency WHERE (account_id, request_key) IN (SELECT account_id,"
            " request_key FROM idempotency WHERE created_us <= ? LIMIT ?) RETURNING request_key",
            before_us,
            limit,
        )
        return len(rows)

    def _one(self, sql: str, *values: Value) -> Session | None:
        rows = self._tx.run(sql, *values)
        return _session(rows[0]) if rows else None


def _but_for(end_users: Collection[str]) -> str:
    """Return the condition that somebody is of none of these end users."""
    marks = ", ".join("?" * len(end_users))
    return f" AND (end_user IS NULL OR end_user NOT IN ({marks}))" if end_users else ""


@lru_cache
def _event(count: int) -> str:
    """Return the statement that writes so many rows of the log."""
    return _EVENT + ", ".join([_LOGGED] * count)


def _logged(session: Session, row: EventRow) -> tuple[Value, ...]:
    code, reason = (row.end.code, row.end.reason) if row.end else (None, None)
    return (
        session.id,
        session.version,
        row.kind,
        session.state,
        max(row.at_us, session.entered_us),
        row.recorded_us,
        row.actor,
        code,
        reason,
        session.slot_id,
        session.term,
        session.account_id,
        session.project_id,
        session.region,
        session.end_user,
        row.until_us,
    )


def _end(session: Session) -> tuple[int | None, str | None]:
    return (session.end.code, session.end.reason) if session.end else (None, None)


def _session(row: Sequence[Any]) -> Session:  # a row is what the driver gives
    *values, code, reason = row
    fields = dict(zip(_COLUMNS, values, strict=False))
    fields["rules"] = _rules(fields["rules"])
    fields["state"] = SessionState(fields["state"])
    fields["hold"] = HoldOff(*(fields.pop(name) for name in _HOLD))
    return Session(**fields, end=None if code is None else End(EndCode(code), reason))


def _holder(row: Sequence[Any]) -> Holder:  # as above
    *named, created_us, heard_us, detached_us, promoted = row
    i, project_id, name, region, end_user, client_id, device, state = named
    return Holder(
        session_id=i,
        project_id=project_id,
        project_name=name,
        region=region,
        end_user=end_user,
        client_id=client_id,
        device=device,
        state=SessionState(state),
        created_us=created_us,
        heard_us=heard_us,
        detached_us=detached_us,
        is_promoted=bool(promoted),
    )
