"""What accounts need from a database."""

from collections.abc import Mapping
from typing import Protocol

from diorama.accounts.audit import AuditEntry, Link
from diorama.accounts.hours import StreamMonth
from diorama.accounts.keys import Key, KeyKind
from diorama.accounts.plans import Account, Plan
from diorama.accounts.share_links import ShareLink
from diorama.accounts.tickets import TicketKey
from diorama.kernel.errors import Detail


class AccountStore(Protocol):
    """Accounts at rest."""

    def add(self, account: Account) -> None:
        """Store an account that is new."""

    def get(self, account_id: str, *, lock: bool = False) -> Account | None:
        """Return an account; with `lock`, no one else changes it until this transaction is over."""

    def listed(self, *, after: str | None, limit: int) -> list[Account]:
        """Return accounts by id, after the id `after`."""

    def save(self, account: Account) -> None:
        """Write what may change of a locked account, but for what it holds.

        What runs is looked at anew where its hours change.
        """

    def set_limit(self, account_id: str, concurrent_streams: int) -> None:
        """Change how many sessions may hold a slot at once."""

    def set_plan(self, account_id: str, plan: Plan) -> None:
        """Put an account under a plan, with the plan's limits; what runs is looked at anew."""

    def on_plan(self, plan: str) -> list[str]:
        """Return the accounts under a plan, by id."""

    def suspended_live(self, *, limit: int) -> list[str]:
        """Return suspended accounts of which a session or run has not ended yet."""

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


class PlanStore(Protocol):
    """Plans at rest."""

    def listed(self, *, after: str | None, limit: int) -> list[Plan]:
        """Return plans by name, after the name `after`."""

    def get(self, name: str, *, lock: bool = False) -> Plan | None:
        """Return a plan; with `lock`, no one else changes it, or puts an account under it."""

    def put(self, plan: Plan) -> None:
        """Store a plan, or another one in its place."""

    def delete(self, name: str) -> None:
        """Delete a plan that no account is under."""


class KeyStore(Protocol):
    """Keys at rest."""

    def add(self, key: Key) -> None:
        """Store a key that is new."""

    def find(self, digest: str, kind: KeyKind) -> Key | None:
        """Return the key with this digest and kind, whatever its state."""

    def by_id(self, key_id: str) -> Key | None:
        """Return a key by its id alone: for who has shown it before."""

    def get(self, account_id: str, key_id: str, *, lock: bool = False) -> Key | None:
        """Return a key of an account."""

    def listed(self, account_id: str, *, after: str | None, limit: int) -> list[Key]:
        """Return an account's keys, the newest first, before the id `after`."""

    def active(self, account_id: str, now_us: int) -> int:
        """Return how many keys of an account open something."""

    def save(self, key: Key) -> None:
        """Write what may change of a key: its end, and what replaced it."""

    def used(self, key_id: str, at_us: int) -> None:
        """Keep when a key was last used; a time never goes back."""


class TicketStore(Protocol):
    """Keys that sign tickets, and which tickets were used."""

    def key(self, key_id: str) -> TicketKey | None:
        """Return a signing key by its id."""

    def signing(self, account_id: str) -> TicketKey | None:
        """Return the key that signs an account's tickets; None before the first."""

    def add(self, key: TicketKey) -> None:
        """Store a key that is new, and the only one of its account that signs."""

    def end(self, account_id: str, ends_us: int) -> None:
        """Let an account's keys end at `ends_us`, but for those that end before; drop the past."""

    def use(self, ticket_id: str, session_id: str, expires_us: int) -> bool:
        """Keep that a ticket was used; False where it was before.

        It waits for a transaction that uses the same one, so of many at once one is told True.
        """

    def used_for(self, ticket_id: str) -> str | None:
        """Return the session that a ticket was used for; None is not used yet."""


class LinkStore(Protocol):
    """Share links at rest. A link is locked after its account and before any session."""

    def add(self, link: ShareLink) -> None:
        """Store a link that is new."""

    def find(self, digest: str, *, lock: bool = False) -> ShareLink | None:
        """Return a link by the digest of its secret; with `lock`, no one else changes it."""

    def get(self, account_id: str, link_id: str, *, lock: bool = False) -> ShareLink | None:
        """Return a link of an account; with `lock`, no one else changes it."""

    def listed(
        self, account_id: str, *, project_id: str | None, after: str | None, limit: int
    ) -> list[ShareLink]:
        """Return links of an account, the newest first, before the id `after`."""

    def active(self, account_id: str, now_us: int) -> int:
        """Return how many links of an account have not ended."""

    def save(self, link: ShareLink) -> None:
        """Write what may change of a locked link."""


class AuditStore(Protocol):
    """Who changed what. See `diorama.accounts.audit`."""

    def add(
        self,
        account_id: str,
        actor: str,
        action: str,
        subject: str,
        detail: Mapping[str, Detail] = {},
    ) -> None:
        """Add an entry to an account's chain, in the transaction that makes the change.

        It takes the last lock of the one order (lane, account, session, slot, audit): say it after
        the change, not before.

        Args:
            account_id: whose log.
            actor: who did it: `Member.actor`.
            action: what, as `thing.done`: `project.changed`.
            subject: the id or name of what it was done to.
            detail: facts for a person; never a secret.
        """

    def head(self, account_id: str) -> Link:
        """Return the last entry's number and hash, as they were kept beside the chain."""

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

    def after(self, account_id: str, seq: int, *, limit: int) -> list[AuditEntry]:
        """Return the entries after a number, the oldest first: to follow the chain."""
