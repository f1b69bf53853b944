"""REST for an account as it is now, kept up to date: server-sent events.

A reader that reconnects is shown everything anew, so it needs no place to go on from. Each reader
is sent at most four times a second and, while it does not take what it was sent, nothing more is
read for it.
"""

import asyncio
from collections.abc import AsyncIterator
from functools import partial
from typing import Final

import msgspec
from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from diorama.accounts.permissions import Permission
from diorama.gateway.authorisation import Doorkeeper, Member
from diorama.gateway.body import Documents
from diorama.gateway.desk import Desk
from diorama.gateway.feeds import RETRY_MS, SILENT_S, STREAM, OpenFeeds, streamed
from diorama.gateway.hub import Hub
from diorama.gateway.live import Reader, look_at
from diorama.gateway.watching import Watch
from diorama.kernel.errors import Unavailable

FEEDS_OF_ACCOUNT: Final = 50
CHECK_EVERY_S: Final = 1.0
"""Between two looks whether the credential that opened a feed still opens it."""
AT_MOST_EVERY_S: Final = 0.25


class LiveFeeds:
    """The feeds of one gateway.

    Args:
        desk: reads the store.
        doors: says whether a reader may still read.
        hub: says what changes.
    """

    def __init__(self, desk: Desk, doors: Doorkeeper, hub: Hub) -> None:
        self._desk = desk
        self._hub = hub
        self._open = OpenFeeds(doors, of_account=FEEDS_OF_ACCOUNT)

    def follow(self, member: Member) -> AsyncIterator[bytes]:
        """Return a feed's blocks.

        Raises:
            LimitReached: `feeds_limit`: too many are open.
        """
        self._open.check_room(member.account_id)
        return self._blocks(member)

    async def _blocks(self, member: Member) -> AsyncIterator[bytes]:
        loop = asyncio.get_running_loop()
        with self._open.counted(member.account_id), self._hub.watches.watch() as watch:
            reader = Reader()
            yield b"retry: %d\n\n" % RETRY_MS
            checked_s = said_s = loop.time()
            while True:
                if loop.time() - checked_s >= CHECK_EVERY_S:
                    if not await self._open.may_go_on(member):
                        yield _block("over", Over(code="credential_refused"))
                        return
                    checked_s = loop.time()
                news = await self._news(member, reader, watch)
                if news:
                    yield news
                    said_s = loop.time()
                elif loop.time() - said_s >= SILENT_S:
                    yield b": nothing new\n\n"
                    said_s = loop.time()
                if not reader.pending:
                    await watch.wait(within_s=CHECK_EVERY_S)
                await asyncio.sleep(AT_MOST_EVERY_S)

    async def _news(self, member: Member, reader: Reader, watch: Watch) -> bytes:
        """Read what changed, and return what of it is news; empty where the store is away."""
        sessions, workers, everything = watch.take()
        now_s = asyncio.get_running_loop().time()
        look = reader.next_look(now_s, sessions, workers=workers, everything=everything)
        sees_workers = Permission.WORKERS_READ in member.permissions
        read = partial(look_at, member=member, look=look, sees_workers=sees_workers)
        try:
            seen = await self._desk.look(read)
        except Unavailable:
            watch.tell((), workers=True, everything=True)
            return b""
        return b"".join(_block(name, value) for name, value in reader.news(seen))


class Over(msgspec.Struct, frozen=True):
    """The last block of a feed whose credential opens nothing any more."""

    code: str


def live_routes(desk: Desk, doors: Doorkeeper, documents: Documents, hub: Hub) -> APIRouter:
    """Return the route.

    Args:
        desk: runs use cases.
        doors: says who asks.
        documents: collects what the routes take and give.
        hub: says what changes.
    """
    router = APIRouter(prefix="/v1/live", tags=["sessions"])
    feeds = LiveFeeds(desk, doors, hub)
    described = documents.route(answers={200: None}, problems=(401, 403, 429))
    described["responses"][200]["content"] = {STREAM: {"schema": {"type": "string"}}}

    @router.get(
        "",
        summary="Follow the account as it is now: overview, sessions and workers, as they change",
        **described,
    )
    async def live(request: Request) -> Response:
        member = await doors.member(request, Permission.SESSIONS_READ)
        return streamed(feeds.follow(member))

    return router


def _block(name: str, value: msgspec.Struct) -> bytes:
    """Return an event as a block of the feed: JSON has no line breaks of its own."""
    return b"event: %s\ndata: %s\n\n" % (name.encode(), msgspec.json.encode(value))
