"""An image that a viewer of Odyssey's SDK starts its stream with: read, looked at, kept.

Reading megabytes of JSON and base64 goes to a thread, a few at once, so that nobody else's socket
waits for it.
"""

import asyncio
from typing import Final

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
        self._images = images
        self._turns = asyncio.Semaphore(AT_ONCE)

    async def give(self, session: Session, text: str) -> ImageGiven:
        """Return what the session's worker is told of the image in a start message.

        Raises:
            Invalid: it holds none, or one that is not taken.
            Unavailable: it cannot be kept.
        """
        if not session.rules.images:
            raise Invalid("this project takes no images", code="images_off")
        if len(text) > MAX_START_BYTES:
            too_large()
        async with self._turns:
            sent = await asyncio.to_thread(read_start, text)
        return await self._images.keep(session, sent)


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
