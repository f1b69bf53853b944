"""What every test of the gateway is given."""

from typing import Final

import pytest

from tests.gateway.running import WITHIN_S

_SESSION: Final = (
    f"SET statement_timeout = '{WITHIN_S}s'; SET lock_timeout = '{WITHIN_S}s';"
    f" SET idle_in_transaction_session_timeout = '{WITHIN_S}s'; SET timezone = 'UTC'"
)


@pytest.fixture(autouse=True)
def _patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no machine that stands still for seconds pass for one that never answers.

    PostgreSQL stands still with it, and whoever holds a lock holds it for as long.
    """
    monkeypatch.setattr("diorama.storage.postgresql._SESSION", _SESSION)
    monkeypatch.setattr("diorama.gateway.guessing.WITHIN_S", WITHIN_S)
    monkeypatch.setattr("diorama.gateway.whep.ANSWER_WITHIN_S", WITHIN_S)
    monkeypatch.setattr("diorama.gateway.whep.SHOWN_WITHIN_S", WITHIN_S)
