"""What an encoder is: pictures in, access units out.

It does not choose rates (`rate`) nor moments (`stream`). Which encoders this machine really has
is found by encoding with each (`probe`).
"""

from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from diorama.agent.media.engine import AccessUnit, Codec

Pixels = npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True, kw_only=True)
class EncoderInfo:
    """An encoder this machine has: FFmpeg's `name` for it, what it makes, where it runs."""

    name: str
    codec: Codec
    hardware: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class EncoderSettings:
    """What an encoder is opened with; `width` and `height` in pixels, both even."""

    width: int
    height: int
    bitrate_kbps: int
    fps: int


class Encoder(Protocol):
    """One open encoder. Used by one thread at a time."""

    @property
    def info(self) -> EncoderInfo:
        """Which encoder it is."""

    @property
    def settings(self) -> EncoderSettings:
        """What it is open with now."""

    def encode(self, pixels: Pixels, *, rendered_us: int, key: bool) -> AccessUnit:
        """Return the picture encoded; `key` makes it a key frame.

        `pixels`: uint8, (height, width, 3), RGB, rows top to bottom, C-contiguous; read only
        during the call. `rendered_us` grows from call to call.
        """

    def set_rate(self, *, bitrate_kbps: int, fps: int) -> None:
        """Change the rate; the next picture may become a key frame for it."""

    def close(self) -> None:
        """Free it. Idempotent."""


class EncoderFactory(Protocol):
    """Opens encoders; `probe.Encoders` is one."""

    @property
    def codecs(self) -> tuple[Codec, ...]:
        """What can be encoded here, best first: what a peer may offer."""

    def open(self, codec: Codec, settings: EncoderSettings) -> Encoder:
        """Return the best encoder of this codec. Raises Unavailable where none opens."""
