"""Frames as programs get them: uint8 arrays with their times. Made only for who takes them."""

import asyncio
from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np
from av import VideoFrame
from av.video.reformatter import Colorspace
from numpy.typing import DTypeLike, NDArray

Picture: TypeAlias = NDArray[np.uint8]
_RGB: Final = "rgb24"


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """One frame that a viewer saw; numpy takes it for its array.

    Attributes:
        rgb: uint8, (height, width, 3), RGB, rows top to bottom. Yours to change.
        number: which of the frames that came to this viewer, from 0; what was dropped leaves gaps.
        media_s: when the world sent it, in seconds since the first frame of its attachment.
        arrived_s: when it was decoded here, on the clock of `time.monotonic`.
        attachment: the number of the peer connection it came by.
    """

    rgb: Picture
    number: int
    media_s: float
    arrived_s: float
    attachment: int

    def __array__(self, dtype: DTypeLike | None = None, *, copy: bool | None = None) -> Picture:
        return np.array(self.rgb, dtype=dtype, copy=copy)


@dataclass(frozen=True, slots=True, eq=False)
class Decoded:
    """A frame as the decoder left it."""

    native: VideoFrame
    number: int
    arrived_s: float
    attachment: int

    async def frame(self) -> Frame:
        """Return it as an array, made on another thread so that no packet waits for it."""
        return Frame(
            rgb=await asyncio.to_thread(self._rgb),
            number=self.number,
            media_s=self.native.time or 0.0,
            arrived_s=self.arrived_s,
            attachment=self.attachment,
        )

    def _rgb(self) -> Picture:
        """Return its pixels; worlds are sent as BT.601, which their size alone would not tell."""
        found = self.native.to_ndarray(format=_RGB, src_colorspace=Colorspace.ITU601)
        return np.ascontiguousarray(found, np.uint8)
