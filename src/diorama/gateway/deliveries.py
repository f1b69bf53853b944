"""Takes deliveries that are due, sends them, and writes down what came of it.

Any gateway may: what it takes is due again after a minute, so nothing is lost with it; it may be
sent twice. A receiver that answers slowly keeps nobody else waiting: each webhook, and each
account, has only so many sends under way, and one to which nothing arrives has one.
"""

import asyncio
import random
from collections import Counter
from collections.abc import Callable
from functools import partial
from typing import Final

import msgspec
import structlog

from diorama.events.retrying import Outcome
from diorama.events.signing import secret_of, signed_headers
from diorama.events.webhooks import Delivery, Report, Webhook, record, take_due
from diorama.gateway.desk import Desk
from diorama.gateway.outbound import Message, Outbound
from diorama.kernel.errors import Unavailable
from diorama.kernel.units import SECOND_US
from diorama.sessions.announcing import event_view
from diorama.sessions.work import Work

EVERY_S: Final = 1.0
AT_ONCE: Final = 256
AT_ONCE_TO_ACCOUNT: Final = 16
AT_ONCE_TO_WEBHOOK: Final = 4
FORGOTTEN: Final = Outcome(error="event_forgotten")
"""Of an event that is kept no more: it runs out of tries as any other."""

_log: Final = structlog.stdlib.get_logger(__name__)


def count_nothing(_outcome: Outcome) -> None:
    """Leave an attempt uncounted."""


class Deliveries:
    """The deliverer of one gateway.

    Args:
        desk: runs use cases.
        outbound: sends.
        key: from which the webhooks' secrets follow.
        rng: jitters the retries.

    Attributes:
        count: is told what came of each attempt.
    """

    def __init__(
        self, desk: Desk, outbound: Outbound, key: bytes, rng: random.Random | None = None
    ) -> None:
        self._desk = desk
        self._outbound = outbound
        self._key = key
        self._rng = rng or random.SystemRandom()
        self.count: Callable[[Outcome], None] = count_nothing
        self._wake = asyncio.Event()
        self._under_way: Counter[str] = Counter()

    def wake(self) -> None:
        """Say that something may be due."""
        self._wake.set()

    async def run(self) -> None:
        """Deliver until cancelled."""
        async with asyncio.TaskGroup() as sends:
            while True:
                try:
                    async with asyncio.timeout(EVERY_S):
                        await self._wake.wait()
                except TimeoutError:
                    pass
                self._wake.clear()
                for webhook, delivery in await self._take():
                    sends.create_task(self._deliver(webhook, delivery))

    async def once(self) -> int:
        """Deliver what is due now, and return how many that were."""
        taken = await self._take()
        async with asyncio.TaskGroup() as sends:
            for webhook, delivery in taken:
                sends.create_task(self._deliver(webhook, delivery))
        return len(taken)

    async def _take(self) -> list[tuple[Webhook, Delivery]]:
        try:
            due = await self._desk.look(lambda work: work.stores.webhooks.due(work.now_us))
            room = self._room(due)
            if not room:
                return []
            taken = await self._desk.do(lambda work: take_due(work.stores, work.now_us, room))
        except Unavailable as error:
            _log.warning("deliveries could not be taken", code=error.code)
            return []
        for webhook, _ in taken:
            self._count(webhook, 1)
        return taken

    def _room(self, due: list[Webhook]) -> dict[str, int]:
        """Return how many deliveries may be taken of each webhook with one that is due."""
        room: dict[str, int] = {}
        left = AT_ONCE - self._under_way[""]
        of_account: Counter[str] = Counter()
        self._rng.shuffle(due)  # who comes last when there is no room for all is chance
        for webhook in due:
            account = webhook.account_id
            most = AT_ONCE_TO_WEBHOOK if webhook.failing_since_us is None else 1
            free = min(
                most - self._under_way[webhook.id],
                AT_ONCE_TO_ACCOUNT - self._under_way[account] - of_account[account],
                left,
            )
            if free > 0:
                room[webhook.id] = free
                of_account[account] += free
                left -= free
        return room

    def _count(self, webhook: Webhook, change: int) -> None:
        for name in ("", webhook.account_id, webhook.id):
            self._under_way[name] += change
            if name and not self._under_way[name]:
                del self._under_way[name]

    async def _deliver(self, webhook: Webhook, delivery: Delivery) -> None:
        """Send a delivery that was taken, and write down what came of it."""
        try:
            message = await self._desk.look(
                partial(_message, key=self._key, webhook=webhook, delivery=delivery)
            )
            outcome = FORGOTTEN if message is None else await self._outbound.send(message)
            self.count(outcome)
            report = Report(delivery=delivery, outcome=outcome, luck=self._rng.random())
            await self._desk.do(lambda work: record(work.stores, report, work.ids, work.now_us))
        except Unavailable as error:  # it is due again in a minute
            _log.warning("a delivery could not be written down", code=error.code)
        finally:
            self._count(webhook, -1)
            self._wake.set()  # the next of its session may go


def _message(work: Work, key: bytes, webhook: Webhook, delivery: Delivery) -> Message | None:
    """Return what a delivery sends, signed now; None where its event is kept no more."""
    event = work.stores.feed.event(delivery.account_id, delivery.event_id)
    if event is None:
        return None
    body = msgspec.json.encode(event_view(event))
    secrets = [secret_of(key, webhook.id, issue) for issue in webhook.issues(work.now_us)]
    headers = signed_headers(
        secrets, event_id=event.id, timestamp_s=work.now_us // SECOND_US, body=body
    )
    return Message(webhook.url, body, headers)
