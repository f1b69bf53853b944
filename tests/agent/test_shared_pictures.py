"""Pictures for spectators: copies, without touching what the viewer's encoder reads."""

import numpy as np

from diorama.agent.frame_ring import SPECTATORS, FrameReader, FrameWriter, RingFiles
from diorama.agent.shared_pictures import SharedPictures

SIDE = 64


def picture(value: int) -> np.ndarray[tuple[int, int, int], np.dtype[np.uint8]]:
    return np.full((SIDE, SIDE, 3), value, dtype=np.uint8)


def shared() -> tuple[FrameWriter, FrameReader, SharedPictures]:
    files = RingFiles.create()
    writer = FrameWriter(files, width=SIDE, height=SIDE)
    reader = FrameReader(files, width=SIDE, height=SIDE)
    return writer, reader, SharedPictures(reader.beside(SPECTATORS), fps=30)


def test_there_is_nothing_before_the_first_picture() -> None:
    _, _, pictures = shared()

    assert not pictures.copy()
    assert pictures.latest(-1) is None
    assert not pictures.wait(-1, 0.0)


def test_a_copy_stays_as_it_was_however_many_pictures_follow() -> None:
    writer, _, pictures = shared()
    writer.publish(picture(1), rendered_us=11)
    assert pictures.copy()
    copied = pictures.latest(-1)
    for value in range(2, 30):
        writer.publish(picture(value), rendered_us=value)

    assert copied is not None
    assert (copied.number, copied.rendered_us) == (0, 11)
    assert (copied.pixels == 1).all()
    assert pictures.latest(0) is None


def test_the_same_picture_is_copied_once() -> None:
    writer, _, pictures = shared()
    writer.publish(picture(1), rendered_us=1)

    assert [pictures.copy(), pictures.copy()] == [True, False]


def test_what_the_viewers_encoder_holds_stays_whole_while_spectators_look() -> None:
    writer, reader, pictures = shared()
    writer.publish(picture(1), rendered_us=1)
    held = reader.latest(-1)
    for value in range(2, 30):
        writer.publish(picture(value), rendered_us=value)
        pictures.copy()

    assert held is not None
    assert (held.pixels == 1).all()


def test_pictures_are_kept_up_for_as_long_as_somebody_watches() -> None:
    writer, _, pictures = shared()
    writer.publish(picture(7), rendered_us=1)

    with pictures.kept_up(), pictures.kept_up():
        came = pictures.wait(-1, 60.0)

    newest = pictures.latest(-1)
    assert came
    assert newest is not None
    assert (newest.pixels == 7).all()
