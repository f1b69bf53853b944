"""What opens the image that a viewer gave, for the worker that has its session. Pure.

It is not stored: it is what it opens, signed. It says which session's image it is and under which
term its worker has that, so it opens nothing for a worker that has it no longer.
"""

from dataclasses import dataclass
from typing import Final, NoReturn

from diorama.kernel.errors import NotFound
from diorama.kernel.units import SECOND_US
from diorama.recordings.tokens import fields_of, numbers_of, signed

IMAGE: Final = "dim"
LASTS_US: Final = 120 * SECOND_US
_NUMBERS: Final = 3
_MAX_CHARACTERS: Final = 512


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageToken:
    """Opens one image of exactly so many bytes, until it expires."""

    image_id: str
    session_id: str
    term: int
    bytes: int
    expires_us: int

    @property
    def path(self) -> str:
        """Return where the image is under the store's root."""
        return f"{FOLDER}/{self.image_id}"


FOLDER: Final = "images"


def image_token(token: ImageToken, secret: bytes) -> str:
    """Return the part of an address that opens an image."""
    numbers = f"{token.term}.{token.bytes}.{token.expires_us // SECOND_US}"
    return signed(f"{IMAGE}_{token.image_id}.{token.session_id}.{numbers}", secret)


def read_image_token(text: str, secret: bytes, now_us: int) -> ImageToken:
    """Return what a genuine token says that has not expired.

    Raises:
        NotFound: `image_refused`, whatever is wrong with it.
    """
    fields = fields_of(text, IMAGE, secret) if len(text) <= _MAX_CHARACTERS else None
    if fields is None or (numbers := numbers_of(fields[2:], _NUMBERS)) is None:
        refuse_image()
    image_id, session_id = fields[:2]
    term, length, expires_s = numbers
    token = ImageToken(
        image_id=image_id,
        session_id=session_id,
        term=term,
        bytes=length,
        expires_us=expires_s * SECOND_US,
    )
    if token.expires_us <= now_us:
        refuse_image()
    return token


def refuse_image() -> NoReturn:
    """Refuse an image, whatever is wrong with who asks, in the same words."""
    raise NotFound("this opens no image, or no longer", code="image_refused")
