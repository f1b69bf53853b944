"""Plans as rows, limits that are an account's own, and suspended accounts."""

from alembic import op

from diorama.storage.statements import schema_statements

revision = "0017"
down_revision = "0016"

_STATEMENTS = """
CREATE TABLE plan (
    name TEXT PRIMARY KEY,
    concurrent_streams INTEGER NOT NULL CHECK (concurrent_streams >= 0),
    max_runtime_s DOUBLE PRECISION NOT NULL,
    stream_hours DOUBLE PRECISION,
    simulation_hours DOUBLE PRECISION,
    queued_simulations INTEGER NOT NULL CHECK (queued_simulations >= 0)
);
INSERT INTO plan VALUES ('free', 5, 86400, 100, 100, 10);
INSERT INTO plan VALUES ('unlimited', 100000, 86400, NULL, NULL, 10000);

ALTER TABLE account ADD COLUMN own_streams INTEGER;
ALTER TABLE account ADD COLUMN suspended_us BIGINT;
ALTER TABLE account ADD COLUMN simulation_us BIGINT;
ALTER TABLE account ADD COLUMN queued_simulations INTEGER NOT NULL DEFAULT 10;
UPDATE account SET simulation_us = 360000000000 WHERE plan = 'free';
UPDATE account SET queued_simulations = 10000 WHERE plan = 'unlimited';
CREATE INDEX account_plan ON account (plan);
CREATE INDEX account_suspended ON account (id) WHERE suspended_us IS NOT NULL;
"""


def upgrade() -> None:
    """Run the statements, as they are."""
    connection = op.get_bind().execution_options(no_parameters=True)
    for statement in schema_statements(_STATEMENTS, connection.dialect.name):
        connection.exec_driver_sql(statement)
