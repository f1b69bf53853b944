"""Whether a gateway answers, and whether its port is free before there is one."""

import asyncio
import errno
import http.client
import json
import socket
from typing import Final

POLL_EVERY_S: Final = 0.1
ANSWER_WITHIN_S: Final = 2.0
_MAX_BYTES: Final = 65_536
_EVERYWHERE: Final = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - compared, not bound


def reachable(host: str) -> str:
    """Return the address at which this machine reaches a gateway that listens on `host`."""
    return _EVERYWHERE.get(host, host)


def address(host: str, port: int) -> str:
    """Return the URL a person on this machine opens, without a slash at its end."""
    name = reachable(host)
    return f"http://[{name}]:{port}" if ":" in name else f"http://{name}:{port}"


def is_taken(host: str, port: int) -> bool:
    """Whether another program listens on the port; any other trouble is left for the gateway."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            return error.errno == errno.EADDRINUSE
    return False


def free_port(host: str) -> int:
    """Return a port nobody listens on at this moment."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.bind((host, 0))
        port: int = probe.getsockname()[1]
        return port


async def until_ready(host: str, port: int, *, with_worker: bool) -> None:
    """Return once the gateway says it is ready, with a worker if one is wanted."""
    where = reachable(host)
    while not await asyncio.to_thread(_is_ready, where, port, with_worker=with_worker):  # noqa: ASYNC110 - another process's state
        await asyncio.sleep(POLL_EVERY_S)


def _is_ready(host: str, port: int, *, with_worker: bool) -> bool:
    connection = http.client.HTTPConnection(host, port, timeout=ANSWER_WITHIN_S)
    try:
        connection.request("GET", "/readyz")
        answer = connection.getresponse()
        return says_ready(answer.status, answer.read(_MAX_BYTES), with_worker=with_worker)
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def says_ready(status: int, body: bytes, *, with_worker: bool) -> bool:
    """Whether an answer of /readyz is a yes: 200, and `workers` above 0 if one is wanted."""
    if status != http.client.OK:
        return False
    try:
        found = json.loads(body)
    except ValueError:
        return False
    workers = found.get("workers") if isinstance(found, dict) else None
    return not with_worker or (isinstance(workers, int) and workers > 0)
