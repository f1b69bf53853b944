"""The commands that run Diorama: `up`, `dev`, `gateway` and `worker`.

Each imports what it needs when it runs, so that `diorama --help` is quick.
"""

import asyncio
import contextlib
import os
import signal
import tempfile
import webbrowser
from collections.abc import Awaitable, Callable
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from diorama.cli.saying import refusals, say

if TYPE_CHECKING:
    from diorama.agent.settings import WorkerSettings
    from diorama.gateway.settings import Settings


class LogLevel(StrEnum):
    """From which level on a program logs."""

    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


LogFrom = Annotated[
    LogLevel, typer.Option("--log-level", help="What is logged: this, and what is graver.")
]
LOOPBACK: Final = frozenset({"127.0.0.1", "::1", "localhost"})
KEY_WITHIN_S: Final = 30.0
WORKER_STOP_S: Final = 6.0
GATEWAY_STOP_S: Final = 4.0
"""Together the 10 s in which `up` has stopped."""


def up(log_level: LogFrom = LogLevel.INFO) -> None:
    """Run Diorama on this machine: a gateway and a worker. Ctrl-C stops both."""
    with refusals():
        raise typer.Exit(_up(path="/play", opens=False, owner_link=True, log_level=log_level))


def dev(
    entry: Annotated[
        str,
        typer.Argument(
            metavar="FILE[:CLASS]", help="The world, as my.py, or my.py:World where it has several."
        ),
    ],
    open_browser: Annotated[  # noqa: FBT002 - Typer's way to say a flag
        bool, typer.Option("--open/--no-open", help="Open it in the browser.")
    ] = True,
    log_level: LogFrom = LogLevel.WARNING,
) -> None:
    """Run one world on this machine and open it. Nothing is kept afterwards."""
    from diorama.cli import readiness, trial

    entry = trial.absolute_entry(entry)
    if code := trial.check_entry(entry):
        raise typer.Exit(code)
    with refusals(), tempfile.TemporaryDirectory(prefix="diorama-dev-") as folder:
        trial.set_up(Path(folder), entry, None)
        settings = _settings()
        if "DIORAMA_PORT" not in os.environ and readiness.is_taken(settings.host, settings.port):
            trial.set_up(Path(folder), entry, readiness.free_port(settings.host))
        path = f"/play/{trial.project_name(entry)}"
        raise typer.Exit(_up(path=path, opens=open_browser, owner_link=False, log_level=log_level))


def gateway(
    owner_link: Annotated[  # noqa: FBT002 - Typer's way to say a flag
        bool,
        typer.Option(
            "--owner-link/--no-owner-link", help="Print how to become the owner, if nobody is."
        ),
    ] = True,
    log_level: LogFrom = LogLevel.INFO,
) -> None:
    """Run one gateway: REST, WebSockets and the player on one port."""
    from diorama.cli.parent import end_with_parent

    end_with_parent()
    with refusals():
        settings = _settings()
        from diorama.gateway import logs, server

        logs.configure(level=log_level.upper())
        server.run(settings, owner_link=owner_link)


def worker(log_level: LogFrom = LogLevel.INFO) -> None:
    """Run one worker: offers slots to a gateway (DIORAMA_WORKER_GATEWAYS) and streams worlds."""
    from diorama.cli.parent import end_with_parent

    end_with_parent()
    with refusals():
        from diorama.agent.worker import run_until_signalled
        from diorama.gateway import logs

        settings = _worker_settings()
        logs.configure(level=log_level.upper())
        asyncio.run(run_until_signalled(settings))


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


def _up(*, path: str, opens: bool, owner_link: bool, log_level: LogLevel) -> int:
    from diorama.cli import readiness
    from diorama.gateway import addresses
    from diorama.gateway.settings_file import SettingsRefused

    settings = _settings()
    if readiness.is_taken(settings.host, settings.port):
        raise SettingsRefused(
            [f"DIORAMA_PORT={settings.port}: another program listens there; choose another"]
        )

    async def announce() -> None:
        await readiness.until_ready(
            settings.host, settings.port, with_worker=settings.local_worker.enabled, say=say
        )
        address = addresses.address(settings.host, settings.port)
        if owner_link:
            say(f"who operates it signs in at {address}/")
        typer.echo(f"Diorama is running at {address}{path}")
        if opens:
            await asyncio.to_thread(webbrowser.open, address + path)

    return asyncio.run(_supervise(settings, announce, owner_link=owner_link, log_level=log_level))


def gateway_command(*, owner_link: bool) -> list[str]:
    """Return how the gateway is started; a trial that keeps nothing needs no owner."""
    from diorama.cli.supervisor import diorama

    return diorama("gateway") if owner_link else diorama("gateway", "--no-owner-link")


async def _supervise(
    settings: "Settings",
    announce: Callable[[], Awaitable[None]],
    *,
    owner_link: bool,
    log_level: LogLevel,
) -> int:
    from diorama.cli.supervisor import Child, Supervisor, diorama

    logs = ("--log-level", log_level.value)
    gateway = [*gateway_command(owner_link=owner_link), *logs]
    children = [Child(name="gateway", command=gateway, stop_within_s=GATEWAY_STOP_S)]
    if settings.local_worker.enabled:
        children.append(
            Child(
                name="worker",
                command=diorama("worker", *logs),
                environment=worker_environment(settings),
                stop_within_s=WORKER_STOP_S,
                may_start=lambda: _until_there(settings.worker_key_file),
            )
        )
    supervisor = Supervisor(children, say=say)
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(number, supervisor.ask_to_stop)
    return await supervisor.run(announce)


def worker_environment(settings: "Settings") -> dict[str, str]:
    """Return how the local worker of these settings is told about its gateway and itself."""
    from diorama.gateway import addresses
    from diorama.gateway.bootstrap import shipped

    local = settings.local_worker
    alone = settings.host in LOOPBACK  # then every viewer is on this machine, in a private range
    worlds = [] if settings.projects else [one.world for one in shipped()]
    modules = ",".join(entry.partition(":")[0] for entry in worlds)
    return {
        "DIORAMA_WORKER_GATEWAYS": addresses.address(settings.host, settings.port),
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
