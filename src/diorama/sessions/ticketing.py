"""Making tickets for viewers, and telling genuine ones. Use cases: load, decide, save."""

from typing import Final

from diorama.accounts.tickets import (
    MAX_LIFE_S,
    Ticket,
    TicketKey,
    key_of,
    read_ticket,
    refuse_ticket,
    sign_ticket,
)
from diorama.kernel.errors import Invalid, NotFound
from diorama.kernel.units import SECOND_US, seconds
from diorama.protocol.door_views import MintedTicket, MintTicket
from diorama.sessions.show import time_of
from diorama.sessions.work import Work

_OF_KEY: Final = "key:"


def signing_key(work: Work, account_id: str) -> TicketKey:
    """Return the key that signs an account's tickets; the first time it is made."""
    known = work.stores.tickets.signing(account_id)
    if known is not None:
        return known
    work.stores.accounts.get(account_id, lock=True)
    known = work.stores.tickets.signing(account_id)  # by one that came first, before the lock
    return _new_key(work, account_id) if known is None else known


def mint_ticket(
    work: Work, ask: MintTicket, key: TicketKey, *, actor: str, secret: bytes
) -> MintedTicket:
    """Return a ticket for a project of the key's account. It writes nothing.

    Args:
        work: the unit.
        ask: what the ticket is to allow.
        key: signs it.
        actor: who asks for it.
        secret: the gateways'.

    Raises:
        NotFound: the account has no such project (`project_unknown`), or not in that region
            (`region_unknown`).
        Invalid: the project has no priority of that name (`priority_unknown`).
    """
    project = work.stores.projects.named(ask.project)
    if project is None or project.account_id != key.account_id:
        raise NotFound(f"there is no project {ask.project}", code="project_unknown")
    if ask.region is not None and ask.region not in project.regions:
        raise NotFound(
            f"project {project.name} does not run in region {ask.region}", code="region_unknown"
        )
    if ask.priority is not None and ask.priority not in project.rules.queue.priorities:
        raise Invalid(
            f"project {project.name} has no priority {ask.priority}", code="priority_unknown"
        )
    now_s = work.now_us // SECOND_US
    ticket = Ticket(
        id=work.ids.new("tkt"),
        account_id=key.account_id,
        project_id=project.id,
        project=project.name,
        by=actor,
        issued_s=now_s,
        expires_s=now_s + ask.expires_in_s,
        end_user=ask.end_user,
        origin=ask.origin,
        region=ask.region,
        device=ask.device,
        priority=ask.priority,
        max_runtime_s=ask.max_runtime_s,
        afk=ask.afk,
    )
    return MintedTicket(
        ticket=sign_ticket(ticket, key, secret), expires_at=time_of(ticket.expires_us)
    )


def genuine_ticket(work: Work, text: str, secret: bytes) -> Ticket:
    """Return what a ticket allows now.

    Raises:
        Unauthorized: it opens nothing (`ticket_refused`), or the API key that it was made with was
            revoked since.
    """
    key = work.stores.tickets.key(key_of(text))
    ticket = read_ticket(text, key, secret, work.now_us)
    if ticket.by.startswith(_OF_KEY):
        maker = work.stores.keys.by_id(ticket.by.removeprefix(_OF_KEY))
        if maker is None or maker.revoked_us is not None:
            refuse_ticket()
    return ticket


def rotate_key(work: Work, account_id: str, *, at_once: bool, actor: str) -> TicketKey:
    """Let another key sign an account's tickets from now on, and return it.

    What the old one signed opens sessions until it is over; with `at_once`, nothing any more.
    """
    work.stores.accounts.get(account_id, lock=True)
    overlap_us = 0 if at_once else seconds(MAX_LIFE_S)
    work.stores.tickets.end(account_id, work.now_us + overlap_us)
    key = _new_key(work, account_id)
    work.stores.audit.add(account_id, actor, "ticket_key.rotated", key.id, {"at_once": at_once})
    return key


def _new_key(work: Work, account_id: str) -> TicketKey:
    key = TicketKey(id=work.ids.new("tky"), account_id=account_id, made_us=work.now_us)
    work.stores.tickets.add(key)
    return key
