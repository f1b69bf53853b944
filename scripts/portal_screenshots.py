"""Takes the pictures of the portal: `python -m scripts.portal_screenshots [--all] [NAME...]`.

They are those in docs/images, of one `diorama up` in which people really watch: its owner looks at
every page that the portal has, 1280 pixels wide by day and 360 wide by night. Names take those
alone. With `--all` they come in both widths by day and by night, into build/portal, for a look.
"""  # noqa: INP001 - a script

import asyncio
import contextlib
import sys
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Final, Literal

from playwright.async_api import Browser, Page, async_playwright

from scripts.screenshots import IMAGES, Studio, small
from tests.browser.conftest import CHROMIUM, FLAGS
from tests.browser.portal import Portal, become_owner, owner_link, paths, until_quiet
from tests.browser.running import WORLDS, Running, running

HEIGHT: Final = {1280: 800, 360: 740}
LOOKS: Final[tuple[tuple[str, int, Literal["light", "dark"]], ...]] = (
    ("", 1280, "light"),
    ("-360", 360, "dark"),
)
ALL_LOOKS: Final[tuple[tuple[str, int, Literal["light", "dark"]], ...]] = (
    ("-light", 1280, "light"),
    ("-dark", 1280, "dark"),
    ("-360-light", 360, "light"),
    ("-360-dark", 360, "dark"),
)
CLOSER: Final = Path("build/portal")
SLOTS: Final = 3
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
    return f"portal-{first or 'overview'}"


async def shots(diorama: Running) -> dict[str, str]:
    """Return the path of each picture of somebody who is signed in, by its name."""
    found = {named(path): path for path in paths()}
    streams = [one for one in await diorama.live() if one.first_frame_at is not None]
    return found | {"portal-session": f"/sessions/{streams[0].id}"}


async def shoot(page: Page, name: str, *, closer: bool) -> None:
    """Take a page in each of the looks."""
    folder = CLOSER if closer else IMAGES
    folder.mkdir(parents=True, exist_ok=True)
    for suffix, width, scheme in ALL_LOOKS if closer else LOOKS:
        await page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        await page.set_viewport_size({"width": width, "height": HEIGHT[width]})
        await until_quiet(page)
        await page.wait_for_function("document.fonts.status === 'loaded'")
        png = await page.screenshot(animations="disabled", full_page=closer)
        (folder / f"{name}{suffix}.png").write_bytes(png if closer else small(png))
        sys.stdout.write(f"{name}{suffix}.png\n")


async def take(studio: Studio, names: list[str], *, closer: bool) -> None:
    """Take the pictures with these names, or all."""

    def wanted(name: str) -> bool:
        return not names or name.removeprefix("portal-") in names

    async with studio.someone() as owner, studio.someone() as stranger:
        portal = await Portal.open(owner, studio.diorama, "/sign-in")
        await portal.page.goto(await owner_link(studio.diorama))
        if wanted("set-up"):
            await shoot(portal.page, "portal-set-up", closer=closer)
        await portal.page.set_viewport_size({"width": 1280, "height": HEIGHT[1280]})
        await become_owner(portal, studio.diorama)
        door = await Portal.open(stranger, studio.diorama, "/sign-in")
        if wanted("sign-in"):
            await shoot(door.page, "portal-sign-in", closer=closer)
        async with audience(studio):
            for name, path in (await shots(studio.diorama)).items():
                if wanted(name):
                    await portal.go(path)
                    await shoot(portal.page, name, closer=closer)
        if portal.faults:
            raise SystemExit(f"the portal did what it may not: {portal.faults}")


async def main(arguments: list[str]) -> None:
    """Do what the module says."""
    names = [one for one in arguments if one != "--all"]
    with tempfile.TemporaryDirectory() as folder:
        async with async_playwright() as playwright:
            browser: Browser = await playwright.chromium.launch(
                executable_path=CHROMIUM, args=list(FLAGS)
            )
            async with running(Path(folder), CONFIGURATION, slots=SLOTS) as diorama:
                studio = Studio(diorama, browser)
                await take(studio, names, closer="--all" in arguments)
            await browser.close()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1:]))
