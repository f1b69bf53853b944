"""Create every table of `schema.sql`."""

from alembic import op

from diorama.storage.migrate import first_schema

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Run the statements of the schema, as they are: a `%` or `:` in them means itself."""
    connection = op.get_bind().execution_options(no_parameters=True)
    for statement in first_schema(connection.dialect.name):
        connection.exec_driver_sql(statement)
