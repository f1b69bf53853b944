"""What waits for a slow world, and what is dropped first."""

import pytest

from diorama.agent.input_queue import InputQueue
from diorama.protocol.input import KeyDown, PointerMove


def move(x: float) -> PointerMove:
    return PointerMove(x=x, y=0.5)


KEY = KeyDown(code="KeyW", key="w")


def test_messages_come_out_in_order() -> None:
    queue = InputQueue()
    queue.put(move(0.1))
    queue.put(KEY)

    assert [queue.take(), queue.take()] == [move(0.1), KEY]
    with pytest.raises(IndexError):
        queue.take()


def test_a_move_that_has_no_room_is_dropped() -> None:
    queue = InputQueue(limit=1)
    queue.put(KEY)
    queue.put(move(0.1))

    assert (len(queue), queue.dropped) == (1, 1)
    assert queue.take() == KEY


def test_a_key_takes_the_room_of_the_oldest_move() -> None:
    queue = InputQueue(limit=3)
    for message in (KEY, move(0.1), move(0.2), KEY):
        queue.put(message)

    assert [queue.take() for _ in range(3)] == [KEY, move(0.2), KEY]
    assert queue.dropped == 1


def test_a_key_that_finds_only_keys_is_dropped() -> None:
    queue = InputQueue(limit=1)
    queue.put(KEY)
    queue.put(KeyDown(code="KeyS", key="s"))

    assert queue.take() == KEY
    assert queue.dropped == 1
