"""How many recordings are being made, read off an index."""

from alembic import op

revision = "0025"
down_revision = "0024"


def upgrade() -> None:
    """Add the index."""
    op.get_bind().exec_driver_sql(
        "CREATE INDEX recording_made ON recording (id) WHERE state = 'recording'"
    )
