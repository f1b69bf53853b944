"""For how long slots were there, and were held, in SQL."""

from typing import Final

from diorama.leases.slots import Slot
from diorama.metering.spans import day_of
from diorama.sessions.slot_time_store import SlotSum, SlotTime
from diorama.sessions.usage_store import Window
from diorama.simulations.lifecycle import is_run
from diorama.storage.database import Transaction, Value
from diorama.storage.usage import since_started, whose
from diorama.workers.capabilities import Worker


def _clipped(from_us: str, to_us: str) -> str:
    """Return the columns `a` and `b` of a stretch as far as it lies in the window `w`."""
    return (
        f"CASE WHEN {from_us} < w.from_us THEN w.from_us ELSE {from_us} END AS a,"
        f" CASE WHEN {to_us} > w.until_us THEN w.until_us ELSE {to_us} END AS b"
    )


def _offered(worker_id: str, at_us: str) -> str:
    """Return how many slots a worker had at an instant; one where nobody kept it."""
    return (
        f"COALESCE((SELECT n.slots FROM worker_span n WHERE n.worker_id = {worker_id}"
        f" AND n.from_us <= {at_us} ORDER BY n.from_us DESC LIMIT 1), 1)"
    )


_HEARD: Final = (
    "COALESCE(c.to_us, CASE WHEN l.hard_until_us > w.now_us THEN w.now_us ELSE l.heard_us END)"
)
_WINDOW: Final = (
    "WITH w (from_us, until_us, now_us) AS"
    " (SELECT CAST(? AS BIGINT), CAST(? AS BIGINT), CAST(? AS BIGINT)) "
)
_METERED: Final = (
    f"SELECT u.state AS kind, {_offered('u.worker_id', 'u.from_us')} AS slots,"
    f" {_clipped('u.from_us', 'u.to_us')} FROM usage_span u, w"
    " WHERE {u}u.day_us >= ? AND u.day_us < ? AND u.state IN ('streaming', 'idle') UNION ALL"
    f" SELECT s.state, {_offered('s.worker_id', 's.entered_us')},"
    f" {_clipped('s.entered_us', 'w.until_us')} FROM session s, w"
    " WHERE {s}s.state IN ('connecting', 'streaming', 'idle') AND s.state <> 'connecting'"
    f" UNION ALL SELECT 'simulation', {_offered('r.worker_id', 'r.at_us')},"
    f" {_clipped('r.at_us', 'COALESCE(n.at_us, w.until_us)')}"
    " FROM w, run_event r LEFT JOIN run_event n ON n.run_id = r.run_id"
    " AND n.version = r.version + 1 WHERE {r}r.kind = 'started' AND r.at_us >= ? AND r.at_us < ?"
)
# In this order: SQLite, which knows no sizes, would read the whole log to find a few slots in it.
_HELD: Final = (
    f"SELECT h.worker_id, h.slots, {_clipped('h.from_us', 'h.to_us')} FROM slot_hold h, w"
    " WHERE {h}h.to_us > ? AND h.from_us < ? UNION ALL"
    f" SELECT t.worker_id, {_offered('t.worker_id', 'e.at_us')},"
    f" {_clipped('e.at_us', 'w.until_us')}"
    " FROM slot t CROSS JOIN event e CROSS JOIN w WHERE {e}t.session_id IS NOT NULL"
    " AND e.session_id = t.session_id AND e.term = t.term AND e.slot_id = t.id"
    " AND e.kind = 'reserved' UNION ALL"
    f" SELECT t.worker_id, {_offered('t.worker_id', 'e.at_us')},"
    f" {_clipped('e.at_us', 'w.until_us')}"
    " FROM slot t CROSS JOIN run_event e CROSS JOIN w WHERE {e}t.session_id IS NOT NULL"
    " AND e.run_id = t.session_id AND e.term = t.term AND e.slot_id = t.id"
    " AND e.kind = 'dispatched'"
)
_THERE: Final = (
    f"SELECT c.worker_id, c.slots, {_clipped('c.from_us', _HEARD)}"
    " FROM worker_span c LEFT JOIN worker_lease l ON l.worker_id = c.worker_id, w"
)
_BOTH: Final = (
    f"SELECT c.slots, CASE WHEN h.a < c.a THEN c.a ELSE h.a END AS a,"
    f" CASE WHEN h.b > c.b THEN c.b ELSE h.b END AS b FROM ({{held}}) h"
    f" JOIN ({_THERE}) c ON c.worker_id = h.worker_id"
)


class SqlSlotTimeStore:
    """See `diorama.sessions.slot_time_store.SlotTimeStore`."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    def worker_started(self, worker: Worker, slots: int, *, before: Worker | None) -> None:
        """Keep that a worker started anew with so many slots, and until when it was heard."""
        if before is not None:
            self.worker_gone(before)
        self._tx.run(
            "INSERT INTO worker_span (worker_id, boot_id, region, pool, slots, from_us)"
            " VALUES (?, ?, ?, ?, ?, ?)"
            " ON CONFLICT (worker_id, boot_id) DO UPDATE SET to_us = NULL",
            worker.id,
            worker.boot_id,
            worker.region,
            worker.pool,
            slots,
            worker.registered_us,
        )

    def worker_gone(self, worker: Worker) -> None:
        """Keep until when a worker was heard that is not heard any more."""
        self._tx.run(
            "UPDATE worker_span SET to_us = CASE WHEN from_us > ? THEN from_us ELSE ? END"
            " WHERE worker_id = ? AND to_us IS NULL",
            worker.heard_us,
            worker.heard_us,
            worker.id,
        )

    def slot_held(self, slot: Slot, until_us: int) -> None:
        """Keep for how long a slot was held that is given back now."""
        log, holder, kind = ("event", "session_id", "reserved")
        if is_run(slot.session_id):
            log, holder, kind = ("run_event", "run_id", "dispatched")
        self._tx.run(
            "INSERT INTO slot_hold (slot_id, term, session_id, account_id, project_id, region,"
            f" worker_id, slots, from_us, to_us) SELECT e.slot_id, e.term, e.{holder},"
            f" e.account_id, e.project_id, e.region, CAST(? AS TEXT), {_offered('?', 'e.at_us')},"
            f" e.at_us, CAST(? AS BIGINT) FROM {log} e WHERE e.{holder} = ? AND e.term = ?"
            f" AND e.slot_id = ? AND e.kind = '{kind}' AND e.at_us < ?",
            slot.worker_id,
            slot.worker_id,
            until_us,
            slot.session_id,
            slot.term,
            slot.id,
            until_us,
        )

    def sums(self, account_id: str | None, window: Window, now_us: int) -> list[SlotSum]:
        """Return what time the sessions and runs of an account took up, or of all, and more."""
        if window.until_us <= window.from_us:
            return []
        of = () if account_id is None else (account_id,)
        own = f"{{0}}.account_id {whose(account_id)} AND "
        by_time = "" if account_id is None else own
        held = _HELD.format(h=by_time.format("h"), e=by_time.format("e"))
        metered = _METERED.format(u=own.format("u"), s=own.format("s"), r=own.format("r"))
        ends = (window.from_us, window.until_us)
        days = (day_of(window.from_us), window.until_us)
        started = since_started(window)
        found = self._sum(
            window, now_us, metered, "x.kind", "x.b - x.a", *of, *days, *of, *of, *started
        )
        found += self._sum(window, now_us, held, "'held'", "x.b - x.a", *of, *ends, *of, *of)
        if account_id is None:
            found += self._sum(window, now_us, _THERE, "'there'", "(x.b - x.a) * x.slots")
            both = _BOTH.format(held=held)
            found += self._sum(window, now_us, both, "'both'", "x.b - x.a", *ends)
        return found

    def _sum(
        self, window: Window, now_us: int, source: str, kind: str, time: str, *values: Value
    ) -> list[SlotSum]:
        rows = self._tx.run(
            f"{_WINDOW}SELECT {kind}, x.slots, SUM({time}) FROM ({source}) x WHERE x.a < x.b"
            " GROUP BY 1, 2",
            window.from_us,
            window.until_us,
            now_us,
            *values,
        )
        return [SlotSum(SlotTime(k), int(slots), int(slot_us)) for k, slots, slot_us in rows]
