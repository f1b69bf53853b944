"""Which rows of the log have settled: no row may yet appear below them.

A model of what PostgreSQL does plays random histories: a writer gets its transaction number, later
the number of its row, later commits; publishers look in between. Whatever happens when, no row may
appear at or below what was taken for settled, and in the end everything is in the feed once.
"""

import random
from dataclasses import dataclass, field, replace

import pytest

from diorama.events.feed import Head, Horizon, next_position, settled_by

START = Head(position=0, settled=0, newest=0, candidate=0, fence=0)


@dataclass
class Writer:
    own: int
    row: int | None = None


@dataclass
class Model:
    """A database with one log, and a feed."""

    head: Head = START
    transactions: int = 700
    rows: int = 0
    writers: list[Writer] = field(default_factory=list)
    seen: set[int] = field(default_factory=set)
    feed: list[int] = field(default_factory=list)

    def begin(self) -> None:
        self.transactions += 1
        self.writers.append(Writer(self.transactions))

    def write(self, writer: Writer) -> None:
        if writer.row is None:
            self.rows += 1
            writer.row = self.rows

    def end(self, writer: Writer, *, commits: bool) -> None:
        self.writers.remove(writer)
        if commits and writer.row is not None:
            assert writer.row > self.head.settled, "a row appeared below what had settled"
            self.seen.add(writer.row)

    def publish(self, rng: random.Random) -> None:
        self.transactions += 1
        own = self.transactions
        oldest = min([own, *(writer.own for writer in self.writers)])
        looked_at = self.head.settled
        head = settled_by(self.head, Horizon(own=own, oldest=oldest))
        while self.writers and rng.random() < 0.3:  # others go on between two statements
            self.step(rng)
        rows = sorted(row for row in self.seen if row > looked_at and row not in self.feed)
        assert all(row in self.feed or row in rows for row in self.seen if row <= head.settled)
        self.feed += rows
        self.head = replace(head, newest=max([head.newest, *rows]))

    def step(self, rng: random.Random) -> None:
        writer = rng.choice(self.writers)
        if rng.random() < 0.6:
            self.write(writer)
        else:
            self.end(writer, commits=rng.random() < 0.8)


@pytest.mark.parametrize("seed", range(200))
def test_no_row_ever_appears_below_what_has_settled(seed: int) -> None:
    rng, model = random.Random(seed), Model()
    for _ in range(300):
        kind = rng.random()
        if kind < 0.25 and len(model.writers) < 6:
            model.begin()
        elif kind < 0.8 and model.writers:
            model.step(rng)
        else:
            model.publish(rng)
    for writer in list(model.writers):
        model.end(writer, commits=True)
    for _ in range(3):
        model.publish(rng)

    assert sorted(model.feed) == sorted(model.seen)
    assert model.head.settled == max(model.seen, default=0)


def test_without_anybody_else_at_work_a_row_settles_at_the_next_look() -> None:
    head = replace(START, newest=9)

    assert settled_by(head, Horizon(own=5, oldest=5)).settled == 9


def test_a_writer_that_is_not_over_holds_settling_up_and_nothing_else() -> None:
    waits = settled_by(replace(START, newest=9), Horizon(own=5, oldest=3))
    still = settled_by(waits, Horizon(own=8, oldest=4))
    over = settled_by(still, Horizon(own=9, oldest=5))

    assert (waits.settled, waits.candidate, waits.fence) == (0, 9, 5)
    assert still == waits
    assert (over.settled, over.fence) == (9, 0)


def test_rows_restored_into_another_cluster_settle_by_its_own_numbers() -> None:
    restored = Head(position=0, settled=4, newest=9, candidate=9, fence=900)

    assert settled_by(restored, Horizon(own=5, oldest=5)).settled == 9


def test_places_go_on_within_an_incarnation_and_jump_with_the_next() -> None:
    head = replace(START, position=(3 << 32) + 7)

    assert next_position(head, 3) == (3 << 32) + 8
    assert next_position(head, 4) == 4 << 32
    assert next_position(head, 2) == (3 << 32) + 8
