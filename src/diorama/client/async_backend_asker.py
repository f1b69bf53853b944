"""What backends of asyncio ask: who may come in, and what they are told of what happens."""

import contextlib
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from typing import Unpack

from diorama.client import door_questions as doors
from diorama.client import event_questions as telling
from diorama.client.async_asker import AsyncAsker
from diorama.client.door_questions import LinkChange, LinkWishes, TicketWishes, WatchWishes
from diorama.protocol.door_views import CreatedShareLink, MintedTicket, ShareLinkView
from diorama.protocol.event_views import (
    DeliveryView,
    EventPage,
    EventView,
    WebhookSecret,
    WebhookView,
)
from diorama.protocol.spectator_views import CreatedSpectator, Spectators, SpectatorView


class AsyncBackendAsker(AsyncAsker):
    """The part of `AsyncDiorama` that is about who may come in and watch, events and webhooks."""

    async def create_ticket(self, project: str, **wishes: Unpack[TicketWishes]) -> MintedTicket:
        """Return a ticket that lets one viewer open one session of a project within its minutes."""
        return await self._ask(doors.mint_ticket(project, wishes))

    async def create_share_link(
        self, project: str, **wishes: Unpack[LinkWishes]
    ) -> CreatedShareLink:
        """Make a share link and return it with its `url`, which is told this once."""
        return await self._ask(doors.create_link(project, wishes))

    async def share_links(self, *, project: str | None = None) -> AsyncIterator[ShareLinkView]:
        """Yield the account's share links, the newest first, page by page."""
        async for page in self._pages(lambda cursor: doors.list_links(project, cursor)):
            for one in page.links:
                yield one

    async def change_share_link(self, link: str, **change: Unpack[LinkChange]) -> ShareLinkView:
        """Change a share link and return it: `name`, `expires_in_s`, `uses`, `concurrent`."""
        return await self._ask(doors.change_link(link, change))

    async def revoke_share_link(self, link: str, *, end_sessions: bool = False) -> ShareLinkView:
        """Let a share link open nothing any more, and return it; who waits by it is sent away."""
        return await self._ask(doors.revoke_link(link, end_sessions=end_sessions))

    async def let_watch(self, session: str, **wishes: Unpack[WatchWishes]) -> CreatedSpectator:
        """Let somebody watch a live session; its `token` and `watch_url` are told this once.

        Raises:
            Forbidden: the project's rule `spectators` is off (`spectators_disabled`).
            Refused: it is over (`session_ended`), or too many tokens are active
                (`spectators_full`).
        """
        return await self._ask(doors.let_watch(session, wishes))

    async def spectators(self, session: str) -> Spectators:
        """Return who may watch a session, the newest first, and in how many places each does."""
        return await self._ask(doors.list_spectators(session))

    async def revoke_spectator(self, session: str, spectator: str) -> SpectatorView:
        """Let a spectator's token open nothing any more; who watches by it is put out at once."""
        return await self._ask(doors.revoke_spectator(session, spectator))

    async def events(
        self, *, cursor: str | None = None, types: Sequence[str] = (), session: str | None = None
    ) -> EventPage:
        """Return a page of what happened after a cursor, the oldest first.

        Keep its `cursor` and ask again with it: at once while there is `more`.
        """
        return await self._ask(telling.list_events(cursor, types, session))

    async def follow_events(
        self, *, cursor: str | None = None, types: Sequence[str] = (), session: str | None = None
    ) -> AsyncGenerator[EventView, None]:
        """Yield what happens, as it happens, without end: after a cursor, or from now on.

        A connection that is lost is made again, and the feed goes on where it was: nothing is
        left out, and nothing is told twice. Close it, as by `contextlib.aclosing`.
        """
        feed = self._follow(telling.follow_events(cursor, types, session))
        async with contextlib.aclosing(feed) as events:
            async for event in events:
                yield event

    async def webhooks(self) -> AsyncIterator[WebhookView]:
        """Yield the account's webhooks, newest first; no secrets."""
        async for page in self._pages(telling.list_webhooks):
            for one in page.webhooks:
                yield one

    async def create_webhook(
        self, url: str, *, types: Sequence[str] = (), description: str = ""
    ) -> WebhookSecret:
        """Have events told to a URL, by default all; the secret is told this once."""
        return await self._ask(telling.create_webhook(url, types, description))

    async def delete_webhook(self, webhook: str) -> None:
        """Take a webhook away, with its log."""
        await self._ask(telling.delete_webhook(webhook))

    async def test_webhook(self, webhook: str) -> str:
        """Send a webhook an event of type `webhook.test`, and return the event's id."""
        return (await self._ask(telling.test_webhook(webhook))).event

    async def deliveries(
        self, webhook: str, *, state: str | None = None
    ) -> AsyncIterator[DeliveryView]:
        """Yield what a webhook was told, newest first, with each attempt."""
        async for page in self._pages(
            lambda cursor: telling.list_deliveries(webhook, state, cursor)
        ):
            for one in page.deliveries:
                yield one

    async def redeliver(self, delivery: str) -> DeliveryView:
        """Deliver an event to a webhook again, now."""
        return await self._ask(telling.redeliver(delivery))
