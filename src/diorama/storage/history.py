"""What a lane's sessions and waiters did before, in SQL: what forecasts are made of."""

from typing import Final

from diorama.admission.eta import Live, Stay
from diorama.kernel.units import SECOND_US
from diorama.sessions.store import Coverage, Waits
from diorama.storage.database import Transaction

STAYS: Final = 500
WAITS: Final = 1_000
TOLD: Final = 1_000


class SqlHistoryStore:
    """See `diorama.sessions.store.HistoryStore`."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    def stays(self, project_id: str, region: str, now_us: int) -> list[Stay]:
        """Return how long the newest sessions of a lane held their slot."""
        rows = self._tx.run(
            "SELECT reserved_us, ended_us FROM session WHERE project_id = ? AND region = ?"
            " AND served_us IS NOT NULL ORDER BY served_us DESC LIMIT ?",
            project_id,
            region,
            STAYS,
        )
        return [
            Stay(
                max((now_us if ended is None else ended) - since, 0) / SECOND_US, ended is not None
            )
            for since, ended in rows
            if since is not None
        ]

    def live(self, project_id: str, region: str, now_us: int) -> list[Live]:
        """Return the sessions of a lane that hold a slot, the oldest first."""
        rows = self._tx.run(
            "SELECT COALESCE(s.reserved_us, s.entered_us), s.runs_until_us FROM slot t"
            " JOIN session s ON s.id = t.session_id"
            " WHERE t.state = 'held' AND s.project_id = ? AND s.region = ?",
            project_id,
            region,
        )
        return [
            Live(
                max(now_us - since, 0) / SECOND_US,
                None if until is None else max(until - now_us, 0) / SECOND_US,
            )
            for since, until in sorted(rows, key=lambda row: row[0])
        ]

    def turning(self, project_id: str, region: str) -> int:
        """Return how many slots that sessions of a lane had are on their way back."""
        ((count,),) = self._tx.run(
            "SELECT COUNT(*) FROM slot t JOIN session s ON s.id = t.session_id"
            " WHERE t.fence_until_us IS NOT NULL AND t.state = 'fencing'"
            " AND s.project_id = ? AND s.region = ?",
            project_id,
            region,
        )
        return int(count)

    def waits(self, project_id: str, region: str, now_us: int) -> Waits:
        """Return how the newest waiters of a lane fared."""
        ((gave_up, waited_us),) = self._tx.run(
            "SELECT COALESCE(SUM(CASE WHEN served_us IS NULL AND ended_us IS NOT NULL THEN 1 ELSE 0"
            " END), 0), COALESCE(SUM(COALESCE(served_us, ended_us, ?) - created_us), 0)"
            " FROM (SELECT served_us, ended_us, created_us FROM session WHERE project_id = ?"
            " AND region = ? AND ticket IS NOT NULL ORDER BY ticket DESC LIMIT ?) newest",
            now_us,
            project_id,
            region,
            WAITS,
        )
        return Waits(gave_up=int(gave_up), waited_s=max(int(waited_us), 0) / SECOND_US)

    def coverage(self, project_id: str, region: str) -> Coverage:
        """Return how the newest waits that were foretold compare with what was told."""
        ((count, under_p50, under_p90),) = self._tx.run(
            "SELECT COUNT(*),"
            " COALESCE(SUM(CASE WHEN waited_us <= told_p50_s * 1000000 THEN 1 ELSE 0 END), 0),"
            " COALESCE(SUM(CASE WHEN waited_us <= told_p90_s * 1000000 THEN 1 ELSE 0 END), 0)"
            " FROM (SELECT served_us - created_us AS waited_us, told_p50_s, told_p90_s FROM session"
            " WHERE project_id = ? AND region = ? AND served_us IS NOT NULL"
            " AND told_p50_s IS NOT NULL ORDER BY served_us DESC LIMIT ?) newest",
            project_id,
            region,
            TOLD,
        )
        return Coverage(count=int(count), under_p50=int(under_p50), under_p90=int(under_p90))
