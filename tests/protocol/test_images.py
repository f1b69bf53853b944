"""What an image is by its first bytes, and what is refused before anything is decoded."""

import struct

import pytest

from diorama.kernel.errors import Invalid
from diorama.protocol.images import MAX_BYTES, MAX_SIDE, ImageFacts, from_data_url, look_at
from tests.encoded import bomb, data_url, encoded, halves, png, with_exif

JPEG = encoded(halves(), "mjpeg")


def webp(kind: bytes, body: bytes) -> bytes:
    return b"RIFF\0\0\0\0WEBP" + kind + struct.pack("<I", len(body)) + body


def refused(data: bytes) -> str:
    with pytest.raises(Invalid) as error:
        look_at(data)
    return error.value.code


@pytest.mark.parametrize(
    ("data", "facts"),
    [
        (png(40, 30), ImageFacts(kind="png", width=40, height=30)),
        (JPEG, ImageFacts(kind="jpeg", width=32, height=48)),
        (with_exif(JPEG, 6), ImageFacts(kind="jpeg", width=32, height=48, orientation=6)),
        (with_exif(JPEG, 77), ImageFacts(kind="jpeg", width=32, height=48)),
        (encoded(halves(), "libwebp"), ImageFacts(kind="webp", width=32, height=48)),
        (
            webp(b"VP8L", b"\x2f" + struct.pack("<I", 99 | 49 << 14)),
            ImageFacts(kind="webp", width=100, height=50),
        ),
        (
            webp(b"VP8X", b"\0\0\0\0" + b"\x63\0\0" + b"\x31\0\0"),
            ImageFacts(kind="webp", width=100, height=50),
        ),
    ],
)
def test_an_image_says_what_it_is(data: bytes, facts: ImageFacts) -> None:
    assert look_at(data) == facts


def test_a_side_may_be_as_long_as_said_and_no_longer() -> None:
    assert look_at(png(MAX_SIDE, 1)).width == MAX_SIDE
    assert refused(png(MAX_SIDE + 1, 1)) == "image_size"
    assert refused(bomb()) == "image_size"


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "image_type"),
        (b"GIF89a" + b"\0" * 40, "image_type"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "image_type"),
        (webp(b"VP8X", b"\x02" + b"\0" * 9), "image_type"),
        (webp(b"ABCD", b"\0" * 20), "image_broken"),
        (webp(b"VP8L", b"\x2f"), "image_broken"),
        (png()[:20], "image_broken"),
        (png(0, 5), "image_broken"),
        (JPEG[:10], "image_broken"),
        (JPEG[:2] + b"\xff\xe0\0\0" + JPEG[2:], "image_broken"),
        (JPEG[:2] + b"\xff\xda\0\x08" + JPEG[2:], "image_broken"),
        (b"\xff\xd8\xff" + b"\xff" * 100, "image_broken"),
    ],
)
def test_what_is_no_image_is_refused(data: bytes, code: str) -> None:
    assert refused(data) == code


@pytest.mark.parametrize("cut", range(0, len(with_exif(JPEG, 6)), 7))
def test_a_jpeg_that_is_cut_off_anywhere_is_told_or_refused(cut: int) -> None:
    facts, code = None, "none"
    try:
        facts = look_at(with_exif(JPEG, 6)[:cut])
    except Invalid as error:
        code = error.code

    if facts is None:
        assert code in {"image_type", "image_broken"}
    else:
        assert (facts.width, facts.height) == (32, 48)


def test_a_data_url_holds_an_image() -> None:
    assert from_data_url(data_url(png())) == png()
    assert from_data_url(data_url(b"\0" * MAX_BYTES)) == b"\0" * MAX_BYTES


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("", "image_broken"),
        ("https://example.com/image.png", "image_broken"),
        ("data:text/plain;base64,AAAA", "image_broken"),
        ("data:image/png,AAAA", "image_broken"),
        ("data:image/png;base64,not base64!", "image_broken"),
        ("data:image/png;base64,AAA", "image_broken"),
        ("data:image/png;base64,\u00e4\u00f6", "image_broken"),
        (data_url(b"\0" * (MAX_BYTES + 1)), "image_too_large"),
        ("data:image/png;base64," + "A" * 34_700_000, "image_too_large"),
    ],
)
def test_what_is_no_data_url_of_an_image_is_refused(url: str, code: str) -> None:
    with pytest.raises(Invalid) as error:
        from_data_url(url)

    assert error.value.code == code
