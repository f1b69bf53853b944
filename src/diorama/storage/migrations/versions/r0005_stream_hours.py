"""Stream hours of a month: the limit, the sums, and what the log says of both so far."""

from collections import defaultdict

from alembic import op
from sqlalchemy import Connection, text

from diorama.accounts.hours import rebuilt
from diorama.storage.statements import schema_statements

revision = "0005"
down_revision = "0004"

_STATEMENTS = """
ALTER TABLE account ADD COLUMN stream_us BIGINT;
ALTER TABLE session ADD COLUMN stream_us BIGINT;
ALTER TABLE session ADD COLUMN metered_since_us BIGINT;
-- One row an account and month: what streams cost, kept with each event that starts or stops one.
CREATE TABLE stream_month (
    account_id TEXT NOT NULL REFERENCES account (id),
    month_us BIGINT NOT NULL,
    settled_us BIGINT NOT NULL CHECK (settled_us >= 0),
    running INTEGER NOT NULL CHECK (running >= 0),
    late_us BIGINT NOT NULL CHECK (late_us >= 0),
    look_us BIGINT,
    PRIMARY KEY (account_id, month_us)
) {fillfactor};
CREATE INDEX stream_look ON stream_month (look_us) WHERE look_us IS NOT NULL;
-- Accounts so far are under the free plan: a hundred hours.
UPDATE account SET stream_us = 360000000000 WHERE plan = 'free';
"""
_METERED = frozenset({"streaming", "idle"})


def upgrade() -> None:
    """Run the statements, as they are; then sum up the log."""
    connection = op.get_bind()
    plain = connection.execution_options(no_parameters=True)
    for statement in schema_statements(_STATEMENTS, connection.dialect.name):
        plain.exec_driver_sql(statement)
    sum_up(connection)


def sum_up(connection: Connection) -> None:
    """Write the sums that follow from the log, and since when what streams now does."""
    stays: dict[str, list[tuple[int, int | None]]] = defaultdict(list)
    since: dict[str, tuple[str, int]] = {}
    for session_id, account_id, state, at_us in connection.execute(
        text("SELECT session_id, account_id, state, at_us FROM event ORDER BY session_id, version")
    ):
        if state in _METERED:
            since.setdefault(session_id, (account_id, at_us))
        elif session_id in since:
            stays[account_id].append((since.pop(session_id)[1], at_us))
    for session_id, (account_id, since_us) in since.items():
        stays[account_id].append((since_us, None))
        connection.execute(
            text("UPDATE session SET metered_since_us = :since WHERE id = :id"),
            {"since": since_us, "id": session_id},
        )
    for account_id, known in stays.items():
        for month in rebuilt(known).values():
            connection.execute(
                text(
                    "INSERT INTO stream_month VALUES (:account, :month, :settled, :running, :late,"
                    " CASE WHEN :running > 0 THEN :month ELSE NULL END)"
                ),
                {
                    "account": account_id,
                    "month": month.start_us,
                    "settled": month.settled_us,
                    "running": month.running,
                    "late": month.late_us,
                },
            )
