"""What is left of workers that were forgotten; history refers to them as to any other."""

from alembic import op

from diorama.storage.statements import schema_statements

revision = "0026"
down_revision = "0025"

_STATEMENTS = """
CREATE TABLE past_worker (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    region TEXT NOT NULL,
    pool TEXT NOT NULL,
    boot_id TEXT NOT NULL,
    socket BIGINT NOT NULL,
    heard_us BIGINT NOT NULL,
    drains_until_us BIGINT,
    drained_by TEXT,
    slots INTEGER NOT NULL,
    term BIGINT NOT NULL
);
CREATE INDEX past_worker_named ON past_worker (name, heard_us)
"""
# The time for which a worker was there, and its older starts, outlive its row.
_POSTGRESQL = """
ALTER TABLE worker_span DROP CONSTRAINT worker_span_worker_id_fkey;
ALTER TABLE worker_boot DROP CONSTRAINT worker_boot_worker_id_fkey
"""
# SQLite drops no constraint: the tables are written anew without it.
_SQLITE = """
CREATE TABLE span_anew (
    worker_id TEXT NOT NULL,
    boot_id TEXT NOT NULL,
    region TEXT NOT NULL,
    pool TEXT NOT NULL,
    slots INTEGER NOT NULL,
    from_us BIGINT NOT NULL,
    to_us BIGINT CHECK (to_us >= from_us),
    PRIMARY KEY (worker_id, boot_id)
);
INSERT INTO span_anew SELECT worker_id, boot_id, region, pool, slots, from_us, to_us
FROM worker_span;
DROP TABLE worker_span;
ALTER TABLE span_anew RENAME TO worker_span;
CREATE INDEX worker_span_from ON worker_span (worker_id, from_us);
CREATE TABLE boot_anew (
    worker_id TEXT NOT NULL,
    boot_id TEXT NOT NULL,
    replaced_us BIGINT NOT NULL,
    PRIMARY KEY (worker_id, boot_id)
);
INSERT INTO boot_anew SELECT worker_id, boot_id, replaced_us FROM worker_boot;
DROP TABLE worker_boot;
ALTER TABLE boot_anew RENAME TO worker_boot
"""


def upgrade() -> None:
    """Run the statements, as they are."""
    connection = op.get_bind().execution_options(no_parameters=True)
    dialect = connection.dialect.name
    for step in (_STATEMENTS, _SQLITE if dialect == "sqlite" else _POSTGRESQL):
        for statement in schema_statements(step, dialect):
            connection.exec_driver_sql(statement)
