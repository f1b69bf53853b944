"""How many long messages one gateway reads at once, and what becomes of those that wait."""

import asyncio
from dataclasses import dataclass, field

import pytest

from diorama.gateway.odyssey import arriving
from diorama.gateway.odyssey.arriving import USUAL_BYTES, Incoming, Room

LONG = USUAL_BYTES + 1


@dataclass
class Line:
    """A connection, and what its socket was told."""

    paused: bool = False
    busy: int = 0
    late: int = 0
    told: asyncio.Event = field(default_factory=asyncio.Event)

    def pause_reading(self) -> None:
        self.paused = True

    def resume_reading(self) -> None:
        self.paused = False

    def is_busy(self) -> None:
        self.busy += 1
        self.told.set()

    def is_late(self) -> None:
        self.late += 1
        self.told.set()


def incoming(room: Room) -> tuple[Incoming, Line]:
    line = Line()
    return Incoming(line, room, busy=line.is_busy, late=line.is_late), line


async def test_what_is_usual_needs_no_place() -> None:
    room = Room(0)
    here, line = incoming(room)
    for _ in range(10):
        here.came(USUAL_BYTES)
        here.done()

    assert not line.paused


async def test_a_long_message_is_read_on_once_a_place_is_free() -> None:
    room = Room(1)
    (first, one), (second, two), (third, three) = (incoming(room) for _ in range(3))
    first.came(LONG)
    second.came(LONG)
    third.came(LONG)
    waiting = (one.paused, two.paused, three.paused)
    first.came(LONG)
    first.done()
    then = (one.paused, two.paused, three.paused)
    second.done()

    assert waiting == (False, True, True)
    assert then == (False, False, True)
    assert not three.paused
    third.close()


async def test_bytes_that_come_while_a_socket_waits_leave_it_waiting() -> None:
    room = Room(1)
    (first, _), (second, two) = (incoming(room) for _ in range(2))
    first.came(LONG)
    second.came(LONG)
    two.paused = False  # its reader took a message that was there before
    second.came(10)

    assert two.paused
    first.close()
    second.close()


async def test_a_socket_that_closes_gives_back_its_place_or_leaves_the_line() -> None:
    room = Room(1)
    (first, _), (second, _), (third, three) = (incoming(room) for _ in range(3))
    first.came(LONG)
    second.came(LONG)
    third.came(LONG)
    second.close()
    first.close()
    after = three.paused
    third.close()
    third.close()
    fourth, four = incoming(room)
    fourth.came(LONG)

    assert not after
    assert not four.paused
    fourth.close()


async def test_who_waits_long_is_told_and_what_it_sent_is_not_taken(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(arriving, "BUSY_AFTER_S", 0.0)
    room = Room(1)
    (first, one), (second, two) = (incoming(room) for _ in range(2))
    first.came(LONG)
    second.came(LONG)
    await asyncio.wait_for(two.told.wait(), 60)
    first.done()
    second.came(LONG)

    assert (one.busy, two.busy, two.paused) == (0, 1, False)
    assert first.is_welcome()
    assert not second.is_welcome()
    second.done()
    assert second.is_welcome()
    first.close()
    second.close()


async def test_a_message_that_does_not_come_whole_in_time_costs_the_connection(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(arriving, "WHOLE_WITHIN_S", 0.0)
    here, line = incoming(Room(1))
    here.came(LONG)
    await asyncio.wait_for(line.told.wait(), 60)
    here.close()

    assert line.late == 1


async def test_who_is_not_read_counts_as_heard(monkeypatch: pytest.MonkeyPatch) -> None:
    room = Room(0)
    here, _ = incoming(room)
    here.came(LONG)
    loop = asyncio.get_running_loop()
    hour_s = loop.time() + 3_600
    monkeypatch.setattr(loop, "time", lambda: hour_s)
    waits_s = here.heard_s
    here.close()
    monkeypatch.undo()

    assert waits_s == hour_s
    assert here.heard_s < hour_s
