"""A real Vite dev server over a copy of the React example, whose files a test may edit."""

import asyncio
import contextlib
import os
import shutil
import signal
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Final

import httpx

from tests.browser.waiting import until
from tests.ports import reserved_port

WEB: Final = Path(__file__).resolve().parents[2] / "web"
EXAMPLE: Final = WEB / "apps" / "react-example"
VITE: Final = WEB / "node_modules" / "vite" / "bin" / "vite.js"
COPIES: Final = WEB / "dist"
"""As deep as the example, where its relative paths hold; neither git nor the checks look there."""
STOP_WITHIN_S: Final = 60.0


class DevServer:
    """The dev server of one copy of the example."""

    def __init__(self, port: int, folder: Path, environment: dict[str, str], log: Path) -> None:
        self.port = port
        self._folder = folder
        self._environment = environment
        self._log = log
        self._process: asyncio.subprocess.Process | None = None
        self._edited: Path | None = None

    @property
    def address(self) -> str:
        """Where the app is opened."""
        return f"http://127.0.0.1:{self.port}/"

    def edit(self, name: str, old: str, new: str) -> None:
        """Change a source file, as an editor does that saves it."""
        file = self._folder / "src" / name
        text = file.read_text()
        assert old in text, f"{name} has no {old!r}"
        file.write_text(text.replace(old, new))
        self._edited = file

    def save_again(self) -> None:
        """Save what was edited last once more: a watcher may miss one of two quick saves."""
        if self._edited is not None:
            self._edited.touch()

    async def start(self) -> None:
        """Run it, on the same port each time."""
        port = ("--host", "127.0.0.1", "--port", str(self.port), "--strictPort")
        with self._log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                *("node", str(VITE), *port),
                cwd=self._folder,
                env=os.environ | self._environment,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                process_group=0,
            )
        await until(self._answers, what="the dev server answers")

    async def stop(self) -> None:
        """End it with all it started."""
        process, self._process = self._process, None
        if process is None:
            return
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        async with asyncio.timeout(STOP_WITHIN_S):
            await process.wait()

    async def _answers(self) -> bool | None:
        async with httpx.AsyncClient(timeout=20.0) as client:
            try:
                return (await client.get(self.address)).is_success or None
            except httpx.TransportError:
                return None


@contextlib.asynccontextmanager
async def dev_server(environment: dict[str, str], log: Path) -> AsyncIterator[DevServer]:
    """Run a dev server over a copy of the example, with what `src/env.d.ts` names."""
    COPIES.mkdir(exist_ok=True)
    with reserved_port() as port, tempfile.TemporaryDirectory(dir=COPIES) as copy:
        folder = Path(copy)
        shutil.copytree(
            EXAMPLE,
            folder,
            dirs_exist_ok=True,
            ignore=shutil.ignore_patterns("node_modules", "dist"),
        )
        found = DevServer(port, folder, environment, log)
        try:
            await found.start()
            yield found
        finally:
            await found.stop()
