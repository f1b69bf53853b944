"""A page of somebody else's that shows a player in a frame, at an origin of its own: a port."""

import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Final

from aiohttp import web
from playwright.async_api import Frame, Page

from tests.browser.running import HOST
from tests.browser.waiting import until

_PAGE: Final = """<!doctype html><html lang="en"><title>Around</title>
<iframe id="frame" title="world" width="640" height="480" allow="autoplay; fullscreen; gamepad">
</iframe>
<script>
  const heard = [], frame = document.getElementById('frame')
  addEventListener('message', ({ origin, data }) => heard.push({ origin, data }))
</script></html>"""


@contextlib.asynccontextmanager
async def somebodys_site() -> AsyncIterator[str]:
    """Serve the page; yield its origin."""

    async def page(_: web.Request) -> web.Response:
        return web.Response(text=_PAGE, content_type="text/html")

    app = web.Application()
    app.router.add_get("/", page)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, HOST, 0)
    await site.start()
    try:
        yield f"http://{HOST}:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


@dataclass(frozen=True, slots=True)
class Around:
    """The page around, with what it has heard."""

    page: Page
    player_origin: str

    async def show(self, path: str) -> Frame:
        """Load a player page in the frame, and return it once it has loaded."""
        await self.page.evaluate(
            """(src) => new Promise((resolve) => {
              frame.addEventListener('load', resolve, { once: true })
              frame.src = src
            })""",
            self.player_origin + path,
        )
        return self.framed()

    def framed(self) -> Frame:
        """Return what is in the frame."""
        (found,) = [one for one in self.page.frames if one.parent_frame == self.page.main_frame]
        return found

    async def say(self, data: object, *, to: str | None = None) -> None:
        """Post a message to the frame."""
        await self.page.evaluate(
            "([data, to]) => frame.contentWindow.postMessage(data, to)",
            [data, to or self.player_origin],
        )

    async def hello(self) -> dict[str, object]:
        """Shake hands; return what the player says first."""
        await self.say({"diorama": 1, "type": "hello"})
        return await self.until_heard("ready")

    async def until_heard(self, kind: str, **fields: object) -> dict[str, object]:
        """Return the first message of a kind that has these fields."""

        async def look() -> dict[str, object] | None:
            for told in await self.heard(kind):
                if fields.items() <= told.items():
                    return told
            return None

        return await until(look, what=f"the page around hears {kind} {fields}")

    async def heard(self, kind: str | None = None) -> list[dict[str, object]]:
        """Return what was heard so far, of one kind or all."""
        found = await self.page.evaluate("heard.map(({ data }) => data)")
        return [told for told in found if kind in {None, told.get("type")}]
