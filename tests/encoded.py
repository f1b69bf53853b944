"""Images as files, made by hand: of one colour, or saying of themselves what they are not."""

import base64
import struct
import zlib
from fractions import Fraction
from typing import Final

import av
import numpy as np

from diorama.world import Picture

GREEN: Final = (40, 190, 60)


def png(width: int = 8, height: int = 8, colour: tuple[int, int, int] = GREEN) -> bytes:
    """Return a PNG of one colour."""
    rows = (b"\0" + bytes(colour) * width) * height
    return _png(width, height, rows)


def bomb(side: int = 50_000) -> bytes:
    """Return a PNG of some hundred bytes that says it has so many pixels on a side."""
    return _png(side, side, b"\0" * 1_000)


def noise(length: int) -> bytes:
    """Return a PNG of about so many bytes, whose picture is small."""
    small = png()
    return small + b"\x55" * (length - len(small))


def encoded(picture: Picture, codec: str) -> bytes:
    """Return a picture as an encoder writes it: `mjpeg`, `png` or `libwebp`."""
    formats = {"mjpeg": "yuvj444p", "png": "rgb24", "libwebp": "yuv420p"}
    context = av.VideoCodecContext.create(codec, "w")
    assert isinstance(context, av.VideoCodecContext)
    context.height, context.width = picture.shape[:2]
    context.pix_fmt = formats[codec]
    context.time_base = Fraction(1)
    frame = av.VideoFrame.from_ndarray(picture, format="rgb24").reformat(format=formats[codec])
    frame.pts = 0
    return b"".join(bytes(packet) for packet in [*context.encode(frame), *context.encode(None)])


def with_exif(jpeg: bytes, orientation: int) -> bytes:
    """Return a JPEG that says how it is to be turned."""
    entry = struct.pack(">HHIHH", 0x0112, 3, 1, orientation, 0)
    tiff = b"MM\0*" + struct.pack(">IH", 8, 1) + entry + b"\0\0\0\0"
    body = b"Exif\0\0" + tiff
    return jpeg[:2] + b"\xff\xe1" + struct.pack(">H", len(body) + 2) + body + jpeg[2:]


def halves() -> Picture:
    """Return a picture that is higher than wide, red above and blue below."""
    picture = np.zeros((48, 32, 3), np.uint8)
    picture[:24] = (220, 30, 30)
    picture[24:] = (30, 30, 220)
    return picture


def data_url(data: bytes, kind: str = "png") -> str:
    """Return an image as Odyssey's SDK sends it."""
    return f"data:image/{kind};base64,{base64.b64encode(data).decode()}"


def _png(width: int, height: int, rows: bytes) -> bytes:
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = _chunk(b"IHDR", head) + _chunk(b"IDAT", zlib.compress(rows)) + _chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + chunks


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
