"""How a file of a recording comes to disk: what is asked for, and what its answer means. Pure.

A link opens its file without a credential, so none is sent: it may lead to a store of another host.
What broke off goes on where it was, by a new link.
"""

from collections.abc import Mapping
from http import HTTPStatus
from pathlib import Path
from typing import Final

from diorama.client.errors import NotFound, NotUnderstood
from diorama.client.sending import AGENT
from diorama.protocol.recording_views import FileName, RecordingFile, RecordingView

PART: Final = ".part"


def file_of(recording: RecordingView, name: FileName) -> RecordingFile:
    """Return a file of a recording, with its link.

    Raises:
        NotFound: it has none of this name (`file_unknown`).
    """
    for file in recording.files:
        if file.name == name:
            return file
    raise NotFound(f"{recording.id} is {recording.state} and has no {name}", code="file_unknown")


def place_of(to: Path, name: FileName) -> Path:
    """Return where a file goes: into a folder under its own name, or where it was said."""
    return to / name if to.is_dir() else to


def part_of(place: Path) -> Path:
    """Return where a file is while not all of it is there."""
    return place.with_name(place.name + PART)


def headers_from(written: int) -> Mapping[str, str]:
    """Return what is sent for the rest of a file of which so many bytes are there."""
    asked = {"User-Agent": AGENT, "Accept-Encoding": "identity"}
    return asked | ({"Range": f"bytes={written}-"} if written else {})


def begins_at(status: int, headers: Mapping[str, str], written: int) -> int:
    """Return at which byte an answer begins: where it was asked to, or at the first.

    Raises:
        NotUnderstood: it begins elsewhere.
    """
    if status != HTTPStatus.PARTIAL_CONTENT:
        return 0
    begins = f"bytes {written}-"
    if not headers.get("content-range", "").startswith(begins):
        raise NotUnderstood(f"asked for {begins}, and something else came")
    return written


def check_length(file: RecordingFile, written: int, *, over: bool) -> None:
    """Raise NotUnderstood where a file is longer than it was said to be or, at its end, shorter."""
    if written > file.bytes or (over and written < file.bytes):
        raise NotUnderstood(f"{file.name} has {file.bytes} bytes, and {written} came")
