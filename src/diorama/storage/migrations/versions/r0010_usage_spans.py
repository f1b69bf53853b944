"""Usage as rows: how long each session was in each state that holds a slot, cut at midnight."""

from itertools import groupby
from operator import attrgetter

from alembic import op
from sqlalchemy import Connection, text

from diorama.metering.spans import by_day, spans
from diorama.metering.usage import LoggedEvent
from diorama.protocol.states import SessionState
from diorama.storage.statements import schema_statements

revision = "0010"
down_revision = "0009"

# By account and day, so that a month of an account lies together; `version` is the session's after
# the event that ended the stay.
_STATEMENTS = """
CREATE TABLE usage_span (
    account_id TEXT NOT NULL,
    day_us BIGINT NOT NULL,
    session_id TEXT NOT NULL,
    version INTEGER NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('connecting', 'streaming', 'idle')),
    project_id TEXT NOT NULL,
    region TEXT NOT NULL,
    end_user TEXT,
    worker_id TEXT,
    from_us BIGINT NOT NULL,
    to_us BIGINT NOT NULL,
    PRIMARY KEY (account_id, day_us, session_id, version),
    CHECK (from_us < to_us AND from_us >= day_us AND to_us <= day_us + 86400000000)
) {clustered};
CREATE INDEX usage_span_session ON usage_span (session_id)
"""
_INSERT = text(
    "INSERT INTO usage_span (account_id, day_us, session_id, version, state, project_id, region,"
    " end_user, worker_id, from_us, to_us) SELECT s.account_id, :day_us, s.id, :version, :state,"
    " s.project_id, s.region, s.end_user, :worker_id, :from_us, :to_us FROM session s"
    " WHERE s.id = :session_id"
)


def upgrade() -> None:
    """Run the statements, as they are; then write the spans of the log so far."""
    connection = op.get_bind()
    plain = connection.execution_options(no_parameters=True)
    for statement in schema_statements(_STATEMENTS, connection.dialect.name):
        plain.exec_driver_sql(statement)
    write_spans(connection)


def write_spans(connection: Connection) -> None:
    """Write the spans that follow from the log."""
    rows = connection.execute(
        text("SELECT session_id, version, state, at_us, slot_id FROM event ORDER BY session_id")
    ).fetchall()
    for session_id, of_session in groupby(rows, key=attrgetter("session_id")):
        known = {row.version: row for row in of_session}
        log = [
            LoggedEvent(
                session_id=session_id,
                version=row.version,
                state=SessionState(row.state),
                at_us=row.at_us,
            )
            for row in known.values()
        ]
        found = [
            {
                "session_id": session_id,
                "version": span.version,
                "state": span.state.value,
                "worker_id": (known[span.version - 1].slot_id or "").rpartition(".")[0] or None,
                "day_us": day_us,
                "from_us": from_us,
                "to_us": to_us,
            }
            for span in spans(log)
            for day_us, from_us, to_us in by_day(span.from_us, span.to_us)
        ]
        if found:
            connection.execute(_INSERT, found)
