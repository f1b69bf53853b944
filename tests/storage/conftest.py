"""Each database in turn, empty and migrated, on a clock that the test steps."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from diorama.storage.database import Database, open_database
from tests.clock import SteppedClock


@pytest.fixture
def clock() -> SteppedClock:
    return SteppedClock()


@pytest.fixture(params=["sqlite"])
async def database(
    request: pytest.FixtureRequest, tmp_path: Path, clock: SteppedClock
) -> AsyncIterator[Database]:
    """Yield an open database."""
    assert request.param == "sqlite"
    database = open_database(f"sqlite://{tmp_path}/diorama.db", clock=clock)
    yield database
    await database.close()
