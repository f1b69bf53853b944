"""Webhooks and deliveries as their account sees them. Pure: values in, views out."""

from collections.abc import Sequence
from datetime import datetime

from diorama.events.webhooks import Attempt, Delivery, Webhook
from diorama.protocol.event_views import AttemptView, DeliveryView, WebhookView
from diorama.sessions.show import time_of


def webhook_view(webhook: Webhook) -> WebhookView:
    """Return a webhook as its account may see it; its secrets are shown elsewhere, and once."""
    w = webhook
    return WebhookView(
        id=w.id,
        url=w.url,
        types=w.types,
        description=w.description,
        enabled=w.disabled is None,
        disabled=None if w.disabled is None else w.disabled.value,
        created_at=time_of(w.created_us),
        failing_since=_time(w.failing_since_us),
        previous_secret_until=_time(w.previous_until_us),
    )


def delivery_view(delivery: Delivery, attempts: Sequence[Attempt]) -> DeliveryView:
    """Return a delivery with its attempts, the oldest of them first."""
    d = delivery
    return DeliveryView(
        id=d.id,
        webhook=d.webhook_id,
        event=d.event_id,
        type=d.type,
        session=d.session_id,
        seq=d.seq,
        state=d.state.value,
        created_at=time_of(d.created_us),
        next_at=_time(d.due_us),
        ended_at=_time(d.ended_us),
        attempts=tuple(_attempt_view(one) for one in attempts),
    )


def _attempt_view(attempt: Attempt) -> AttemptView:
    met = attempt.outcome
    return AttemptView(
        number=attempt.number,
        at=time_of(attempt.at_us),
        duration_ms=met.duration_ms,
        status=met.status,
        error=met.error,
        answer=met.answer,
    )


def _time(us: int | None) -> datetime | None:
    return None if us is None else time_of(us)
