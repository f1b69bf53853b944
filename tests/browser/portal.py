"""The portal as an operator has it: signed in, and each page watched for what it may not do.

A page that breaks its content security policy, or in which a script fails, fails its test.
"""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Protocol

import httpx
from playwright.async_api import Browser, BrowserContext, ConsoleMessage, Error, Page

from tests.browser.waiting import WITHIN_MS, WITHIN_S
from tests.gateway.running import Place

PAGES: Final = Path(__file__).parents[2] / "web" / "apps" / "portal" / "src" / "pages"
NAME: Final = "Ada"
EMAIL: Final = "ada@example.com"
PASSWORD: Final = "seven grey whales"
_QUIET: Final = "() => document.querySelector('[aria-busy=true], .mantine-Loader-root') === null"
_POLICY: Final = re.compile(r"Content Security Policy|Trusted ?(Type|HTML|Script)")


class House(Protocol):
    """A Diorama whose portal is looked at."""

    @property
    def address(self) -> str:
        """Where it is opened."""

    @property
    def key(self) -> str:
        """The owner's API key."""


@dataclass(frozen=True)
class OwnGateway:
    """A gateway in this process, as pages of the portal are opened of it."""

    place: Place

    @property
    def address(self) -> str:
        """Where it is opened."""
        return self.place.front.url

    @property
    def key(self) -> str:
        """The owner's API key."""
        return self.place.secrets.api_key


@dataclass
class Portal:
    """One tab of the portal, and what it did that it may not."""

    page: Page
    address: str
    faults: list[str] = field(default_factory=list)

    @classmethod
    async def open(cls, context: BrowserContext, diorama: House, path: str = "/") -> "Portal":
        """Open a tab."""
        found = cls(await context.new_page(), diorama.address)
        found.page.on("console", found._heard)
        found.page.on("pageerror", found._failed)
        await found.go(path)
        return found

    async def go(self, path: str) -> None:
        """Load a path anew."""
        await self.page.goto(self.address + path)

    async def until_titled(self, title: str) -> None:
        """Wait for the page with this heading."""
        await self.page.get_by_role("heading", level=1, name=title, exact=True).wait_for()

    async def sign_in(self, password: str = PASSWORD) -> None:
        """Fill in and send the form of the sign-in."""
        await self.page.get_by_label("Email").fill(EMAIL)
        await self.page.locator("input[name=password]").fill(password)
        await self.page.get_by_role("button", name="Sign in", exact=True).click()

    def _heard(self, message: ConsoleMessage) -> None:
        if message.type == "error" and _POLICY.search(message.text):
            self.faults.append(message.text)

    def _failed(self, error: Error) -> None:
        self.faults.append(str(error))


async def owner_link(diorama: House) -> str:
    """Return a link that makes whoever opens it the owner."""
    headers = {"Authorization": f"Bearer {diorama.key}"}
    async with httpx.AsyncClient(
        base_url=diorama.address, headers=headers, timeout=WITHIN_S
    ) as client:
        answer = await client.post("/v1/set-up/link")
    answer.raise_for_status()
    link: str = answer.json()["link"]
    return link


async def become_owner(portal: Portal, diorama: House) -> None:
    """Follow the link of the first owner to the overview."""
    link = await owner_link(diorama)
    await portal.page.goto(link)
    await portal.page.get_by_label("Your name").fill(NAME)
    await portal.page.get_by_label("Email").fill(EMAIL)
    await portal.page.locator("input[name=password]").fill(PASSWORD)
    await portal.page.get_by_role("button", name="Become the owner").click()
    await portal.until_titled("Overview")


@asynccontextmanager
async def owners_browser(chromium: Browser, diorama: House) -> AsyncIterator[BrowserContext]:
    """Yield a browser in which somebody has just become the owner."""
    context = await chromium.new_context(viewport={"width": 1280, "height": 800})
    context.set_default_timeout(WITHIN_MS)
    portal = await Portal.open(context, diorama)
    await become_owner(portal, diorama)
    assert portal.faults == []
    await portal.page.close()
    yield context
    await context.close()


@asynccontextmanager
async def tab(context: BrowserContext, diorama: House) -> AsyncIterator[Portal]:
    """Yield a tab of the overview; it may do nothing that its policy forbids."""
    found = await Portal.open(context, diorama)
    await found.until_titled("Overview")
    yield found
    await found.page.close()
    assert found.faults == []


def paths(*, outside: bool = False) -> list[str]:
    """Return the path of every page that needs no name of a thing, as their entries say.

    Args:
        outside: whether those for people who are not signed in, or the others.
    """
    found = [
        path
        for text in (entry.read_text() for entry in sorted(PAGES.glob("*/entry.ts")))
        if ("outside: true" in text) == outside
        for path in re.findall(r"path: '([^']+)'", text)
    ]
    return [path for path in found if ":" not in path]


async def until_quiet(page: Page) -> None:
    """Wait until a page has what it asked for, and nothing is still on its way."""
    await page.wait_for_selector("h1")
    await page.wait_for_function(_QUIET)
