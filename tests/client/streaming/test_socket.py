"""The viewer's socket, against a gateway that runs."""

import asyncio
from pathlib import Path
from typing import Final

import aiohttp

from diorama.client.address import socket_address
from diorama.client.core.model import Received, SocketLost, SocketOpened
from diorama.client.streaming.socket import LOST, Happened, Socket
from diorama.protocol import viewer as wire
from tests.gateway.running import gateway_at
from tests.ports import reserved_port

PATIENCE_S: Final = 60.0


class Ear:
    """What a socket tells."""

    def __init__(self) -> None:
        self._heard: asyncio.Queue[Happened] = asyncio.Queue()

    def __call__(self, _socket: Socket, happened: Happened) -> None:
        self._heard.put_nowait(happened)

    async def next(self) -> Happened:
        async with asyncio.timeout(PATIENCE_S):
            return await self._heard.get()


async def test_a_socket_is_opened_welcomed_and_closed_as_it_is_told(tmp_path: Path) -> None:
    async with gateway_at(tmp_path) as place:
        await place.worker()
        opened = await place.open()
        ear = Ear()
        socket = Socket(place.http, socket_address(place.front.url, "/v1/connect"), ear)
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(socket.run())
            assert await ear.next() == SocketOpened()
            socket.send(wire.Hello(protocol=1, token=opened.token))
            received = await ear.next()
            socket.close(1000)
            while not isinstance(lost := await ear.next(), SocketLost):
                pass

    assert isinstance(received, Received)
    assert isinstance(received.message, wire.Welcome)
    assert lost == SocketLost(1000)


async def test_a_refusal_is_heard_before_its_close(tmp_path: Path) -> None:
    async with gateway_at(tmp_path) as place:
        ear = Ear()
        socket = Socket(place.http, socket_address(place.front.url, "/v1/connect"), ear)
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(socket.run())
            assert await ear.next() == SocketOpened()
            socket.send(wire.Hello(protocol=1, token="no token"))
            problem, lost = await ear.next(), await ear.next()

    assert isinstance(problem, Received)
    assert isinstance(problem.message, wire.Problem)
    assert lost == SocketLost(4013)


async def test_where_nobody_listens_the_socket_is_lost() -> None:
    ear = Ear()
    with reserved_port() as port:
        async with aiohttp.ClientSession() as http:
            await Socket(http, f"ws://127.0.0.1:{port}/v1/connect", ear).run()

    assert await ear.next() == SocketLost(LOST)
