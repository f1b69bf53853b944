"""People, members and invitations in SQL."""

from typing import Final

from diorama.accounts.people import Invitation, Membership, Person
from diorama.accounts.permissions import Role
from diorama.storage.database import Row, Transaction, Value

_PERSON: Final = "id, email, name, created_us, password, issuer, subject"
_MEMBERSHIP: Final = (
    "SELECT m.id, m.account_id, a.name, m.person_id, p.email, p.name, m.role, m.created_us"
    " FROM member m JOIN account a ON a.id = m.account_id JOIN person p ON p.id = m.person_id"
)
_INVITATION: Final = (
    "SELECT i.id, i.account_id, a.name, i.digest, i.email, i.role, i.created_us, i.expires_us,"
    " i.created_by FROM invitation i JOIN account a ON a.id = i.account_id"
)


class SqlPeopleStore:
    """See `diorama.accounts.people_store.PeopleStore`."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    def add(self, person: Person) -> None:
        """Store a person who is new."""
        p = person
        self._tx.run(
            f"INSERT INTO person ({_PERSON}) VALUES (?, ?, ?, ?, ?, ?, ?)",
            p.id,
            p.email,
            p.name,
            p.created_us,
            p.password,
            p.issuer,
            p.subject,
        )

    def get(self, person_id: str, *, lock: bool = False) -> Person | None:
        """Return a person; with `lock`, no one else changes them meanwhile."""
        return self._one("id = ?" + (" {for_update}" if lock else ""), person_id)

    def by_email(self, email: str) -> Person | None:
        """Return the person with an email."""
        return self._one("email = ?", email)

    def by_subject(self, issuer: str, subject: str) -> Person | None:
        """Return the person whom a provider of OpenID Connect calls so."""
        return self._one("issuer = ? AND subject = ?", issuer, subject)

    def save(self, person: Person) -> None:
        """Write what may change of a person: name, password, subject."""
        self._tx.run(
            "UPDATE person SET name = ?, password = ?, issuer = ?, subject = ? WHERE id = ?",
            person.name,
            person.password,
            person.issuer,
            person.subject,
            person.id,
        )

    def remove(self, person_id: str) -> None:
        """Forget a person who is a member of nothing, with their sign-ins."""
        self._tx.run("DELETE FROM sign_in WHERE person_id = ?", person_id)
        self._tx.run("DELETE FROM person WHERE id = ?", person_id)

    def _one(self, where: str, *values: Value) -> Person | None:
        for i, email, name, created_us, password, issuer, subject in self._tx.run(
            f"SELECT {_PERSON} FROM person WHERE {where}", *values
        ):
            return Person(
                id=i,
                email=email,
                name=name,
                created_us=created_us,
                password=password,
                issuer=issuer,
                subject=subject,
            )
        return None

    def join(self, membership: Membership) -> None:
        """Store a membership that is new."""
        self._tx.run(
            "INSERT INTO member (id, account_id, person_id, role, created_us)"
            " VALUES (?, ?, ?, ?, ?)",
            membership.id,
            membership.account_id,
            membership.person_id,
            membership.role,
            membership.created_us,
        )

    def membership(self, account_id: str, member_id: str) -> Membership | None:
        """Return a member of an account."""
        rows = self._tx.run(
            f"{_MEMBERSHIP} WHERE m.account_id = ? AND m.id = ?", account_id, member_id
        )
        return _membership(rows[0]) if rows else None

    def memberships(self, person_id: str) -> list[Membership]:
        """Return what a person is a member of, the oldest membership first."""
        rows = self._tx.run(f"{_MEMBERSHIP} WHERE m.person_id = ? ORDER BY m.id", person_id)
        return [_membership(row) for row in rows]

    def members(self, account_id: str, *, after: str | None, limit: int) -> list[Membership]:
        """Return the members of an account, the oldest first, after the id `after`."""
        where, values = "m.account_id = ?", list[Value]([account_id])
        if after is not None:
            where += " AND m.id > ?"
            values.append(after)
        rows = self._tx.run(f"{_MEMBERSHIP} WHERE {where} ORDER BY m.id LIMIT ?", *values, limit)
        return [_membership(row) for row in rows]

    def count(self, account_id: str) -> int:
        """Return how many members and invitations an account has."""
        ((count,),) = self._tx.run(
            "SELECT (SELECT count(*) FROM member WHERE account_id = ?)"
            " + (SELECT count(*) FROM invitation WHERE account_id = ?)",
            account_id,
            account_id,
        )
        return int(count)

    def owners(self, account_id: str) -> int:
        """Return how many owners an account has; lock the account first to go by it."""
        ((count,),) = self._tx.run(
            "SELECT count(*) FROM member WHERE account_id = ? AND role = ?", account_id, Role.OWNER
        )
        return int(count)

    def set_role(self, member_id: str, role: Role) -> None:
        """Give a member another role."""
        self._tx.run("UPDATE member SET role = ? WHERE id = ?", role, member_id)

    def leave(self, member_id: str) -> None:
        """Take a member out of the account."""
        self._tx.run("DELETE FROM member WHERE id = ?", member_id)

    def invite(self, invitation: Invitation) -> None:
        """Store an invitation that is new, in place of an older one of the same email."""
        i = invitation
        self._tx.run(
            "DELETE FROM invitation WHERE (account_id = ? AND email = ?) OR expires_us <= ?",
            i.account_id,
            i.email,
            i.created_us,
        )
        self._tx.run(
            "INSERT INTO invitation (id, account_id, digest, email, role, created_us, expires_us,"
            " created_by) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            i.id,
            i.account_id,
            i.digest,
            i.email,
            i.role,
            i.created_us,
            i.expires_us,
            i.created_by,
        )

    def invitation(self, digest: str, now_us: int) -> Invitation | None:
        """Return an invitation by its secret's digest, unless it is over."""
        rows = self._tx.run(
            f"{_INVITATION} WHERE i.digest = ? AND i.expires_us > ?", digest, now_us
        )
        return _invitation(rows[0]) if rows else None

    def invitations(self, account_id: str, now_us: int) -> list[Invitation]:
        """Return the invitations of an account that are not over, the oldest first."""
        rows = self._tx.run(
            f"{_INVITATION} WHERE i.account_id = ? AND i.expires_us > ? ORDER BY i.id",
            account_id,
            now_us,
        )
        return [_invitation(row) for row in rows]

    def invitations_to(self, email: str, now_us: int) -> list[Invitation]:
        """Return the invitations to an email that are not over, by account."""
        rows = self._tx.run(
            f"{_INVITATION} WHERE i.email = ? AND i.expires_us > ? ORDER BY i.account_id",
            email,
            now_us,
        )
        return [_invitation(row) for row in rows]

    def withdraw(self, account_id: str, invitation_id: str) -> bool:
        """Delete an invitation, and return whether there was one."""
        gone = self._tx.run(
            "DELETE FROM invitation WHERE account_id = ? AND id = ? RETURNING id",
            account_id,
            invitation_id,
        )
        return bool(gone)


def _membership(row: Row) -> Membership:
    i, account_id, account_name, person_id, email, name, role, created_us = row
    return Membership(
        id=i,
        account_id=account_id,
        account_name=account_name,
        person_id=person_id,
        email=email,
        name=name,
        role=Role(role),
        created_us=created_us,
    )


def _invitation(row: Row) -> Invitation:
    i, account_id, account_name, digest, email, role, created_us, expires_us, created_by = row
    return Invitation(
        id=i,
        account_id=account_id,
        account_name=account_name,
        digest=digest,
        email=email,
        role=Role(role),
        created_us=created_us,
        expires_us=expires_us,
        created_by=created_by,
    )
