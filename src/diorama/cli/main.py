"""The commands of `diorama`. Each imports what it needs when it runs, so that `--help` is quick."""

import asyncio
import contextlib
import os
import signal
import sys
import tempfile
import webbrowser
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final, NoReturn

import typer

from diorama.cli.restarts import REFUSED
from diorama.kernel.errors import DioramaError

if TYPE_CHECKING:
    from diorama.agent.settings import WorkerSettings
    from diorama.gateway.settings import Settings

LOOPBACK: Final = frozenset({"127.0.0.1", "::1", "localhost"})
KEY_WITHIN_S: Final = 30.0
WORKER_STOP_S: Final = 6.0
GATEWAY_STOP_S: Final = 4.0
"""Together the 10 s in which `up` has stopped."""

app: Final = typer.Typer(
    help="Live, rendered worlds in any browser.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,  # a traceback with the values of locals would show secrets
)


@app.command()
def up() -> None:
    """Run Diorama on this machine: a gateway and a worker. Ctrl-C stops both."""
    with _refusals():
        raise typer.Exit(_up(path="/", opens=False))


@app.command()
def dev(
    entry: Annotated[str, typer.Argument(metavar="FILE:CLASS", help="The world, as my.py:World.")],
    open_browser: Annotated[  # noqa: FBT002 - Typer's way to say a flag
        bool, typer.Option("--open/--no-open", help="Open it in the browser.")
    ] = True,
) -> None:
    """Run one world on this machine and open it. Nothing is kept afterwards."""
    from diorama.cli import readiness, trial

    entry = trial.absolute_entry(entry)
    if code := trial.check_entry(entry):
        raise typer.Exit(code)
    with _refusals(), tempfile.TemporaryDirectory(prefix="diorama-dev-") as folder:
        trial.set_up(Path(folder), entry, None)
        settings = _settings()
        if "DIORAMA_PORT" not in os.environ and readiness.is_taken(settings.host, settings.port):
            trial.set_up(Path(folder), entry, readiness.free_port(settings.host))
        raise typer.Exit(_up(path=f"/play/{trial.project_name(entry)}", opens=open_browser))


@app.command()
def gateway() -> None:
    """Run one gateway: REST, WebSockets and the player on one port."""
    from diorama.cli.parent import end_with_parent

    end_with_parent()
    with _refusals():
        settings = _settings()
        from diorama.gateway import logs, server

        logs.configure()
        server.run(settings)


@app.command()
def worker() -> None:
    """Run one worker: offers slots to a gateway (DIORAMA_WORKER_GATEWAYS) and streams worlds."""
    from diorama.cli.parent import end_with_parent

    end_with_parent()
    with _refusals():
        from diorama.agent.worker import run_until_signalled
        from diorama.gateway import logs

        settings = _worker_settings()
        logs.configure()
        asyncio.run(run_until_signalled(settings))


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
        _fail(str(error))
    except OSError as error:
        _fail(f"{save}: {error.strerror or error}")
    typer.echo(sight.report(project, seen))


@app.command()
def version() -> None:
    """Say which Diorama this is."""
    from importlib.metadata import version as installed

    python = ".".join(str(part) for part in sys.version_info[:3])
    typer.echo(f"diorama {installed('diorama')} (Python {python})")


def _settings() -> "Settings":
    from diorama.gateway.settings_file import load_settings, prepare_data_folder

    settings = load_settings()
    prepare_data_folder(settings)
    return settings


def _worker_settings() -> "WorkerSettings":
    from pydantic import ValidationError

    from diorama.agent.settings import WorkerSettings
    from diorama.gateway.settings_file import SettingsRefused

    try:
        return WorkerSettings()
    except ValidationError as error:
        raise SettingsRefused(
            f"{'DIORAMA_WORKER_' + str(found['loc'][0]).upper() if found['loc'] else 'worker'}: "
            f"{found['msg'].removeprefix('Value error, ')}"
            for found in error.errors()
        ) from None


def _up(*, path: str, opens: bool) -> int:
    from diorama.cli import readiness
    from diorama.gateway.settings_file import SettingsRefused

    settings = _settings()
    if readiness.is_taken(settings.host, settings.port):
        raise SettingsRefused(
            [f"DIORAMA_PORT={settings.port}: another program listens there; choose another"]
        )

    async def announce() -> None:
        await readiness.until_ready(
            settings.host, settings.port, with_worker=settings.local_worker.enabled, say=_say
        )
        address = readiness.address(settings.host, settings.port)
        typer.echo(f"Diorama is running at {address}{path}")
        if opens:
            await asyncio.to_thread(webbrowser.open, address + path)

    return asyncio.run(_supervise(settings, announce))


async def _supervise(settings: "Settings", announce: Callable[[], Awaitable[None]]) -> int:
    from diorama.cli.supervisor import Child, Supervisor, diorama

    children = [
        Child(name="gateway", command=diorama("gateway"), stop_within_s=GATEWAY_STOP_S),
    ]
    if settings.local_worker.enabled:
        children.append(
            Child(
                name="worker",
                command=diorama("worker"),
                environment=worker_environment(settings),
                stop_within_s=WORKER_STOP_S,
                may_start=lambda: _until_there(settings.worker_key_file),
            )
        )
    supervisor = Supervisor(children, say=_say)
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(number, supervisor.ask_to_stop)
    return await supervisor.run(announce)


def worker_environment(settings: "Settings") -> dict[str, str]:
    """Return how the local worker of these settings is told about its gateway and itself."""
    from diorama.cli import readiness
    from diorama.gateway.bootstrap import shipped

    local = settings.local_worker
    alone = settings.host in LOOPBACK  # then every viewer is on this machine, in a private range
    worlds = [] if settings.projects else [one.world for one in shipped()]
    modules = ",".join(entry.partition(":")[0] for entry in worlds)
    return {
        "DIORAMA_WORKER_GATEWAYS": readiness.address(settings.host, settings.port),
        "DIORAMA_WORKER_CREDENTIAL_FILE": str(settings.worker_key_file),
        "DIORAMA_WORKER_STATE_DIR": str(settings.data_folder / "worker"),
        "DIORAMA_WORKER_NAME": local.name,
        "DIORAMA_WORKER_SLOTS": str(local.slots),
        "DIORAMA_WORKER_REGION": local.region,
        "DIORAMA_WORKER_POOL": local.pool,
        "DIORAMA_WORKER_DRAIN_S": "0",  # who stops a Diorama of one machine waits for no session
        "DIORAMA_WORKER_PRELOAD": os.environ.get("DIORAMA_WORKER_PRELOAD", modules),
        "DIORAMA_WORKER_ALLOW_PRIVATE_CANDIDATES": str(alone).lower(),
    }


async def _until_there(file: Path) -> None:
    """Wait until the gateway has written the worker's key, at its first start; not for ever."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(KEY_WITHIN_S):
            while not await asyncio.to_thread(file.exists):  # noqa: ASYNC110 - another process's
                await asyncio.sleep(0.05)


@contextlib.contextmanager
def _refusals() -> Iterator[None]:
    """Turn what a person can mend into one line each and exit code 2."""
    from diorama.gateway.front import CannotListen
    from diorama.gateway.settings_file import SettingsRefused
    from diorama.kernel.errors import Unavailable

    try:
        yield
    except SettingsRefused as error:
        _refuse(*error.lines)
    except CannotListen as error:
        _refuse(f"DIORAMA_HOST, DIORAMA_PORT: {error}")
    except Unavailable as error:  # may be there the next time: the supervisor tries again
        _say(str(error))
        raise typer.Exit(1) from None
    except DioramaError as error:
        _refuse(str(error))


def _refuse(*lines: str) -> NoReturn:
    for line in lines:
        _say(line)
    raise typer.Exit(REFUSED)


def _fail(line: str) -> NoReturn:
    _say(line)
    raise typer.Exit(1)


def _say(line: str) -> None:
    typer.echo(f"diorama: {line}", err=True)
