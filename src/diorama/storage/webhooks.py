"""Webhooks, deliveries and attempts in SQL."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import Final

import msgspec

from diorama.events.retrying import Outcome
from diorama.events.webhooks import (
    Attempt,
    Delivery,
    DeliveryState,
    Disabled,
    Webhook,
)
from diorama.storage.database import Row, Transaction, Value

ATTEMPTS_SHOWN: Final = 20
"""Of one delivery, the newest; a redelivery adds to them."""
_WEBHOOK: Final = (
    "w.id, w.account_id, w.url, w.types, w.description, w.created_us, w.disabled, w.issue,"
    " w.previous_until_us, w.failing_since_us"
)
_DELIVERY: Final = (
    *("id", "webhook_id", "account_id", "event_id", "position", "type", "session_id", "seq"),
    *("created_us", "state", "tries", "number", "due_us", "holds_until_us", "ended_us"),
)
_COLUMNS: Final = ", ".join(_DELIVERY)
_TYPES: Final = msgspec.json.Decoder(tuple[str, ...])
# One that is due, and that no earlier one of its session still holds up.
_DUE: Final = (
    "SELECT d.id FROM delivery d WHERE d.webhook_id = ? AND d.due_us <= ? AND NOT EXISTS"
    " (SELECT 1 FROM delivery b WHERE b.webhook_id = d.webhook_id AND b.session_id = d.session_id"
    " AND b.position < d.position AND b.due_us IS NOT NULL AND b.holds_until_us > ?)"
    " ORDER BY d.due_us, d.position LIMIT ? {for_update_skip_locked of d}"
)


class SqlWebhookStore:
    """See `diorama.events.webhooks.WebhookStore`."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    def add(self, webhook: Webhook) -> None:
        """Store a webhook that is new."""
        self._tx.run(
            "INSERT INTO webhook (id, account_id, created_us, url, types, description, disabled,"
            " issue, previous_until_us, failing_since_us) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            webhook.id,
            webhook.account_id,
            webhook.created_us,
            *_changing(webhook),
        )

    def save(self, webhook: Webhook) -> None:
        """Replace a webhook that was read with its lock."""
        self._tx.run(
            "UPDATE webhook SET url = ?, types = ?, description = ?, disabled = ?, issue = ?,"
            " previous_until_us = ?, failing_since_us = ? WHERE id = ?",
            *_changing(webhook),
            webhook.id,
        )

    def get(self, webhook_id: str, account_id: str, *, lock: bool = False) -> Webhook | None:
        """Return a webhook of an account."""
        suffix = " {for_update}" if lock else ""
        for row in self._tx.run(
            f"SELECT {_WEBHOOK} FROM webhook w WHERE w.id = ? AND w.account_id = ?{suffix}",
            webhook_id,
            account_id,
        ):
            return _webhook(row)
        return None

    def remove(self, webhook_id: str) -> None:
        """Forget a webhook and its deliveries."""
        self._tx.run(
            "DELETE FROM attempt WHERE delivery_id IN"
            " (SELECT id FROM delivery WHERE webhook_id = ?)",
            webhook_id,
        )
        self._tx.run("DELETE FROM delivery WHERE webhook_id = ?", webhook_id)
        self._tx.run("DELETE FROM webhook WHERE id = ?", webhook_id)

    def listed(self, account_id: str, *, after: str | None, limit: int) -> list[Webhook]:
        """Return webhooks of an account, the newest first, before the id `after`."""
        where, values = "w.account_id = ?", [account_id]
        if after is not None:
            where, values = f"{where} AND w.id < ?", [*values, after]
        rows = self._tx.run(
            f"SELECT {_WEBHOOK} FROM webhook w WHERE {where} ORDER BY w.id DESC LIMIT ?",
            *values,
            limit,
        )
        return [_webhook(row) for row in rows]

    def count(self, account_id: str) -> int:
        """Return how many webhooks an account has."""
        ((count,),) = self._tx.run("SELECT COUNT(*) FROM webhook WHERE account_id = ?", account_id)
        return int(count)

    def listening(self, account_ids: Collection[str]) -> list[Webhook]:
        """Return the webhooks of these accounts that are sent something."""
        marks = ", ".join("?" * len(account_ids))
        rows = self._tx.run(
            f"SELECT {_WEBHOOK} FROM webhook w WHERE w.disabled IS NULL"
            f" AND w.account_id IN ({marks}) ORDER BY w.id",
            *account_ids,
        )
        return [_webhook(row) for row in rows]

    def queue(self, deliveries: Sequence[Delivery]) -> None:
        """Store deliveries; one that was there and has ended waits again."""
        self._tx.run_many(
            f"INSERT INTO delivery ({_COLUMNS}) VALUES ({', '.join('?' * len(_DELIVERY))})"
            " ON CONFLICT (webhook_id, event_id) DO UPDATE SET state = excluded.state, tries = 0,"
            " due_us = excluded.due_us, holds_until_us = excluded.holds_until_us, ended_us = NULL"
            " WHERE delivery.due_us IS NULL",
            [tuple(getattr(one, name) for name in _DELIVERY) for one in deliveries],
        )

    def due(self, now_us: int) -> list[Webhook]:
        """Return the webhooks with a delivery that is due."""
        rows = self._tx.run(
            f"SELECT {_WEBHOOK} FROM webhook w WHERE w.disabled IS NULL AND EXISTS"
            " (SELECT 1 FROM delivery d WHERE d.webhook_id = w.id AND d.due_us <= ?)"
            " ORDER BY w.id",
            now_us,
        )
        return [_webhook(row) for row in rows]

    def take(self, webhook_id: str, now_us: int, *, until_us: int, limit: int) -> list[Delivery]:
        """Take deliveries that are due and held up by none: they are due again at `until_us`."""
        ids = [i for (i,) in self._tx.run(_DUE, webhook_id, now_us, now_us, limit)]
        if not ids:
            return []
        rows = self._tx.run(
            "UPDATE delivery SET due_us = ?, tries = tries + 1, number = number + 1"
            f" WHERE id IN ({', '.join('?' * len(ids))}) RETURNING {_COLUMNS}",
            until_us,
            *ids,
        )
        return sorted((_delivery(row) for row in rows), key=lambda one: one.position)

    def delivery(self, delivery_id: str, account_id: str, *, lock: bool = False) -> Delivery | None:
        """Return a delivery of an account."""
        suffix = " {for_update}" if lock else ""
        for row in self._tx.run(
            f"SELECT {_COLUMNS} FROM delivery WHERE id = ? AND account_id = ?{suffix}",
            delivery_id,
            account_id,
        ):
            return _delivery(row)
        return None

    def settle(self, delivery: Delivery) -> None:
        """Replace what changes of a delivery that was read with its lock."""
        d = delivery
        self._tx.run(
            "UPDATE delivery SET state = ?, tries = ?, due_us = ?, holds_until_us = ?,"
            " ended_us = ? WHERE id = ?",
            *(d.state, d.tries, d.due_us, d.holds_until_us, d.ended_us, d.id),
        )

    def attempted(self, delivery_id: str, attempt: Attempt) -> None:
        """Write down an attempt."""
        met = attempt.outcome
        self._tx.run(
            "INSERT INTO attempt (delivery_id, number, at_us, duration_ms, status, error, answer)"
            " VALUES (?, ?, ?, ?, ?, ?, ?)",
            *(delivery_id, attempt.number, attempt.at_us, met.duration_ms),
            *(met.status, met.error, met.answer),
        )

    def cancel(self, webhook_id: str, now_us: int) -> None:
        """Let a webhook's waiting deliveries go out no more."""
        self._tx.run(
            "UPDATE delivery SET state = ?, due_us = NULL, ended_us = ?"
            " WHERE webhook_id = ? AND due_us IS NOT NULL",
            DeliveryState.CANCELLED,
            now_us,
            webhook_id,
        )

    def deliveries(
        self, webhook_id: str, *, states: Collection[str], before: int | None, limit: int
    ) -> list[Delivery]:
        """Return a webhook's deliveries, the newest event first, of events before a place."""
        where = f"webhook_id = ? AND state IN ({', '.join('?' * len(states))})"
        values: list[Value] = [webhook_id, *states]
        if before is not None:
            where, values = f"{where} AND position < ?", [*values, before]
        rows = self._tx.run(
            f"SELECT {_COLUMNS} FROM delivery WHERE {where} ORDER BY position DESC LIMIT ?",
            *values,
            limit,
        )
        return [_delivery(row) for row in rows]

    def attempts(self, delivery_ids: Sequence[str]) -> Mapping[str, list[Attempt]]:
        """Return the newest attempts of deliveries, the oldest of them first."""
        found: dict[str, list[Attempt]] = defaultdict(list)
        if not delivery_ids:
            return found
        for delivery_id, number, at_us, duration_ms, status, error, text in self._tx.run(
            "SELECT a.delivery_id, a.number, a.at_us, a.duration_ms, a.status, a.error, a.answer"
            " FROM attempt a JOIN delivery d ON d.id = a.delivery_id"
            f" WHERE a.delivery_id IN ({', '.join('?' * len(delivery_ids))})"
            " AND a.number > d.number - ? ORDER BY a.delivery_id, a.number",
            *delivery_ids,
            ATTEMPTS_SHOWN,
        ):
            met = Outcome(status=status, error=error, answer=text, duration_ms=duration_ms)
            found[delivery_id].append(Attempt(number=number, at_us=at_us, outcome=met))
        return found

    def forget(self, before_us: int, *, limit: int) -> int:
        """Drop deliveries that are older and wait no more; return how many."""
        ids = [
            i
            for (i,) in self._tx.run(
                "SELECT id FROM delivery WHERE ended_us <= ? ORDER BY ended_us LIMIT ?",
                before_us,
                limit,
            )
        ]
        if ids:
            marks = ", ".join("?" * len(ids))
            self._tx.run(f"DELETE FROM attempt WHERE delivery_id IN ({marks})", *ids)
            self._tx.run(f"DELETE FROM delivery WHERE id IN ({marks})", *ids)
        return len(ids)


def _changing(webhook: Webhook) -> tuple[Value, ...]:
    w = webhook
    return (
        *(w.url, msgspec.json.encode(w.types).decode(), w.description, w.disabled),
        *(w.issue, w.previous_until_us, w.failing_since_us),
    )


def _webhook(row: Row) -> Webhook:
    i, account_id, url, types, description, created_us, disabled, issue, until_us, since_us = row
    return Webhook(
        id=i,
        account_id=account_id,
        url=url,
        types=_TYPES.decode(types),
        description=description,
        created_us=created_us,
        disabled=None if disabled is None else Disabled(disabled),
        issue=issue,
        previous_until_us=until_us,
        failing_since_us=since_us,
    )


def _delivery(row: Row) -> Delivery:
    named = dict(zip(_DELIVERY, row, strict=True))
    named["state"] = DeliveryState(named["state"])
    return Delivery(**named)
