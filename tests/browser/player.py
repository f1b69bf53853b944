"""The player's page as a person has it: what is on the screen, and what is done to it."""

from typing import Final, Self

from playwright.async_api import BrowserContext, Page

from tests.browser.waiting import WITHIN_MS, NotInTime, until
from tests.browser.worlds import COLOURS

_FRAMES: Final = "() => document.querySelector('video').getVideoPlaybackQuality().totalVideoFrames"
_MIDDLE: Final = """() => {
  const canvas = document.createElement('canvas')
  canvas.width = canvas.height = 3
  const pen = canvas.getContext('2d')
  pen.imageSmoothingQuality = 'high'
  pen.drawImage(document.querySelector('video'), 0, 0, 3, 3)
  return [...pen.getImageData(1, 1, 1, 1).data].slice(0, 3)
}"""
_FAR: Final = 60
_SIGHT: Final = """() => {
  const video = document.querySelector('video')
  const picture = video && {
    paused: video.paused, readyState: video.readyState, width: video.videoWidth,
    frames: video.getVideoPlaybackQuality().totalVideoFrames,
    tracks: (video.srcObject?.getTracks() ?? []).map((t) => `${t.kind} ${t.readyState} ${t.muted}`),
  }
  const text = document.body.innerText.slice(0, 400)
  return JSON.stringify({ at: location.pathname, picture, text, ...document.body.dataset })
}"""


class Player:
    """One tab at `/play/...`."""

    def __init__(self, page: Page) -> None:
        self.page = page

    @classmethod
    async def open(cls, context: BrowserContext, address: str, project: str) -> "Player":
        """Open a tab with a project."""
        page = await context.new_page()
        await page.goto(f"{address}/play/{project}")
        return cls(page)

    @classmethod
    async def visit(cls, context: BrowserContext, address: str) -> Self:
        """Open a tab at any page with a world in it."""
        page = await context.new_page()
        await page.goto(address)
        return cls(page)

    async def until_playing(self) -> None:
        """Wait for the first picture."""
        await self.until_screen("playing")

    async def until_screen(self, screen: str) -> None:
        """Wait until the page shows this face."""
        selector = f"body[data-screen={screen}]"
        await self.page.wait_for_selector(selector, timeout=WITHIN_MS)

    async def until_reads(self, selector: str, text: str) -> None:
        """Wait until an element that can be seen has this text in it."""
        await self.page.locator(selector, has_text=text).wait_for(timeout=WITHIN_MS)

    async def text(self, selector: str) -> str:
        """Return what an element reads."""
        return await self.page.inner_text(selector)

    async def frames(self) -> int:
        """Return how many frames were shown so far."""
        return int(await self.page.evaluate(_FRAMES))

    async def until_frames_pass(self, count: int) -> None:
        """Wait until so many more frames were shown."""
        wanted = await self.frames() + count

        async def look() -> bool | None:
            return await self.frames() >= wanted or None

        await until(look, what=f"{count} more frames")

    async def middle(self) -> tuple[int, int, int]:
        """Return the colour in the middle of the picture."""
        red, green, blue = await self.page.evaluate(_MIDDLE)
        return red, green, blue

    async def until_darker_than(self, brightness: float) -> None:
        """Wait until the middle of the picture is darker than this, of 255."""

        async def look() -> bool | None:
            return sum(await self.middle()) / 3 < brightness or None

        await until(look, what=f"a picture darker than {brightness:g}")

    async def until_colour(self, name: str) -> None:
        """Wait until the picture has one of `worlds.COLOURS`."""
        wanted = COLOURS[name]

        async def look() -> bool | None:
            off = [abs(a - b) for a, b in zip(await self.middle(), wanted, strict=True)]
            return sum(off) < _FAR or None

        try:
            await until(look, what=f"a picture in {name}")
        except NotInTime as late:
            raise NotInTime(f"{late}; {await self.sight()}") from None

    async def sight(self) -> str:
        """Return what the page is and shows, to be read by who looks for what went wrong."""
        return str(await self.page.evaluate(_SIGHT))

    async def press(self, key: str) -> None:
        """Press a key and let it go."""
        await self.page.keyboard.press(key)

    async def close_tab(self) -> None:
        """Close the tab as a person does: the page is told that it is being left."""
        await self.page.close(run_before_unload=True)
