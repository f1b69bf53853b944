"""What every store may count on, whichever database is under it."""

import asyncio
import threading
from enum import StrEnum

import pytest

from diorama.kernel.errors import Invalid, Unavailable
from diorama.storage.database import (
    BrokenConstraint,
    Database,
    Transaction,
    masked,
    open_database,
)
from tests.clock import NOON_US, SteppedClock


class Colour(StrEnum):
    RED = "red"


class Regretted(Exception):
    """What a unit raises to take everything back."""


@pytest.fixture
async def counter(database: Database) -> Database:
    """Give the database one row to count in."""

    def create(tx: Transaction) -> None:
        tx.run("CREATE TABLE tally (id TEXT PRIMARY KEY, count BIGINT NOT NULL CHECK (count >= 0))")
        tx.run("INSERT INTO tally (id, count) VALUES ('a', 0)")

    await database.run(create)
    return database


def increment(tx: Transaction) -> int:
    rows = tx.run("SELECT count FROM tally WHERE id = ? {for_update}", "a")
    count = int(rows[0][0]) + 1
    tx.run("UPDATE tally SET count = ? WHERE id = ?", count, "a")
    return count


def count_of(tx: Transaction) -> int:
    return int(tx.run("SELECT count FROM tally WHERE id = 'a'")[0][0])


async def test_what_a_unit_wrote_is_there_afterwards(counter: Database) -> None:
    assert await counter.run(increment) == 1

    assert await counter.read(count_of) == 1


async def test_a_unit_that_raises_leaves_nothing(counter: Database) -> None:
    def regret(tx: Transaction) -> None:
        increment(tx)
        raise Regretted

    with pytest.raises(Regretted):
        await counter.run(regret)

    assert await counter.read(count_of) == 0


async def test_what_is_written_in_passing_is_there_for_the_next_statement(
    counter: Database,
) -> None:
    def count_up(tx: Transaction) -> int:
        tx.write("UPDATE tally SET count = count + ? WHERE id = ?", 2, "a")
        tx.write("UPDATE tally SET count = count * ? WHERE id = ?", 5, "a")
        return count_of(tx)

    assert await counter.run(count_up) == 10

    assert await counter.read(count_of) == 10


async def test_what_is_written_last_and_in_passing_is_committed(counter: Database) -> None:
    await counter.run(lambda tx: tx.write("UPDATE tally SET count = 7 WHERE id = ?", "a"))

    assert await counter.read(count_of) == 7


@pytest.mark.parametrize("looks", [True, False])
async def test_what_was_wrong_with_a_write_in_passing_undoes_its_unit(
    counter: Database, *, looks: bool
) -> None:
    def break_a_law(tx: Transaction) -> int:
        increment(tx)
        tx.write("UPDATE tally SET count = ? WHERE id = ?", -1, "a")
        tx.write("UPDATE tally SET count = ? WHERE id = ?", 9, "a")
        return count_of(tx) if looks else 0

    for _ in range(12):  # each connection there is, and again
        with pytest.raises(BrokenConstraint):
            await counter.run(break_a_law)

    assert await counter.run(increment) == 1


async def test_what_a_unit_that_raises_wrote_in_passing_is_nobodys(counter: Database) -> None:
    def regret(tx: Transaction) -> None:
        tx.write("UPDATE tally SET count = ? WHERE id = ?", 9, "a")
        raise Regretted

    for _ in range(12):  # as above
        with pytest.raises(Regretted):
            await counter.run(regret)
        await counter.run(increment)

    assert await counter.read(count_of) == 12


async def test_a_unit_that_raises_spoils_none_of_its_neighbours(counter: Database) -> None:
    def every_third_regrets(number: int) -> int:
        if number % 3 == 0:
            raise Regretted
        return number

    async def one(number: int) -> int:
        return await counter.run(lambda tx: increment(tx) and every_third_regrets(number))

    answers = await asyncio.gather(*map(one, range(90)), return_exceptions=True)

    assert [a for a in answers if not isinstance(a, Regretted)] == [n for n in range(90) if n % 3]
    assert sum(isinstance(a, Regretted) for a in answers) == 30
    assert await counter.read(count_of) == 60


async def test_a_thousand_at_once_count_to_a_thousand(counter: Database) -> None:
    answers = await asyncio.gather(*(counter.run(increment) for _ in range(1000)))

    assert sorted(answers) == list(range(1, 1001))
    assert await counter.read(count_of) == 1000


async def test_a_write_returns_the_rows_it_is_asked_for(counter: Database) -> None:
    sql = "UPDATE tally SET count = count + ? WHERE id = ? RETURNING id, count"

    assert await counter.run(lambda tx: tx.run(sql, 5, "a")) == [("a", 5)]
    assert await counter.run(lambda tx: tx.run(sql, 5, "missing")) == []


async def test_a_write_that_is_asked_for_no_rows_has_none(counter: Database) -> None:
    assert await counter.run(lambda tx: tx.run("UPDATE tally SET count = 3")) == []


async def test_many_rows_go_in_by_one_call(counter: Database) -> None:
    rows = [("b", 1), ("c", 2)]

    await counter.run(lambda tx: tx.run_many("INSERT INTO tally VALUES (?, ?)", rows))

    assert await counter.read(lambda tx: tx.run("SELECT sum(count) FROM tally")) == [(3,)]


async def test_a_question_mark_in_quotes_is_text(database: Database) -> None:
    sql = "SELECT 'what?', ? AS \"why?\", 'it''s {fine}?' -- really?\n"

    assert await database.read(lambda tx: tx.run(sql, "x")) == [("what?", "x", "it's {fine}?")]


@pytest.mark.parametrize("words", ["{for_update}", "{for_update_skip_locked}", "{for_update of t}"])
async def test_rows_are_locked_by_the_same_words(counter: Database, words: str) -> None:
    sql = f"SELECT id FROM tally t WHERE id = ? {words}"

    assert await counter.run(lambda tx: tx.run(sql, "a")) == [("a",)]


async def test_values_come_back_as_they_went_in(database: Database) -> None:
    await database.run(
        lambda tx: tx.run(
            "CREATE TABLE v (big BIGINT, yes INTEGER, ratio DOUBLE PRECISION, word TEXT,"
            " raw BYTEA, none TEXT)"
        )
    )
    values = (NOON_US, True, 0.25, Colour.RED, b"\x00\xff", None)

    await database.run(lambda tx: tx.run("INSERT INTO v VALUES (?, ?, ?, ?, ?, ?)", *values))

    (row,) = await database.read(lambda tx: tx.run("SELECT * FROM v"))
    assert row == (NOON_US, 1, 0.25, "red", b"\x00\xff", None)
    assert [type(value) for value in row] == [int, int, float, str, bytes, type(None)]


async def test_sums_and_averages_are_plain_numbers(counter: Database) -> None:
    await counter.run(increment)

    (row,) = await counter.read(
        lambda tx: tx.run("SELECT sum(count), count(*), avg(count) FROM tally")
    )

    assert row == (1, 1, 1.0)
    assert [type(value) for value in row] == [int, int, float]


async def test_a_law_of_the_schema_cannot_be_broken(counter: Database) -> None:
    with pytest.raises(BrokenConstraint):
        await counter.run(lambda tx: tx.run("UPDATE tally SET count = -1"))
    with pytest.raises(BrokenConstraint):
        await counter.run(lambda tx: tx.run("INSERT INTO tally VALUES ('a', 1)"))

    assert await counter.read(count_of) == 0


async def test_a_unit_that_should_only_read_cannot_write(counter: Database) -> None:
    with pytest.raises(Exception, match=r"wrote something|read-only"):
        await counter.read(increment)

    assert await counter.read(count_of) == 0


async def test_a_read_sees_what_its_caller_wrote_before(counter: Database) -> None:
    async def write_and_read() -> bool:
        written = await counter.run(increment)
        return await counter.read(count_of) >= written

    assert all(await asyncio.gather(*(write_and_read() for _ in range(50))))


async def test_a_caller_who_leaves_takes_nothing_back(counter: Database) -> None:
    loop, begun, go_on = asyncio.get_running_loop(), asyncio.Event(), threading.Event()

    def slow_increment(tx: Transaction) -> None:
        increment(tx)
        loop.call_soon_threadsafe(begun.set)
        assert go_on.wait(60)

    caller = asyncio.create_task(counter.run(slow_increment))
    await begun.wait()
    caller.cancel()
    with pytest.raises(asyncio.CancelledError):
        await caller
    go_on.set()

    assert await counter.run(increment) == 2


async def test_a_unit_that_runs_out_of_items_is_an_error_like_any_other(database: Database) -> None:
    with pytest.raises(RuntimeError, match="StopIteration"):
        await database.run(lambda _: next(iter(())))


async def test_time_moves_as_the_clock_does(database: Database, clock: SteppedClock) -> None:
    before_us = await database.run(lambda tx: tx.now_us())
    clock.step(seconds=2.5)

    assert await database.read(lambda tx: tx.now_us()) == before_us + 2_500_000


async def test_nobody_is_let_in_after_the_end(counter: Database) -> None:
    await counter.close()
    await counter.close()

    with pytest.raises(Unavailable) as refusal:
        await counter.run(increment)
    assert refusal.value.code == "stopping"


async def test_what_was_accepted_is_finished_before_the_end(counter: Database) -> None:
    accepted = [asyncio.ensure_future(counter.run(increment)) for _ in range(20)]
    await asyncio.sleep(0)

    await counter.close()

    assert sorted(await asyncio.gather(*accepted)) == list(range(1, 21))


@pytest.mark.parametrize(
    "url",
    [
        "",
        "diorama.db",
        "sqlite://",
        "sqlite:///",
        "sqlite://host/x.db",
        "mysql://u@h/x",
        "http://x",
    ],
)
def test_an_address_of_no_database_is_refused_by_name(url: str) -> None:
    with pytest.raises(Invalid, match="database URL"):
        open_database(url)


def test_a_password_is_never_shown() -> None:
    assert masked("postgresql://me:secret@host:5432/x") == "postgresql://me:***@host:5432/x"
    assert masked("postgresql://host/x") == "postgresql://host/x"
