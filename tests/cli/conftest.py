from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from diorama.gateway.settings import ProjectSettings
from tests.cli.typing_commands import Typist, typist_at


@pytest.fixture
async def typist(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Typist]:
    """Yield somebody who types commands against a gateway with two projects."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("DIORAMA_CLIENT_PROFILE", raising=False)
    projects = (
        ProjectSettings(name="cove", world="a:B"),
        ProjectSettings(name="glade", world="a:B"),
    )
    async for found in typist_at(tmp_path / "data", *projects):
        yield found
