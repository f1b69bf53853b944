"""Whether a gateway answers, and whether its port is free before there is one."""

import asyncio
import errno
import http.client
import json
import socket
import time
from collections.abc import Callable
from enum import StrEnum
from typing import Final

from diorama.gateway.addresses import reachable

POLL_EVERY_S: Final = 0.1
ANSWER_WITHIN_S: Final = 2.0
SAY_AFTER_S: Final = 3.0
_MAX_BYTES: Final = 65_536


class Missing(StrEnum):
    """What a Diorama that starts still waits for, as it is said."""

    GATEWAY = "the gateway is starting"
    WORKER = "the gateway serves; its worker is starting"


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


def say_nothing(_line: str) -> None:
    """Leave a line unsaid."""


async def until_ready(
    host: str, port: int, *, with_worker: bool, say: Callable[[str], None] = say_nothing
) -> None:
    """Return once the gateway says it is ready, with a worker if one is wanted.

    What is waited for longer than a moment is said, once each: a first start may take its time.
    """
    where = reachable(host)
    waited_for, since_s = Missing.GATEWAY, time.monotonic()
    said: set[Missing] = set()
    while missing := await asyncio.to_thread(_missing, where, port, with_worker=with_worker):
        now_s = time.monotonic()
        if missing is not waited_for:
            waited_for, since_s = missing, now_s
        elif now_s - since_s >= SAY_AFTER_S and missing not in said:
            said.add(missing)
            say(missing.value)
        await asyncio.sleep(POLL_EVERY_S)


def _missing(host: str, port: int, *, with_worker: bool) -> Missing | None:
    connection = http.client.HTTPConnection(host, port, timeout=ANSWER_WITHIN_S)
    try:
        connection.request("GET", "/readyz")
        answer = connection.getresponse()
        return missing_of(answer.status, answer.read(_MAX_BYTES), with_worker=with_worker)
    except (OSError, http.client.HTTPException):
        return Missing.GATEWAY
    finally:
        connection.close()


def missing_of(status: int, body: bytes, *, with_worker: bool) -> Missing | None:
    """Return what an answer of /readyz shows to be missing; None where all is there."""
    if status != http.client.OK:
        return Missing.GATEWAY
    try:
        found = json.loads(body)
    except ValueError:
        return Missing.GATEWAY
    workers = found.get("workers") if isinstance(found, dict) else None
    if not with_worker or (isinstance(workers, int) and workers > 0):
        return None
    return Missing.WORKER
