"""Which projects have viewers in line for a slot of a pool: runs yield to who could have it."""

from alembic import op

revision = "0028"
down_revision = "0027"


def upgrade() -> None:
    """Let the index tell the projects apart."""
    connection = op.get_bind()
    connection.exec_driver_sql("DROP INDEX session_waits_in_pool")
    connection.exec_driver_sql(
        "CREATE INDEX session_waits_in_pool ON session (pool, region, project_id)"
        " WHERE state = 'queued' AND aside_us IS NULL"
    )
