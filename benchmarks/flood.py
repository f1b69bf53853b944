"""One account that asks for sessions as fast as it is answered: run as `flood.py URL KEY SECONDS`.

It is a process of its own, so that what it costs is not in the times of those beside it. It prints
how many answers it had, and how many of them were refusals, as JSON.
"""

import asyncio
import json
import sys
import time
from collections import Counter
from typing import Final
from urllib.parse import urlsplit

CONNECTIONS: Final = 32


async def ask(url: str, key: str, until_s: float, found: Counter[str]) -> None:
    """Ask over one connection until the time is up."""
    address = urlsplit(url).netloc
    host, _, port = address.rpartition(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    body = b'{"project":"bench0"}'
    request = (
        f"POST /v1/sessions HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer {key}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    ).encode() + body
    while time.monotonic() < until_s:
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        length = head.lower().partition(b"content-length:")[2].split(b"\r\n")[0]
        await reader.readexactly(int(length))
        found[head[9:12].decode()] += 1
    writer.close()


async def flood(url: str, key: str, for_s: float) -> Counter[str]:
    """Return how many answers there were of each status."""
    found = Counter[str]()
    until_s = time.monotonic() + for_s
    async with asyncio.TaskGroup() as tasks:
        for _ in range(CONNECTIONS):
            tasks.create_task(ask(url, key, until_s, found))
    return found


def main() -> None:
    """Flood, and print what was answered."""
    url, key, for_s = sys.argv[1:]
    sys.stdout.write(json.dumps(asyncio.run(flood(url, key, float(for_s)))))


if __name__ == "__main__":
    main()
