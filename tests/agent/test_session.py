"""What a session decides by itself: codecs, and no picture past the fence."""

import numpy as np
import pytest

from diorama.agent.fence import Fence
from diorama.agent.frame_ring import FrameReader, FrameWriter, RingFiles
from diorama.agent.media.engine import Codec
from diorama.agent.session import FencedPictures, codecs_to_offer
from diorama.kernel.units import seconds
from diorama.protocol.worker import VideoCodec, VideoSpec


class SteppedClock:
    """A clock that moves only when told to."""

    def __init__(self) -> None:
        self.at_s = 0.0

    def now_us(self) -> int:
        return seconds(self.at_s)

    def boottime_us(self) -> int:
        return seconds(self.at_s)


@pytest.mark.parametrize(
    ("wished", "viewer", "here", "offered"),
    [
        (("H264", "VP8"), (), ("VP8", "H264"), ("H264", "VP8")),
        (("H264", "VP8"), ("VP8",), ("H264", "VP8"), ("VP8",)),
        (("H264", "VP8"), ("AV1",), ("H264", "VP8"), ("H264", "VP8")),
        (("AV1",), (), ("VP8",), ("VP8",)),
        (("AV1", "VP8"), ("H264", "VP8"), ("H264", "VP8"), ("VP8",)),
    ],
)
def test_what_is_offered_is_wished_decodable_and_encodable(
    wished: tuple[VideoCodec, ...],
    viewer: tuple[str, ...],
    here: tuple[Codec, ...],
    offered: tuple[Codec, ...],
) -> None:
    assert codecs_to_offer(VideoSpec(codecs=wished), viewer, here) == offered


def test_a_machine_that_wakes_past_its_fence_sends_not_one_more_picture() -> None:
    clock, fence, files = SteppedClock(), Fence(), RingFiles.create()
    writer = FrameWriter(files, width=64, height=64)
    pictures = FencedPictures(FrameReader(files, width=64, height=64), fence, clock)
    fence.welcomed(sent_us=0, self_fence_s=60)
    writer.publish(np.zeros((64, 64, 3), dtype=np.uint8), rendered_us=1)

    clock.at_s = 59.9
    assert pictures.latest(-1) is not None
    clock.at_s = 80
    assert pictures.latest(-1) is None
    assert pictures.wait(-1, 0.0)
