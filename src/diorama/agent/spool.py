"""Where a worker keeps the files of runs and recordings until they are uploaded.

A run's folder, and that of a session's images, is of no use once its worker is gone, and goes when
the next one starts. A recording's outlives its worker: it says whom it is for from the start, and
what is in it once it is whole, so the next start of the worker can finish what this one did not.
"""

import os
import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

import msgspec
import structlog

from diorama.agent.world_link import SCRIPT
from diorama.kernel.errors import Unavailable
from diorama.protocol.recording_views import RecordedFacts
from diorama.protocol.scripts import Script

MIN_FREE_BYTES: Final = 512 * 1024 * 1024
"""Left to the machine, whatever is being kept."""
KEPT_S: Final = 86_400
"""How long a recording that nobody takes is kept."""
WORKER_LOST: Final = "worker_lost"
_WHOM: Final = "upload.json"
_FACTS: Final = "facts.json"
_FAILURE: Final = "failure.txt"
_PRIVATE: Final = 0o700

log = structlog.get_logger(__name__)


class _Whom(msgspec.Struct, frozen=True):
    token: str


@dataclass(frozen=True, slots=True)
class Kept:
    """The folder of one recording."""

    folder: Path

    @property
    def token(self) -> str:
        """What opens its upload; empty where its folder cannot be read."""
        try:
            return msgspec.json.decode((self.folder / _WHOM).read_bytes(), type=_Whom).token
        except (OSError, msgspec.DecodeError):
            return ""

    @property
    def facts(self) -> RecordedFacts | None:
        """What is in it; None where it is not whole."""
        try:
            return msgspec.json.decode((self.folder / _FACTS).read_bytes(), type=RecordedFacts)
        except (OSError, msgspec.DecodeError):
            return None

    @property
    def failure(self) -> str:
        """Why it is not whole, in a word."""
        try:
            return (self.folder / _FAILURE).read_text()
        except OSError:
            return WORKER_LOST

    @property
    def age_s(self) -> float:
        """How long ago it was begun, by this machine's clock."""
        try:
            return time.time() - (self.folder / _WHOM).stat().st_mtime
        except OSError:
            return KEPT_S

    def finish(self, facts: RecordedFacts) -> None:
        """Say that it is whole."""
        _write(self.folder / _FACTS, msgspec.json.encode(facts))

    def fail(self, reason: str) -> None:
        """Say why it will not be, in a word."""
        _write(self.folder / _FAILURE, reason.encode())

    def remove(self) -> None:
        """Take it away."""
        _remove(self.folder)


class Spool:
    """The folders of one worker."""

    def __init__(self, folder: Path) -> None:
        self._runs, self._recordings = folder / "runs", folder / "recordings"
        self._images = folder / "images"

    @classmethod
    def take(cls, state_dir: Path, name: str) -> Self:
        """Return the spool of a worker that starts, rid of what earlier runs left."""
        spool = cls(state_dir / "spool" / name)
        _remove(spool._runs)
        _remove(spool._images)
        return spool

    def make_run(self, run: str, term: int, script: Script) -> Path:
        """Return the folder of a run, its script in it. Raises Unavailable where it cannot be."""
        folder = self._runs / f"{_safe(run)}-{term}"
        try:
            _remove(folder)
            _make(folder)
            (folder / SCRIPT).write_bytes(msgspec.json.encode(script))
        except OSError as error:
            raise Unavailable(f"a run has no room on this worker: {error.strerror}") from error
        return folder

    def remove_run(self, folder: Path) -> None:
        """Take the folder of a run away."""
        _remove(folder)

    def make_images(self, session: str, term: int) -> Path:
        """Return the folder of the images that a session's viewer gives.

        Raises Unavailable where it cannot be, or where the disk has no room.
        """
        folder = self._images / f"{_safe(session)}-{term}"
        try:
            _make(folder)
            is_full = not has_room(folder)
        except OSError as error:
            raise Unavailable(f"images have no room on this worker: {error.strerror}") from error
        if is_full:
            raise Unavailable("images have no room on this worker")
        return folder

    def remove_images(self, folder: Path) -> None:
        """Take the folder of a session's images away."""
        _remove(folder)

    def make_recording(self, recording: str, token: str) -> Kept:
        """Return the folder of a recording. Raises Unavailable where it cannot be."""
        kept = Kept(self._recordings / _safe(recording))
        try:
            _make(kept.folder)
            _write(kept.folder / _WHOM, msgspec.json.encode(_Whom(token)))
        except OSError as error:
            raise Unavailable(f"no recording can be made here: {error.strerror}") from error
        return kept

    def recordings(self) -> Iterator[Kept]:
        """Yield what is there, in the order of their names."""
        try:
            names = sorted(entry.name for entry in os.scandir(self._recordings) if entry.is_dir())
        except OSError:
            return
        for name in names:
            yield Kept(self._recordings / name)


def has_room(folder: Path) -> bool:
    """Return whether the disk has more left than what is the machine's."""
    disk = os.statvfs(folder)
    return disk.f_bavail * disk.f_frsize > MIN_FREE_BYTES


def _make(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True, mode=_PRIVATE)


def _safe(name: str) -> str:
    return "".join(letter if letter.isalnum() or letter in "_-" else "_" for letter in name)


def _write(path: Path, data: bytes) -> None:
    draft = path.with_suffix(".new")
    draft.touch(mode=0o600)
    draft.write_bytes(data)
    draft.replace(path)


def _remove(folder: Path) -> None:
    try:
        shutil.rmtree(folder)
    except FileNotFoundError:
        pass
    except OSError as error:
        log.warning("a folder cannot be removed", folder=str(folder), reason=str(error))
