"""What people call those whom logs name by an id. Reads only, within one account."""

from collections.abc import Iterable

from diorama.sessions.lifecycle import Session
from diorama.sessions.work import Work


def source_of(session: Session, asker: str | None) -> str | None:
    """Return what a session was asked for with: a ticket, a share link, or else who asked.

    Args:
        session: the session.
        asker: the actor of its first row.
    """
    if session.ticket_id is not None:
        return f"ticket:{session.ticket_id}"
    return asker if session.link_id is None else f"link:{session.link_id}"


def names_of(work: Work, account_id: str, actors: Iterable[str]) -> dict[str, str]:
    """Return what keys, members and share links of an account are called; others are left out."""
    found: dict[str, str] = {}
    for actor in dict.fromkeys(actors):
        kind, _, named = actor.partition(":")
        name = _name(work, account_id, kind, named) if named else None
        if name:
            found[actor] = name
    return found


def _name(work: Work, account_id: str, kind: str, named: str) -> str | None:
    match kind:
        case "key":
            key = work.stores.keys.get(account_id, named)
            return None if key is None else key.name
        case "member":
            member = work.stores.people.membership(account_id, named)
            return None if member is None else member.name or member.email
        case "link":
            link = work.stores.links.get(account_id, named)
            return None if link is None else link.name
        case _:
            return None
