"""A Diorama of its own for a test: `diorama up` on a free port, seen through REST and /proc."""

import asyncio
import contextlib
import itertools
import os
import signal
import sqlite3
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

import httpx
import msgspec

from diorama.protocol.states import SessionState
from diorama.protocol.timeline_views import Timeline, TimelineEntry
from diorama.protocol.views import Page, Readiness, SessionView, SlotView, Workers
from tests.browser.waiting import WITHIN_S, until, until_soon
from tests.ports import reserved_port

HOST: Final = "127.0.0.1"
START_WITHIN_S: Final = 90.0  # of a machine that does much else
STOP_WITHIN_S: Final = 60.0
WORLDS: Final = Path(__file__).with_name("worlds.py")
PAINTED: Final = f"""
[[projects]]
name = "painted"
title = "Painted"
description = "One colour at a time."
world = "{WORLDS}:Painted"
prompts = ["red", "blue"]
"""
"""The configuration of one project that costs little."""


class Running:
    """A Diorama that runs."""

    def __init__(self, port: int, data: Path, process: asyncio.subprocess.Process) -> None:
        self.port = port
        self.data = data
        self._process = process
        self._rest = httpx.AsyncClient(base_url=self.address, timeout=10.0)

    @property
    def address(self) -> str:
        """Where it is opened."""
        return f"http://{HOST}:{self.port}"

    @property
    def key(self) -> str:
        """The owner's API key."""
        return (self.data / "secrets" / "api.key").read_text()

    async def until_ready(self) -> None:
        """Wait until it serves, with a worker."""
        await until(self._ready, what="Diorama is ready", within_s=START_WITHIN_S)
        self._rest.headers["Authorization"] = f"Bearer {self.key}"

    async def stop(self) -> None:
        """Stop it as Ctrl-C does, and wait for it."""
        await self._rest.aclose()
        if self._process.returncode is None:
            self._process.send_signal(signal.SIGINT)
            async with asyncio.timeout(STOP_WITHIN_S):
                await self._process.wait()

    async def session(self, session_id: str) -> SessionView:
        """Return a session, live or ended."""
        return msgspec.json.decode(await self._get(f"/v1/sessions/{session_id}"), type=SessionView)

    async def live(self) -> list[SessionView]:
        """Return the sessions that have not ended, the oldest first."""
        page = msgspec.json.decode(await self._get("/v1/sessions?live=true"), type=Page)
        return sorted(page.sessions, key=lambda session: session.created_at)

    async def all(self) -> list[SessionView]:
        """Return every session there was, the newest first."""
        page = msgspec.json.decode(await self._get("/v1/sessions?limit=200"), type=Page)
        return list(page.sessions)

    async def timeline(self, session_id: str) -> Timeline:
        """Return how a session went."""
        found = await self._get(f"/v1/sessions/{session_id}/timeline")
        return msgspec.json.decode(found, type=Timeline)

    async def until_noted(self, session_id: str, *kinds: str) -> dict[str, TimelineEntry]:
        """Return the notes of a session by kind, once there is one of each of these."""

        async def look() -> dict[str, TimelineEntry] | None:
            entries = (await self.timeline(session_id)).entries
            found = {entry.kind: entry for entry in entries if entry.note}
            return found if set(kinds) <= found.keys() else None

        return await until(look, what=f"{session_id} has notes of {kinds}")

    async def end(self, session_id: str) -> None:
        """End a session as its operator."""
        path = f"/v1/sessions/{session_id}"
        (await self._rest.delete(path, timeout=WITHIN_S)).raise_for_status()

    async def clear(self) -> None:
        """End every session, and wait until no slot holds one."""
        for session in await self.live():
            await self.end(session.id)
        await self.until_free()

    async def only_session(self) -> SessionView:
        """Return the one session that has not ended."""
        (session,) = await self.live()
        return session

    async def slots(self) -> list[SlotView]:
        """Return the slots of the one worker."""
        workers = msgspec.json.decode(await self._get("/v1/workers"), type=Workers)
        (worker,) = workers.workers
        return list(worker.slots)

    async def until_session(
        self, session_id: str, *states: SessionState, attached: bool | None = None
    ) -> SessionView:
        """Return a session once it is in one of these states, and attached or not."""

        async def look() -> SessionView | None:
            session = await self.session(session_id)
            fits = session.state in states and attached in {None, session.attached}
            return session if fits else None

        return await until(look, what=f"{session_id} is {states}, attached {attached}")

    async def until_left(self, session_id: str, *, within_s: float) -> None:
        """Wait until nobody is attached to a session any more, as soon as the product promises."""

        async def look() -> bool | None:
            return (await self.session(session_id)).attached is False or None

        await until_soon(look, what=f"{session_id} is left", within_s=within_s)

    async def entered(self, session_id: str, state: SessionState) -> datetime:
        """Return when a session was last found in another state and entered this one."""
        entries = [entry for entry in (await self.timeline(session_id)).entries if not entry.note]
        pairs = itertools.pairwise(entries)
        return [now.at for before, now in pairs if now.state is state is not before.state][-1]

    async def until_free(self, *, within_s: float | None = None) -> None:
        """Wait until no slot holds a session.

        Args:
            within_s: what the product promises, where it is that which is tested.
        """

        async def look() -> bool | None:
            return all(slot.state == "free" for slot in await self.slots()) or None

        if within_s is None:
            await until(look, what="every slot is free")
        else:
            await until_soon(look, what="every slot is free", within_s=within_s)

    def gateway_pid(self) -> int:
        """Return the number of the gateway's process."""
        return _child(self._process.pid, "gateway")

    def worker_pid(self) -> int:
        """Return the number of the worker's process."""
        return _child(self._process.pid, "worker")

    def world_pid(self) -> int:
        """Return the number of the one world's process."""
        (pid,) = [pid for pid in _children(self.worker_pid()) if _draws(pid)]
        return pid

    async def _ready(self) -> Readiness | None:
        try:
            answer = await self._rest.get("/readyz")
        except httpx.TransportError:
            return None
        if answer.status_code != httpx.codes.OK:
            return None
        found = msgspec.json.decode(answer.content, type=Readiness)
        return found if found.workers > 0 else None

    async def _get(self, path: str) -> bytes:
        """Ask until the gateway answers: a test may have killed it."""

        async def ask() -> bytes | None:
            try:
                answer = await self._rest.get(path)
            except httpx.TransportError:
                return None
            return answer.raise_for_status().content

        return await until(ask, what=f"an answer to GET {path}")


@contextlib.asynccontextmanager
async def running(folder: Path, configuration: str, *, slots: int) -> AsyncIterator[Running]:
    """Run a Diorama with this configuration, its data and its log in a folder."""
    with reserved_port(HOST) as port:
        async with _running_on(port, folder, configuration, slots=slots) as found:
            yield found


@contextlib.asynccontextmanager
async def _running_on(
    port: int, folder: Path, configuration: str, *, slots: int
) -> AsyncIterator[Running]:
    file, data = folder / "diorama.toml", folder / "data"
    file.write_text(configuration)
    own = {name: v for name, v in os.environ.items() if not name.startswith("DIORAMA_")}
    settings = {
        "DIORAMA_CONFIG": str(file),
        "DIORAMA_DATA": str(data),
        "DIORAMA_PORT": str(port),
        "DIORAMA_LOCAL_WORKER__SLOTS": str(slots),
    }
    with (folder / "log").open("wb") as log:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "diorama.cli", "up"),
            env=own | settings,
            stdout=log,
            stderr=log,
            process_group=0,
        )
    found = Running(port, data, process)
    try:
        await found.until_ready()
        yield found
    finally:
        await found.stop()
        sys.stdout.write((folder / "log").read_text())  # shown where the test fails


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the event log; times are microseconds since 1970."""

    kind: str
    state: str
    at_us: int
    recorded_us: int
    code: int | None
    reason: str | None


def log_of(data: Path, session_id: str) -> list[Entry]:
    """Return the event log of a session, as a gateway that has stopped left it."""
    with closing(sqlite3.connect(data / "diorama.db")) as database:
        rows = database.execute(
            "SELECT kind, state, at_us, recorded_us, code, reason FROM event "
            "WHERE session_id = ? ORDER BY version",
            (session_id,),
        ).fetchall()
    return [Entry(*row) for row in rows]


def _child(parent: int, word: str) -> int:
    """Return the number of the one living child whose command line has this word."""
    (pid,) = [pid for pid in _children(parent) if word in _command_line(pid)]
    return pid


def _draws(pid: int) -> bool:
    """Whether a process holds the memory of a world's pictures: one that waits has none yet."""
    try:
        return "diorama-frames" in Path(f"/proc/{pid}/maps").read_text()
    except OSError:
        return False  # it is gone


def _children(parent: int) -> Iterator[int]:
    for folder in Path("/proc").iterdir():
        if folder.name.isdecimal() and _parent(folder) == parent:
            yield int(folder.name)


def _parent(folder: Path) -> int | None:
    try:
        text = (folder / "stat").read_text(errors="replace")
    except OSError:
        return None
    state, parent = text[text.rindex(")") + 2 :].split()[:2]
    return None if state == "Z" else int(parent)


def _command_line(pid: int) -> list[str]:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text(errors="replace").split("\0")
    except OSError:
        return []
