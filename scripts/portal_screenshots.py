"""Takes the pictures of the portal: `python -m scripts.portal_screenshots [--closer] [NAME...]`.

They are those in docs/images/portal, and docs/portal-pictures.md shows them: of one `diorama up` in
which people really watch, its owner looks at every page that the portal has, 1280 and 360 pixels
wide, by day and by night. Names take those alone. With `--closer` whole pages and dialogs come
into build/portal, for a look.
"""  # noqa: INP001 - a script

import asyncio
import contextlib
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from playwright.async_api import Browser, BrowserContext, Page, async_playwright

from scripts.portal_scene import (
    furnish,
    hands,
    leave_waiting,
    remember,
    simulate,
    until_tried,
)
from scripts.screenshots import IMAGES, Studio, small
from tests.browser.people import CHROMIUM, FLAGS
from tests.browser.portal import Portal, become_owner, owner_link, paths, until_quiet
from tests.browser.running import WORLDS, Running, running

HEIGHT: Final = {1280: 800, 360: 740}
LOOKS: Final[tuple[tuple[str, int, Literal["light", "dark"]], ...]] = (
    ("-1280-light", 1280, "light"),
    ("-1280-dark", 1280, "dark"),
    ("-360-light", 360, "light"),
    ("-360-dark", 360, "dark"),
)
PORTAL: Final = IMAGES / "portal"
CLOSER: Final = Path("build/portal")
DOCS: Final = IMAGES.parent
DIALOGS: Final = (
    ("drawer", "/", "Navigation"),
    ("new-project", "/projects", "New project"),
    ("new-key", "/keys", "New key"),
    ("new-link", "/share-links", "New link"),
    ("new-webhook", "/webhooks", "New webhook"),
    ("invite", "/members", "Invite somebody"),
    ("new-account", "/accounts", "New account"),
    ("new-plan", "/plans", "New plan"),
)
"""Name, path, and the button that opens it."""
TITLES: Final = {
    "set-up": "Becoming the owner",
    "sign-in": "Sign in",
    "invitation": "Invitation",
    "overview": "Overview",
    "sessions": "Sessions, live",
    "past": "Sessions, past",
    "session": "How one session went",
    "simulations": "Simulations",
    "new-simulation": "Writing a script",
    "simulation": "A simulation and what it left",
    "recordings": "Recordings",
    "recording": "A recording",
    "projects": "Projects",
    "project": "A project and its rules",
    "workers": "Workers",
    "keys": "Keys",
    "share-links": "Share links",
    "webhooks": "Webhooks",
    "webhook": "A webhook and its deliveries",
    "usage": "Usage",
    "members": "Members",
    "settings": "Account",
    "audit": "Audit log",
    "accounts": "Accounts",
    "plans": "Plans",
    "profile": "Profile",
}
ALBUM: Final = """# Every page of the portal

Each page 1280 and 360 pixels wide, by day and by night. What they do: [portal.md](portal.md).
`python -m scripts.portal_screenshots` takes the pictures and writes this page. People really watch
in them; only the days before, in usage and past sessions, are made up.
"""
SLOTS: Final = 3
LOADED: Final = """() => document.fonts.status === 'loaded'
  && [...document.images].every(
    (image) => image.complete || image.getBoundingClientRect().top > innerHeight)
  && [...document.querySelectorAll('video')].every((video) => video.readyState > 0)"""
"""Of all that a page shows: its letters, the pictures in sight, and how long a recording is."""
SETTLE_FRAMES: Final = 100
CONFIGURATION: Final = "".join(  # of a world that costs little: it is not what is shown
    f"""
[[projects]]
name = "{name}"
title = "{title}"
description = "{description}"
world = "{WORLDS}:Painted"
[projects.rules]
{rules}
"""
    for name, title, description, rules in (
        ("cove", "The cove", "A bay at golden hour.", "worker_count = 2"),
        ("gallery", "The gallery", "A house with forty pictures.", ""),
    )
)


@contextlib.asynccontextmanager
async def audience(studio: Studio) -> AsyncIterator[None]:
    """Have somebody who has left, two who watch and one who waits."""
    async with studio.someone() as gone:
        player = await studio.play(gone, "gallery")
        await player.until_frames_pass(60)
    async with studio.someone() as first, studio.someone() as second, studio.someone() as third:
        await studio.play(first, "cove")
        watcher = await studio.play(second, "cove")
        waiter = await third.new_page()
        await waiter.goto(f"{studio.diorama.address}/play/cove")
        await waiter.locator("#wait-leave").wait_for()
        await watcher.until_frames_pass(SETTLE_FRAMES)  # so that the picture was measured
        yield


def named(path: str) -> str:
    """Return what the pictures of a path are called."""
    first = path.strip("/").partition("#")[0].partition("?")[0].partition("/")[0]
    return first or "overview"


async def shots(diorama: Running, webhook: str) -> dict[str, str]:
    """Return the path of each picture of somebody who is signed in, by its name."""
    found = {named(path): path for path in paths()}
    streams = [one for one in await diorama.live() if one.first_frame_at is not None]
    return found | {
        "simulations": "/simulations",
        "new-simulation": "/simulations/new",
        "past": "/sessions?which=past",
        "session": f"/sessions/{streams[0].id}",
        "project": "/projects/cove",
        "webhook": f"/webhooks/{webhook}",
    }


@dataclass(frozen=True, slots=True)
class Camera:
    """Which pictures are wanted, and how."""

    names: tuple[str, ...]
    is_closer: bool

    def wants(self, name: str) -> bool:
        """Whether a picture is to be taken."""
        return not self.names or name in self.names

    async def shoot(self, page: Page, name: str, *, whole: bool = True) -> None:
        """Take a page in each of the looks."""
        folder = CLOSER if self.is_closer else PORTAL
        folder.mkdir(parents=True, exist_ok=True)
        for suffix, width, scheme in LOOKS:
            await page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            await page.set_viewport_size({"width": width, "height": HEIGHT[width]})
            await until_quiet(page)
            await page.wait_for_function(LOADED)
            png = await page.screenshot(animations="disabled", full_page=self.is_closer and whole)
            (folder / f"{name}{suffix}.png").write_bytes(png if self.is_closer else small(png))
        sys.stdout.write(f"{name}\n")
        await page.set_viewport_size({"width": 1280, "height": HEIGHT[1280]})


async def own(studio: Studio, owner: BrowserContext, camera: Camera) -> None:
    """Become the owner."""
    portal = await Portal.open(owner, studio.diorama, "/sign-in")
    await portal.page.goto(await owner_link(studio.diorama))
    if camera.wants("set-up"):
        await camera.shoot(portal.page, "set-up")
    await become_owner(portal, studio.diorama)
    await portal.page.close()


async def take(studio: Studio, owner: BrowserContext, camera: Camera) -> None:
    """Take the pictures that are wanted."""
    async with hands(studio.diorama) as hand:
        made = await furnish(studio.diorama, hand)
        await until_tried(hand, made.webhook)
        simulation, recording = await simulate(hand)
    async with (
        hands(studio.diorama) as hand,
        studio.someone() as stranger,
        audience(studio),
    ):
        await leave_waiting(hand)
        door = await Portal.open(stranger, studio.diorama, "/sign-in")
        for name, path in (("sign-in", "/sign-in"), ("invitation", made.invitation)):
            if camera.wants(name):
                await door.go(path)
                await camera.shoot(door.page, name)
        portal = await Portal.open(owner, studio.diorama)
        await price(portal)
        kept = {
            "simulation": f"/simulations/{simulation}",
            "recording": f"/recordings/{recording}",
        }
        for name, path in ((await shots(studio.diorama, made.webhook)) | kept).items():
            if camera.wants(name):
                await portal.go(path)
                await camera.shoot(portal.page, name)
        if camera.is_closer:
            await dialogs(portal, camera)
        if portal.faults:
            raise SystemExit(f"the portal did what it may not: {portal.faults}")


def album() -> str:
    """Return the page that shows every picture; a picture that is missing is an error."""
    taken = {picture.name for picture in PORTAL.glob("*.png")}
    shown = {f"{name}{look}.png" for name in TITLES for look, *_ in LOOKS}
    if taken != shown:
        raise SystemExit(f"pictures and their titles differ: {sorted(taken ^ shown)}")
    parts = [ALBUM]
    for name, title in TITLES.items():
        wide, tall = (
            "| " + " | ".join(_picture(title, name, look) for look, *_ in looks) + " |"
            for looks in (LOOKS[:2], LOOKS[2:])
        )
        parts.append(f"## {title}\n\n| day | night |\n|---|---|\n{wide}\n{tall}\n")
    return "\n".join(parts)


def _picture(title: str, name: str, look: str) -> str:
    _, width, scheme = look.split("-")
    time_of_day = "day" if scheme == "light" else "night"
    return f"![{title}, {width} pixels wide, by {time_of_day}](images/portal/{name}{look}.png)"


async def price(portal: Portal) -> None:
    """Say what an hour of a GPU costs."""
    await portal.go("/usage")
    await portal.page.get_by_label("Price of a GPU hour").fill("0.90")
    await portal.page.get_by_role("button", name="Work it out").click()
    await portal.page.get_by_role("table", name="Cost").wait_for()


async def dialogs(portal: Portal, camera: Camera) -> None:
    """Take what opens over pages."""
    for name, path, button in DIALOGS:
        if not camera.wants(name):
            continue
        if name == "drawer":
            await portal.page.set_viewport_size({"width": 360, "height": HEIGHT[360]})
        await portal.go(path)
        await until_quiet(portal.page)
        await portal.page.get_by_role("button", name=button).first.click()
        await portal.page.get_by_role("dialog").wait_for()
        await camera.shoot(portal.page, name, whole=False)


async def main(arguments: list[str]) -> None:
    """Do what the module says."""
    names = tuple(one for one in arguments if one != "--closer")
    camera = Camera(names, is_closer="--closer" in arguments)
    with tempfile.TemporaryDirectory() as folder:
        async with async_playwright() as playwright:
            browser: Browser = await playwright.chromium.launch(
                executable_path=CHROMIUM, args=list(FLAGS)
            )
            owner = await browser.new_context(viewport={"width": 1280, "height": HEIGHT[1280]})
            async with running(Path(folder), CONFIGURATION, slots=SLOTS) as diorama:
                await own(Studio(diorama, browser), owner, camera)
            remember(diorama.data, time.time_ns() // 1_000)
            async with running(Path(folder), CONFIGURATION, slots=SLOTS) as diorama:
                await take(Studio(diorama, browser), owner, camera)
            await browser.close()
    if not camera.is_closer:
        (DOCS / "portal-pictures.md").write_text(album())


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1:]))
