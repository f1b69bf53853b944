"""Full collections look at what is new, and garbage that was set aside is found all the same."""

import gc
import weakref
from collections.abc import Iterator

import pytest

from diorama.gateway.collecting import (
    MORE,
    OF_A_SOCKET,
    FullCollections,
    keep_pauses_short,
    stop_setting_aside,
)


class Knot:
    """Something that only the collector can free."""

    def __init__(self) -> None:
        self.me = self


def no_sockets() -> int:
    return 0


@pytest.fixture(autouse=True)
def _put_back() -> Iterator[None]:
    before = gc.get_threshold()
    yield
    stop_setting_aside()
    gc.set_threshold(*before)


def test_what_survived_a_full_collection_is_not_looked_at_again() -> None:
    keep_pauses_short()

    gc.collect()

    assert gc.get_freeze_count() > 0
    assert len(gc.get_objects(generation=2)) == 0


def test_garbage_that_was_never_set_aside_is_collected_as_ever() -> None:
    keep_pauses_short()
    knot = weakref.ref(Knot())

    gc.collect()

    assert knot() is None


def test_garbage_that_was_set_aside_is_found_once_much_more_was() -> None:
    keep_pauses_short()
    gc.collect()
    full = FullCollections(no_sockets)
    kept = Knot()
    knot = weakref.ref(kept)
    many: list[list[object]] = [[None] for _ in range(gc.get_freeze_count() + MORE + 1_000)]
    gc.collect()
    del kept
    gc.collect()
    missed = knot() is not None

    found = full.once()

    assert many
    assert missed
    assert found
    assert knot() is None


def test_nothing_is_looked_at_again_while_little_is_new() -> None:
    keep_pauses_short()
    gc.collect()

    assert not FullCollections(no_sockets).once()


def test_what_many_viewers_keep_is_no_reason_to_look_again() -> None:
    keep_pauses_short()
    gc.collect()
    sockets = 0
    full = FullCollections(lambda: sockets)
    many: list[list[object]] = [[None] for _ in range(gc.get_freeze_count() + MORE + 1_000)]
    gc.collect()

    sockets = len(many) // OF_A_SOCKET
    looked_while_open = full.once()
    sockets = 0
    looked_once_closed = full.once()

    assert many
    assert not looked_while_open
    assert looked_once_closed
