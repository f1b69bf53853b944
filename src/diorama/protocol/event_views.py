"""Events and webhooks as an account's programs see them: REST, the live feed, what webhooks carry.

The body of a webhook is an `EventView`, to the letter what `GET /v1/events` shows of it.
"""

from typing import Annotated

import msgspec
from msgspec import Meta

from diorama.protocol.states import SessionState
from diorama.protocol.views import EndView, Instant

MAX_OVERLAP_S = 7 * 86_400
Url = Annotated[str, Meta(min_length=1, max_length=2_048)]
Filter = Annotated[str, Meta(min_length=1, max_length=64)]
Filters = Annotated[tuple[Filter, ...], Meta(max_length=64)]
Note = Annotated[str, Meta(max_length=200)]
Cursor = Annotated[str, Meta(min_length=1, max_length=64, pattern=r"^[0-9a-z_]+$")]


class SessionEventData(msgspec.Struct, frozen=True):
    """What a session is since an event: of any two, the one with the higher `seq` is what it is.

    `before` is the state it was in; `actor` who caused the event; `until`, with some events, until
    when what it brought reaches.
    """

    id: str
    project: str
    region: str
    state: SessionState
    before: SessionState | None
    seq: int
    actor: str
    created_at: Instant
    state_at: Instant
    end_user: str | None = None
    device: str | None = None
    until: Instant | None = None
    end: EndView | None = None


class EventView(msgspec.Struct, frozen=True):
    """One event: `id` is the same however often it is told, `seq` rises by one in a session."""

    id: str
    type: str
    at: Instant
    account: str
    session: str | None
    seq: int | None
    data: msgspec.Raw


class EventPage(msgspec.Struct, frozen=True):
    """Events, the oldest first. Ask again with `cursor`: at once while there is `more`."""

    events: tuple[EventView, ...]
    cursor: str
    more: bool


class NewWebhook(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """POST /v1/webhooks: no `types` is every type; `session.*` is a family."""

    url: Url
    types: Filters = ()
    description: Note = ""
    enabled: bool = True


class ChangeWebhook(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """PATCH /v1/webhooks/{id}: what is left out stays."""

    url: Url | None = None
    types: Filters | None = None
    description: Note | None = None
    enabled: bool | None = None


class RotateWebhook(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """POST /v1/webhooks/{id}/rotate: for so long the old secret signs beside the new one."""

    overlap_s: Annotated[int, Meta(ge=0, le=MAX_OVERLAP_S)] = 86_400


class ReplayWebhook(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """POST /v1/webhooks/{id}/replay: a cursor of the feed, or the id of the last event known."""

    cursor: Cursor


class WebhookView(msgspec.Struct, frozen=True):
    """One webhook.

    `disabled` says why it is sent nothing: `by_owner`, `gone` (its receiver answered 410) or
    `failing` (nothing arrived for three days). `failing_since` is since when nothing arrived.
    """

    id: str
    url: str
    types: tuple[str, ...]
    description: str
    enabled: bool
    disabled: str | None
    created_at: Instant
    failing_since: Instant | None
    previous_secret_until: Instant | None


class WebhookSecret(msgspec.Struct, frozen=True):
    """A webhook with its newest secret, which is shown this once."""

    webhook: WebhookView
    secret: str

    def __repr__(self) -> str:
        """Show it without its secret: what is printed is kept."""
        return f"WebhookSecret({self.webhook.id})"


class WebhookPage(msgspec.Struct, frozen=True):
    """A page of webhooks, the newest first: `cursor` asks for the next; None is the end."""

    webhooks: tuple[WebhookView, ...]
    cursor: str | None = None


class AttemptView(msgspec.Struct, frozen=True):
    """One attempt: the receiver's `status` and the beginning of its `answer`, or the `error`."""

    number: int
    at: Instant
    duration_ms: int
    status: int | None
    error: str | None
    answer: str


class DeliveryView(msgspec.Struct, frozen=True):
    """One event for one webhook: `waiting`, `delivered`, `failed` or `cancelled`."""

    id: str
    webhook: str
    event: str
    type: str
    session: str | None
    seq: int | None
    state: str
    created_at: Instant
    next_at: Instant | None
    ended_at: Instant | None
    attempts: tuple[AttemptView, ...]


class DeliveryPage(msgspec.Struct, frozen=True):
    """A page of the delivery log, the newest first: `cursor` asks for the next; None is the end."""

    deliveries: tuple[DeliveryView, ...]
    cursor: str | None = None


class Replayed(msgspec.Struct, frozen=True):
    """How many events will be delivered again; with a `cursor`, ask again to go on from there."""

    deliveries: int
    cursor: str | None


class TestSent(msgspec.Struct, frozen=True):
    """The `webhook.test` event that is on its way: look for it in the delivery log."""

    __test__ = False  # no test of pytest's

    event: str
