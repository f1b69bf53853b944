"""Finding the few sessions of an account that ended with a code among the many that did not."""

from alembic import op

revision = "0020"
down_revision = "0019"


def upgrade() -> None:
    """Make the index."""
    op.get_bind().exec_driver_sql(
        "CREATE INDEX session_of_code ON session (account_id, end_code, id)"
        " WHERE end_code IS NOT NULL"
    )
