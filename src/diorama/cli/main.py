"""The commands of `diorama`. Each imports what it needs when it runs, so that `--help` is quick."""

import asyncio
import sys
from pathlib import Path
from typing import Annotated, Final

import typer

from diorama.cli import profile_commands, starting
from diorama.cli.account_commands import accounts, plans
from diorama.cli.asking import target, told
from diorama.cli.backup_command import backup
from diorama.cli.doctor.command import doctor
from diorama.cli.event_commands import events, webhooks
from diorama.cli.key_commands import audit, keys
from diorama.cli.profile_commands import profiles
from diorama.cli.project_commands import projects
from diorama.cli.recording_commands import recordings
from diorama.cli.saying import fail
from diorama.cli.session_commands import sessions
from diorama.cli.simulation_commands import simulate, simulations
from diorama.cli.spectator_commands import spectators
from diorama.cli.usage_commands import overview, usage
from diorama.cli.worker_commands import workers
from diorama.kernel.errors import DioramaError

app: Final = typer.Typer(
    help="Live, rendered worlds in any browser.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,  # a traceback with the values of locals would show secrets
)
for program in (starting.up, starting.dev, starting.gateway, starting.worker):
    app.command()(program)
app.command()(backup)
for group, name in (
    (sessions, "sessions"),
    (spectators, "spectators"),
    (projects, "projects"),
    (simulations, "simulations"),
    (recordings, "recordings"),
    (events, "events"),
    (webhooks, "webhooks"),
    (keys, "keys"),
    (usage, "usage"),
    (workers, "workers"),
    (accounts, "accounts"),
    (plans, "plans"),
    (profiles, "profiles"),
):
    app.add_typer(group, name=name)
for command in (simulate, overview, audit, doctor, profile_commands.login, profile_commands.logout):
    app.command()(command)


@app.command()
def view(  # noqa: PLR0913 - each is an option
    project: Annotated[str, typer.Argument(help="What to look at, such as cove.")],
    *,
    seconds: Annotated[float, typer.Option(min=0.5, max=3_600, help="How long to look.")] = 5.0,
    within: Annotated[
        float, typer.Option(min=1, max=86_400, help="Seconds that the first frame may take.")
    ] = 60.0,
    save: Annotated[
        Path | None, typer.Option(help="Keep the last frame (.png) or all of them (.mp4).")
    ] = None,
    server: Annotated[str | None, typer.Option(help="The gateway's address.")] = None,
    profile: Annotated[str | None, typer.Option(help="A profile kept by `diorama login`.")] = None,
) -> None:
    """Look at a project without a browser and say how its stream is."""
    from rich.console import Console

    from diorama.cli import sight
    from diorama.cli.view import Look
    from diorama.cli.view import view as look_at

    with told():
        chosen = target(server, profile).profile
    look = Look(
        server=chosen.server,
        project=project,
        seconds=seconds,
        within_s=within,
        api_key=chosen.api_key,
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
