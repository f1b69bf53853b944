"""A gateway from its settings: what it says at the terminal."""

from pathlib import Path

import pytest

from diorama.gateway.server import open_gateway
from diorama.gateway.settings import Settings
from diorama.kernel.clock import SystemClock


@pytest.mark.parametrize("owner_link", [True, False])
async def test_the_link_for_the_owner_is_printed_unless_told_otherwise(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], *, owner_link: bool
) -> None:
    async with open_gateway(Settings(data=tmp_path), SystemClock(), owner_link=owner_link):
        pass

    assert ("/set-up#dsu_" in capsys.readouterr().err) is owner_link
