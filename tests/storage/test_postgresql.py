"""What PostgreSQL promises beyond the common suite: what is tried again, and what never is."""

import asyncio
import threading
from collections.abc import AsyncIterator
from urllib.parse import quote

import psycopg
import pytest

from diorama.kernel.errors import Invalid, Unavailable
from diorama.storage import postgresql
from diorama.storage.database import Database, Transaction, open_database

SHIPPED = postgresql.SESSION
ROWS = """
    CREATE TABLE tally (id TEXT PRIMARY KEY, count BIGINT NOT NULL);
    INSERT INTO tally VALUES ('a', 0), ('b', 0);
"""
DIES_IN_COMMIT = """
    CREATE OR REPLACE FUNCTION end_own_backend() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END $$;
    CREATE CONSTRAINT TRIGGER dies AFTER UPDATE ON tally DEFERRABLE INITIALLY DEFERRED
        FOR EACH ROW EXECUTE FUNCTION end_own_backend();
"""
UNSAFE = """
    CREATE SCHEMA IF NOT EXISTS unsafe;
    CREATE OR REPLACE VIEW unsafe.pg_settings AS SELECT 'fsync' AS name, 'off' AS setting;
"""


def execute(url: str, sql: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(sql)


def increment(tx: Transaction, row: str = "a") -> int:
    rows = tx.run("UPDATE tally SET count = count + 1 WHERE id = ? RETURNING count", row)
    return int(rows[0][0])


@pytest.fixture
async def database(postgresql_url: str) -> AsyncIterator[Database]:
    execute(postgresql_url, ROWS)
    database = open_database(postgresql_url)
    yield database
    await database.close()


class Attempts:
    """Counts how often a unit was begun, and tells the first time from the others."""

    def __init__(self) -> None:
        self.count = 0

    def is_first(self) -> bool:
        self.count += 1
        return self.count == 1


async def test_a_connection_lost_before_the_commit_is_replaced(database: Database) -> None:
    attempts = Attempts()

    def dies_once(tx: Transaction) -> int:
        count = increment(tx)
        if attempts.is_first():
            tx.run("SELECT pg_terminate_backend(pg_backend_pid())")
        return count

    assert await database.run(dies_once) == 1
    assert attempts.count == 2


async def test_a_connection_lost_in_the_commit_is_told_and_nothing_is_repeated(
    database: Database, postgresql_url: str
) -> None:
    execute(postgresql_url, DIES_IN_COMMIT)
    attempts = Attempts()

    with pytest.raises(Unavailable) as refusal:
        await database.run(lambda tx: attempts.is_first() and increment(tx))

    assert refusal.value.code == "commit_unknown"
    assert attempts.count == 1


async def test_two_units_that_wait_for_each_other_both_get_done(database: Database) -> None:
    both_hold_one = threading.Barrier(2, timeout=60)

    async def one(first: str, second: str) -> None:
        attempts = Attempts()

        def locks_both(tx: Transaction) -> None:
            tx.run("SET LOCAL deadlock_timeout = '10ms'")
            increment(tx, first)
            if attempts.is_first():
                both_hold_one.wait()
            increment(tx, second)

        await database.run(locks_both)

    await asyncio.gather(one("a", "b"), one("b", "a"))

    rows = await database.read(lambda tx: tx.run("SELECT count FROM tally"))
    assert rows == [(2,), (2,)]


async def test_a_row_locked_for_too_long_is_given_up(
    database: Database, postgresql_url: str
) -> None:
    def impatient(tx: Transaction) -> None:
        tx.run("SET LOCAL lock_timeout = '10ms'")
        increment(tx)

    with psycopg.connect(postgresql_url) as holder:
        holder.execute("UPDATE tally SET count = 7")
        with pytest.raises(Unavailable) as refusal:
            await database.run(impatient)
        holder.rollback()

    assert refusal.value.code == "lock_timeout"
    assert await database.run(increment) == 1


async def test_a_statement_that_takes_too_long_is_stopped(database: Database) -> None:
    def slow(tx: Transaction) -> None:
        tx.run("SET LOCAL statement_timeout = '10ms'")
        tx.run("SELECT pg_sleep(10)")

    with pytest.raises(Unavailable) as refusal:
        await database.run(slow)

    assert refusal.value.code == "statement_timeout"


async def test_every_session_has_its_time_outs(
    postgresql_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgresql, "SESSION", SHIPPED)  # other tests wait longer
    names = ("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout")

    database = open_database(postgresql_url)
    rows = await database.read(
        lambda tx: [tx.run("SELECT current_setting(?)", name)[0][0] for name in names]
    )
    await database.close()

    assert rows == ["4s", "3s", "5s"]


async def test_a_unit_that_hides_a_database_error_is_not_taken_for_done(database: Database) -> None:
    def hides_it(tx: Transaction) -> None:
        increment(tx)
        try:
            tx.run("SELECT 1 / 0")
        except psycopg.Error:
            return

    with pytest.raises(AssertionError, match="rolled back"):
        await database.run(hides_it)

    assert await database.run(increment) == 1


async def test_time_is_the_servers_and_read_anew(database: Database) -> None:
    def twice(tx: Transaction) -> tuple[int, int, int]:
        ((began_us,),) = tx.run("SELECT (extract(epoch FROM now()) * 1000000)::bigint")
        return int(began_us), tx.now_us(), tx.now_us()

    began_us, first_us, second_us = await database.run(twice)

    assert began_us < first_us < second_us


async def test_rows_restored_into_another_cluster_are_a_new_incarnation(
    database: Database, postgresql_url: str
) -> None:
    execute(postgresql_url, "UPDATE store_meta SET value = value - 1 WHERE name = 'system'")

    restored = open_database(postgresql_url)
    again = open_database(postgresql_url)
    await restored.close()
    await again.close()

    assert restored.incarnation > database.incarnation
    assert again.incarnation == restored.incarnation


async def test_a_server_that_may_lose_what_it_acknowledged_is_refused(postgresql_url: str) -> None:
    execute(postgresql_url, UNSAFE)
    url = f"{postgresql_url}&options={quote('-csearch_path=unsafe,pg_catalog,public')}"

    with pytest.raises(Unavailable, match="fsync = off") as refusal:
        open_database(url)
    assert refusal.value.code == "unsafe_database"

    await open_database(url, allow_unsafe=True).close()


def test_a_server_that_is_not_there_is_named_as_out_of_reach() -> None:
    with pytest.raises(Unavailable) as refusal:
        open_database("postgresql://diorama@/none?host=/nonexistent")

    assert refusal.value.code == "database_unreachable"


def test_a_password_stays_out_of_the_message_of_a_bad_address() -> None:
    with pytest.raises(Invalid) as refusal:
        open_database("postgresql://me:secret@host/x?no_such_word=1")

    assert "secret" not in str(refusal.value)
    assert "me:***@host" in str(refusal.value)
