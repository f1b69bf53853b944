"""Pictures from a world's process to its worker's: shared memory, newest first, one copy.

Buffers lie behind a page of 8-byte words. The world's side copies a picture into a buffer that is
neither the newest nor held, then points `LATEST` at it. The worker's side names the buffer it is
about to read in its own word of `HELD` and looks again whether it still is the newest: if it is,
the writer, who reads `HELD` before every choice, cannot take it; if not, it tries again. So no
picture is torn, no side waits for the other, and the encoder reads the very memory the world's
picture was copied to. Few may read at once, each at a place of its own (`FrameReader.beside`).

Stores reach the other core long before they matter: buffers are taken in turn, so the newest is the
last of all to be written over, two whole pictures later. A world that dies leaves the last picture
readable; one that lies about its size is refused, and a seal keeps it from shrinking the memory.

Whoever else looks on, in whatever process, holds nothing: it copies the newest picture out and then
sees by the buffer's `STAMPS` word whether it was written over meanwhile. So there may be any number
of them, as slow as they like, and neither the world nor the stream can tell.
"""

import contextlib
import fcntl
import mmap
import os
import select
import time
import weakref
from dataclasses import dataclass
from typing import Final, Self

import numpy as np
import numpy.typing as npt

from diorama.agent.media.frames import Frame
from diorama.kernel.errors import Invalid

READERS: Final = 2  # places: the viewer's encoder is at 0, and this one
SPECTATORS: Final = 1
BUFFERS: Final = READERS + 3  # newest, written, and one so that the newest is not next in turn
_BITS: Final = 3  # of LATEST, for the buffer's index
_PAGE: Final = mmap.PAGESIZE
_CHANNELS: Final = 3
_LATEST: Final = 0  # (number + 1) << _BITS | index; 0 while there is none
_HELD: Final = 1  # a word for each reader: index + 1; 0 while none is
_TIMES: Final = _HELD + READERS  # rendered_us of each buffer
_STAMPS: Final = _TIMES + BUFFERS  # number + 1 of the picture in each buffer; 0 while it is written
_ATTEMPTS: Final = 64  # a reader outrun so often in a row has something better to do
_MASK: Final = (1 << _BITS) - 1

_COPY_ATTEMPTS: Final = 4

Pixels = npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class RingFiles:
    """The two file descriptors of a ring: its memory, and an eventfd written at each picture."""

    memory: int
    event: int

    @classmethod
    def create(cls) -> Self:
        """Return a new ring's files, empty until a writer sizes them."""
        memory = os.memfd_create("diorama-frames", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
        return cls(memory, os.eventfd(0, os.EFD_CLOEXEC | os.EFD_NONBLOCK))

    def close(self) -> None:
        """Close both; for who hands them to nobody."""
        os.close(self.memory)
        os.close(self.event)


def ring_bytes(width: int, height: int) -> int:
    """Return how much memory a ring of such pictures takes."""
    return _PAGE + BUFFERS * _stride(width, height)


class FrameWriter:
    """The world's side; one thread."""

    def __init__(self, files: RingFiles, *, width: int, height: int) -> None:
        os.ftruncate(files.memory, ring_bytes(width, height))
        self._event = files.event
        self._words, self._buffers = _map(files.memory, width, height)
        self.published = 0
        self._index = 0

    def publish(self, picture: Pixels, *, rendered_us: int) -> int:
        """Copy a picture of the ring's size in as the newest and return its number, from 0."""
        latest = self._words[_LATEST]
        held = {self._words[_HELD + place] - 1 for place in range(READERS)}
        taken = held | {latest & _MASK if latest else -1}
        turn = ((self._index + step) % BUFFERS for step in range(1, BUFFERS + 1))
        self._index = next(index for index in turn if index not in taken)
        self._words[_STAMPS + self._index] = 0
        np.copyto(self._buffers[self._index], picture)
        self._words[_TIMES + self._index] = rendered_us
        self.published += 1
        self._words[_STAMPS + self._index] = self.published
        self._words[_LATEST] = self.published << _BITS | self._index
        os.eventfd_write(self._event, 1)
        return self.published - 1


class FrameReader:
    """The worker's side: a `FrameSource`. It owns the files it is made with.

    Raises:
        Invalid: the memory is not of the size that the world told.
    """

    def __init__(self, files: RingFiles, *, width: int, height: int) -> None:
        weakref.finalize(self, files.close)  # not sooner: another thread may wait on the event
        seals = fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_GROW | fcntl.F_SEAL_SEAL
        fcntl.fcntl(files.memory, fcntl.F_ADD_SEALS, seals)
        _check_size(files.memory, width, height)
        self.size: Final = (width, height)
        self.memory: Final = files.memory
        self._event = files.event
        self._words, self._buffers = _map(files.memory, width, height)
        for buffer in self._buffers:
            buffer.flags.writeable = False

    def latest(self, after: int) -> Frame | None:
        """Return the newest picture whose number is above `after`; None where there is none."""
        return _newest(self._words, self._buffers, after, place=0)

    def beside(self, place: int) -> "BesideReader":
        """Return a reader at another place, 1 or above, of which there may be one at a time."""
        assert 0 < place < READERS, f"there is no place {place}"
        return BesideReader(self._words, self._buffers, place)

    def wait(self, after: int, timeout_s: float) -> bool:
        """Block until a picture above `after` is there (True) or the time is over (False)."""
        poll = select.poll()
        poll.register(self._event, select.POLLIN)
        deadline = time.monotonic() + timeout_s
        while (self._words[_LATEST] >> _BITS) - 1 <= after:
            left_s = deadline - time.monotonic()
            if left_s <= 0:
                return False
            if poll.poll(left_s * 1_000):
                self._clear()
        return True

    def _clear(self) -> None:
        with contextlib.suppress(BlockingIOError):  # cleared already: the words tell the rest
            os.eventfd_read(self._event)


class BesideReader:
    """Looks at the same pictures, and holds one without letting go of what the other holds."""

    def __init__(self, words: memoryview, buffers: list[Pixels], place: int) -> None:
        self._words = words
        self._buffers = buffers
        self._place = place

    def latest(self, after: int) -> Frame | None:
        """Return the newest picture whose number is above `after`; it stays until the next."""
        return _newest(self._words, self._buffers, after, place=self._place)

    def let_go(self) -> None:
        """Hold none any more."""
        self._words[_HELD + self._place] = 0


def _newest(words: memoryview, buffers: list[Pixels], after: int, *, place: int) -> Frame | None:
    for _ in range(_ATTEMPTS):
        latest = words[_LATEST]
        number, index = (latest >> _BITS) - 1, latest & _MASK
        if number <= after:
            return None
        words[_HELD + place] = index + 1
        if words[_LATEST] == latest:
            return Frame(number=number, rendered_us=words[_TIMES + index], pixels=buffers[index])
    return None


class FrameCopier:
    """Whoever looks on beside the worker's own reader: it copies, holds nothing and waits for none.

    `memory` stays its owner's, and may be closed once this is made.

    Raises:
        Invalid: the memory is not of the size that is told.
    """

    def __init__(self, memory: int, *, width: int, height: int) -> None:
        _check_size(memory, width, height)
        self._words, self._buffers = _map(memory, width, height, access=mmap.ACCESS_READ)

    def copy_latest(self, into: Pixels, after: int) -> tuple[int, int] | None:
        """Copy the newest picture above `after` and return its number and `rendered_us`.

        None where there is none, or none could be copied whole: `into` then holds nothing of use.
        """
        for _ in range(_COPY_ATTEMPTS):
            latest = self._words[_LATEST]
            number, index = (latest >> _BITS) - 1, latest & _MASK
            if number <= after:
                return None
            rendered_us = self._words[_TIMES + index]
            np.copyto(into, self._buffers[index])
            if self._words[_STAMPS + index] == number + 1:
                return number, rendered_us
        return None


def _check_size(memory: int, width: int, height: int) -> None:
    size = os.fstat(memory).st_size
    if size != ring_bytes(width, height):
        raise Invalid(f"the frame memory has {size} bytes, not those of {width}x{height}")


def _stride(width: int, height: int) -> int:
    return -(-width * height * _CHANNELS // _PAGE) * _PAGE


def _map(
    memory: int, width: int, height: int, access: int = mmap.ACCESS_WRITE
) -> tuple[memoryview, list[Pixels]]:
    shared = mmap.mmap(memory, ring_bytes(width, height), access=access)
    words = memoryview(shared)[:_PAGE].cast("Q")
    buffers: list[Pixels] = [
        np.frombuffer(
            shared,
            dtype=np.uint8,
            count=width * height * _CHANNELS,
            offset=_PAGE + index * _stride(width, height),
        ).reshape(height, width, _CHANNELS)
        for index in range(BUFFERS)
    ]
    return words, buffers
