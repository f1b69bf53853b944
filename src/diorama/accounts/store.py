"""What accounts need from a database."""

from typing import Protocol

from diorama.accounts.credentials import Key, KeyKind
from diorama.accounts.plans import Account


class AccountStore(Protocol):
    """Accounts and their keys at rest."""

    def add(self, account: Account) -> None:
        """Store an account that is new."""

    def get(self, account_id: str, *, lock: bool = False) -> Account | None:
        """Return an account; with `lock`, no one else changes it until this transaction is over."""

    def set_limit(self, account_id: str, concurrent_streams: int) -> None:
        """Change how many sessions may hold a slot at once."""

    def count_held(self, account_id: str, change: int) -> None:
        """Add `change` (1 or -1) to the sessions that hold a slot."""

    def add_key(self, key: Key) -> None:
        """Store a key that is new."""

    def key(self, digest: str, kind: KeyKind) -> Key | None:
        """Return the key with this digest and kind."""
