"""STUN and TURN servers, against a small one on loopback."""

import asyncio
import contextlib
import hashlib
import socket
from collections.abc import AsyncIterator
from typing import cast

import pytest
from aioice import stun

from diorama.cli.doctor import reachability
from diorama.cli.doctor.reachability import address_of, relayed_by_turn, seen_by_stun
from diorama.kernel.errors import Invalid, Refused, Unavailable

REALM, USER, PASSWORD = "test", "ann", "wonder"
KEY = hashlib.md5(f"{USER}:{REALM}:{PASSWORD}".encode()).digest()


class Server(asyncio.DatagramProtocol):
    """Answers binding requests, and allocations of one user."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.DatagramTransport, transport)

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        asked = stun.parse_message(data)
        reply = stun.Message(asked.message_method, stun.Class.RESPONSE, asked.transaction_id)
        reply.attributes["XOR-MAPPED-ADDRESS"] = addr
        if asked.message_method is not stun.Method.BINDING:
            reply.attributes["LIFETIME"] = asked.attributes.get("LIFETIME", 0)
            reply.attributes["XOR-RELAYED-ADDRESS"] = ("192.0.2.7", 50_000)
            knows = "USERNAME" in asked.attributes and asked.check_message_integrity(KEY)
            if not knows:
                reply = stun.Message(asked.message_method, stun.Class.ERROR, asked.transaction_id)
                reply.attributes["ERROR-CODE"] = (401, "Unauthorized")
                reply.attributes["REALM"] = REALM
                reply.attributes["NONCE"] = b"nonce"
            else:
                reply.add_message_integrity(KEY)
        self._transport.sendto(bytes(reply), addr)


@contextlib.asynccontextmanager
async def server() -> AsyncIterator[tuple[str, int]]:
    loop = asyncio.get_running_loop()
    transport, _ = await loop.create_datagram_endpoint(Server, local_addr=("127.0.0.1", 0))
    try:
        yield transport.get_extra_info("sockname")
    finally:
        transport.close()


async def test_a_stun_server_tells_where_it_sees_us() -> None:
    async with server() as address:
        assert (await seen_by_stun(address))[0] == "127.0.0.1"


async def test_a_turn_server_relays_for_a_user_it_knows() -> None:
    async with server() as address:
        found = await relayed_by_turn(address, user=USER, password=PASSWORD, transport="udp")

    assert found == ("192.0.2.7", 50_000)


async def test_a_turn_server_that_does_not_know_the_user_refuses() -> None:
    async with server() as address:
        with pytest.raises(Refused, match="it refuses: 401 Unauthorized"):
            await relayed_by_turn(address, user=USER, password="wrong", transport="udp")


async def test_a_server_that_says_nothing_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reachability, "WITHIN_S", 0.05)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as silent:
        silent.bind(("127.0.0.1", 0))
        with pytest.raises(Unavailable, match="does not answer: nothing came within"):
            await seen_by_stun(silent.getsockname())


async def test_a_server_that_is_not_there_is_told_apart() -> None:
    with pytest.raises(Unavailable, match="does not answer"):
        await seen_by_stun(("127.0.0.1", 9))


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("stun:stun.example", ("stun.example", 3_478)),
        ("stun.example:19302", ("stun.example", 19_302)),
        ("turn:192.0.2.1:443?transport=tcp", ("192.0.2.1", 443)),
        ("[2001:db8::1]:3478", ("2001:db8::1", 3_478)),
        ("[2001:db8::1]", ("2001:db8::1", 3_478)),
    ],
)
def test_a_server_is_named_as_browsers_name_it(text: str, address: tuple[str, int]) -> None:
    assert address_of(text) == address


@pytest.mark.parametrize("text", ["", ":3478", "host:0", "host:70000", "host:port"])
def test_what_names_no_server_is_refused(text: str) -> None:
    with pytest.raises(Invalid):
        address_of(text)
