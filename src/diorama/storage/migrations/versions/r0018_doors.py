"""Tickets, share links, and what sessions say of the door they came through."""

from alembic import op

from diorama.storage.statements import schema_statements

revision = "0018"
down_revision = "0017"

_STATEMENTS = """
ALTER TABLE session ADD COLUMN ticket_id TEXT;
ALTER TABLE session ADD COLUMN link_id TEXT;
-- A keyed digest of the visitor's network address, never the address.
ALTER TABLE session ADD COLUMN visitor TEXT;
CREATE INDEX session_visitor ON session (project_id, visitor)
    WHERE visitor IS NOT NULL AND end_code IS NULL;
CREATE INDEX session_link ON session (link_id) WHERE link_id IS NOT NULL AND end_code IS NULL;
CREATE INDEX session_waiting ON session (project_id, end_user)
    WHERE state = 'queued' AND end_user IS NOT NULL;

-- Names of keys that sign tickets; the keys themselves are derived from the gateways' secret.
CREATE TABLE ticket_key (
    id TEXT PRIMARY KEY,
    account_id TEXT NOT NULL REFERENCES account (id),
    made_us BIGINT NOT NULL,
    ends_us BIGINT
);
CREATE UNIQUE INDEX ticket_key_signing ON ticket_key (account_id) WHERE ends_us IS NULL;

CREATE TABLE ticket_use (
    ticket_id TEXT PRIMARY KEY,
    session_id TEXT NOT NULL REFERENCES session (id),
    expires_us BIGINT NOT NULL
);
CREATE INDEX ticket_use_over ON ticket_use (expires_us);

CREATE TABLE share_link (
    id TEXT PRIMARY KEY,
    account_id TEXT NOT NULL REFERENCES account (id),
    project_id TEXT NOT NULL REFERENCES project (id),
    name TEXT NOT NULL,
    digest TEXT NOT NULL UNIQUE,
    hint TEXT NOT NULL,
    created_us BIGINT NOT NULL,
    created_by TEXT NOT NULL,
    expires_us BIGINT,
    uses BIGINT,
    used BIGINT NOT NULL CHECK (used >= 0),
    concurrent BIGINT,
    revoked_us BIGINT,
    used_us BIGINT
) {fillfactor};
CREATE INDEX share_link_listed ON share_link (account_id, id);
"""


def upgrade() -> None:
    """Run the statements, as they are."""
    connection = op.get_bind().execution_options(no_parameters=True)
    for statement in schema_statements(_STATEMENTS, connection.dialect.name):
        connection.exec_driver_sql(statement)
