"""An image as a world gets it, and what becomes of one that cannot be decoded."""

from pathlib import Path

import numpy as np
import pytest

from diorama.agent.world_link import GiveImage, ImageSeen
from diorama.kernel.errors import Invalid
from diorama.protocol.images import MAX_SIDE, look_at
from diorama.world import FrameTime, Picture, World
from diorama.world.images import decoded, give_image
from tests.encoded import bomb, encoded, halves, noise, png, with_exif

JPEG = encoded(halves(), "mjpeg")
RED, BLUE = (220, 30, 30), (30, 30, 220)


class Deaf(World):
    def render(self, time: FrameTime) -> Picture:
        raise AssertionError(time)


class Album(Deaf):
    def __init__(self) -> None:
        self.given: list[tuple[tuple[int, ...], str]] = []

    def on_image(self, image: Picture, text: str) -> None:
        self.given.append((image.shape, text))
        image[:] = 0  # it is the world's to keep


def near(pixel: Picture, colour: tuple[int, int, int]) -> bool:
    return bool(np.abs(pixel.astype(int) - colour).max() < 40)


@pytest.mark.parametrize("codec", ["png", "mjpeg", "libwebp"])
def test_an_image_is_rgb_rows_top_to_bottom(codec: str) -> None:
    picture = decoded(encoded(halves(), codec))

    assert picture.dtype == np.uint8
    assert picture.shape == (48, 32, 3)
    assert picture.flags.c_contiguous
    assert near(picture[4, 16], RED)
    assert near(picture[44, 16], BLUE)


@pytest.mark.parametrize(
    ("orientation", "shape", "red"),
    [
        (1, (48, 32, 3), (4, 16)),
        (2, (48, 32, 3), (4, 16)),
        (3, (48, 32, 3), (44, 16)),
        (4, (48, 32, 3), (44, 16)),
        (5, (32, 48, 3), (16, 4)),
        (6, (32, 48, 3), (16, 44)),
        (7, (32, 48, 3), (16, 44)),
        (8, (32, 48, 3), (16, 4)),
    ],
)
def test_an_image_is_upright(
    orientation: int, shape: tuple[int, ...], red: tuple[int, int]
) -> None:
    picture = decoded(with_exif(JPEG, orientation))

    assert picture.shape == shape
    assert near(picture[red], RED)


def lying(side: int) -> bytes:
    """Return a JPEG that says twice how large it is, the second time by far too much."""
    at = JPEG.index(b"\xff\xc0")
    length = int.from_bytes(JPEG[at + 2 : at + 4], "big")
    size = JPEG[at : at + 2 + length]
    large = size[:5] + side.to_bytes(2, "big") * 2 + size[9:]
    return JPEG[:at] + size + large + JPEG[at + 2 + length :]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (bomb(), "image_size"),
        (b"GIF89a" + b"\0" * 100, "image_type"),
        (png()[:50], "image_broken"),
        (lying(60_000), "image_broken"),
        (b"\xff\xd8\xff" + JPEG[3:200], "image_broken"),
    ],
)
def test_what_cannot_be_decoded_is_refused(data: bytes, code: str) -> None:
    with pytest.raises(Invalid) as error:
        decoded(data)

    assert error.value.code == code


def test_a_file_that_lies_about_its_size_is_never_larger_than_an_image_may_be() -> None:
    assert look_at(lying(60_000)).width == 32
    for side in (MAX_SIDE, MAX_SIDE + 8):
        try:
            shape = decoded(lying(side)).shape
        except Invalid:
            continue
        assert max(shape) <= MAX_SIDE


def test_a_world_is_given_the_image_with_its_text(tmp_path: Path) -> None:
    path, album = tmp_path / "1", Album()
    path.write_bytes(noise(100_000))

    assert give_image(album, GiveImage(1, str(path), "rain")) == ImageSeen(1)
    assert album.given == [((8, 8, 3), "rain")]


@pytest.mark.parametrize(
    ("world", "data", "code"),
    [
        (Deaf(), png(), "images_unsupported"),
        (Album(), bomb(), "image_size"),
        (Album(), None, "image_lost"),
    ],
)
def test_what_a_world_is_not_given_is_told(
    tmp_path: Path, world: World, data: bytes | None, code: str
) -> None:
    path = tmp_path / "7"
    if data is not None:
        path.write_bytes(data)

    seen = give_image(world, GiveImage(7, str(path), ""))

    assert (seen.number, seen.code) == (7, code)
    assert seen.message
