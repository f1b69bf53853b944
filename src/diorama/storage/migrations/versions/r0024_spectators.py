"""Who may watch a session, and where it is watched."""

from alembic import op

from diorama.storage.statements import schema_statements

revision = "0024"
down_revision = "0023"

_STATEMENTS = """
CREATE TABLE spectator (
    id TEXT PRIMARY KEY,
    session_id TEXT NOT NULL REFERENCES session (id),
    account_id TEXT NOT NULL REFERENCES account (id),
    name TEXT NOT NULL,
    viewers BIGINT NOT NULL CHECK (viewers > 0),
    created_us BIGINT NOT NULL,
    created_by TEXT NOT NULL,
    expires_us BIGINT NOT NULL,
    revoked_us BIGINT
);
CREATE INDEX spectator_of_session ON spectator (session_id, id);

CREATE TABLE watch (
    id TEXT PRIMARY KEY,
    session_id TEXT NOT NULL REFERENCES session (id),
    spectator_id TEXT NOT NULL REFERENCES spectator (id),
    worker_id TEXT NOT NULL REFERENCES worker (id),
    term BIGINT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('asked', 'live', 'ended')),
    asked_us BIGINT NOT NULL,
    offer TEXT NOT NULL,
    answer TEXT NOT NULL,
    refusal TEXT NOT NULL,
    reason TEXT,
    ended_us BIGINT,
    CHECK ((state = 'ended') = (ended_us IS NOT NULL)),
    CHECK ((state = 'ended') = (reason IS NOT NULL))
) {fillfactor};
CREATE INDEX watch_of_session ON watch (session_id, id) WHERE state <> 'ended';
CREATE INDEX watch_on_worker ON watch (worker_id, id) WHERE state <> 'ended';
CREATE INDEX watch_over ON watch (ended_us) WHERE ended_us IS NOT NULL;
"""


def upgrade() -> None:
    """Run the statements, as they are."""
    connection = op.get_bind().execution_options(no_parameters=True)
    for statement in schema_statements(_STATEMENTS, connection.dialect.name):
        connection.exec_driver_sql(statement)
