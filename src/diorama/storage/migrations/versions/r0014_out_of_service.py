"""Who put a worker out of service, apart from a worker that stops by itself."""

from alembic import op

from diorama.storage.statements import schema_statements

revision = "0014"
down_revision = "0013"

_STATEMENTS = """
ALTER TABLE worker ADD COLUMN stopping INTEGER NOT NULL DEFAULT 0;
ALTER TABLE worker ADD COLUMN drained_by TEXT;
-- Until now only a worker that stops could be draining.
UPDATE worker SET stopping = draining;
"""


def upgrade() -> None:
    """Run the statements."""
    connection = op.get_bind().execution_options(no_parameters=True)
    for statement in schema_statements(_STATEMENTS, connection.dialect.name):
        connection.exec_driver_sql(statement)
