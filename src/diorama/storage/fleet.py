"""What gateways leave for each other, and what each asks every second, in SQL."""

from collections.abc import Collection, Mapping
from typing import Final

import msgspec

from diorama.sessions.fleet_store import Signalled
from diorama.storage.database import Transaction

_TURN: Final = 0x64696F72616D63  # next to the locks of `postgresql` and `migrate`
_EACH: Final = {
    "sqlite": "json_each(?) x",
    "postgresql": "json_each_text(?::json) x (key, value)",
}
"""The rows (key, value) of a JSON object: ten thousand of them travel as one value."""
_TAKEN: Final = (
    " RETURNING id, session_id, worker_id, term, attachment, body, EXISTS (SELECT 1 FROM session s"
    " WHERE s.id = signal.session_id AND s.term = signal.term"
    " AND s.attachment = signal.attachment)"
)


class SqlFleetStore:
    """See `diorama.sessions.fleet_store.FleetStore`."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx
        self._each = _EACH[tx.dialect]

    def wait_for_turn(self) -> None:
        """Let one gateway at a time go past this; SQLite has no other."""
        if self._tx.dialect == "postgresql":
            self._tx.run("SELECT pg_advisory_xact_lock(?)", _TURN)

    def changed(self, versions: Mapping[str, int]) -> list[str]:
        """Return which of these sessions are not at the version that is known of them."""
        rows = self._tx.run(
            f"SELECT s.id FROM {self._each} JOIN session s ON s.id = x.key"
            " WHERE s.version <> CAST(x.value AS BIGINT)",
            _json(versions),
        )
        return [i for (i,) in rows]

    def worker_marks(self, worker_ids: Collection[str]) -> dict[str, str]:
        """Return, by worker, a mark that differs once its slots should hold something else.

        Each number in it only ever rises, but for that of those who watch: with the newest of them
        it is told from what it was.
        """
        rows = self._tx.run(
            "SELECT w.id, w.socket, (SELECT SUM(t.version) FROM slot t WHERE t.worker_id = w.id),"
            " (SELECT SUM(s.version) FROM slot t JOIN session s ON s.id = t.session_id"
            " WHERE t.worker_id = w.id), (SELECT COUNT(*) || MAX(o.id) FROM watch o"
            " WHERE o.worker_id = w.id AND o.state <> 'ended')"
            f" FROM {self._each} JOIN worker w ON w.id = x.key",
            _json(dict.fromkeys(worker_ids, 0)),
        )
        return {i: "/".join(map(str, numbers)) for i, *numbers in rows}

    def lane_marks(self) -> dict[tuple[str, str], str]:
        """Return, by (project, region), a mark that differs once its waiters may have moved."""
        rows = self._tx.run(
            "SELECT project_id, region, COUNT(*), SUM(ticket), SUM(version) FROM session"
            " WHERE state = 'queued' AND aside_us IS NULL GROUP BY project_id, region"
        )
        return {
            (project_id, region): f"{length}/{tickets}/{versions}"
            for project_id, region, length, tickets, versions in rows
        }

    def put_signal(self, signal: Signalled, now_us: int, *, most: int) -> bool:
        """Leave a signal for another gateway; False where so many wait for the session already."""
        ((waiting,),) = self._tx.run(
            "SELECT COUNT(*) FROM signal WHERE session_id = ?", signal.session_id
        )
        if waiting >= most:
            return False
        self._tx.run(
            "INSERT INTO signal (session_id, worker_id, term, attachment, body, created_us)"
            " VALUES (?, ?, ?, ?, ?, ?)",
            signal.session_id,
            signal.worker_id,
            signal.term,
            signal.attachment,
            signal.body,
            now_us,
        )
        return True

    def take_signals(
        self, viewers: Mapping[str, int], workers: Mapping[str, int]
    ) -> list[Signalled]:
        """Take the signals for these sockets, in the order in which they were left."""
        rows = []
        if viewers:
            rows += self._tx.run(
                "DELETE FROM signal WHERE worker_id IS NULL AND session_id IN (SELECT s.id"
                f" FROM {self._each} JOIN session s ON s.id = x.key"
                f" WHERE s.socket = CAST(x.value AS BIGINT)){_TAKEN}",
                _json(viewers),
            )
        if workers:
            rows += self._tx.run(
                f"DELETE FROM signal WHERE worker_id IN (SELECT w.id FROM {self._each}"
                " JOIN worker w ON w.id = x.key"
                f" WHERE w.socket = CAST(x.value AS BIGINT)){_TAKEN}",
                _json(workers),
            )
        return [
            Signalled(session_id=s, worker_id=w, term=term, attachment=attachment, body=body)
            for _, s, w, term, attachment, body, current in sorted(rows)
            if current
        ]

    def signalled(self) -> tuple[set[str], set[str]]:
        """Return the sessions whose viewers, and the workers, for whom signals wait."""
        rows = self._tx.run("SELECT DISTINCT session_id, worker_id FROM signal")
        return {s for s, w in rows if w is None}, {w for _, w in rows if w is not None}

    def forget_signals(self, before_us: int) -> int:
        """Drop signals older than this, and return how many."""
        return len(self._tx.run("DELETE FROM signal WHERE created_us <= ? RETURNING id", before_us))


def _json(mapping: Mapping[str, int]) -> str:
    return msgspec.json.encode(mapping).decode()
