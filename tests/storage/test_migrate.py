"""How a schema comes into being, and what happens to one that is newer than this program."""

import asyncio
import sqlite3
import subprocess
import sys

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine

from diorama.accounts.plans import FREE
from diorama.kernel.errors import Unavailable
from diorama.kernel.units import seconds
from diorama.storage.database import Database, Transaction, open_database
from diorama.storage.migrate import FOLDER, HEAD, upgrade
from diorama.storage.migrations.versions.r0005_stream_hours import sum_up
from diorama.storage.migrations.versions.r0010_usage_spans import write_spans
from tests.clock import SteppedClock
from tests.sessions.house import ACCOUNT, House

OPEN_AND_TELL = """
import asyncio, sys
from diorama.storage.database import open_database
asyncio.run(open_database(sys.argv[1]).close())
print("alembic" in sys.modules, "sqlalchemy" in sys.modules)
"""


def test_the_newest_step_is_the_one_that_a_start_compares_with() -> None:
    assert ScriptDirectory(str(FOLDER)).get_current_head() == HEAD


async def test_a_new_database_is_at_the_newest_step(database: Database) -> None:
    rows = await database.read(lambda tx: tx.run("SELECT version_num FROM alembic_version"))

    assert rows == [(HEAD,)]


async def test_a_schema_of_a_newer_diorama_is_left_alone(database_url: str) -> None:
    database = open_database(database_url)
    await database.run(lambda tx: tx.run("UPDATE alembic_version SET version_num = '9999'"))
    await database.close()

    with pytest.raises(Unavailable, match=r"9999, made by a newer") as refusal:
        open_database(database_url)
    assert refusal.value.code == "schema_too_new"


async def test_gateways_that_start_at_once_on_an_empty_database_agree(
    postgres_database: str,
) -> None:
    databases = await asyncio.gather(
        *(asyncio.to_thread(open_database, postgres_database) for _ in range(4))
    )

    assert len({database.incarnation for database in databases}) == 1
    for database in databases:
        await database.close()


def test_a_first_start_on_a_full_disk_says_so_in_the_words_of_the_driver() -> None:
    with sqlite3.connect(":memory:", isolation_level=None) as connection:
        connection.execute("PRAGMA max_page_count = 8")

        with pytest.raises(sqlite3.OperationalError) as refusal:
            upgrade(connection)

    connection.close()
    assert refusal.value.sqlite_errorcode == sqlite3.SQLITE_FULL


def test_a_start_with_nothing_to_do_spends_no_time_on_alembic(sqlite_url: str) -> None:
    told = subprocess.run(
        [sys.executable, "-c", OPEN_AND_TELL, sqlite_url],
        capture_output=True,
        check=True,
        text=True,
    )

    assert told.stdout.split() == ["False", "False"]


async def test_the_hours_of_a_log_from_before_they_were_summed_up_are_summed_up(
    database_url: str, clock: SteppedClock
) -> None:
    database = open_database(database_url, clock=clock)
    house = House(database, clock)
    await house.build(stream_hours=FREE.stream_hours)
    rig = await house.worker(slots=2)
    over, running = await house.streaming(rig), await house.streaming(rig)
    clock.step(seconds=30)
    await house.hear(over, running)
    await house.end(over)
    await database.run(_forget_hours)
    await database.close()

    engine = create_engine(sqlalchemy_url(database_url))
    with engine.begin() as connection:
        sum_up(connection)
    engine.dispose()
    database = open_database(database_url, clock=clock)
    try:
        house = House(database, clock)
        await house.look_at_laws()
        month = await house.look(
            lambda work: work.stores.accounts.stream_month(ACCOUNT, work.now_us)
        )
        clock.step(seconds=5)
        await house.hear(running)
        await house.end(running)  # and the sums go on from there
    finally:
        await database.close()

    assert month.used_us(clock.now_us()) == seconds(30 + 30 + 5)


async def test_the_spans_of_a_log_from_before_there_were_any_are_written(
    database_url: str, clock: SteppedClock
) -> None:
    database = open_database(database_url, clock=clock)
    house = House(database, clock)
    await house.build()
    rig = await house.worker(slots=2)
    over, running = await house.streaming(rig), await house.streaming(rig)
    clock.step(seconds=30)
    await house.hear(over, running)
    await house.end(over)
    before = await database.read(lambda tx: tx.run(_EVERY_SPAN))
    await database.run(lambda tx: tx.run("DELETE FROM usage_span"))
    await database.close()

    engine = create_engine(sqlalchemy_url(database_url))
    with engine.begin() as connection:
        write_spans(connection)
    engine.dispose()
    database = open_database(database_url, clock=clock)
    try:
        after = await database.read(lambda tx: tx.run(_EVERY_SPAN))
    finally:
        await database.close()

    assert len(before) == 1, "the one that streamed for a while"
    assert after == before


_EVERY_SPAN = "SELECT * FROM usage_span ORDER BY account_id, day_us, session_id, version"


def _forget_hours(tx: Transaction) -> None:
    tx.run("DELETE FROM stream_month")
    tx.run("UPDATE session SET metered_since_us = NULL")


def sqlalchemy_url(url: str) -> str:
    return url.replace("sqlite://", "sqlite:///").replace("postgresql://", "postgresql+psycopg://")
