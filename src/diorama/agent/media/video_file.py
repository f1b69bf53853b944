"""Writes pictures into an MP4 file, and one into a JPEG, with FFmpeg.

It decides how a file for keeping is encoded: H.264 in 4:2:0 at constant quality, a key frame every
two seconds to seek by, the index in front so that it plays while it loads. Which pictures come, and
when they are, is its caller's. A picture of another shape is put into the middle of black.
"""

from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Final

import av
import numpy as np
from av.error import FFmpegError
from av.video.codeccontext import VideoCodecContext
from av.video.frame import VideoFrame
from av.video.reformatter import (
    ColorPrimaries,
    ColorRange,
    Colorspace,
    ColorTrc,
    Interpolation,
    VideoReformatter,
)
from av.video.stream import VideoStream

from diorama.agent.media.encoder import Pixels
from diorama.agent.recording_facts import Size, fit_into
from diorama.kernel.errors import Unavailable

TICKS_PER_FRAME: Final = 1_000
"""A file counts time in thousandths of its frame interval."""
_KEY_EVERY_S: Final = 2
_JPEG_QUALITY: Final = 4  # of FFmpeg's 1, best, to 31


@dataclass(frozen=True, slots=True, kw_only=True)
class FileRecipe:
    """How one FFmpeg encoder is opened for a file; 0 threads are as many as it likes."""

    encoder: str = "libx264"
    options: dict[str, str] = field(default_factory=dict)
    threads: int = 0


KEPT_WELL: Final = FileRecipe(options={"preset": "veryfast", "crf": "21"})
"""For whoever waits for the file and for nothing else."""
KEPT_CHEAPLY: Final = FileRecipe(options={"preset": "superfast", "crf": "24"}, threads=1)
"""For beside a live stream."""
SMALL: Final = FileRecipe(options={"preset": "veryfast", "crf": "28"}, threads=1)


class NotKept(Unavailable):
    """A file cannot be written: the disk is full, or the encoder does not work here."""

    code = "not_kept"


class VideoFile:
    """One MP4 file. Used by one thread; raises NotKept where it cannot be written."""

    def __init__(self, path: Path, *, size: Size, fps: int, recipe: FileRecipe) -> None:
        self._size = size
        self._time_base = Fraction(1, fps * TICKS_PER_FRAME)
        self._picture = _Picture(size)
        try:
            self._container = av.open(
                str(path), "w", format="mp4", options={"movflags": "+faststart"}
            )
            self._stream = self._open(fps, recipe)
        except (FFmpegError, ValueError, OSError) as error:
            raise _not_kept(path.name, error) from error
        self._name = path.name

    def add(self, pixels: Pixels, *, ticks: int) -> None:
        """Add a picture that is shown from `ticks` on, which grow from call to call."""
        try:
            frame = self._picture.converted(pixels)
            frame.pts, frame.time_base = ticks, self._time_base
            for packet in self._stream.encode(frame):
                self._container.mux(packet)
        except (FFmpegError, ValueError, OSError) as error:
            raise _not_kept(self._name, error) from error

    def close(self) -> None:
        """Write what is still in the encoder, and the index."""
        try:
            for packet in self._stream.encode(None):
                self._container.mux(packet)
            self._container.close()
        except (FFmpegError, ValueError, OSError) as error:
            raise _not_kept(self._name, error) from error

    def _open(self, fps: int, recipe: FileRecipe) -> VideoStream:
        stream = self._container.add_stream(recipe.encoder, rate=fps, options=recipe.options)
        assert isinstance(stream, VideoStream), "an audio encoder"
        stream.width, stream.height = self._size
        stream.pix_fmt = "yuv420p"
        context = stream.codec_context
        context.time_base = self._time_base
        context.gop_size = _KEY_EVERY_S * fps
        context.thread_count = recipe.threads
        context.colorspace = Colorspace.ITU709
        context.color_range = ColorRange.MPEG
        context.color_primaries = ColorPrimaries.BT709
        context.color_trc = ColorTrc.BT709
        return stream


class _Picture:
    """Brings pictures of any shape to one size."""

    def __init__(self, size: Size) -> None:
        self._size = size
        self._scaler, self._converter = VideoReformatter(), VideoReformatter()

    def converted(self, pixels: Pixels, *, full_range: bool = False) -> VideoFrame:
        """Return a picture as an encoder takes it: BT.709, or BT.601 in full range for a JPEG."""
        height, width = pixels.shape[:2]
        inner = fit_into((width, height), self._size)
        if abs(inner[0] - self._size[0]) + abs(inner[1] - self._size[1]) > 2:  # noqa: PLR2004 - rounding
            pixels = self._in_black(pixels, inner)
        return self._converter.reformat(
            VideoFrame.from_numpy_buffer(np.ascontiguousarray(pixels), format="rgb24"),
            width=self._size[0],
            height=self._size[1],
            format="yuvj420p" if full_range else "yuv420p",
            interpolation=Interpolation.BICUBIC,
            dst_colorspace=Colorspace.ITU601 if full_range else Colorspace.ITU709,
            dst_color_range=ColorRange.JPEG if full_range else ColorRange.MPEG,
            threads=1,
        )

    def _in_black(self, pixels: Pixels, inner: Size) -> Pixels:
        small = self._scaler.reformat(
            VideoFrame.from_numpy_buffer(np.ascontiguousarray(pixels), format="rgb24"),
            width=inner[0],
            height=inner[1],
            format="rgb24",
            interpolation=Interpolation.BICUBIC,
            threads=1,
        ).to_ndarray()
        room = np.zeros((self._size[1], self._size[0], 3), dtype=np.uint8)
        left, top = (self._size[0] - inner[0]) // 2, (self._size[1] - inner[1]) // 2
        room[top : top + inner[1], left : left + inner[0]] = small
        return room


def write_jpeg(path: Path, pixels: Pixels, *, size: Size) -> None:
    """Write one picture. Raises NotKept."""
    try:
        context = av.CodecContext.create("mjpeg", "w")
        assert isinstance(context, VideoCodecContext), "an audio encoder"
        context.width, context.height = size
        context.pix_fmt = "yuvj420p"
        context.time_base = Fraction(1, 1)
        context.qmin = context.qmax = _JPEG_QUALITY
        frame = _Picture(size).converted(pixels, full_range=True)
        packets = [*context.encode(frame), *context.encode(None)]
        path.write_bytes(b"".join(bytes(packet) for packet in packets))
    except (FFmpegError, ValueError, OSError) as error:
        raise _not_kept(path.name, error) from error


def _not_kept(name: str, error: Exception) -> NotKept:
    return NotKept(f"{name} cannot be written: {error}")
