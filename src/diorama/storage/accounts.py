"""Accounts and keys in SQL."""

from typing import Final

from diorama.accounts.credentials import Key, KeyKind
from diorama.accounts.plans import Account
from diorama.storage.database import Transaction

_ACCOUNT: Final = "id, name, plan, concurrent_streams, held, max_runtime_s"


class SqlAccountStore:
    """See `diorama.accounts.store.AccountStore`."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    def add(self, account: Account) -> None:
        """Store an account that is new."""
        a = account
        self._tx.run(
            f"INSERT INTO account ({_ACCOUNT}) VALUES (?, ?, ?, ?, ?, ?)",
            a.id,
            a.name,
            a.plan,
            a.concurrent_streams,
            a.held,
            a.max_runtime_s,
        )

    def get(self, account_id: str, *, lock: bool = False) -> Account | None:
        """Return an account; with `lock`, no one else changes it meanwhile."""
        suffix = " {for_update}" if lock else ""
        for i, name, plan, streams, held, runtime_s in self._tx.run(
            f"SELECT {_ACCOUNT} FROM account WHERE id = ?{suffix}", account_id
        ):
            return Account(
                id=i,
                name=name,
                plan=plan,
                concurrent_streams=streams,
                held=held,
                max_runtime_s=runtime_s,
            )
        return None

    def set_limit(self, account_id: str, concurrent_streams: int) -> None:
        """Change how many sessions may hold a slot at once."""
        self._tx.run(
            "UPDATE account SET concurrent_streams = ? WHERE id = ?",
            concurrent_streams,
            account_id,
        )

    def count_held(self, account_id: str, change: int) -> None:
        """Add `change` to the sessions that hold a slot."""
        self._tx.run("UPDATE account SET held = held + ? WHERE id = ?", change, account_id)

    def add_key(self, key: Key) -> None:
        """Store a key that is new."""
        self._tx.run(
            "INSERT INTO access_key (id, account_id, kind, digest, name, created_us)"
            " VALUES (?, ?, ?, ?, ?, ?)",
            key.id,
            key.account_id,
            key.kind,
            key.digest,
            key.name,
            key.created_us,
        )

    def key(self, digest: str, kind: KeyKind) -> Key | None:
        """Return the key with this digest and kind."""
        for i, account_id, name, created_us in self._tx.run(
            "SELECT id, account_id, name, created_us FROM access_key WHERE digest = ? AND kind = ?",
            digest,
            kind,
        ):
            return Key(
                id=i,
                account_id=account_id,
                kind=kind,
                digest=digest,
                name=name,
                created_us=created_us,
            )
        return None
