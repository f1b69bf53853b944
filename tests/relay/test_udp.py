"""The UDP relay, before a socket that says everything back."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import cast

from tests.relay.udp import Address, UdpRelay
from tests.relay.weather import Weather

HOST = "127.0.0.1"
WITHIN_S = 60


class Echo(asyncio.DatagramProtocol):
    """Says everything back."""

    transport: asyncio.DatagramTransport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.DatagramTransport, transport)

    def datagram_received(self, data: bytes, addr: Address) -> None:
        self.transport.sendto(data, addr)


class Ear(asyncio.DatagramProtocol):
    """Keeps what it hears."""

    def __init__(self) -> None:
        self.heard = asyncio.Queue[bytes](100)

    def datagram_received(self, data: bytes, addr: Address) -> None:  # noqa: ARG002 - asyncio's
        self.heard.put_nowait(data)


class Sender:
    """A client's socket."""

    def __init__(self, transport: asyncio.DatagramTransport, ear: Ear, door: Address) -> None:
        self._transport = transport
        self._ear = ear
        self._door = door

    def say(self, *texts: bytes) -> None:
        for text in texts:
            self._transport.sendto(text, self._door)

    async def hear(self) -> bytes:
        async with asyncio.timeout(WITHIN_S):
            return await self._ear.heard.get()


async def until_lost(relay: UdpRelay, count: int) -> None:
    """Wait until the relay has heard and lost so many."""
    async with asyncio.timeout(WITHIN_S):
        while relay.lost < count:  # noqa: ASYNC110 - the loop's own sockets
            await asyncio.sleep(0)


@contextlib.asynccontextmanager
async def relayed(seed: int = 1) -> AsyncIterator[tuple[UdpRelay, Address]]:
    loop = asyncio.get_running_loop()
    far, _ = await loop.create_datagram_endpoint(Echo, local_addr=(HOST, 0))
    try:
        async with UdpRelay(seed=seed) as relay:
            yield relay, await relay.door_to(far.get_extra_info("sockname"))
    finally:
        far.close()


@contextlib.asynccontextmanager
async def sender_to(door: Address) -> AsyncIterator[Sender]:
    loop = asyncio.get_running_loop()
    transport, ear = await loop.create_datagram_endpoint(Ear, local_addr=(HOST, 0))
    try:
        yield Sender(transport, ear, door)
    finally:
        transport.close()


async def test_datagrams_pass_and_answers_find_their_sender() -> None:
    async with relayed() as (_, door), sender_to(door) as one, sender_to(door) as two:
        one.say(b"one")
        two.say(b"two")

        assert (await one.hear(), await two.hear()) == (b"one", b"two")


async def test_the_same_far_address_has_the_same_door() -> None:
    async with relayed() as (relay, door):
        far = (HOST, 9)

        assert await relay.door_to(far) == await relay.door_to(far) != door


async def test_a_cut_loses_everything_and_healing_brings_back_what_is_said_then() -> None:
    async with relayed() as (relay, door), sender_to(door) as sender:
        relay.cut()
        sender.say(b"lost", b"lost too")
        await until_lost(relay, 2)
        relay.heal()
        sender.say(b"healed")

        assert await sender.hear() == b"healed"


async def test_a_door_opened_in_bad_weather_has_it() -> None:
    async with UdpRelay(seed=1) as relay:
        relay.cut()
        door = await relay.door_to((HOST, 9))
        async with sender_to(door) as sender:
            sender.say(b"x")
            await until_lost(relay, 1)

    assert relay.passed == 0


async def test_what_is_late_comes_all_the_same() -> None:
    async with relayed() as (relay, door), sender_to(door) as sender:
        relay.delay(ms=5)
        sender.say(b"late")

        assert await sender.hear() == b"late"


async def test_swapped_datagrams_come_out_of_turn() -> None:
    async with relayed() as (relay, door), sender_to(door) as sender:
        relay.be(Weather(swap_share=1.0))
        sender.say(b"1", b"2")
        heard = [await sender.hear(), await sender.hear()]

    # Swapped on the way there, and once more on the way back.
    assert heard == [b"1", b"2"]
    assert relay.passed == 4
