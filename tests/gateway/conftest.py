"""What every test of the gateway is given."""

import pytest

from tests.gateway.running import WITHIN_S


@pytest.fixture(autouse=True)
def _patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no machine that stands still for seconds pass for one that never answers."""
    monkeypatch.setattr("diorama.gateway.guessing.WITHIN_S", WITHIN_S)
    monkeypatch.setattr("diorama.gateway.oidc.WITHIN_S", WITHIN_S)
    monkeypatch.setattr("diorama.gateway.whep.ANSWER_WITHIN_S", WITHIN_S)
    monkeypatch.setattr("diorama.gateway.whep.SHOWN_WITHIN_S", WITHIN_S)
