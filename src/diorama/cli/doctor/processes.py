"""Diorama's processes on this machine, and which of them nobody needs any more.

Each is known by number and by when it started, and what a worker starts by the mark that it leaves
in its environment: which worker, by the same two. One whose worker is gone is left behind. Nothing
is ended here: whoever reads is told the exact command, for exactly that process.

Seen are this user's processes on Linux; others' environments are not for us to read.
"""

import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from diorama.agent.process_group import MARK, OWNER, read_process

ROLES: Final = ("up", "dev", "gateway", "worker", "view")
_MAX_SHOWN: Final = 100
_ESTABLISHED: Final = "01"


@dataclass(frozen=True, slots=True)
class LocalProcess:
    """One process.

    Attributes:
        role: which command of Diorama it is, or `world` where a worker started it.
        owner: number and start of the worker that started it.
    """

    pid: int
    started: int
    command: tuple[str, ...]
    role: str
    owner: tuple[int, int] | None = None

    @property
    def shown(self) -> str:
        """Its command line, cut."""
        text = " ".join(self.command)
        return text if len(text) <= _MAX_SHOWN else text[: _MAX_SHOWN - 3] + "..."


def left_behind(processes: Iterable[LocalProcess]) -> list[LocalProcess]:
    """Return what workers started that are gone, by number."""
    known = list(processes)
    alive = {(one.pid, one.started) for one in known}
    gone = [one for one in known if one.owner is not None and one.owner not in alive]
    return sorted(gone, key=lambda one: one.pid)


def role_of(command: Sequence[str], *, is_marked: bool) -> str | None:
    """Return what of Diorama a command line is; None where it is nothing of it."""
    if is_marked:
        return "world"
    for at, word in enumerate(command[:-1]):
        is_ours = word == "diorama.cli" or Path(word).name == "diorama"
        if is_ours and command[at + 1] in ROLES:
            return command[at + 1]
    return None


def owner_of(said: str | None) -> tuple[int, int] | None:
    """Return the number and start of a worker as its worlds carry them."""
    pid, _, started = (said or "").partition(".")
    return (int(pid), int(started)) if pid.isdecimal() and started.isdecimal() else None


def read_processes() -> list[LocalProcess]:
    """Return Diorama's processes of this user, but for this one."""
    return [one for pid in _pids() if pid != os.getpid() and (one := _read(pid)) is not None]


def clients_of(port: int) -> dict[int, int]:
    """Return how many connections each local process has to a port of this machine."""
    inodes = set(_inodes_to(port))
    if not inodes:
        return {}
    found: dict[int, int] = {}
    for pid in _pids():
        count = len(_sockets(pid) & inodes)
        if count:
            found[pid] = count
    return found


def listener_of(port: int) -> int | None:
    """Return which local process of this user listens on a port; None where none is seen."""
    listening = "0A"
    inodes = {inode for local, _, state, inode in _tcp() if state == listening and local == port}
    return next((pid for pid in _pids() if inodes and _sockets(pid) & inodes), None)


def name_of(pid: int) -> str:
    """Return what a process is called."""
    try:
        return Path(f"/proc/{pid}/comm").read_text().strip()
    except OSError:
        return "gone"


def _read(pid: int) -> LocalProcess | None:
    facts = read_process(pid)
    if facts is None or not facts.alive:
        return None
    try:
        command = _words(Path(f"/proc/{pid}/cmdline").read_bytes())
        environment = dict(
            one.partition("=")[::2] for one in _words(Path(f"/proc/{pid}/environ").read_bytes())
        )
    except OSError:
        return None
    role = role_of(command, is_marked=MARK in environment)
    if role is None:
        return None
    return LocalProcess(pid, facts.started, command, role, owner_of(environment.get(OWNER)))


def _words(raw: bytes) -> tuple[str, ...]:
    return tuple(raw.decode(errors="replace").rstrip("\0").split("\0"))


def _pids() -> Iterator[int]:
    for name in os.listdir("/proc"):  # noqa: PTH208 - names are wanted, not paths
        if name.isdecimal():
            yield int(name)


def _inodes_to(port: int) -> Iterator[str]:
    for _, remote, state, inode in _tcp():
        if state == _ESTABLISHED and remote == port:
            yield inode


def _tcp() -> Iterator[tuple[int, int, str, str]]:
    """Yield local port, remote port, state and inode of each TCP socket of this machine."""
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        try:
            lines = Path(table).read_text().splitlines()[1:]
        except OSError:
            continue
        for line in lines:
            words = line.split()
            local, remote = (int(word.rpartition(":")[2], 16) for word in words[1:3])
            yield local, remote, words[3], words[9]


def _sockets(pid: int) -> set[str]:
    """Return the inodes of a process's sockets; none where it is not ours to look at."""
    found: set[str] = set()
    try:
        for entry in Path(f"/proc/{pid}/fd").iterdir():
            try:
                target = str(entry.readlink())
            except OSError:
                continue
            if target.startswith("socket:["):
                found.add(target[8:-1])
    except OSError:
        return found
    return found
