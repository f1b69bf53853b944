"""What an operator may name as a STUN or TURN server: the addresses of RFC 7064 and RFC 7065. Pure.

Stricter than the two where a browser would only fail later: there is no STUN over TLS, TURN over
TLS goes by TCP, since DTLS to a TURN server is spoken by no browser, and an address has no user.
"""

import re
from dataclasses import dataclass
from typing import Final, Literal, NoReturn, cast

from diorama.kernel.errors import Invalid

Scheme = Literal["stun", "turn", "turns"]
Transport = Literal["udp", "tcp"]
STUN: Final = ("stun",)
TURN: Final = ("turn", "turns")
PORT: Final = 3_478
TLS_PORT: Final = 5_349
_MAX_PORT: Final = 65_535
_HOST: Final = re.compile(r"\[(?P<v6>[0-9A-Fa-f:.]{2,45})\]|(?P<name>[A-Za-z0-9._-]{1,253})")


@dataclass(frozen=True, slots=True, kw_only=True)
class IceUrl:
    """One address of a server.

    Attributes:
        host: a name or an address; one of IPv6 without its brackets.
        transport: how the server is reached; below TLS for `turns`.
    """

    scheme: Scheme
    host: str
    port: int
    transport: Transport

    @property
    def is_secure(self) -> bool:
        """Whether it is reached through TLS."""
        return self.scheme == "turns"


def read_ice_url(text: str, schemes: tuple[str, ...] = STUN + TURN) -> IceUrl:
    """Return what an address such as `turn:turn.example.com:3478?transport=tcp` says.

    Raises:
        Invalid: with code `ice_url`; the sentence shows no address with a password in it.
    """
    scheme, colon, rest = text.partition(":")
    if "@" in text:
        why = "an address has no user in it: `username` and `credential` are settings of their own"
        raise Invalid(why, code="ice_url")
    if not colon or scheme not in schemes:
        _refuse(text, f"must begin with {' or '.join(f'{one}:' for one in schemes)}")
    where, asks, query = rest.partition("?")
    host = _HOST.match(where)
    if host is None or rest.startswith("//"):
        _refuse(text, f"needs a host, as in {scheme}:{scheme}.example.com:{_port(scheme)}")
    return IceUrl(
        scheme=cast("Scheme", scheme),
        host=host["v6"] or host["name"],
        port=_read_port(text, where[host.end() :], scheme),
        transport=_read_transport(text, scheme, query if asks else None),
    )


def _read_port(text: str, rest: str, scheme: str) -> int:
    if not rest:
        return _port(scheme)
    port = rest.removeprefix(":")
    is_number = port.isascii() and port.isdecimal() and len(port) < len("100000")
    if not rest.startswith(":") or not is_number or not 0 < int(port) <= _MAX_PORT:
        _refuse(text, f"has no port from 1 to {_MAX_PORT} behind its host")
    return int(port)


def _read_transport(text: str, scheme: str, query: str | None) -> Transport:
    secure = scheme == "turns"
    if query is None:
        return "tcp" if secure else "udp"
    if scheme in STUN:
        _refuse(text, "a STUN server's address has nothing behind its port")
    if query not in {"transport=udp", "transport=tcp"}:
        _refuse(text, "may have ?transport=udp or ?transport=tcp behind it, and nothing else")
    if secure and query == "transport=udp":
        _refuse(text, "TURN over TLS goes by TCP: no browser speaks DTLS to a TURN server")
    return "tcp" if query == "transport=tcp" else "udp"


def _port(scheme: str) -> int:
    return TLS_PORT if scheme == "turns" else PORT


def _refuse(text: str, why: str) -> NoReturn:
    raise Invalid(f"{text}: {why}", code="ice_url")
