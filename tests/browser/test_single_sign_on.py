"""Signing in by OpenID Connect as a person does: to another site, and back into the portal."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest
import pytest_asyncio
from playwright.async_api import BrowserContext
from pydantic import SecretStr

from diorama.gateway.settings import OidcSettings
from tests.browser.portal import OwnGateway, Portal
from tests.browser.test_portal import judge
from tests.gateway.provider import CLIENT, SECRET, Provider, running_provider
from tests.gateway.running import gateway_at
from tests.gateway.signing import owner_of
from tests.gateway.test_webhooks import now_us

pytestmark = pytest.mark.asyncio(loop_scope="session")


@dataclass(frozen=True)
class House(OwnGateway):
    """A gateway whose portal is looked at, and the provider that it trusts."""

    provider: Provider


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def house(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    """Yield a gateway that Bo is invited to, and a provider that is another site to a browser."""
    async with running_provider() as provider:
        provider.url = provider.url.replace("127.0.0.1", "localhost")
        known = OidcSettings(
            issuer=provider.url, client_id=CLIENT, client_secret=SecretStr(SECRET), name="Example"
        )
        folder = tmp_path_factory.mktemp("house")
        async with gateway_at(folder, oidc=known, now_us=now_us()) as place:
            owner = await owner_of(place)
            await owner.ask("POST", "/v1/members", {"email": "bo@example.com", "role": "viewer"})
            yield House(place, provider)


async def at_the_provider(portal: Portal, house: House, answer: str) -> None:
    """Go to the provider by the portal's button, and answer it."""
    await portal.until_titled("Sign in")
    await portal.page.get_by_role("link", name="Sign in with Example").click()
    await portal.page.get_by_role("heading", name="Who are you?").wait_for()
    assert portal.page.url.startswith(house.provider.url)
    await portal.page.get_by_role("button", name=answer).click()


async def test_who_was_invited_comes_by_the_provider_to_the_page_they_wanted_and_goes_again(
    house: House, someone: BrowserContext
) -> None:
    portal = await Portal.open(someone, house, "/sessions?which=past")
    await at_the_provider(portal, house, "Go on as Bo")
    await portal.until_titled("Sessions")
    arrived = portal.page.url
    await portal.page.reload()
    await portal.page.get_by_role("button", name="Bo").click()
    await portal.page.get_by_role("menuitem", name="Sign out").click()
    await portal.until_titled("Sign in")
    await portal.go("/profile")
    await portal.until_titled("Sign in")

    assert arrived == f"{house.address}/sessions?which=past"
    assert portal.faults == []


async def test_whom_the_provider_does_not_bring_in_is_told_why(
    house: House, someone: BrowserContext
) -> None:
    portal = await Portal.open(someone, house)
    await at_the_provider(portal, house, "Not now")
    await portal.page.get_by_text("Example did not confirm who you are.").wait_for()
    house.provider.says |= {"email": "eve@example.com", "sub": "subject-2"}
    await at_the_provider(portal, house, "Go on as Bo")
    await portal.page.get_by_text("Example knows you, but nobody here does yet").wait_for()

    await judge(portal, portal.page.url)
    assert portal.faults == []
