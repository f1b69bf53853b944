"""Priority classes, places kept for who was put aside, and what waiters were told."""

from alembic import op

from diorama.storage.statements import schema_statements

revision = "0002"
down_revision = "0001"

_STATEMENTS = """
ALTER TABLE session ADD COLUMN priority INTEGER NOT NULL DEFAULT 0;
ALTER TABLE session ADD COLUMN asides INTEGER NOT NULL DEFAULT 0;
ALTER TABLE session ADD COLUMN aside_us BIGINT CHECK (aside_us IS NULL OR state = 'queued');
ALTER TABLE session ADD COLUMN reserved_us BIGINT;
ALTER TABLE session ADD COLUMN served_us BIGINT;
ALTER TABLE session ADD COLUMN told_p50_s DOUBLE PRECISION;
ALTER TABLE session ADD COLUMN told_p90_s DOUBLE PRECISION;

DROP INDEX session_line;
CREATE INDEX session_line ON session (project_id, region, priority DESC, ticket)
    WHERE state = 'queued' AND aside_us IS NULL;
CREATE INDEX session_aside ON session (project_id, region) WHERE aside_us IS NOT NULL;
CREATE INDEX session_put_back ON session (project_id, region, priority DESC, ticket)
    WHERE state = 'queued' AND asides > 0;
-- How long sessions held their slot, and how long waiters waited, newest last.
CREATE INDEX session_served ON session (project_id, region, served_us) WHERE served_us IS NOT NULL;
CREATE INDEX session_waited ON session (project_id, region, ticket) WHERE ticket IS NOT NULL;
"""


def upgrade() -> None:
    """Run the statements, as they are."""
    connection = op.get_bind().execution_options(no_parameters=True)
    for statement in schema_statements(_STATEMENTS, connection.dialect.name):
        connection.exec_driver_sql(statement)
