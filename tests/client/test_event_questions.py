"""A backend hears of events by the Python SDK: the feed and webhooks, sync and async."""

import asyncio
import json
from pathlib import Path

import pytest

from diorama.client import AsyncDiorama, Diorama, NotFound
from tests.gateway.receiving import receiver
from tests.gateway.running import WITHIN_S, gateway_at
from tests.gateway.test_webhooks import OPEN, now_us, settled


async def test_a_webhook_is_made_tried_looked_up_told_again_and_deleted(tmp_path: Path) -> None:
    async with (
        gateway_at(tmp_path, webhooks=OPEN, now_us=now_us()) as place,
        receiver() as good,
        AsyncDiorama(place.front.url, api_key=place.secrets.api_key) as backend,
    ):
        made = await backend.create_webhook(good.url, types=["webhook.test"], description="mine")
        event = await backend.test_webhook(made.webhook.id)
        (first,) = await good.count(1)
        delivery = await settled(place, made, "delivered")
        again = await backend.redeliver(delivery.id)
        await good.count(2)
        log = [one.event async for one in backend.deliveries(made.webhook.id)]
        failed = [one async for one in backend.deliveries(made.webhook.id, state="failed")]
        listed = [one async for one in backend.webhooks()]
        await backend.delete_webhook(made.webhook.id)
        left = [one async for one in backend.webhooks()]

    assert first.verified_by(made.secret)
    assert made.secret not in repr(made)
    assert first.id == event == again.event
    assert set(log) == {event}
    assert (failed, left) == ([], [])
    assert [(one.types, one.description) for one in listed] == [(("webhook.test",), "mine")]


async def test_the_same_goes_for_programs_that_wait(tmp_path: Path) -> None:
    def story(url: str, key: str) -> None:
        with Diorama(url, api_key=key) as backend:
            made = backend.create_webhook("https://127.0.0.1/")
            assert [one.id for one in backend.webhooks()] == [made.webhook.id]
            event = backend.test_webhook(made.webhook.id)
            assert [one.event for one in backend.deliveries(made.webhook.id)] in ([], [event])
            with pytest.raises(NotFound):
                backend.redeliver("dlv_none")
            backend.delete_webhook(made.webhook.id)
            assert list(backend.webhooks()) == []

    async with gateway_at(tmp_path) as place:
        await asyncio.to_thread(story, place.front.url, place.secrets.api_key)


async def test_events_are_read_on_from_a_cursor(tmp_path: Path) -> None:
    async with (
        gateway_at(tmp_path) as place,
        AsyncDiorama(place.front.url, api_key=place.secrets.api_key) as backend,
    ):
        await place.worker()
        session = (await backend.open_session("cove")).session.id
        async with asyncio.timeout(WITHIN_S):
            while not (page := await backend.events(types=["session.*"])).events:
                continue
        await backend.end_session(session)
        async with asyncio.timeout(WITHIN_S):
            while not (rest := await backend.events(cursor=page.cursor, session=session)).events:
                continue

        def waiting() -> list[str]:
            with Diorama(place.front.url, api_key=place.secrets.api_key) as other:
                return [one.id for one in other.events(types=["session.*"]).events]

        known = await asyncio.to_thread(waiting)

    assert known[: len(page.events)] == [one.id for one in page.events]
    assert not {one.id for one in page.events} & {one.id for one in rest.events}
    assert json.loads(bytes(page.events[0].data))["project"] == "cove"
