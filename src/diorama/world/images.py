"""An image that a viewer gave, as a world gets it: decoded, upright, bounded.

Decoded in the world's own process: what a hostile file does to a decoder, it does to its own
session. The decoder is chosen by the file's first bytes, told how many pixels it may make, and its
failure is an answer, never the world's end.
"""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Final, cast

import numpy as np

from diorama.agent.world_link import GiveImage, ImageSeen
from diorama.kernel.errors import Invalid
from diorama.protocol.images import MAX_SIDE, ImageKind, look_at
from diorama.world.world import Picture, World

if TYPE_CHECKING:
    from av import VideoCodecContext

_DECODERS: Final[Mapping[ImageKind, str]] = {"jpeg": "mjpeg", "png": "png", "webp": "webp"}
_TURNS: Final[Mapping[int, Callable[[Picture], Picture]]] = {
    2: lambda picture: picture[:, ::-1],
    3: lambda picture: picture[::-1, ::-1],
    4: lambda picture: picture[::-1],
    5: lambda picture: picture.transpose(1, 0, 2),
    6: lambda picture: picture.transpose(1, 0, 2)[:, ::-1],
    7: lambda picture: picture.transpose(1, 0, 2)[::-1, ::-1],
    8: lambda picture: picture.transpose(1, 0, 2)[::-1],
}
"""By Exif's orientation, what makes a picture upright."""


def takes_images(world: World) -> bool:
    """Return whether a world has a use for images."""
    return type(world).on_image is not World.on_image


def give_image(world: World, given: GiveImage) -> ImageSeen:
    """Give a world an image, and return how that went; what the world raises is its own."""
    if not takes_images(world):
        message = "this world takes no images"
        return ImageSeen(given.number, "images_unsupported", message)
    try:
        picture = decoded(Path(given.path).read_bytes())
    except OSError:
        return ImageSeen(given.number, "image_lost", "the image could not be read")
    except Invalid as error:
        return ImageSeen(given.number, error.code, str(error))
    world.on_image(picture, given.text)
    return ImageSeen(given.number)


def decoded(data: bytes) -> Picture:
    """Return the picture that a JPEG, PNG or WebP is: RGB, upright, without transparency.

    Raises:
        Invalid: it is none, too large, or broken.
    """
    facts = look_at(data)
    picture = _pixels(data, _DECODERS[facts.kind])
    if max(picture.shape[:2]) > MAX_SIDE:  # the file said another size than it has
        raise _broken()
    turn = _TURNS.get(facts.orientation)
    return np.ascontiguousarray(picture if turn is None else turn(picture))


def _pixels(data: bytes, decoder: str) -> Picture:
    """Decode; the library is loaded for those alone who have something to decode."""
    import av

    context = cast("VideoCodecContext", av.CodecContext.create(decoder, "r"))
    context.options = {"max_pixels": str(MAX_SIDE * MAX_SIDE)}
    context.thread_count = 1
    try:
        frames = [*context.decode(av.Packet(data)), *context.decode(None)]
        picture = cast("Picture", frames[0].to_ndarray(format="rgb24")) if frames else None
    except (av.FFmpegError, ValueError, MemoryError):
        raise _broken() from None
    if picture is None:
        raise _broken()
    return picture


def _broken() -> Invalid:
    return Invalid("the image is broken", code="image_broken")
