"""The portal in a browser, over a gateway with one slot."""

from collections.abc import AsyncIterator
from typing import Final

import httpx
import pytest
import pytest_asyncio
from playwright.async_api import Browser, BrowserContext, expect

from diorama.protocol.states import SessionState
from tests.browser.axe import bring_axe, grave_faults
from tests.browser.player import Player
from tests.browser.portal import PASSWORD, Portal, owners_browser, paths, tab, until_quiet
from tests.browser.running import PAINTED, Running, running
from tests.browser.waiting import WITHIN_MS, WITHIN_S, until

pytestmark = pytest.mark.asyncio(loop_scope="session")
MARKUP: Final = "<img src=x onerror=document.title='caught'>"
PATIENT: Final = "[timers]\nclaim_s = 600\n"
"""However slow this machine is, nobody needs to come to the sessions that a backend opens."""
PHONE: Final = (360, 740)
_OVERHANG: Final = "document.documentElement.scrollWidth - innerWidth"


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def house(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Running]:
    """Yield a Diorama with one slot that nobody owns."""
    async with running(tmp_path_factory.mktemp("house"), PATIENT + PAINTED, slots=1) as found:
        yield found


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def owned(house: Running, chromium: Browser) -> AsyncIterator[BrowserContext]:
    """Yield the browser of its owner."""
    async with owners_browser(chromium, house) as context:
        yield context


@pytest_asyncio.fixture(loop_scope="session")
async def portal(owned: BrowserContext, diorama: Running) -> AsyncIterator[Portal]:
    """Yield a tab of the owner's."""
    async with tab(owned, diorama) as found:
        yield found


async def held_by(diorama: Running, end_user: str) -> str:
    """Return the id of a session that a customer's backend has just opened for somebody."""
    headers = {"Authorization": f"Bearer {diorama.key}"}
    async with httpx.AsyncClient(
        base_url=diorama.address, headers=headers, timeout=WITHIN_S
    ) as client:
        body = {"project": "painted", "end_user": end_user, "device": MARKUP}
        answer = await client.post("/v1/sessions", json=body)
    assert answer.status_code == 201, answer.text
    session_id: str = answer.json()["session"]["id"]
    return session_id


async def test_what_holds_the_only_slot_is_named_and_one_click_and_a_yes_free_it(
    portal: Portal, diorama: Running, another: BrowserContext
) -> None:
    player = await Player.open(another, diorama.address, "painted")
    await player.until_playing()
    held = portal.page.get_by_role("table", name="What holds the slots")
    await held.get_by_text("streaming").wait_for()

    await held.get_by_role("button", name="End the session of Visitor").click()
    await portal.page.get_by_role("button", name="End the session", exact=True).click()
    await player.until_screen("ended")
    await portal.page.get_by_text("Nobody watches right now").wait_for()

    assert "4012" in await player.text("#end-code")
    await diorama.until_free()


async def test_many_sessions_are_ended_at_once_and_stay_with_why_they_ended(
    portal: Portal, diorama: Running
) -> None:
    sessions = [await held_by(diorama, name) for name in ("ada", "bob", "eve")]
    await portal.go("/sessions")
    await portal.page.get_by_role("link", name="eve").wait_for()

    await portal.page.get_by_role("checkbox", name="All of them").click()
    await portal.page.get_by_role("button", name="End 3 sessions").click()
    await portal.page.get_by_role("dialog").get_by_role("button", name="End 3 sessions").click()
    await portal.page.get_by_text("Nobody watches right now").wait_for()
    await portal.page.get_by_text("Past", exact=True).first.click()
    await portal.page.get_by_role("link", name="bob").click()

    await portal.until_titled("bob in painted")
    assert portal.page.url == f"{diorama.address}/sessions/{sessions[1]}"
    await portal.page.get_by_text("4012 ended by operator").wait_for()
    for session in sessions:
        await diorama.until_session(session, SessionState.DISCONNECTED)


async def test_text_from_viewers_is_text_wherever_it_is_shown(
    portal: Portal, diorama: Running
) -> None:
    session = await held_by(diorama, MARKUP)
    for path in ("/", "/sessions", f"/sessions/{session}"):
        await portal.go(path)
        await portal.page.get_by_text(MARKUP).first.wait_for()

    assert await portal.page.locator("img[src=x]").count() == 0
    assert await portal.page.title() != "caught"


async def test_a_filter_stands_in_the_address_and_a_reload_keeps_it(
    portal: Portal, diorama: Running
) -> None:
    await held_by(diorama, "ada")
    await portal.go("/sessions?which=all&end_user=nobody")
    await portal.page.get_by_text("No session fits").wait_for()

    await portal.page.get_by_role("button", name="Clear the filters").click()
    await portal.page.get_by_role("link", name="ada").first.wait_for()

    assert portal.page.url == f"{diorama.address}/sessions?which=all"


async def test_the_audit_log_is_narrowed_to_somebody_by_their_name(
    portal: Portal, diorama: Running
) -> None:
    headers = {"Authorization": f"Bearer {diorama.key}"}
    async with httpx.AsyncClient(
        base_url=diorama.address, headers=headers, timeout=WITHIN_S
    ) as client:
        made = await client.post(
            "/v1/keys", json={"name": "night shift", "scopes": ["sessions:read"]}
        )
    assert made.status_code == 201, made.text
    page = portal.page
    await portal.go("/audit")
    log = page.get_by_role("table", name="Audit log")
    await log.get_by_text("key.created").first.wait_for()

    await page.get_by_role("combobox", name="Who").fill("night")
    await page.get_by_role("option", name="night shift").click()
    await page.get_by_text("No entry fits").wait_for()
    await page.get_by_role("button", name="Clear the filters").click()
    await page.get_by_role("combobox", name="Who").click()
    await page.get_by_role("option", name="Ada").click()
    await log.get_by_text("member.joined").wait_for()
    await log.get_by_text("key.created").first.wait_for(state="detached")
    await portal.go(page.url.removeprefix(diorama.address))
    await log.get_by_text("member.joined").wait_for()

    assert "actor=member%3Amem_" in page.url
    # Who is known by name comes by an answer of its own.
    await expect(page.get_by_role("combobox", name="Who")).to_have_value("Ada", timeout=WITHIN_MS)


async def test_a_key_of_a_long_name_fits_on_every_screen_and_tells_all_its_scopes_at_a_click(
    portal: Portal, diorama: Running
) -> None:
    name = "Unbroken" * 10
    scopes = ["projects:read", "sessions:read", "sessions:write", "tickets:write", "usage:read"]
    headers = {"Authorization": f"Bearer {diorama.key}"}
    async with httpx.AsyncClient(
        base_url=diorama.address, headers=headers, timeout=WITHIN_S
    ) as client:
        made = await client.post("/v1/keys", json={"name": name, "scopes": scopes})
    assert made.status_code == 201, made.text
    await portal.go("/keys")
    row = portal.page.get_by_role("row", name=name)
    await judge(portal, "/keys")

    await row.get_by_role("button", name="and 3 more").click()

    await row.get_by_text(", ".join(scopes)).wait_for()


async def judge(portal: Portal, path: str) -> None:
    """Fail on what axe calls serious, and on what is wider than a phone."""
    await until_quiet(portal.page)
    await bring_axe(portal.page)
    for width, height in ((1280, 800), PHONE):
        await portal.page.set_viewport_size({"width": width, "height": height})
        assert await grave_faults(portal.page) == [], (path, width)
        assert await portal.page.evaluate(_OVERHANG) <= 0, (path, width)
    await portal.page.set_viewport_size({"width": 1280, "height": 800})


@pytest.mark.parametrize(
    ("path", "button"),
    [
        ("/", "Navigation"),
        ("/projects", "New project"),
        ("/keys", "New key"),
        ("/share-links", "New link"),
        ("/webhooks", "New webhook"),
        ("/members", "Invite somebody"),
        ("/accounts", "New account"),
        ("/plans", "New plan"),
    ],
)
async def test_what_opens_over_a_page_can_be_used_by_everybody_on_a_phone(
    portal: Portal, path: str, button: str
) -> None:
    page = portal.page
    await page.emulate_media(color_scheme="dark", reduced_motion="reduce")
    await page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
    await portal.go(path)
    await until_quiet(page)
    await page.get_by_role("button", name=button).first.click()
    await page.get_by_role("dialog").wait_for()
    await until_quiet(page)
    await bring_axe(page)

    assert await grave_faults(page) == []
    assert await page.evaluate(_OVERHANG) <= 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_every_page_can_be_used_by_everybody(
    portal: Portal, diorama: Running, scheme: str
) -> None:
    session = await held_by(diorama, "ada")
    await portal.page.emulate_media(
        color_scheme="dark" if scheme == "dark" else "light", reduced_motion="reduce"
    )
    for path in (*paths(), f"/sessions/{session}"):
        await portal.go(path)
        await judge(portal, path)


async def test_a_session_is_ended_by_keys_alone_on_a_phone(
    portal: Portal, diorama: Running
) -> None:
    session = await held_by(diorama, "ada")
    keys = portal.page.keyboard
    await portal.page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
    await portal.go("/")
    await until_quiet(portal.page)

    await keys.press("Tab")
    assert await focused(portal) == "To the page"
    await portal.page.get_by_role("button", name="Navigation").focus()
    await keys.press("Enter")
    await portal.page.get_by_role("dialog").get_by_role("link", name="Sessions").focus()
    await keys.press("Enter")
    await portal.until_titled("Sessions")
    await portal.page.get_by_role("button", name="End the session of ada").focus()
    await keys.press("Enter")
    await portal.page.get_by_role("dialog").get_by_text("End this session?").wait_for()
    await until_focused(portal, "button", "Cancel")
    while await focused(portal) != "End the session":
        await keys.press("Tab")
    await keys.press("Enter")

    await diorama.until_session(session, SessionState.DISCONNECTED)
    await until_focused(portal, "main")


async def until_focused(portal: Portal, kind: str, reads: str = "") -> None:
    """Wait until an element of a kind, with this text in it, has the focus."""

    async def look() -> bool | None:
        found = await portal.page.evaluate("document.activeElement.localName")
        return (found == kind and reads in await focused(portal)) or None

    await until(look, what=f"the focus is at {kind} {reads}")


async def focused(portal: Portal) -> str:
    """Return what has the focus, as it reads."""
    return str(await portal.page.evaluate("document.activeElement.textContent"))


async def test_who_was_signed_out_comes_back_to_where_they_were(
    diorama: Running, owned: BrowserContext, another: BrowserContext
) -> None:
    assert owned.pages is not None
    portal = await Portal.open(another, diorama)
    for path in paths(outside=True):
        await portal.go(f"{path}#secret")
        await judge(portal, path)
        await portal.page.emulate_media(color_scheme="dark")
        await judge(portal, path)
        await portal.page.emulate_media(color_scheme="light")
    await portal.go("/sessions?which=past")
    await portal.until_titled("Sign in")
    await portal.sign_in("not the password")
    await portal.page.get_by_role("alert").wait_for()
    await portal.sign_in(PASSWORD)
    await portal.until_titled("Sessions")
    assert portal.page.url.endswith("/sessions?which=past")

    await portal.page.get_by_role("button", name="Ada").click()
    await portal.page.get_by_role("menuitem", name="Sign out").click()
    await portal.until_titled("Sign in")
    await portal.go("/profile")
    await portal.until_titled("Sign in")

    assert portal.faults == []
