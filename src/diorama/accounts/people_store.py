"""What people need from a database."""

from typing import Protocol

from diorama.accounts.people import Invitation, Membership, Person, SignIn
from diorama.accounts.permissions import Role


class PeopleStore(Protocol):
    """People, their memberships and invitations at rest."""

    def add(self, person: Person) -> None:
        """Store a person who is new."""

    def get(self, person_id: str, *, lock: bool = False) -> Person | None:
        """Return a person; with `lock`, no one else changes them meanwhile."""

    def by_email(self, email: str) -> Person | None:
        """Return the person with an email."""

    def by_subject(self, issuer: str, subject: str) -> Person | None:
        """Return the person whom a provider of OpenID Connect calls so."""

    def save(self, person: Person) -> None:
        """Write what may change of a person: name, password, subject."""

    def remove(self, person_id: str) -> None:
        """Forget a person who is a member of nothing, with their sign-ins."""

    def join(self, membership: Membership) -> None:
        """Store a membership that is new."""

    def membership(self, account_id: str, member_id: str) -> Membership | None:
        """Return a member of an account."""

    def memberships(self, person_id: str) -> list[Membership]:
        """Return what a person is a member of, the oldest membership first."""

    def members(self, account_id: str, *, after: str | None, limit: int) -> list[Membership]:
        """Return the members of an account, the oldest first, after the id `after`."""

    def count(self, account_id: str) -> int:
        """Return how many members and invitations an account has."""

    def owners(self, account_id: str) -> int:
        """Return how many owners an account has; lock the account first to go by it."""

    def set_role(self, member_id: str, role: Role) -> None:
        """Give a member another role."""

    def leave(self, member_id: str) -> None:
        """Take a member out of the account."""

    def invite(self, invitation: Invitation) -> None:
        """Store an invitation that is new, in place of an older one of the same email.

        Those that are over, of any account, are forgotten.
        """

    def invitation(self, digest: str, now_us: int) -> Invitation | None:
        """Return an invitation by its secret's digest, unless it is over."""

    def invitations(self, account_id: str, now_us: int) -> list[Invitation]:
        """Return the invitations of an account that are not over, the oldest first."""

    def invitations_to(self, email: str, now_us: int) -> list[Invitation]:
        """Return the invitations to an email that are not over, by account."""

    def withdraw(self, account_id: str, invitation_id: str) -> bool:
        """Delete an invitation, and return whether there was one."""


class SignInStore(Protocol):
    """Who is signed in, and the first owner's link, at rest."""

    def add(self, sign_in: SignIn) -> None:
        """Store a sign-in that is new; drop what is over, and the person's oldest of too many."""

    def get(self, digest: str) -> SignIn | None:
        """Return a sign-in by its cookie's digest, alive or not."""

    def seen(self, digest: str, at_us: int) -> None:
        """Keep when a sign-in was last used; a time never goes back."""

    def drop(self, digest: str) -> None:
        """End a sign-in."""

    def drop_all_of(self, person_id: str) -> None:
        """End every sign-in of a person."""

    def offer_set_up(self, digest: str, at_us: int) -> None:
        """Store the digest of a first owner's link."""

    def has_set_up(self, digest: str, now_us: int) -> bool:
        """Return whether a first owner's link is good, and not over."""

    def close_set_up(self) -> None:
        """Make every first owner's link worthless."""
