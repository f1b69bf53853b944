"""What an operator may write, and what a wrong word is answered with."""

import os
from collections.abc import Iterator
from dataclasses import fields as dataclass_fields
from pathlib import Path

import pytest

from diorama.gateway.configuration_page import rewritten
from diorama.gateway.settings import TimerSettings
from diorama.gateway.settings_file import SettingsRefused, load_settings, prepare_data_folder
from diorama.leases.timers import DEFAULTS, Timers
from diorama.projects.rules import OnLimit


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Start in an empty folder, with nothing set."""
    with monkeypatch.context() as patch:
        for name in [name for name in os.environ if name.startswith("DIORAMA_")]:
            patch.delenv(name)
        patch.chdir(tmp_path)
        yield tmp_path


def refusal() -> tuple[str, ...]:
    with pytest.raises(SettingsRefused) as refused:
        load_settings()
    return refused.value.lines


def test_nothing_has_to_be_set(folder: Path) -> None:
    settings = load_settings()

    assert (settings.host, settings.port) == ("127.0.0.1", 8080)
    assert settings.data_folder == folder / ".diorama"
    assert settings.database_url is None
    assert settings.timers.timers() == DEFAULTS
    assert settings.projects == ()


def test_the_environment_goes_before_the_file(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "diorama.toml").write_text("port = 9000\nhost = '0.0.0.0'\n[local_worker]\nslots=4\n")
    monkeypatch.setenv("DIORAMA_PORT", "9001")
    monkeypatch.setenv("DIORAMA_LOCAL_WORKER__REGION", "here")

    settings = load_settings()

    assert (settings.host, settings.port) == ("0.0.0.0", 9001)
    assert (settings.local_worker.slots, settings.local_worker.region) == (4, "here")


def test_a_named_file_goes_before_the_usual_one(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "diorama.toml").write_text("port = 9000")
    (folder / "other.toml").write_text("port = 9001")
    monkeypatch.setenv("DIORAMA_CONFIG", "other.toml")

    assert load_settings().port == 9001


def test_a_path_in_the_file_starts_at_the_file(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "elsewhere").mkdir()
    (folder / "elsewhere" / "d.toml").write_text("data = 'd'")
    monkeypatch.setenv("DIORAMA_CONFIG", "elsewhere/d.toml")

    assert load_settings().data_folder == folder / "elsewhere" / "d"


WRONG_IN_ENVIRONMENT = [
    ("PORT", "0", "DIORAMA_PORT='0': must be 1 to 65535"),
    ("PORT", "70000", "DIORAMA_PORT='70000': must be 1 to 65535"),
    ("PORT", "-1", "DIORAMA_PORT='-1': must be 1 to 65535"),
    ("PORT", "http", "DIORAMA_PORT='http': must be 1 to 65535"),
    ("PORT", "", "DIORAMA_PORT='': must be 1 to 65535"),
    ("PROT", "1", "DIORAMA_PROT: no such setting; did you mean DIORAMA_PORT?"),
    (
        "TIMERS__HEARTBEAT_S",
        "nan",
        "DIORAMA_TIMERS__HEARTBEAT_S='nan': must be 1 to 30",
    ),
    (
        "TIMERS__HEARTBEAT_S",
        "inf",
        "DIORAMA_TIMERS__HEARTBEAT_S='inf': must be 1 to 30",
    ),
    (
        "LOCAL_WORKER__SLOTS",
        "1.5",
        "DIORAMA_LOCAL_WORKER__SLOTS='1.5': must be 1 to 64",
    ),
    (
        "LOCAL_WORKER__ENABLED",
        "perhaps",
        "DIORAMA_LOCAL_WORKER__ENABLED='perhaps': must be true or false",
    ),
    (
        "DATA",
        "/dev/null",
        "DIORAMA_DATA='/dev/null': must be a folder, made if missing",
    ),
    (
        "CONFIG",
        "missing.toml",
        "DIORAMA_CONFIG=missing.toml: No such file or directory; must be a TOML file",
    ),
]


@pytest.mark.parametrize(("name", "value", "line"), WRONG_IN_ENVIRONMENT)
def test_a_wrong_value_is_named_with_what_is_allowed(
    name: str, value: str, line: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(f"DIORAMA_{name}", value)

    assert refusal() == (line,)


@pytest.mark.parametrize("name", ["WORKER_GATEWAY", "WORLD_X", "SERVICE_HOST", "PORT_80_TCP"])
def test_names_of_other_programs_are_left_alone(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(f"DIORAMA_{name}", "x")

    assert load_settings().port == 8080


PROJECT = "[[projects]]\nname = 'a'\nworld = 'm:W'\n"
WRONG_IN_FILE = [
    ("port = 0", "diorama.toml: port=0: must be 1 to 65535"),
    ("prot = 1", "diorama.toml: prot: no such setting; did you mean port?"),
    (
        "[timers]\nhartbeat_s = 1",
        "diorama.toml: timers.hartbeat_s: no such setting; did you mean timers.heartbeat_s?",
    ),
    ("[timers]\nclaim_s = nan", "diorama.toml: timers.claim_s=nan: must be 5 to 600"),
    ("timers = 3", "diorama.toml: timers: "),
    ("port = ", "diorama.toml: not TOML: Invalid value"),
    ("projects = 3", "diorama.toml: projects: must be tables, each under [[projects]]"),
    (
        "[[projects]]\nname = 'a'",
        "diorama.toml: projects[0]: object missing required field `world`",
    ),
    (
        PROJECT.replace("'a'", "'a b'"),
        "diorama.toml: projects[0].name='a b': expected `str` matching regex",
    ),
    (
        PROJECT + "rules.afk.warn_after_s = 0",
        "diorama.toml: projects[0].rules.afk.warn_after_s=0: expected `float` >= 1.0",
    ),
    (
        PROJECT + "rules.max_runtime = 5",
        "diorama.toml: projects[0].rules: object contains unknown field `max_runtime`",
    ),
    (PROJECT + "kind = 'unreal'", "diorama.toml: projects[0].kind='unreal': invalid enum value"),
    (PROJECT + PROJECT, "diorama.toml: projects[1].name='a': must differ from every other"),
    (
        PROJECT + f"options.x = '{'x' * 16_000}'",
        "diorama.toml: projects[0].options: 16008 characters; at most 16000",
    ),
]


@pytest.mark.parametrize(("text", "line"), WRONG_IN_FILE)
def test_a_wrong_line_of_the_file_is_named(folder: Path, text: str, line: str) -> None:
    (folder / "diorama.toml").write_text(text)

    (found,) = refusal()
    assert found.startswith(line)
    assert "\n" not in found


def test_every_wrong_line_is_told_at_once(folder: Path) -> None:
    (folder / "diorama.toml").write_text("port = 0\n[local_worker]\nslots = 0\n")

    assert len(refusal()) == 2


def test_timers_that_are_unsafe_together_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DIORAMA_TIMERS__SLOT_REUSE_S", "60")

    (line,) = refusal()
    assert line.startswith("timers: slot_reuse_s (60.0) must be above 70.6")


def test_a_password_is_never_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DIORAMA_STORE", "postgresql://diorama:hunter2@db/diorama")
    settings = load_settings()

    assert "hunter2" not in repr(settings) + str(settings)
    assert settings.database_url == "postgresql://diorama:hunter2@db/diorama"


def test_a_password_is_not_shown_in_a_refusal_either(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DIORAMA_STORE", "mysql://diorama:hunter2@db/diorama")

    (line,) = refusal()
    assert line.startswith("DIORAMA_STORE: (its value is not shown) must be `sqlite`")


def test_a_project_carries_its_world_and_rules(folder: Path) -> None:
    (folder / "diorama.toml").write_text(
        PROJECT + "options = {hour = 18}\nprompts = ['rain']\nrules.on_limit = 'reject'\n"
    )

    (project,) = load_settings().projects
    assert (project.name, project.world, project.kind) == ("a", "m:W", "python")
    assert project.options_json() == '{"hour":18}'
    assert project.prompts == ("rain",)
    assert project.rules.on_limit is OnLimit.REJECT


def test_the_data_folder_is_made_for_its_owner_alone(folder: Path) -> None:
    made = prepare_data_folder(load_settings())

    assert made == folder / ".diorama"
    assert made.stat().st_mode & 0o777 == 0o700


def test_a_data_folder_that_cannot_be_made_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DIORAMA_DATA", "/proc/nowhere")

    with pytest.raises(SettingsRefused, match="DIORAMA_DATA=/proc/nowhere: No such file"):
        prepare_data_folder(load_settings())


def test_every_timer_can_be_set_and_has_the_same_default() -> None:
    assert list(TimerSettings.model_fields) == [field.name for field in dataclass_fields(Timers)]


def test_the_page_in_the_docs_is_not_stale() -> None:
    page = (Path(__file__).parents[2] / "docs" / "configuration.md").read_text()

    assert rewritten(page) == page
