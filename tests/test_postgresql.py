"""The PostgreSQL that other tests stand on."""

from uuid import uuid4

import psycopg
import pytest
from psycopg import sql

from tests.postgresql import fresh_database, url_of_database


def test_a_fresh_database_is_empty(postgres_database: str) -> None:
    with psycopg.connect(postgres_database) as db:
        tables = db.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").fetchone()

    assert tables == (0,)


def test_commits_reach_the_disk_before_they_are_answered(postgres_database: str) -> None:
    with psycopg.connect(postgres_database) as db:
        settings = db.execute(
            "SELECT current_setting('fsync'), current_setting('synchronous_commit')"
        ).fetchone()

    assert settings == ("on", "on")


def test_a_fresh_database_starts_as_its_template(postgres_url: str) -> None:
    template = f"template_{uuid4().hex}"
    name = sql.Identifier(template)
    with psycopg.connect(postgres_url, autocommit=True) as admin:
        admin.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(name))
    with psycopg.connect(url_of_database(postgres_url, template)) as db:
        db.execute("CREATE TABLE note AS SELECT 'kept' AS text")

    with fresh_database(postgres_url, template=template) as url, psycopg.connect(url) as copy:
        row = copy.execute("SELECT text FROM note").fetchone()
    with psycopg.connect(postgres_url, autocommit=True) as admin:
        admin.execute(sql.SQL("DROP DATABASE {}").format(name))

    assert row == ("kept",)


def test_a_fresh_database_is_gone_afterwards(postgres_url: str) -> None:
    with fresh_database(postgres_url) as url:
        pass

    with pytest.raises(psycopg.OperationalError, match="does not exist"):
        psycopg.connect(url)


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://me@/old?host=%2Ftmp%2Fpg",
        "postgresql://me:pw@host:5432/old",
    ],
)
def test_only_the_database_of_a_url_changes(url: str) -> None:
    assert url_of_database(url, "new") == url.replace("/old", "/new")
