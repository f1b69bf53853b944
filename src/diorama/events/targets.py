"""Where a webhook may lead. Pure: it resolves nothing and connects to nothing.

Two questions, asked at different times: is this text an address of a receiver (when it is stored),
and may this network address be connected to (each time, of the very address that is connected to,
whatever a name meant a moment ago). The list is our own: `ipaddress.is_global` lets through
NAT64-mapped loopback, site-local and multicast addresses.
Source: reference notes on request forgery: F77, and the deny list of section 6 item 26.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import (
    AddressValueError,
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)
from typing import Final, TypeAlias
from urllib.parse import SplitResult, urlsplit

from diorama.kernel.errors import Invalid
from diorama.kernel.networks import SPECIAL_PURPOSE

Address: TypeAlias = IPv4Address | IPv6Address
Network: TypeAlias = IPv4Network | IPv6Network

MAX_URL: Final = 2_048
MAX_HOST: Final = 253
MAX_LABEL: Final = 63
PORTS: Final = {"https": 443, "http": 80}
_HOST: Final = frozenset("abcdefghijklmnopqrstuvwxyz0123456789-.")
_URL: Final = frozenset(
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~:/?[]@!$&'()*+,;=%"
)

DENIED: Final[Sequence[Network]] = (
    *SPECIAL_PURPOSE,
    *(
        ip_network(one)
        for one in (
            "192.31.196.0/24",  # AS112
            "192.52.193.0/24",  # AMT
            "192.88.99.0/24",  # 6to4 relays
            "192.175.48.0/24",  # AS112
            "::/96",  # IPv4-compatible
            "2001::/23",  # what protocols were assigned, benchmarking and ORCHID among it
            "3fff::/20",  # documentation
            "5f00::/16",  # segment routing
        )
    ),
)
"""What is no place on the internet; the metadata services of clouds are among it."""


@dataclass(frozen=True, slots=True)
class Target:
    """An address of a receiver, as it was written, and what it names."""

    url: str
    scheme: str
    host: str
    port: int


def read_target(url: str, *, plain: bool) -> Target:
    """Return where a URL leads.

    Args:
        url: as it was written.
        plain: whether http:// is taken too.

    Raises:
        Invalid: `webhook_url`: it is not the plain, absolute URL of a receiver.
    """
    parts = _split(url)
    if parts.scheme not in (PORTS if plain else ("https",)):
        raise _refused(
            "it must begin with https://; http:// reaches only the networks that the operator names"
            " in the setting webhooks.allow_networks"
        )
    if "@" in parts.netloc:
        raise _refused("it must not hold a name or a password")
    host = parts.hostname or ""
    _check_host(host, bracketed=parts.netloc.startswith("["))
    try:
        port = PORTS[parts.scheme] if parts.port is None else parts.port
    except ValueError:
        raise _refused("its port is no number from 1 to 65535") from None
    if port == 0 or parts.netloc.endswith(":"):
        raise _refused("its port is no number from 1 to 65535")
    return Target(url, parts.scheme, host, port)


def _split(url: str) -> SplitResult:
    """Return the parts of a URL; whatever two readers could read in two ways is refused."""
    if len(url) > MAX_URL:
        raise _refused(f"it has more than {MAX_URL} characters")
    if not set(url) <= _URL:
        raise _refused("it has characters that a URL holds only encoded, or a fragment")
    try:
        parts = urlsplit(url)
    except ValueError:
        raise _refused("it is no URL") from None
    if not url.lower().startswith(f"{parts.scheme}://") or not parts.netloc:
        raise _refused("it is no absolute URL")
    return parts


def _check_host(host: str, *, bracketed: bool) -> None:
    if bracketed:
        try:
            IPv6Address(host.replace("%", " "))  # no scope: it names an interface of this machine
        except AddressValueError:
            raise _refused("its host is no IPv6 address") from None
        return
    labels = host.removesuffix(".").split(".")
    if not (0 < len(host) <= MAX_HOST and set(host) <= _HOST):
        raise _refused("its host is no name: one with other letters is written as xn--")
    if any(not 0 < len(label) <= MAX_LABEL or label != label.strip("-") for label in labels):
        raise _refused("its host is no name")
    if _looks_like_a_number(labels[-1]):
        try:
            IPv4Address(host)  # four decimal numbers without leading zeros, and nothing else
        except AddressValueError:
            raise _refused("its host is no name and no plain IPv4 address") from None


def _looks_like_a_number(label: str) -> bool:
    """Whether somebody may read a host with this last label as an IPv4 address (WHATWG URL)."""
    return label.isdigit() or label.startswith("0x")


def _refused(why: str) -> Invalid:
    return Invalid(f"a webhook cannot be sent to this URL: {why}", code="webhook_url")


def refusal_of(address: str, *, own: bool, allowed: Sequence[Network]) -> str | None:
    """Return why an address may not be connected to, as a machine-readable word; None is it may.

    Args:
        address: numeric, as the operating system resolved it.
        own: whether it is one of this machine's.
        allowed: networks that the operator opened.
    """
    try:
        numeric = ip_address(address)
    except ValueError:  # a scope, or no address at all
        return "address_denied"
    if any(numeric in network for network in allowed):
        return None
    if own or any(numeric in network for network in DENIED):
        return "address_denied"
    return None


def is_allowed_plainly(address: str, allowed: Sequence[Network]) -> bool:
    """Whether http:// may be spoken with an address: in a network that the operator opened."""
    numeric = ip_address(address)
    return any(numeric in network for network in allowed)
