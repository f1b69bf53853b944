"""Let several gateways share the database: numbers of sockets, earlier boots, relayed signals."""

from alembic import op

from diorama.storage.statements import schema_statements

revision = "0003"
down_revision = "0002"

# `signal` holds what a gateway passes to another for seconds. A crash of the server may empty it:
# who missed a signal asks for a new offer. Without the log its commits wait for no disk.
_STEP = """
ALTER TABLE worker ADD COLUMN socket BIGINT NOT NULL DEFAULT 0;
ALTER TABLE worker ADD COLUMN host TEXT NOT NULL DEFAULT '';
CREATE TABLE worker_boot (
    worker_id TEXT NOT NULL REFERENCES worker (id),
    boot_id TEXT NOT NULL,
    replaced_us BIGINT NOT NULL,
    PRIMARY KEY (worker_id, boot_id)
);
CREATE {unlogged} signal (
    id {autoincrement},
    session_id TEXT NOT NULL,
    worker_id TEXT,
    term BIGINT NOT NULL,
    attachment BIGINT NOT NULL,
    body TEXT NOT NULL,
    created_us BIGINT NOT NULL
);
CREATE INDEX signal_session ON signal (session_id)
"""


def upgrade() -> None:
    """Add the columns and tables."""
    connection = op.get_bind().execution_options(no_parameters=True)
    for statement in schema_statements(_STEP, connection.dialect.name):
        connection.exec_driver_sql(statement)
