-- The first schema. Words in braces differ by database: see diorama.storage.statements.
-- Times are UTC microseconds; flags are 0 or 1; documents are JSON text.

CREATE TABLE account (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    plan TEXT NOT NULL,
    concurrent_streams INTEGER NOT NULL CHECK (concurrent_streams >= 0),
    held INTEGER NOT NULL CHECK (held >= 0)
) {fillfactor};

CREATE TABLE access_key (
    id TEXT PRIMARY KEY,
    account_id TEXT NOT NULL REFERENCES account (id),
    kind TEXT NOT NULL CHECK (kind IN ('api', 'worker')),
    digest TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    created_us BIGINT NOT NULL
);

CREATE TABLE project (
    id TEXT PRIMARY KEY,
    account_id TEXT NOT NULL REFERENCES account (id),
    name TEXT NOT NULL UNIQUE,
    document TEXT NOT NULL,
    version INTEGER NOT NULL
);

-- The line of a project in a region: locked before tickets are taken, so they rise as commits do.
CREATE TABLE lane (
    project_id TEXT NOT NULL REFERENCES project (id),
    region TEXT NOT NULL,
    next_ticket BIGINT NOT NULL,
    held INTEGER NOT NULL CHECK (held >= 0),
    waiting INTEGER NOT NULL CHECK (waiting >= 0),
    PRIMARY KEY (project_id, region)
) {fillfactor};

CREATE TABLE worker (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    region TEXT NOT NULL,
    pool TEXT NOT NULL,
    boot_id TEXT NOT NULL,
    draining INTEGER NOT NULL,
    kinds TEXT NOT NULL,
    encoders TEXT NOT NULL,
    version TEXT NOT NULL,
    registered_us BIGINT NOT NULL
);

-- Apart from `worker` and without an index on its times: a renewal touches nothing else (HOT).
CREATE TABLE worker_lease (
    worker_id TEXT PRIMARY KEY REFERENCES worker (id),
    boot_id TEXT NOT NULL,
    heard_us BIGINT NOT NULL,
    soft_until_us BIGINT NOT NULL,
    hard_until_us BIGINT NOT NULL
) {fillfactor};

CREATE TABLE slot (
    id TEXT PRIMARY KEY,
    worker_id TEXT NOT NULL REFERENCES worker (id),
    number INTEGER NOT NULL,
    pool TEXT NOT NULL,
    region TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('free', 'held', 'fencing', 'quarantined', 'retired')),
    term BIGINT NOT NULL,
    session_id TEXT,
    fence_until_us BIGINT,
    failures INTEGER NOT NULL,
    version INTEGER NOT NULL,
    UNIQUE (worker_id, number),
    CHECK ((state IN ('held', 'fencing')) = (session_id IS NOT NULL)),
    CHECK ((state IN ('fencing', 'quarantined')) = (fence_until_us IS NOT NULL))
) {fillfactor};

CREATE INDEX slot_free ON slot (pool, region, failures, id) WHERE state = 'free';
CREATE INDEX slot_fence ON slot (fence_until_us) WHERE fence_until_us IS NOT NULL;

CREATE TABLE session (
    id TEXT PRIMARY KEY,
    account_id TEXT NOT NULL REFERENCES account (id),
    project_id TEXT NOT NULL REFERENCES project (id),
    region TEXT NOT NULL,
    pool TEXT NOT NULL,
    kind TEXT NOT NULL,
    end_user TEXT,
    client_id TEXT,
    device TEXT,
    rules TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('requesting', 'queued', 'connecting', 'streaming', 'idle',
        'disconnected', 'failed')),
    version INTEGER NOT NULL,
    created_us BIGINT NOT NULL,
    entered_us BIGINT NOT NULL,
    wait_since_us BIGINT NOT NULL,
    ticket BIGINT,
    attempt INTEGER NOT NULL,
    worker_id TEXT,
    slot_id TEXT,
    term BIGINT NOT NULL,
    accepted_us BIGINT,
    world_started_us BIGINT,
    attachment INTEGER NOT NULL,
    socket INTEGER NOT NULL,
    issue INTEGER NOT NULL,
    codecs TEXT NOT NULL,
    first_frame_us BIGINT,
    input_us BIGINT,
    socket_closed_us BIGINT,
    leaving_us BIGINT,
    detached_us BIGINT,
    runs_until_us BIGINT,
    ended_us BIGINT,
    end_code INTEGER,
    end_reason TEXT,
    deadline_us BIGINT,
    CHECK ((state IN ('disconnected', 'failed')) = (end_code IS NOT NULL)),
    CHECK ((end_code IS NULL) = (end_reason IS NULL)),
    CHECK ((end_code IS NULL) = (ended_us IS NULL)),
    CHECK (state NOT IN ('connecting', 'streaming', 'idle') OR slot_id IS NOT NULL),
    CHECK (state <> 'queued' OR ticket IS NOT NULL),
    CHECK (ended_us IS NULL OR ended_us >= created_us)
) {fillfactor};

-- Law 2: a slot has at most one session that has not ended.
CREATE UNIQUE INDEX session_slot ON session (slot_id)
    WHERE state IN ('connecting', 'streaming', 'idle');
-- One session to a client of a project.
CREATE UNIQUE INDEX session_client ON session (project_id, client_id)
    WHERE client_id IS NOT NULL AND end_code IS NULL;
CREATE INDEX session_deadline ON session (deadline_us) WHERE deadline_us IS NOT NULL;
CREATE INDEX session_line ON session (project_id, region, ticket) WHERE state = 'queued';
CREATE INDEX session_holding ON session (account_id)
    WHERE state IN ('connecting', 'streaming', 'idle');
CREATE INDEX session_listed ON session (account_id, id);

CREATE TABLE viewer_lease (
    session_id TEXT PRIMARY KEY REFERENCES session (id),
    heard_us BIGINT NOT NULL,
    input_us BIGINT NOT NULL
) {fillfactor};

-- The append-only log: usage and every history are functions of it.
CREATE TABLE event (
    seq {autoincrement},
    session_id TEXT NOT NULL REFERENCES session (id),
    version INTEGER NOT NULL,
    kind TEXT NOT NULL,
    state TEXT NOT NULL,
    at_us BIGINT NOT NULL,
    recorded_us BIGINT NOT NULL,
    actor TEXT NOT NULL,
    code INTEGER,
    reason TEXT,
    slot_id TEXT,
    term BIGINT,
    account_id TEXT NOT NULL,
    project_id TEXT NOT NULL,
    region TEXT NOT NULL,
    end_user TEXT,
    UNIQUE (session_id, version)
);

CREATE TABLE idempotency (
    account_id TEXT NOT NULL,
    request_key TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    session_id TEXT NOT NULL REFERENCES session (id),
    created_us BIGINT NOT NULL,
    PRIMARY KEY (account_id, request_key)
);

CREATE INDEX idempotency_age ON idempotency (created_us);
