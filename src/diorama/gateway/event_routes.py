"""REST for the feed of events: in pages, and live as server-sent events. The same events in both.

A reader keeps the newest cursor it has and misses nothing: a page names one, and so does each event
of the live feed (a browser sends it back by itself, as `Last-Event-ID`). The live feed reads the
store whenever the feed has moved and sends what the reader takes, so a slow one costs no memory.
"""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from functools import partial
from typing import Annotated, Final

import msgspec
from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response

from diorama.accounts.permissions import Permission
from diorama.events.feed import FeedEvent, FeedPage, Wanted, place_of
from diorama.events.types import MAX_FILTERS, meant_by
from diorama.gateway.authorisation import Doorkeeper, Member
from diorama.gateway.body import Documents, answer
from diorama.gateway.desk import Desk
from diorama.gateway.feeds import RETRY_MS, SILENT_S, STREAM, OpenFeeds, streamed
from diorama.gateway.publishing import Publisher
from diorama.kernel.errors import Invalid, Unavailable
from diorama.protocol.event_views import EventPage
from diorama.sessions.announcing import event_view
from diorama.sessions.work import Work

MAX_PAGE: Final = 200
CURSOR: Final = "^[0-9a-z_]{1,64}$"
FEEDS_OF_ACCOUNT: Final = 20
CHECK_EVERY_S: Final = 5.0
"""Between two looks whether the credential that opened a feed still opens it."""
AT_MOST_EVERY_S: Final = 0.2
_ACCEPTS: Final = {
    "parameters": [
        {
            "name": "Last-Event-ID",
            "in": "header",
            "required": False,
            "schema": {"type": "string"},
            "description": "the live feed goes on after this event, whatever `cursor` says",
        }
    ]
}


@dataclass(frozen=True, slots=True)
class Asked:
    """What one reader asked for."""

    member: Member
    wanted: Wanted
    cursor: str | None


class LiveFeeds:
    """The live feeds of one gateway.

    Args:
        desk: reads the feed.
        doors: says whether a reader may still read.
        publisher: says when the feed has moved.
    """

    def __init__(self, desk: Desk, doors: Doorkeeper, publisher: Publisher) -> None:
        self._desk = desk
        self._publisher = publisher
        self._open = OpenFeeds(doors, of_account=FEEDS_OF_ACCOUNT)

    async def follow(self, asked: Asked) -> AsyncIterator[bytes]:
        """Return the feed from a place on: what is new, where the reader names none.

        Raises:
            LimitReached: `feeds_limit`: too many are open.
            Invalid: `cursor_unknown`.
            NotFound: `cursor_expired`.
        """
        self._open.check_room(asked.member.account_id)
        place = await self._desk.look(partial(_start, asked=asked))
        return self._blocks(asked, place)

    async def _blocks(self, asked: Asked, place: int) -> AsyncIterator[bytes]:
        """Yield blocks of the feed until its credential opens nothing any more."""
        loop = asyncio.get_running_loop()
        with self._open.counted(asked.member.account_id):
            yield f"retry: {RETRY_MS}\nid: {place}\n\n".encode()
            checked_s = said_s = loop.time()
            while True:
                known = self._publisher.position
                page = await self._page(asked.wanted, place)
                for event in page.events:
                    yield _block(event)
                if page.events:
                    said_s = loop.time()
                place = page.position
                if loop.time() - checked_s >= CHECK_EVERY_S:
                    if not await self._open.may_go_on(asked.member):
                        return
                    checked_s = loop.time()
                if loop.time() - said_s >= SILENT_S:
                    yield f"id: {place}\n: nothing new\n\n".encode()
                    said_s = loop.time()
                if not page.more:
                    await self._publisher.moved(known, within_s=CHECK_EVERY_S)
                    await asyncio.sleep(AT_MOST_EVERY_S)

    async def _page(self, wanted: Wanted, place: int) -> FeedPage:
        try:
            return await self._desk.look(
                lambda work: work.stores.feed.page(wanted, after=place, limit=MAX_PAGE)
            )
        except Unavailable:
            return FeedPage((), place, more=False)


def event_routes(
    desk: Desk, doors: Doorkeeper, documents: Documents, publisher: Publisher
) -> APIRouter:
    """Return the routes.

    Args:
        desk: runs use cases.
        doors: says who asks.
        documents: collects what the routes take and give.
        publisher: says when the feed has moved.
    """
    router = APIRouter(prefix="/v1/events", tags=["events"])
    feeds = LiveFeeds(desk, doors, publisher)
    described = documents.route(answers={200: EventPage}, problems=(401, 403, 404, 429))
    described["responses"][200]["content"][STREAM] = {"schema": {"type": "string"}}
    described["openapi_extra"] |= _ACCEPTS

    @router.get(
        "", summary="Read what happened, oldest first; live where one accepts it", **described
    )
    async def list_(
        request: Request,
        cursor: Annotated[str | None, Query(pattern=CURSOR)] = None,
        types: Annotated[
            str | None, Query(max_length=2_000, description="such as `session.*,queue.joined`")
        ] = None,
        session: Annotated[str | None, Query(pattern=CURSOR)] = None,
        limit: Annotated[int, Query(ge=1, le=MAX_PAGE)] = 50,
    ) -> Response:
        member = await doors.member(request, Permission.EVENTS_READ)
        wanted = Wanted(
            account_id=member.account_id, types=meant_by(_filters(types)), session_id=session
        )
        if STREAM in request.headers.get("accept", ""):
            last = request.headers.get("last-event-id", cursor)
            return streamed(await feeds.follow(Asked(member, wanted, last)))
        return answer(await desk.look(partial(_page, wanted=wanted, cursor=cursor, limit=limit)))

    return router


def _filters(types: str | None) -> list[str]:
    filters = [] if types is None else [one.strip() for one in types.split(",")]
    if len(filters) > MAX_FILTERS:
        raise Invalid(f"at most {MAX_FILTERS} types can be named", code="event_type_unknown")
    return filters


def _page(work: Work, wanted: Wanted, cursor: str | None, limit: int) -> EventPage:
    feed = work.stores.feed
    after = 0 if cursor is None else place_of(feed, wanted.account_id, cursor)
    page = feed.page(wanted, after=after, limit=limit)
    return EventPage(
        events=tuple(map(event_view, page.events)), cursor=str(page.position), more=page.more
    )


def _start(work: Work, asked: Asked) -> int:
    if asked.cursor is None:
        return work.stores.feed.standing()
    return place_of(work.stores.feed, asked.member.account_id, asked.cursor)


def _block(event: FeedEvent) -> bytes:
    """Return an event as a block of the feed: JSON has no line breaks of its own."""
    body = msgspec.json.encode(event_view(event))
    return b"id: %d\nevent: %s\ndata: %s\n\n" % (event.position, event.type.encode(), body)
