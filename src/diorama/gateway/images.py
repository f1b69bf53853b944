"""Images that viewers give, on their way to the worker that has the session.

Kept among the files of recordings under a name of their own, so a worker whose socket is at another
gateway gets them too; removed once they were fetched whole, and after a few minutes in any case.
Which worker may have one is decided here: the one that has the session, under the term that it had
when the image came, with a key that may be this worker's.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

import structlog

from diorama.accounts.keys import Key
from diorama.gateway.artifacts import ImageFiles
from diorama.gateway.desk import Desk
from diorama.gateway.image_tokens import (
    FOLDER,
    LASTS_US,
    ImageToken,
    image_token,
    read_image_token,
    refuse_image,
)
from diorama.gateway.worker_keys import worker_key
from diorama.kernel.clock import Clock
from diorama.kernel.errors import Unavailable
from diorama.kernel.ids import IdFactory
from diorama.kernel.units import SECOND_US
from diorama.protocol.media import ImageGiven
from diorama.sessions.lifecycle import Session
from diorama.sessions.work import Work

SWEEP_EVERY_S: Final = 300.0
KEPT: Final = timedelta(minutes=10)
"""Longer than any worker may take to fetch one."""
STORED_WITHIN_S: Final = 15.0
_PIECE_BYTES: Final = 1024 * 1024

_log: Final = structlog.stdlib.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """What a viewer sent: an image that was looked at, and what came with it."""

    data: bytes
    prompt: str
    broadcast: bool


class Images:
    """The images of one gateway."""

    def __init__(self, desk: Desk, artifacts: ImageFiles, clock: Clock, secret: bytes) -> None:
        self._desk = desk
        self._artifacts = artifacts
        self._clock = clock
        self._ids = IdFactory(clock)
        self._secret = secret

    async def keep(self, session: Session, sent: Sent) -> tuple[ImageToken, ImageGiven]:
        """Keep an image, and return it with what the session's worker is told.

        Raises:
            Unavailable: it cannot be kept, or not in time.
        """
        now_us = await self._desk.look(lambda work: work.now_us)
        token = ImageToken(
            image_id=self._ids.new("img"),
            session_id=session.id,
            term=session.term,
            bytes=len(sent.data),
            expires_us=now_us + LASTS_US,
        )
        try:
            async with asyncio.timeout(STORED_WITHIN_S):
                await self._artifacts.make_room(token.bytes)
                await self._artifacts.write(token, _pieces(sent.data))
        except TimeoutError:
            raise Unavailable("the image could not be kept in time", code="images_busy") from None
        return token, ImageGiven(
            attachment=session.attachment,
            image=image_token(token, self._secret),
            bytes=token.bytes,
            prompt=sent.prompt,
            broadcast=sent.broadcast,
        )

    async def waits(self, token: ImageToken) -> bool:
        """Return whether an image may still be fetched. Raises Unavailable."""
        now_us = await self._desk.look(lambda work: work.now_us)
        return now_us < token.expires_us and await self._artifacts.length(token) is not None

    async def drop(self, token: ImageToken) -> None:
        """Keep an image no longer, if it is there still; else the sweep finds it."""
        with contextlib.suppress(Unavailable):
            await self._artifacts.remove(token)

    async def opened(self, text: str, authorization: str) -> tuple[int, AsyncIterator[bytes]]:
        """Return the length of an image and its bytes, for the worker whose session gave it.

        Raises:
            Unauthorized: who asks is no worker.
            NotFound: the image is not there, or not this worker's.
        """
        key = await worker_key(self._desk, authorization)
        token = await self._desk.look(lambda work: _allowed(work, text, self._secret, key))
        pieces = await self._artifacts.read(token, 0, token.bytes)
        if pieces is None:
            refuse_image()
        return token.bytes, self._fetched(token, pieces)

    async def _fetched(
        self, token: ImageToken, pieces: AsyncIterator[bytes]
    ) -> AsyncIterator[bytes]:
        """Yield an image's bytes; who has all of them asks for no more, so it is not kept then."""
        left = token.bytes
        async for piece in pieces:
            left -= len(piece)
            if left <= 0:
                await self.drop(token)
            yield piece

    async def run(self) -> None:
        """Remove what nobody fetched, now and then, until cancelled."""
        while True:
            await asyncio.sleep(SWEEP_EVERY_S)
            await self.sweep()

    async def sweep(self) -> None:
        """Remove what nobody fetched."""
        now = datetime.fromtimestamp(self._clock.now_us() / SECOND_US, UTC)
        try:
            removed = await self._artifacts.remove_older(FOLDER, now - KEPT)
        except Unavailable as error:
            _log.warning("images stay for now", code=error.code)
            return
        if removed:
            _log.info("images that nobody fetched were removed", count=removed)


def _allowed(work: Work, text: str, secret: bytes, key: Key) -> ImageToken:
    token = read_image_token(text, secret, work.now_us)
    session = work.stores.sessions.get(token.session_id)
    if session is None or session.is_final or session.worker_id is None:
        refuse_image()
    worker = work.stores.workers.get(session.worker_id)
    if worker is None or session.term != token.term or key.worker not in {None, worker.name}:
        refuse_image()
    return token


async def _pieces(data: bytes) -> AsyncIterator[bytes]:
    for start in range(0, len(data), _PIECE_BYTES):
        yield data[start : start + _PIECE_BYTES]
