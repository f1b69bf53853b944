"""An image that a viewer of Odyssey's SDK starts its stream with: read, looked at, kept.

Reading megabytes of JSON and base64 goes to a thread, a few at once, so that nobody else's socket
waits for it.
"""

import asyncio
from typing import Final

from diorama.gateway.image_tokens import ImageToken
from diorama.gateway.images import Images, Sent
from diorama.gateway.odyssey.words import Start, parse_word
from diorama.kernel.errors import Invalid
from diorama.protocol.images import MAX_BYTES, from_data_url, look_at, too_large
from diorama.protocol.input import MAX_TEXT
from diorama.protocol.media import ImageGiven
from diorama.sessions.lifecycle import Session

MAX_FRAME_BYTES: Final = 36 * 1024 * 1024
"""What is read of a viewer that may give images: what the SDK sends at most, 25 MB as base64, so
that one which is refused for its size is told so."""
MAX_START_BYTES: Final = (MAX_BYTES + 2) // 3 * 4 + 64 * 1024
AT_ONCE: Final = 2


class Giving:
    """Takes images for one gateway."""

    def __init__(self, images: Images) -> None:
        self.images = images
        self.turns = asyncio.Semaphore(AT_ONCE)


class Giver:
    """Takes the images of one socket: the next once the last was fetched.

    Attributes:
        is_busy: whether one is being taken, while its socket is not read.
    """

    __slots__ = ("_giving", "_last", "is_busy")

    def __init__(self, giving: Giving) -> None:
        self._giving = giving
        self._last: ImageToken | None = None
        self.is_busy = False

    async def give(self, session: Session, text: str) -> ImageGiven:
        """Return what the session's worker is told of the image in a start message.

        Raises:
            Invalid: it holds none, or one that is not taken, or not yet.
            Unavailable: it cannot be kept.
        """
        if not session.rules.images:
            raise Invalid("this project takes no images", code="images_off")
        if len(text) > MAX_START_BYTES:
            too_large()
        self.is_busy = True
        try:
            return await self._give(session, text)
        finally:
            self.is_busy = False

    async def _give(self, session: Session, text: str) -> ImageGiven:
        images = self._giving.images
        async with self._giving.turns:
            sent = await asyncio.to_thread(read_start, text)
        if self._last is not None and await images.waits(self._last):
            raise Invalid("another image is on its way to the world", code="image_pending")
        await self.close()
        self._last, given = await images.keep(session, sent)
        return given

    async def close(self) -> None:
        """Keep the last image no longer."""
        last, self._last = self._last, None
        if last is not None:
            await self._giving.images.drop(last)


def read_start(text: str) -> Sent:
    """Return what a start message with an image holds. Raises Invalid."""
    word = parse_word(text, max_bytes=MAX_START_BYTES)
    if not isinstance(word, Start) or word.input_image_base64 is None:
        raise Invalid("only a start with an image may be this long", code="too_large")
    if len(word.prompt) > MAX_TEXT:
        raise Invalid(f"a prompt has {MAX_TEXT} characters at most", code="prompt_too_long")
    data = from_data_url(word.input_image_base64)
    look_at(data)
    return Sent(data=data, prompt=word.prompt, broadcast=word.broadcast)
