"""Keys in SQL."""

from typing import Final

from diorama.accounts.keys import Key, KeyKind, scopes_of, scopes_text
from diorama.storage.database import Row, Transaction, Value

_KEY: Final = (
    "id, account_id, kind, digest, name, created_us, scopes, hint, created_by, expires_us,"
    " revoked_us, used_us, replaced_by, worker"
)


class SqlKeyStore:
    """See `diorama.accounts.store.KeyStore`."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    def add(self, key: Key) -> None:
        """Store a key that is new."""
        self._tx.run(
            f"INSERT INTO access_key ({_KEY}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            key.id,
            key.account_id,
            key.kind,
            key.digest,
            key.name,
            key.created_us,
            scopes_text(key.scopes),
            key.hint,
            key.created_by,
            key.expires_us,
            key.revoked_us,
            key.used_us,
            key.replaced_by,
            key.worker,
        )

    def find(self, digest: str, kind: KeyKind) -> Key | None:
        """Return the key with this digest and kind, whatever its state."""
        rows = self._tx.run(
            f"SELECT {_KEY} FROM access_key WHERE digest = ? AND kind = ?", digest, kind
        )
        return _key(rows[0]) if rows else None

    def by_id(self, key_id: str) -> Key | None:
        """Return a key by its id alone: for who has shown it before."""
        rows = self._tx.run(f"SELECT {_KEY} FROM access_key WHERE id = ?", key_id)
        return _key(rows[0]) if rows else None

    def get(self, account_id: str, key_id: str, *, lock: bool = False) -> Key | None:
        """Return a key of an account; with `lock`, no one else changes it meanwhile."""
        suffix = " {for_update}" if lock else ""
        rows = self._tx.run(
            f"SELECT {_KEY} FROM access_key WHERE account_id = ? AND id = ?{suffix}",
            account_id,
            key_id,
        )
        return _key(rows[0]) if rows else None

    def listed(self, account_id: str, *, after: str | None, limit: int) -> list[Key]:
        """Return an account's keys, the newest first, before the id `after`."""
        where, values = "account_id = ?", list[Value]([account_id])
        if after is not None:
            where += " AND id < ?"
            values.append(after)
        rows = self._tx.run(
            f"SELECT {_KEY} FROM access_key WHERE {where} ORDER BY id DESC LIMIT ?", *values, limit
        )
        return [_key(row) for row in rows]

    def active(self, account_id: str, now_us: int) -> int:
        """Return how many keys of an account open something."""
        ((count,),) = self._tx.run(
            "SELECT count(*) FROM access_key WHERE account_id = ? AND revoked_us IS NULL"
            " AND (expires_us IS NULL OR expires_us > ?)",
            account_id,
            now_us,
        )
        return int(count)

    def save(self, key: Key) -> None:
        """Write what may change of a key: its end, and what replaced it."""
        self._tx.run(
            "UPDATE access_key SET expires_us = ?, revoked_us = ?, replaced_by = ? WHERE id = ?",
            key.expires_us,
            key.revoked_us,
            key.replaced_by,
            key.id,
        )

    def used(self, key_id: str, at_us: int) -> None:
        """Keep when a key was last used; a time never goes back."""
        self._tx.run(
            "UPDATE access_key SET used_us = ? WHERE id = ? AND (used_us IS NULL OR used_us < ?)",
            at_us,
            key_id,
            at_us,
        )


def _key(row: Row) -> Key:
    i, account_id, kind, digest, name, created_us, scopes, hint, by, *times = row
    expires_us, revoked_us, used_us, replaced_by, worker = times
    return Key(
        id=i,
        account_id=account_id,
        kind=KeyKind(kind),
        digest=digest,
        name=name,
        created_us=created_us,
        scopes=scopes_of(scopes),
        hint=hint,
        created_by=by,
        expires_us=expires_us,
        revoked_us=revoked_us,
        used_us=used_us,
        replaced_by=replaced_by,
        worker=worker,
    )
