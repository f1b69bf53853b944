"""Making, changing and revoking share links. Use cases: load, decide, save."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from msgspec import UNSET

from diorama.accounts.share_links import MAX_LINKS, SHARE, ShareLink
from diorama.kernel.errors import Detail, NotFound, Refused
from diorama.kernel.ids import digest
from diorama.kernel.paging import page_of
from diorama.kernel.units import seconds
from diorama.protocol.door_views import (
    ChangeShareLink,
    CreatedShareLink,
    CreateShareLink,
    ShareLinks,
    ShareLinkView,
)
from diorama.protocol.end_codes import End, EndCode
from diorama.protocol.states import WAITING
from diorama.sessions.show import time_of
from diorama.sessions.work import Work, end, lock_counts, locked

HINT = 8
REVOKED = End(EndCode.ENDED_BY_OPERATOR, "link_revoked")


@dataclass(frozen=True, slots=True)
class Sharer:
    """Who asks: an account, and an actor as the audit log has them."""

    account_id: str
    actor: str


def create_link(work: Work, ask: CreateShareLink, who: Sharer) -> CreatedShareLink:
    """Store a link that is new, and return it with its address, which is not stored.

    Raises:
        NotFound: the account has no such project (`project_unknown`).
        Refused: the account has too many links (`links_full`).
    """
    work.stores.accounts.get(who.account_id, lock=True)
    project = work.stores.projects.named(ask.project)
    if project is None or project.account_id != who.account_id:
        raise NotFound(f"there is no project {ask.project}", code="project_unknown")
    if work.stores.links.active(who.account_id, work.now_us) >= MAX_LINKS:
        raise Refused(f"an account has at most {MAX_LINKS} share links", code="links_full")
    secret = work.ids.secret(SHARE)
    link = ShareLink(
        id=work.ids.new("lnk"),
        account_id=who.account_id,
        project_id=project.id,
        name=ask.name,
        digest=digest(secret),
        hint=secret[:HINT],
        created_us=work.now_us,
        created_by=who.actor,
        expires_us=_from_now(work, ask.expires_in_s),
        uses=ask.uses,
        concurrent=ask.concurrent,
    )
    work.stores.links.add(link)
    facts: dict[str, Detail] = {"project": project.name, "name": link.name}
    work.stores.audit.add(who.account_id, who.actor, "share_link.created", link.id, facts)
    return CreatedShareLink(link=link_view(work, link), url=f"/play/{project.name}#share={secret}")


def change_link(work: Work, link_id: str, ask: ChangeShareLink, who: Sharer) -> ShareLinkView:
    """Change a link and return it; what it opened goes on.

    Raises:
        NotFound: the account has no such link (`share_link_unknown`).
    """
    link = _own(work, link_id, who.account_id, lock=True)
    changed = replace(
        link,
        name=link.name if ask.name is UNSET else ask.name,
        expires_us=link.expires_us
        if ask.expires_in_s is UNSET
        else _from_now(work, ask.expires_in_s),
        uses=link.uses if ask.uses is UNSET else ask.uses,
        concurrent=link.concurrent if ask.concurrent is UNSET else ask.concurrent,
    )
    work.stores.links.save(changed)
    facts: dict[str, Detail] = {
        "expires_us": changed.expires_us,
        "uses": changed.uses,
        "concurrent": changed.concurrent,
    }
    work.stores.audit.add(who.account_id, who.actor, "share_link.changed", link.id, facts)
    return link_view(work, changed)


def revoke_link(work: Work, link_id: str, who: Sharer, *, end_sessions: bool) -> list[str]:
    """Let a link open nothing any more, and return the sessions of it that are to end.

    Those who wait in line are among them in any case. Revoking one that is revoked changes nothing.

    Raises:
        NotFound: the account has no such link (`share_link_unknown`).
    """
    work.stores.accounts.get(who.account_id, lock=True)  # nobody comes in by it meanwhile
    link = _own(work, link_id, who.account_id, lock=True)
    if link.revoked_us is None:
        work.stores.links.save(replace(link, revoked_us=work.now_us))
        facts: dict[str, Detail] = {"end_sessions": end_sessions}
        work.stores.audit.add(who.account_id, who.actor, "share_link.revoked", link.id, facts)
    there = work.stores.sessions.of_link(link.id)
    return [one.id for one in there if end_sessions or one.state in WAITING]


def end_of_link(work: Work, ids: Sequence[str], *, waiting_only: bool) -> None:
    """End sessions of a revoked link, all or those that still wait.

    Args:
        work: the unit.
        ids: which.
        waiting_only: whether one that was given a slot since goes on.
    """
    seen = [work.stores.sessions.get(session_id) for session_id in ids]
    lock_counts(work, [one for one in seen if one is not None])
    for session_id in ids:
        session = locked(work, session_id)
        if session is not None and (session.state in WAITING or not waiting_only):
            end(work, session, REVOKED, actor="operator")


def links_of(
    work: Work, account_id: str, *, project: str | None, cursor: str | None, limit: int
) -> ShareLinks:
    """Return a page of an account's links, the newest first."""
    project_id = None
    if project is not None:
        found = work.stores.projects.named(project)
        if found is None or found.account_id != account_id:
            return ShareLinks(links=())
        project_id = found.id
    links = work.stores.links.listed(
        account_id, project_id=project_id, after=cursor, limit=limit + 1
    )
    page, more = page_of(links, limit, lambda one: one.id)
    return ShareLinks(
        links=tuple(link_view(work, link) for link in page),
        cursor=more,
    )


def link_of(work: Work, account_id: str, link_id: str) -> ShareLinkView:
    """Return a link of an account.

    Raises:
        NotFound: it has no such link (`share_link_unknown`).
    """
    return link_view(work, _own(work, link_id, account_id))


def link_view(work: Work, link: ShareLink) -> ShareLinkView:
    """Return a link as its account sees it."""
    project = work.stores.projects.get(link.project_id)
    return ShareLinkView(
        id=link.id,
        project="" if project is None else project.name,
        name=link.name,
        hint=link.hint,
        state=link.state(work.now_us).value,
        created_at=time_of(link.created_us),
        created_by=link.created_by,
        expires_at=None if link.expires_us is None else time_of(link.expires_us),
        uses=link.uses,
        used=link.used,
        concurrent=link.concurrent,
        live=len(work.stores.sessions.of_link(link.id)),
        last_used_at=None if link.used_us is None else time_of(link.used_us),
        revoked_at=None if link.revoked_us is None else time_of(link.revoked_us),
    )


def _own(work: Work, link_id: str, account_id: str, *, lock: bool = False) -> ShareLink:
    link = None if "\0" in link_id else work.stores.links.get(account_id, link_id, lock=lock)
    if link is None:
        raise NotFound(f"there is no share link {link_id}", code="share_link_unknown")
    return link


def _from_now(work: Work, life_s: int | None) -> int | None:
    return None if life_s is None else work.now_us + seconds(life_s)
