"""REST for what was used, and for an account at a glance: JSON, and CSV with the same numbers.

An account sees its own usage. The operator sees any account's (`account`), and all together or by
account (`account=all`).
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from functools import partial
from typing import Annotated, Final

import msgspec
from fastapi import APIRouter, Depends, Query
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from diorama.accounts.permissions import Permission
from diorama.gateway.authorisation import Doorkeeper, Member
from diorama.gateway.body import Documents, answer
from diorama.gateway.desk import Desk
from diorama.gateway.series_routes import series_routes
from diorama.kernel.errors import Forbidden, NotFound
from diorama.metering import sheet
from diorama.metering.asking import MAX_CURSOR, Page, Question, groups, key_of, total, usage
from diorama.metering.overview import overview
from diorama.metering.periods import window
from diorama.metering.verifying import kept, months, verified
from diorama.protocol.usage_views import Overview, UsageView, VerifiedView
from diorama.sessions.show import time_of
from diorama.sessions.usage_store import GroupBy
from diorama.sessions.work import Work

MAX_PAGE: Final = 200
SHEET_PAGE: Final = 2_000
"""Groups of one read for a CSV: others wait for the store meanwhile, where it is SQLite."""
ALL: Final = "all"
_TEXT: Final = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a request asks, as it stands in its address."""

    account: str | None
    period: str | None
    since: str | None
    until: str | None
    group_by: GroupBy
    cursor: str | None
    limit: int


def _asked(  # noqa: PLR0913 - one parameter of the query each: FastAPI's way to declare them
    *,
    since: Annotated[
        str | None,
        Query(alias="from", max_length=_TEXT, description="a day, or a time of ISO 8601"),
    ] = None,
    to: Annotated[str | None, Query(max_length=_TEXT, description="before when")] = None,
    period: Annotated[str | None, Query(max_length=_TEXT, description="a month: 2026-11")] = None,
    group_by: GroupBy = GroupBy.TOTAL,
    account: Annotated[
        str | None, Query(max_length=_TEXT, description="for the operator: whose, or `all`")
    ] = None,
    cursor: Annotated[str | None, Query(max_length=MAX_CURSOR)] = None,
    limit: Annotated[int, Query(ge=1, le=MAX_PAGE)] = MAX_PAGE,
) -> Asked:
    return Asked(
        account=account,
        period=period,
        since=since,
        until=to,
        group_by=group_by,
        cursor=cursor,
        limit=limit,
    )


def usage_routes(desk: Desk, doors: Doorkeeper, documents: Documents) -> APIRouter:
    """Return the routes.

    Args:
        desk: runs use cases.
        doors: says who asks.
        documents: collects what the routes take and give.
    """
    router = APIRouter(prefix="/v1", tags=["usage"])

    @router.get(
        "/overview",
        summary="An account at a glance: streams against the limit, workers, hours of the month",
        **documents.route(answers={200: Overview}, problems=(401, 403)),
    )
    async def overview_(request: Request) -> Response:
        member = await doors.member(request, Permission.SESSIONS_READ)
        look = partial(overview, account_id=member.account_id, operates=member.operates)
        return answer(await desk.look(look))

    @router.get(
        "/usage",
        summary="What was used from when to when; as CSV with `Accept: text/csv`",
        **documents.route(answers={200: UsageView}, problems=(401, 403, 404)),
    )
    async def usage_(request: Request, asked: Annotated[Asked, Depends(_asked)]) -> Response:
        member = await doors.member(request, Permission.USAGE_READ)
        if _wants_csv(request):
            return await _sheet(desk, member, asked)
        return answer(await desk.look(lambda work: usage(work, _question(work, member, asked))))

    @router.get(
        "/usage.csv",
        summary="The same as CSV, without pages",
        **documents.route(answers={200: None}, problems=(401, 403, 404)),
    )
    async def usage_csv(request: Request, asked: Annotated[Asked, Depends(_asked)]) -> Response:
        member = await doors.member(request, Permission.USAGE_READ)
        return await _sheet(desk, member, asked)

    @router.get(
        "/usage/verify",
        summary="Rebuild usage from the log alone, and tell every difference; page by page",
        **documents.route(answers={200: VerifiedView}, problems=(401, 403, 404)),
    )
    async def verify(
        request: Request,
        account: Annotated[
            str | None, Query(max_length=_TEXT, description="for the operator: whose, or `all`")
        ] = None,
        cursor: Annotated[str | None, Query(pattern="^[0-9a-z_]{1,64}$")] = None,
    ) -> Response:
        member = await doors.member(request, Permission.USAGE_READ)
        of = await desk.look(lambda work: _account(work, member, account))
        page = verified(await desk.look(partial(kept, account_id=of, after=cursor)))
        if page.cursor is None:
            wrong = await desk.look(partial(months, account_id=of))
            page = msgspec.structs.replace(page, differences=(*page.differences, *wrong))
        return answer(page)

    router.include_router(series_routes(desk, doors, documents))
    return router


def _wants_csv(request: Request) -> bool:
    accepted = request.headers.get("accept", "").lower()
    return accepted.partition(",")[0].partition(";")[0].strip() == sheet.MEDIA_TYPE


def _question(work: Work, member: Member, asked: Asked) -> Question:
    """Return what is asked, as far as its asker may ask it."""
    by = asked.group_by
    return Question(
        account_id=_account(work, member, asked.account, by),
        window=window(work.now_us, period=asked.period, since=asked.since, until=asked.until),
        by=by,
        after=None if asked.cursor is None else key_of(asked.cursor, by),
        limit=asked.limit,
    )


def _account(
    work: Work, member: Member, account: str | None, by: GroupBy = GroupBy.TOTAL
) -> str | None:
    """Return whose usage is asked for; None is everybody's.

    Raises:
        Forbidden: accounts are the operator's to compare (`permission_missing`).
        NotFound: there is no such account, or it is another's (`account_unknown`).
    """
    if account in {None, member.account_id} and by is not GroupBy.ACCOUNT:
        return member.account_id
    if account in {None, ALL}:
        if member.operates:
            return None
        raise Forbidden(
            f"this needs the permission {Permission.OPERATE}",
            code="permission_missing",
            detail={"needs": Permission.OPERATE.value},
        )
    account_id = account or ""
    known = member.operates and "\0" not in account_id and work.stores.accounts.get(account_id)
    if not known:
        raise NotFound(f"there is no account {account_id}", code="account_unknown")
    return account_id


async def _sheet(desk: Desk, member: Member, asked: Asked) -> Response:
    """Return all groups as CSV; they are read page by page, and counted up to one instant."""

    def first(work: Work) -> tuple[Question, str, Page]:
        question = replace(_question(work, member, asked), after=None, limit=SHEET_PAGE)
        head = sheet.heading(question.by.value)
        if question.by is GroupBy.TOTAL:
            head += sheet.total_row(_period(question), total(work, question))
        return question, head, groups(work, question)

    question, head, page = await desk.look(first)
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
        page = await desk.look(partial(groups, question=question))
        yield sheet.rows(_period(question), page.groups)


def _period(question: Question) -> tuple[str, str]:
    window_ = question.window
    ends = (time_of(at_us).isoformat() for at_us in (window_.from_us, window_.to_us))
    since, until = (end.replace("+00:00", "Z") for end in ends)
    return since, until
