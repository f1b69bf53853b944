"""Of what size a video is."""

import pytest

from diorama.agent.recording_facts import fit_into, size_asked, size_within
from diorama.protocol.worker import Frame


@pytest.mark.parametrize(
    ("frame", "size"),
    [
        (Frame(), (1280, 720)),
        (Frame(width=640), (640, 360)),
        (Frame(height=1080), (1920, 1080)),
        (Frame(height=100), (178, 100)),
        (Frame(width=704, height=1280), (704, 1280)),
    ],
)
def test_a_run_has_the_size_that_was_asked_for(frame: Frame, size: tuple[int, int]) -> None:
    assert size_asked((1280, 720), frame) == size


@pytest.mark.parametrize(
    ("frame", "size"),
    [
        (Frame(height=1080), (1280, 720)),
        (Frame(height=360), (640, 360)),
        (Frame(width=320, height=720), (320, 180)),
        (Frame(), (1280, 720)),
    ],
)
def test_a_live_recording_is_never_larger_than_what_was_seen(
    frame: Frame, size: tuple[int, int]
) -> None:
    assert size_within((1280, 720), frame) == size


def test_a_picture_keeps_its_shape_in_another_room() -> None:
    assert fit_into((1280, 720), (704, 1280)) == (704, 396)
    assert fit_into((1280, 720), (640, 360)) == (640, 360)
