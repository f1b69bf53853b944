"""Each way in which who comes with the Odyssey SDK is refused, as their app sees it."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Final

import httpx
import pytest
import pytest_asyncio
from playwright.async_api import BrowserContext

from tests.browser.running import WORLDS, Running, running
from tests.browser.site import Site
from tests.browser.waiting import WITHIN_S, until
from tests.interop.house import Tenant, api_of, ask, tenant_of
from tests.interop.page import OdysseyPage, Refusal

pytestmark = pytest.mark.asyncio(loop_scope="session")
PROJECTS: Final = f"""
[rate_limits]
key_burst = 2000
key_per_s = 1

[[projects]]
name = "painted"
world = "{WORLDS}:Painted"

[[projects]]
name = "single"
world = "{WORLDS}:Painted"
rules.worker_count = 1
rules.on_limit = "reject"
"""
DEAR: Final = "/v1/usage/verify"
CHEAP: Final = "/v1/projects"
ASKING: Final = 8
"""At once: the answer to who is refused comes late."""
SCOPES: Final = ["sessions:write"]
STRANGE_KEY: Final = "ody_" + "a" * 40


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def house(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Running]:
    """Yield the Diorama of this module."""
    async with running(tmp_path_factory.mktemp("house"), PROJECTS, slots=2) as found:
        yield found


@contextlib.asynccontextmanager
async def asking_without_end(diorama: Running, tenant: Tenant) -> AsyncIterator[None]:
    """Use up what a key may ask, and each bit of it that comes back."""
    headers = {"Authorization": f"Bearer {tenant.key}"}
    async with httpx.AsyncClient(
        base_url=diorama.address, headers=headers, timeout=WITHIN_S
    ) as client:
        while (await client.get(DEAR)).status_code != httpx.codes.TOO_MANY_REQUESTS:
            pass

        async def go_on() -> None:
            while True:
                await client.get(CHEAP)

        async with asyncio.TaskGroup() as tasks:
            asking = [tasks.create_task(go_on()) for _ in range(ASKING)]
            yield
            for each in asking:
                each.cancel()


async def refused(context: BrowserContext, site: Site, diorama: Running, tenant: Tenant) -> Refusal:
    """Return how a tenant's page is refused."""
    page = await OdysseyPage.of(context, site, api=api_of(diorama, tenant.project), key=tenant.key)
    found = await page.refused()
    assert await page.status() == "failed"
    (error,) = await page.told("error")
    assert error.detail == {"message": found.message, "fatal": True}
    return found


async def test_who_streams_as_much_as_their_account_may_at_once_is_refused_with_the_figures(
    diorama: Running, site: Site, someone: BrowserContext
) -> None:
    rules = {"on_limit": "reject"}
    tenant = await tenant_of(diorama, "one-at-once", streams=1, rules=rules)
    api = api_of(diorama, tenant.project)
    first = await OdysseyPage.of(someone, site, api=api, key=tenant.key)
    await first.connect()

    found = await refused(someone, site, diorama, tenant)

    assert "ConcurrentLimitReachedError" in found.kinds
    assert found.code == "CONCURRENT_LIMIT_REACHED"
    assert found.action
    assert found.details is not None
    assert (found.details["active_count"], found.details["limit"]) == (1, 1)


async def test_who_has_used_up_the_hours_of_the_month_is_told_which_and_until_when(
    diorama: Running, site: Site, someone: BrowserContext
) -> None:
    tenant = await tenant_of(diorama, "no-hours")
    await ask(
        *(diorama, "PUT", "/v1/plans/none"), json={"concurrent_streams": 5, "stream_hours": 0}
    )
    await ask(diorama, "PATCH", f"/v1/accounts/{tenant.id}", json={"plan": "none"})

    found = await refused(someone, site, diorama, tenant)

    assert "MonthlyLimitReachedError" in found.kinds
    assert found.code == "MONTHLY_LIMIT_REACHED"
    assert found.details is not None
    assert (found.details["used_hours"], found.details["limit_hours"]) == (0, 0)
    assert found.details["reset_date"]


async def test_who_asks_too_often_is_told_when_to_ask_again(
    diorama: Running, site: Site, someone: BrowserContext
) -> None:
    tenant = await tenant_of(diorama, "busy")
    page = await OdysseyPage.of(someone, site, api=api_of(diorama, tenant.project), key=tenant.key)
    async with asking_without_end(diorama, tenant):
        # The page itself may get a bit of what comes back, once in a while: it asks too often.
        found = await until(page.try_to_connect, what="the page is refused")

    assert await page.status() == "failed"
    assert "RateLimitError" in found.kinds
    assert found.code == "RATE_LIMITED"
    assert found.details is not None
    assert found.details["retry_after_seconds"] >= 1


async def test_a_suspended_account_is_told_so(
    diorama: Running, site: Site, someone: BrowserContext
) -> None:
    tenant = await tenant_of(diorama, "suspended")
    await ask(diorama, "PATCH", f"/v1/accounts/{tenant.id}", json={"suspended": True})

    found = await refused(someone, site, diorama, tenant)

    assert "AccountSuspendedError" in found.kinds
    assert found.code == "ACCOUNT_SUSPENDED"


async def test_what_the_sdk_has_no_class_for_comes_with_our_own_code(
    diorama: Running, site: Site, someone: BrowserContext
) -> None:
    first = await OdysseyPage.of(someone, site, api=api_of(diorama, "single"), key=diorama.key)
    await first.connect()
    second = await OdysseyPage.of(someone, site, api=api_of(diorama, "single"), key=diorama.key)
    found = await second.refused()

    assert found.kinds == ("OdysseyError", "OdysseyUsageError")
    assert found.code == "project_cap"


async def test_a_key_of_odysseys_own_is_told_to_be_none_of_ours(
    diorama: Running, site: Site, someone: BrowserContext
) -> None:
    page = await OdysseyPage.of(someone, site, api=api_of(diorama), key=STRANGE_KEY)

    assert (await page.refused()).message.startswith("Invalid API key format")


async def test_a_key_that_was_revoked_is_invalid(
    diorama: Running, site: Site, someone: BrowserContext
) -> None:
    made = await ask(diorama, "POST", "/v1/keys", json={"name": "short", "scopes": SCOPES})
    await ask(diorama, "DELETE", f"/v1/keys/{made['key']['id']}")
    page = await OdysseyPage.of(someone, site, api=api_of(diorama), key=made["secret"])

    assert (await page.refused()).message == "Invalid API key"


async def test_a_key_that_may_not_open_sessions_is_told_what_it_lacks(
    diorama: Running, site: Site, someone: BrowserContext
) -> None:
    made = await ask(diorama, "POST", "/v1/keys", json={"name": "idle", "scopes": ["usage:read"]})
    page = await OdysseyPage.of(someone, site, api=api_of(diorama), key=made["secret"])

    assert "sessions:write" in (await page.refused()).message


async def test_a_project_that_is_not_there_is_named(
    diorama: Running, site: Site, someone: BrowserContext
) -> None:
    page = await OdysseyPage.of(someone, site, api=api_of(diorama, "atlantis"), key=diorama.key)

    assert "atlantis" in (await page.refused()).message


async def test_the_project_of_another_account_is_not_there_either(
    diorama: Running, site: Site, someone: BrowserContext
) -> None:
    tenant = await tenant_of(diorama, "neighbour")
    page = await OdysseyPage.of(someone, site, api=api_of(diorama, "single"), key=tenant.key)

    assert "single" in (await page.refused()).message
