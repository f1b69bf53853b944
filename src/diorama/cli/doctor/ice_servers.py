"""Asks STUN and TURN servers, and says of each what it answers and what a refusal means.

Those that a gateway here tells its viewers of are asked with a credential minted as theirs are, so
what the doctor is refused, they are.
"""

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from diorama.cli.doctor import reachability
from diorama.cli.doctor.findings import Finding, fail, ok
from diorama.gateway.ice import IceRules, ice_for
from diorama.gateway.ice_urls import IceUrl, read_ice_url
from diorama.kernel.errors import DioramaError, Refused

HOLDER: Final = "doctor"
_SILENT: Final = "is this port let out of this network, and is the server running?"
_NAMED_401: Final = "check user and password"
_MINTED_401: Final = (
    "the secret of the server (coturn: static-auth-secret) is another than `ice.secret`,"
    " or its clock differs by more than `ice.ttl_s`"
)
_FIXED_401: Final = "the server knows no such user: check `ice.username` and `ice.credential`"
_REFUSALS: Final = {
    "turn_403": "the server does not relay for anybody from here",
    "turn_486": "this user has all the relays it may have (coturn: user-quota)",
    "turn_508": "it has no room for another relay (coturn: total-quota, min-port, max-port)",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One server, by one way.

    Attributes:
        name: as it was named.
        transport: `udp`, `tcp` or `tls`; None asks what a STUN server sees.
        on_401: what to do where it knows no such user.
    """

    name: str
    address: tuple[str, int]
    transport: str | None = None
    user: str = ""
    password: str = field(default="", repr=False)
    on_401: str = _NAMED_401


def named(stun: Sequence[str], turn: str | None, user: str, password: str) -> list[Asked]:
    """Return what is asked of servers that somebody named. Raises Invalid."""
    asked = [Asked(name=one, address=reachability.address_of(one)) for one in stun]
    if turn is not None:
        asked += [
            Asked(
                name=turn,
                address=reachability.address_of(turn),
                transport=transport,
                user=user,
                password=password,
            )
            for transport in reachability.TURN_TRANSPORTS
        ]
    return asked


def set_here(rules: IceRules, now_us: int) -> list[Asked]:
    """Return what is asked of servers that a gateway tells of, with a credential of its own."""
    on_401 = _MINTED_401 if rules.secret else _FIXED_401
    asked: list[Asked] = []
    for server in ice_for(rules, HOLDER, now_us):
        for name in server.urls:
            url = read_ice_url(name)
            asked.append(
                Asked(
                    name=name,
                    address=(url.host, url.port),
                    transport=_transport(url) if server.username is not None else None,
                    user=server.username or "",
                    password=server.credential or "",
                    on_401=on_401,
                )
            )
    return asked


def ask(asked: Asked) -> Iterator[Finding]:
    """Yield what a server answers."""
    check = "stun" if asked.transport is None else "turn"
    try:
        text = asyncio.run(_answer(asked))
    except Refused as error:
        advice = asked.on_401 if error.code == "turn_401" else _REFUSALS.get(error.code)
        yield fail(check, f"{asked.name} over {asked.transport}: {error}", advice)
    except DioramaError as error:
        yield fail(check, f"{asked.name}: {error}", _SILENT)
    else:
        yield ok(check, text)


async def _answer(asked: Asked) -> str:
    if asked.transport is None:
        seen = await reachability.seen_by_stun(asked.address)
        return f"{asked.name} sees this machine as {seen[0]}"
    relayed = await reachability.relayed_by_turn(
        asked.address,
        user=asked.user,
        password=asked.password,
        transport="udp" if asked.transport == "udp" else "tcp",
        secure=asked.transport == "tls",
    )
    return f"{asked.name} over {asked.transport} relays from {relayed[0]}"


def _transport(url: IceUrl) -> str:
    return "tls" if url.is_secure else url.transport
