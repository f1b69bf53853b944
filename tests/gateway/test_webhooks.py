"""Webhooks as an account's program meets them: set up over REST, told over HTTP, and the log.

The receiver is on loopback, which the operator opened here.
"""

import asyncio
import time
from collections.abc import Mapping
from pathlib import Path

import msgspec

from diorama.accounts.permissions import ROLES, Role
from diorama.gateway.settings import WebhookSettings
from diorama.kernel.units import SECOND_US
from diorama.protocol.event_views import (
    DeliveryPage,
    DeliveryView,
    EventPage,
    EventView,
    WebhookPage,
    WebhookSecret,
    WebhookView,
)
from tests.gateway.receiving import LOOPBACK, WITHIN_S, Receiver, receiver
from tests.gateway.running import Place, Reply, gateway_at
from tests.gateway.tenants import tenant

OPEN = WebhookSettings(allow_networks=LOOPBACK)


def now_us() -> int:
    """Return the time: the judge of signatures reads the machine's clock when it is asked."""
    return int(time.time()) * SECOND_US


"""The reference library compares with the time of day."""
DAY_S = 86_400


async def ask(
    place: Place, method: str, path: str, body: Mapping[str, object] | None = None
) -> Reply:
    return await place.ask(method, f"/v1{path}", body, secret=place.secrets.api_key)


async def hook(place: Place, url: str, *types: str) -> WebhookSecret:
    reply = await ask(place, "POST", "/webhooks", {"url": url, "types": types})
    assert reply.status == 201, reply
    return msgspec.json.decode(reply.body, type=WebhookSecret)


async def log_of(place: Place, made: WebhookSecret) -> list[DeliveryView]:
    reply = await ask(place, "GET", f"/webhooks/{made.webhook.id}/deliveries")
    return list(msgspec.json.decode(reply.body, type=DeliveryPage).deliveries)


async def settled(
    place: Place, made: WebhookSecret, state: str, *, attempts: int = 0
) -> DeliveryView:
    """Return the newest delivery once it is in a state: it is written after it was received."""
    async with asyncio.timeout(WITHIN_S):
        while True:
            log = await log_of(place, made)
            if log and log[0].state == state and len(log[0].attempts) >= attempts:
                return log[0]


async def seen(place: Place, made: WebhookSecret) -> WebhookView:
    reply = await ask(place, "GET", f"/webhooks/{made.webhook.id}")
    return msgspec.json.decode(reply.body, type=WebhookView)


async def told(place: Place, count: int) -> list[EventView]:
    """Return the events of sessions once there are so many."""
    async with asyncio.timeout(WITHIN_S):
        while True:
            reply = await ask(place, "GET", "/events?types=session.*")
            page = msgspec.json.decode(reply.body, type=EventPage)
            if len(page.events) >= count:
                return list(page.events)


async def tried(place: Place, made: WebhookSecret, good: Receiver, count: int) -> DeliveryView:
    """Send a test and return its delivery once the receiver has so many messages."""
    await ask(place, "POST", f"/webhooks/{made.webhook.id}/test")
    await good.count(count)
    return (await log_of(place, made))[0]


async def test_what_a_session_does_is_told_signed_and_in_order(tmp_path: Path) -> None:
    async with (
        gateway_at(tmp_path, webhooks=OPEN, now_us=now_us()) as place,
        receiver() as good,
    ):
        made = await hook(place, good.url, "session.*")
        worker = await place.worker()
        opened = await place.open(device="phone")
        viewer = await place.viewer(opened)
        await worker.start()
        await viewer.until("streaming")
        await ask(place, "DELETE", f"/sessions/{opened.session.id}")
        received = await good.count(7)
        last = await settled(place, made, "delivered")

    events = [one.event for one in received]
    assert [event["seq"] for event in events] == [1, 2, 3, 4, 5, 6, 7]
    assert [event["type"] for event in events][-2:] == ["session.streaming", "session.ended"]
    assert all(one.verified_by(made.secret) for one in received)
    assert [one.id for one in received] == [event["id"] for event in events]
    assert {event["session"] for event in events} == {opened.session.id}
    assert last.event == received[-1].id
    assert [(one.number, one.status) for one in last.attempts] == [(1, 204)]


async def test_what_fails_is_tried_again_under_the_same_id_with_a_fresh_signature(
    tmp_path: Path,
) -> None:
    async with (
        gateway_at(tmp_path, webhooks=OPEN, now_us=now_us()) as place,
        receiver(500) as good,
    ):
        made = await hook(place, good.url, "webhook.*")
        first = await tried(place, made, good, 1)
        await settled(place, made, "waiting", attempts=1)
        failing = await seen(place, made)
        place.clock.step(seconds=5.5)
        received = await good.count(2)
        done = await settled(place, made, "delivered")
        well = await seen(place, made)

    assert first.event == received[0].id == received[1].id
    assert received[0].body == received[1].body
    assert received[0].headers["webhook-timestamp"] < received[1].headers["webhook-timestamp"]
    assert received[1].verified_by(made.secret)
    assert [(one.number, one.status) for one in done.attempts] == [(1, 500), (2, 204)]
    assert failing.failing_since is not None
    assert well.failing_since is None


async def test_a_receiver_that_says_gone_is_told_nothing_more(tmp_path: Path) -> None:
    async with (
        gateway_at(tmp_path, webhooks=OPEN, now_us=now_us()) as place,
        receiver(410) as gone,
        receiver() as other,
    ):
        made = await hook(place, gone.url, "webhook.test")
        watching = await hook(place, other.url, "webhook.disabled")
        await tried(place, made, gone, 1)
        ended = await settled(place, made, "failed")
        (told,) = await other.count(1)
        view = await seen(place, made)
        refused = await ask(place, "POST", f"/webhooks/{made.webhook.id}/test")
        again = await ask(place, "POST", f"/deliveries/{ended.id}/redeliver")

    assert (view.enabled, view.disabled) == (False, "gone")
    assert told.event["data"] == {
        "id": made.webhook.id,
        "host": "127.0.0.1",
        "reason": "gone",
    }
    assert told.verified_by(watching.secret)
    assert refused.problem == again.problem == (409, "webhook_disabled")


async def test_one_that_nothing_reaches_for_three_days_is_disabled(tmp_path: Path) -> None:
    async with (
        gateway_at(tmp_path, webhooks=OPEN, now_us=now_us()) as place,
        receiver(*[500] * 10) as bad,
    ):
        made = await hook(place, bad.url, "webhook.test")
        await tried(place, made, bad, 1)
        for count in range(2, 11):
            await settled(place, made, "waiting", attempts=count - 1)
            place.clock.step(seconds=1.1 * DAY_S)
            place.gateway.telling.deliveries.wake()
            await bad.count(count)
        ended = await settled(place, made, "failed")
        view = await seen(place, made)
        enabled = await ask(place, "PATCH", f"/webhooks/{made.webhook.id}", {"enabled": True})

    assert len(ended.attempts) == 10
    assert (view.enabled, view.disabled) == (False, "failing")
    assert (enabled.json["enabled"], enabled.json["failing_since"]) == (True, None)


async def test_a_rotated_secret_and_the_one_before_are_both_good_for_a_day(tmp_path: Path) -> None:
    async with (
        gateway_at(tmp_path, webhooks=OPEN, now_us=now_us()) as place,
        receiver() as good,
    ):
        made = await hook(place, good.url, "webhook.test")
        reply = await ask(
            place, "POST", f"/webhooks/{made.webhook.id}/rotate", {"overlap_s": 3_600}
        )
        rotated = msgspec.json.decode(reply.body, type=WebhookSecret)
        await tried(place, made, good, 1)
        await settled(place, made, "delivered")  # or it would be due again, for all that is known
        place.clock.step(seconds=3_600)
        await tried(place, made, good, 2)

    during, after = good.received
    assert made.secret != rotated.secret
    assert during.verified_by(made.secret)
    assert during.verified_by(rotated.secret)
    assert len(after.headers["webhook-signature"].split()) == 1


async def test_what_was_missed_is_told_again_from_a_cursor_and_one_by_one(tmp_path: Path) -> None:
    async with (
        gateway_at(tmp_path, webhooks=OPEN, now_us=now_us()) as place,
        receiver() as good,
    ):
        await place.worker()
        opened = await place.open()
        await ask(place, "DELETE", f"/sessions/{opened.session.id}")
        events = await told(place, 3)
        made = await hook(place, good.url, "session.ended")
        replayed = await ask(
            place, "POST", f"/webhooks/{made.webhook.id}/replay", {"cursor": events[0].id}
        )
        await good.count(1)
        delivery = await settled(place, made, "delivered")
        await ask(place, "POST", f"/deliveries/{delivery.id}/redeliver")
        received = await good.count(2)
        unknown = await ask(
            place, "POST", f"/webhooks/{made.webhook.id}/replay", {"cursor": "evt_unknown"}
        )

    assert replayed.json == {"deliveries": 1, "cursor": None}
    assert [one.id for one in received] == [events[2].id] * 2
    assert unknown.problem == (422, "cursor_unknown")


async def test_a_webhook_is_set_up_looked_at_changed_and_taken_away(tmp_path: Path) -> None:
    async with gateway_at(tmp_path) as place:
        made = await hook(place, "https://example.com/hook?a=canary", "session.ended")
        path = f"/webhooks/{made.webhook.id}"
        listed = await ask(place, "GET", "/webhooks")
        changed = await ask(
            place, "PATCH", path, {"types": ["queue.*"], "description": "line", "enabled": False}
        )
        looked = await ask(place, "GET", path)
        gone = await ask(place, "DELETE", path)
        after = await ask(place, "GET", path)
        log = await place.gateway.desk.look(
            lambda work: work.stores.audit.after("acc_owner", 0, limit=50)
        )

    assert made.secret.startswith("whsec_")
    assert made.secret not in repr(made)
    page = msgspec.json.decode(listed.body, type=WebhookPage)
    assert [one.id for one in page.webhooks] == [made.webhook.id]
    assert made.secret.encode() not in listed.body + changed.body + looked.body
    assert (changed.json["types"], changed.json["disabled"]) == (["queue.*"], "by_owner")
    assert looked.json == changed.json
    assert (gone.status, after.problem) == (204, (404, "webhook_unknown"))
    actions = [entry.action for entry in log if entry.subject == made.webhook.id]
    assert actions == ["webhook.created", "webhook.changed", "webhook.deleted"]
    assert "canary" not in "".join(entry.detail for entry in log)


REFUSED: list[tuple[dict[str, object], str]] = [
    ({"url": "http://example.com/"}, "webhook_url"),
    ({"url": "https://127.1/"}, "webhook_url"),
    ({"url": "https://example.com/", "types": ["session.nothing"]}, "event_type_unknown"),
    ({"url": "https://example.com/", "secret": "mine"}, "schema"),
    ({"url": "https://example.com/", "account_id": "acc_other"}, "schema"),
    ({"url": ""}, "schema"),
    ({}, "schema"),
]


async def test_what_is_no_webhook_is_refused(tmp_path: Path) -> None:
    async with gateway_at(tmp_path) as place:
        replies = [await ask(place, "POST", "/webhooks", body) for body, _ in REFUSED]

    assert [reply.problem for reply in replies] == [(422, code) for _, code in REFUSED]


async def test_without_an_opened_network_nothing_reaches_loopback(tmp_path: Path) -> None:
    async with gateway_at(tmp_path) as place, receiver() as inner:
        made = await hook(place, "https://127.0.0.1" + inner.url.removeprefix("http://127.0.0.1"))
        await ask(place, "POST", f"/webhooks/{made.webhook.id}/test")
        waits = await settled(place, made, "waiting", attempts=1)

    assert waits.attempts[0].error == "address_denied"
    assert inner.received == []


ROUTES: list[tuple[str, str, dict[str, object]]] = [
    ("GET", "/v1/webhooks/{}", {}),
    ("PATCH", "/v1/webhooks/{}", {}),
    ("DELETE", "/v1/webhooks/{}", {}),
    ("POST", "/v1/webhooks/{}/rotate", {}),
    ("POST", "/v1/webhooks/{}/test", {}),
    ("POST", "/v1/webhooks/{}/replay", {"cursor": "1"}),
    ("GET", "/v1/webhooks/{}/deliveries", {}),
]


async def test_a_foreign_webhook_looks_like_a_missing_one(tmp_path: Path) -> None:
    async with gateway_at(tmp_path) as place:
        secret = (await tenant(place)).secret
        made = await hook(place, "https://example.com/")
        replies = [
            await place.ask(method, path.format(one), body, secret=secret)
            for method, path, body in ROUTES
            for one in (made.webhook.id, "whk_missing", "whk_%00")
        ]
        listed = await place.ask("GET", "/v1/webhooks", secret=secret)

    assert {reply.problem for reply in replies} == {(404, "webhook_unknown")}
    assert len({str(reply.json["detail"]) for reply in replies}) == 1
    assert listed.json == {"webhooks": [], "cursor": None}


async def test_a_foreign_delivery_looks_like_a_missing_one(tmp_path: Path) -> None:
    async with gateway_at(tmp_path) as place:
        secret = (await tenant(place)).secret
        made = await hook(place, "https://127.0.0.1/")
        await ask(place, "POST", f"/webhooks/{made.webhook.id}/test")
        delivery = await settled(place, made, "waiting")
        answers = [
            await place.ask("POST", f"/v1/deliveries/{one}/redeliver", secret=secret)
            for one in (delivery.id, "dlv_missing", "dlv_%00")
        ]

    assert {answer.problem for answer in answers} == {(404, "delivery_unknown")}
    assert len({str(answer.json["detail"]) for answer in answers}) == 1


def test_who_only_looks_sees_no_webhooks() -> None:
    assert not any(one.startswith("webhooks:") for one in ROLES[Role.VIEWER])
