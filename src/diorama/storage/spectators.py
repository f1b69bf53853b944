"""Spectators and their watches, in SQL."""

from collections.abc import Collection
from typing import Final

import msgspec

from diorama.sessions.spectator_store import Spectator, Watch
from diorama.storage.database import Row, Transaction

_SPECTATOR: Final = (
    "id, session_id, account_id, name, viewers, created_us, created_by, expires_us, revoked_us"
)
_WATCH: Final = (
    "id, session_id, spectator_id, worker_id, term, state, asked_us, offer, answer, refusal,"
    " reason, ended_us"
)
_EACH: Final = {
    "sqlite": "SELECT value FROM json_each(?)",
    "postgresql": "SELECT value FROM json_array_elements_text(?::json)",
}


class SqlSpectatorStore:
    """See `diorama.sessions.spectator_store.SpectatorStore`."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    def add(self, spectator: Spectator) -> None:
        """Store a spectator that is new."""
        self._tx.run(
            f"INSERT INTO spectator ({_SPECTATOR}) VALUES ({', '.join('?' * 9)})",
            spectator.id,
            spectator.session_id,
            spectator.account_id,
            spectator.name,
            spectator.viewers,
            spectator.created_us,
            spectator.created_by,
            spectator.expires_us,
            spectator.revoked_us,
        )

    def get(self, session_id: str, spectator_id: str) -> Spectator | None:
        """Return a spectator of a session."""
        rows = self._tx.run(
            f"SELECT {_SPECTATOR} FROM spectator WHERE session_id = ? AND id = ?",
            session_id,
            spectator_id,
        )
        return _spectator(rows[0]) if rows else None

    def of_session(self, session_id: str) -> list[Spectator]:
        """Return the spectators of a session, the newest first."""
        rows = self._tx.run(
            f"SELECT {_SPECTATOR} FROM spectator WHERE session_id = ? ORDER BY id DESC", session_id
        )
        return [_spectator(row) for row in rows]

    def revoke(self, spectator_id: str, now_us: int) -> None:
        """Let a spectator's token open nothing any more."""
        self._tx.run("UPDATE spectator SET revoked_us = ? WHERE id = ?", now_us, spectator_id)

    def add_watch(self, watch: Watch) -> None:
        """Store a watch that is new."""
        self._tx.run(
            f"INSERT INTO watch ({_WATCH}) VALUES ({', '.join('?' * 12)})",
            watch.id,
            watch.session_id,
            watch.spectator_id,
            watch.worker_id,
            watch.term,
            watch.state,
            watch.asked_us,
            watch.offer,
            watch.answer,
            watch.refusal,
            watch.reason,
            watch.ended_us,
        )

    def watch(self, session_id: str, watch_id: str) -> Watch | None:
        """Return a watch of a session."""
        rows = self._tx.run(
            f"SELECT {_WATCH} FROM watch WHERE session_id = ? AND id = ?", session_id, watch_id
        )
        return _watch(rows[0]) if rows else None

    def save_watch(self, watch: Watch) -> None:
        """Write what may change of a watch."""
        self._tx.run(
            "UPDATE watch SET state = ?, offer = ?, answer = ?, refusal = ?, reason = ?,"
            " ended_us = ? WHERE id = ?",
            watch.state,
            watch.offer,
            watch.answer,
            watch.refusal,
            watch.reason,
            watch.ended_us,
            watch.id,
        )

    def watches_of(self, session_id: str) -> list[Watch]:
        """Return the watches of a session that have not ended, the oldest first."""
        return self._open("session_id = ?", session_id)

    def watches_on(self, worker_id: str) -> list[Watch]:
        """Return the watches on a worker that have not ended, the oldest first."""
        return self._open("worker_id = ?", worker_id)

    def live(self, session_ids: Collection[str]) -> dict[str, int]:
        """Return how many watch each of these sessions, where somebody does."""
        rows = self._tx.run(
            "SELECT session_id, COUNT(*) FROM watch WHERE state = 'live' AND session_id IN"
            f" ({_EACH[self._tx.dialect]}) GROUP BY session_id",
            msgspec.json.encode(list(session_ids)).decode(),
        )
        return {session_id: int(count) for session_id, count in rows}

    def overdue(self, asked_before_us: int, *, limit: int) -> list[Watch]:
        """Return watches that go on though they should not."""
        rows = self._tx.run(
            f"SELECT {_WATCH} FROM watch w WHERE state <> 'ended' AND ((state = 'asked'"
            " AND asked_us <= ?) OR EXISTS (SELECT 1 FROM session s WHERE s.id = w.session_id"
            " AND s.end_code IS NOT NULL)) ORDER BY id LIMIT ?",
            asked_before_us,
            limit,
        )
        return [_watch(row) for row in rows]

    def forget_watches(self, before_us: int, *, limit: int) -> int:
        """Drop watches that ended before this; return how many."""
        gone = self._tx.run(
            "DELETE FROM watch WHERE id IN (SELECT id FROM watch WHERE ended_us < ?"
            " ORDER BY ended_us LIMIT ? {for_update_skip_locked}) RETURNING id",
            before_us,
            limit,
        )
        return len(gone)

    def _open(self, where: str, value: str) -> list[Watch]:
        rows = self._tx.run(
            f"SELECT {_WATCH} FROM watch WHERE {where} AND state <> 'ended' ORDER BY asked_us, id",
            value,
        )
        return [_watch(row) for row in rows]


def _spectator(row: Row) -> Spectator:
    i, session_id, account_id, name, viewers, created_us, created_by, expires_us, revoked_us = row
    return Spectator(
        id=i,
        session_id=session_id,
        account_id=account_id,
        name=name,
        viewers=viewers,
        created_us=created_us,
        created_by=created_by,
        expires_us=expires_us,
        revoked_us=revoked_us,
    )


def _watch(row: Row) -> Watch:
    i, session_id, spectator_id, worker_id, term, state, asked_us, *rest = row
    offer, answer, refusal, reason, ended_us = rest
    return Watch(
        id=i,
        session_id=session_id,
        spectator_id=spectator_id,
        worker_id=worker_id,
        term=term,
        state=state,
        asked_us=asked_us,
        offer=offer,
        answer=answer,
        refusal=refusal,
        reason=reason,
        ended_us=ended_us,
    )
