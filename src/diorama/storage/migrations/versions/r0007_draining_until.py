"""When a worker that drains stops what still runs."""

from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Add the column."""
    op.get_bind().exec_driver_sql("ALTER TABLE worker ADD COLUMN drains_until_us BIGINT")
