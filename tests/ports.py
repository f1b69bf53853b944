"""A port that nobody else is given before the program that a test starts listens on it."""

import contextlib
import socket
from collections.abc import Iterator


@contextlib.contextmanager
def reserved_port(host: str = "127.0.0.1") -> Iterator[int]:
    """Yield a port on which nobody listens, and of which the system gives nobody another.

    A socket that is bound and does not listen keeps it: whoever asks for any port gets another, and
    whoever connects leaves from another, while a server that asks for this one gets it, as servers
    may take an address over (`SO_REUSEADDR`). Who connects before that is refused.
    """
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as keeps:
        keeps.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        keeps.bind((host, 0))
        port: int = keeps.getsockname()[1]
        yield port
