"""Accounts in SQL."""

from dataclasses import replace
from typing import Final

from diorama.accounts.hours import (
    Months,
    StreamMonth,
    month_start_us,
    newest,
    rolled,
    started,
    stopped,
)
from diorama.accounts.plans import Account, Plan
from diorama.storage.database import Row, Transaction, stays

_ACCOUNT: Final = (
    "id, name, plan, concurrent_streams, held, max_runtime_s, stream_us, simulation_us,"
    " queued_simulations, own_streams, suspended_us"
)


class SqlAccountStore:
    """See `diorama.accounts.store.AccountStore`."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx
        self._known: dict[str, Account] = {}  # nobody else changes them meanwhile

    def add(self, account: Account) -> None:
        """Store an account that is new."""
        a = account
        self._tx.run(
            f"INSERT INTO account ({_ACCOUNT}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            a.id,
            a.name,
            a.plan,
            a.concurrent_streams,
            a.held,
            a.max_runtime_s,
            a.stream_us,
            a.simulation_us,
            a.queued_simulations,
            a.own_streams,
            a.suspended_us,
        )

    def get(self, account_id: str, *, lock: bool = False) -> Account | None:
        """Return an account; with `lock`, no one else changes it meanwhile."""
        if account_id in self._known:
            return self._known[account_id]
        suffix = " {for_update}" if lock else ""
        rows = self._tx.run(f"SELECT {_ACCOUNT} FROM account WHERE id = ?{suffix}", account_id)
        account = _account(rows[0]) if rows else None
        if account is not None and stays(self._tx, locked=lock):
            self._known[account_id] = account
        return account

    def listed(self, *, after: str | None, limit: int) -> list[Account]:
        """Return accounts by id, after the id `after`."""
        where, values = ("", ()) if after is None else (" WHERE id > ?", (after,))
        rows = self._tx.run(
            f"SELECT {_ACCOUNT} FROM account{where} ORDER BY id LIMIT ?", *values, limit
        )
        return [_account(row) for row in rows]

    def save(self, account: Account) -> None:
        """Write what may change of a locked account, but for what it holds.

        What runs, starts and waits is looked at anew where its hours change.
        """
        a = account
        self._known.pop(a.id, None)
        self._tx.run(
            "UPDATE stream_month SET look_us = month_us WHERE account_id = ?"
            " AND month_us = (SELECT MAX(month_us) FROM stream_month WHERE account_id = ?)"
            " AND (SELECT COALESCE(stream_us, -1) FROM account WHERE id = ?) <> ?",
            a.id,
            a.id,
            a.id,
            -1 if a.stream_us is None else a.stream_us,
        )
        self._tx.run(
            "UPDATE account SET name = ?, plan = ?, concurrent_streams = ?, max_runtime_s = ?,"
            " stream_us = ?, simulation_us = ?, queued_simulations = ?, own_streams = ?,"
            " suspended_us = ? WHERE id = ?",
            a.name,
            a.plan,
            a.concurrent_streams,
            a.max_runtime_s,
            a.stream_us,
            a.simulation_us,
            a.queued_simulations,
            a.own_streams,
            a.suspended_us,
            a.id,
        )

    def set_limit(self, account_id: str, concurrent_streams: int) -> None:
        """Change how many sessions may hold a slot at once."""
        self._known.pop(account_id, None)
        self._tx.run(
            "UPDATE account SET concurrent_streams = ?, own_streams = ? WHERE id = ?",
            concurrent_streams,
            concurrent_streams,
            account_id,
        )

    def set_plan(self, account_id: str, plan: Plan) -> None:
        """Put an account under a plan, with the plan's limits; what runs is looked at anew."""
        account = self.get(account_id, lock=True)
        if account is not None:
            self.save(account.on(plan))

    def on_plan(self, plan: str) -> list[str]:
        """Return the accounts under a plan, by id."""
        return [
            i for (i,) in self._tx.run("SELECT id FROM account WHERE plan = ? ORDER BY id", plan)
        ]

    def suspended_live(self, *, limit: int) -> list[str]:
        """Return suspended accounts of which something has not ended yet."""
        rows = self._tx.run(
            "SELECT a.id FROM account a WHERE a.suspended_us IS NOT NULL AND (EXISTS (SELECT 1"
            " FROM session s WHERE s.account_id = a.id AND s.end_code IS NULL) OR EXISTS (SELECT 1"
            " FROM simulation_run r WHERE r.account_id = a.id AND r.ended_us IS NULL)) LIMIT ?",
            limit,
        )
        return [i for (i,) in rows]

    def stream_month(self, account_id: str, now_us: int) -> StreamMonth:
        """Return what the account's streams have used in the month of `now_us`."""
        return newest(self._months(account_id, now_us), now_us)

    def stream_started(self, account_id: str, at_us: int) -> None:
        """Count a stream from now on, in the transaction that writes its event."""
        account = self.get(account_id, lock=True)
        months = self._months(account_id, at_us)
        self._put_months(account, months, started(months, at_us))

    def stream_stopped(self, account_id: str, since_us: int, at_us: int) -> None:
        """Settle a stream that was counted since `since_us`."""
        account = self.get(account_id, lock=True)
        months = self._months(account_id, since_us)
        self._put_months(account, months, stopped(months, since_us, at_us))

    def look_at_hours(self, account_id: str, now_us: int, *, next_us: int | None) -> None:
        """Begin the month of `now_us` where it is new, and keep when to look at it next."""
        account = self.get(account_id, lock=True)
        months = self._months(account_id, now_us)
        self._put_months(account, months, rolled(months, now_us))
        self._tx.run(
            "UPDATE stream_month SET look_us ="
            " CASE WHEN running > 0 OR CAST(? AS BIGINT) <= ? THEN CAST(? AS BIGINT) END"
            " WHERE account_id = ? AND (running > 0 OR look_us IS NOT NULL)",
            next_us,
            now_us,
            next_us,
            account_id,
        )

    def hours_due(self, before_us: int, *, limit: int) -> list[str]:
        """Return the accounts whose hours are to be looked at by `before_us`, the first first."""
        rows = self._tx.run(
            "SELECT account_id FROM stream_month WHERE look_us <= ? ORDER BY look_us LIMIT ?",
            before_us,
            limit,
        )
        return [i for (i,) in rows]

    def _months(self, account_id: str, from_us: int) -> Months:
        """Return an account's rows from the month of `from_us` on, or else its newest."""
        rows = self._tx.run(
            "SELECT month_us, settled_us, running, late_us FROM stream_month WHERE account_id = ?"
            " AND (month_us >= ? OR month_us = (SELECT MAX(month_us) FROM stream_month"
            " WHERE account_id = ?))",
            account_id,
            month_start_us(from_us),
            account_id,
        )
        return {
            month_us: StreamMonth(
                start_us=month_us, settled_us=settled_us, running=running, late_us=late_us
            )
            for month_us, settled_us, running, late_us in rows
        }

    def _put_months(self, account: Account | None, before: Months, after: Months) -> None:
        """Write the rows that changed, under the account's lock."""
        if account is None:
            raise AssertionError("a stream is of an account")
        for month in after.values():
            if before.get(month.start_us) == month:
                continue
            self._tx.run(
                "INSERT INTO stream_month"
                " (account_id, month_us, settled_us, running, late_us, look_us)"
                " VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (account_id, month_us) DO UPDATE SET"
                " settled_us = excluded.settled_us, running = excluded.running,"
                " late_us = excluded.late_us, look_us = excluded.look_us",
                account.id,
                month.start_us,
                month.settled_us,
                month.running,
                month.late_us,
                month.look_us(account.stream_us),
            )

    def count_held(self, account_id: str, change: int) -> None:
        """Add `change` to the sessions that hold a slot."""
        self._tx.write("UPDATE account SET held = held + ? WHERE id = ?", change, account_id)
        account = self._known.get(account_id)
        if account is not None:
            self._known[account_id] = replace(account, held=account.held + change)


def _account(row: Row) -> Account:
    i, name, plan, streams, held, runtime_s, stream_us, simulation_us, queued, own, suspended = row
    return Account(
        id=i,
        name=name,
        plan=plan,
        concurrent_streams=streams,
        held=held,
        max_runtime_s=runtime_s,
        stream_us=stream_us,
        simulation_us=simulation_us,
        queued_simulations=queued,
        own_streams=own,
        suspended_us=suspended,
    )
