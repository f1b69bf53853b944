"""What an operator may tell a worker."""

from pathlib import Path

import pytest
from pydantic import SecretStr, ValidationError

from diorama.agent.settings import WorkerSettings, default_state_dir, name_of_host
from diorama.kernel.errors import Invalid


def test_settings_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DIORAMA_WORKER_GATEWAYS", "http://a:1/, wss://b")
    monkeypatch.setenv("DIORAMA_WORKER_SLOTS", "3")
    monkeypatch.setenv("DIORAMA_WORKER_PRELOAD", "torch, worlds.lake")
    configured = WorkerSettings()

    assert configured.gateways == ("http://a:1", "wss://b")
    assert configured.slots == 3
    assert configured.preload == ("torch", "worlds.lake")
    assert (configured.region, configured.pool) == ("local", "default")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("GATEWAYS", ""),
        ("GATEWAYS", "ftp://a"),
        ("SLOTS", "0"),
        ("SLOTS", "257"),
        ("NAME", "two words"),
        ("NAME", ""),
        ("REGION", "-x"),
        ("DRAIN_S", "-1"),
        ("DRAIN_S", "nan"),
        ("PRELOAD", "torch,my-world"),
        ("WARM_HOST", "perhaps"),
    ],
)
def test_a_wrong_setting_is_refused(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(f"DIORAMA_WORKER_{name}", value)

    with pytest.raises(ValidationError):
        WorkerSettings()


def test_a_credential_is_read_from_its_file_each_time(tmp_path: Path) -> None:
    file = tmp_path / "credential"
    configured = WorkerSettings(credential_file=file)
    with pytest.raises(Invalid, match="cannot be read: No such file"):
        configured.read_credential()
    file.write_text("diw_1\n")

    assert configured.read_credential() == "diw_1"


def test_a_credential_is_never_shown() -> None:
    assert "diw_1" not in repr(WorkerSettings(credential=SecretStr("diw_1")))


def test_two_credentials_are_one_too_many() -> None:
    with pytest.raises(ValidationError, match="not both"):
        WorkerSettings(credential=SecretStr("diw_1"), credential_file=Path("file"))


@pytest.mark.parametrize(
    ("host", "name"),
    [("gpu-1.example", "gpu-1.example"), ("my gpu!", "my-gpu-"), ("--", "worker"), ("", "worker")],
)
def test_a_worker_is_named_after_its_machine(host: str, name: str) -> None:
    assert name_of_host(host) == name


def test_state_lies_where_a_users_programs_keep_theirs() -> None:
    assert default_state_dir({"XDG_STATE_HOME": "/s"}) == Path("/s/diorama/worker")
    assert default_state_dir({}) == Path.home() / ".local/state/diorama/worker"
