"""Sending a message to an address that a stranger chose, without becoming the stranger's hand.

The name is resolved once; every address it means must be one that may be connected to, and the
connection goes to those very addresses, with the name only in Host and in TLS. So a name that means
something else a moment later changes nothing. The socket itself is the last to be asked: none is
made for any other address. No redirect is followed, no proxy of the environment is used, no cookie
kept, nothing unpacked; the whole exchange has 15 s, and of the answer 64 KiB are read.
Source: reference notes, F77 and section 6 items 28 and 30.
"""

import asyncio
import errno
import socket
import ssl
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Final

import aiohttp
import structlog
from aiohttp.abc import AbstractResolver, ResolveResult
from yarl import URL

from diorama import __version__
from diorama.events.retrying import Outcome
from diorama.events.targets import (
    Network,
    Target,
    is_allowed_plainly,
    read_target,
    refusal_of,
)
from diorama.kernel.errors import Invalid

WITHIN_S: Final = 15.0
RESOLVED_WITHIN_S: Final = 5.0
MAX_ANSWER: Final = 64 * 1_024
KEPT_ANSWER: Final = 1_000
"""Characters of an answer that the delivery log shows."""
RESOLVERS: Final = 16
"""Names that are resolved at once: the operating system does it one a thread."""
MAX_ADDRESSES: Final = 16

Resolve = Callable[[str, int], Sequence[str]]

_log: Final = structlog.stdlib.get_logger(__name__)


class NotSent(Exception):
    """No connection was made; the message is the machine-readable word for why."""


@dataclass(frozen=True, slots=True)
class Message:
    """What is sent, and where to."""

    url: str
    body: bytes
    headers: Mapping[str, str]


def resolve_by_system(host: str, port: int) -> Sequence[str]:
    """Return the addresses of a host, as the operating system knows them. Blocks.

    Raises:
        OSError: it has none.
    """
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


def is_own(address: str) -> bool:
    """Whether an address is one of this machine's: the system would call itself from there.

    Connecting a datagram socket sends nothing; it only chooses the route.
    """
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    try:
        with socket.socket(family, socket.SOCK_DGRAM) as probe:
            probe.connect((address, 9))
            return bool(probe.getsockname()[0] == address)
    except OSError:  # no way there at all
        return False


class Outbound:
    """Sends messages.

    Args:
        allowed: networks that the operator opened, though they are no place on the internet.
        resolve: finds the addresses of a host; may block.
        trust: the authorities by which receivers prove who they are.
    """

    def __init__(
        self,
        allowed: Sequence[Network] = (),
        *,
        resolve: Resolve = resolve_by_system,
        trust: ssl.SSLContext | None = None,
        within_s: float = WITHIN_S,
    ) -> None:
        self.allowed = tuple(allowed)
        self._resolve = resolve
        self._trust = trust or ssl.create_default_context()
        self._within_s = within_s
        self._resolvers = ThreadPoolExecutor(RESOLVERS, thread_name_prefix="diorama-resolver")

    def close(self) -> None:
        """Let go of the resolving threads; one that still waits for an answer is left to itself."""
        self._resolvers.shutdown(wait=False, cancel_futures=True)

    async def send(self, message: Message) -> Outcome:
        """Send a message, and return what came of it; nothing that a receiver does raises."""
        began_s = time.monotonic()
        try:
            async with asyncio.timeout(self._within_s):
                met = await self._exchange(message)
        except Exception as error:  # noqa: BLE001 - a stranger answers: what that raises is its own
            met = Outcome(error=_word_for(error))
        return replace(met, duration_ms=round((time.monotonic() - began_s) * 1_000))

    async def _exchange(self, message: Message) -> Outcome:
        try:
            target = read_target(message.url, plain=bool(self.allowed))
        except Invalid:
            raise NotSent("url_refused") from None
        addresses = await self._addresses(target)
        connector = aiohttp.TCPConnector(
            resolver=_Pinned(addresses),
            socket_factory=lambda info: _socket_to(info, addresses),
            ssl=self._trust,
            force_close=True,
            use_dns_cache=False,
        )
        async with (
            aiohttp.ClientSession(
                connector=connector,
                cookie_jar=aiohttp.DummyCookieJar(),
                trust_env=False,
                auto_decompress=False,
                timeout=aiohttp.ClientTimeout(total=self._within_s),
            ) as session,
            session.post(
                URL(message.url, encoded=True),
                data=message.body,
                headers={
                    "Content-Type": "application/json",
                    "User-Agent": f"Diorama/{__version__}",
                    "Accept-Encoding": "identity",
                    **message.headers,
                },
                allow_redirects=False,
            ) as response,
        ):
            return Outcome(
                status=response.status,
                error=None if _is_good(response.status) else "status_not_ok",
                answer=await _beginning(response),
                asked_s=_asked_s(response.headers.get("Retry-After")),
            )

    async def _addresses(self, target: Target) -> list[str]:
        """Return what a target's name means, once all of it may be connected to."""
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(RESOLVED_WITHIN_S):
                found = await loop.run_in_executor(
                    self._resolvers, self._resolve, target.host, target.port
                )
        except TimeoutError:
            raise NotSent("name_timeout") from None
        except (OSError, UnicodeError):
            raise NotSent("name_unknown") from None
        addresses = list(found)[:MAX_ADDRESSES]
        if not addresses:
            raise NotSent("name_unknown")
        for address in addresses:
            refusal = refusal_of(address, own=is_own(address), allowed=self.allowed)
            if refusal is not None:
                raise NotSent(refusal)
            if target.scheme == "http" and not is_allowed_plainly(address, self.allowed):
                raise NotSent("plain_http")
        return addresses


class _Pinned(AbstractResolver):
    """Resolves to what was looked at, whatever is asked."""

    def __init__(self, addresses: Sequence[str]) -> None:
        self._addresses = addresses

    async def resolve(
        self,
        host: str,
        port: int = 0,
        family: socket.AddressFamily = socket.AF_UNSPEC,  # noqa: ARG002 - the library's signature
    ) -> list[ResolveResult]:
        """Return the addresses."""
        return [
            ResolveResult(
                hostname=host,
                host=address,
                port=port,
                family=socket.AF_INET6 if ":" in address else socket.AF_INET,
                proto=socket.IPPROTO_TCP,
                flags=socket.AI_NUMERICHOST,
            )
            for address in self._addresses
        ]

    async def close(self) -> None:
        """Do nothing: there is nothing to let go of."""


def _socket_to(info: aiohttp.AddrInfoType, addresses: Sequence[str]) -> socket.socket:
    """Return a socket for an address that was looked at, and for no other."""
    family, kind, proto, _, address = info
    if str(address[0]) not in addresses:
        raise PermissionError(errno.EACCES, "this address was not looked at", address[0])
    return socket.socket(family, kind, proto)


async def _beginning(response: aiohttp.ClientResponse) -> str:
    """Return the beginning of an answer as text; the connection is cut where it goes on."""
    taken = bytearray()
    try:
        while len(taken) < MAX_ANSWER:
            chunk = await response.content.read(MAX_ANSWER - len(taken))
            if not chunk:
                break
            taken += chunk
    except (aiohttp.ClientError, ValueError):  # half an answer: its status is what counts
        pass
    except TimeoutError:
        if not _is_good(response.status):
            raise
    text = taken[: 4 * KEPT_ANSWER].decode("utf-8", "replace")[:KEPT_ANSWER]
    return "".join(
        char if char.isprintable() or char == "\n" else "\N{REPLACEMENT CHARACTER}" for char in text
    )


def _is_good(status: int) -> bool:
    return 200 <= status < 300  # noqa: PLR2004 - the class of statuses that HTTP calls successful


def _asked_s(header: str | None) -> float | None:
    """Return the seconds of a Retry-After; one with a date is left to the schedule."""
    digits = header is not None and header.isascii() and header.isdigit() and len(header) < 10  # noqa: PLR2004 - more is nonsense
    return float(header or 0) if digits else None


def _word_for(error: Exception) -> str:
    """Return the machine-readable word for why no answer came."""
    if isinstance(error, NotSent):
        return str(error)
    if isinstance(error, TimeoutError):
        return "timeout"
    if isinstance(error, aiohttp.ClientConnectorCertificateError | aiohttp.ClientConnectorSSLError):
        return "tls"
    if isinstance(error, aiohttp.ClientConnectorError):
        return "not_reached"
    if not isinstance(error, OSError | ValueError | aiohttp.ClientError):
        _log.error("an answer could not be read", exc_info=error)
    return "answer_unreadable"
