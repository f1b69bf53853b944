"""Who holds a SQLite store's folder, and how often it was opened. Files only, no SQL.

The lock is flock(2) on a file of its own: the kernel lets go of it when the process ends, however
it ends, so there is no stale lock to clean up. The pid in the file is for people.
"""

import fcntl
import os
import socket
from pathlib import Path
from typing import Final

from diorama.kernel.errors import Unavailable

__all__ = ["StoreFolder"]

_PRIVATE: Final = 0o600


class StoreFolder:
    """The files beside a database: `<name>.lock` and `<name>.incarnation`."""

    def __init__(self, database: Path) -> None:
        """Take the folder for this process.

        Raises:
            Unavailable: `store_in_use`, naming the folder and who holds it; `storage_failed` where
                the folder cannot be written.
        """
        self._incarnation = database.with_name(database.name + ".incarnation")
        try:
            database.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._lock: int | None = os.open(
                database.with_name(database.name + ".lock"),
                os.O_RDWR | os.O_CREAT | os.O_CLOEXEC,
                _PRIVATE,
            )
        except OSError as error:
            raise Unavailable(
                f"the store folder {database.parent} cannot be used: {error.strerror}",
                code="storage_failed",
            ) from error
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.pread(self._lock, 200, 0).decode(errors="replace").strip() or "unknown"
            self.release()
            raise in_use(database.parent, holder) from None
        os.ftruncate(self._lock, 0)
        os.pwrite(self._lock, f"pid {os.getpid()} on {socket.gethostname()}\n".encode(), 0)

    def next_incarnation(self, stored: int) -> int:
        """Return a number higher than the one stored and any this folder has seen; keep it.

        The side file outlives a database file put back from a backup.
        """
        try:
            seen = int(self._incarnation.read_text())
        except (FileNotFoundError, ValueError):  # new, or torn by a power cut: the other one counts
            seen = 0
        incarnation = max(stored, seen) + 1
        fresh = self._incarnation.with_name(self._incarnation.name + ".new")
        with fresh.open("w") as file:
            file.write(f"{incarnation}\n")
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(self._incarnation)
        _sync_folder(self._incarnation.parent)
        return incarnation

    def release(self) -> None:
        """Let go of the folder. Releasing twice is releasing once."""
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None


def in_use(folder: Path, holder: str) -> Unavailable:
    """Return the refusal to share a folder."""
    return Unavailable(
        f"the store in {folder} is in use by {holder}: stop that process, or name another folder;"
        " several gateways at once need PostgreSQL",
        code="store_in_use",
        detail={"folder": str(folder), "holder": holder},
    )


def _sync_folder(folder: Path) -> None:
    """Make a rename durable: it is the folder that holds names."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
