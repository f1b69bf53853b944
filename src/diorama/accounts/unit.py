"""What the use cases of accounts work with: a part of every unit of work (`sessions.work.Work`)."""

from typing import Protocol

from diorama.accounts.people_store import PeopleStore, SignInStore
from diorama.accounts.store import AccountStore, AuditStore, KeyStore, PlanStore
from diorama.kernel.ids import IdFactory


class Stores(Protocol):
    """The stores of one transaction, as far as accounts need them."""

    @property
    def accounts(self) -> AccountStore:
        """Accounts."""

    @property
    def plans(self) -> PlanStore:
        """Plans."""

    @property
    def people(self) -> PeopleStore:
        """People, members and invitations."""

    @property
    def sign_ins(self) -> SignInStore:
        """Who is signed in."""

    @property
    def keys(self) -> KeyStore:
        """Keys of accounts and workers."""

    @property
    def audit(self) -> AuditStore:
        """Who changed what."""


class Unit(Protocol):
    """One unit of work in progress."""

    @property
    def stores(self) -> Stores:
        """The stores."""

    @property
    def ids(self) -> IdFactory:
        """Makes ids and secrets."""

    @property
    def now_us(self) -> int:
        """The database's time."""
