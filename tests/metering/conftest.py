"""A house for each test, on each database."""

import pytest

from diorama.storage.database import Database
from tests.clock import SteppedClock
from tests.sessions.house import House


@pytest.fixture
def house(database: Database, clock: SteppedClock) -> House:
    """Return a house with nothing in it yet."""
    return House(database, clock)
