"""The feed of events, what waits for its place in it, webhooks and their deliveries."""

from alembic import op

from diorama.storage.statements import schema_statements

revision = "0016"
down_revision = "0015"

# The feed begins with what happens from now on. A delivery that waits has a `due_us`.
_STEP = """
CREATE TABLE feed_head (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    position BIGINT NOT NULL,
    settled BIGINT NOT NULL,
    newest BIGINT NOT NULL,
    candidate BIGINT NOT NULL,
    fence BIGINT NOT NULL,
    forgotten BIGINT NOT NULL
) {fillfactor};
INSERT INTO feed_head (id, position, settled, newest, candidate, fence, forgotten)
    SELECT 1, 0, last, last, last, 0, 0 FROM (SELECT COALESCE(MAX(seq), 0) AS last FROM event) log;
CREATE TABLE feed (
    position BIGINT PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    type TEXT NOT NULL,
    account_id TEXT NOT NULL,
    at_us BIGINT NOT NULL,
    data TEXT NOT NULL,
    session_id TEXT,
    seq BIGINT,
    log_seq BIGINT UNIQUE,
    published_us BIGINT NOT NULL
);
CREATE INDEX feed_account ON feed (account_id, position);
CREATE INDEX feed_session ON feed (session_id, position) WHERE session_id IS NOT NULL;
CREATE TABLE notice (
    number {autoincrement},
    id TEXT NOT NULL,
    type TEXT NOT NULL,
    account_id TEXT NOT NULL,
    at_us BIGINT NOT NULL,
    data TEXT NOT NULL,
    webhook_id TEXT
);
CREATE TABLE noticed (
    subject TEXT PRIMARY KEY,
    mark TEXT NOT NULL
);
CREATE TABLE webhook (
    id TEXT PRIMARY KEY,
    account_id TEXT NOT NULL REFERENCES account (id),
    created_us BIGINT NOT NULL,
    url TEXT NOT NULL,
    types TEXT NOT NULL,
    description TEXT NOT NULL,
    disabled TEXT CHECK (disabled IN ('by_owner', 'gone', 'failing')),
    issue INTEGER NOT NULL,
    previous_until_us BIGINT,
    failing_since_us BIGINT
);
CREATE INDEX webhook_account ON webhook (account_id, id);
CREATE TABLE delivery (
    id TEXT PRIMARY KEY,
    webhook_id TEXT NOT NULL,
    account_id TEXT NOT NULL,
    event_id TEXT NOT NULL,
    position BIGINT NOT NULL,
    type TEXT NOT NULL,
    session_id TEXT,
    seq BIGINT,
    created_us BIGINT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('waiting', 'delivered', 'failed', 'cancelled')),
    tries INTEGER NOT NULL,
    number INTEGER NOT NULL,
    due_us BIGINT,
    holds_until_us BIGINT NOT NULL,
    ended_us BIGINT,
    UNIQUE (webhook_id, event_id),
    CHECK ((state = 'waiting') = (due_us IS NOT NULL)),
    CHECK ((state = 'waiting') = (ended_us IS NULL))
);
CREATE INDEX delivery_due ON delivery (webhook_id, due_us) WHERE due_us IS NOT NULL;
CREATE INDEX delivery_order ON delivery (webhook_id, session_id, position)
    WHERE due_us IS NOT NULL;
CREATE INDEX delivery_log ON delivery (webhook_id, position);
CREATE INDEX delivery_age ON delivery (ended_us) WHERE ended_us IS NOT NULL;
CREATE TABLE attempt (
    delivery_id TEXT NOT NULL REFERENCES delivery (id),
    number INTEGER NOT NULL,
    at_us BIGINT NOT NULL,
    duration_ms BIGINT NOT NULL,
    status INTEGER,
    error TEXT,
    answer TEXT NOT NULL,
    PRIMARY KEY (delivery_id, number)
)
"""


def upgrade() -> None:
    """Add the tables."""
    connection = op.get_bind().execution_options(no_parameters=True)
    for statement in schema_statements(_STEP, connection.dialect.name):
        connection.exec_driver_sql(statement)
