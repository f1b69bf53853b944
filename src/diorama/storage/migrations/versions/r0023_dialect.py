"""What the viewer of a session speaks."""

from alembic import op

revision = "0023"
down_revision = "0022"


def upgrade() -> None:
    """Add the column: every session so far was Diorama's own."""
    op.get_bind().exec_driver_sql(
        "ALTER TABLE session ADD COLUMN dialect TEXT NOT NULL DEFAULT 'diorama'"
        " CHECK (dialect IN ('diorama', 'odyssey'))"
    )
