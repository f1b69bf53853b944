"""What a worker's run leaves on disk, so that the next run finds what it started.

One folder holds a lock and a file for each worker's name. The file is written before a world is
told to begin, and read, with everything in it killed, before the next run says `hello`. It guards
against the death of a process, not of the machine: nothing in it outlives a reboot.
"""

import asyncio
import fcntl
import os
from collections.abc import Callable
from pathlib import Path
from typing import Final, Self

import msgspec
import structlog

from diorama.agent.process_group import Leftover, kill_leftover, kill_marked
from diorama.kernel.errors import Refused, Unavailable

_GONE_WITHIN_S: Final = 10.0
_LOOK_EVERY_S: Final = 0.02

log = structlog.get_logger(__name__)


class _Group(msgspec.Struct, frozen=True):
    pid: int
    started: int


class _State(msgspec.Struct, frozen=True):
    mark: str
    machine_start: str
    groups: tuple[_Group, ...] = ()


class RunState:
    """The groups that this run has started; holds the lock of its worker's name."""

    def __init__(self, folder: Path, name: str, *, boot_id: str) -> None:
        self._file = folder / f"{name}.json"
        self._boot_id = boot_id
        self._groups: tuple[_Group, ...] = ()
        folder.mkdir(parents=True, exist_ok=True)
        self._lock = os.open(folder / f"{name}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)

    @classmethod
    def take(cls, folder: Path, name: str, *, boot_id: str) -> Self:
        """Return the state of a new run.

        Raises:
            Refused: a worker of this name runs on this machine already.
            Unavailable: the folder cannot be written.
        """
        try:
            state = cls(folder, name, boot_id=boot_id)
        except OSError as error:
            raise Unavailable(f"the worker's folder {folder} cannot be used: {error}") from error
        try:
            fcntl.flock(state._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            state.close()
            raise Refused(
                f"a worker named {name!r} runs here already: its lock in {folder} is held"
            ) from None
        return state

    async def kill_leftovers(self) -> int:
        """Kill what an earlier run left and return how many processes that were.

        Raises:
            Unavailable: something does not die; its slot must not be offered.
        """
        before = self._read()
        if before is None or before.machine_start != _machine_start():
            return 0
        killed = set[int]()
        leftovers = [Leftover(each.pid, each.started, before.mark) for each in before.groups]
        deadline = asyncio.get_running_loop().time() + _GONE_WITHIN_S
        while found := kill_marked(before.mark).union(*map(kill_leftover, leftovers)):
            killed |= found  # what was killed may take a moment to die, and is found again
            if asyncio.get_running_loop().time() > deadline:
                raise Unavailable(f"{len(found)} processes of an earlier run do not die")
            await asyncio.sleep(_LOOK_EVERY_S)
        self._write()
        return len(killed)

    def started(self, pid: int, started: int) -> Callable[[], None]:
        """Note a group, before its world begins, and return what forgets it once it is gone."""
        group = _Group(pid, started)
        self._groups += (group,)
        self._write()
        return lambda: self._forget(group)

    def close(self) -> None:
        """Let the lock go."""
        os.close(self._lock)

    def _forget(self, group: _Group) -> None:
        self._groups = tuple(each for each in self._groups if each != group)
        self._write()

    def _read(self) -> _State | None:
        try:
            return msgspec.json.decode(self._file.read_bytes(), type=_State)
        except FileNotFoundError:
            return None
        except msgspec.DecodeError as error:
            log.warning("the state of the last run cannot be read", reason=str(error))
            return None

    def _write(self) -> None:
        state = _State(self._boot_id, _machine_start(), self._groups)
        draft = self._file.with_suffix(".new")
        draft.write_bytes(msgspec.json.encode(state))
        draft.replace(self._file)


def _machine_start() -> str:
    return Path("/proc/sys/kernel/random/boot_id").read_text().strip()
