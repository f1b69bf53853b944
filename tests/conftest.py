"""What every test may ask for: a PostgreSQL of its own."""

from collections.abc import Iterator

import pytest

from tests.postgresql import fresh_database, running_postgresql


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """Yield the URL of a server for the whole session: an empty database, its user an owner."""
    with running_postgresql() as url:
        yield url


@pytest.fixture
def postgres_database(postgres_url: str) -> Iterator[str]:
    """Yield the URL of an empty database for one test."""
    with fresh_database(postgres_url) as url:
        yield url
