"""Pictures through shared memory: the newest, whole, and only of the size that was told."""

import multiprocessing
import os
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.synchronize import Event

import numpy as np
import pytest

from diorama.agent.frame_ring import FrameCopier, FrameReader, FrameWriter, RingFiles
from diorama.kernel.errors import Invalid

WIDTH, HEIGHT = 320, 180
PATIENCE_S = 60.0


def picture(value: int) -> np.ndarray[tuple[int, int, int], np.dtype[np.uint8]]:
    return np.full((HEIGHT, WIDTH, 3), value % 256, dtype=np.uint8)


def ring() -> tuple[FrameWriter, FrameReader]:
    files = RingFiles.create()
    writer = FrameWriter(files, width=WIDTH, height=HEIGHT)
    return writer, FrameReader(files, width=WIDTH, height=HEIGHT)


def test_there_is_no_picture_before_the_first() -> None:
    _, reader = ring()

    assert reader.latest(-1) is None
    assert not reader.wait(-1, 0.0)


def test_the_newest_picture_is_read_with_its_number_and_time() -> None:
    writer, reader = ring()
    for number in range(7):
        writer.publish(picture(number), rendered_us=1_000 + number)

    frame = reader.latest(-1)

    assert frame is not None
    assert (frame.number, frame.rendered_us) == (6, 1_006)
    assert (frame.pixels == 6).all()
    assert reader.wait(5, 0.0)
    assert reader.latest(6) is None


def test_a_held_picture_stays_whole_however_many_follow() -> None:
    writer, reader = ring()
    writer.publish(picture(1), rendered_us=1)
    held = reader.latest(-1)
    for number in range(2, 30):
        writer.publish(picture(number), rendered_us=number)

    assert held is not None
    assert (held.pixels == 1).all()


def test_who_waits_is_woken_by_a_picture_and_not_by_an_older_one() -> None:
    writer, reader = ring()
    writer.publish(picture(0), rendered_us=1)

    assert reader.wait(-1, 0.0)
    assert not reader.wait(0, 0.01)


def test_a_world_that_lies_about_its_size_is_refused() -> None:
    files = RingFiles.create()
    FrameWriter(files, width=WIDTH, height=HEIGHT)

    with pytest.raises(Invalid, match="not those of 640x360"):
        FrameReader(files, width=640, height=360)


def test_the_memory_cannot_shrink_under_its_reader() -> None:
    files = RingFiles.create()
    FrameWriter(files, width=WIDTH, height=HEIGHT)
    reader = FrameReader(files, width=WIDTH, height=HEIGHT)

    with pytest.raises(PermissionError):
        os.ftruncate(files.memory, 0)
    assert reader.latest(-1) is None


def test_the_files_go_with_their_reader() -> None:
    files = RingFiles.create()
    FrameWriter(files, width=WIDTH, height=HEIGHT)
    reader = FrameReader(files, width=WIDTH, height=HEIGHT)

    del reader

    with pytest.raises(OSError, match="Bad file descriptor"):
        os.fstat(files.memory)


def write_without_pause(files: RingFiles, stop: Event) -> None:
    writer = FrameWriter(files, width=WIDTH, height=HEIGHT)
    number = 0
    while not stop.is_set():
        writer.publish(picture(number), rendered_us=number)
        number += 1


@contextmanager
def a_fast_writer(files: RingFiles) -> Iterator[None]:
    context = multiprocessing.get_context("fork")
    stop = context.Event()
    process = context.Process(target=write_without_pause, args=(files, stop))
    process.start()
    try:
        yield
    finally:
        stop.set()
        process.join(PATIENCE_S)


@pytest.mark.filterwarnings("ignore:.*multi-threaded.*:DeprecationWarning")
def test_no_picture_is_torn_by_a_writer_in_another_process_that_never_pauses() -> None:
    files = RingFiles.create()
    FrameWriter(files, width=WIDTH, height=HEIGHT)
    reader = FrameReader(files, width=WIDTH, height=HEIGHT)
    last, torn, looks = -1, 0, 0
    with a_fast_writer(files):
        while looks < 300 or last <= 300:
            looks += 1
            assert reader.wait(last, PATIENCE_S)
            frame = reader.latest(last)
            if frame is not None:
                last = frame.number
                value = frame.number % 256
                torn += any((frame.pixels != value).any() for _ in range(3))

    assert torn == 0


def test_who_copies_gets_the_newest_picture_and_holds_none() -> None:
    writer, reader = ring()
    copier = FrameCopier(reader.memory, width=WIDTH, height=HEIGHT)
    into = picture(0)
    for number in range(9):
        writer.publish(picture(number), rendered_us=1_000 + number)

    assert copier.copy_latest(into, -1) == (8, 1_008)
    assert (into == 8).all()
    assert copier.copy_latest(into, 8) is None


@pytest.mark.filterwarnings("ignore:.*multi-threaded.*:DeprecationWarning")
def test_no_copy_is_torn_by_a_writer_in_another_process_that_never_pauses() -> None:
    files = RingFiles.create()
    FrameWriter(files, width=WIDTH, height=HEIGHT)
    reader = FrameReader(files, width=WIDTH, height=HEIGHT)
    copier = FrameCopier(files.memory, width=WIDTH, height=HEIGHT)
    into, last, torn, looks = picture(0), -1, 0, 0
    with a_fast_writer(files):
        while looks < 300 or last <= 300:
            looks += 1
            assert reader.wait(last, PATIENCE_S)
            copied = copier.copy_latest(into, last)
            if copied is not None:
                last, _ = copied
                torn += bool((into != last % 256).any())

    assert torn == 0
