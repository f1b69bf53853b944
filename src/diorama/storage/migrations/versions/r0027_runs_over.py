"""An index by which the metered time of an account's runs that are over is summed."""

from alembic import op

revision = "0027"
down_revision = "0026"


def upgrade() -> None:
    """Make it; what is summed lies in it."""
    op.execute(
        "CREATE INDEX simulation_run_over"
        " ON simulation_run (account_id, ended_us, first_us, metered_us)"
        " WHERE ended_us IS NOT NULL"
    )
