"""A web site of somebody else: one page with a world in it, on an origin that is not Diorama's."""

import contextlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Final
from urllib.parse import urlencode

from aiohttp import web
from aiohttp.typedefs import Handler

HOST: Final = "127.0.0.1"
PAGES: Final = Path(__file__).with_name("pages")
SDK: Final = PAGES.parents[2] / "web" / "packages" / "sdk" / "dist"


class Site:
    """A site that runs."""

    def __init__(self, port: int) -> None:
        self.port = port

    def page(  # noqa: PLR0913 - a test names only what it is about
        self,
        server: str,
        project: str,
        *,
        client: str = "",
        token: str = "",
        restart: str = "",
        policy: str = "",
    ) -> str:
        """Return the address of the page, with a gateway and what to open there.

        Args:
            server: the gateway's address.
            project: what to open.
            client: the client id; the tab's own unless given.
            token: an API key.
            restart: `auto` lets a new session follow an end that allows it.
            policy: of ICE; `relay` lets media go by TURN servers alone.
        """
        wish = {
            "server": server,
            "project": project,
            "client": client,
            "token": token,
            "restart": restart,
            "policy": policy,
        }
        return f"http://{HOST}:{self.port}/?{urlencode(wish)}"


@contextlib.asynccontextmanager
async def site_running(pages: Path = PAGES, sdk: Path = SDK) -> AsyncIterator[Site]:
    """Run the site on a free port.

    Args:
        pages: the folder of its page and the script in it.
        sdk: the folder of what that script imports.
    """
    app = web.Application()
    app.router.add_get("/", _file(pages / "index.html"))
    app.router.add_get("/page.js", _file(pages / "page.js"))
    app.router.add_static("/sdk", sdk)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    try:
        site = web.TCPSite(runner, HOST, 0)
        await site.start()
        yield Site(runner.addresses[0][1])
    finally:
        await runner.cleanup()


def _file(path: Path) -> Handler:
    async def answer(_: web.Request) -> web.FileResponse:
        return web.FileResponse(path)

    return answer
