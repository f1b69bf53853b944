"""Hold-offs of the AFK warning, runtime that was given, and how far such an event reaches."""

from alembic import op

from diorama.storage.statements import schema_statements

revision = "0004"
down_revision = "0003"

_STATEMENTS = """
ALTER TABLE session ADD COLUMN hold_since_us BIGINT;
ALTER TABLE session ADD COLUMN hold_until_us BIGINT;
ALTER TABLE session ADD COLUMN hold_spent_us BIGINT NOT NULL DEFAULT 0;
ALTER TABLE session ADD COLUMN extra_us BIGINT NOT NULL DEFAULT 0;
ALTER TABLE event ADD COLUMN until_us BIGINT;
ALTER TABLE account ADD COLUMN max_runtime_s DOUBLE PRECISION NOT NULL DEFAULT 86400;
"""


def upgrade() -> None:
    """Run the statements, as they are."""
    connection = op.get_bind().execution_options(no_parameters=True)
    for statement in schema_statements(_STATEMENTS, connection.dialect.name):
        connection.exec_driver_sql(statement)
