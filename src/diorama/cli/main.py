"""The commands of `diorama`. Each imports what it needs when it runs, so that `--help` is quick."""

import asyncio
import os
import sys
from pathlib import Path
from typing import Annotated, Final

import typer

from diorama.cli import starting
from diorama.cli.saying import fail
from diorama.kernel.errors import DioramaError

app: Final = typer.Typer(
    help="Live, rendered worlds in any browser.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,  # a traceback with the values of locals would show secrets
)
for command in (starting.up, starting.dev, starting.gateway, starting.worker):
    app.command()(command)


@app.command()
def view(
    project: Annotated[str, typer.Argument(help="What to look at, such as cove.")],
    seconds: Annotated[float, typer.Option(min=0.5, max=3_600, help="How long to look.")] = 5.0,
    within: Annotated[
        float, typer.Option(min=1, max=86_400, help="Seconds that the first frame may take.")
    ] = 60.0,
    save: Annotated[
        Path | None, typer.Option(help="Keep the last frame (.png) or all of them (.mp4).")
    ] = None,
    server: Annotated[
        str, typer.Option(envvar="DIORAMA_CLIENT_SERVER", help="The gateway's address.")
    ] = "http://127.0.0.1:8080",
) -> None:
    """Look at a project without a browser and say how its stream is.

    The key of a project that is not public is read from DIORAMA_CLIENT_API_KEY.
    """
    from rich.console import Console

    from diorama.cli import sight
    from diorama.cli.view import Look
    from diorama.cli.view import view as look_at

    look = Look(
        server=server,
        project=project,
        seconds=seconds,
        within_s=within,
        api_key=os.environ.get("DIORAMA_CLIENT_API_KEY"),
        save=save,
    )
    console = Console(stderr=True)
    console.quiet = not console.is_terminal  # nobody watches a log's progress bar
    try:
        seen = asyncio.run(look_at(look, console))
    except DioramaError as error:
        fail(str(error))
    except OSError as error:
        fail(f"{save}: {error.strerror or error}")
    typer.echo(sight.report(project, seen))


@app.command()
def version() -> None:
    """Say which Diorama this is."""
    from importlib.metadata import version as installed

    python = ".".join(str(part) for part in sys.version_info[:3])
    typer.echo(f"diorama {installed('diorama')} (Python {python})")
