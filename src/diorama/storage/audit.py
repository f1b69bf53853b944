"""The audit log in SQL: rows are added and read, and there is no third thing to do with them."""

from collections.abc import Mapping
from typing import Final

from diorama.accounts.audit import GENESIS, AuditEntry, Link, detail_text
from diorama.kernel.errors import Detail
from diorama.storage.database import Row, Transaction, Value

_ENTRY: Final = "account_id, seq, at_us, actor, action, subject, detail, previous"


class SqlAuditStore:
    """See `diorama.accounts.store.AuditStore`."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    def add(
        self,
        account_id: str,
        actor: str,
        action: str,
        subject: str,
        detail: Mapping[str, Detail] = {},
    ) -> None:
        """Add an entry to an account's chain, in the transaction that makes the change."""
        ((seq, previous),) = self._tx.run(
            "INSERT INTO audit_head (account_id, seq, hash) VALUES (?, 0, ?)"
            " ON CONFLICT (account_id) DO UPDATE SET seq = audit_head.seq RETURNING seq, hash",
            account_id,
            GENESIS,
        )
        entry = AuditEntry(
            account_id=account_id,
            seq=seq + 1,
            at_us=self._tx.now_us(),
            actor=actor,
            action=action,
            subject=subject,
            detail=detail_text(detail),
            previous=previous,
        )
        self._tx.run(
            f"INSERT INTO audit ({_ENTRY}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            entry.account_id,
            entry.seq,
            entry.at_us,
            entry.actor,
            entry.action,
            entry.subject,
            entry.detail,
            entry.previous,
        )
        self._tx.run(
            "UPDATE audit_head SET seq = ?, hash = ? WHERE account_id = ?",
            entry.seq,
            entry.hash,
            account_id,
        )

    def head(self, account_id: str) -> Link:
        """Return the last entry's number and hash, as they were kept beside the chain."""
        rows = self._tx.run("SELECT seq, hash FROM audit_head WHERE account_id = ?", account_id)
        return Link(*rows[0]) if rows else Link(0, GENESIS)

    def listed(
        self,
        account_id: str,
        *,
        before: int | None,
        limit: int,
        actor: str | None = None,
        action: str | None = None,
    ) -> list[AuditEntry]:
        """Return entries, the newest first; `action` may be the first word of several."""
        wanted, values = ["account_id = ?"], list[Value]([account_id])
        if before is not None:
            wanted.append("seq < ?")
            values.append(before)
        if actor is not None:
            wanted.append("actor = ?")
            values.append(actor)
        if action is not None:
            wanted.append("(action = ? OR substr(action, 1, CAST(? AS INTEGER)) = ?)")
            values += [action, len(action) + 1, f"{action}."]
        rows = self._tx.run(
            f"SELECT {_ENTRY} FROM audit WHERE {' AND '.join(wanted)} ORDER BY seq DESC LIMIT ?",
            *values,
            limit,
        )
        return [_entry(row) for row in rows]

    def after(self, account_id: str, seq: int, *, limit: int) -> list[AuditEntry]:
        """Return the entries after a number, the oldest first: to follow the chain."""
        rows = self._tx.run(
            f"SELECT {_ENTRY} FROM audit WHERE account_id = ? AND seq > ? ORDER BY seq LIMIT ?",
            account_id,
            seq,
            limit,
        )
        return [_entry(row) for row in rows]


def _entry(row: Row) -> AuditEntry:
    account_id, seq, at_us, actor, action, subject, detail, previous = row
    return AuditEntry(
        account_id=account_id,
        seq=seq,
        at_us=at_us,
        actor=actor,
        action=action,
        subject=subject,
        detail=detail,
        previous=previous,
    )
