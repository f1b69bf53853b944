"""What tells accounts' programs of events, joined: publisher, feed, webhooks and their routes.

It decides nothing but how these parts know each other.
"""

from collections.abc import Coroutine, Sequence

from fastapi import FastAPI

from diorama.events.targets import Network
from diorama.gateway.authorisation import Doorkeeper
from diorama.gateway.body import Documents
from diorama.gateway.deliveries import Deliveries
from diorama.gateway.desk import Desk
from diorama.gateway.event_routes import event_routes
from diorama.gateway.outbound import Outbound
from diorama.gateway.publishing import Publisher
from diorama.gateway.webhook_routes import WebhookRoutes, webhook_action_routes, webhook_routes


class Telling:
    """The parts of one gateway.

    Args:
        desk: runs use cases.
        key: from which webhooks' secrets follow.
        allowed: networks that webhooks may reach, though they are no place on the internet.

    Attributes:
        publisher: of the feed.
        deliveries: to webhooks.
    """

    def __init__(self, desk: Desk, key: bytes, allowed: Sequence[Network]) -> None:
        self._desk = desk
        self._key = key
        self._outbound = Outbound(allowed)
        self.deliveries = Deliveries(desk, self._outbound, key)
        self.publisher = Publisher(desk, self.deliveries.wake)

    def loops(self) -> list[Coroutine[None, None, None]]:
        """Return what runs until it is cancelled."""
        return [self.publisher.run(), self.deliveries.run()]

    def wake(self) -> None:
        """Say that there may be something to publish or to deliver."""
        self.publisher.wake()
        self.deliveries.wake()

    def close(self) -> None:
        """Let go of what sends, once nothing does any more."""
        self._outbound.close()

    def add_routes(self, app: FastAPI, doors: Doorkeeper, documents: Documents) -> None:
        """Add the routes of the feed and of webhooks."""
        app.include_router(event_routes(self._desk, doors, documents, self.publisher))
        plain = bool(self._outbound.allowed)
        shared = WebhookRoutes(self._desk, doors, self._key, plain=plain, wake=self.wake)
        app.include_router(webhook_routes(shared, documents))
        app.include_router(webhook_action_routes(shared, documents))
