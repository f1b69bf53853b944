"""The programs of docs/odyssey.md as a reader runs them: a backend in Node, and plain files."""

import asyncio
import contextlib
import os
import signal
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Final

import httpx
from aiohttp import web

from tests.browser.running import HOST
from tests.browser.vite import EXAMPLE
from tests.browser.waiting import WITHIN_S, until
from tests.interop.house import PACKAGE
from tests.ports import reserved_port

STOP_WITHIN_S: Final = 60.0


@contextlib.asynccontextmanager
async def node_backend(api: str, key: str, log: Path) -> AsyncIterator[str]:
    """Run the backend that makes credentials, on a free port; yield its address."""
    with reserved_port(HOST) as port:
        async with _backend_on(port, api, key, log) as found:
            yield found


@contextlib.asynccontextmanager
async def _backend_on(port: int, api: str, key: str, log: Path) -> AsyncIterator[str]:
    settings = {"API_URL": api, "ODYSSEY_API_KEY": key, "PORT": str(port)}
    with log.open("wb") as written:
        process = await asyncio.create_subprocess_exec(
            *("node", "credentials.mjs"),
            cwd=EXAMPLE,
            env=os.environ | settings,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=written,
            stderr=written,
        )
    try:
        await until(lambda: _listens(port), what="the backend listens")
        yield f"http://{HOST}:{port}"
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.send_signal(signal.SIGTERM)
        async with asyncio.timeout(STOP_WITHIN_S):
            await process.wait()


async def _listens(port: int) -> bool | None:
    """Whether somebody takes connections there: asking for more would make credentials."""
    try:
        _, writer = await asyncio.open_connection(HOST, port)
    except OSError:
        return None
    writer.close()
    await writer.wait_closed()
    return True


@contextlib.asynccontextmanager
async def site_of(files: dict[str, str], backend: str) -> AsyncIterator[str]:
    """Serve pages beside `node_modules`, with `/credentials` from a backend; yield the origin."""

    async def credentials(_: web.Request) -> web.Response:
        async with httpx.AsyncClient(timeout=WITHIN_S) as client:
            made = await client.post(backend)
        return web.Response(
            body=made.content, status=made.status_code, content_type="application/json"
        )

    async def page(request: web.Request) -> web.Response:
        return web.Response(text=files[request.match_info["name"]], content_type="text/html")

    app = web.Application()
    app.router.add_post("/credentials", credentials)
    app.router.add_static("/node_modules", PACKAGE.parents[1])
    app.router.add_get("/{name}", page)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, HOST, 0).start()
        yield f"http://{HOST}:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()
