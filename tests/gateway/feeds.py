"""A reader of server-sent events, as a page has one."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import TypeVar

import msgspec
from aiohttp import ClientResponse

from tests.gateway.running import WITHIN_S, Place

T = TypeVar("T")


class Feed:
    """The blocks of one feed, one after the other."""

    def __init__(self, response: ClientResponse) -> None:
        self.response = response

    async def next(self, name: str, kind: type[T]) -> T:
        """Return the next event of a name, leaving out others."""
        while True:
            got, data = await self.block()
            if got == name:
                return msgspec.json.decode(data, type=kind)

    async def until(self, name: str) -> list[str]:
        """Return the names of the events up to and with this one."""
        names: list[str] = []
        while name not in names:
            names.append((await self.block())[0])
        return names

    async def block(self) -> tuple[str, str]:
        """Return the next event, as its name and its data."""
        fields: dict[str, str] = {}
        async with asyncio.timeout(WITHIN_S):
            while (line := (await self.response.content.readline()).decode()) != "\n" or (
                "data" not in fields
            ):
                assert line, "the feed is over"
                name, _, value = line.rstrip("\n").partition(": ")
                fields[name] = value
        return fields["event"], fields["data"]


@contextlib.asynccontextmanager
async def live(place: Place, secret: str) -> AsyncIterator[Feed]:
    """Follow an account's feed, past its first picture."""
    headers = {"Authorization": f"Bearer {secret}", "Accept": "text/event-stream"}
    url = f"{place.front.url}/v1/live"
    async with place.http.get(url, headers=headers) as response:
        assert response.status == 200, await response.read()
        yield Feed(response)
