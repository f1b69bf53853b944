"""Signing in by OpenID Connect: whom a provider's word lets in. Use case: load, decide, save.

The provider is the operator's choice, so its word for an email counts as much as the email: a
person with it is known from then on by what the provider calls them, and invitations to it are
accepted. Whom nobody invited stays outside.
"""

from dataclasses import dataclass, replace

from diorama.accounts.joining import Newcomer, accept_vouched
from diorama.accounts.people import Person
from diorama.accounts.unit import Unit
from diorama.kernel.errors import Forbidden


@dataclass(frozen=True, slots=True, kw_only=True)
class Vouched:
    """Whom a provider vouches for.

    Attributes:
        email: as `normal_email` has it; None is not verified by the provider.
    """

    issuer: str
    subject: str
    name: str
    email: str | None


def vouched_person(unit: Unit, vouched: Vouched) -> Person:
    """Return the person whom a provider vouches for, with every invitation to them accepted.

    Raises:
        Forbidden: nobody here is called so, or was invited (`person_unknown`).
    """
    people = unit.stores.people
    person = people.by_subject(vouched.issuer, vouched.subject)
    if person is None and vouched.email is not None:
        person = _met_by_email(unit, vouched, vouched.email)
    if vouched.email is not None:
        newcomer = Newcomer(
            email=vouched.email,
            name=vouched.name,
            issuer=vouched.issuer,
            subject=vouched.subject,
        )
        person = accept_vouched(unit, newcomer, person)
    if person is None:
        raise Forbidden(
            "nobody here is known by this name: ask for an invitation", code="person_unknown"
        )
    return person


def _met_by_email(unit: Unit, vouched: Vouched, email: str) -> Person | None:
    seen = unit.stores.people.by_email(email)
    person = None if seen is None else unit.stores.people.get(seen.id, lock=True)
    if person is None:
        return None
    if person.subject is not None:
        raise Forbidden(
            "this email is of somebody whom the provider calls otherwise", code="person_unknown"
        )
    known = replace(person, issuer=vouched.issuer, subject=vouched.subject)
    unit.stores.people.save(known)
    for member in sorted(unit.stores.people.memberships(known.id), key=lambda m: m.account_id):
        unit.stores.audit.add(member.account_id, member.actor, "member.linked", member.id)
    return known
