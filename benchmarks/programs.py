"""Diorama's programs as a benchmark runs them: started, found ready, weighed, stopped by their pid.

It decides nothing about what is measured. Everything listens on loopback and keeps its files in a
temporary folder.
"""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

START_WITHIN_S: Final = 60.0
STOP_WITHIN_S: Final = 15.0
_TICKS_PER_S: Final = os.sysconf("SC_CLK_TCK")
_NS_PER_S: Final = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Program:
    """A running `diorama gateway` or `diorama up`."""

    pid: int
    url: str

    def children(self, *words: str) -> list[int]:
        """Return the processes under this one whose command lines have these words."""
        return [pid for pid in _descendants(self.pid) if set(words) <= set(_command(pid))]


@contextlib.contextmanager
def running(command: str, folder: Path, settings: str, **environment: str) -> Iterator[Program]:
    """Run `diorama <command>` with this TOML in a folder until the block ends."""
    port = _free_port()
    (folder / "diorama.toml").write_text(settings)
    own = {name: value for name, value in os.environ.items() if not name.startswith("DIORAMA_")}
    own |= {
        "DIORAMA_CONFIG": str(folder / "diorama.toml"),
        "DIORAMA_DATA": str(folder / "data"),
        "DIORAMA_PORT": str(port),
        **environment,
    }
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            (sys.executable, "-m", "diorama.cli", command),
            env=own,
            cwd=folder,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    try:
        url = f"http://127.0.0.1:{port}"
        _await_ready(process, url, folder / "log", with_worker=command == "up")
        yield Program(process.pid, url)
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(STOP_WITHIN_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(STOP_WITHIN_S)


def cpu_s(pid: int) -> float:
    """Return the processor time of a process, all threads, those that ended included."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS_PER_S


def busiest_other_thread_s(pid: int) -> float:
    """Return the processor time of the busiest thread but the first: of a gateway, the store's."""
    times = [
        int(task.joinpath("schedstat").read_text().split()[0])
        for task in Path(f"/proc/{pid}/task").iterdir()
        if task.name != str(pid)
    ]
    return max(times, default=0) / _NS_PER_S


def resident_kib(pid: int) -> int:
    """Return the resident memory of a process."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1])
    raise LookupError(f"process {pid} has no memory")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _await_ready(
    process: subprocess.Popen[bytes], url: str, log: Path, *, with_worker: bool
) -> None:
    until = time.monotonic() + START_WITHIN_S
    while time.monotonic() < until:
        if process.poll() is not None:
            raise RuntimeError(f"it ended with {process.returncode}:\n{log.read_text()[-4_000:]}")
        with contextlib.suppress(OSError), urllib.request.urlopen(f"{url}/readyz") as answer:
            if not with_worker or b'"workers":0' not in answer.read().replace(b" ", b""):
                return
        time.sleep(0.05)
    raise TimeoutError(f"it was not ready in {START_WITHIN_S} s:\n{log.read_text()[-4_000:]}")


def _descendants(pid: int) -> list[int]:
    children: dict[int, list[int]] = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdecimal():
            with contextlib.suppress(OSError):
                fields = folder.joinpath("stat").read_text().rpartition(")")[2].split()
                children.setdefault(int(fields[1]), []).append(int(folder.name))
    found, line = list[int](), [pid]
    while line:
        under = children.get(line.pop(), [])
        found += under
        line += under
    return found


def _command(pid: int) -> list[str]:
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_text().split("\0")
    return []
