"""Who delivers, when several may and one of them dies: each event at least once, in order."""

import asyncio
import time
from collections import Counter
from pathlib import Path

import pytest

from diorama.events.retrying import Outcome
from diorama.events.webhooks import LEASE_S, Webhook, notice
from diorama.gateway.deliveries import Deliveries
from diorama.gateway.desk import Desk
from diorama.gateway.outbound import Message, Outbound
from diorama.gateway.settings import WebhookSettings
from diorama.kernel.ids import IdFactory
from diorama.kernel.units import SECOND_US
from diorama.leases.timers import DEFAULTS
from diorama.protocol.event_views import WebhookSecret
from diorama.sessions.publishing import publish
from diorama.sessions.work import Work
from diorama.storage.database import Database
from tests.clock import SteppedClock
from tests.gateway.fleet import Deaf, two_gateways
from tests.gateway.receiving import LOOPBACK, WITHIN_S, Received, Receiver, receiver
from tests.gateway.running import Place
from tests.gateway.test_webhooks import ask, hook
from tests.gateway.test_webhooks import log_of as log
from tests.sessions.conftest import house as house  # noqa: PLC0414 - a fixture
from tests.sessions.house import ACCOUNT, House

OPEN = WebhookSettings(allow_networks=LOOPBACK)
KEY = b"tks_of_the_gateways"


class Died(BaseException):
    """The gateway is gone, between a send and the record of it."""


class DiesAfterSending(Outbound):
    """Sends, and takes the process with it."""

    async def send(self, message: Message) -> Outcome:
        await super().send(message)
        raise Died


class Gateway:
    """The deliverer of one gateway, without the rest of it."""

    def __init__(self, database: Database, clock: SteppedClock, outbound: Outbound) -> None:
        desk = Desk(database, DEFAULTS, IdFactory(clock), lambda _changes, _now_us: None)
        self.deliver = Deliveries(desk, outbound, KEY).once


@pytest.fixture
def outbound() -> Outbound:
    return Outbound(LOOPBACK)


async def told(house: House, url: str, count: int = 1) -> None:
    """Build a house with a webhook, and publish so many tests for it."""
    await house.build()

    def happen(work: Work) -> None:
        work.stores.webhooks.add(
            Webhook(
                id="whk_1",
                account_id=ACCOUNT,
                url=url,
                types=(),
                description="",
                created_us=work.now_us,
            )
        )
        for number in range(count):
            about = {"number": number}
            work.stores.feed.notice(notice(work.ids, "webhook.test", ACCOUNT, work.now_us, about))

    await house.run(happen)
    await house.run(publish)


async def log_of(house: House) -> list[tuple[str, list[int | None]]]:
    """Return the state of each delivery and the statuses of its attempts."""

    def look(work: Work) -> list[tuple[str, list[int | None]]]:
        states = ("waiting", "delivered", "failed", "cancelled")
        found = work.stores.webhooks.deliveries("whk_1", states=states, before=None, limit=200)
        attempts = work.stores.webhooks.attempts([one.id for one in found])
        return [
            (one.state, [tried.outcome.status for tried in attempts.get(one.id, ())])
            for one in found
        ]

    return await house.look(look)


async def test_what_a_gateway_sent_and_died_over_is_sent_again_by_another(
    database: Database, clock: SteppedClock, house: House, outbound: Outbound
) -> None:
    async with receiver() as good:
        await told(house, good.url)
        dying = Gateway(database, clock, DiesAfterSending(LOOPBACK))
        other = Gateway(database, clock, outbound)
        with pytest.raises(BaseExceptionGroup):
            await dying.deliver()
        at_once = await other.deliver()
        clock.step(seconds=LEASE_S)
        after = await other.deliver()
        nothing_left = await other.deliver()

    first, second = good.received
    assert (at_once, after, nothing_left) == (0, 1, 0)
    assert (first.id, first.body) == (second.id, second.body)
    assert await log_of(house) == [("delivered", [204])]


async def test_one_whose_event_is_kept_no_more_runs_out_of_tries(
    database: Database, clock: SteppedClock, house: House, outbound: Outbound
) -> None:
    async with receiver() as good:
        await told(house, good.url)
        await database.run(lambda tx: tx.run("DELETE FROM feed"))
        gateway = Gateway(database, clock, outbound)
        for _ in range(10):
            await gateway.deliver()
            clock.step(seconds=2 * 86_400)

    assert good.received == []
    assert await log_of(house) == [("failed", [None] * 10)]


async def test_a_word_that_comes_too_late_changes_nothing(
    database: Database, clock: SteppedClock, house: House, outbound: Outbound
) -> None:
    """A gateway that was stopped for minutes wakes up, and its receiver had said no."""
    sent, go_on = asyncio.Event(), asyncio.Event()

    class Sleeps(Outbound):
        async def send(self, message: Message) -> Outcome:  # noqa: ARG002 - Outbound's signature
            sent.set()
            await go_on.wait()
            return Outcome(status=500)

    async with receiver() as good:
        await told(house, good.url)
        asleep = asyncio.create_task(Gateway(database, clock, Sleeps(LOOPBACK)).deliver())
        other = Gateway(database, clock, outbound)
        await sent.wait()
        clock.step(seconds=LEASE_S)
        await other.deliver()
        go_on.set()
        await asleep

    assert await log_of(house) == [("delivered", [204])]


async def test_two_gateways_that_deliver_at_once_send_each_event_once(
    database: Database, clock: SteppedClock, house: House, outbound: Outbound
) -> None:
    async with receiver() as good:
        await told(house, good.url, count=60)
        gateways = [Gateway(database, clock, outbound) for _ in range(2)]
        while len(good.received) < 60:
            await asyncio.gather(*(gateway.deliver() for gateway in gateways))

    assert len({one.id for one in good.received}) == len(good.received) == 60
    assert await log_of(house) == [("delivered", [204])] * 60


async def test_sessions_are_told_in_order_whichever_gateways_and_failures(
    postgresql_url: str, tmp_path: Path
) -> None:
    now_us = int(time.time()) * SECOND_US
    async with (
        two_gateways(postgresql_url, tmp_path, bus=Deaf, webhooks=OPEN) as (one, other),
        receiver(500, 204, 503) as good,
    ):
        one.clock.step(seconds=(now_us - one.clock.now_us()) / SECOND_US)
        made = await hook(one, good.url, "session.*")
        await one.worker("one", slots=3)
        await other.worker("two", slots=2)
        opened = [await place.open() for place in (one, other, one, other, one)]
        for each in opened:
            await ask(other, "DELETE", f"/sessions/{each.session.id}")
        await failed(one, made, 2)
        one.clock.step(seconds=6)  # both are due by then, and no lease is over
        received = await good.count(5 * 3 + 2)

    assert all(message.verified_by(made.secret) for message in received)
    for each in opened:
        seqs = [_seq(m) for m in received if m.event["session"] == each.session.id]
        assert seqs == sorted(seqs)
        assert set(seqs) == {1, 2, 3}
    again = Counter(message.id for message in received)
    assert sum(count - 1 for count in again.values()) == 2


async def failed(place: Place, made: WebhookSecret, count: int) -> None:
    """Return once so many deliveries wait to be tried again, and are known to."""
    async with asyncio.timeout(WITHIN_S):
        found = 0
        while found < count:
            tried = [one for one in await log(place, made) if one.attempts]
            found = sum(one.state == "waiting" for one in tried)


async def test_one_that_fails_holds_its_session_up_and_no_other(
    database: Database, clock: SteppedClock, house: House, outbound: Outbound
) -> None:
    async with receiver(500) as good:
        await told(house, good.url, count=0)
        rig = await house.worker(slots=2)
        first, second = await house.streaming(rig), await house.streaming(rig)
        await house.run(publish)
        gateway = Gateway(database, clock, outbound)
        for _ in range(40):
            await gateway.deliver()
        before = _sessions(good)
        clock.step(seconds=6)
        for _ in range(40):
            await gateway.deliver()
        after = _sessions(good)

    held_up, free = (first, second) if before[first.id] == [1] else (second, first)
    assert (before[held_up.id], before[free.id]) == ([1], [1, 2, 3, 4, 5, 6])
    assert after[held_up.id] == [1, 1, 2, 3, 4, 5, 6]


async def test_what_fails_for_an_hour_lets_the_later_ones_pass(
    database: Database, clock: SteppedClock, house: House, outbound: Outbound
) -> None:
    async with receiver(*[500] * 3) as good:
        await told(house, good.url, count=0)
        rig = await house.worker()
        session = await house.streaming(rig)
        await house.run(publish)
        gateway = Gateway(database, clock, outbound)
        for passed_s in (0, 6, 400, 0, 3_300, 0, 0, 0, 0, 0):
            clock.step(seconds=passed_s)
            await gateway.deliver()

    seqs = _sessions(good)[session.id]
    assert seqs[:3] == [1, 1, 1]
    assert set(seqs[3:]) >= {2, 3, 4, 5, 6}


def _seq(message: Received) -> int:
    return int(str(message.event["seq"]))


def _sessions(good: Receiver) -> dict[object, list[int]]:
    found: dict[object, list[int]] = {}
    for message in good.received:
        if message.event["session"] is not None:
            found.setdefault(message.event["session"], []).append(_seq(message))
    return found
