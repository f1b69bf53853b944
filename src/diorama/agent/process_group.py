"""Process groups: started, ended to the last process, and found again after a crash of the worker.

A world's host leads a group of its own, so whatever it starts dies with it. The leader is reaped
only after its group is empty: until then its number is taken, so a signal to the group can reach no
stranger. What left the group by `setsid` is known by a word in its environment that no other group
has. Leftovers of an earlier run are known by number *and* start time, or by the mark in their
environment, never by number alone.
"""

import asyncio
import contextlib
import os
import secrets
import signal
import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

import structlog

from diorama.kernel.errors import Unavailable

MARK: Final = "DIORAMA_WORKER_RUN"
"""Environment variable of every process a worker starts: the `boot_id` of that worker."""
OWNER: Final = "DIORAMA_WORKER_PROCESS"
"""Environment variable of the same: the worker itself, as `number.start`."""
FAMILY: Final = "DIORAMA_WORLD_FAMILY"
"""Environment variable that tells one group and all it starts from every other."""
STOP_PATIENCE_S: Final = 5.0  # DESIGN section 8: for the world's `stop`
_LOOK_EVERY_S: Final = 0.02
_KILL_AGAIN_S: Final = 5.0
_LOOKS_FOR_STRAYS: Final = 2
_STAT_STATE, _STAT_GROUP, _STAT_STARTED = 0, 2, 19  # fields of /proc/PID/stat behind the name
_GONE: Final = frozenset("ZXx")

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class ProcessFacts:
    """One process as /proc shows it; `started` in clock ticks since the machine started."""

    pid: int
    group: int
    started: int
    alive: bool


def read_process(pid: int) -> ProcessFacts | None:
    """Return what /proc tells about a process; None where there is none. Zombies are not alive."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text(errors="replace")
    except OSError:
        return None
    fields = text[text.rindex(")") + 2 :].split()  # the name may hold spaces and brackets
    return ProcessFacts(
        pid=pid,
        group=int(fields[_STAT_GROUP]),
        started=int(fields[_STAT_STARTED]),
        alive=fields[_STAT_STATE] not in _GONE,
    )


def own_name() -> str:
    """Return what `OWNER` says in what this process starts."""
    facts = read_process(os.getpid())
    assert facts is not None, "this process is there"
    return f"{facts.pid}.{facts.started}"


def members(group: int) -> Iterator[ProcessFacts]:
    """Yield the living processes of a group."""
    for pid in _pids():
        facts = read_process(pid)
        if facts is not None and facts.group == group and facts.alive:
            yield facts


def carriers(name: str, value: str) -> Iterator[ProcessFacts]:
    """Yield the living processes that were started with this variable in their environment.

    Those of other users are not seen, nor is one that wiped its environment away.
    """
    for pid in _pids():
        if _carries(pid, name, value):
            facts = read_process(pid)
            if facts is not None and facts.alive:
                yield facts


def _pids() -> Iterator[int]:
    """Yield the numbers of all processes there are."""
    for name in os.listdir("/proc"):  # noqa: PTH208 - names are wanted, not paths
        if name.isdecimal():
            yield int(name)


def _carries(pid: int, name: str, value: str) -> bool:
    try:
        environment = Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
    except OSError:
        return False
    return f"{name}={value}".encode() in environment


class ProcessGroup:
    """A process that leads its own group; its owner awaits `end` once done with it."""

    def __init__(self, process: subprocess.Popen[bytes], family: str) -> None:
        self._process = process
        self._family = family
        self._pidfd = os.pidfd_open(process.pid)
        self.pid: Final = process.pid
        facts = read_process(process.pid)
        self.started: Final = facts.started if facts else 0
        self._reaped = False

    @classmethod
    def start(
        cls,
        command: Sequence[str],
        *,
        stdin: BinaryIO | int,
        pass_fds: Sequence[int],
        environment: Mapping[str, str],
    ) -> "ProcessGroup":
        """Start a command as the leader of a new session and group. Raises Unavailable."""
        family = secrets.token_hex(12)
        try:
            process = subprocess.Popen(  # noqa: S603 - the command is ours, no shell reads it
                command,
                stdin=stdin,
                pass_fds=pass_fds,
                env={**environment, FAMILY: family},
                start_new_session=True,
            )
        except OSError as error:
            raise Unavailable(f"cannot start {command[0]}: {error}") from error
        return cls(process, family)

    async def leader_exit(self) -> None:
        """Return once the leader has exited; it keeps its number until `end`."""
        if self._reaped:
            return
        loop = asyncio.get_running_loop()
        exited = asyncio.Event()
        watched = os.dup(self._pidfd)  # a loop has one reader for a descriptor: each has its own
        loop.add_reader(watched, exited.set)
        try:
            await exited.wait()
        finally:
            loop.remove_reader(watched)
            os.close(watched)

    def kill(self) -> None:
        """Kill the whole group at once. `end` is still to be awaited."""
        self._signal(signal.SIGKILL)

    async def end(self, *, patience_s: float = STOP_PATIENCE_S) -> int:
        """Ask the group to end, kill what is left after `patience_s`, return the exit status.

        It returns when nothing lives of the group or of what left it, and not before: until then
        the slot is taken. A status below 0 is the signal that ended the leader. Idempotent.
        """
        if self._reaped:
            return self._process.returncode
        self._signal(signal.SIGTERM)
        if not await self._is_gone_within(patience_s):
            self._signal(signal.SIGKILL)
            while not await self._is_gone_within(_KILL_AGAIN_S):
                log.error("a killed process group does not go away", group=self.pid)
                self._signal(signal.SIGKILL)
        await self._kill_strays()
        self._reaped = True
        os.close(self._pidfd)
        return self._process.wait()

    def _signal(self, number: signal.Signals) -> None:
        if not self._reaped:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.pid, number)

    async def _kill_strays(self) -> None:
        """Kill what left the group; looks twice in a row, as one look may miss a fork."""
        empty_looks = 0
        while empty_looks < _LOOKS_FOR_STRAYS:
            strays = list(carriers(FAMILY, self._family))
            empty_looks = 0 if strays else empty_looks + 1
            for stray in strays:
                log.warning("a process that left its world's group is killed", pid=stray.pid)
                _kill_if(stray, lambda now: _carries(now.pid, FAMILY, self._family))
            if strays:
                await asyncio.sleep(_LOOK_EVERY_S)

    async def _is_gone_within(self, patience_s: float) -> bool:
        loop = asyncio.get_running_loop()
        deadline = loop.time() + patience_s
        while any(members(self.pid)):
            left_s = deadline - loop.time()
            if left_s <= 0:
                return False
            await asyncio.sleep(min(_LOOK_EVERY_S, left_s))
        return True


@dataclass(frozen=True, slots=True)
class Leftover:
    """A group that an earlier run of this worker started, as its state file tells."""

    pid: int
    started: int
    mark: str


def kill_leftover(leftover: Leftover) -> set[int]:
    """Kill what still lives of a group that an earlier run started and return their numbers.

    A number that has been given to another process since is left alone.
    """
    found = list(members(leftover.pid))
    return {facts.pid for facts in found if _kill_if(facts, lambda now: _is_ours(now, leftover))}


def kill_marked(mark: str) -> set[int]:
    """Kill whatever an earlier run started that still lives, and return their numbers."""
    marked = list(carriers(MARK, mark))
    return {
        facts.pid for facts in marked if _kill_if(facts, lambda now: _carries(now.pid, MARK, mark))
    }


def _kill_if(facts: ProcessFacts, is_meant: Callable[[ProcessFacts], bool]) -> bool:
    try:
        pidfd = os.pidfd_open(facts.pid)
    except OSError:
        return False
    try:  # the descriptor pins the process: what is looked at below is what is killed
        if read_process(facts.pid) != facts or not is_meant(facts):
            return False
        signal.pidfd_send_signal(pidfd, signal.SIGKILL)
    except ProcessLookupError:
        return False
    finally:
        os.close(pidfd)
    return True


def _is_ours(facts: ProcessFacts, leftover: Leftover) -> bool:
    if facts.pid == leftover.pid:
        return facts.started == leftover.started
    return _carries(facts.pid, MARK, leftover.mark)
