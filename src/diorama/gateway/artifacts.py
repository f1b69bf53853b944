"""Where the files of recordings are, and images on their way to a world: a folder, or any S3.

A file is `<recording>/<issue>/<name>`, written whole or not at all. Nothing here blocks the event
loop: `obstore` does its work on threads of its own, and what is left to the operating system goes
to a thread. Memory is bounded by pieces, however long a file is. What may be written, read or
removed is not decided here. Why this library: docs/design/artifacts.md.
"""

import asyncio
import contextlib
import errno
import os
import shutil
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final, Protocol

import obstore
import structlog
from obstore.exceptions import BaseError
from obstore.store import LocalStore, S3Store

from diorama.kernel.errors import Unavailable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from obstore.store import S3Config

    from diorama.gateway.settings import ArtifactSettings, S3Settings

PIECE_BYTES: Final = 1024 * 1024
PIECES_AT_ONCE: Final = 2
READ_BYTES: Final = 256 * 1024
MEGABYTE: Final = 1_000_000
S3_WITHIN: Final = timedelta(seconds=20)
S3_RETRIES: Final = 3
REMOVED_WITHIN: Final = 5
"""Rounds, of which one does where nobody else is at it."""
_NO_SPACE: Final = ("os error 28", "StorageFull", "No space left", "os error 122", "QuotaExceeded")

_log: Final = structlog.stdlib.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where one file is."""

    recording_id: str
    issue: int
    name: str

    @property
    def path(self) -> str:
        """Return its path under the store's root."""
        return f"{self.recording_id}/{self.issue}/{self.name}"


class Named(Protocol):
    """Where one file is, a recording's or another."""

    @property
    def path(self) -> str:
        """Return its path under the store's root."""


class Artifacts(Protocol):
    """Files of recordings.

    Every method raises `Unavailable`: `artifacts_full` where there is no room, `artifacts_failed`
    where the folder or the bucket does not answer as it should.
    """

    async def make_room(self, length: int) -> None:
        """Refuse so many bytes that would leave too little room."""

    async def upload_address(self, place: Place, within: timedelta) -> str | None:
        """Return where else a file is to be PUT; None is here, by `write`."""

    async def write(self, place: Place, pieces: AsyncIterator[bytes]) -> None:
        """Write a file, whole and durable; if `pieces` raises or nobody waits any more, nothing."""

    async def length(self, place: Place) -> int | None:
        """Return the length of a file; None is that there is none."""

    async def download_address(self, place: Place, within: timedelta) -> str | None:
        """Return from where else a file is to be had; None is from here, by `read`."""

    async def read(self, place: Place, start: int, end: int) -> AsyncIterator[bytes] | None:
        """Return the bytes of a file from `start` to before `end`; None is that there is none."""

    async def remove(self, place: Place) -> None:
        """Remove one file, if it is there."""

    async def remove_all(self, recording_id: str) -> None:
        """Remove every file of a recording, and what is left of uploads that broke off."""


class ImageFiles(Protocol):
    """Images on their way to a world; every method raises as those of `Artifacts` do."""

    async def make_room(self, length: int) -> None:
        """Refuse so many bytes that would leave too little room."""

    async def write(self, place: Named, pieces: AsyncIterator[bytes]) -> None:
        """Write a file, whole; if `pieces` raises or nobody waits any more, nothing."""

    async def length(self, place: Named) -> int | None:
        """Return the length of a file; None is that there is none."""

    async def read(self, place: Named, start: int, end: int) -> AsyncIterator[bytes] | None:
        """Return the bytes of a file from `start` to before `end`; None is that there is none."""

    async def remove(self, place: Named) -> None:
        """Remove one file, if it is there."""

    async def remove_older(self, folder: str, than: datetime) -> int:
        """Remove the files of a folder that were written before, and return how many."""


def open_artifacts(settings: "ArtifactSettings", folder: Path) -> "FolderArtifacts | S3Artifacts":
    """Return the store of files that the settings name: `folder` where it is no bucket."""
    if settings.s3.bucket:
        return S3Artifacts(settings.s3)
    return FolderArtifacts(folder, keep_free_bytes=settings.keep_free_mb * MEGABYTE)


class FolderArtifacts:
    """Files in a folder. See `Artifacts`.

    Args:
        folder: made when the first file is written.
        keep_free_bytes: room on its disk that recordings leave to everything else.
    """

    def __init__(self, folder: Path, *, keep_free_bytes: int) -> None:
        self._folder = folder
        self._keep_free_bytes = keep_free_bytes
        self._opened: LocalStore | None = None

    async def make_room(self, length: int) -> None:
        """Refuse so many bytes that would leave too little room."""
        free_bytes = await asyncio.to_thread(self._free_bytes)
        if free_bytes - length < self._keep_free_bytes:
            raise _full()

    async def upload_address(
        self,
        place: Place,  # noqa: ARG002 - files come to this gateway
        within: timedelta,  # noqa: ARG002 - as above
    ) -> str | None:
        """Return None: files are PUT here."""
        return None

    async def write(self, place: Named, pieces: AsyncIterator[bytes]) -> None:
        """Write a file, whole and durable; if `pieces` raises or nobody waits any more, nothing."""
        store = await self._store()
        with _refusing():
            await obstore.put_async(
                store,
                place.path,
                pieces,
                chunk_size=PIECE_BYTES,
                max_concurrency=PIECES_AT_ONCE,
            )
            await asyncio.to_thread(_make_durable, self._folder / place.path, self._folder)

    async def length(self, place: Named) -> int | None:
        """Return the length of a file; None is that there is none."""
        return await _length(await self._store(), place)

    async def download_address(
        self,
        place: Place,  # noqa: ARG002 - files are had from this gateway
        within: timedelta,  # noqa: ARG002 - as above
    ) -> str | None:
        """Return None: files are had from here."""
        return None

    async def read(self, place: Named, start: int, end: int) -> AsyncIterator[bytes] | None:
        """Return the bytes of a file from `start` to before `end`; None is that there is none."""
        return await _read(await self._store(), place, start, end)

    async def remove(self, place: Named) -> None:
        """Remove one file, if it is there."""
        with _refusing():
            await asyncio.to_thread((self._folder / place.path).unlink, missing_ok=True)

    async def remove_all(self, recording_id: str) -> None:
        """Remove every file of a recording, and what is left of uploads that broke off."""
        with _refusing():
            await asyncio.to_thread(_remove_tree, self._folder / recording_id)

    async def remove_older(self, folder: str, than: datetime) -> int:
        """Remove the files of a folder that were written before, and return how many."""
        with _refusing():
            return await asyncio.to_thread(_remove_older, self._folder / folder, than)

    async def _store(self) -> LocalStore:
        if self._opened is None:
            with _refusing():
                self._opened = await asyncio.to_thread(_open_folder, self._folder)
        return self._opened

    def _free_bytes(self) -> int:
        folder = self._folder
        while not folder.exists():  # it is made with the first file
            folder = folder.parent
        return shutil.disk_usage(folder).free


class S3Artifacts:
    """Files in a bucket: workers and browsers talk to it themselves. See `Artifacts`."""

    def __init__(self, settings: "S3Settings") -> None:
        self._store = _bucket(settings)

    async def make_room(self, length: int) -> None:
        """Do nothing: a bucket says itself when it is full."""

    async def upload_address(self, place: Place, within: timedelta) -> str | None:
        """Return where a file is to be PUT, until then."""
        with _refusing():
            return await obstore.sign_async(self._store, "PUT", place.path, within)

    async def write(self, place: Named, pieces: AsyncIterator[bytes]) -> None:
        """Write a file, whole; if `pieces` raises or nobody waits any more, nothing."""
        with _refusing():
            await obstore.put_async(self._store, place.path, pieces, max_concurrency=PIECES_AT_ONCE)

    async def length(self, place: Named) -> int | None:
        """Return the length of a file; None is that there is none."""
        return await _length(self._store, place)

    async def download_address(self, place: Place, within: timedelta) -> str | None:
        """Return from where a file is to be had, until then."""
        with _refusing():
            return await obstore.sign_async(self._store, "GET", place.path, within)

    async def read(self, place: Named, start: int, end: int) -> AsyncIterator[bytes] | None:
        """Return the bytes of a file from `start` to before `end`; None is that there is none."""
        return await _read(self._store, place, start, end)

    async def remove(self, place: Named) -> None:
        """Remove one file, if it is there."""
        with _refusing():
            await obstore.delete_async(self._store, place.path)

    async def remove_all(self, recording_id: str) -> None:
        """Remove every file of a recording."""
        with _refusing():
            async for found in obstore.list(self._store, prefix=recording_id):
                for path in [one["path"] for one in found]:
                    await obstore.delete_async(self._store, path)

    async def remove_older(self, folder: str, than: datetime) -> int:
        """Remove the files of a folder that were written before, and return how many."""
        removed = 0
        with _refusing():
            async for found in obstore.list(self._store, prefix=folder):
                for path in [one["path"] for one in found if one["last_modified"] < than]:
                    await obstore.delete_async(self._store, path)
                    removed += 1
        return removed


def _bucket(settings: "S3Settings") -> S3Store:
    config: S3Config = {"region": settings.region}
    if settings.endpoint:
        config["endpoint"] = settings.endpoint
    if access_key := settings.access_key.get_secret_value():
        config["access_key_id"] = access_key
        config["secret_access_key"] = settings.secret_key.get_secret_value()
    return S3Store(
        settings.bucket,
        prefix=settings.prefix.strip("/") or None,
        config=config,
        client_options={
            "allow_http": settings.endpoint.startswith("http://"),
            "connect_timeout": timedelta(seconds=5),
            "timeout": S3_WITHIN,
        },
        retry_config={"max_retries": S3_RETRIES, "retry_timeout": S3_WITHIN},
    )


async def _length(store: LocalStore | S3Store, place: Named) -> int | None:
    with _refusing():
        try:
            return (await obstore.head_async(store, place.path))["size"]
        except FileNotFoundError:
            return None


async def _read(
    store: LocalStore | S3Store, place: Named, start: int, end: int
) -> AsyncIterator[bytes] | None:
    with _refusing():
        try:
            found = await obstore.get_async(store, place.path, options={"range": (start, end)})
        except FileNotFoundError:
            return None

    async def pieces() -> AsyncIterator[bytes]:
        with _refusing():
            async for piece in found.stream(min_chunk_size=READ_BYTES):
                yield bytes(piece)

    return pieces()


@contextlib.contextmanager
def _refusing() -> "Iterator[None]":
    """Say what the store refuses in Diorama's words, and in the log in its own."""
    try:
        yield
    except (BaseError, OSError) as error:
        said = str(error)
        _log.warning("artifacts cannot be had", why=said.partition("\n")[0])
        if any(word in said for word in _NO_SPACE):
            raise _full() from None
        raise Unavailable(
            f"the files of recordings cannot be had: {type(error).__name__}",
            code="artifacts_failed",
            detail={"retry_after_s": 10},
        ) from error


def _full() -> Unavailable:
    return Unavailable(
        "there is no room left for the files of recordings",
        code="artifacts_full",
        detail={"retry_after_s": 60},
    )


def _open_folder(folder: Path) -> LocalStore:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return LocalStore(folder)


def _make_durable(file: Path, root: Path) -> None:
    """Bring a file to the disk, and the names of the folders that lead to it."""
    _sync(file, os.O_RDONLY)
    for folder in file.parents:
        _sync(folder, os.O_RDONLY | os.O_DIRECTORY)
        if folder == root:
            return


def _sync(path: Path, flags: int) -> None:
    handle = os.open(path, flags | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _remove_tree(folder: Path) -> None:
    """Remove a folder with all that is in it, while another gateway may do the same."""
    for _ in range(REMOVED_WITHIN):
        for at, folders, files in os.walk(folder, topdown=False):
            for name in files:
                Path(at, name).unlink(missing_ok=True)
            for name in folders:
                _remove_empty(Path(at, name))
        _remove_empty(folder)
        if not folder.exists():
            return
    raise OSError(errno.ENOTEMPTY, "files came while they were removed", str(folder))


def _remove_older(folder: Path, than: datetime) -> int:
    """Remove what is older, parts of what never came whole as well."""
    try:
        entries = list(os.scandir(folder))
    except FileNotFoundError:
        return 0
    removed = 0
    for entry in entries:
        with contextlib.suppress(FileNotFoundError):  # another gateway was faster
            if entry.stat().st_mtime < than.timestamp():
                Path(entry).unlink()
                removed += 1
    return removed


def _remove_empty(folder: Path) -> None:
    try:
        folder.rmdir()
    except OSError as error:  # another gateway was faster, or has still to remove what is in it
        if error.errno not in {errno.ENOENT, errno.ENOTEMPTY}:
            raise
