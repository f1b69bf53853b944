"""The first ten minutes of an operator, as docs/operating.md tells them, in two browsers.

From a Diorama that nobody owns to an account of somebody else with its own key, project and limit
of one, two viewers, the refusal that names what holds the slot, the click that frees it, and usage.
"""

import time
from collections.abc import AsyncIterator
from typing import Final

import httpx
import msgspec
import pytest
import pytest_asyncio
from playwright.async_api import BrowserContext, Page

from diorama.kernel.units import SECOND_US
from diorama.protocol.states import SessionState
from diorama.protocol.views import Page as Sessions
from tests.browser.player import Player
from tests.browser.portal import PASSWORD, Portal, become_owner
from tests.browser.running import PAINTED, Running, running
from tests.browser.waiting import WITHIN_S, until

pytestmark = pytest.mark.asyncio(loop_scope="session")
ANN: Final = "ann@acme.example"
WATCHED_S: Final = 3.0
SLACK_S: Final = 0.5
"""Between two clocks of one machine."""


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def house(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Running]:
    """Yield a Diorama with two slots that nobody owns."""
    async with running(tmp_path_factory.mktemp("house"), PAINTED, slots=2) as found:
        yield found


async def press(page: Page, name: str) -> None:
    """Press the button of this name in the dialog that is open."""
    await page.get_by_role("dialog").get_by_role("button", name=name, exact=True).click()


async def secret_of(page: Page, label: str) -> str:
    """Return what is shown this once, and close its dialog."""
    text = await page.get_by_label(label, exact=True).inner_text()
    await press(page, "Done")
    return text


async def account_for_ann(owner: Portal) -> str:
    """Make an account of one stream, and return the link of its owner."""
    page = owner.page
    await owner.go("/accounts")
    await page.get_by_role("button", name="New account").click()
    await page.get_by_role("dialog").get_by_label("Name").fill("Acme")
    await page.get_by_label("Email of its first owner").fill(ANN)
    await press(page, "Make the account")
    link = await secret_of(page, "the owner\u2019s link")
    row = page.get_by_role("row").filter(has_text="Acme")
    await row.get_by_role("button", name="Change").click()
    await page.get_by_label("Streams at once").fill("1")
    await press(page, "Save")
    await row.get_by_text("0 of 1 (own limit)").wait_for()
    return link


async def project_for_ann(ann: Portal) -> None:
    """Make a project from the offered world, and let it refuse who is over the limit."""
    page = ann.page
    await ann.go("/projects")
    await page.get_by_role("button", name="New project").first.click()
    await page.get_by_role("dialog").get_by_label("Name").fill("shop")
    await page.get_by_role("combobox", name="World").click()
    await page.get_by_role("option", name="Painted").click()
    await page.get_by_role("dialog").get_by_role("switch", name="Public").click()
    await press(page, "Make the project")
    await ann.until_titled("shop")
    await page.get_by_role("combobox", name="Over a limit").click()
    await page.get_by_role("option", name="reject").click()
    await page.get_by_role("button", name="Save the rules").click()
    await page.get_by_text("The rules were changed, and hold now.").wait_for()


async def key_for_ann(ann: Portal) -> str:
    """Make a key for a backend."""
    await ann.go("/keys")
    await ann.page.get_by_role("button", name="New key").first.click()
    await ann.page.get_by_role("dialog").get_by_label("Name").fill("web shop")
    await press(ann.page, "Make the key")
    return await secret_of(ann.page, "the key")


async def test_an_operator_serves_somebody_else_who_finds_frees_and_pays_for_one_slot(
    diorama: Running, someone: BrowserContext, another: BrowserContext
) -> None:
    owner = await Portal.open(someone, diorama)
    await become_owner(owner, diorama)
    await owner.go("/projects/painted")
    await owner.page.get_by_role("switch", name="Offered").click()
    await owner.page.get_by_text("Its world is offered to accounts.").wait_for()

    ann = await Portal.open(another, diorama)
    await ann.page.goto(await account_for_ann(owner))
    await ann.page.get_by_label("Your name").fill("Ann")
    await ann.page.locator("input[name=password]").fill(PASSWORD)
    await ann.page.get_by_role("button", name="Join").click()
    await ann.until_titled("Overview")
    await project_for_ann(ann)
    key = await key_for_ann(ann)

    asked = time.monotonic()
    viewer = await Player.open(someone, diorama.address, "shop")
    await viewer.until_playing()
    async with httpx.AsyncClient(
        base_url=diorama.address, headers={"Authorization": f"Bearer {key}"}, timeout=WITHIN_S
    ) as backend:
        await until_streaming(backend)
        seen = time.monotonic()
        refused = await backend.post("/v1/sessions", json={"project": "shop"})
        await ann.go("/")
        await viewer.page.wait_for_timeout(WATCHED_S * 1_000)
        held = ann.page.get_by_role("table", name="What holds the slots")
        await held.get_by_role("button", name="End the session of Visitor").click()
        least_s = time.monotonic() - seen
        await ann.page.get_by_role("button", name="End the session", exact=True).click()
        await viewer.until_screen("ended")
        most_s = time.monotonic() - asked
        opened = await backend.post("/v1/sessions", json={"project": "shop"})
        await backend.delete(f"/v1/sessions/{opened.json()['session']['id']}")

    assert refused.status_code == 429
    (holder,) = refused.json()["holders"]
    assert holder["project"] == "shop"
    assert opened.status_code == 201
    used_us = await used_by_ann(ann)
    assert least_s - SLACK_S < used_us / SECOND_US < most_s + SLACK_S
    assert await billed_to(owner, "Acme") == f"{used_us / SECOND_US:.3f} s"
    assert owner.faults == ann.faults == []


async def until_streaming(backend: httpx.AsyncClient) -> None:
    """Wait until the one session streams, from when on it is paid for."""

    async def look() -> bool | None:
        answer = await backend.get("/v1/sessions", params={"live": "true"})
        (session,) = msgspec.json.decode(answer.raise_for_status().content, type=Sessions).sessions
        return session.state is SessionState.STREAMING or None

    await until(look, what="the session streams")


async def billed_to(owner: Portal, account: str) -> str:
    """Return what the operator's usage page says that an account streamed."""
    await owner.go("/usage")
    await owner.page.get_by_text("All accounts", exact=True).click()
    table = owner.page.get_by_role("table", name="Usage")
    return await table.get_by_role("row").filter(has_text=account).locator("td").last.inner_text()


async def used_by_ann(ann: Portal) -> int:
    """Return what the usage page says was streamed, which the API must say as well."""
    await ann.go("/usage")
    row = ann.page.get_by_role("table", name="Usage").get_by_role("row").filter(has_text="shop")
    said = await row.locator("td").last.inner_text()
    answer = await ann.page.request.get(f"{ann.address}/v1/usage?group_by=project")
    (group,) = (await answer.json())["groups"]
    used_us: int = group["stream_us"]
    assert said == f"{used_us / SECOND_US:.3f} s"
    return used_us
