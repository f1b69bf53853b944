"""Plans in SQL."""

from typing import Final

from diorama.accounts.plans import Plan
from diorama.storage.database import Row, Transaction

_PLAN: Final = (
    "name, concurrent_streams, max_runtime_s, stream_hours, simulation_hours, queued_simulations"
)


class SqlPlanStore:
    """See `diorama.accounts.store.PlanStore`."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    def listed(self, *, after: str | None, limit: int) -> list[Plan]:
        """Return plans by name, after the name `after`."""
        where, values = ("", ()) if after is None else (" WHERE name > ?", (after,))
        rows = self._tx.run(
            f"SELECT {_PLAN} FROM plan{where} ORDER BY name LIMIT ?", *values, limit
        )
        return [_plan(row) for row in rows]

    def get(self, name: str, *, lock: bool = False) -> Plan | None:
        """Return a plan; with `lock`, no one else changes it, or puts an account under it."""
        suffix = " {for_update}" if lock else ""
        rows = self._tx.run(f"SELECT {_PLAN} FROM plan WHERE name = ?{suffix}", name)
        return _plan(rows[0]) if rows else None

    def put(self, plan: Plan) -> None:
        """Store a plan, or another one in its place."""
        self._tx.run(
            f"INSERT INTO plan ({_PLAN}) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (name) DO UPDATE SET"
            " concurrent_streams = excluded.concurrent_streams,"
            " max_runtime_s = excluded.max_runtime_s, stream_hours = excluded.stream_hours,"
            " simulation_hours = excluded.simulation_hours,"
            " queued_simulations = excluded.queued_simulations",
            plan.name,
            plan.concurrent_streams,
            plan.max_runtime_s,
            plan.stream_hours,
            plan.simulation_hours,
            plan.queued_simulations,
        )

    def delete(self, name: str) -> None:
        """Delete a plan that no account is under."""
        self._tx.run("DELETE FROM plan WHERE name = ?", name)


def _plan(row: Row) -> Plan:
    name, streams, runtime_s, stream_hours, simulation_hours, queued = row
    return Plan(
        name=name,
        concurrent_streams=streams,
        max_runtime_s=runtime_s,
        stream_hours=stream_hours,
        simulation_hours=simulation_hours,
        queued_simulations=queued,
    )
