"""REST for people: sign in and out, the first owner, who one is, one's name and password."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import Response

from diorama.accounts import joining, passwords, signing_in
from diorama.accounts.joining import Newcomer
from diorama.accounts.people import Person, check_password, normal_email
from diorama.accounts.permissions import Permission
from diorama.accounts.signing_in import refused
from diorama.gateway import sign_in_cookie
from diorama.gateway.authorisation import Doorkeeper, Visit
from diorama.gateway.body import Documents, answer, json_body
from diorama.gateway.desk import Desk
from diorama.gateway.guessing import Guesses
from diorama.gateway.links import Links
from diorama.kernel.errors import Invalid, Refused
from diorama.kernel.ids import digest
from diorama.protocol.people_views import (
    ChangeMe,
    ChangePassword,
    Me,
    OidcOffer,
    OwnAccount,
    PersonView,
    SetUpLink,
    SetUpRequest,
    SignInOffer,
    SignInRequest,
)
from diorama.sessions.work import Work


@dataclass(frozen=True, kw_only=True)
class Entrance:
    """What every route that signs somebody in works with.

    Attributes:
        oidc_name: of the other way to sign in, where there is one.
    """

    desk: Desk
    doors: Doorkeeper
    guesses: Guesses
    links: Links
    oidc_name: str | None = None

    async def enter(self, headers: Headers, secret: str, status: int = 200) -> Response:
        """Return who is signed in by a new secret, with its cookie."""
        cookie = sign_in_cookie.made(secret, headers)
        found = await self.desk.look(lambda work: signing_in.signed_in(work, secret))
        if found is None:
            raise refused()
        membership = found.memberships[0]
        me = me_of(Visit(cookie=cookie, who=found, membership=membership))
        return answer(me, status, {"Set-Cookie": cookie.header, "Cache-Control": "no-store"})


def me_of(visit: Visit) -> Me:
    """Return who is signed in, as they are shown themselves."""
    person = visit.who.person
    own = {
        m.account_id: OwnAccount(id=m.account_id, name=m.account_name, role=m.role.value)
        for m in visit.who.memberships
    }
    return Me(
        person=PersonView(
            id=person.id,
            email=person.email,
            name=person.name,
            has_password=person.password is not None,
        ),
        account=own[visit.membership.account_id],
        accounts=tuple(own.values()),
        permissions=tuple(sorted(visit.membership.permissions)),
        csrf=visit.cookie.csrf,
    )


def earlier(headers: Headers) -> str | None:
    """Return the digest of the cookie that a new sign-in takes the place of."""
    cookie = sign_in_cookie.read(headers)
    return None if cookie is None else digest(cookie.secret)


def sign_in_routes(entrance: Entrance, documents: Documents) -> APIRouter:
    """Return the routes."""
    router = APIRouter(prefix="/v1", tags=["people"])
    routes = _Routes(entrance)
    router.get(
        "/sign-in",
        summary="Say how one may sign in here",
        **documents.route(answers={200: SignInOffer}),
    )(routes.offer)
    router.post(
        "/sign-in",
        summary="Sign in with a password; the cookie that comes with the answer is the proof",
        **documents.route(
            body=SignInRequest, answers={200: Me}, problems=(400, 401, 403, 413, 415, 429, 503)
        ),
    )(routes.sign_in)
    router.post(
        "/sign-out",
        summary="Sign out of this browser; its cookie opens nothing any more",
        **documents.route(answers={204: None}, problems=(403,)),
    )(routes.sign_out)
    router.post(
        "/set-up",
        summary="Become the first owner, by the link that the gateway printed",
        **documents.route(
            body=SetUpRequest, answers={201: Me}, problems=(400, 403, 409, 413, 415, 429, 503)
        ),
    )(routes.set_up)
    router.post(
        "/set-up/link",
        summary="Make another link for the first owner, while there is none",
        **documents.route(answers={201: SetUpLink}, problems=(401, 403, 409)),
    )(routes.set_up_link)
    router.get(
        "/me",
        summary="Say who is signed in, and what they may do in the account that is chosen",
        **documents.route(answers={200: Me}, problems=(401, 404)),
    )(routes.me)
    router.patch(
        "/me",
        summary="Change one's own name",
        **documents.route(body=ChangeMe, answers={200: Me}, problems=(400, 401, 403, 404)),
    )(routes.change_me)
    router.post(
        "/me/password",
        summary="Change one's password; every other browser is signed out",
        **documents.route(
            body=ChangePassword, answers={200: Me}, problems=(400, 401, 403, 404, 429, 503)
        ),
    )(routes.change_password)
    return router


class _Routes:
    def __init__(self, entrance: Entrance) -> None:
        self._entrance = entrance
        self._desk = entrance.desk
        self._guesses = entrance.guesses

    async def offer(self) -> Response:
        set_up = await self._desk.look(joining.needs_owner)
        name = self._entrance.oidc_name
        oidc = None if name is None else OidcOffer(name=name)
        return answer(
            SignInOffer(password=True, oidc=oidc, set_up=set_up),
            headers={"Cache-Control": "no-store"},
        )

    async def sign_in(
        self,
        request: Request,
        body: Annotated[SignInRequest, Depends(json_body(SignInRequest, anybody=True))],
    ) -> Response:
        sign_in_cookie.check_page(request.headers)
        email = normal_email(body.email)
        self._guesses.count(request, email)
        person = await self._desk.look(lambda work: work.stores.people.by_email(email))
        stored = None if person is None else person.password
        if not await self._guesses.matches(stored, body.password) or person is None:
            raise refused()
        self._guesses.forgive(email)
        rehashed = None
        if stored is not None and passwords.is_outdated(stored):
            rehashed = await self._guesses.hashed(body.password)
        secret = await self._desk.do(
            lambda work: signing_in.begin_with_password(
                work, person, instead_of=earlier(request.headers), rehashed=rehashed
            )
        )
        return await self._entrance.enter(request.headers, secret)

    async def sign_out(self, request: Request) -> Response:
        cookie = sign_in_cookie.read(request.headers)
        if cookie is not None:
            sign_in_cookie.check_change(request.headers, cookie)
            hashed = digest(cookie.secret)
            await self._desk.do(lambda work: work.stores.sign_ins.drop(hashed))
        return Response(None, 204, {"Set-Cookie": sign_in_cookie.taken_back(request.headers)})

    async def set_up(
        self,
        request: Request,
        body: Annotated[SetUpRequest, Depends(json_body(SetUpRequest, anybody=True))],
    ) -> Response:
        sign_in_cookie.check_page(request.headers)
        self._guesses.count(request)
        email = normal_email(body.email)
        check_password(body.password, email=email)
        newcomer = Newcomer(
            email=email, name=body.name.strip(), password=await self._guesses.hashed(body.password)
        )

        def use_case(work: Work) -> str:
            person = joining.set_up(work, body.token, newcomer)
            return signing_in.begin(work, person.id, instead_of=earlier(request.headers))

        secret = await self._desk.do(use_case)
        return await self._entrance.enter(request.headers, secret, 201)

    async def set_up_link(self, request: Request) -> Response:
        await self._entrance.doors.member(request, Permission.OPERATE)
        secret = await self._desk.do(joining.offer_set_up)
        if secret is None:
            raise Refused("this Diorama has an owner already", code="set_up_done")
        return answer(SetUpLink(self._entrance.links.set_up(request, secret)), 201)

    async def me(self, request: Request) -> Response:
        visit = await self._entrance.doors.person(request)
        return answer(me_of(visit), headers={"Cache-Control": "no-store"})

    async def change_me(
        self, request: Request, body: Annotated[ChangeMe, Depends(json_body(ChangeMe))]
    ) -> Response:
        visit = await self._entrance.doors.person(request)
        name = body.name.strip()
        await self._desk.do(lambda work: signing_in.rename(work, visit.who.person.id, name))
        return await self.me(request)

    async def change_password(
        self, request: Request, body: Annotated[ChangePassword, Depends(json_body(ChangePassword))]
    ) -> Response:
        person = (await self._entrance.doors.person(request)).who.person
        self._guesses.count(request, person.email)
        check_password(body.new, email=person.email)
        await self._check_current(person, body.current)
        stored = await self._guesses.hashed(body.new)
        secret = await self._desk.do(lambda work: signing_in.change_password(work, person, stored))
        return await self._entrance.enter(request.headers, secret)

    async def _check_current(self, person: Person, current: str | None) -> None:
        if person.password is None and current is None:
            return  # came by OpenID Connect, and gets a first password
        if current is None:
            raise Invalid("`current` is the password that is to be changed", code="schema")
        if not await self._guesses.matches(person.password, current):
            raise refused()
