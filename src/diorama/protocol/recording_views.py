"""Recordings as they are shown, and how a worker hands their files over.

`files` carry links that open them without a credential and expire; ask for the recording again to
have new ones. A worker uploads with the token of its assignment: it asks where to, PUTs each file,
and says that it is done, or that there will be nothing.
"""

from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta

from diorama.protocol.views import Instant

FileName = Literal["video.mp4", "preview.mp4", "thumbnail.jpg", "events.jsonl"]
RecordingWord = Literal["recording", "ready", "failed", "deleted"]
SourceWord = Literal["session", "simulation"]
Count = Annotated[int, Meta(ge=0, le=2**53 - 1)]
Bytes = Annotated[int, Meta(ge=1, le=2**53 - 1)]
Side = Annotated[int, Meta(ge=1, le=16_384)]
Fps = Annotated[float, Meta(gt=0, le=1_000)]
Hash = Annotated[str, Meta(pattern=r"^[0-9a-f]{64}$(?!\n)")]
UploadToken = Annotated[str, Meta(max_length=1_000)]
Reason = Annotated[str, Meta(pattern=r"^[a-z][a-z_]{0,62}[a-z]$(?!\n)")]

MEDIA_TYPES: Final[dict[str, str]] = {
    "video.mp4": "video/mp4",
    "preview.mp4": "video/mp4",
    "thumbnail.jpg": "image/jpeg",
    "events.jsonl": "application/jsonl",
}
"""What each file of a recording is; there are no others."""


class RecordingSource(msgspec.Struct, frozen=True):
    """What was recorded: a session, or one script of a simulation.

    Attributes:
        id: of the session or simulation.
        run: of the simulation's run.
        script: which of the simulation's scripts, from 0.
    """

    kind: SourceWord
    id: str
    run: str | None = None
    script: int | None = None


class RecordingFile(msgspec.Struct, frozen=True):
    """One file of a recording: `url`, of this gateway, opens it for whoever has it until then."""

    name: FileName
    media_type: str
    bytes: int
    url: str
    url_expires_at: Instant


class RecordingView(msgspec.Struct, frozen=True):
    """One recording, as its account sees it.

    `state` is `recording` until its files are there. What was recorded is known from `ready` on:
    `frames_dropped` are pictures left out so that a stream was not disturbed, `frames_sha256` is of
    the raw RGB pictures in order, for simulations. `expires_at` is when its files are deleted.
    """

    id: str
    state: RecordingWord
    source: RecordingSource
    project: str
    end_user: str | None
    created_at: Instant
    started_at: Instant | None
    ended_at: Instant | None
    width: int | None
    height: int | None
    fps: float | None
    frames: int | None
    frames_dropped: int | None
    duration_us: int | None
    frames_sha256: str | None
    bytes: int
    expires_at: Instant | None
    error: str | None
    files: tuple[RecordingFile, ...]


class Recordings(msgspec.Struct, frozen=True):
    """A page of recordings, the newest first: ask again with `cursor` for the next."""

    recordings: tuple[RecordingView, ...]
    cursor: str | None = None


class FileToUpload(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One file that a worker has, and how large it is."""

    name: FileName
    bytes: Bytes


class BeginUpload(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """POST /v1/uploads: a worker has the files of a recording."""

    token: UploadToken
    files: Annotated[tuple[FileToUpload, ...], Meta(min_length=1, max_length=4)]

    def __repr__(self) -> str:
        """Show it without its token: what is printed is kept."""
        return f"BeginUpload({len(self.files)} files)"


class UploadTarget(msgspec.Struct, frozen=True):
    """Where to PUT one file: `url` is of this gateway where it begins with a slash.

    It is to be sent whole, of the very length that was said, as `media_type`.
    """

    name: FileName
    url: str
    media_type: str


class UploadTargets(msgspec.Struct, frozen=True):
    """Where to PUT the files, in the order in which they were named."""

    files: tuple[UploadTarget, ...]


class RecordedFacts(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What was recorded, as only its worker knows.

    Attributes:
        fps: frames a second of the video.
        frames: pictures in the video.
        frames_dropped: pictures left out, so that a stream was not disturbed.
        duration_us: how long the video is.
        started_us: when its first picture was shown, UTC; not for a simulation, whose time is its
            own.
        frames_sha256: of the raw RGB pictures in order.
    """

    width: Side
    height: Side
    fps: Fps
    frames: Count
    duration_us: Count
    frames_dropped: Count = 0
    started_us: Count | None = None
    frames_sha256: Hash | None = None


class CompleteUpload(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """POST /v1/uploads/complete: every file is there."""

    token: UploadToken
    facts: RecordedFacts

    def __repr__(self) -> str:
        """Show it without its token: what is printed is kept."""
        return f"CompleteUpload({self.facts!r})"


class FailUpload(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """POST /v1/uploads/fail: there will be no files; `reason` is a word for why."""

    token: UploadToken
    reason: Reason

    def __repr__(self) -> str:
        """Show it without its token: what is printed is kept."""
        return f"FailUpload({self.reason!r})"
