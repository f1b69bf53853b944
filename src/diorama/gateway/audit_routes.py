"""REST for the audit log: read it, and follow its chain."""

from collections.abc import Callable
from typing import Annotated, Final

import msgspec
from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response

from diorama.accounts.audit import START, AuditEntry, Link, follow
from diorama.accounts.permissions import Permission
from diorama.gateway.authorisation import Doorkeeper
from diorama.gateway.body import Documents, answer
from diorama.gateway.desk import Desk
from diorama.kernel.paging import page_of
from diorama.protocol.key_views import AuditCheck, AuditPage, AuditView
from diorama.sessions.show import time_of
from diorama.sessions.work import Work

MAX_PAGE: Final = 200
AT_ONCE: Final = 2_000
"""Entries that are followed in one look at the store."""


def audit_routes(desk: Desk, doors: Doorkeeper, documents: Documents) -> APIRouter:
    """Return the routes."""
    router = APIRouter(prefix="/v1/audit", tags=["audit"])

    @router.get(
        "",
        summary="List who changed what, the newest first",
        **documents.route(answers={200: AuditPage}, problems=(401, 403)),
    )
    async def list_(
        request: Request,
        cursor: Annotated[int | None, Query(ge=1, le=2**53)] = None,
        limit: Annotated[int, Query(ge=1, le=MAX_PAGE)] = 50,
        actor: Annotated[str | None, Query(pattern="^[0-9a-z_:]{1,80}$")] = None,
        action: Annotated[
            str | None,
            Query(
                pattern="^[0-9a-z_.]{1,80}$", description="`key.created`, or `key` for all of it"
            ),
        ] = None,
    ) -> Response:
        account_id = (await doors.member(request, Permission.AUDIT_READ)).account_id
        found = await desk.look(
            lambda work: work.stores.audit.listed(
                account_id, before=cursor, limit=limit + 1, actor=actor, action=action
            )
        )
        page, more = page_of(found, limit, lambda one: str(one.seq))
        return answer(
            AuditPage(
                entries=tuple(_view(entry) for entry in page),
                cursor=more,
            )
        )

    @router.get(
        "/check",
        summary="Follow the chain from its first entry: was anything changed or taken out?",
        **documents.route(answers={200: AuditCheck}, problems=(401, 403)),
    )
    async def check(request: Request) -> Response:
        account_id = (await doors.member(request, Permission.AUDIT_READ)).account_id
        head = await desk.look(lambda work: work.stores.audit.head(account_id))
        link, broken = START, None
        while broken is None and link.seq < head.seq:
            link, broken = await desk.look(_follower(account_id, link, head))
        return answer(
            AuditCheck(whole=broken is None, entries=head.seq, hash=head.hash, broken_at=broken)
        )

    return router


def _follower(account_id: str, link: Link, head: Link) -> Callable[[Work], tuple[Link, int | None]]:
    """Return a use case that follows the chain some way on, towards the head that is known."""

    def look(work: Work) -> tuple[Link, int | None]:
        limit = min(AT_ONCE, head.seq - link.seq)
        entries = work.stores.audit.after(account_id, link.seq, limit=limit)
        reached, broken = follow(link, entries)
        if broken is None and len(entries) < limit:
            broken = reached.seq + 1  # cut off at the end
        if broken is None and reached.seq == head.seq and reached != head:
            broken = head.seq
        return reached, broken

    return look


def _view(entry: AuditEntry) -> AuditView:
    return AuditView(
        seq=entry.seq,
        at=time_of(entry.at_us),
        actor=entry.actor,
        action=entry.action,
        subject=entry.subject,
        detail=msgspec.Raw(entry.detail.encode()),
        hash=entry.hash,
    )
