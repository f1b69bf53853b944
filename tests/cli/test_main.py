"""The commands as a person types them."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from diorama.cli.main import app
from diorama.cli.starting import gateway_command, worker_environment
from diorama.gateway.settings import Settings


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Start in an empty folder, with nothing set."""
    with monkeypatch.context() as patch:
        for name in [name for name in os.environ if name.startswith("DIORAMA_")]:
            patch.delenv(name)
        patch.chdir(tmp_path)
        yield tmp_path


def test_help_names_every_command() -> None:
    result = CliRunner().invoke(app, ["--help"])

    assert result.exit_code == 0
    assert all(
        name in result.output for name in ("up", "dev", "view", "gateway", "worker", "version")
    )


def test_help_loads_nothing_heavy() -> None:
    heavy = (
        "{'aiohttp', 'fastapi', 'httpx', 'numpy', 'pydantic', 'av', 'aiortc', 'structlog',"
        " 'msgspec', 'rich', 'prometheus_client', 'opentelemetry', 'aioice', 'diorama.client'}"
    )
    code = f"import sys, diorama.cli.main; print(sorted({heavy} & set(sys.modules)))"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)

    assert said.stdout.strip() == "[]"


def test_version_is_said() -> None:
    assert CliRunner().invoke(app, ["version"]).output.startswith("diorama 0.")


@pytest.mark.parametrize("command", ["up", "gateway"])
def test_a_wrong_setting_is_one_line_and_exit_code_2(
    command: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DIORAMA_PORT", "70000")

    result = CliRunner().invoke(app, [command])

    assert result.exit_code == 2
    assert result.stderr == "diorama: DIORAMA_PORT='70000': must be 1 to 65535\n"


def test_a_port_in_use_is_one_line_and_exit_code_2(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        monkeypatch.setenv("DIORAMA_PORT", str(port))
        result = CliRunner().invoke(app, ["up"])

    assert result.exit_code == 2
    expected = f"diorama: DIORAMA_PORT={port}: another program listens there; choose another\n"
    assert result.stderr == expected


def test_a_worker_that_is_set_wrongly_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DIORAMA_WORKER_SLOTS", "0")

    result = CliRunner().invoke(app, ["worker"])

    assert result.exit_code == 2
    assert result.stderr.startswith("diorama: DIORAMA_WORKER_SLOTS: ")


def test_a_world_that_is_not_there_is_one_line(folder: Path) -> None:
    command = [sys.executable, "-m", "diorama.cli", "dev", "missing.py:World", "--no-open"]
    said = subprocess.run(command, capture_output=True, check=False, text=True)

    assert said.returncode == 2
    assert said.stderr == f"diorama: there is no file {folder / 'missing.py'}\n"


def test_the_local_worker_is_told_where_its_gateway_is(folder: Path) -> None:
    environment = worker_environment(Settings(host="0.0.0.0", port=9_000))

    assert environment["DIORAMA_WORKER_GATEWAYS"] == "http://127.0.0.1:9000"
    key = str(folder / ".diorama" / "secrets" / "worker.key")
    assert environment["DIORAMA_WORKER_CREDENTIAL_FILE"] == key
    assert environment["DIORAMA_WORKER_ALLOW_PRIVATE_CANDIDATES"] == "false"


def test_only_a_trial_that_keeps_nothing_asks_its_gateway_for_no_owner_link() -> None:
    assert gateway_command(owner_link=True)[-1] == "gateway"
    assert gateway_command(owner_link=False)[-2:] == ["gateway", "--no-owner-link"]


def test_the_local_worker_imports_ahead_what_ships_where_it_runs_what_ships() -> None:
    from diorama.gateway.settings import ProjectSettings

    own = ProjectSettings(name="pond", world="pond.py:Pond")

    shipped = "diorama.world.demos.cove,diorama.world.demos.dreamer"
    assert worker_environment(Settings())["DIORAMA_WORKER_PRELOAD"] == shipped
    assert worker_environment(Settings(projects=(own,)))["DIORAMA_WORKER_PRELOAD"] == ""


def test_what_the_local_worker_is_told_are_settings_it_has() -> None:
    from diorama.agent.settings import WorkerSettings

    told = worker_environment(Settings())

    names = {name.removeprefix("DIORAMA_WORKER_").lower() for name in told}
    assert names <= set(WorkerSettings.model_fields)
