"""REST for what was used, and for an account at a glance: JSON, and CSV with the same numbers.

An account sees its own usage. The operator sees any account's (`account`), and all together or by
account (`account=all`).
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from functools import partial
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Query
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from diorama.accounts.permissions import Permission
from diorama.gateway.authorisation import Doorkeeper, Member
from diorama.gateway.billing_routes import billing_routes
from diorama.gateway.body import Documents, answer
from diorama.gateway.desk import Desk
from diorama.gateway.series_routes import series_routes
from diorama.gateway.usage_query import When, account_asked, when_asked
from diorama.metering import sheet
from diorama.metering.asking import (
    MAX_CURSOR,
    Page,
    Question,
    groups,
    key_of,
    total,
    usage,
)
from diorama.metering.overview import overview
from diorama.protocol.usage_views import Overview, UsageView
from diorama.sessions.show import time_of, time_text
from diorama.sessions.usage_store import GroupBy
from diorama.sessions.work import Work

MAX_PAGE: Final = 200
SHEET_PAGE: Final = 2_000
"""Groups of one read for a CSV: others wait for the store meanwhile, where it is SQLite."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a request asks, as it stands in its address."""

    when: When
    group_by: GroupBy
    cursor: str | None
    limit: int


def _asked(
    when: Annotated[When, Depends(when_asked)],
    group_by: GroupBy = GroupBy.TOTAL,
    cursor: Annotated[str | None, Query(max_length=MAX_CURSOR)] = None,
    limit: Annotated[int, Query(ge=1, le=MAX_PAGE)] = MAX_PAGE,
) -> Asked:
    return Asked(when=when, group_by=group_by, cursor=cursor, limit=limit)


def usage_routes(desk: Desk, doors: Doorkeeper, documents: Documents) -> APIRouter:
    """Return the routes.

    Args:
        desk: runs use cases.
        doors: says who asks.
        documents: collects what the routes take and give.
    """
    router = APIRouter(tags=["usage"])

    @router.get(
        "/v1/overview",
        summary="An account at a glance: streams against the limit, workers, hours of the month",
        **documents.route(answers={200: Overview}, problems=(401, 403)),
    )
    async def overview_(request: Request) -> Response:
        member = await doors.member(request, Permission.SESSIONS_READ)
        look = partial(overview, account_id=member.account_id, operates=member.operates)
        return answer(await desk.look(look))

    @router.get(
        "/v1/usage",
        summary="What was used from when to when; as CSV with `Accept: text/csv`",
        **documents.route(answers={200: UsageView}, problems=(401, 403, 404)),
    )
    async def usage_(request: Request, asked: Annotated[Asked, Depends(_asked)]) -> Response:
        member = await doors.member(request, Permission.USAGE_READ)
        if _wants_csv(request):
            return await _sheet(desk, member, asked)
        question = await desk.look(partial(_question, member=member, asked=asked))
        return answer(await usage(desk, question))

    @router.get(
        "/v1/usage.csv",
        summary="The same as CSV, without pages",
        **documents.route(answers={200: None}, problems=(401, 403, 404)),
    )
    async def usage_csv(request: Request, asked: Annotated[Asked, Depends(_asked)]) -> Response:
        member = await doors.member(request, Permission.USAGE_READ)
        return await _sheet(desk, member, asked)

    router.include_router(billing_routes(desk, doors, documents))
    router.include_router(series_routes(desk, doors, documents))
    return router


def _wants_csv(request: Request) -> bool:
    accepted = request.headers.get("accept", "").lower()
    return accepted.partition(",")[0].partition(";")[0].strip() == sheet.MEDIA_TYPE


def _question(work: Work, member: Member, asked: Asked) -> Question:
    """Return what is asked, as far as its asker may ask it."""
    by = asked.group_by
    return Question(
        account_id=account_asked(work, member, asked.when.account, by),
        window=asked.when.window(work.now_us),
        by=by,
        after=None if asked.cursor is None else key_of(asked.cursor, by),
        limit=asked.limit,
    )


async def _sheet(desk: Desk, member: Member, asked: Asked) -> Response:
    """Return all groups as CSV; they are read page by page, and counted up to one instant."""
    question = await desk.look(partial(_question, member=member, asked=asked))
    question = replace(question, after=None, limit=SHEET_PAGE)
    head, page = sheet.heading(question.by.value), Page((), None)
    if question.by is GroupBy.TOTAL:
        head += sheet.total_row(_period(question), await total(desk, question))
    else:
        page = await groups(desk, question)
    name = f"usage-{time_of(question.window.from_us):%Y-%m-%d}-{question.by.value}.csv"
    return StreamingResponse(
        _lines(desk, question, head, page),
        media_type=sheet.MEDIA_TYPE,
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


async def _lines(desk: Desk, question: Question, head: str, page: Page) -> AsyncIterator[str]:
    yield head + sheet.rows(_period(question), page.groups)
    while page.after is not None:
        question = replace(question, after=page.after)
        page = await groups(desk, question)
        yield sheet.rows(_period(question), page.groups)


def _period(question: Question) -> tuple[str, str]:
    return time_text(question.window.from_us), time_text(question.window.to_us)
