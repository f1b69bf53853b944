"""A Diorama with one slot for the tests of viewers, and one that a test may harm."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Final

import pytest
import pytest_asyncio

from tests.browser.running import Running, running

WORLD: Final = Path(__file__).with_name("worlds.py")
ANSWERING: Final = f"""
[[projects]]
name = "answering"
world = "{WORLD}:Answering"
"""


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def diorama(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Running]:
    """Yield a Diorama with one slot, which all tests share."""
    async with running(tmp_path_factory.mktemp("diorama"), ANSWERING, slots=1) as found:
        yield found


@pytest_asyncio.fixture(loop_scope="session")
async def doomed(tmp_path: Path) -> AsyncIterator[Running]:
    """Yield a Diorama with one slot, of which a test may kill parts."""
    async with running(tmp_path, ANSWERING, slots=1) as found:
        yield found
