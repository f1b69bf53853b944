"""What a person reads of events in a terminal, and whom they have told."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from diorama.gateway.settings import WebhookSettings
from tests.cli.typing_commands import Typist, typist_at
from tests.gateway.receiving import LOOPBACK, receiver
from tests.gateway.running import WITHIN_S
from tests.gateway.test_webhooks import now_us


@pytest.fixture
async def outgoing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Typist]:
    """Yield somebody whose gateway may tell receivers on this machine."""
    monkeypatch.chdir(tmp_path)
    open_to = WebhookSettings(allow_networks=LOOPBACK)
    async for found in typist_at(tmp_path / "data", webhooks=open_to, now_us=now_us()):
        yield found


async def published(typist: Typist, kind: str) -> str:
    """Return the id of the newest event of a type, once the feed has one."""
    async with asyncio.timeout(WITHIN_S):
        while not (found := (await typist.types("events", "ls", "--type", kind, "--json")).json):
            continue
    return str(found[-1]["id"])


async def test_what_happened_is_listed_and_gone_on_with(typist: Typist) -> None:
    await typist.place.worker()
    opened = await typist.place.open()
    await typist.types("sessions", "end", opened.session.id)
    await published(typist, "session.ended")

    first = await typist.types("events", "ls", "--session", opened.session.id, "--limit", "1")
    rest = await typist.types(
        *("events", "ls", "--session", opened.session.id),
        *("--after", first.rows[0][2], "--json"),
    )
    ended = await typist.types("events", "ls", "--type", "session.ended")

    assert first.rows[0][3:] == ["session.requested", opened.session.id, "cove", *first.rows[0][6:]]
    assert first.err == f"diorama: there is more: --after {first.rows[0][2]}\n"
    assert [one["seq"] for one in rest.json] == list(range(2, len(rest.json) + 2))
    assert [row[4] for row in ended.rows] == [opened.session.id]


async def test_what_happens_is_told_line_by_line(typist: Typist) -> None:
    await typist.place.worker()
    ready = await published(typist, "worker.ready")
    opened = await typist.place.open()

    told = await typist.types(
        *("events", "follow", "--after", ready),
        *("--type", "session.*", "--count", "2"),
    )

    assert told.code == 0
    assert [line.split()[3:5] for line in told.out.splitlines()] == [
        ["session.requested", opened.session.id],
        ["session.reserved", opened.session.id],
    ]


async def test_a_type_that_is_none_is_refused(typist: Typist) -> None:
    said = await typist.types("events", "ls", "--type", "moon.full")

    assert said.code == 1
    assert "there is no event type 'moon.full'" in said.err


async def test_a_webhook_is_made_tried_and_taken_away(outgoing: Typist) -> None:
    async with receiver() as good:
        made = await outgoing.types("webhooks", "create", good.url, "--type", "webhook.test")
        listed = await outgoing.types("webhooks", "ls")
        webhook = listed.rows[0][0]
        tried = await outgoing.types("webhooks", "test", webhook)
        (message,) = await good.count(1)
        again = await outgoing.types("webhooks", "redeliver", tried.rows[0][0])
        await good.count(2)
        log = await outgoing.types("webhooks", "deliveries", webhook, "--json")
        await outgoing.types("webhooks", "rm", webhook)
        left = await outgoing.types("webhooks", "ls")

    assert message.verified_by(made.out.strip())
    assert made.out.strip() not in made.err
    assert listed.rows[0][1:4] == [good.url, "webhook.test", "on"]
    assert (tried.code, tried.rows[0][2:6]) == (0, ["webhook.test", "delivered", "1", "204"])
    assert again.rows[0][1] == message.id == log.json[0]["event"]
    assert (left.out, left.err) == (
        "",
        "diorama: there is no webhook: `diorama webhooks create URL` makes one\n",
    )


async def test_a_webhook_at_which_nothing_arrives_is_exit_code_1(outgoing: Typist) -> None:
    async with receiver() as broken:
        broken.answers.append(500)
        await outgoing.types("webhooks", "create", broken.url)
        webhook = (await outgoing.types("webhooks", "ls")).rows[0][0]

        tried = await outgoing.types("webhooks", "test", webhook)

    assert tried.code == 1
    assert tried.rows[0][3:6] == ["waiting", "1", "500"]
    assert tried.err == "diorama: it did not arrive\n"
