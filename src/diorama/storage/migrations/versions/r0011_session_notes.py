"""What is noted of sessions beside their log."""

from alembic import op

from diorama.storage.statements import schema_statements

revision = "0011"
down_revision = "0010"

_STATEMENTS = """
-- What was seen of a session and changed nothing: bounded, dropped after a while, never metered.
CREATE TABLE session_note (
    session_id TEXT NOT NULL REFERENCES session (id),
    at_us BIGINT NOT NULL,
    kind TEXT NOT NULL,
    actor TEXT NOT NULL,
    facts TEXT NOT NULL,
    PRIMARY KEY (session_id, at_us, kind)
);
CREATE INDEX session_note_age ON session_note (at_us);
-- What the list of an account's sessions is narrowed by: without them a rare one is looked for in
-- all that the account ever had.
CREATE INDEX session_live ON session (account_id, id) WHERE end_code IS NULL;
CREATE INDEX session_of_project ON session (project_id, id);
CREATE INDEX session_of_end_user ON session (account_id, end_user, id) WHERE end_user IS NOT NULL;
"""


def upgrade() -> None:
    """Run the statements."""
    connection = op.get_bind().execution_options(no_parameters=True)
    for statement in schema_statements(_STATEMENTS, connection.dialect.name):
        connection.exec_driver_sql(statement)
