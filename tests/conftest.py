"""What every test may ask for: a PostgreSQL of its own, and each database, empty and migrated.

Making a PostgreSQL database takes a tenth of a second, so one is made for all tests, and after each
the tables it added are dropped and the rows of the others put back. SQLite gets a copy of a file.

No store gives a unit up because the machine is slow, and no property is false because of it.
"""

import asyncio
import re
import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import psycopg
import pytest
from hypothesis import HealthCheck, settings

from diorama.storage import postgresql
from diorama.storage.database import Database, open_database
from diorama.storage.postgresql import PostgresDatabase
from diorama.storage.sqlite import SqliteDatabase
from tests.clock import SteppedClock
from tests.postgresql import fresh_database, running_postgresql

UNIT_S = 300.0
"""How long whoever asks a store waits in tests, where nothing else is said."""

settings.register_profile(
    "steady",
    database=None,
    deadline=None,  # how long an example takes says how busy the machine is
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("steady")

pytest_plugins = ("tests.browser.people",)

_REMEMBER = """
DO $$ DECLARE t record; BEGIN
    CREATE SCHEMA pristine;
    FOR t IN SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public' LOOP
        EXECUTE format('CREATE TABLE pristine.%I AS TABLE public.%I', t.name, t.name);
    END LOOP;
END $$
"""
_PUT_BACK = """
DO $$ DECLARE t record; BEGIN
    SET LOCAL session_replication_role = replica; -- foreign keys hold again at the end
    FOR t IN SELECT p.tablename AS name, k.tablename IS NOT NULL AS known
        FROM pg_tables p LEFT JOIN pg_tables k
            ON k.tablename = p.tablename AND k.schemaname = 'pristine'
        WHERE p.schemaname = 'public' LOOP
        IF t.known THEN
            EXECUTE format('DELETE FROM public.%I', t.name);
            EXECUTE format('INSERT INTO public.%I OVERRIDING SYSTEM VALUE'
                ' SELECT * FROM pristine.%I', t.name, t.name);
        ELSE
            EXECUTE format('DROP TABLE public.%I CASCADE', t.name);
        END IF;
    END LOOP;
    PERFORM setval(format('%I.%I', schemaname, sequencename)::regclass, start_value, false)
        FROM pg_sequences WHERE schemaname = 'public';
END $$
"""


@pytest.fixture(autouse=True, scope="session")
def _patient_stores() -> Iterator[None]:
    """Let units and statements take their time; see `test_every_session_has_its_time_outs`."""
    with pytest.MonkeyPatch.context() as patch:
        for method in (
            *(PostgresDatabase.run, PostgresDatabase.read),
            *(SqliteDatabase.run, SqliteDatabase.read),
        ):
            assert method.__kwdefaults__ is not None, "it has a time-out"
            patch.setitem(method.__kwdefaults__, "timeout_s", UNIT_S)
        patch.setattr(postgresql, "SESSION", re.sub(r"'\d+s'", "'100s'", postgresql.SESSION))
        yield


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """Yield the URL of a server for the whole session: an empty database, its user an owner."""
    with running_postgresql() as url:
        yield url


@pytest.fixture
def postgres_database(postgres_url: str) -> Iterator[str]:
    """Yield the URL of an empty database for one test."""
    with fresh_database(postgres_url) as url:
        yield url


@pytest.fixture
def clock() -> SteppedClock:
    return SteppedClock()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a migrated file that no process has open."""
    path = tmp_path_factory.mktemp("template") / "diorama.db"
    _migrate(f"sqlite://{path}")
    return path


@pytest.fixture(scope="session")
def postgres_template(postgres_url: str) -> Iterator[tuple[str, psycopg.Connection]]:
    """Yield the URL of a migrated database, and a connection that puts it back in order."""
    with fresh_database(postgres_url) as url:
        _migrate(url)
        with psycopg.connect(url, autocommit=True) as janitor:
            janitor.execute(_REMEMBER)
            yield url, janitor


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    """Return the URL of a migrated SQLite file of the test's own."""
    return f"sqlite://{shutil.copy(sqlite_template, tmp_path / 'diorama.db')}"


@pytest.fixture
def postgresql_url(postgres_template: tuple[str, psycopg.Connection]) -> Iterator[str]:
    """Yield the URL of a migrated PostgreSQL database; put it back in order after the test."""
    url, janitor = postgres_template
    yield url
    janitor.execute(_PUT_BACK)


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """Return the URL of a migrated database that nobody has open."""
    return str(request.getfixturevalue(f"{request.param}_url"))


@pytest.fixture
async def database(database_url: str, clock: SteppedClock) -> AsyncIterator[Database]:
    """Yield an open, migrated database whose time is the clock's."""
    database = open_database(database_url, clock=clock)
    yield database
    await database.close()


def _migrate(url: str) -> None:
    asyncio.run(open_database(url).close())
