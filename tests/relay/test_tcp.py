"""The TCP relay, before a server that says everything back."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest

from tests.relay.tcp import HOST, TcpRelay

WITHIN_S = 60


@dataclass
class Line:
    """A client's connection through the relay."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    async def say(self, text: bytes) -> None:
        self.writer.write(text)
        await self.writer.drain()

    async def hear(self, size: int) -> bytes:
        async with asyncio.timeout(WITHIN_S):
            return await self.reader.readexactly(size)

    async def end(self) -> bytes:
        async with asyncio.timeout(WITHIN_S):
            return await self.reader.read()


class Echo:
    """A server that says everything back, and counts what it heard."""

    def __init__(self) -> None:
        self.heard = asyncio.Queue[bytes](100)

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError):
            while data := await reader.read(1_000):
                self.heard.put_nowait(data)
                writer.write(data)
                await writer.drain()
        writer.close()

    async def next(self) -> bytes:
        async with asyncio.timeout(WITHIN_S):
            return await self.heard.get()


@contextlib.asynccontextmanager
async def relayed() -> AsyncIterator[tuple[TcpRelay, Echo]]:
    echo = Echo()
    server = await asyncio.start_server(echo, HOST, 0)
    async with server, TcpRelay(server.sockets[0].getsockname()[1]) as relay:
        yield relay, echo


@contextlib.asynccontextmanager
async def line_to(relay: TcpRelay) -> AsyncIterator[Line]:
    reader, writer = await asyncio.open_connection(HOST, relay.port)
    try:
        yield Line(reader, writer)
    finally:
        writer.close()
        with contextlib.suppress(ConnectionError):
            await writer.wait_closed()


async def test_bytes_pass_both_ways() -> None:
    async with relayed() as (relay, _), line_to(relay) as line:
        await line.say(b"hello")

        assert await line.hear(5) == b"hello"
        assert relay.links == 1


async def test_a_late_network_keeps_the_order() -> None:
    async with relayed() as (relay, _), line_to(relay) as line:
        relay.delay(ms=5)
        await line.say(b"one,")
        await line.say(b"two,")
        await line.say(b"three")

        assert await line.hear(13) == b"one,two,three"


async def test_what_is_stalled_comes_later_and_in_order() -> None:
    async with relayed() as (relay, echo), line_to(relay) as line:
        await line.say(b"1")
        await line.hear(1)
        assert await echo.next() == b"1"
        relay.stall()
        await line.say(b"2")
        await line.say(b"3")
        reached = echo.heard.qsize()
        relay.heal()

        assert reached == 0
        assert await line.hear(2) == b"23"


async def test_one_direction_can_be_stalled_alone() -> None:
    async with relayed() as (relay, echo), line_to(relay) as line:
        relay.down.shut()
        await line.say(b"x")
        heard = await echo.next()
        relay.heal()

        assert heard == b"x"
        assert await line.hear(1) == b"x"


async def test_a_new_connection_to_a_stalled_network_gets_no_answer_until_it_heals() -> None:
    async with relayed() as (relay, echo):
        relay.stall()
        async with line_to(relay) as line:
            await line.say(b"x")
            reached = echo.heard.qsize()
            relay.heal()
            answer = await line.hear(1)

    assert (reached, answer) == (0, b"x")


async def test_dropped_connections_end_and_new_ones_are_taken() -> None:
    async with relayed() as (relay, _):
        async with line_to(relay) as line:
            await line.say(b"x")
            await line.hear(1)
            relay.drop()
            end = await line.end()
        async with line_to(relay) as line:
            await line.say(b"y")
            again = await line.hear(1)

    assert (end, again) == (b"", b"y")


async def test_a_reset_is_told_from_an_end() -> None:
    async with relayed() as (relay, _), line_to(relay) as line:
        await line.say(b"x")
        await line.hear(1)
        relay.reset()

        with pytest.raises(ConnectionResetError):
            await line.end()


async def test_a_cut_network_takes_nobody_until_it_heals() -> None:
    async with relayed() as (relay, _):
        relay.cut()
        async with line_to(relay) as line:
            with pytest.raises(ConnectionResetError):
                await line.end()
        relay.heal()
        async with line_to(relay) as line:
            await line.say(b"x")
            answer = await line.hear(1)

    assert answer == b"x"


async def test_where_nobody_listens_behind_it_a_connection_ends() -> None:
    async with relayed() as (relay, _):
        target = relay.target
    async with TcpRelay(target) as relay, line_to(relay) as line:
        assert await line.end() == b""
