"""A TURN server of the tests' own: Debian's coturn, on loopback alone, with a folder of its own.

It relays to loopback, which a real one never should: there is no other network in a test. It is
there where `scripts/set-up coturn` could install it; else its tests are left out, and say so.
"""

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest

from tests.ports import reserved_port

HOST: Final = "127.0.0.1"
SECRET: Final = "a secret shared with coturn"
PROGRAM: Final = shutil.which("turnserver")
needs_coturn = pytest.mark.skipif(
    PROGRAM is None, reason="coturn is missing. On Debian: sudo apt install coturn"
)
_START_WITHIN_S: Final = 60
_STOP_WITHIN_S: Final = 20
_TRIES_PER_S: Final = 20


@dataclass(frozen=True, slots=True)
class Coturn:
    """A server that runs."""

    port: int
    log: Path

    @property
    def stun(self) -> str:
        """Its address as a STUN server."""
        return f"stun:{HOST}:{self.port}"

    @property
    def turn(self) -> str:
        """Its address as a TURN server, over UDP."""
        return f"turn:{HOST}:{self.port}?transport=udp"

    def settings(self, secret: str = SECRET, *, workers: bool = False) -> str:
        """Return what a `diorama.toml` says of it."""
        return (
            f'[ice]\nturn = ["{self.turn}"]\nsecret = "{secret}"\n'
            f"workers = {str(workers).lower()}\n"
        )

    def users(self) -> list[str]:
        """Return the user of each relay it has opened, in order."""
        marks = [line for line in self.log.read_text().splitlines() if "ALLOCATE processed" in line]
        return [line.partition("user <")[2].partition(">")[0] for line in marks]


@contextmanager
def coturn_running(folder: Path, *, port: int | None = None) -> Iterator[Coturn]:
    """Run a server until the block ends; on the port of one before it, it takes its place."""
    if port is None:
        with reserved_port(HOST) as kept, coturn_running(folder, port=kept) as found:
            yield found
        return
    assert PROGRAM is not None, "see `needs_coturn`"
    log = folder / "coturn.log"
    configuration = folder / "turnserver.conf"
    configuration.touch(mode=0o600)
    configuration.write_text(_configuration(port, folder))
    with log.open("wb") as said:
        process = subprocess.Popen(
            [PROGRAM, "-c", str(configuration)],
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=said,
            env={"PATH": os.environ["PATH"]},
            process_group=0,
        )
    try:
        _wait_for(port, process, log)
        yield Coturn(port, log)
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(_STOP_WITHIN_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _configuration(port: int, folder: Path) -> str:
    return f"""listening-ip={HOST}
listening-port={port}
relay-ip={HOST}
realm=diorama.test
use-auth-secret
static-auth-secret={SECRET}
allow-loopback-peers
no-cli
no-tls
no-dtls
no-rfc5780
verbose
userdb={folder / "turndb"}
pidfile={folder / "turnserver.pid"}
log-file=stdout
simple-log
"""


def _wait_for(port: int, process: "subprocess.Popen[bytes]", log: Path) -> None:
    """Return once it takes datagrams: it says so last."""
    for _ in range(_START_WITHIN_S * _TRIES_PER_S):
        if process.poll() is not None:
            break
        if f"UDP listener opened on: {HOST}:{port}" in log.read_text():
            return
        time.sleep(1 / _TRIES_PER_S)
    raise RuntimeError(f"coturn did not start: {log.read_text()[-2_000:]}")
