"""Which ICE servers the SDK of Odyssey is told of. Pure.

Told of none, it asks Google's for whoever only watches, and its Python twin for everybody. A server
of ours that nobody runs would be waited for, five seconds by who watches; a name that nothing can
have fails at once, in Chromium within 10 ms, and is asked of nobody (RFC 2606, section 2). With a
`turn:` address the SDK takes no way but that relay, with a `turns:` one it takes any.
Source: `@odysseyml/odyssey` 1.3.1, `hasTurnServer`, `connectToStream`.
"""

from collections.abc import Sequence
from typing import Final

import msgspec

from diorama.protocol.media import IceServer

NOBODY: Final = IceServer(urls=("stun:stun.invalid",))


def ice_for_sdk(servers: Sequence[IceServer]) -> tuple[IceServer, ...]:
    """Return the gateway's ICE servers as the SDK is told of them; never none."""
    secure = any(url.startswith("turns:") for server in servers for url in server.urls)
    told = [
        msgspec.structs.replace(
            server,
            urls=tuple(url for url in server.urls if not (secure and url.startswith("turn:"))),
        )
        for server in servers
    ]
    return tuple(server for server in told if server.urls) or (NOBODY,)
