from pathlib import Path

import av
import numpy as np
import pytest

from diorama.cli.pictures import keeper
from diorama.client import Frame
from diorama.kernel.errors import Invalid

RED, BLUE = (200, 40, 40), (40, 60, 200)


def frame(colour: tuple[int, int, int], arrived_s: float, *, width: int = 64) -> Frame:
    rgb = np.full((48, width, 3), colour, np.uint8)
    return Frame(rgb, number=0, media_s=0.0, arrived_s=arrived_s, attachment=1)


def seen(file: Path) -> list[tuple[float, list[int]]]:
    """Return the time and the middle of each picture of a file."""
    with av.open(str(file)) as container:
        return [
            (round(found.time or 0.0, 3), found.to_ndarray(format="rgb24")[24, 32].tolist())
            for found in container.decode(video=0)
        ]


def test_the_last_frame_is_kept_as_a_png(tmp_path: Path) -> None:
    keeps = keeper(tmp_path / "a.png")
    keeps.take(frame(RED, 1.0))
    keeps.take(frame(BLUE, 2.0))
    keeps.finish()

    assert [colour for _, colour in seen(tmp_path / "a.png")] == [list(BLUE)]


def test_all_frames_are_kept_as_an_mp4_at_the_times_they_came(tmp_path: Path) -> None:
    keeps = keeper(tmp_path / "a.mp4")
    for number, colour in enumerate((RED, BLUE, RED)):
        keeps.take(frame(colour, 7 + number / 4))
    keeps.take(frame(RED, 8.0, width=32))
    keeps.finish()

    found = seen(tmp_path / "a.mp4")
    assert [time for time, _ in found] == [0.0, 0.25, 0.5]
    assert np.abs(np.array(found[1][1]) - BLUE).max() < 12


def test_where_no_frame_came_there_is_no_picture(tmp_path: Path) -> None:
    keeps = keeper(tmp_path / "a.png")
    keeps.finish()

    assert not (tmp_path / "a.png").exists()


def test_nothing_is_kept_where_no_file_is_named() -> None:
    keeps = keeper(None)
    keeps.take(frame(RED, 1.0))
    keeps.finish()


@pytest.mark.parametrize("name", ["a.gif", "a", "png"])
def test_a_name_that_says_no_format_is_refused(name: str) -> None:
    with pytest.raises(Invalid, match=r"ends in \.png or \.mp4"):
        keeper(Path(name))
