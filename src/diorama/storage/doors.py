"""Tickets' keys and uses, and share links, in SQL."""

from typing import Final

from diorama.accounts.share_links import ShareLink
from diorama.accounts.tickets import TicketKey
from diorama.storage.database import Row, Transaction, Value

_LINK: Final = (
    "id, account_id, project_id, name, digest, hint, created_us, created_by, expires_us, uses,"
    " used, concurrent, revoked_us, used_us"
)
_SWEPT: Final = 8
"""Old uses dropped with each new one: the table holds what the last minutes brought."""


class SqlTicketStore:
    """See `diorama.accounts.store.TicketStore`."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    def key(self, key_id: str) -> TicketKey | None:
        """Return a signing key by its id."""
        return self._one("id = ?", key_id)

    def signing(self, account_id: str) -> TicketKey | None:
        """Return the key that signs an account's tickets; None before the first."""
        return self._one("account_id = ? AND ends_us IS NULL", account_id)

    def add(self, key: TicketKey) -> None:
        """Store a key that is new, and the only one of its account that signs."""
        self._tx.run(
            "INSERT INTO ticket_key (id, account_id, made_us, ends_us) VALUES (?, ?, ?, ?)",
            key.id,
            key.account_id,
            key.made_us,
            key.ends_us,
        )

    def end(self, account_id: str, ends_us: int) -> None:
        """Let an account's keys end at `ends_us`, but for those that end before; drop the past."""
        self._tx.run(
            "UPDATE ticket_key SET ends_us = ? WHERE account_id = ?"
            " AND (ends_us IS NULL OR ends_us > ?)",
            ends_us,
            account_id,
            ends_us,
        )
        self._tx.run(
            "DELETE FROM ticket_key WHERE account_id = ? AND ends_us < ?",
            account_id,
            self._tx.now_us(),
        )

    def use(self, ticket_id: str, session_id: str, expires_us: int) -> bool:
        """Keep that a ticket was used; False where it was before."""
        self._tx.run(
            "DELETE FROM ticket_use WHERE ticket_id IN (SELECT ticket_id FROM ticket_use"
            " WHERE expires_us <= ? ORDER BY expires_us LIMIT ? {for_update_skip_locked})",
            self._tx.now_us(),
            _SWEPT,
        )
        kept = self._tx.run(
            "INSERT INTO ticket_use (ticket_id, session_id, expires_us) VALUES (?, ?, ?)"
            " ON CONFLICT (ticket_id) DO NOTHING RETURNING ticket_id",
            ticket_id,
            session_id,
            expires_us,
        )
        return bool(kept)

    def used_for(self, ticket_id: str) -> str | None:
        """Return the session that a ticket was used for; None is not used yet."""
        for (session_id,) in self._tx.run(
            "SELECT session_id FROM ticket_use WHERE ticket_id = ?", ticket_id
        ):
            return str(session_id)
        return None

    def _one(self, where: str, value: str) -> TicketKey | None:
        for i, account_id, made_us, ends_us in self._tx.run(
            f"SELECT id, account_id, made_us, ends_us FROM ticket_key WHERE {where}", value
        ):
            return TicketKey(id=i, account_id=account_id, made_us=made_us, ends_us=ends_us)
        return None


class SqlLinkStore:
    """See `diorama.accounts.store.LinkStore`."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    def add(self, link: ShareLink) -> None:
        """Store a link that is new."""
        self._tx.run(
            f"INSERT INTO share_link ({_LINK}) VALUES ({', '.join('?' * 14)})",
            link.id,
            link.account_id,
            link.project_id,
            link.name,
            link.digest,
            link.hint,
            link.created_us,
            link.created_by,
            link.expires_us,
            link.uses,
            link.used,
            link.concurrent,
            link.revoked_us,
            link.used_us,
        )

    def find(self, digest: str, *, lock: bool = False) -> ShareLink | None:
        """Return a link by the digest of its secret; with `lock`, no one else changes it."""
        suffix = " {for_update}" if lock else ""
        rows = self._tx.run(f"SELECT {_LINK} FROM share_link WHERE digest = ?{suffix}", digest)
        return _link(rows[0]) if rows else None

    def get(self, account_id: str, link_id: str, *, lock: bool = False) -> ShareLink | None:
        """Return a link of an account; with `lock`, no one else changes it."""
        suffix = " {for_update}" if lock else ""
        rows = self._tx.run(
            f"SELECT {_LINK} FROM share_link WHERE account_id = ? AND id = ?{suffix}",
            account_id,
            link_id,
        )
        return _link(rows[0]) if rows else None

    def listed(
        self, account_id: str, *, project_id: str | None, after: str | None, limit: int
    ) -> list[ShareLink]:
        """Return links of an account, the newest first, before the id `after`."""
        where, values = "account_id = ?", list[Value]([account_id])
        if project_id is not None:
            where += " AND project_id = ?"
            values.append(project_id)
        if after is not None:
            where += " AND id < ?"
            values.append(after)
        rows = self._tx.run(
            f"SELECT {_LINK} FROM share_link WHERE {where} ORDER BY id DESC LIMIT ?", *values, limit
        )
        return [_link(row) for row in rows]

    def active(self, account_id: str, now_us: int) -> int:
        """Return how many links of an account have not ended."""
        ((count,),) = self._tx.run(
            "SELECT count(*) FROM share_link WHERE account_id = ? AND revoked_us IS NULL"
            " AND (expires_us IS NULL OR expires_us > ?)",
            account_id,
            now_us,
        )
        return int(count)

    def save(self, link: ShareLink) -> None:
        """Write what may change of a locked link."""
        self._tx.run(
            "UPDATE share_link SET name = ?, expires_us = ?, uses = ?, used = ?, concurrent = ?,"
            " revoked_us = ?, used_us = ? WHERE id = ?",
            link.name,
            link.expires_us,
            link.uses,
            link.used,
            link.concurrent,
            link.revoked_us,
            link.used_us,
            link.id,
        )


def _link(row: Row) -> ShareLink:
    i, account_id, project_id, name, digest, hint, created_us, created_by, *rest = row
    expires_us, uses, used, concurrent, revoked_us, used_us = rest
    return ShareLink(
        id=i,
        account_id=account_id,
        project_id=project_id,
        name=name,
        digest=digest,
        hint=hint,
        created_us=created_us,
        created_by=created_by,
        expires_us=expires_us,
        uses=uses,
        used=used,
        concurrent=concurrent,
        revoked_us=revoked_us,
        used_us=used_us,
    )
