"""What a backend asks over REST to hear of events: the feed, and webhooks with their log.

Questions are values, as in `questions`.
"""

from collections.abc import Sequence

from diorama.client.questions import Question, as_json, path_of
from diorama.protocol.event_views import (
    DeliveryPage,
    DeliveryView,
    EventPage,
    EventView,
    NewWebhook,
    TestSent,
    WebhookPage,
    WebhookSecret,
)

PAGE = 200


def list_events(
    cursor: str | None, types: Sequence[str], session: str | None
) -> Question[EventPage]:
    """Ask for a page of what happened, the oldest first."""
    query = {"limit": str(PAGE)} | _after(cursor)
    query |= {"types": ",".join(types)} if types else {}
    query |= {} if session is None else {"session": session}
    return Question(method="GET", path="/v1/events", query=query, answer=EventPage)


def follow_events(
    cursor: str | None, types: Sequence[str], session: str | None
) -> Question[EventView]:
    """Ask for the feed, which tells one event after the other: from now on without a cursor."""
    query = _after(cursor) | ({"types": ",".join(types)} if types else {})
    query |= {} if session is None else {"session": session}
    return Question(method="GET", path="/v1/events", query=query, answer=EventView)


def list_webhooks(cursor: str | None) -> Question[WebhookPage]:
    """Ask for a page of webhooks, the newest first."""
    query = {"limit": str(PAGE)} | _after(cursor)
    return Question(method="GET", path="/v1/webhooks", query=query, answer=WebhookPage)


def create_webhook(url: str, types: Sequence[str], description: str) -> Question[WebhookSecret]:
    """Ask for a webhook, once: a second one would be told everything too."""
    return Question(
        method="POST",
        path="/v1/webhooks",
        body=as_json(NewWebhook(url=url, types=tuple(types), description=description)),
        answer=WebhookSecret,
        repeatable=False,
    )


def delete_webhook(webhook: str) -> Question[bytes]:
    """Ask for the end of a webhook and of its log."""
    path = path_of("webhooks", webhook)
    return Question(method="DELETE", path=path, answer=bytes, repeatable=False)


def test_webhook(webhook: str) -> Question[TestSent]:
    """Ask that a webhook is sent an event of type `webhook.test`."""
    path = path_of("webhooks", webhook) + "/test"
    return Question(method="POST", path=path, answer=TestSent, repeatable=False)


def list_deliveries(webhook: str, state: str | None, cursor: str | None) -> Question[DeliveryPage]:
    """Ask for a page of what a webhook was told, the newest first."""
    query = {"limit": str(PAGE)} | _after(cursor)
    query |= {} if state is None else {"state": state}
    path = path_of("webhooks", webhook) + "/deliveries"
    return Question(method="GET", path=path, query=query, answer=DeliveryPage)


def redeliver(delivery: str) -> Question[DeliveryView]:
    """Ask that an event is delivered again."""
    path = path_of("deliveries", delivery) + "/redeliver"
    return Question(method="POST", path=path, answer=DeliveryView, repeatable=False)


def _after(cursor: str | None) -> dict[str, str]:
    return {} if cursor is None else {"cursor": cursor}
