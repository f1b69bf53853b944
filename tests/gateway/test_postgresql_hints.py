"""Hints between two buses over one PostgreSQL, and what becomes of them when connections break."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

import psycopg
import pytest

from diorama.gateway import postgresql_hints
from diorama.gateway.hints import Hints
from diorama.gateway.postgresql_hints import LISTENER, TELLER, PostgresHintBus
from tests.gateway.running import WITHIN_S

IDS = ("sessions", "workers", "lanes", "to_viewers", "to_workers")
CUT = (
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
    " WHERE datname = current_database() AND application_name = %s"
)


class Ear:
    """What a bus heard, in order."""

    def __init__(self, bus: PostgresHintBus) -> None:
        self.bus = bus
        self._heard = asyncio.Queue[Hints]()

    def hear(self, hints: Hints) -> None:
        self._heard.put_nowait(hints)

    async def next(self) -> Hints:
        """Return what came next."""
        async with asyncio.timeout(WITHIN_S):
            return await self._heard.get()

    async def until_everything(self) -> None:
        """Return once it heard that anything may have changed."""
        while not (await self.next()).everything:
            pass

    async def hears(self, hints: Hints, *, of: "Ear") -> None:
        """Have another tell these, and return once they came: alone, or with what it told before.

        With a connection they may be lost, and then everything is heard instead.
        """
        of.bus.tell(hints)
        while not _within(hints, heard := await self.next()):
            if heard.everything:
                of.bus.tell(hints)


def _within(told: Hints, heard: Hints) -> bool:
    return all(getattr(heard, one) >= getattr(told, one) for one in IDS)


@contextlib.asynccontextmanager
async def bus(url: str) -> AsyncIterator[Ear]:
    """Run a bus that listens, until the block ends."""
    ear = Ear(PostgresHintBus(url, tokens=b"the same"))
    task = asyncio.create_task(ear.bus.run(ear.hear))
    try:
        await ear.until_everything()
        yield ear
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


def cut(url: str, name: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        assert connection.execute(CUT, (name,)).fetchall()


async def test_what_one_tells_the_other_hears(postgresql_url: str) -> None:
    hints = Hints({"s"}, {"w"}, {("p", "r")}, {"v"}, {"u"})
    async with bus(postgresql_url) as a, bus(postgresql_url) as b:
        await b.hears(hints, of=a)


async def test_more_than_the_window_holds_is_heard_as_everything(postgresql_url: str) -> None:
    async with bus(postgresql_url) as a, bus(postgresql_url) as b:
        a.bus.tell(Hints(sessions={f"ses_{n:040}" for n in range(3_000)}))
        await b.until_everything()


@pytest.mark.parametrize("name", [TELLER, LISTENER])
async def test_a_bus_whose_connection_is_cut_carries_hints_again(
    postgresql_url: str, name: str
) -> None:
    async with bus(postgresql_url) as a, bus(postgresql_url) as b:
        await b.hears(Hints({"before"}), of=a)
        cut(postgresql_url, name)
        a.bus.tell(Hints({"after"}))
        await b.until_everything()
        await b.hears(Hints({"later"}), of=a)


async def test_a_listener_that_does_not_hear_its_own_gateway_is_replaced(
    postgresql_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgresql_hints, "WATCH_S", 0.05)
    async with bus(postgresql_url) as a:
        monkeypatch.setattr(postgresql_hints, "CHANNEL", "another_channel")
        await a.until_everything()


async def test_gateways_with_one_secret_are_no_strangers(postgresql_url: str) -> None:
    async with bus(postgresql_url):
        await PostgresHintBus(postgresql_url, tokens=b"the same").check_tokens()
