"""REST for signing in by OpenID Connect: two addresses that a browser visits, and no page calls.

Both answer with a redirect; what went wrong stands in the portal's address as `?problem=`. Who came
from a page of the portal (`?next=`) is brought back to it.
"""

from typing import Annotated, Final

import structlog
from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response

from diorama.accounts import signing_in
from diorama.accounts.vouching import vouched_person
from diorama.gateway.oidc import TRY_LASTS_S, Provider, refused
from diorama.gateway.sign_in_cookie import SignInCookie
from diorama.gateway.sign_in_routes import Entrance, earlier
from diorama.kernel.errors import DioramaError
from diorama.sessions.work import Work

CALLBACK: Final = "/v1/oidc/callback"
COOKIE: Final = "diorama_oidc"
_SEE_OTHER: Final = 303
_Text = Annotated[str, Query(max_length=4_000)]

_log: Final = structlog.stdlib.get_logger(__name__)


def oidc_routes(entrance: Entrance, provider: Provider) -> APIRouter:
    """Return the routes; they are for browsers on their way, and no part of the API's document."""
    router = APIRouter(prefix="/v1/oidc", include_in_schema=False)
    desk, links = entrance.desk, entrance.links

    @router.get("/start")
    async def start(
        request: Request, onward: Annotated[str, Query(alias="next")] = "/"
    ) -> Response:
        base = links.base(request)
        try:
            entrance.guesses.count(request)
            begun = await provider.begin(base + CALLBACK, onward=onward)
        except DioramaError as error:
            return _back(f"/sign-in?problem={error.code}")
        cookie = _cookie(begun.cookie, secure=base.startswith("https:"), max_age_s=TRY_LASTS_S)
        return _back(begun.url, cookie)

    @router.get("/callback")
    async def callback(request: Request, code: _Text = "", state: _Text = "") -> Response:
        base = links.base(request)
        is_secure = base.startswith("https:")
        used_up = _cookie("", secure=is_secure, max_age_s=0)
        try:
            finished = await provider.finish(
                cookie=_shown(request), state=state, code=code, redirect_uri=base + CALLBACK
            )

            def use_case(work: Work) -> str:
                person = vouched_person(work, finished.vouched)
                return signing_in.begin(work, person.id, instead_of=earlier(request.headers))

            secret = await desk.do(use_case)
        except DioramaError as error:
            _log.info("a sign-in by OpenID Connect failed", code=error.code, why=str(error))
            return _back(f"/sign-in?problem={error.code}", used_up)
        return _back(finished.onward, used_up, SignInCookie(secret, secure=is_secure).header)

    return router


def _shown(request: Request) -> str:
    found = request.cookies.get(COOKIE)
    if found is None:
        raise refused()
    return found


def _back(where: str, *cookies: str) -> Response:
    answer = Response(None, _SEE_OTHER, {"Location": where, "Cache-Control": "no-store"})
    for cookie in cookies:
        answer.headers.append("Set-Cookie", cookie)
    return answer


def _cookie(value: str, *, secure: bool, max_age_s: int) -> str:
    parts = [f"{COOKIE}={value}", "Path=/v1/oidc", f"Max-Age={max_age_s}", "HttpOnly"]
    return "; ".join([*parts, "SameSite=Lax", *(["Secure"] if secure else [])])
