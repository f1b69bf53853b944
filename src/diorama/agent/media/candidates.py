"""Decides which of a viewer's ICE candidates a worker may send packets to.

A candidate is an address the worker will probe. One in a special-purpose range would let a
stranger make the worker knock on its own network, so those are dropped unless the worker's
operator allows them (one machine, a private network). Names (`.local`, mDNS) are never looked
up: the viewer's own checks show its address anyway, and waiting for a name costs a second. Pure.
"""

from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address
from typing import Final

from diorama.kernel.errors import Invalid
from diorama.kernel.networks import SPECIAL_PURPOSE

MAX_CANDIDATE_CHARS: Final = 512
_FIELDS: Final = 8  # foundation component transport priority address port "typ" type
_MAX_PORT: Final = 65_535
_KINDS: Final = ("host", "srflx", "prflx", "relay")


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedCandidate:
    """What this module reads of a candidate line."""

    address: str
    transport: str
    kind: str


def parse_candidate(text: str) -> ParsedCandidate:
    """Return what a `candidate:` line says. Raises Invalid where it is not one.

    Source: RFC 8839, section 5.1.
    """
    fields = text.removeprefix("a=").removeprefix("candidate:").split()
    if len(text) > MAX_CANDIDATE_CHARS or len(fields) < _FIELDS or fields[6] != "typ":
        raise Invalid("an ICE candidate does not follow RFC 8839", code="bad_candidate")
    port, kind = fields[5], fields[7]
    if not (port.isascii() and port.isdigit() and int(port) <= _MAX_PORT) or kind not in _KINDS:
        raise Invalid("an ICE candidate has no valid port or type", code="bad_candidate")
    return ParsedCandidate(address=fields[4], transport=fields[2].lower(), kind=kind)


def is_name(address: str) -> bool:
    """Return whether it is a name and not an address."""
    try:
        ip_address(address)
    except ValueError:
        return True
    return False


def is_special_purpose(address: str) -> bool:
    """Return whether an address is one of `SPECIAL_PURPOSE`, or no address at all but a name."""
    if is_name(address):
        return True
    parsed = ip_address(address)
    if isinstance(parsed, IPv6Address) and parsed.scope_id is not None:
        return True
    return any(
        parsed in network for network in SPECIAL_PURPOSE if network.version == parsed.version
    )
