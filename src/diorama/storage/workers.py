"""Workers, their leases and their slots in SQL."""

from collections.abc import Collection, Sequence
from typing import Any, Final

import msgspec

from diorama.leases.slots import Slot, SlotState
from diorama.leases.store import Renewal
from diorama.storage.database import Transaction
from diorama.workers.capabilities import Worker

_WORKER: Final = (
    "w.id, w.name, w.region, w.pool, w.boot_id, w.draining, w.kinds, w.encoders, w.version,"
    " w.registered_us, w.host, w.socket, w.drains_until_us, w.stopping, w.drained_by,"
    " l.heard_us, l.soft_until_us, l.hard_until_us"
)
_FROM_WORKER: Final = "FROM worker w JOIN worker_lease l ON l.worker_id = w.id"
_SLOT_COLUMNS: Final = (
    "id",
    "worker_id",
    "number",
    "pool",
    "region",
    "state",
    "term",
    "session_id",
    "fence_until_us",
    "failures",
    "version",
)
_SLOT: Final = ", ".join("s." + column for column in _SLOT_COLUMNS)
_SLOT_NAMES: Final = ", ".join(_SLOT_COLUMNS)
_NAMES: Final = 0x64696F72  # "dior": the class of the locks on workers' names
_KINDS: Final = msgspec.json.Decoder(tuple[str, ...])
_FREE: Final = (
    "FROM slot s JOIN worker w ON w.id = s.worker_id"
    " JOIN worker_lease l ON l.worker_id = s.worker_id"
    " WHERE s.state = 'free' AND s.pool = ? AND s.region = ? AND l.soft_until_us > ?"
    " AND w.draining = 0 AND w.kinds LIKE ?"
)


class SqlWorkerStore:
    """See `diorama.leases.store.WorkerStore`."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    def put(self, worker: Worker) -> None:
        """Store a worker, or what it says of itself at a new registration."""
        w = worker
        self._tx.run(
            "INSERT INTO worker (id, name, region, pool, boot_id, draining, kinds, encoders,"
            " version, registered_us, host, socket, drains_until_us, stopping, drained_by)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
            " ON CONFLICT (id) DO UPDATE SET region = excluded.region, pool = excluded.pool,"
            " boot_id = excluded.boot_id, draining = excluded.draining, kinds = excluded.kinds,"
            " encoders = excluded.encoders, version = excluded.version,"
            " registered_us = excluded.registered_us, host = excluded.host,"
            " socket = excluded.socket, drains_until_us = excluded.drains_until_us,"
            " stopping = excluded.stopping, drained_by = excluded.drained_by",
            w.id,
            w.name,
            w.region,
            w.pool,
            w.boot_id,
            w.draining,
            msgspec.json.encode(w.kinds).decode(),
            msgspec.json.encode(w.encoders).decode(),
            w.version,
            w.registered_us,
            w.host,
            w.socket,
            w.drains_until_us,
            w.stopping,
            w.drained_by,
        )
        self._tx.run(
            "INSERT INTO worker_lease (worker_id, boot_id, heard_us, soft_until_us, hard_until_us)"
            " VALUES (?, ?, ?, ?, ?) ON CONFLICT (worker_id) DO UPDATE SET"
            " boot_id = excluded.boot_id, heard_us = excluded.heard_us,"
            " soft_until_us = excluded.soft_until_us, hard_until_us = excluded.hard_until_us",
            w.id,
            w.boot_id,
            w.heard_us,
            w.soft_until_us,
            w.hard_until_us,
        )

    def get(self, worker_id: str, *, lock: bool = False) -> Worker | None:
        """Return a worker by its id."""
        return self._one("w.id = ?", worker_id, lock=lock)

    def named(self, name: str, *, lock: bool = False) -> Worker | None:
        """Return a worker by its name."""
        return self._one("w.name = ?", name, lock=lock)

    def wait_for_name(self, name: str) -> None:
        """Let nobody else register a worker of this name until the transaction is over."""
        if self._tx.dialect == "postgresql":  # there is no row yet that could be locked
            self._tx.run(
                "SELECT pg_advisory_xact_lock(CAST(? AS INTEGER), hashtext(?))", _NAMES, name
            )

    def replace_boot(self, worker: Worker, now_us: int, *, keep_us: int) -> None:
        """Remember that a newer start took this one's place; forget those older than `keep_us`."""
        self._tx.run("DELETE FROM worker_boot WHERE replaced_us < ?", now_us - keep_us)
        self._tx.run(
            "INSERT INTO worker_boot (worker_id, boot_id, replaced_us) VALUES (?, ?, ?)"
            " ON CONFLICT (worker_id, boot_id) DO UPDATE SET replaced_us = excluded.replaced_us",
            worker.id,
            worker.boot_id,
            now_us,
        )

    def was_replaced(self, worker_id: str, boot_id: str) -> bool:
        """Whether a newer start took the place of this one."""
        rows = self._tx.run(
            "SELECT 1 FROM worker_boot WHERE worker_id = ? AND boot_id = ?", worker_id, boot_id
        )
        return bool(rows)

    def all(self) -> list[Worker]:
        """Return every worker, by name."""
        return [
            _worker(row) for row in self._tx.run(f"SELECT {_WORKER} {_FROM_WORKER} ORDER BY w.name")
        ]

    def draining(self) -> dict[str, int]:
        """Return when each worker that drains stops what still runs, by its id."""
        rows = self._tx.run(
            "SELECT id, drains_until_us FROM worker"
            " WHERE draining = 1 AND drains_until_us IS NOT NULL"
        )
        return dict(rows)

    def drained(self, now_us: int, *, limit: int) -> list[str]:
        """Return workers out of service whose time is up and whose slots are still held."""
        rows = self._tx.run(
            "SELECT w.id FROM worker w WHERE w.drained_by IS NOT NULL AND w.drains_until_us <= ?"
            " AND EXISTS (SELECT 1 FROM slot s WHERE s.worker_id = w.id AND s.state = 'held')"
            " ORDER BY w.id LIMIT ?",
            now_us,
            limit,
        )
        return [i for (i,) in rows]

    def renew(
        self, renewals: Collection[Renewal], *, now_us: int, soft_us: int, hard_us: int
    ) -> set[Renewal]:
        """Renew in one statement the leases that still stand; return which those are."""
        # Two gateways may have the same worker for a moment: both lock in one order.
        marks = ", ".join("?" * len(renewals))
        self._tx.run(
            f"SELECT 1 FROM worker_lease WHERE worker_id IN ({marks}) ORDER BY worker_id"
            " {for_update}",
            *(r.worker_id for r in renewals),
        )
        pairs = ", ".join(["(?, ?)"] * len(renewals))
        rows = self._tx.run(
            "UPDATE worker_lease SET heard_us = ?, soft_until_us = ?, hard_until_us = ?"
            f" WHERE hard_until_us > ? AND (worker_id, boot_id) IN (VALUES {pairs})"
            " RETURNING worker_id, boot_id",
            now_us,
            now_us + soft_us,
            now_us + hard_us,
            now_us,
            *(value for r in renewals for value in (r.worker_id, r.boot_id)),
        )
        return {Renewal(worker_id=i, boot_id=boot_id) for i, boot_id in rows}

    def lost(self, now_us: int, *, limit: int) -> list[Worker]:
        """Return workers past their hard limit whose slots are still held."""
        rows = self._tx.run(
            f"SELECT {_WORKER} {_FROM_WORKER} WHERE l.hard_until_us <= ? AND EXISTS (SELECT 1"
            " FROM slot s WHERE s.worker_id = w.id AND s.state = 'held') ORDER BY w.id LIMIT ?",
            now_us,
            limit,
        )
        return [_worker(row) for row in rows]

    def any_for(self, pool: str, region: str, kind: str, now_us: int) -> bool:
        """Whether a worker that is not lost could ever serve this."""
        rows = self._tx.run(
            f"SELECT {_WORKER} {_FROM_WORKER} WHERE w.pool = ? AND w.region = ?"
            " AND l.hard_until_us > ?",
            pool,
            region,
            now_us,
        )
        return any(kind in _worker(row).kinds for row in rows)

    def _one(self, where: str, value: str, *, lock: bool) -> Worker | None:
        suffix = " {for_update}" if lock else ""
        rows = self._tx.run(f"SELECT {_WORKER} {_FROM_WORKER} WHERE {where}{suffix}", value)
        return _worker(rows[0]) if rows else None


class SqlSlotStore:
    """See `diorama.leases.store.SlotStore`."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    def add(self, slot: Slot) -> None:
        """Store a slot that is new."""
        self._tx.run(
            f"INSERT INTO slot ({_SLOT_NAMES}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            slot.id,
            slot.worker_id,
            slot.index,
            slot.pool,
            slot.region,
            slot.state,
            slot.term,
            slot.session_id,
            slot.fence_until_us,
            slot.failures,
            slot.version,
        )

    def save(self, slot: Slot) -> None:
        """Replace the version before this one; asserts that it was that one."""
        saved = self._tx.run(
            "UPDATE slot SET pool = ?, region = ?, state = ?, term = ?, session_id = ?,"
            " fence_until_us = ?, failures = ?, version = ? WHERE id = ? AND version = ?"
            " RETURNING id",
            slot.pool,
            slot.region,
            slot.state,
            slot.term,
            slot.session_id,
            slot.fence_until_us,
            slot.failures,
            slot.version,
            slot.id,
            slot.version - 1,
        )
        if not saved:
            raise AssertionError(f"slot {slot.id} was changed without its lock")

    def get(self, slot_id: str, *, lock: bool = False) -> Slot | None:
        """Return a slot by its id."""
        suffix = " {for_update}" if lock else ""
        rows = self._tx.run(f"SELECT {_SLOT} FROM slot s WHERE s.id = ?{suffix}", slot_id)
        return _slot(rows[0]) if rows else None

    def of_worker(self, worker_id: str, *, lock: bool = False) -> list[Slot]:
        """Return a worker's slots, by index."""
        suffix = " {for_update}" if lock else ""
        rows = self._tx.run(
            f"SELECT {_SLOT} FROM slot s WHERE s.worker_id = ? ORDER BY s.number{suffix}", worker_id
        )
        return [_slot(row) for row in rows]

    def of_workers(self) -> dict[str, list[Slot]]:
        """Return every slot that is not retired, by worker and index."""
        found: dict[str, list[Slot]] = {}
        for row in self._tx.run(
            f"SELECT {_SLOT} FROM slot s WHERE s.state <> 'retired' ORDER BY s.worker_id, s.number"
        ):
            slot = _slot(row)
            found.setdefault(slot.worker_id, []).append(slot)
        return found

    def take_free(
        self, pool: str, region: str, kind: str, now_us: int, *, not_on: str | None = None
    ) -> Slot | None:
        """Return a free slot of a ready worker, locked; never one on the worker `not_on`."""
        rows = self._tx.run(
            f"SELECT {_SLOT} {_FREE} AND s.worker_id <> ?"
            " ORDER BY s.failures, s.id LIMIT 1 {for_update_skip_locked of s}",
            pool,
            region,
            now_us,
            f'%"{kind}"%',
            not_on or "",
        )
        return _slot(rows[0]) if rows else None

    def count_free(self, pool: str, region: str, kind: str, now_us: int) -> int:
        """Return how many free slots of ready workers there are."""
        values = (pool, region, now_us, f'%"{kind}"%')
        ((count,),) = self._tx.run(f"SELECT COUNT(*) {_FREE}", *values)
        return int(count)

    def is_any_fencing(self, pool: str, region: str) -> bool:
        """Whether a slot there is about to come back."""
        rows = self._tx.run(
            "SELECT 1 FROM slot WHERE pool = ? AND region = ? AND fence_until_us IS NOT NULL"
            " AND state = 'fencing' LIMIT 1",
            pool,
            region,
        )
        return bool(rows)

    def fences_due(self, now_us: int, *, limit: int) -> list[Slot]:
        """Return slots whose fence or quarantine ran out, locked."""
        rows = self._tx.run(
            f"SELECT {_SLOT} FROM slot s WHERE s.fence_until_us <= ?"
            " ORDER BY s.fence_until_us LIMIT ? {for_update_skip_locked}",
            now_us,
            limit,
        )
        return [_slot(row) for row in rows]


def _worker(row: Sequence[Any]) -> Worker:  # a row is what the driver gives; types are the schema's
    i, name, region, pool, boot_id, draining, kinds, encoders, version, *more = row
    registered, host, socket, drains_until_us, stopping, drained_by, *lease = more
    heard_us, soft_until_us, hard_until_us = lease
    return Worker(
        id=i,
        name=name,
        region=region,
        pool=pool,
        boot_id=boot_id,
        draining=bool(draining),
        kinds=_KINDS.decode(kinds),
        encoders=_KINDS.decode(encoders),
        version=version,
        registered_us=registered,
        host=host,
        socket=socket,
        drains_until_us=drains_until_us,
        stopping=bool(stopping),
        drained_by=drained_by,
        heard_us=heard_us,
        soft_until_us=soft_until_us,
        hard_until_us=hard_until_us,
    )


def _slot(row: Sequence[Any]) -> Slot:  # as above
    i, worker_id, number, pool, region, state, term, session_id, fence, failures, version = row
    return Slot(
        id=i,
        worker_id=worker_id,
        index=number,
        pool=pool,
        region=region,
        state=SlotState(state),
        term=term,
        session_id=session_id,
        fence_until_us=fence,
        failures=failures,
        version=version,
    )
