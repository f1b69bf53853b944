"""Becoming a member, changing what one is, and leaving. Use cases: load, decide, save.

A link with a secret brings somebody in: the first owner by the one that a gateway prints, everybody
else by an invitation. An account that has had an owner never loses its last one. What changes is
read and written under the account's lock.
"""

from dataclasses import dataclass, replace

from diorama.accounts.people import (
    INVITATION,
    INVITATION_LASTS_US,
    MAX_MEMBERS,
    SET_UP,
    Invitation,
    Membership,
    Person,
    keeps_an_owner,
)
from diorama.accounts.permissions import OPERATOR, Permission, Role, check_reach, of_role
from diorama.accounts.plans import Account
from diorama.accounts.unit import Unit
from diorama.kernel.errors import Forbidden, NotFound, Refused
from diorama.kernel.ids import digest


@dataclass(frozen=True, slots=True, kw_only=True)
class Newcomer:
    """Who wants in, with the hash of a password."""

    email: str
    name: str
    password: str | None = None
    issuer: str | None = None
    subject: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Hand:
    """Whose hand changes members: where, who, what they may do, whether they may make owners."""

    account_id: str
    actor: str
    permissions: frozenset[Permission]
    owns: bool


def needs_owner(unit: Unit) -> bool:
    """Return whether Diorama still has no owner."""
    return unit.stores.people.owners(OPERATOR) == 0


def offer_set_up(unit: Unit) -> str | None:
    """Return the secret of a new link for the first owner; None where there is one already."""
    if not needs_owner(unit):
        return None
    secret = unit.ids.secret(SET_UP)
    unit.stores.sign_ins.offer_set_up(digest(secret), unit.now_us)
    return secret


def set_up(unit: Unit, token: str, newcomer: Newcomer) -> Person:
    """Make the first owner, and every other such link worthless.

    Raises:
        Refused: there is an owner already (`set_up_done`), or such a person (`email_taken`).
        Forbidden: the link is none of ours, or over (`link_refused`).
    """
    _locked(unit, OPERATOR)
    if not needs_owner(unit):
        raise Refused("this Diorama has an owner already: sign in", code="set_up_done")
    if not unit.stores.sign_ins.has_set_up(digest(token), unit.now_us):
        raise refused_link()
    person = _new_person(unit, newcomer)
    _join(unit, OPERATOR, person, Role.OWNER)
    unit.stores.sign_ins.close_set_up()
    return person


def invite(unit: Unit, hand: Hand, email: str, role: Role) -> tuple[Invitation, str]:
    """Return an invitation and its secret; an older one of the same email is worthless then.

    Raises:
        Forbidden: only owners make owners (`owners_only`), and nobody brings in who may do more
            than they (`permission_missing`).
        Refused: a member already (`already_member`), or there are too many (`too_many_members`).
    """
    account = _locked(unit, hand.account_id)
    _check_role(hand, role)
    people = unit.stores.people
    person = people.by_email(email)
    if person and any(m.account_id == account.id for m in people.memberships(person.id)):
        raise Refused(f"{email} is a member already", code="already_member")
    if people.count(account.id) >= MAX_MEMBERS:
        raise Refused(
            f"an account has {MAX_MEMBERS} members and invitations", code="too_many_members"
        )
    secret = unit.ids.secret(INVITATION)
    invitation = Invitation(
        id=unit.ids.new("inv"),
        account_id=account.id,
        account_name=account.name,
        digest=digest(secret),
        email=email,
        role=role,
        created_us=unit.now_us,
        expires_us=unit.now_us + INVITATION_LASTS_US,
        created_by=hand.actor,
    )
    people.invite(invitation)
    unit.stores.audit.add(
        account.id, hand.actor, "member.invited", invitation.id, {"email": email, "role": role}
    )
    return invitation, secret


def invitation_of(unit: Unit, token: str) -> Invitation:
    """Return the invitation that a secret is of.

    Raises:
        Forbidden: it is none of ours, used, withdrawn, or over (`link_refused`): all look the same.
    """
    found = unit.stores.people.invitation(digest(token), unit.now_us)
    if found is None:
        raise refused_link()
    return found


def accept(unit: Unit, token: str, newcomer: Newcomer, known: Person | None) -> Person:
    """Use an invitation up, and return the person who is a member now.

    Args:
        unit: the unit.
        token: the invitation's secret.
        newcomer: who to make, where there is no such person yet.
        known: the person with the invitation's email, where it has been shown that it is they.

    Raises:
        Forbidden: the link is no good any more (`link_refused`).
        Refused: such a person came to be meanwhile (`email_taken`).
    """
    seen = invitation_of(unit, token)
    _locked(unit, seen.account_id)
    invitation = invitation_of(unit, token)  # as it is now that nobody else can use it
    person = _new_person(unit, newcomer) if known is None else known
    if person.email != invitation.email:
        raise refused_link()
    unit.stores.people.withdraw(invitation.account_id, invitation.id)
    _join_once(unit, invitation, person)
    return person


def accept_vouched(unit: Unit, newcomer: Newcomer, known: Person | None) -> Person | None:
    """Accept every invitation to an email that is proven, and return the person, if there is one.

    Args:
        unit: the unit.
        newcomer: who to make, where there is no such person yet and somebody invited them.
        known: the person whose email it is.
    """
    person = known
    for seen in unit.stores.people.invitations_to(newcomer.email, unit.now_us):
        _locked(unit, seen.account_id)
        if not unit.stores.people.withdraw(seen.account_id, seen.id):
            continue  # used meanwhile
        person = _new_person(unit, newcomer) if person is None else person
        _join_once(unit, seen, person)
    return person


def withdraw(unit: Unit, hand: Hand, invitation_id: str) -> None:
    """Make an invitation worthless.

    Raises:
        NotFound: there is none (`member_unknown`).
    """
    _locked(unit, hand.account_id)
    if not unit.stores.people.withdraw(hand.account_id, invitation_id):
        raise _unknown(invitation_id)
    unit.stores.audit.add(hand.account_id, hand.actor, "invitation.withdrawn", invitation_id)


def change_role(unit: Unit, hand: Hand, member_id: str, role: Role) -> Membership:
    """Give a member another role, and return the member.

    Raises:
        NotFound: there is no such member (`member_unknown`).
        Forbidden: only owners make and unmake owners (`owners_only`), and nobody gives a role that
            may do more than they (`permission_missing`).
        Refused: it is the last owner (`last_owner`).
    """
    member = _changing(unit, hand, member_id, role)
    unit.stores.people.set_role(member.id, role)
    facts = {"from": member.role.value, "to": role.value}
    unit.stores.audit.add(hand.account_id, hand.actor, "member.changed", member.id, {**facts})
    return replace(member, role=role)


def remove(unit: Unit, hand: Hand, member_id: str) -> None:
    """Take a member out; who is a member of nothing any more is forgotten, and signed out.

    Raises:
        NotFound, Forbidden, Refused: as `change_role` does.
    """
    member = _changing(unit, hand, member_id, None)
    people = unit.stores.people
    people.leave(member.id)
    if not people.memberships(member.person_id):
        people.remove(member.person_id)
    unit.stores.audit.add(
        hand.account_id, hand.actor, "member.removed", member.id, {"role": member.role.value}
    )


def refused_link() -> Forbidden:
    """Return what is said of every link that opens nothing, whatever is wrong with it."""
    return Forbidden(
        "this link opens nothing: it was used, or withdrawn, or is over", code="link_refused"
    )


def _changing(unit: Unit, hand: Hand, member_id: str, becomes: Role | None) -> Membership:
    _locked(unit, hand.account_id)
    member = unit.stores.people.membership(hand.account_id, member_id)
    if member is None:
        raise _unknown(member_id)
    _check_owners(hand, member.role)
    if becomes is not None:
        _check_role(hand, becomes)
    if not keeps_an_owner(member.role, becomes, unit.stores.people.owners(hand.account_id)):
        raise Refused("this is the account's last owner", code="last_owner")
    return member


def _check_role(hand: Hand, role: Role) -> None:
    """Hold somebody who gives a role to what they may do themselves."""
    _check_owners(hand, role)
    check_reach(hand.permissions, of_role(hand.account_id, role))


def _check_owners(hand: Hand, role: Role) -> None:
    if role is Role.OWNER and not hand.owns:
        raise Forbidden("only an owner makes and unmakes owners", code="owners_only")


def _new_person(unit: Unit, newcomer: Newcomer) -> Person:
    if unit.stores.people.by_email(newcomer.email) is not None:
        raise Refused("somebody with this email is here already: sign in", code="email_taken")
    person = Person(
        id=unit.ids.new("per"),
        email=newcomer.email,
        name=newcomer.name,
        created_us=unit.now_us,
        password=newcomer.password,
        issuer=newcomer.issuer,
        subject=newcomer.subject,
    )
    unit.stores.people.add(person)
    return person


def _join_once(unit: Unit, invitation: Invitation, person: Person) -> None:
    known = unit.stores.people.memberships(person.id)
    if all(member.account_id != invitation.account_id for member in known):
        _join(unit, invitation.account_id, person, invitation.role)


def _join(unit: Unit, account_id: str, person: Person, role: Role) -> None:
    membership = Membership(
        id=unit.ids.new("mem"),
        account_id=account_id,
        account_name="",
        person_id=person.id,
        email=person.email,
        name=person.name,
        role=role,
        created_us=unit.now_us,
    )
    unit.stores.people.join(membership)
    facts = {"email": person.email, "role": role.value}
    unit.stores.audit.add(account_id, membership.actor, "member.joined", membership.id, {**facts})


def _locked(unit: Unit, account_id: str) -> Account:
    account = unit.stores.accounts.get(account_id, lock=True)
    if account is None:
        raise AssertionError(f"there is no account {account_id} to be a member of")
    return account


def _unknown(member_id: str) -> NotFound:
    return NotFound(f"there is no member {member_id}", code="member_unknown")
