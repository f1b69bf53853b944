"""Encodes with FFmpeg, through PyAV: one class, one table of encoders and their options.

It decides which options make an encoder fit for a live stream: constant bitrate with a short
buffer, no look-ahead, no B frames, one thread, key frames only on request and complete in
themselves. PyAV lets go of the GIL while it converts and encodes.

Changing the rate of an open encoder does not reliably bring it down (its buffer model stays as
it was opened), so `set_rate` opens it anew at the next picture, which is then a key frame.
"""

from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Final

import av
from av.codec.hwaccel import HWAccel
from av.error import FFmpegError
from av.video.codeccontext import VideoCodecContext
from av.video.frame import PictureType, VideoFrame
from av.video.reformatter import (
    ColorPrimaries,
    ColorRange,
    Colorspace,
    ColorTrc,
    Interpolation,
    VideoReformatter,
)

from diorama.agent.media.encoder import EncoderInfo, EncoderSettings, Pixels
from diorama.agent.media.engine import AccessUnit
from diorama.kernel.errors import Unavailable

BUFFER_MS: Final = 120  # a key frame larger than this waits in the pacer longer than a viewer sees
_NEVER: Final = 1_000_000  # pictures between key frames nobody asked for
_TIME_BASE: Final = Fraction(1, 1_000_000)


@dataclass(frozen=True, slots=True, kw_only=True)
class AvRecipe:
    """How one FFmpeg encoder is opened."""

    info: EncoderInfo
    options: dict[str, str] = field(default_factory=dict)
    device: str | None = None  # FFmpeg's word for the device pictures are uploaded to


X264: Final = AvRecipe(
    info=EncoderInfo(name="libx264", codec="H264", hardware=False),
    options={
        "preset": "ultrafast",
        "tune": "zerolatency",
        "profile": "baseline",  # x264's has neither FMO nor ASO: it is constrained baseline
        "forced-idr": "1",
        "x264-params": "repeat-headers=1:scenecut=0:sliced-threads=0",
    },
)
VPX: Final = AvRecipe(
    info=EncoderInfo(name="libvpx", codec="VP8", hardware=False),
    options={
        "deadline": "realtime",
        "cpu-used": "8",
        "lag-in-frames": "0",
        "error-resilient": "default",
        "noise-sensitivity": "0",
        "static-thresh": "1",
        "undershoot-pct": "100",
        "overshoot-pct": "15",
        "max-intra-rate": "900",
    },
)
NVENC: Final = AvRecipe(
    info=EncoderInfo(name="h264_nvenc", codec="H264", hardware=True),
    options={
        "preset": "p1",
        "tune": "ull",
        "profile": "baseline",
        "rc": "cbr",
        "delay": "0",
        "zerolatency": "1",
        "forced-idr": "1",
    },
)
VAAPI: Final = AvRecipe(
    info=EncoderInfo(name="h264_vaapi", codec="H264", hardware=True),
    options={"profile": "constrained_baseline", "rc_mode": "CBR", "async_depth": "1"},
    device="vaapi",
)
RECIPES: Final = (NVENC, VAAPI, X264, VPX)
"""Best first: hardware where it is there, then H.264, which more viewers decode in hardware."""


class AvEncoder:
    """One FFmpeg encoder; see `encoder.Encoder`. Raises Unavailable where it does not open."""

    def __init__(self, recipe: AvRecipe, settings: EncoderSettings) -> None:
        self._recipe = recipe
        self._settings = settings
        self._reformatter = VideoReformatter()
        self._context: VideoCodecContext | None = self._open()

    @property
    def info(self) -> EncoderInfo:
        """Return which encoder it is."""
        return self._recipe.info

    @property
    def settings(self) -> EncoderSettings:
        """Return what it is open with now, or will be at the next picture."""
        return self._settings

    def encode(self, pixels: Pixels, *, rendered_us: int, key: bool) -> AccessUnit:
        """Return the picture encoded. Raises Unavailable where the encoder fails."""
        if self._context is None:
            self._context = self._open()
        try:
            frame = self._convert(pixels)
            frame.pts, frame.time_base = rendered_us, _TIME_BASE
            if key:
                frame.pict_type = PictureType.I
            packets = self._context.encode(frame)
        except (FFmpegError, ValueError) as error:
            self._context = None
            raise self._broken(error) from error
        return AccessUnit(
            data=b"".join(bytes(packet) for packet in packets),
            key=any(packet.is_keyframe for packet in packets),
        )

    def set_rate(self, *, bitrate_kbps: int, fps: int) -> None:
        """Change the rate from the next picture on, which becomes a key frame."""
        self._settings = replace(self._settings, bitrate_kbps=bitrate_kbps, fps=fps)
        self._context = None

    def close(self) -> None:
        """Free it; `encode` would open it again."""
        self._context = None

    def _convert(self, pixels: Pixels) -> VideoFrame:
        """Return the picture as the encoder takes it: BT.601, limited range; one pass, one copy."""
        frame = VideoFrame.from_numpy_buffer(pixels, format="rgb24")
        return self._reformatter.reformat(
            frame,
            width=self._settings.width,
            height=self._settings.height,
            format="nv12" if self._recipe.device else "yuv420p",
            interpolation=Interpolation.FAST_BILINEAR,
            dst_colorspace=Colorspace.ITU601,
            dst_color_range=ColorRange.MPEG,
            threads=1,
        )

    def _open(self) -> VideoCodecContext:
        bits = self._settings.bitrate_kbps * 1_000
        try:
            context = self._create()
            context.width, context.height = self._settings.width, self._settings.height
            context.time_base = _TIME_BASE
            context.framerate = Fraction(self._settings.fps)
            context.bit_rate = bits
            context.gop_size = _NEVER
            context.max_b_frames = 0
            context.thread_count = 1
            context.colorspace = Colorspace.ITU601
            context.color_range = ColorRange.MPEG
            context.color_primaries = ColorPrimaries.SMPTE170M
            context.color_trc = ColorTrc.SMPTE170M
            context.options = self._recipe.options | {
                "minrate": str(bits),
                "maxrate": str(bits),
                "bufsize": str(bits * BUFFER_MS // 1_000),
            }
            context.open()
        except (FFmpegError, ValueError, LookupError, RuntimeError, NotImplementedError) as error:
            raise self._broken(error) from error
        return context

    def _create(self) -> VideoCodecContext:
        device = self._recipe.device
        accel = HWAccel(device) if device else None
        context = av.CodecContext.create(self._recipe.info.name, "w", hwaccel=accel)
        assert isinstance(context, VideoCodecContext), "an audio encoder"
        context.pix_fmt = device or "yuv420p"
        if device:
            context.sw_format = "nv12"
        return context

    def _broken(self, error: Exception) -> Unavailable:
        return Unavailable(
            f"the encoder {self._recipe.info.name} does not work here: {error}",
            code="encoder_unavailable",
        )
