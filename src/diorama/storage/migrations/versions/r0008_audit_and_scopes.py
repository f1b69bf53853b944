"""The audit log, and keys that have scopes, an end, and a last use."""

from alembic import op

from diorama.storage.statements import schema_statements

revision = "0008"
down_revision = "0007"

_STATEMENTS = """
-- Scopes are words between spaces; NULL is whatever the account may do.
ALTER TABLE access_key ADD COLUMN scopes TEXT;
ALTER TABLE access_key ADD COLUMN hint TEXT NOT NULL DEFAULT '';
ALTER TABLE access_key ADD COLUMN created_by TEXT NOT NULL DEFAULT 'gateway';
ALTER TABLE access_key ADD COLUMN expires_us BIGINT;
ALTER TABLE access_key ADD COLUMN revoked_us BIGINT;
ALTER TABLE access_key ADD COLUMN used_us BIGINT;
ALTER TABLE access_key ADD COLUMN replaced_by TEXT;
ALTER TABLE access_key ADD COLUMN worker TEXT;
CREATE INDEX access_key_listed ON access_key (account_id, id);

CREATE TABLE audit (
    account_id TEXT NOT NULL REFERENCES account (id),
    seq BIGINT NOT NULL,
    at_us BIGINT NOT NULL,
    actor TEXT NOT NULL,
    action TEXT NOT NULL,
    subject TEXT NOT NULL,
    detail TEXT NOT NULL,
    previous TEXT NOT NULL,
    PRIMARY KEY (account_id, seq)
);
CREATE INDEX audit_actor ON audit (account_id, actor, seq);
CREATE INDEX audit_action ON audit (account_id, action, seq);
-- The last link of each account's chain; its row is the last lock that a transaction takes.
CREATE TABLE audit_head (
    account_id TEXT PRIMARY KEY REFERENCES account (id),
    seq BIGINT NOT NULL,
    hash TEXT NOT NULL
) {fillfactor};
"""


def upgrade() -> None:
    """Run the statements, as they are."""
    connection = op.get_bind().execution_options(no_parameters=True)
    for statement in schema_statements(_STATEMENTS, connection.dialect.name):
        connection.exec_driver_sql(statement)
