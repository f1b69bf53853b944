"""A backup of a SQLite store: asked for by a command, made by the process that has the store.

The file is one process's alone (`sqlite` says why), so while one has it, that one makes the copy:
some pages at a time between two rounds, in which SQLite lets what is written meanwhile into the
copy as well. Both meet in the store's folder, which nobody else may enter. Who asks locks
`<name>.backup` for as long as it waits and writes a token into it; the copy comes as
`<name>.backup-<token>`, or, as `.failed`, why there is none. A store that nobody has is copied by
who asks, who has it then.
"""

import contextlib
import fcntl
import os
import secrets
import shutil
import sqlite3
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from diorama.kernel.errors import NotFound, Refused, Unavailable
from diorama.kernel.units import SECOND_US
from diorama.storage.folder import StoreFolder
from diorama.storage.migrate import stored_revision

__all__ = ["Backup", "BackupMaker", "take_backup"]

PAGES: Final = 64
"""Copied in one step, 256 KiB: a round waits no longer than for these."""
LOOK_EVERY_US: Final = SECOND_US
STARTS_WITHIN_S: Final = 30.0
STALLED_S: Final = 60.0
LOOK_EVERY_S: Final = 0.1
_PRIVATE: Final = 0o600


class _GivenUp(Exception):
    """Nobody waits for the copy any more, or the store is being closed."""


class BackupMaker:
    """The side of the process that has the store; on its writer's thread."""

    def __init__(self, database: Path, boottime_us: Callable[[], int]) -> None:
        self._asked = _asked(database)
        self._boottime_us = boottime_us
        self._look_us = 0

    def wanted(self) -> str | None:
        """Return the token of who waits for a backup; looked for once a second."""
        now_us = self._boottime_us()
        if now_us < self._look_us:
            return None
        self._look_us = now_us + LOOK_EVERY_US
        return _waiting(self._asked)

    def make(self, token: str, source: sqlite3.Connection, goes_on: Callable[[], bool]) -> None:
        """Copy the store for who waits, or tell it why not.

        Args:
            token: of who waits.
            source: the one connection to the store, in no transaction.
            goes_on: called between two steps; serves who came meanwhile, and returns whether to
                go on. What it raises rises here.
        """
        raised: list[BaseException] = []

        def between(_status: int, _remaining: int, _total: int) -> None:
            try:
                if not goes_on() or _waiting(self._asked) != token:
                    raise _GivenUp  # noqa: TRY301 - SQLite carries it out
            except BaseException as error:
                raised.append(error)
                raise

        part = _beside(self._asked, token, ".part")
        try:
            _copy(source, part, between)
            part.replace(_beside(self._asked, token))
        except _GivenUp:
            part.unlink(missing_ok=True)
        except (sqlite3.Error, OSError) as error:
            with contextlib.suppress(OSError):
                part.unlink(missing_ok=True)
                _beside(self._asked, token, ".failed").write_text(str(error))
            if error in raised:
                raise


@dataclass(frozen=True, slots=True)
class Backup:
    """A copy that was looked at: its length, and the number of its schema."""

    bytes: int
    schema: str


def take_backup(database: Path, target: Path) -> Backup:
    """Copy a store, whoever has it, look whether the copy is whole, and return what it is.

    Raises:
        NotFound: there is no store (`store_missing`), or no such folder (`folder_missing`).
        Refused: the target is there (`backup_exists`), or another backup is being made
            (`backup_under_way`).
        Unavailable: it could not be made, or is not whole (`backup_failed`).
    """
    if target.exists():
        raise Refused(f"{target} is there already: name another file", code="backup_exists")
    if not target.parent.is_dir():
        raise NotFound(f"there is no folder {target.parent}", code="folder_missing")
    if not database.is_file():
        raise NotFound(f"there is no store {database}", code="store_missing")
    with _claimed(_asked(database)) as token:
        copy = _made(database, token)
        try:
            found = _looked_at(copy)
            _move(copy, target)
        except FileExistsError:
            raise Refused(f"{target} is there by now", code="backup_exists") from None
        except OSError as error:
            raise _failed(f"{target}: {error.strerror}") from error
        finally:
            copy.unlink(missing_ok=True)
    return found


def _made(database: Path, token: str) -> Path:
    """Return the copy, made here where nobody has the store."""
    try:
        folder = StoreFolder(database)
    except Unavailable as error:
        if error.code != "store_in_use":
            raise
        return _handed_over(_asked(database), token, str(error.detail.get("holder")))
    copy = _beside(_asked(database), token)
    try:
        with contextlib.closing(sqlite3.connect(database, isolation_level=None)) as source:
            source.execute("PRAGMA locking_mode=EXCLUSIVE").fetchall()
            _copy(source, copy, lambda *_: None)
    except (sqlite3.Error, OSError) as error:
        copy.unlink(missing_ok=True)
        raise _failed(str(error)) from error
    finally:
        folder.release()
    return copy


def _handed_over(asked: Path, token: str, holder: str) -> Path:
    """Wait for the copy that the process makes which has the store, and return it."""
    part, failure = _beside(asked, token, ".part"), _beside(asked, token, ".failed")
    copy = _beside(asked, token)
    length, until_s = -1, time.monotonic() + STARTS_WITHIN_S
    while time.monotonic() < until_s:
        if copy.exists():
            return copy
        if failure.exists():
            why = failure.read_text()
            failure.unlink()
            raise _failed(why)
        with contextlib.suppress(FileNotFoundError):
            if part.stat().st_size != length:
                length, until_s = part.stat().st_size, time.monotonic() + STALLED_S
        time.sleep(LOOK_EVERY_S)
    raise _failed(f"{holder} has the store and makes no copy: is it of an older Diorama?")


def _copy(
    source: sqlite3.Connection, target: Path, between: Callable[[int, int, int], None]
) -> None:
    os.close(os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY, _PRIVATE))
    with contextlib.closing(sqlite3.connect(target, isolation_level=None)) as connection:
        # Who asked lets it reach the disk: the thread of the store waits for no disk here.
        connection.execute("PRAGMA journal_mode=OFF").fetchall()
        connection.execute("PRAGMA synchronous=OFF").fetchall()
        source.backup(connection, pages=PAGES, progress=between)


def _looked_at(copy: Path) -> Backup:
    """Return what a copy is, once it is found whole."""
    try:
        url = f"{copy.absolute().as_uri()}?mode=ro&immutable=1"
        with contextlib.closing(sqlite3.connect(url, uri=True)) as connection:
            found = connection.execute("PRAGMA integrity_check").fetchall()
            schema = stored_revision(connection)
    except sqlite3.Error as error:
        raise _failed(str(error)) from error
    if found != [("ok",)] or schema is None:
        raise _failed(f"the copy is not whole: {found[0][0]}, schema {schema}")
    return Backup(copy.stat().st_size, schema)


def _move(copy: Path, target: Path) -> None:
    """Let a file reach the disk under another name, which nobody has."""
    try:
        os.link(copy, target)
    except FileExistsError:
        raise
    except OSError:  # another disk, or one without links
        with copy.open("rb") as source, target.open("xb") as file:
            os.fchmod(file.fileno(), _PRIVATE)
            shutil.copyfileobj(source, file)
    for place in (target, target.parent):
        handle = os.open(place, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


@contextlib.contextmanager
def _claimed(asked: Path) -> Iterator[str]:
    """Ask for a backup until the block is left, under a token of its own."""
    token = secrets.token_hex(8)
    handle = os.open(asked, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, _PRIVATE)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Refused(
                f"another backup of {asked.with_suffix('')} is being made: try again later",
                code="backup_under_way",
            ) from None
        for left in asked.parent.glob(f"{asked.name}-*"):  # by one that was killed
            left.unlink(missing_ok=True)
        os.ftruncate(handle, 0)
        os.pwrite(handle, token.encode(), 0)
        try:
            yield token
        finally:
            asked.unlink(missing_ok=True)
    finally:
        os.close(handle)


def _waiting(asked: Path) -> str | None:
    """Return the token of who asks for a backup and is there, if anybody does."""
    try:
        handle = os.open(asked, os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        return None
    try:
        fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return os.pread(handle, 100, 0).decode() or None
    finally:
        os.close(handle)
    return None


def _asked(database: Path) -> Path:
    return database.with_name(database.name + ".backup")


def _beside(asked: Path, token: str, ending: str = "") -> Path:
    return asked.with_name(f"{asked.name}-{token}{ending}")


def _failed(why: str) -> Unavailable:
    return Unavailable(f"no backup was made: {why}", code="backup_failed")
