"""Simulations, their runs, the runs' scripts and the runs' log."""

from alembic import op

from diorama.storage.statements import schema_statements

revision = "0022"
down_revision = "0021"

_STATEMENTS = """
CREATE TABLE simulation (
    id TEXT PRIMARY KEY,
    account_id TEXT NOT NULL REFERENCES account (id),
    project_id TEXT NOT NULL REFERENCES project (id),
    region TEXT NOT NULL,
    pool TEXT NOT NULL,
    kind TEXT NOT NULL,
    end_user TEXT,
    name TEXT,
    seed BIGINT NOT NULL,
    frame TEXT NOT NULL,
    scripts INTEGER NOT NULL CHECK (scripts > 0),
    created_us BIGINT NOT NULL,
    request_key TEXT,
    fingerprint TEXT NOT NULL,
    state TEXT NOT NULL,
    version INTEGER NOT NULL,
    dispatched_us BIGINT,
    started_us BIGINT,
    ended_us BIGINT,
    CHECK ((state IN ('completed', 'failed', 'cancelled')) = (ended_us IS NOT NULL))
) {fillfactor};
CREATE INDEX simulation_listed ON simulation (account_id, id);
CREATE INDEX simulation_live ON simulation (account_id, id) WHERE ended_us IS NULL;
CREATE UNIQUE INDEX simulation_request ON simulation (account_id, request_key)
    WHERE request_key IS NOT NULL;

CREATE TABLE simulation_run (
    id TEXT PRIMARY KEY,
    simulation_id TEXT NOT NULL REFERENCES simulation (id),
    account_id TEXT NOT NULL,
    project_id TEXT NOT NULL,
    region TEXT NOT NULL,
    pool TEXT NOT NULL,
    kind TEXT NOT NULL,
    end_user TEXT,
    number INTEGER NOT NULL,
    length_ms BIGINT NOT NULL,
    start_timeout_s DOUBLE PRECISION NOT NULL,
    ticket BIGINT NOT NULL,
    created_us BIGINT NOT NULL,
    state TEXT NOT NULL,
    version INTEGER NOT NULL,
    entered_us BIGINT NOT NULL,
    attempt INTEGER NOT NULL,
    worker_id TEXT,
    slot_id TEXT,
    term BIGINT NOT NULL,
    dispatched_us BIGINT,
    accepted_us BIGINT,
    started_us BIGINT,
    rendered_us BIGINT,
    first_us BIGINT,
    moved_us BIGINT,
    frames BIGINT NOT NULL,
    frames_total BIGINT,
    metered_us BIGINT NOT NULL CHECK (metered_us >= 0),
    metered_since_us BIGINT,
    recording_id TEXT,
    ended_us BIGINT,
    reason TEXT,
    detail TEXT NOT NULL,
    deadline_us BIGINT,
    UNIQUE (simulation_id, number),
    CHECK ((state IN ('completed', 'failed', 'cancelled')) = (ended_us IS NOT NULL)),
    CHECK ((state = 'failed') = (reason IS NOT NULL)),
    CHECK (state NOT IN ('dispatched', 'processing') OR slot_id IS NOT NULL),
    CHECK ((ended_us IS NULL) = (deadline_us IS NOT NULL)),
    CHECK (metered_since_us IS NULL OR state = 'processing')
) {fillfactor};
-- Law 2: a slot has at most one run that is not over.
CREATE UNIQUE INDEX simulation_run_slot ON simulation_run (slot_id)
    WHERE state IN ('dispatched', 'processing');
CREATE INDEX simulation_run_line ON simulation_run (pool, region, kind, account_id, ticket)
    WHERE state = 'pending';
CREATE INDEX simulation_run_running ON simulation_run (account_id)
    WHERE state IN ('dispatched', 'processing');
CREATE INDEX simulation_run_live ON simulation_run (account_id, simulation_id)
    WHERE ended_us IS NULL;
CREATE INDEX simulation_run_of_project ON simulation_run (project_id) WHERE ended_us IS NULL;
CREATE INDEX simulation_run_deadline ON simulation_run (deadline_us)
    WHERE deadline_us IS NOT NULL;

-- Whether a viewer waits, to whom runs yield.
CREATE INDEX session_waits_in_pool ON session (pool, region)
    WHERE state = 'queued' AND aside_us IS NULL;

CREATE TABLE run_script (
    run_id TEXT PRIMARY KEY REFERENCES simulation_run (id),
    script TEXT NOT NULL
);

CREATE TABLE simulation_line (
    pool TEXT NOT NULL,
    region TEXT NOT NULL,
    kind TEXT NOT NULL,
    next_ticket BIGINT NOT NULL,
    PRIMARY KEY (pool, region, kind)
) {fillfactor};

-- The append-only log of runs: what they are metered is a function of it.
CREATE TABLE run_event (
    seq {autoincrement},
    run_id TEXT NOT NULL REFERENCES simulation_run (id),
    version INTEGER NOT NULL,
    kind TEXT NOT NULL,
    state TEXT NOT NULL,
    at_us BIGINT NOT NULL,
    recorded_us BIGINT NOT NULL,
    actor TEXT NOT NULL,
    reason TEXT,
    account_id TEXT NOT NULL,
    project_id TEXT NOT NULL,
    region TEXT NOT NULL,
    end_user TEXT,
    worker_id TEXT,
    slot_id TEXT,
    term BIGINT NOT NULL,
    UNIQUE (run_id, version)
);
CREATE INDEX run_event_started ON run_event (account_id, at_us) WHERE kind = 'started';
"""


def upgrade() -> None:
    """Run the statements, as they are."""
    connection = op.get_bind().execution_options(no_parameters=True)
    for statement in schema_statements(_STATEMENTS, connection.dialect.name):
        connection.exec_driver_sql(statement)
