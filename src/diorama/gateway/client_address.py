"""Which network address a visitor comes from, as far as the gateway can know. Pure.

Behind a proxy every connection comes from the proxy, which says in `X-Forwarded-For` who it serves.
Anybody can send that header, so it is read from its end, and only as far as every hop is a proxy
that the operator trusts: the first that is not is the visitor. The address itself is never stored,
only a keyed digest that tells visitors apart; IPv6 counts by /64, which one household has whole.
"""

import hashlib
import hmac
import ipaddress
from collections.abc import Sequence
from typing import Final, TypeAlias

MAX_HOPS: Final = 32
_HOUSEHOLD: Final = 64
_SHOWN: Final = 32
Address: TypeAlias = ipaddress.IPv4Address | ipaddress.IPv6Address
Network: TypeAlias = ipaddress.IPv4Network | ipaddress.IPv6Network


def networks(text: str) -> tuple[Network, ...]:
    """Return networks written with commas between them.

    Raises:
        ValueError: one is none.
    """
    return tuple(ipaddress.ip_network(one.strip()) for one in text.split(",") if one.strip())


def visitor_address(
    peer: str | None, forwarded_for: Sequence[str], trusted: Sequence[Network]
) -> Address | None:
    """Return the address of a visitor; None is the operator's own machines, or not known.

    Args:
        peer: where the connection comes from.
        forwarded_for: every `X-Forwarded-For` of the request, in order.
        trusted: the networks of proxies.
    """
    hops = [peer or "", *reversed(",".join(forwarded_for).split(","))]
    for hop in hops[:MAX_HOPS]:
        address = _address(hop)
        if address is None:
            return None
        if not any(address in network for network in trusted):
            return None if address.is_loopback else address
    return None


def visitor_tag(address: Address | None, secret: bytes) -> str | None:
    """Return what stands for an address in the store; nobody without the secret finds it back."""
    if address is None:
        return None
    said = f"visitor:{household(address)}"
    return hmac.new(secret, said.encode(), hashlib.sha256).hexdigest()[:_SHOWN]


def household(address: Address) -> Network:
    """Return the addresses that count as one visitor's."""
    prefix = _HOUSEHOLD if isinstance(address, ipaddress.IPv6Address) else address.max_prefixlen
    return ipaddress.ip_network((address, prefix), strict=False)


def _address(text: str) -> Address | None:
    """Return an address as proxies write them: with a port, or in brackets."""
    text = text.strip()
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        address = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return mapped or address
