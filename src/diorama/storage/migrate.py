"""Brings a database's schema up to date, once, before anything else uses it.

One cheap query tells whether there is anything to do; only then is Alembic imported, which costs
more than the rest of a start. All steps share one transaction on both databases, so a start that
is killed in the middle of an upgrade leaves the old schema whole. Gateways that start at once wait
for each other by an advisory lock (PostgreSQL) or hold the only connection (SQLite).

It changes nothing that a schema change does not need: the connection stays the caller's.
"""

import sqlite3
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeAlias

from diorama.kernel.errors import Unavailable
from diorama.storage.statements import schema_statements

if TYPE_CHECKING:
    import psycopg
    from alembic.runtime.migration import MigrationContext, RevisionStep
    from alembic.script import ScriptDirectory

__all__ = ["FOLDER", "HEAD", "first_schema", "stored_revision", "upgrade"]

HEAD: Final = "0028"  # the newest file in migrations/versions; a test holds the two together
FOLDER: Final = Path(__file__).with_name("migrations")
_SCHEMA: Final = Path(__file__).with_name("schema.sql")
_LOCK: Final = 0x64696F72616D62  # not the one that `postgresql` takes when it connects
_BEGIN_SQLITE: Final = ("BEGIN IMMEDIATE",)
_BEGIN_POSTGRESQL: Final = (
    "BEGIN",
    # A migration may take its time, and so may the gateway that is at it already.
    "SET LOCAL statement_timeout = 0",
    "SET LOCAL lock_timeout = '60s'",
    f"SELECT pg_advisory_xact_lock({_LOCK})",
)

Connection: TypeAlias = "sqlite3.Connection | psycopg.Connection[tuple[object, ...]]"


def upgrade(connection: Connection) -> None:
    """Bring the schema behind a connection to HEAD.

    Args:
        connection: in autocommit, with the driver's own cursors.

    Raises:
        Unavailable: `schema_too_new`: a newer Diorama made it, and this one must not touch it.
    """
    if stored_revision(connection) != HEAD:
        _run_migrations(connection)


def first_schema(dialect: str) -> list[str]:
    """Return the statements of `schema.sql`, which the first migration runs."""
    return schema_statements(_SCHEMA.read_text(), dialect)


def stored_revision(connection: Connection) -> str | None:
    """Return the revision stored in the database, None where there is no schema."""
    if isinstance(connection, sqlite3.Connection):
        known = "SELECT count(*) FROM sqlite_master WHERE name = 'alembic_version'"
    else:
        known = "SELECT to_regclass('alembic_version') IS NOT NULL"
    if not connection.execute(known).fetchall()[0][0]:
        return None
    rows = connection.execute("SELECT version_num FROM alembic_version").fetchall()
    return str(rows[0][0]) if rows else None


def _run_migrations(connection: Connection) -> None:
    """Run the steps that are missing, all of them or none."""
    from alembic.migration import MigrationContext
    from alembic.operations import Operations
    from alembic.script import ScriptDirectory
    from sqlalchemy import StaticPool, create_engine
    from sqlalchemy.exc import DBAPIError

    is_sqlite = isinstance(connection, sqlite3.Connection)
    scripts = ScriptDirectory(str(FOLDER))
    engine = create_engine(
        "sqlite://" if is_sqlite else "postgresql+psycopg://",
        creator=lambda: connection,
        poolclass=StaticPool,
    )

    def missing(heads: tuple[str, ...], _: "MigrationContext") -> "list[RevisionStep]":
        _refuse_unknown(heads, scripts)
        current = heads[0] if heads else "base"
        return scripts._upgrade_revs("head", current)  # noqa: SLF001  as Alembic's cookbook does

    # The driver is in autocommit, so `begin` here only names who ends what is begun by hand.
    try:
        with engine.connect() as alembic, alembic.begin():
            for statement in _BEGIN_SQLITE if is_sqlite else _BEGIN_POSTGRESQL:
                alembic.exec_driver_sql(statement)
            context = MigrationContext.configure(alembic, opts={"fn": missing})
            with Operations.context(context):
                context.run_migrations()
    except DBAPIError as wrapped:  # the stores know the driver's own errors
        raise wrapped.orig or wrapped from None


def _refuse_unknown(heads: tuple[str, ...], scripts: "ScriptDirectory") -> None:
    known = {script.revision for script in scripts.walk_revisions()}
    for revision in heads:
        if revision not in known:
            raise Unavailable(
                f"the database's schema is {revision}, made by a newer Diorama; this one knows"
                f" schemas up to {HEAD}: start the newer one",
                code="schema_too_new",
            )
