"""Pages of any origin may ask at `/odyssey/`: what they ask with is a token, never a cookie.

So there is nothing of a visitor's for a foreign page to use, and `*` gives nothing away.
Source: the Fetch standard, section 3.3 (CORS protocol).
"""

from collections.abc import Mapping
from typing import Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

PREFIX: Final = "/odyssey/"
CONFIG: Final = "/config"
"""Where the SDK of somebody who watches asks for ICE servers: at the root of its address."""
_ANYBODY: Final = {"Access-Control-Allow-Origin": "*"}
_PREFLIGHT: Final[Mapping[str, str]] = {
    **_ANYBODY,
    "Access-Control-Allow-Methods": "GET, POST, DELETE, PATCH",
    "Access-Control-Allow-Headers": "Authorization, Content-Type",
    "Access-Control-Max-Age": "86400",
}
_READABLE: Final = "Location, Retry-After, X-Request-Id"


class AnyOrigin:
    """An ASGI application in front of another, see above.

    Args:
        app: what answers.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if not scope["path"].startswith(PREFIX) and scope["path"] != CONFIG:
            await self._app(scope, receive, send)
            return
        asks_first = "access-control-request-method" in Headers(scope=scope)
        if scope["method"] == "OPTIONS" and asks_first:
            await Response(None, 204, _PREFLIGHT)(scope, receive, send)
            return

        async def tell(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _ANYBODY.items():
                    headers[name] = value
                headers["Access-Control-Expose-Headers"] = _READABLE
            await send(message)

        await self._app(scope, receive, tell)
