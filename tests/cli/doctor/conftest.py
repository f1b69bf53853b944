import pytest

from diorama.cli.doctor import looking, reachability

PATIENCE_S = 60.0


@pytest.fixture(autouse=True)
def _patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a slow machine answer; whoever is silent is waited for as a test says."""
    monkeypatch.setattr(reachability, "WITHIN_S", PATIENCE_S)
    monkeypatch.setattr(looking, "ANSWER_WITHIN_S", PATIENCE_S)
