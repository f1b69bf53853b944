"""Webhooks and their deliveries: what is told to whom, in which order, and until when.

A delivery is one event for one webhook. It is due at `due_us`; whoever takes it moves that on by
the time an attempt may last, so any gateway may deliver, and what a gateway that died had taken is
due again. One session's deliveries go out one after the other; one that keeps failing holds the
later ones up for an hour at most. Receivers get an event at least once, and know it by its id.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final, Protocol
from urllib.parse import urlsplit

import msgspec

from diorama.events.feed import FeedEvent, FeedStore, Notice
from diorama.events.retrying import Outcome, Verdict, next_try_us
from diorama.events.types import DISABLED, meant_by
from diorama.kernel.errors import NotFound, Refused
from diorama.kernel.ids import IdFactory
from diorama.kernel.units import HOUR_US, SECOND_US, seconds

LEASE_S: Final = 60.0
"""How long an attempt is left to who took it: four times as long as it may last."""
HOLDS_US: Final = HOUR_US
DELIVERIES_KEPT_DAYS: Final = 30
MAX_WEBHOOKS: Final = 50
"""Of one account."""


class DeliveryState(StrEnum):
    """What became of a delivery. The values are stored."""

    WAITING = "waiting"
    DELIVERED = "delivered"
    FAILED = "failed"  # out of tries
    CANCELLED = "cancelled"  # its webhook was disabled


class Disabled(StrEnum):
    """Why a webhook is sent nothing. The values are stored."""

    BY_OWNER = "by_owner"
    GONE = "gone"  # the receiver answered 410
    FAILING = "failing"  # out of tries, with nothing delivered since the first


@dataclass(frozen=True, slots=True, kw_only=True)
class Webhook:
    """Where an account wants to be told of events.

    Attributes:
        types: filters, as they were written.
        disabled: why it is sent nothing; None is that it is.
        issue: which of its secrets is the newest.
        previous_until_us: until when the one before that signs too.
        failing_since_us: since when nothing was delivered.
    """

    id: str
    account_id: str
    url: str
    types: tuple[str, ...]
    description: str
    created_us: int
    disabled: Disabled | None = None
    issue: int = 1
    previous_until_us: int | None = None
    failing_since_us: int | None = None

    @property
    def wanted(self) -> frozenset[str]:
        """The types it is told of."""
        return meant_by(self.types)

    @property
    def host(self) -> str:
        """Whom it leads to: what of its URL may be told, for the rest may hold a secret."""
        return urlsplit(self.url).hostname or ""

    def issues(self, now_us: int) -> list[int]:
        """Return which of its secrets sign now, the newest first."""
        if self.previous_until_us is not None and now_us < self.previous_until_us:
            return [self.issue, self.issue - 1]
        return [self.issue]


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One event for one webhook.

    Attributes:
        position: the event's place in the feed.
        tries: attempts since it was last asked for.
        number: attempts ever; who records one names it, so a late word changes nothing.
        due_us: when it is to be tried; None is never again.
        holds_until_us: until when later ones of its session wait for it.
    """

    id: str
    webhook_id: str
    account_id: str
    event_id: str
    position: int
    type: str
    session_id: str | None
    seq: int | None
    created_us: int
    state: DeliveryState = DeliveryState.WAITING
    tries: int = 0
    number: int = 0
    due_us: int | None = None
    holds_until_us: int = 0
    ended_us: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One attempt at a delivery, and what it met."""

    number: int
    at_us: int
    outcome: Outcome


class WebhookStore(Protocol):
    """Webhooks, their deliveries and attempts at rest."""

    def add(self, webhook: Webhook) -> None:
        """Store a webhook that is new."""

    def save(self, webhook: Webhook) -> None:
        """Replace a webhook that was read with its lock."""

    def get(self, webhook_id: str, account_id: str, *, lock: bool = False) -> Webhook | None:
        """Return a webhook of an account."""

    def remove(self, webhook_id: str) -> None:
        """Forget a webhook and its deliveries."""

    def listed(self, account_id: str, *, after: str | None, limit: int) -> list[Webhook]:
        """Return webhooks of an account, the newest first, before the id `after`."""

    def count(self, account_id: str) -> int:
        """Return how many webhooks an account has."""

    def listening(self, account_ids: Collection[str]) -> list[Webhook]:
        """Return the webhooks of these accounts that are sent something."""

    def queue(self, deliveries: Sequence[Delivery]) -> None:
        """Store deliveries; one that was there and has ended waits again."""

    def due(self, now_us: int) -> list[Webhook]:
        """Return the webhooks with a delivery that is due."""

    def take(self, webhook_id: str, now_us: int, *, until_us: int, limit: int) -> list[Delivery]:
        """Take deliveries that are due and held up by none: they are due again at `until_us`."""

    def delivery(self, delivery_id: str, account_id: str, *, lock: bool = False) -> Delivery | None:
        """Return a delivery of an account."""

    def settle(self, delivery: Delivery) -> None:
        """Replace what changes of a delivery that was read with its lock."""

    def attempted(self, delivery_id: str, attempt: Attempt) -> None:
        """Write down an attempt."""

    def cancel(self, webhook_id: str, now_us: int) -> None:
        """Let a webhook's waiting deliveries go out no more."""

    def deliveries(
        self, webhook_id: str, *, states: Collection[str], before: int | None, limit: int
    ) -> list[Delivery]:
        """Return a webhook's deliveries, the newest event first, of events before a place."""

    def attempts(self, delivery_ids: Sequence[str]) -> Mapping[str, list[Attempt]]:
        """Return the attempts of deliveries, the oldest first."""

    def forget(self, before_us: int, *, limit: int) -> int:
        """Drop deliveries that are older and wait no more; return how many."""


class EventStores(Protocol):
    """The stores that are needed here, in one transaction."""

    @property
    def feed(self) -> FeedStore:
        """The feed."""

    @property
    def webhooks(self) -> WebhookStore:
        """Webhooks and deliveries."""


def deliver(webhook: Webhook, event: FeedEvent, ids: IdFactory, now_us: int) -> Delivery:
    """Return a delivery of an event, due at once."""
    return Delivery(
        id=ids.new("dlv"),
        webhook_id=webhook.id,
        account_id=webhook.account_id,
        event_id=event.id,
        position=event.position,
        type=event.type,
        session_id=event.session_id,
        seq=event.seq,
        created_us=now_us,
        due_us=now_us,
        holds_until_us=now_us + HOLDS_US,
    )


def take_due(
    stores: EventStores, now_us: int, room: Mapping[str, int]
) -> list[tuple[Webhook, Delivery]]:
    """Take deliveries to attempt now.

    Args:
        stores: where they are.
        now_us: the database's time.
        room: how many may be taken of each webhook.
    """
    taken: list[tuple[Webhook, Delivery]] = []
    for webhook in stores.webhooks.due(now_us):
        limit = room.get(webhook.id, 0)
        if limit > 0:
            until_us = now_us + seconds(LEASE_S)
            found = stores.webhooks.take(webhook.id, now_us, until_us=until_us, limit=limit)
            taken += [(webhook, delivery) for delivery in found]
    return taken


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What an attempt met, by whoever made it."""

    delivery: Delivery
    outcome: Outcome
    luck: float


def record(stores: EventStores, report: Report, ids: IdFactory, now_us: int) -> Verdict | None:
    """Write down what an attempt met; return what it came to, None where it came too late.

    It came too late where somebody else has taken the delivery since, or its webhook is gone.
    """
    seen = report.delivery
    webhook = stores.webhooks.get(seen.webhook_id, seen.account_id, lock=True)
    known = stores.webhooks.delivery(seen.id, seen.account_id, lock=True)
    if webhook is None or known is None or known.number != seen.number:
        return None
    verdict = report.outcome.verdict
    stores.webhooks.attempted(
        known.id, Attempt(number=known.number, at_us=now_us, outcome=report.outcome)
    )
    if verdict is Verdict.DELIVERED:
        _ended(stores, known, DeliveryState.DELIVERED, now_us)
        if webhook.failing_since_us is not None:
            stores.webhooks.save(replace(webhook, failing_since_us=None))
        return verdict
    failing_since_us = webhook.failing_since_us or now_us
    if webhook.failing_since_us is None:
        webhook = replace(webhook, failing_since_us=failing_since_us)
        stores.webhooks.save(webhook)
    if verdict is Verdict.GONE:
        _ended(stores, known, DeliveryState.FAILED, now_us)
        disable(stores, webhook, Disabled.GONE, ids, now_us)
        return verdict
    due_us = next_try_us(
        known.tries, now_us=now_us, luck=report.luck, asked_s=report.outcome.asked_s
    )
    if known.state is not DeliveryState.WAITING:
        return verdict  # cancelled meanwhile
    if due_us is not None:
        stores.webhooks.settle(replace(known, due_us=due_us))
        return verdict
    _ended(stores, known, DeliveryState.FAILED, now_us)
    if failing_since_us <= known.created_us + seconds(LEASE_S):
        disable(stores, webhook, Disabled.FAILING, ids, now_us)
    return verdict


def _ended(stores: EventStores, known: Delivery, state: DeliveryState, now_us: int) -> None:
    stores.webhooks.settle(replace(known, state=state, due_us=None, ended_us=now_us))


def disable(
    stores: EventStores, webhook: Webhook, why: Disabled, ids: IdFactory, now_us: int
) -> Webhook:
    """Send a webhook nothing more, say so in the feed, and return it."""
    disabled = replace(webhook, disabled=why)
    stores.webhooks.save(disabled)
    stores.webhooks.cancel(webhook.id, now_us)
    about = {"id": webhook.id, "host": webhook.host, "reason": why.value}
    stores.feed.notice(notice(ids, DISABLED, webhook.account_id, now_us, about))
    return disabled


def enable(stores: EventStores, webhook: Webhook) -> Webhook:
    """Send a webhook what happens from now on, and return it; `replay` sends what did before."""
    enabled = replace(webhook, disabled=None, failing_since_us=None)
    stores.webhooks.save(enabled)
    return enabled


def rotate(stores: EventStores, webhook: Webhook, *, now_us: int, overlap_s: float) -> Webhook:
    """Give a webhook its next secret; the one it had goes on signing for a while."""
    rotated = replace(
        webhook, issue=webhook.issue + 1, previous_until_us=now_us + seconds(overlap_s)
    )
    stores.webhooks.save(rotated)
    return rotated


def redeliver(stores: EventStores, delivery: Delivery, *, now_us: int) -> Delivery:
    """Try a delivery again, now and with all its tries; it holds none up.

    Raises:
        Refused: `webhook_disabled`, or `event_forgotten`: it is kept no more.
    """
    enabled(required(stores.webhooks.get(delivery.webhook_id, delivery.account_id)))
    if stores.feed.event(delivery.account_id, delivery.event_id) is None:
        raise Refused(f"event {delivery.event_id} is kept no more", code="event_forgotten")
    due_us = now_us if delivery.due_us is None else min(delivery.due_us, now_us + _TAKEN_US)
    again = replace(
        delivery,
        state=DeliveryState.WAITING,
        tries=0,
        due_us=due_us,
        holds_until_us=0,
        ended_us=None,
    )
    stores.webhooks.settle(again)
    return again


_TAKEN_US: Final = 20 * SECOND_US
"""One that waits may be under way right now: so long it is left to whoever has it."""


def required(webhook: Webhook | None) -> Webhook:
    """Return a webhook, or raise NotFound."""
    if webhook is None:
        raise NotFound("there is no such webhook", code="webhook_unknown")
    return webhook


def enabled(webhook: Webhook) -> Webhook:
    """Return a webhook that is sent something, or raise Refused (`webhook_disabled`)."""
    if webhook.disabled is not None:
        raise Refused(f"webhook {webhook.id} is disabled: enable it first", code="webhook_disabled")
    return webhook


def notice(
    ids: IdFactory, type_: str, account_id: str, now_us: int, data: Mapping[str, object]
) -> Notice:
    """Return a notice with an id of its own."""
    return Notice(
        id=ids.new("evt"),
        type=type_,
        account_id=account_id,
        at_us=now_us,
        data=msgspec.json.encode(data).decode(),
    )
