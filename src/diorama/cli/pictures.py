"""Keeps what `diorama view` saw: the last frame as a PNG, or all of them as an MP4."""

from fractions import Fraction
from pathlib import Path
from typing import Final, Protocol

import av
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from diorama.client import Frame
from diorama.kernel.errors import Invalid

_TIME_BASE: Final = Fraction(1, 90_000)
_RATE: Final = 30


class Keeper(Protocol):
    """Takes frames as they come."""

    def take(self, frame: Frame) -> None:
        """Keep a frame."""

    def finish(self) -> None:
        """Write what is left."""


def keeper(file: Path | None) -> Keeper:
    """Return who keeps frames in a file; its name says how. Raises Invalid for other names."""
    match file and file.suffix.lower():
        case None:
            return Nothing()
        case ".png":
            assert file is not None, "has a suffix"
            return LastFrame(file)
        case ".mp4":
            assert file is not None, "has a suffix"
            return Film(file)
        case _:
            raise Invalid(f"{file}: give it a name that ends in .png or .mp4", code="file_name")


class Nothing:
    """Keeps nothing."""

    def take(self, frame: Frame) -> None:
        """Keep nothing."""

    def finish(self) -> None:
        """Write nothing."""


class LastFrame:
    """Writes the last frame as a PNG."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._last: Frame | None = None

    def take(self, frame: Frame) -> None:
        """Keep a frame in the place of the one before."""
        self._last = frame

    def finish(self) -> None:
        """Write it."""
        if self._last is None:
            return
        picture = VideoFrame.from_ndarray(self._last.rgb, format="rgb24")
        encoder = av.CodecContext.create("png", "w")
        assert isinstance(encoder, av.VideoCodecContext), "of pictures"
        encoder.width, encoder.height = picture.width, picture.height
        encoder.pix_fmt, encoder.time_base = "rgb24", Fraction(1, _RATE)
        packets = [*encoder.encode(picture), *encoder.encode(None)]
        self._file.write_bytes(b"".join(bytes(packet) for packet in packets))


class Film:
    """Writes frames as an MP4, at the times they came."""

    def __init__(self, file: Path) -> None:
        self._container = av.open(str(file), "w")
        self._stream: VideoStream | None = None
        self._began_s = 0.0

    def take(self, frame: Frame) -> None:
        """Write a frame; one of another size than the first is left out."""
        height, width = frame.rgb.shape[:2]
        if self._stream is None:
            self._stream = self._container.add_stream("libx264", rate=_RATE)
            self._stream.width, self._stream.height = width, height
            self._stream.pix_fmt = "yuv420p"
            self._stream.codec_context.time_base = _TIME_BASE
            self._began_s = frame.arrived_s
        if (width, height) != (self._stream.width, self._stream.height):
            return
        picture = VideoFrame.from_ndarray(frame.rgb, format="rgb24")
        picture.time_base = _TIME_BASE
        picture.pts = round((frame.arrived_s - self._began_s) / _TIME_BASE)
        self._container.mux(self._stream.encode(picture))

    def finish(self) -> None:
        """Write what the encoder holds, and close the file."""
        if self._stream is not None:
            self._container.mux(self._stream.encode(None))
        self._container.close()
