"""Fetches the image that a viewer gave from whichever gateway answers.

The worker shows its own credential, and what it was told with the image; a refusal is final. What
goes wrong otherwise is tried again, a bounded number of times, and never for long: a viewer waits.
"""

import asyncio
import itertools
import random
from collections.abc import Callable, Sequence
from http import HTTPStatus
from pathlib import Path
from typing import Final

import aiohttp
import structlog

from diorama.agent.backoff import wait_s
from diorama.agent.uploading import over_http
from diorama.kernel.errors import Refused, Unavailable

ATTEMPTS: Final = 3
WITHIN_S: Final = 15.0
"""For one attempt."""
_PIECE_BYTES: Final = 256 * 1024

log = structlog.get_logger(__name__)


class Fetcher:
    """Knows the gateways; any number of images at once, which the sessions bound."""

    def __init__(
        self, gateways: Sequence[str], credential: Callable[[], str], *, rng: random.Random
    ) -> None:
        self._gateways = tuple(map(over_http, gateways))
        self._credential = credential
        self._rng = rng

    async def fetch(self, image: str, length: int, into: Path) -> None:
        """Write the image that `image` opens, of exactly so many bytes, to a file.

        Raises:
            Refused: it is not given to this worker, now or ever.
            Unavailable: no gateway gave it, however often it was asked.
        """
        first = self._rng.randrange(len(self._gateways))
        in_turn = itertools.islice(itertools.cycle(self._gateways), first, None)
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=WITHIN_S)) as client:
            for failures in range(1, ATTEMPTS + 1):
                try:
                    data = await self._attempt(client, f"{next(in_turn)}/v1/images/{image}", length)
                    await asyncio.to_thread(into.write_bytes, data)
                except (aiohttp.ClientError, OSError, TimeoutError, Unavailable) as error:
                    log.info("an image could not be fetched", reason=type(error).__name__)
                else:
                    return
                if failures < ATTEMPTS:
                    await asyncio.sleep(wait_s(failures, self._rng))
        raise Unavailable("the image could not be fetched", code="image_lost")

    async def _attempt(self, client: aiohttp.ClientSession, url: str, length: int) -> bytes:
        headers = {"Authorization": f"Bearer {self._credential()}"}
        async with client.get(url, headers=headers, allow_redirects=False) as answer:
            if answer.status != HTTPStatus.OK:
                is_final = answer.status in {HTTPStatus.UNAUTHORIZED, HTTPStatus.NOT_FOUND}
                kind = Refused if is_final else Unavailable
                raise kind(f"the gateway answers {answer.status}", code="image_lost")
            data = bytearray()
            async for piece in answer.content.iter_chunked(_PIECE_BYTES):
                data += piece
                if len(data) > length:
                    break
            if len(data) != length:
                raise Unavailable("the image has another length", code="image_lost")
            return bytes(data)
