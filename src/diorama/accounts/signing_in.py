"""Signing in and out, and changing one's password. Use cases: load, decide, save.

Each sign-in has a new secret, and the old one of the same browser ends with it. A changed password
ends them all. Whether a password is right is found out before, by whoever calls: it takes too long
for a transaction.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from diorama.accounts.people import SEEN_EVERY_US, SIGN_IN, Membership, Person, SignIn
from diorama.accounts.unit import Unit
from diorama.kernel.errors import Unauthorized
from diorama.kernel.ids import digest


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedIn:
    """Who is signed in by a cookie, and what they are a member of; the first is the default."""

    sign_in: SignIn
    person: Person
    memberships: tuple[Membership, ...]
    is_seen_news: bool


def refused() -> Unauthorized:
    """Return what is said of every email and password that do not belong together."""
    return Unauthorized("this email and password do not belong together", code="sign_in_refused")


def begin(unit: Unit, person_id: str, *, instead_of: str | None) -> str:
    """Sign a person in, and return the cookie's secret.

    Args:
        unit: the unit.
        person_id: who.
        instead_of: the digest of the cookie that the browser had before.

    Raises:
        Unauthorized: they are a member of nothing (`sign_in_refused`).
    """
    memberships = unit.stores.people.memberships(person_id)
    if not memberships:
        raise refused()
    if instead_of is not None:
        unit.stores.sign_ins.drop(instead_of)
    secret = unit.ids.secret(SIGN_IN)
    unit.stores.sign_ins.add(
        SignIn(
            digest=digest(secret),
            person_id=person_id,
            created_us=unit.now_us,
            seen_us=unit.now_us,
        )
    )
    _note(unit, memberships, "member.signed_in")
    return secret


def begin_with_password(
    unit: Unit, seen: Person, *, instead_of: str | None, rehashed: str | None
) -> str:
    """Sign a person in whose password was right when it was read, and return the secret.

    Raises:
        Unauthorized: it was changed meanwhile (`sign_in_refused`).
    """
    person = unit.stores.people.get(seen.id, lock=True)
    if person is None or person.password != seen.password:
        raise refused()
    if rehashed is not None:
        unit.stores.people.save(replace(person, password=rehashed))
    return begin(unit, person.id, instead_of=instead_of)


def signed_in(unit: Unit, secret: str) -> SignedIn | None:
    """Return who is signed in by a cookie's secret; None where it opens nothing (any more)."""
    found = unit.stores.sign_ins.get(digest(secret))
    if found is None or not found.is_alive(unit.now_us):
        return None
    person = unit.stores.people.get(found.person_id)
    memberships = unit.stores.people.memberships(found.person_id)
    if person is None or not memberships:
        return None
    return SignedIn(
        sign_in=found,
        person=person,
        memberships=tuple(memberships),
        is_seen_news=unit.now_us - found.seen_us >= SEEN_EVERY_US,
    )


def change_password(unit: Unit, seen: Person, password: str) -> str:
    """Store another password's hash, end every sign-in, and return the secret of a new one.

    Raises:
        Unauthorized: it was changed by somebody else meanwhile (`sign_in_refused`).
    """
    person = unit.stores.people.get(seen.id, lock=True)
    if person is None or person.password != seen.password:
        raise refused()
    unit.stores.people.save(replace(person, password=password))
    unit.stores.sign_ins.drop_all_of(person.id)
    _note(unit, unit.stores.people.memberships(person.id), "password.changed")
    return begin(unit, person.id, instead_of=None)


def rename(unit: Unit, person_id: str, name: str) -> None:
    """Give a person another name."""
    person = unit.stores.people.get(person_id, lock=True)
    if person is None or person.name == name:
        return
    unit.stores.people.save(replace(person, name=name))
    _note(unit, unit.stores.people.memberships(person.id), "member.renamed")


def _note(unit: Unit, memberships: Sequence[Membership], action: str) -> None:
    """Write what a person did into the log of each of their accounts, locked in one order."""
    for member in sorted(memberships, key=lambda one: one.account_id):
        unit.stores.audit.add(member.account_id, member.actor, action, member.id)
