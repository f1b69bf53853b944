"""For how long workers were there, and their slots held: what the cost of a slot is made of."""

from itertools import groupby
from operator import attrgetter

from alembic import op
from sqlalchemy import Connection, text

from diorama.storage.statements import schema_statements

revision = "0015"
down_revision = "0014"

# One row for each start of a worker, and one for each reservation of a slot that is over.
_STATEMENTS = """
CREATE TABLE worker_span (
    worker_id TEXT NOT NULL REFERENCES worker (id),
    boot_id TEXT NOT NULL,
    region TEXT NOT NULL,
    pool TEXT NOT NULL,
    slots INTEGER NOT NULL,
    from_us BIGINT NOT NULL,
    to_us BIGINT CHECK (to_us >= from_us),
    PRIMARY KEY (worker_id, boot_id)
);
CREATE INDEX worker_span_from ON worker_span (worker_id, from_us);
CREATE TABLE slot_hold (
    slot_id TEXT NOT NULL,
    term BIGINT NOT NULL,
    session_id TEXT NOT NULL,
    account_id TEXT NOT NULL,
    project_id TEXT NOT NULL,
    region TEXT NOT NULL,
    worker_id TEXT NOT NULL,
    slots INTEGER NOT NULL,
    from_us BIGINT NOT NULL,
    to_us BIGINT NOT NULL,
    PRIMARY KEY (slot_id, term),
    CHECK (from_us < to_us)
);
CREATE INDEX slot_hold_account ON slot_hold (account_id, to_us);
CREATE INDEX slot_hold_time ON slot_hold (to_us);
INSERT INTO worker_span (worker_id, boot_id, region, pool, slots, from_us)
SELECT w.id, w.boot_id, w.region, w.pool, (SELECT COUNT(*) FROM slot t
    WHERE t.worker_id = w.id AND t.state <> 'retired'), w.registered_us FROM worker w
"""
_HOLDS = frozenset({"connecting", "streaming", "idle"})
_INSERT = text(
    "INSERT INTO slot_hold (slot_id, term, session_id, account_id, project_id, region, worker_id,"
    " slots, from_us, to_us) SELECT :slot_id, :term, s.id, s.account_id, s.project_id, s.region,"
    " t.worker_id, (SELECT COUNT(*) FROM slot o WHERE o.worker_id = t.worker_id"
    " AND o.state <> 'retired') + CASE WHEN t.state = 'retired' THEN 1 ELSE 0 END,"
    " :from_us, :to_us FROM session s JOIN slot t ON t.id = :slot_id WHERE s.id = :session_id"
    " AND (t.term <> :term OR t.session_id IS NULL)"
)


def upgrade() -> None:
    """Run the statements, as they are; then write what the log says of slots so far."""
    connection = op.get_bind()
    plain = connection.execution_options(no_parameters=True)
    for statement in schema_statements(_STATEMENTS, connection.dialect.name):
        plain.exec_driver_sql(statement)
    write_holds(connection)


def write_holds(connection: Connection) -> None:
    """Write for how long sessions had slots; how long those took to come back is not known."""
    rows = connection.execute(
        text(
            "SELECT session_id, kind, state, at_us, slot_id, term FROM event"
            " ORDER BY session_id, version"
        )
    ).fetchall()
    for session_id, of_session in groupby(rows, key=attrgetter("session_id")):
        reserved = None
        for row in of_session:
            if reserved is not None and row.state not in _HOLDS:
                if reserved.at_us < row.at_us:
                    connection.execute(
                        _INSERT,
                        {
                            "session_id": session_id,
                            "slot_id": reserved.slot_id,
                            "term": reserved.term,
                            "from_us": reserved.at_us,
                            "to_us": row.at_us,
                        },
                    )
                reserved = None
            if row.kind == "reserved":
                reserved = row
