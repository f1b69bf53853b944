"""An account's sessions by when they were first given a slot: what a chart of waits reads."""

from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """Add the index."""
    op.get_bind().exec_driver_sql(
        "CREATE INDEX session_first_served ON session (account_id, served_us)"
        " WHERE served_us IS NOT NULL"
    )
