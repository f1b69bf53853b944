"""What backends that wait ask: who may come in, and what they are told of what happens."""

from collections.abc import Iterator, Sequence
from typing import Unpack

from diorama.client import door_questions as doors
from diorama.client import event_questions as telling
from diorama.client.asker import Asker
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


class BackendAsker(Asker):
    """The part of `Diorama` that is about who may come in and watch, events and webhooks."""

    def create_ticket(self, project: str, **wishes: Unpack[TicketWishes]) -> MintedTicket:
        """Return a ticket that lets one viewer open one session of a project within its minutes."""
        return self._ask(doors.mint_ticket(project, wishes))

    def create_share_link(self, project: str, **wishes: Unpack[LinkWishes]) -> CreatedShareLink:
        """Make a share link and return it with its `url`, which is told this once."""
        return self._ask(doors.create_link(project, wishes))

    def share_links(self, *, project: str | None = None) -> Iterator[ShareLinkView]:
        """Yield the account's share links, the newest first, page by page."""
        for page in self._pages(lambda cursor: doors.list_links(project, cursor)):
            yield from page.links

    def change_share_link(self, link: str, **change: Unpack[LinkChange]) -> ShareLinkView:
        """Change a share link and return it: `name`, `expires_in_s`, `uses`, `concurrent`."""
        return self._ask(doors.change_link(link, change))

    def revoke_share_link(self, link: str, *, end_sessions: bool = False) -> ShareLinkView:
        """Let a share link open nothing any more, and return it; who waits by it is sent away."""
        return self._ask(doors.revoke_link(link, end_sessions=end_sessions))

    def let_watch(self, session: str, **wishes: Unpack[WatchWishes]) -> CreatedSpectator:
        """Let somebody watch a live session; its `token` and `watch_url` are told this once.

        Raises:
            Forbidden: the project's rule `spectators` is off (`spectators_disabled`).
            Refused: it is over (`session_ended`), or too many tokens are active
                (`spectators_full`).
        """
        return self._ask(doors.let_watch(session, wishes))

    def spectators(self, session: str) -> Spectators:
        """Return who may watch a session, the newest first, and in how many places each does."""
        return self._ask(doors.list_spectators(session))

    def revoke_spectator(self, session: str, spectator: str) -> SpectatorView:
        """Let a spectator's token open nothing any more; who watches by it is put out at once."""
        return self._ask(doors.revoke_spectator(session, spectator))

    def events(
        self, *, cursor: str | None = None, types: Sequence[str] = (), session: str | None = None
    ) -> EventPage:
        """Return a page of what happened after a cursor, the oldest first.

        Keep its `cursor` and ask again with it: at once while there is `more`.
        """
        return self._ask(telling.list_events(cursor, types, session))

    def follow_events(
        self, *, cursor: str | None = None, types: Sequence[str] = (), session: str | None = None
    ) -> Iterator[EventView]:
        """Yield what happens, as it happens, without end: after a cursor, or from now on.

        A connection that is lost is made again, and the feed goes on where it was: nothing is
        left out, and nothing is told twice.
        """
        yield from self._follow(telling.follow_events(cursor, types, session))

    def webhooks(self) -> Iterator[WebhookView]:
        """Yield the account's webhooks, newest first; no secrets."""
        for page in self._pages(telling.list_webhooks):
            yield from page.webhooks

    def create_webhook(
        self, url: str, *, types: Sequence[str] = (), description: str = ""
    ) -> WebhookSecret:
        """Have events told to a URL, by default all; the secret is told this once."""
        return self._ask(telling.create_webhook(url, types, description))

    def delete_webhook(self, webhook: str) -> None:
        """Take a webhook away, with its log."""
        self._ask(telling.delete_webhook(webhook))

    def test_webhook(self, webhook: str) -> str:
        """Send a webhook an event of type `webhook.test`, and return the event's id."""
        return (self._ask(telling.test_webhook(webhook))).event

    def deliveries(self, webhook: str, *, state: str | None = None) -> Iterator[DeliveryView]:
        """Yield what a webhook was told, newest first, with each attempt."""
        for page in self._pages(lambda cursor: telling.list_deliveries(webhook, state, cursor)):
            yield from page.deliveries

    def redeliver(self, delivery: str) -> DeliveryView:
        """Deliver an event to a webhook again, now."""
        return self._ask(telling.redeliver(delivery))
