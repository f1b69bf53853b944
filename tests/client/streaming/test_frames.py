import numpy as np
import pytest
from av import VideoFrame
from av.video.reformatter import ColorRange, Colorspace

from diorama.client.streaming.frames import Decoded

COLOUR = (210, 40, 40)


def decoded(width: int = 64, height: int = 48) -> Decoded:
    """Return a frame as a decoder leaves it: BT.601, limited range."""
    rgb = np.full((height, width, 3), COLOUR, np.uint8)
    native = VideoFrame.from_ndarray(rgb, format="rgb24").reformat(
        format="yuv420p", dst_colorspace=Colorspace.ITU601, dst_color_range=ColorRange.MPEG
    )
    return Decoded(native, number=7, arrived_s=1.5, attachment=2)


async def test_a_frame_is_an_array_of_rows_from_top_to_bottom() -> None:
    frame = await decoded().frame()

    assert frame.rgb.shape == (48, 64, 3)
    assert frame.rgb.dtype == np.uint8
    assert (frame.number, frame.arrived_s, frame.attachment) == (7, 1.5, 2)


async def test_colours_are_those_that_were_painted() -> None:
    frame = await decoded().frame()

    assert np.abs(frame.rgb.astype(int) - COLOUR).max() <= 3


async def test_a_frame_is_the_program_s_own() -> None:
    frame = await decoded().frame()

    frame.rgb[0, 0] = 0

    assert frame.rgb[0, 0].tolist() == [0, 0, 0]


async def test_numpy_takes_a_frame_for_its_array() -> None:
    frame = await decoded().frame()

    assert np.asarray(frame, dtype=float).mean() == pytest.approx(frame.rgb.mean())
