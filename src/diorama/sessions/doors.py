"""Through which door a request for a session comes, and what that door lets through.

There are four: the account's own key, a ticket that a key's holder had made, a share link, and the
open door of a public project. A client that has a session needs none: its secret name continues
that one. What a ticket or link is worth is looked at under the account's lock, which every new
session of the account takes, so of many at once as many pass as may, and no more.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final, NoReturn

from diorama.accounts.share_links import LinkState, refuse_link
from diorama.accounts.tickets import Ticket, refuse_ticket
from diorama.admission.decision import Holder
from diorama.kernel.errors import LimitReached
from diorama.kernel.units import seconds
from diorama.projects.origins import Asking
from diorama.projects.rules import Project
from diorama.protocol.end_codes import EndCode
from diorama.sessions.lifecycle import Session
from diorama.sessions.work import Work

RETRY_AFTER_S: Final = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    """What a request came with, beside an API key.

    Attributes:
        ticket: a genuine one, as it was some milliseconds ago.
        link: the digest of a share link's secret.
        visitor: what stands for the network address that the request comes from.
    """

    ticket: Ticket | None = None
    link: str | None = None
    visitor: str | None = None


OPEN: Final = Door()


@dataclass(frozen=True, slots=True, kw_only=True)
class Viewer:
    """Whose sessions a refusal may tell a viewer of: its own."""

    end_user: str | None
    client_id: str | None

    def has(self, holder: Holder, project: Project) -> bool:
        """Return whether what holds a slot is this viewer's own."""
        if self.client_id is not None and holder.client_id == self.client_id:
            return True
        is_here = holder.project_id == project.id
        return is_here and self.end_user is not None and holder.end_user == self.end_user


def opens(
    work: Work, door: Door, project: Project | None, *, name: str | None, asking: Asking
) -> bool:
    """Return whether a ticket or link opens a project, which need not be public then.

    Args:
        work: the unit.
        door: what was shown.
        project: the one that is asked for, if there is such.
        name: what the request called it.
        asking: the page it comes from.

    Raises:
        Unauthorized: something was shown that opens nothing here (`ticket_refused`,
            `link_refused`).
    """
    if door.ticket is not None:
        _check_ticket(door.ticket, project, name, asking)
        return True
    if door.link is not None:
        link = work.stores.links.find(door.link)
        if link is None or project is None or link.project_id != project.id:
            refuse_link()
        return True
    return False


def _check_ticket(
    ticket: Ticket, project: Project | None, name: str | None, asking: Asking
) -> None:
    is_other_name = name is not None and name != ticket.project
    is_other_page = ticket.origin is not None and ticket.origin != asking.origin
    if project is None or is_other_name or is_other_page:
        refuse_ticket()
    if (project.id, project.account_id) != (ticket.project_id, ticket.account_id):
        refuse_ticket()


def refuse_used(work: Work, ticket: Ticket | None) -> None:
    """Refuse a ticket that was used, under the account's lock: nobody uses it meanwhile."""
    if ticket is not None and work.stores.tickets.used_for(ticket.id) is not None:
        refuse_ticket()


def use_ticket(work: Work, ticket: Ticket | None, session: Session) -> None:
    """Keep that a ticket was used for a session; it may be shown for that one again."""
    if ticket is None or work.stores.tickets.use(ticket.id, session.id, ticket.expires_us):
        return
    if work.stores.tickets.used_for(ticket.id) != session.id:
        refuse_ticket()


def use_link(work: Work, door: Door) -> str | None:
    """Count one session more of a share link, and return the link's id; None is no link.

    Raises:
        Unauthorized: it opens nothing any more (`link_refused`).
        LimitReached: as many of its sessions are there as may be (`link_limit`).
    """
    if door.link is None or door.ticket is not None:
        return None
    link = work.stores.links.find(door.link, lock=True)
    if link is None or link.state(work.now_us) is not LinkState.ACTIVE:
        refuse_link()
    there = work.stores.sessions.of_link(link.id, unheard_us=unheard_us(work))
    if link.is_full(len(there)):
        _refuse_crowd("as many sessions of this link are there as may be at once", "link_limit")
    work.stores.links.save(replace(link, used=link.used + 1, used_us=work.now_us))
    return link.id


def refuse_crowd_of_address(work: Work, door: Door, project: Project) -> None:
    """Hold visitors of one address to the rule `public.per_address`.

    Raises:
        LimitReached: as many of them are there as may be (`address_limit`).
    """
    cap = project.rules.public.per_address
    if cap is None or door.visitor is None:
        return
    there = work.stores.sessions.of_visitor(project.id, door.visitor, unheard_us=unheard_us(work))
    if there >= cap:
        _refuse_crowd(
            f"as many visitors of this network address are in project {project.name} as may be",
            "address_limit",
        )


def refuse_crowd_in_line(work: Work, end_user: str | None, project: Project) -> None:
    """Hold an end user to the rule `queue.per_end_user`, before one more place is given.

    Raises:
        LimitReached: it waits as often as it may (`waiting_limit`).
    """
    cap = project.rules.queue.per_end_user
    if cap is None or end_user is None:
        return
    waiting = work.stores.sessions.waiting_of_end_user(
        project.id, end_user, unheard_us=unheard_us(work)
    )
    if waiting >= cap:
        _refuse_crowd(
            f"this end user waits in line for project {project.name} as often as may be",
            "waiting_limit",
        )


def unheard_us(work: Work) -> int:
    """Return since when a viewer that is away must not have been heard, to count no more."""
    return work.now_us - seconds(work.timers.stale_after_s)


def told_holders(
    holders: Iterable[Holder], viewer: Viewer | None, project: Project
) -> list[Holder]:
    """Return what holds the slots, as far as whoever is refused may know.

    Args:
        holders: what does.
        viewer: who is refused; None is the account, which may know all.
        project: what was asked for.
    """
    return [one for one in holders if viewer is None or viewer.has(one, project)]


def _refuse_crowd(sentence: str, code: str) -> NoReturn:
    raise LimitReached(
        sentence,
        code=code,
        detail={
            "end_code": int(EndCode.LIMIT_REACHED),
            "holders": [],
            "retry_after_s": RETRY_AFTER_S,
        },
    )
