"""Gateways as processes of their own over one PostgreSQL, so that they can be killed."""

import asyncio
import contextlib
import os
import shutil
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import msgspec
from aiohttp import ClientSession

from diorama.cli.readiness import until_ready
from diorama.protocol.views import OpenedSession, Page, Readiness, SessionView, Workers, WorkerView
from tests.gateway.running import Viewer, Worker
from tests.ports import reserved_port

HOST: Final = "127.0.0.1"
READY_WITHIN_S: Final = 240
CONFIG: Final = """
[[projects]]
name = "cove"
world = "a:B"
"""
PATIENT: Final = {  # so that a slow machine finds nobody missing
    "DIORAMA_TIMERS__DETACHED_AFTER_S": "110",
    "DIORAMA_TIMERS__STALE_AFTER_S": "110",
    "DIORAMA_TIMERS__SUSPECT_AFTER_S": "110",
    "DIORAMA_TIMERS__SELF_FENCE_S": "120",
    "DIORAMA_TIMERS__SLOT_REUSE_S": "150",
}


@dataclass
class Process:
    """A gateway that runs in a process of its own."""

    port: int
    data: Path
    process: asyncio.subprocess.Process
    http: ClientSession

    def _secret(self, name: str) -> str:
        return f"Bearer {(self.data / 'secrets' / name).read_text()}"

    async def kill(self) -> None:
        """End it as the kernel does when memory is out: nothing is said to anybody."""
        if self.process.returncode is None:
            self.process.kill()
        await self.process.wait()

    async def open(self) -> OpenedSession:
        """Ask for a session of the cove, and get one."""
        url = f"http://{HOST}:{self.port}/v1/sessions"
        async with self.http.post(url, json={"project": "cove"}) as reply:
            return msgspec.json.decode(await reply.read(), type=OpenedSession)

    async def look(self, opened: OpenedSession) -> SessionView:
        """Return a session as it is now."""
        url = f"http://{HOST}:{self.port}/v1/sessions/{opened.session.id}"
        headers = {"Authorization": f"Bearer {opened.token}"}
        async with self.http.get(url, headers=headers) as reply:
            return msgspec.json.decode(await reply.read(), type=SessionView)

    async def session(self, session_id: str) -> SessionView:
        """Return a session as its owner sees it."""
        return msgspec.json.decode(await self._get(f"/v1/sessions/{session_id}"), type=SessionView)

    async def live(self) -> list[SessionView]:
        """Return the sessions that have not ended."""
        found = msgspec.json.decode(await self._get("/v1/sessions?live=true"), type=Page)
        return list(found.sessions)

    async def workers(self) -> list[WorkerView]:
        """Return the workers that the store knows."""
        return list(msgspec.json.decode(await self._get("/v1/workers"), type=Workers).workers)

    async def worker_count(self) -> int:
        """Return how many workers are connected here."""
        return msgspec.json.decode(await self._get("/readyz"), type=Readiness).workers

    async def _get(self, path: str) -> bytes:
        headers = {"Authorization": self._secret("api.key")}
        async with self.http.get(f"http://{HOST}:{self.port}{path}", headers=headers) as reply:
            return await reply.read()

    async def viewer(self, opened: OpenedSession, **more: object) -> Viewer:
        """Return a viewer's socket, welcomed to its session."""
        socket = await self.http.ws_connect(f"http://{HOST}:{self.port}/v1/connect")
        viewer = Viewer(socket)
        await viewer.hello(opened.token, **more)
        return viewer

    async def worker(self) -> Worker:
        """Return a worker's socket, welcomed."""
        key = {"Authorization": self._secret("worker.key")}
        url = f"http://{HOST}:{self.port}/v1/worker"
        worker = Worker(await self.http.ws_connect(url, headers=key))
        await worker.hello()
        return worker


@contextlib.asynccontextmanager
async def processes(
    url: str, folder: Path, count: int = 2, *, config: str = CONFIG
) -> AsyncIterator[list[Process]]:
    """Run gateways with the same secrets over one PostgreSQL; kill those that are left."""
    (folder / "diorama.toml").write_text(config)
    async with ClientSession() as http, contextlib.AsyncExitStack() as ports:
        started: list[Process] = []
        try:
            for number in range(count):
                port = ports.enter_context(reserved_port(HOST))
                data = folder / str(number)
                if started:
                    shutil.copytree(started[0].data / "secrets", data / "secrets")
                started.append(await _start(url, folder, data, port, http))
                async with asyncio.timeout(READY_WITHIN_S):
                    await until_ready(HOST, started[-1].port, with_worker=False)
            yield started
        finally:
            for one in started:
                await one.kill()


async def _start(url: str, folder: Path, data: Path, port: int, http: ClientSession) -> Process:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "diorama.cli", "gateway"),
        cwd=folder,
        env={
            **os.environ,
            **PATIENT,
            "DIORAMA_STORE": url,
            "DIORAMA_PORT": str(port),
            "DIORAMA_DATA": str(data),
        },
    )
    return Process(port, data, process, http)
