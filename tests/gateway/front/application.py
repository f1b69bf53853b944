"""What stands behind the one port in its tests: it answers by path, and keeps what it saw."""

import asyncio
import json
from collections.abc import AsyncIterator

from starlette.responses import Response, StreamingResponse
from starlette.types import Message, Receive, Scope, Send

from diorama.gateway.asgi import BridgeLimits
from tests.gateway.raw_http import WITHIN_S, RawAnswer


def takes_files(method: str, path: str) -> bool:
    return method == "PUT" and path in {"/file", "/refusal"}


LIMITS = BridgeLimits(
    max_bytes=1_000, body_within_s=WITHIN_S, write_within_s=WITHIN_S, takes_files=takes_files
)
SOON_S = 0.2
"""A deadline of those tests that wait for it, and of no other."""


class Application:
    """An ASGI application that answers by path and remembers what it saw."""

    def __init__(self) -> None:
        self.scopes: list[Scope] = []
        self.feed_ended = asyncio.Event()
        self.pieces: list[list[str]] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.scopes.append(scope)
        await getattr(self, "at_" + scope["path"].strip("/").split("/")[0])(scope, receive, send)

    async def at_echo(self, scope: Scope, receive: Receive, send: Send) -> None:
        message: Message = await receive()
        answer = Response(message["body"], headers={"X-More": str(message["more_body"])})
        await answer(scope, receive, send)

    async def at_file(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Take a file, piece by piece; say of each how long it was, and how it ended."""
        said: list[str] = []
        more = True
        while more:
            message = await receive()
            more = message.get("more_body", False)
            said.append(str(len(message["body"])) if "body" in message else message["type"])
        self.pieces.append(said)
        await Response(str(sum(int(one) for one in said if one.isdecimal())))(scope, receive, send)

    async def at_refusal(self, scope: Scope, receive: Receive, send: Send) -> None:
        await Response("no", 401)(scope, receive, send)

    async def at_cookies(self, scope: Scope, receive: Receive, send: Send) -> None:
        answer = Response("ok")
        answer.set_cookie("a", "1")
        answer.set_cookie("b", "2")
        await answer(scope, receive, send)

    async def at_nothing(self, scope: Scope, receive: Receive, send: Send) -> None:
        await Response(status_code=204)(scope, receive, send)

    async def at_feed(self, scope: Scope, receive: Receive, send: Send) -> None:
        await StreamingResponse(self._feed(), media_type="text/event-stream")(scope, receive, send)

    async def _feed(self) -> AsyncIterator[bytes]:
        try:
            yield b"data: 1\n\n"
            await asyncio.Event().wait()
        finally:
            self.feed_ended.set()

    async def at_flood(self, scope: Scope, receive: Receive, send: Send) -> None:
        await StreamingResponse(self._flood())(scope, receive, send)
        self.feed_ended.set()

    async def _flood(self) -> AsyncIterator[bytes]:
        while True:
            yield bytes(100_000)

    async def at_bug(self, _scope: Scope, _receive: Receive, _send: Send) -> None:
        raise RuntimeError("the secret of the bug")

    async def at_halfway(self, _scope: Scope, _receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"half", "more_body": True})
        raise RuntimeError("the secret of the bug")

    async def at_silence(self, _scope: Scope, _receive: Receive, _send: Send) -> None:
        return


def problem(answer: RawAnswer) -> dict[str, object]:
    assert answer.header("content-type") == "application/problem+json"
    found: dict[str, object] = json.loads(answer.body)
    assert found["status"] == answer.status
    return found
