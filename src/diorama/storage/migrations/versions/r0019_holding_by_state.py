"""What holds a slot, found without a look at what has ended."""

from alembic import op

revision = "0019"
down_revision = "0018"

# SQLite knows no sizes of indexes: between two that match one column it took the one of all
# sessions. The second column makes these the better match.
_STATEMENTS = (
    "DROP INDEX session_holding",
    (
        "CREATE INDEX session_holding ON session (account_id, state)"
        " WHERE state IN ('connecting', 'streaming', 'idle')"
    ),
    (
        "CREATE INDEX session_held_by ON session (project_id, end_user, state)"
        " WHERE state IN ('connecting', 'streaming', 'idle')"
    ),
)


def upgrade() -> None:
    """Replace the index, and add the other."""
    for statement in _STATEMENTS:
        op.get_bind().exec_driver_sql(statement)
