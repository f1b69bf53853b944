"""The clock of a world without a viewer."""

import pytest

from diorama.protocol.scripts import Cue
from diorama.world.virtual_time import due_before, frame_after, frame_time, frames_in
from diorama.world.world import FrameTime


@pytest.mark.parametrize(
    ("at_ms", "fps", "frame"),
    [(0, 30, 0), (1_000, 30, 30), (1_001, 30, 31), (33, 30, 1), (34, 30, 2), (1, 1, 1)],
)
def test_a_cue_comes_before_the_first_frame_that_is_not_before_it(
    at_ms: int, fps: int, frame: int
) -> None:
    assert frame_after(at_ms, fps) == frame


@pytest.mark.parametrize(
    ("length_ms", "fps", "frames"), [(10_000, 30, 300), (1, 30, 1), (100, 10, 1), (101, 10, 2)]
)
def test_every_frame_that_begins_before_the_end_is_rendered(
    length_ms: int, fps: int, frames: int
) -> None:
    assert frames_in(length_ms, fps) == frames


def test_frames_are_evenly_spaced_whatever_the_clock_says() -> None:
    assert frame_time(0, 25) == FrameTime(0, 0.0, 0.0)
    assert frame_time(50, 25) == FrameTime(50, 2.0, 0.04)


def test_the_end_is_no_cue_for_the_world() -> None:
    script = (Cue(at_ms=5, prompt="rain"), Cue(at_ms=20, end=True))

    assert list(due_before(script, 100)) == [(1, script[0])]
