"""What Odyssey's SDK does on the wire, step by step: see `@odysseyml/odyssey` 1.3.1."""

import asyncio
from dataclasses import dataclass, field
from typing import Final

import msgspec
from aiohttp import ClientWebSocketResponse, WSMsgType

from tests.gateway.running import WITHIN_S, Json, Place, Reply

BASE: Final = "/odyssey/cove"


@dataclass
class Socket:
    """A client's end of the signalling socket."""

    socket: ClientWebSocketResponse

    async def send(self, **message: object) -> None:
        await self.socket.send_str(msgspec.json.encode(message).decode())

    async def next(self) -> dict[str, object]:
        """Return the next message."""
        async with asyncio.timeout(WITHIN_S):
            received = await self.socket.receive()
        assert received.type is WSMsgType.TEXT, f"closed with {self.socket.close_code}"
        found: dict[str, object] = msgspec.json.decode(received.data)
        return found

    async def refused(self) -> object:
        """Return the reason of the error that comes next, and close as the SDK does."""
        message = await self.next()
        assert message["type"] == "error", message
        await self.socket.close(code=1000, message=b"Client disconnect")
        return message["reason"]

    async def closed_with(self) -> int | None:
        """Return what the socket is closed with, once it is."""
        async with asyncio.timeout(WITHIN_S):
            while (received := await self.socket.receive()).type is WSMsgType.TEXT:
                continue
        return received.data if received.type is WSMsgType.CLOSE else self.socket.close_code


@dataclass
class Sdk:
    """A client with an API key."""

    place: Place
    base: str = BASE
    token: str = ""
    headers: dict[str, str] = field(default_factory=dict)

    async def ask(self, method: str, path: str, body: Json | None = None) -> Reply:
        """Ask with the access token."""
        sent = {**self.headers, **({"secret": self.token} if self.token else {})}
        return await self.place.ask(method, self.base + path, body, **sent)

    async def sign_in(self, secret: str = "") -> Reply:
        """Change a key for a token, and keep that."""
        key = secret or self.place.secrets.api_key
        reply = await self.place.ask("POST", f"{self.base}/auth/token", {"api_key": key})
        if reply.status == 200:
            self.token = str(reply.json["access_token"])
        return reply

    async def request(self) -> Reply:
        """Ask for a session."""
        return await self.ask("POST", "/sessions/request", {})

    async def given(self) -> str:
        """Return the id of a session that is given at once."""
        reply = await self.request()
        assert reply.status == 200, reply
        return str(reply.json["session_id"])

    async def session_token(self, session_id: str) -> str:
        """Return the pass of a session."""
        reply = await self.ask("POST", "/sessions/token", {"session_id": session_id})
        assert reply.status == 200, reply
        return str(reply.json["session_token"])

    async def socket(self, session_id: str, token: str) -> Socket:
        """Open the signalling socket."""
        return Socket(await self.place.line(f"{self.base}/client/{session_id}?token={token}"))

    async def connect(self) -> tuple[str, Socket]:
        """Take every step to a socket; return the session and the socket."""
        await self.sign_in()
        session_id = await self.given()
        return session_id, await self.socket(session_id, await self.session_token(session_id))


async def end_of(place: Place, session_id: str) -> tuple[object, object]:
    """Return code and reason of a session's end, once it has one."""
    async with asyncio.timeout(WITHIN_S):
        while True:
            path = f"/v1/sessions/{session_id}"
            found = (await place.ask("GET", path, secret=place.secrets.api_key)).json["end"]
            if isinstance(found, dict):
                return found["code"], found["reason"]
