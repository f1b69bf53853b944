"""`python -m diorama.cli` is `diorama`: how the supervisor starts its children."""

from diorama.cli.main import app

app(prog_name="diorama")
