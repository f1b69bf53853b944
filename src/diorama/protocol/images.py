"""What an encoded image is by its first bytes: its format, its size, how it is to be turned. Pure.

Nothing is decoded here, so a file of a few kilobytes that would be gigabytes of pixels is found out
at no cost. What a file says of itself binds no decoder: who decodes it bounds that too.
Source: PNG (W3C) 11.2.1, JPEG (ITU T.81) B.2.2, WebP (RFC 9649) 2.5 to 2.7, Exif 2.32 4.6.4.
"""

import binascii
from dataclasses import dataclass
from typing import Final, Literal, NoReturn

from diorama.kernel.errors import Invalid

MAX_BYTES: Final = 10_000_000
"""Of an image as it is sent. Odyssey's SDK makes each smaller than half of that."""
MAX_SIDE: Final = 4_096
ImageKind = Literal["jpeg", "png", "webp"]
_PNG: Final = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"
_JPEG: Final = b"\xff\xd8\xff"
_MAX_HEAD: Final = 64
_SIZES: Final = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
"""Markers of JPEG behind which the size of the picture stands."""
_ALONE: Final = frozenset({0x01, *range(0xD0, 0xD8)})
_MARKS: Final = 0xFF
_SCAN: Final = 0xDA
_APP1: Final = 0xE1
_ORIENTATION: Final = 0x0112
_TURNS: Final = 8
_MAX_TAGS: Final = 128
_ANIMATED: Final = 0x02


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageFacts:
    """What an image says of itself; `orientation` is Exif's, 1 to 8."""

    kind: ImageKind
    width: int
    height: int
    orientation: int = 1


def from_data_url(url: str) -> bytes:
    """Return what a `data:image/...;base64,` URL holds.

    Raises:
        Invalid: `image_too_large` or `image_broken`; what it says it is decides nothing.
    """
    head, comma, _ = url[:_MAX_HEAD].partition(",")
    if not comma or not head.startswith("data:image/") or not head.endswith(";base64"):
        raise Invalid("an image comes as a data URL in base64", code="image_broken")
    start = len(head) + 1
    if len(url) - start > (MAX_BYTES + 2) // 3 * 4:
        too_large()
    try:
        data = binascii.a2b_base64(url[start:], strict_mode=True)
    except (binascii.Error, ValueError):
        raise Invalid("the image is no base64", code="image_broken") from None
    if len(data) > MAX_BYTES:
        too_large()
    return data


def too_large() -> NoReturn:
    """Refuse an image that has too many bytes."""
    megabytes = MAX_BYTES // 1_000_000
    raise Invalid(f"an image has {megabytes} MB at most", code="image_too_large")


def look_at(data: bytes) -> ImageFacts:
    """Return what the first bytes of an image say.

    Raises:
        Invalid: `image_type` for what is no JPEG, PNG or WebP, or moves; `image_size` for more
            pixels on a side than may be; `image_broken`.
    """
    try:
        facts = _facts(data)
    except IndexError:
        facts = None
    if facts is None or facts.width < 1 or facts.height < 1:
        raise Invalid("the image is broken", code="image_broken")
    if max(facts.width, facts.height) > MAX_SIDE:
        raise Invalid(
            f"an image of {facts.width}x{facts.height}: {MAX_SIDE} pixels on a side are the most",
            code="image_size",
        )
    return facts


def _facts(data: bytes) -> ImageFacts | None:
    if data.startswith(_PNG):
        return ImageFacts(kind="png", width=_big(data, 16, 4), height=_big(data, 20, 4))
    if data.startswith(_JPEG):
        return _jpeg(data)
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return _webp(data)
    raise Invalid("an image is a JPEG, a PNG or a WebP", code="image_type")


def _jpeg(data: bytes) -> ImageFacts | None:
    at, orientation = 2, 1
    while data[at] == _MARKS:
        marker = data[at + 1]
        if marker in _ALONE or marker == _MARKS:
            at += 1 if marker == _MARKS else 2
            continue
        length = _big(data, at + 2, 2)
        if not length or marker == _SCAN:
            return None
        if marker in _SIZES:
            height, width = _big(data, at + 5, 2), _big(data, at + 7, 2)
            return ImageFacts(kind="jpeg", width=width, height=height, orientation=orientation)
        if marker == _APP1 and data[at + 4 : at + 10] == b"Exif\0\0":
            orientation = _orientation(data[at + 10 : at + 2 + length])
        at += 2 + length
    return None


def _orientation(tiff: bytes) -> int:
    """Return the orientation that Exif names; what cannot be read is upright."""
    order = {b"II": False, b"MM": True}.get(tiff[:2])
    if order is None:
        return 1
    read = _big if order else _little
    try:
        first = read(tiff, 4, 4)
        for number in range(min(read(tiff, first, 2), _MAX_TAGS)):
            entry = first + 2 + 12 * number
            if read(tiff, entry, 2) == _ORIENTATION:
                found = read(tiff, entry + 8, 2)
                return found if 1 <= found <= _TURNS else 1
    except IndexError:
        return 1
    return 1


def _webp(data: bytes) -> ImageFacts | None:
    match data[12:16]:
        case b"VP8 " if data[23:26] == b"\x9d\x01\x2a":
            width, height = _little(data, 26, 2) & 0x3FFF, _little(data, 28, 2) & 0x3FFF
        case b"VP8L" if data[20:21] == b"\x2f":
            bits = _little(data, 21, 4)
            width, height = (bits & 0x3FFF) + 1, ((bits >> 14) & 0x3FFF) + 1
        case b"VP8X":
            if data[20] & _ANIMATED:
                raise Invalid("an image that moves is not taken", code="image_type")
            width, height = _little(data, 24, 3) + 1, _little(data, 27, 3) + 1
        case _:
            return None
    return ImageFacts(kind="webp", width=width, height=height)


def _big(data: bytes, at: int, length: int) -> int:
    return int.from_bytes(_part(data, at, length), "big")


def _little(data: bytes, at: int, length: int) -> int:
    return int.from_bytes(_part(data, at, length), "little")


def _part(data: bytes, at: int, length: int) -> bytes:
    part = data[at : at + length]
    if len(part) < length:
        raise IndexError
    return part
