"""Whether STUN and TURN servers answer from here: the two ways around a NAT that media may need.

STUN (RFC 8489): one binding request. TURN (RFC 8656): one allocation, let go of at once.
"""

import asyncio
from typing import Final, cast

from aioice import stun, turn

from diorama.kernel.errors import Invalid, Refused, Unavailable

WITHIN_S: Final = 5.0
TURN_TRANSPORTS: Final = ("udp", "tcp")
_STUN_PORT: Final = 3_478
_MAX_PORT: Final = 65_535


def address_of(text: str) -> tuple[str, int]:
    """Return host and port of `stun:host`, `turn:host:3478`, `[::1]:3478` or `host:port`.

    Raises:
        Invalid: it is none of them.
    """
    rest = text.partition("?")[0]
    for scheme in ("stun:", "turn:"):
        rest = rest.removeprefix(scheme)
    host, colon, port = rest.rpartition(":")
    if not colon or rest.endswith("]"):
        host, port = rest, str(_STUN_PORT)
    host = host.removeprefix("[").removesuffix("]")
    if not host or not port.isdecimal() or not 0 < int(port) <= _MAX_PORT:
        raise Invalid(f"{text}: write it as host:port or turn:host:port", code="ice_address")
    return host, int(port)


async def seen_by_stun(server: tuple[str, int]) -> tuple[str, int]:
    """Return the address that a STUN server sees this machine under.

    Raises:
        Unavailable: it does not answer.
    """
    loop = asyncio.get_running_loop()
    try:
        async with asyncio.timeout(WITHIN_S):
            transport, asker = await loop.create_datagram_endpoint(_Asker, remote_addr=server)
            try:
                return await asker.answer()
            finally:
                transport.close()
    except (OSError, TimeoutError) as error:
        raise _silent(server, error) from None


async def relayed_by_turn(
    server: tuple[str, int], *, user: str, password: str, transport: str, secure: bool = False
) -> tuple[str, int]:
    """Return the address that a TURN server relays from, for as long as it takes to see it.

    Raises:
        Refused: it does not relay for this user: `turn_` and the error code of RFC 8656.
        Unavailable: it does not answer.
    """
    try:
        async with asyncio.timeout(WITHIN_S):
            relay, _ = await turn.create_turn_endpoint(
                asyncio.DatagramProtocol, server, user, password, transport=transport, ssl=secure
            )
            found: tuple[str, int] = relay.get_extra_info("sockname")
            relay.close()
            return found
    except stun.TransactionFailed as error:
        number, words = error.response.attributes["ERROR-CODE"]
        raise Refused(f"it refuses: {number} {words}", code=f"turn_{number}") from None
    except (OSError, TimeoutError, stun.TransactionError) as error:
        raise _silent(server, error) from None


class _Asker(asyncio.DatagramProtocol):
    """Sends one binding request, again while nothing comes."""

    def __init__(self) -> None:
        self._request = stun.Message(stun.Method.BINDING, stun.Class.REQUEST)
        self._found: asyncio.Future[tuple[str, int]] = asyncio.get_running_loop().create_future()
        self._transport: asyncio.DatagramTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the way out."""
        self._transport = cast(asyncio.DatagramTransport, transport)

    def datagram_received(self, data: bytes, _addr: object) -> None:
        """Take the answer."""
        try:
            message = stun.parse_message(data)
        except ValueError:
            return
        seen = message.attributes.get("XOR-MAPPED-ADDRESS")
        is_ours = message.transaction_id == self._request.transaction_id
        if is_ours and seen is not None and not self._found.done():
            self._found.set_result((str(seen[0]), int(seen[1])))

    def error_received(self, error: Exception) -> None:
        """Take that nobody is there."""
        if not self._found.done():
            self._found.set_exception(error)

    async def answer(self) -> tuple[str, int]:
        """Return where the server sees us; the caller bounds the wait."""
        assert self._transport is not None, "it is open"
        wait_s = stun.RETRY_RTO
        while True:
            self._transport.sendto(bytes(self._request))
            try:
                async with asyncio.timeout(wait_s):
                    return await asyncio.shield(self._found)
            except TimeoutError:
                wait_s *= 2


def _silent(server: tuple[str, int], error: Exception) -> Unavailable:
    why = str(error) or f"nothing came within {WITHIN_S:g} s"
    return Unavailable(f"{server[0]}:{server[1]} does not answer: {why}", code="ice_silent")
