"""Where the files of a simulated world's recordings are: names and lengths, no bytes.

Stands where production has a bucket of an S3: workers PUT their files to it, no gateway is on the
way, and every gateway sees the same.
"""

from collections.abc import AsyncIterator
from datetime import timedelta

from diorama.gateway.artifacts import Place


class Bucket:
    """See `diorama.gateway.artifacts.Artifacts`."""

    def __init__(self) -> None:
        self.files: dict[str, int] = {}

    def put(self, url: str, length: int) -> None:
        """Take a file at an address that was given for it."""
        self.files[url] = length

    async def make_room(self, length: int) -> None:
        """There is always room."""

    async def upload_address(self, place: Place, within: timedelta) -> str | None:  # noqa: ARG002
        """Return where a file is to be PUT."""
        return place.path

    async def length(self, place: Place) -> int | None:
        """Return the length of a file; None is that there is none."""
        return self.files.get(place.path)

    async def write(self, place: Place, pieces: AsyncIterator[bytes]) -> None:  # noqa: ARG002
        """Workers write themselves."""
        raise AssertionError(f"{place.path} came through a gateway")

    async def download_address(self, place: Place, within: timedelta) -> str | None:
        """Nobody looks."""
        raise AssertionError(f"{place.path} is asked for, {within}")

    async def read(self, place: Place, start: int, end: int) -> AsyncIterator[bytes] | None:
        """Nobody looks."""
        raise AssertionError(f"{place.path} is read from {start} to {end}")

    async def remove(self, place: Place) -> None:
        """Remove one file, if it is there."""
        self.files.pop(place.path, None)

    async def remove_all(self, recording_id: str) -> None:
        """Remove every file of a recording."""
        for path in [path for path in self.files if path.startswith(f"{recording_id}/")]:
            del self.files[path]
