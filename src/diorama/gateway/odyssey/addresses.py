"""At which address a client of Odyssey's SDK reaches this gateway again.

What a proxy says of the address in front of it is taken from proxies that the operator trusts
alone. The SDK of a Safari sends a WebSocket to a loopback host to port 8090 instead, unless its
address begins with http; elsewhere ws is what each version of it knows.
Source: `@odysseyml/odyssey` 1.3.1, `signalingToWsGatewayUrl`, `normalizeUrl`.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Final

from starlette.requests import Request

from diorama.gateway.client_address import Network

_HOST: Final = re.compile(r"[A-Za-z0-9._-]{1,253}(:\d{1,5})?|\[[0-9A-Fa-f:.]{2,45}\](:\d{1,5})?")
_LOOPBACK: Final = re.compile(r"(localhost|127\.0\.0\.1)(:\d+)?")
_SCHEMES: Final = frozenset({"http", "https"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Base:
    """Where the gateway is.

    Attributes:
        public_url: where people reach it; empty is wherever they did.
        proxies: the networks of proxies whose word is taken.
    """

    public_url: str = ""
    proxies: Sequence[Network] = ()

    def of(self, request: Request) -> str:
        """Return the address that a request came to, without a slash at its end."""
        peer = request.client.host if request.client else ""
        return self.reached(peer, request.url.scheme, request.headers)

    def reached(self, peer: str, scheme: str, headers: Mapping[str, str]) -> str:
        """Return the address that a request of `peer` with these headers came to."""
        trusted = bool(peer) and any(ip_address(peer) in network for network in self.proxies)
        return gateway_url(self.public_url, scheme, headers, trusted=trusted)


def gateway_url(public_url: str, scheme: str, headers: Mapping[str, str], *, trusted: bool) -> str:
    """Return the gateway's address without a slash at its end.

    Args:
        public_url: what the operator says it is; empty is what the request came to.
        scheme: of the request, as this machine sees it.
        headers: of the request.
        trusted: whether it comes from a proxy whose word is taken.
    """
    if public_url:
        return public_url.rstrip("/")
    host = headers.get("host", "")
    if trusted:
        scheme = _last(headers.get("x-forwarded-proto", "")) or scheme
        host = _last(headers.get("x-forwarded-host", "")) or host
    scheme = scheme if scheme in _SCHEMES else "http"
    return f"{scheme}://{host if _HOST.fullmatch(host) else 'localhost'}"


def watching_url(gateway: str, project: str, session_id: str) -> str:
    """Return where the SDK lets others watch: it asks at this address with `/whep` behind it."""
    return f"{gateway}/odyssey/{project}/watch/{session_id}"


def signalling_url(gateway: str, project: str, ice_pass: str = "") -> str:
    """Return where the SDK asks for ICE servers and opens its socket.

    It asks for the servers with nothing but that address, so what tells whose session they are for
    is part of it: `ice_pass`, where there are servers that not everybody may use.
    """
    scheme, _, host = gateway.partition("://")
    if not _LOOPBACK.fullmatch(host):
        scheme = {"http": "ws", "https": "wss"}[scheme]
    return f"{scheme}://{host}/odyssey/{project}{f'/for/{ice_pass}' if ice_pass else ''}"


def _last(said: str) -> str:
    """Return what the nearest proxy said, of those in a row."""
    return said.rpartition(",")[2].strip()
