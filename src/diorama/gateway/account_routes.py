"""REST for accounts and plans: one's own, and, for the operator, everybody's."""

from typing import Annotated, Final

import msgspec
from fastapi import APIRouter, Depends, Query
from starlette.requests import Request
from starlette.responses import Response

from diorama.accounts import joining, keeping_accounts
from diorama.accounts.joining import Hand
from diorama.accounts.keeping_accounts import AccountChange, locked_account
from diorama.accounts.people import normal_email
from diorama.accounts.permissions import Permission, Role, reach
from diorama.accounts.plans import Account, Plan
from diorama.gateway.body import Documents, answer, json_body, path_id
from diorama.gateway.people_routes import invitation_view
from diorama.gateway.sign_in_routes import Entrance
from diorama.kernel.errors import Invalid, NotFound
from diorama.kernel.paging import page_of
from diorama.kernel.units import HOUR_US
from diorama.protocol.account_views import (
    Accounts,
    AccountView,
    ChangeAccount,
    CreateAccount,
    CreatedAccount,
    Plans,
    PlanView,
    PutPlan,
    RenameAccount,
)
from diorama.protocol.requests import Name
from diorama.sessions.suspending import end_suspended, reinstate, suspend
from diorama.sessions.work import Work

MAX_PAGE: Final = 200


def account_routes(entrance: Entrance, documents: Documents) -> APIRouter:
    """Return the routes of accounts."""
    router = APIRouter(prefix="/v1", tags=["accounts"])
    routes = _Accounts(entrance)
    router.get(
        "/account",
        summary="Look at one's account: its limits, what it holds, what it has used this month",
        **documents.route(answers={200: AccountView}, problems=(401, 403)),
    )(routes.own)
    router.patch(
        "/account",
        summary="Give one's account another name",
        **documents.route(
            body=RenameAccount, answers={200: AccountView}, problems=(400, 401, 403, 413, 415)
        ),
    )(routes.rename)
    router.get(
        "/accounts",
        summary="List every account (operator)",
        **documents.route(answers={200: Accounts}, problems=(401, 403)),
    )(routes.list_)
    router.post(
        "/accounts",
        summary="Make an account, with a link for its first owner (operator)",
        **documents.route(
            body=CreateAccount,
            answers={201: CreatedAccount},
            problems=(400, 401, 403, 404, 413, 415),
        ),
    )(routes.create)
    router.get(
        "/accounts/{account_id}",
        summary="Look at an account (operator)",
        **documents.route(answers={200: AccountView}, problems=(401, 403, 404)),
    )(routes.get)
    router.patch(
        "/accounts/{account_id}",
        summary="Change an account's name, plan or streams, suspend or reinstate it (operator)",
        **documents.route(
            body=ChangeAccount,
            answers={200: AccountView},
            problems=(400, 401, 403, 404, 409, 413, 415),
        ),
    )(routes.change)
    return router


def plan_routes(entrance: Entrance, documents: Documents) -> APIRouter:
    """Return the routes of plans."""
    router = APIRouter(prefix="/v1/plans", tags=["accounts"])
    routes = _Plans(entrance)
    router.get(
        "",
        summary="List the plans (operator)",
        **documents.route(answers={200: Plans}, problems=(401, 403)),
    )(routes.list_)
    router.put(
        "/{name}",
        summary="Make or change a plan, and the limits of every account under it (operator)",
        **documents.route(
            body=PutPlan, answers={200: PlanView}, problems=(400, 401, 403, 409, 413, 415)
        ),
    )(routes.put)
    router.delete(
        "/{name}",
        summary="Delete a plan that no account is under (operator)",
        **documents.route(answers={204: None}, problems=(401, 403, 404, 409)),
    )(routes.delete)
    return router


class _Accounts:
    def __init__(self, entrance: Entrance) -> None:
        self._entrance = entrance
        self._desk = entrance.desk
        self._doors = entrance.doors

    async def own(self, request: Request) -> Response:
        member = await self._doors.member(request, Permission.ACCOUNT_READ)
        return answer(await self._desk.look(lambda work: _look(work, member.account_id)))

    async def rename(
        self, request: Request, body: Annotated[RenameAccount, Depends(json_body(RenameAccount))]
    ) -> Response:
        member = await self._doors.member(request, Permission.ACCOUNT_WRITE)
        name = body.name.strip()

        def use_case(work: Work) -> AccountView:
            account = keeping_accounts.rename_account(work, member.actor, member.account_id, name)
            return account_view(work, account)

        return answer(await self._desk.do(use_case))

    async def list_(
        self,
        request: Request,
        cursor: Annotated[str | None, Query(pattern="^[0-9a-z_]{1,64}$")] = None,
        limit: Annotated[int, Query(ge=1, le=MAX_PAGE)] = 50,
    ) -> Response:
        await self._doors.member(request, Permission.OPERATE)

        def look(work: Work) -> Accounts:
            found = work.stores.accounts.listed(after=cursor, limit=limit + 1)
            page, more = page_of(found, limit, lambda one: one.id)
            return Accounts(
                accounts=tuple(account_view(work, one) for one in page),
                cursor=more,
            )

        return answer(await self._desk.look(look))

    async def create(
        self, request: Request, body: Annotated[CreateAccount, Depends(json_body(CreateAccount))]
    ) -> Response:
        member = await self._doors.member(request, Permission.OPERATE)
        email = None if body.owner_email is None else normal_email(body.owner_email)
        links = self._entrance.links

        def use_case(work: Work) -> CreatedAccount:
            account = keeping_accounts.make_account(
                work, member.actor, body.name.strip(), body.plan
            )
            view = account_view(work, account)
            if email is None:
                return CreatedAccount(view)
            hand = Hand(
                account_id=account.id, actor="operator", permissions=reach(account.id), owns=True
            )
            invitation, secret = joining.invite(work, hand, email, Role.OWNER)
            link = links.invitation(request, secret)
            return CreatedAccount(view, invitation_view(invitation), link)

        created = await self._desk.do(use_case)
        headers = {"Location": f"/v1/accounts/{created.account.id}", "Cache-Control": "no-store"}
        return answer(created, 201, headers)

    async def get(self, request: Request, account_id: str) -> Response:
        await self._doors.member(request, Permission.OPERATE)
        return answer(await self._desk.look(lambda work: _look(work, path_id(account_id))))

    async def change(
        self,
        request: Request,
        account_id: str,
        body: Annotated[ChangeAccount, Depends(json_body(ChangeAccount))],
    ) -> Response:
        member = await self._doors.member(request, Permission.OPERATE)
        wanted = path_id(account_id)
        await self._desk.do(lambda work: _change(work, member.actor, wanted, body))
        if body.suspended is True:
            while await self._desk.do(lambda work: end_suspended(work, wanted)):
                pass
        return answer(await self._desk.look(lambda work: _look(work, wanted)))


class _Plans:
    def __init__(self, entrance: Entrance) -> None:
        self._desk = entrance.desk
        self._doors = entrance.doors

    async def list_(
        self,
        request: Request,
        cursor: Annotated[str | None, Query(pattern="^[A-Za-z0-9_.-]{1,64}$")] = None,
        limit: Annotated[int, Query(ge=1, le=MAX_PAGE)] = 50,
    ) -> Response:
        await self._doors.member(request, Permission.OPERATE)

        def look(work: Work) -> Plans:
            found = work.stores.plans.listed(after=cursor, limit=limit + 1)
            page, more = page_of(found, limit, lambda one: one.name)
            return Plans(
                plans=tuple(plan_view(work, one) for one in page),
                cursor=more,
            )

        return answer(await self._desk.look(look))

    async def put(
        self, request: Request, name: str, body: Annotated[PutPlan, Depends(json_body(PutPlan))]
    ) -> Response:
        member = await self._doors.member(request, Permission.OPERATE)
        plan = Plan(
            name=_name(name),
            concurrent_streams=body.concurrent_streams,
            max_runtime_s=body.max_runtime_s,
            stream_hours=body.stream_hours,
            simulation_hours=body.simulation_hours,
            queued_simulations=body.queued_simulations,
        )

        def use_case(work: Work) -> PlanView:
            found = plan_view(work, keeping_accounts.put_plan(work, member.actor, plan))
            work.changes.room = True
            return found

        return answer(await self._desk.do(use_case))

    async def delete(self, request: Request, name: str) -> Response:
        member = await self._doors.member(request, Permission.OPERATE)
        await self._desk.do(
            lambda work: keeping_accounts.delete_plan(work, member.actor, path_id(name))
        )
        return Response(None, 204)


def account_view(work: Work, account: Account) -> AccountView:
    """Return an account as its members and the operator see it."""
    month = work.stores.accounts.stream_month(account.id, work.now_us)
    return AccountView(
        id=account.id,
        name=account.name,
        plan=account.plan,
        suspended=account.suspended_us is not None,
        concurrent_streams=account.concurrent_streams,
        own_streams=account.own_streams is not None,
        max_runtime_s=account.max_runtime_s,
        stream_hours=_hours(account.stream_us),
        simulation_hours=_hours(account.simulation_us),
        queued_simulations=account.queued_simulations,
        held=account.held,
        stream_us_used=month.used_us(work.now_us),
    )


def plan_view(work: Work, plan: Plan) -> PlanView:
    """Return a plan as the operator sees it."""
    return PlanView(
        name=plan.name,
        concurrent_streams=plan.concurrent_streams,
        max_runtime_s=plan.max_runtime_s,
        stream_hours=plan.stream_hours,
        simulation_hours=plan.simulation_hours,
        queued_simulations=plan.queued_simulations,
        accounts=len(work.stores.accounts.on_plan(plan.name)),
    )


def _look(work: Work, account_id: str) -> AccountView:
    account = work.stores.accounts.get(account_id)
    if account is None:
        raise NotFound(f"there is no account {account_id}", code="account_unknown")
    return account_view(work, account)


def _change(work: Work, actor: str, account_id: str, body: ChangeAccount) -> None:
    streams = body.concurrent_streams
    change = AccountChange(
        name=None if body.name is msgspec.UNSET else body.name.strip(),
        plan=None if body.plan is msgspec.UNSET else body.plan,
        own_streams=None if streams is msgspec.UNSET else streams,
        follow_plan=streams is None,
    )
    if change == AccountChange():
        locked_account(work, account_id)
    else:
        keeping_accounts.change_account(work, actor, account_id, change)
    if body.suspended is not msgspec.UNSET:
        (suspend if body.suspended else reinstate)(work, actor, account_id)
    work.changes.room = True


def _name(text: str) -> str:
    try:
        return msgspec.convert(text, type=Name)
    except msgspec.ValidationError as error:
        raise Invalid(f"a plan's name: {error}", code="schema") from None


def _hours(us: int | None) -> float | None:
    return None if us is None else us / HOUR_US
