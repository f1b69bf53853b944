"""People, their memberships, invitations and sign-ins."""

from alembic import op

from diorama.storage.statements import schema_statements

revision = "0013"
down_revision = "0012"

_STATEMENTS = """
CREATE TABLE person (
    id TEXT PRIMARY KEY,
    email TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    created_us BIGINT NOT NULL,
    password TEXT,
    issuer TEXT,
    subject TEXT,
    UNIQUE (issuer, subject),
    CHECK ((issuer IS NULL) = (subject IS NULL))
);
CREATE TABLE member (
    id TEXT PRIMARY KEY,
    account_id TEXT NOT NULL REFERENCES account (id),
    person_id TEXT NOT NULL REFERENCES person (id),
    role TEXT NOT NULL CHECK (role IN ('owner', 'admin', 'developer', 'viewer')),
    created_us BIGINT NOT NULL,
    UNIQUE (account_id, person_id)
);
CREATE INDEX member_person ON member (person_id);
CREATE TABLE invitation (
    id TEXT PRIMARY KEY,
    account_id TEXT NOT NULL REFERENCES account (id),
    digest TEXT NOT NULL UNIQUE,
    email TEXT NOT NULL,
    role TEXT NOT NULL CHECK (role IN ('owner', 'admin', 'developer', 'viewer')),
    created_us BIGINT NOT NULL,
    expires_us BIGINT NOT NULL,
    created_by TEXT NOT NULL,
    UNIQUE (account_id, email)
);
CREATE TABLE sign_in (
    digest TEXT PRIMARY KEY,
    person_id TEXT NOT NULL REFERENCES person (id),
    created_us BIGINT NOT NULL,
    seen_us BIGINT NOT NULL
);
CREATE INDEX sign_in_person ON sign_in (person_id, created_us);
CREATE TABLE set_up (
    digest TEXT PRIMARY KEY,
    created_us BIGINT NOT NULL
);
"""


def upgrade() -> None:
    """Run the statements, as they are."""
    connection = op.get_bind().execution_options(no_parameters=True)
    for statement in schema_statements(_STATEMENTS, connection.dialect.name):
        connection.exec_driver_sql(statement)
