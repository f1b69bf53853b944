"""REST for pages of other origins: who is let through, and what their browsers are told.

An origin that no project names gets one answer from `/v1`, whatever it asks: `origin_refused`. It
may read that, so that whoever forgot to name it finds out why; nothing it sends reaches a route.
Watching is for pages of every origin: a spectator's token is all that it takes.
The others are let through; whether a page may open sessions of one project is judged where it asks
for one. There are no cookies here: a page holds what its own requests carry, and no more.
Source: the Fetch standard, section 3.3 (CORS protocol).
"""

import asyncio
from collections.abc import Mapping
from typing import Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from diorama.gateway import problems
from diorama.gateway.desk import Desk
from diorama.kernel.errors import Forbidden
from diorama.projects.origins import Asking, may_open

REMEMBERED_S: Final = 1.0
"""For how long the origins that projects name are not read again."""
_PREFLIGHT: Final[Mapping[str, str]] = {
    "Access-Control-Allow-Methods": "GET, POST, DELETE",
    "Access-Control-Allow-Headers": "Authorization, Content-Type, Idempotency-Key",
    "Access-Control-Max-Age": "600",
}
_READABLE: Final = "Location, Retry-After, X-Request-Id"
_FOR_EVERYBODY: Final = ("/v1/whep/", "/v1/watch/")
_ANYBODY: Final[Mapping[str, str]] = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": f"{_READABLE}, ETag, Link, Accept-Post",
}


def refusal() -> Forbidden:
    """Return what a page of a foreign origin is told."""
    return Forbidden(
        "pages of this origin may not open sessions here: a project's rule `origins` must name it",
        code="origin_refused",
    )


def asking_of(headers: Mapping[str, str]) -> Asking:
    """Return the page behind a request, by its headers."""
    return Asking(origin=headers.get("origin"), host=headers.get("host", ""))


class KnownOrigins:
    """The origins that any project names, read again when they are asked for, once a second.

    Args:
        desk: reads the projects.
    """

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._rules: frozenset[tuple[str, ...]] = frozenset()
        self._read_s: float | None = None

    async def admit(self, asking: Asking) -> bool:
        """Return whether a page may open sessions of some project."""
        if asking.is_own:
            return True
        return any(may_open(asking, origins) for origins in await self._known())

    async def _known(self) -> frozenset[tuple[str, ...]]:
        now_s = asyncio.get_running_loop().time()
        if self._read_s is None or now_s - self._read_s > REMEMBERED_S:
            projects = await self._desk.look(lambda work: work.stores.projects.all())
            self._rules = frozenset(p.rules.origins for p in projects if p.enabled)
            self._read_s = now_s
        return self._rules


class CrossOrigin:
    """An ASGI application in front of another, see above.

    Args:
        app: what answers.
        origins: which pages are let through.
    """

    def __init__(self, app: ASGIApp, origins: KnownOrigins) -> None:
        self._app = app
        self._origins = origins

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        headers = Headers(scope=scope)
        asking = asking_of(headers)
        if asking.is_own or asking.origin is None or not scope["path"].startswith("/v1/"):
            await self._app(scope, receive, send)
            return
        told = {"Access-Control-Allow-Origin": asking.origin, "Vary": "Origin"}
        is_open = scope["path"].startswith(_FOR_EVERYBODY)
        if scope["method"] == "OPTIONS" and "access-control-request-method" in headers:
            allowed = _ANYBODY if is_open else told
            await Response(None, 204, {**allowed, **_PREFLIGHT})(scope, receive, send)
        elif is_open:
            await self._app(scope, receive, _telling(send, _ANYBODY))
        elif await self._origins.admit(asking):
            told["Access-Control-Expose-Headers"] = _READABLE
            await self._app(scope, receive, _telling(send, told))
        else:
            await problems.document(refusal(), scope, told)(scope, receive, send)


def _telling(send: Send, told: Mapping[str, str]) -> Send:
    async def tell(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in told.items():
                headers.append(name, value)
        await send(message)

    return tell
