"""The processes that worlds run in: started, and one kept ready for the next session.

A host that was started ahead has imported what hosts need, and what the operator named, and knows
no session: it is nobody's until it is taken, and then runs one world like any other. It decides
only when a host is started; what runs in it is `world_process`'s.
"""

import asyncio
import os
import socket
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Self

import structlog

from diorama.agent.frame_ring import RingFiles
from diorama.agent.process_group import MARK, OWNER, ProcessGroup, own_name, read_process
from diorama.agent.run_state import RunState
from diorama.kernel.errors import Unavailable

HOST_COMMAND: Final = (sys.executable, "-m", "diorama.world.host")

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class HostProcess:
    """A started host. Whoever has it closes `files` and `socket`, ends `group`, calls `forget`."""

    files: RingFiles
    socket: socket.socket
    group: ProcessGroup
    forget: Callable[[], None]

    @classmethod
    def start(cls, state: RunState, *, mark: str, preload: Sequence[str] = ()) -> Self:
        """Start a host, which imports these modules first. Raises Unavailable."""
        files = RingFiles.create()
        ours, theirs = socket.socketpair()
        ours.settimeout(0)
        try:
            with theirs:
                group = ProcessGroup.start(
                    _command(files, preload),
                    stdin=theirs.fileno(),
                    pass_fds=(files.memory, files.event),
                    environment=environment_of(os.environ, mark),
                )
        except BaseException:
            ours.close()
            files.close()
            raise
        return cls(files, ours, group, state.started(group.pid, group.started))

    @property
    def is_alive(self) -> bool:
        """Whether its process lives at this moment."""
        facts = read_process(self.group.pid)
        return facts is not None and facts.alive

    async def end(self) -> None:
        """End a host that nobody has taken; its process is gone when this returns."""
        self.group.kill()
        await self.group.end()
        self.socket.close()
        self.files.close()
        self.forget()


class Hosts:
    """Gives out hosts, and keeps one ready where it is told to."""

    def __init__(self, state: RunState, *, mark: str, preload: Sequence[str] = ()) -> None:
        self._state = state
        self._mark = mark
        self._preload = tuple(preload)
        self._spare: HostProcess | None = None
        self._wanted = asyncio.Event()
        self._taken = asyncio.Event()

    def take(self) -> HostProcess:
        """Return the host that is ready, else a new one. Raises Unavailable where none starts."""
        self._wanted.clear()  # the next is made ready once this one's world has started
        spare = self._spare
        if spare is None or not spare.is_alive:
            return HostProcess.start(self._state, mark=self._mark)
        self._spare = None
        self._taken.set()
        return spare

    def make_ready(self) -> None:
        """Have one host ready for the next session, if `run` runs and there is none."""
        self._wanted.set()

    async def run(self) -> None:
        """Keep a host ready, until cancelled; one that was not taken ends with this."""
        while True:
            await self._wanted.wait()
            self._wanted.clear()
            try:
                spare = HostProcess.start(self._state, mark=self._mark, preload=self._preload)
            except Unavailable as error:  # the next session says so, if it is so still
                log.warning("no host could be made ready", reason=str(error))
                continue
            await self._offer(spare)

    async def _offer(self, spare: HostProcess) -> None:
        """Return once it is taken, or has exited."""
        self._spare = spare
        self._taken.clear()
        exit_watch = asyncio.ensure_future(spare.group.leader_exit())
        taken = asyncio.ensure_future(self._taken.wait())
        try:
            await asyncio.wait({exit_watch, taken}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            exit_watch.cancel()
            taken.cancel()
            if self._spare is spare:
                self._spare = None
                if exit_watch.done():
                    log.warning("a host that waited for a session exited", pid=spare.group.pid)
                await spare.end()


def _command(files: RingFiles, preload: Sequence[str]) -> tuple[str, ...]:
    numbers = {"--memory": files.memory, "--event": files.event, "--parent": os.getpid()}
    words = (str(word) for pair in numbers.items() for word in pair)
    return (*HOST_COMMAND, *words, *preload)


def environment_of(own: Mapping[str, str], mark: str) -> dict[str, str]:
    """Return what a started process may see: no setting of the worker, nor its credential."""
    seen = {name: value for name, value in own.items() if not name.startswith("DIORAMA_")}
    return seen | {MARK: mark, OWNER: own_name(), "PYTHONUNBUFFERED": "1"}
