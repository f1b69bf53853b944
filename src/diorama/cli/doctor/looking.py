"""The doctor's looks at this machine and at a gateway; what they show is judged by `findings`.

Each look stands alone: one that fails is a finding, and the others go on.
"""

import asyncio
import contextlib
import importlib.metadata
import os
import platform
import shutil
import socket
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Final

import httpx

from diorama.cli import readiness
from diorama.cli.doctor import ice_servers, processes, sessions
from diorama.cli.doctor.findings import (
    Finding,
    fail,
    judge_clock,
    judge_disk,
    judge_encoders,
    judge_versions,
    note,
    ok,
    warn,
)
from diorama.client import Diorama, Forbidden, NotFound, Retries, Unauthorized
from diorama.gateway.settings_file import SettingsRefused, load_settings
from diorama.kernel.errors import DioramaError
from diorama.protocol.views import SessionView

ANSWER_WITHIN_S: Final = 5.0
MANY: Final = 500
OTHERS: Final = 0o077
_DATE_STEP_S: Final = 1.0  # a Date header is in whole seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Patient:
    """What is to be looked at.

    Attributes:
        server: the gateway.
        is_here: whether that runs on this machine.
        stun: servers to ask, as `host:port`.
        turn: a TURN server's URL.
        media: whether the encoders are tried, which takes a second or two.
    """

    server: str
    api_key: str | None = None
    is_here: bool = True
    stun: tuple[str, ...] = ()
    turn: str | None = None
    turn_user: str = ""
    turn_password: str = ""
    media: bool = True


def look(patient: Patient) -> Iterator[Finding]:
    """Yield what is found, look by look."""
    looks: list[Callable[[Patient], Iterator[Finding]]] = [
        _machine,
        _settings,
        _gateway,
        _account,
        _ports,
    ]
    if patient.media:
        looks.append(_media)
    looks += [_network, _ice, _processes]
    for one in looks:
        try:
            yield from one(patient)
        except (OSError, DioramaError) as error:
            yield fail(one.__name__.strip("_"), str(error))


def _machine(_patient: Patient) -> Iterator[Finding]:
    system = f"{platform.system()} {platform.release()}"
    versions = f"diorama {_version()}, Python {platform.python_version()}, {system}"
    yield ok("machine", versions)
    yield ok("machine", f"{os.cpu_count()} CPU cores, host {socket.gethostname()}")


def _settings(_patient: Patient) -> Iterator[Finding]:
    try:
        settings = load_settings()
    except SettingsRefused as error:
        for line in error.lines:
            yield fail("settings", line, "docs/configuration.md says what is allowed")
        return
    yield ok("settings", f"a gateway started here would listen on {settings.host}:{settings.port}")
    folder = settings.data_folder
    exists = next(one for one in (folder, *folder.parents) if one.exists())
    yield judge_disk(str(folder), shutil.disk_usage(exists).free)
    yield from _secrets(folder / "secrets")


def _secrets(folder: Path) -> Iterator[Finding]:
    open_to_others = [
        one for one in (folder, *sorted(folder.glob("*"))) if one.exists() and _is_open(one)
    ]
    for one in open_to_others:
        yield fail("secrets", f"others may read {one}", f"chmod go= {one}")
    if folder.exists() and not open_to_others:
        yield ok("secrets", f"only you may read {folder}")


def _gateway(patient: Patient) -> Iterator[Finding]:
    began_s, began = time.perf_counter(), time.time()
    try:
        answer = httpx.get(f"{patient.server}/healthz", timeout=ANSWER_WITHIN_S)
    except httpx.HTTPError as error:
        advice = (
            "start one: make run, or diorama up" if patient.is_here else "is the address right?"
        )
        yield fail("gateway", f"{patient.server} does not answer: {error}", advice)
        return
    took_s = time.perf_counter() - began_s
    with _asking(patient) as diorama:
        health = diorama.health()
        ready = diorama.readiness()
    yield ok(
        "gateway", f"{patient.server} answers in {took_s * 1_000:.0f} ms and is {ready.status}"
    )
    yield judge_versions(_version(), health.version)
    if "date" in answer.headers:
        sent = parsedate_to_datetime(answer.headers["date"]).timestamp() + _DATE_STEP_S / 2
        yield judge_clock(began + took_s / 2 - sent, _DATE_STEP_S / 2 + took_s)
    if ready.workers == 0:
        advice = "diorama worker runs one; sessions wait in line meanwhile"
        yield warn("workers", "no worker is connected to this gateway", advice)
    else:
        yield ok("workers", f"{ready.workers} connected to this gateway")


def _account(patient: Patient) -> Iterator[Finding]:
    if patient.api_key is None:
        yield note("key", "there is none, so sessions are not looked at", "diorama login")
        return
    with _asking(patient) as diorama:
        try:
            live = _first(diorama.sessions(live=True))
            workers = diorama.workers()
            glance = diorama.overview()
        except Unauthorized:
            yield fail("key", "the gateway does not take the API key", "diorama login")
            return
        except (Forbidden, NotFound) as error:
            yield note("key", f"it may not look at sessions and workers: {error}")
            return
    yield ok("key", "the gateway takes the API key")
    yield sessions.explain_limit(glance.streams, glance.limit)
    yield from sessions.explain_sessions(live, datetime.now(UTC))
    yield from sessions.explain_slots(workers)


def _ports(patient: Patient) -> Iterator[Finding]:
    if not patient.is_here:
        return
    port = httpx.URL(patient.server).port or 80
    host = httpx.URL(patient.server).host
    if not readiness.is_taken(host, port):
        yield note("port", f"nothing listens on port {port}")
        return
    pid = processes.listener_of(port)
    whose = "a process of another user" if pid is None else f"{processes.name_of(pid)}, pid {pid}"
    yield ok("port", f"{whose} listens on port {port}")


def _media(_patient: Patient) -> Iterator[Finding]:
    from diorama.agent.media.choice import choose_engine
    from diorama.agent.media.probe import probe_encoders

    async def find() -> tuple[str, list[tuple[str, str, bool]]]:
        engine = await choose_engine()
        infos = await probe_encoders()
        return engine.name, [(info.name, info.codec, info.hardware) for info in infos]

    yield from judge_encoders(*asyncio.run(find()))


def _network(_patient: Patient) -> Iterator[Finding]:
    from aioice.ice import get_host_addresses

    addresses = get_host_addresses(use_ipv4=True, use_ipv6=True)
    if addresses:
        yield ok("network", f"viewers may reach a worker here at {', '.join(addresses)}")
    else:
        advice = "only viewers on this machine can be streamed to"
        yield warn("network", "this machine has no address but loopback", advice)


def _ice(patient: Patient) -> Iterator[Finding]:
    """Ask the servers that were named, and those that a gateway started here would tell of."""
    asked = ice_servers.named(patient.stun, patient.turn, patient.turn_user, patient.turn_password)
    with contextlib.suppress(SettingsRefused):  # which a look before this one says
        asked += ice_servers.set_here(load_settings().ice.rules(), time.time_ns() // 1_000)
    for one in asked:
        yield from ice_servers.ask(one)
    if not asked:
        yield note("stun", "there are no STUN and TURN servers", "docs/turn.md says who needs them")


def _processes(patient: Patient) -> Iterator[Finding]:
    found = processes.read_processes()
    for one in found:
        if one.role != "world":
            yield note("processes", f"diorama {one.role} runs as pid {one.pid}")
    worlds = [one for one in found if one.role == "world"]
    lost = processes.left_behind(found)
    if worlds:
        yield note("processes", f"{len(worlds)} processes of worlds run")
    for one in lost:
        text = f"pid {one.pid} was left behind by a worker that is gone: {one.shown}"
        yield warn("processes", text, f"kill {one.pid}")
    if not lost:
        yield ok("processes", "no worker left any behind")
    if patient.is_here:
        yield from _clients(httpx.URL(patient.server).port or 80, {one.pid for one in found})


def _clients(port: int, ours: set[int]) -> Iterator[Finding]:
    """Yield which programs of this machine are connected: those that may hold sessions."""
    for pid, count in sorted(processes.clients_of(port).items()):
        if pid not in ours and pid != os.getpid():
            text = f"{processes.name_of(pid)} (pid {pid}) is connected to the gateway {count} times"
            yield note("clients", text, f"its sessions end with it: kill {pid}")


def _asking(patient: Patient) -> Diorama:
    return Diorama(
        patient.server,
        api_key=patient.api_key,
        answer_within_s=ANSWER_WITHIN_S,
        retries=Retries(times=0),
    )


def _first(found: Iterator[SessionView]) -> list[SessionView]:
    return [one for one, _ in zip(found, range(MANY), strict=False)]


def _is_open(path: Path) -> bool:
    return bool(path.stat().st_mode & OTHERS)


def _version() -> str:
    return importlib.metadata.version("diorama")
