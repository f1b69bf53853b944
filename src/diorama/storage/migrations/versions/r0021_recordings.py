"""Recordings: what is known of them, and when something is due."""

from alembic import op

from diorama.storage.statements import schema_statements

revision = "0021"
down_revision = "0020"

_STATEMENTS = """
CREATE TABLE recording (
    id TEXT PRIMARY KEY,
    account_id TEXT NOT NULL REFERENCES account (id),
    project_id TEXT NOT NULL REFERENCES project (id),
    source TEXT NOT NULL CHECK (source IN ('session', 'simulation')),
    source_id TEXT NOT NULL,
    -- The session or run that holds the slot: each has one recording.
    holder TEXT NOT NULL UNIQUE,
    script INTEGER,
    end_user TEXT,
    frame TEXT NOT NULL,
    keep_us BIGINT NOT NULL,
    created_us BIGINT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('recording', 'ready', 'failed', 'deleted')),
    issue INTEGER NOT NULL,
    started_us BIGINT,
    ended_us BIGINT,
    facts TEXT,
    announced TEXT NOT NULL,
    files TEXT NOT NULL,
    expires_us BIGINT,
    error TEXT,
    uploads_until_us BIGINT,
    deleted_us BIGINT,
    due_us BIGINT,
    CHECK ((source = 'session') = (holder = source_id)),
    CHECK (state <> 'recording' OR due_us IS NOT NULL),
    CHECK (state <> 'ready' OR (facts IS NOT NULL AND expires_us IS NOT NULL)),
    CHECK ((state = 'deleted') = (deleted_us IS NOT NULL)),
    CHECK (state <> 'failed' OR error IS NOT NULL)
) {fillfactor};
CREATE INDEX recording_listed ON recording (account_id, id);
CREATE INDEX recording_of_source ON recording (source_id);
CREATE INDEX recording_of_project ON recording (project_id, id);
CREATE INDEX recording_due ON recording (due_us) WHERE due_us IS NOT NULL;
"""


def upgrade() -> None:
    """Run the statements, as they are."""
    connection = op.get_bind().execution_options(no_parameters=True)
    for statement in schema_statements(_STATEMENTS, connection.dialect.name):
        connection.exec_driver_sql(statement)
