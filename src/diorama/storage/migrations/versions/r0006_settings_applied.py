"""What the settings last said of a project: what was changed by API since outlives a restart."""

from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Add the column; what is not known is applied once more."""
    op.get_bind().exec_driver_sql("ALTER TABLE project ADD COLUMN settings TEXT")
