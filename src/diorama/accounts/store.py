"""What accounts need from a database."""

from typing import Protocol

from diorama.accounts.credentials import Key, KeyKind
from diorama.accounts.hours import StreamMonth
from diorama.accounts.plans import Account, Plan


class AccountStore(Protocol):
    """Accounts and their keys at rest."""

    def add(self, account: Account) -> None:
        """Store an account that is new."""

    def get(self, account_id: str, *, lock: bool = False) -> Account | None:
        """Return an account; with `lock`, no one else changes it until this transaction is over."""

    def set_limit(self, account_id: str, concurrent_streams: int) -> None:
        """Change how many sessions may hold a slot at once."""

    def set_plan(self, account_id: str, plan: Plan) -> None:
        """Put an account under a plan, with the plan's limits; what runs is looked at anew."""

    def stream_month(self, account_id: str, now_us: int) -> StreamMonth:
        """Return what the account's streams have used in the month of `now_us`."""

    def stream_started(self, account_id: str, at_us: int) -> None:
        """Count a stream from now on, in the transaction that writes its event."""

    def stream_stopped(self, account_id: str, since_us: int, at_us: int) -> None:
        """Settle a stream that was counted since `since_us`."""

    def look_at_hours(self, account_id: str, now_us: int, *, next_us: int | None) -> None:
        """Begin the month of `now_us` where it is new, and keep when to look at it next."""

    def hours_due(self, before_us: int, *, limit: int) -> list[str]:
        """Return the accounts whose hours are to be looked at by `before_us`, the first first."""

    def count_held(self, account_id: str, change: int) -> None:
        """Add `change` (1 or -1) to the sessions that hold a slot."""

    def add_key(self, key: Key) -> None:
        """Store a key that is new."""

    def key(self, digest: str, kind: KeyKind) -> Key | None:
        """Return the key with this digest and kind."""
