"""How a schema comes into being, and what happens to one that is newer than this program."""

import asyncio
import subprocess
import sys

import pytest
from alembic.script import ScriptDirectory

from diorama.kernel.errors import Unavailable
from diorama.storage.database import Database, open_database
from diorama.storage.migrate import FOLDER, HEAD

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


def test_a_start_with_nothing_to_do_spends_no_time_on_alembic(sqlite_url: str) -> None:
    told = subprocess.run(
        [sys.executable, "-c", OPEN_AND_TELL, sqlite_url],
        capture_output=True,
        check=True,
        text=True,
    )

    assert told.stdout.split() == ["False", "False"]
