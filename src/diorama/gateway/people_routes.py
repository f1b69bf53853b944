"""REST for the members of an account and their invitations."""

from typing import Annotated

import msgspec
from fastapi import APIRouter, Depends, Query
from starlette.requests import Request
from starlette.responses import Response

from diorama.accounts import joining, signing_in
from diorama.accounts.joining import Hand, Newcomer
from diorama.accounts.people import (
    Invitation,
    Membership,
    Person,
    check_password,
    normal_email,
)
from diorama.accounts.permissions import Permission, Role
from diorama.accounts.signing_in import refused
from diorama.gateway import sign_in_cookie
from diorama.gateway.authorisation import Member
from diorama.gateway.body import Documents, answer, json_body, path_id
from diorama.gateway.sign_in_routes import Entrance, earlier
from diorama.kernel.errors import Invalid
from diorama.kernel.paging import page_of
from diorama.protocol.people_views import (
    AcceptInvitation,
    ChangeMember,
    InvitationLook,
    InvitationView,
    Invited,
    InviteMember,
    LookAtInvitation,
    Me,
    Members,
    MemberView,
)
from diorama.sessions.show import time_of
from diorama.sessions.work import Work

MAX_PAGE = 200


def people_routes(entrance: Entrance, documents: Documents) -> APIRouter:
    """Return the routes."""
    router = APIRouter(prefix="/v1", tags=["people"])
    routes = _Routes(entrance)
    router.get(
        "/members",
        summary="List the account's members, and with the first page its invitations",
        **documents.route(answers={200: Members}, problems=(401, 403)),
    )(routes.list_)
    router.post(
        "/members",
        summary="Invite somebody; the link in the answer is shown once, and works once",
        **documents.route(
            body=InviteMember, answers={201: Invited}, problems=(400, 401, 403, 409, 413, 415)
        ),
    )(routes.invite)
    router.patch(
        "/members/{member_id}",
        summary="Give a member another role; the last owner stays one",
        **documents.route(
            body=ChangeMember, answers={200: MemberView}, problems=(400, 401, 403, 404, 409)
        ),
    )(routes.change)
    router.delete(
        "/members/{member_id}",
        summary="Take a member out, whose sign-in opens this account no more",
        **documents.route(answers={204: None}, problems=(401, 403, 404, 409)),
    )(routes.remove)
    router.delete(
        "/invitations/{invitation_id}",
        summary="Withdraw an invitation",
        **documents.route(answers={204: None}, problems=(401, 403, 404)),
    )(routes.withdraw)
    router.post(
        "/invitations/look",
        summary="Say what an invitation is to, for who holds its link",
        **documents.route(
            body=LookAtInvitation, answers={200: InvitationLook}, problems=(400, 403, 429)
        ),
    )(routes.look_at)
    router.post(
        "/invitations/accept",
        summary="Become a member by an invitation, and be signed in",
        **documents.route(
            body=AcceptInvitation,
            answers={200: Me},
            problems=(400, 401, 403, 409, 413, 415, 429, 503),
        ),
    )(routes.accept)
    return router


def hand_of(member: Member) -> Hand:
    """Return whose hand changes members."""
    return Hand(
        account_id=member.account_id,
        actor=member.actor,
        permissions=member.permissions,
        owns=member.owns,
    )


class _Routes:
    def __init__(self, entrance: Entrance) -> None:
        self._entrance = entrance
        self._desk = entrance.desk
        self._doors = entrance.doors
        self._guesses = entrance.guesses

    async def list_(
        self,
        request: Request,
        cursor: Annotated[str | None, Query(pattern="^[0-9a-z_]{1,64}$")] = None,
        limit: Annotated[int, Query(ge=1, le=MAX_PAGE)] = 50,
    ) -> Response:
        account_id = (await self._doors.member(request, Permission.MEMBERS_READ)).account_id

        def look(work: Work) -> Members:
            people = work.stores.people
            found = people.members(account_id, after=cursor, limit=limit + 1)
            page, more = page_of(found, limit, lambda one: one.id)
            invited = people.invitations(account_id, work.now_us) if cursor is None else []
            return Members(
                members=tuple(_member_view(one) for one in page),
                invitations=tuple(invitation_view(one) for one in invited),
                cursor=more,
            )

        return answer(await self._desk.look(look))

    async def invite(
        self, request: Request, body: Annotated[InviteMember, Depends(json_body(InviteMember))]
    ) -> Response:
        hand = hand_of(await self._doors.member(request, Permission.MEMBERS_WRITE))
        email, role = normal_email(body.email), Role(body.role)
        invitation, secret = await self._desk.do(
            lambda work: joining.invite(work, hand, email, role)
        )
        link = self._entrance.links.invitation(request, secret)
        return answer(Invited(invitation_view(invitation), link), 201)

    async def change(
        self,
        request: Request,
        member_id: str,
        body: Annotated[ChangeMember, Depends(json_body(ChangeMember))],
    ) -> Response:
        hand = hand_of(await self._doors.member(request, Permission.MEMBERS_WRITE))
        member = await self._desk.do(
            lambda work: joining.change_role(work, hand, path_id(member_id), Role(body.role))
        )
        return answer(_member_view(member))

    async def remove(self, request: Request, member_id: str) -> Response:
        hand = hand_of(await self._doors.member(request, Permission.MEMBERS_WRITE))
        await self._desk.do(lambda work: joining.remove(work, hand, path_id(member_id)))
        return Response(None, 204)

    async def withdraw(self, request: Request, invitation_id: str) -> Response:
        hand = hand_of(await self._doors.member(request, Permission.MEMBERS_WRITE))
        await self._desk.do(lambda work: joining.withdraw(work, hand, path_id(invitation_id)))
        return Response(None, 204)

    async def look_at(
        self,
        request: Request,
        body: Annotated[LookAtInvitation, Depends(json_body(LookAtInvitation, anybody=True))],
    ) -> Response:
        sign_in_cookie.check_page(request.headers)
        self._guesses.count(request)
        invitation, person = await self._desk.look(lambda work: _invited(work, body.token))
        look = InvitationLook(
            account=invitation.account_name,
            email=invitation.email,
            role=invitation.role.value,
            known=person is not None,
        )
        return answer(look, headers={"Cache-Control": "no-store"})

    async def accept(
        self,
        request: Request,
        body: Annotated[AcceptInvitation, Depends(json_body(AcceptInvitation, anybody=True))],
    ) -> Response:
        sign_in_cookie.check_page(request.headers)
        self._guesses.count(request)
        invitation, person = await self._desk.look(lambda work: _invited(work, body.token))
        if person is None:
            newcomer = await self._newcomer(invitation, body)
        else:
            await self._prove(request, person, body)
            newcomer = Newcomer(email=person.email, name=person.name)

        def use_case(work: Work) -> str:
            joined = joining.accept(work, body.token, newcomer, person)
            return signing_in.begin(work, joined.id, instead_of=earlier(request.headers))

        secret = await self._desk.do(use_case)
        return await self._entrance.enter(request.headers, secret)

    async def _newcomer(self, invitation: Invitation, body: AcceptInvitation) -> Newcomer:
        if body.name is msgspec.UNSET or body.password is msgspec.UNSET:
            raise Invalid("somebody new gives a name and a password", code="schema")
        check_password(body.password, email=invitation.email)
        stored = await self._guesses.hashed(body.password)
        return Newcomer(email=invitation.email, name=body.name.strip(), password=stored)

    async def _prove(self, request: Request, person: Person, body: AcceptInvitation) -> None:
        """Hold somebody who is known to being signed in, or to their password."""
        if body.password is msgspec.UNSET:
            visit = await self._doors.person(request)
            if visit.who.person.id != person.id:
                raise refused()
            return
        self._guesses.count(request, person.email)
        if not await self._guesses.matches(person.password, body.password):
            raise refused()
        self._guesses.forgive(person.email)


def _invited(work: Work, token: str) -> tuple[Invitation, Person | None]:
    invitation = joining.invitation_of(work, token)
    return invitation, work.stores.people.by_email(invitation.email)


def _member_view(member: Membership) -> MemberView:
    return MemberView(
        id=member.id,
        email=member.email,
        name=member.name,
        role=member.role.value,
        created_at=time_of(member.created_us),
    )


def invitation_view(invitation: Invitation) -> InvitationView:
    """Return an invitation as its account sees it."""
    return InvitationView(
        id=invitation.id,
        email=invitation.email,
        role=invitation.role.value,
        created_at=time_of(invitation.created_us),
        expires_at=time_of(invitation.expires_us),
    )
