"""Workers that were forgotten, and what every worker that ever was is called, in SQL."""

from collections.abc import Collection

from diorama.leases.past import PastWorker
from diorama.storage.database import Transaction

_COLUMNS = (
    "id, name, region, pool, boot_id, socket, heard_us, drains_until_us, drained_by, slots, term"
)


class SqlPastWorkerStore:
    """See `diorama.leases.store.PastWorkerStore`."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    def unheard(self, since_us: int, now_us: int, *, limit: int) -> list[str]:
        """Return lost workers not heard since then whose slots hold nothing, by id."""
        rows = self._tx.run(
            "SELECT l.worker_id FROM worker_lease l WHERE l.heard_us <= ? AND l.hard_until_us <= ?"
            " AND NOT EXISTS (SELECT 1 FROM slot s WHERE s.worker_id = l.worker_id"
            " AND s.state NOT IN ('free', 'retired'))"
            " AND NOT EXISTS (SELECT 1 FROM watch o WHERE o.worker_id = l.worker_id)"
            " ORDER BY l.worker_id LIMIT ?",
            since_us,
            now_us,
            limit,
        )
        return [i for (i,) in rows]

    def replace(self, past: PastWorker) -> None:
        """Put this in the place of the worker, its lease and its slots."""
        for table, column in (("worker_lease", "worker_id"), ("slot", "worker_id")):
            self._tx.run(f"DELETE FROM {table} WHERE {column} = ?", past.id)
        self._tx.run("DELETE FROM worker WHERE id = ?", past.id)
        p = past
        self._tx.run(
            f"INSERT INTO past_worker ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            p.id,
            p.name,
            p.region,
            p.pool,
            p.boot_id,
            p.socket,
            p.heard_us,
            p.drains_until_us,
            p.drained_by,
            p.slots,
            p.term,
        )

    def take(self, name: str) -> PastWorker | None:
        """Return the worker last forgotten under a name, which is forgotten no more."""
        rows = self._tx.run(
            "DELETE FROM past_worker WHERE id = (SELECT id FROM past_worker WHERE name = ?"
            f" ORDER BY heard_us DESC, id DESC LIMIT 1) RETURNING {_COLUMNS}",
            name,
        )
        if not rows:
            return None
        i, name, region, pool, boot_id, socket, heard_us, until_us, by, slots, term = rows[0]
        return PastWorker(
            id=i,
            name=name,
            region=region,
            pool=pool,
            boot_id=boot_id,
            socket=socket,
            heard_us=heard_us,
            drains_until_us=until_us,
            drained_by=by,
            slots=slots,
            term=term,
        )

    def names(self, worker_ids: Collection[str]) -> dict[str, str]:
        """Return what workers are or were called, by their ids."""
        if not worker_ids:
            return {}
        ids = sorted(worker_ids)
        marks = ", ".join("?" * len(ids))
        rows = self._tx.run(
            f"SELECT id, name FROM worker WHERE id IN ({marks}) UNION ALL"
            f" SELECT id, name FROM past_worker WHERE id IN ({marks})",
            *ids,
            *ids,
        )
        return dict(rows)

    def id_of(self, name: str) -> str | None:
        """Return the id of the worker of this name that is, or last was."""
        rows = self._tx.run(
            "SELECT id FROM (SELECT id, 1 AS here, 0 AS heard_us FROM worker WHERE name = ?"
            " UNION ALL SELECT id, 0, heard_us FROM past_worker WHERE name = ?) w"
            " ORDER BY here DESC, heard_us DESC, id DESC LIMIT 1",
            name,
            name,
        )
        return rows[0][0] if rows else None
