"""The rates that the web SDK's verdict is asked about as well: web/packages/sdk/tests/core."""

import json
from pathlib import Path
from typing import Final

import pytest

from diorama.client.core.pace import is_slow

RATES: Final = json.loads((Path(__file__).parent / "rates.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("rate", RATES, ids=lambda rate: f"{rate['fps']} of {rate['meant']}")
def test_frames_are_slow_where_clearly_fewer_come_than_the_world_means_to_show(
    rate: dict[str, float | None],
) -> None:
    fps, meant = rate["fps"], rate["meant"]
    assert fps is not None

    assert is_slow(fps, None if meant is None else int(meant)) is rate["slow"]
