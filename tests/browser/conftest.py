"""A web site that is not Diorama's, with a page on the web SDK."""

from collections.abc import AsyncIterator

import pytest_asyncio

from tests.browser.site import Site, site_running


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def site() -> AsyncIterator[Site]:
    """Yield the site."""
    async with site_running() as found:
        yield found
