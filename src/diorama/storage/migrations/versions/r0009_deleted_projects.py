"""When a project was taken away: it is hidden, and its history kept."""

from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Add the column."""
    op.get_bind().exec_driver_sql("ALTER TABLE project ADD COLUMN deleted_us BIGINT")
