"""The life of one recording, as data. Pure.

A recording is begun when its world runs, and gets its files once, at the end. What becomes of it
then is a matter of time: each state but the last has an instant at which something is due.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final, Literal

from diorama.kernel.units import DAY_US, HOUR_US, MINUTE_US, SECOND_US
from diorama.protocol.recording_views import RecordedFacts
from diorama.protocol.worker import Frame

UPLOAD_WITHIN_US: Final = 15 * MINUTE_US
"""From the end of what is recorded until its worker must have begun to hand the files over."""
UPLOAD_LASTS_US: Final = HOUR_US
"""From that until they must be there: 4 GiB take so long at 10 Mbit/s."""
LOOK_AGAIN_US: Final = 36 * HOUR_US
"""After the beginning of what may last a day, in case nobody said that it ended."""
LOOK_LATER_US: Final = HOUR_US
PURGE_AGAIN_US: Final = 30 * SECOND_US
"""After files could not be removed."""
NEVER_UPLOADED: Final = "never_uploaded"


class RecordingState(StrEnum):
    """What a recording is. The values are stored and shown."""

    RECORDING = "recording"
    READY = "ready"
    FAILED = "failed"
    DELETED = "deleted"


_S = RecordingState
NEXT: Final[Mapping[RecordingState, frozenset[RecordingState]]] = {
    _S.RECORDING: frozenset({_S.READY, _S.FAILED, _S.DELETED}),
    _S.READY: frozenset({_S.DELETED}),
    _S.FAILED: frozenset({_S.DELETED, _S.RECORDING}),
    _S.DELETED: frozenset(),
}
"""What may become of each; one that failed is begun anew where its script is run once more."""
WITHOUT_FILES: Final = frozenset({_S.FAILED, _S.DELETED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """What is recorded: a session, or one run of a simulation's script."""

    kind: Literal["session", "simulation"]
    id: str
    run: str | None = None
    script: int | None = None

    @property
    def holder(self) -> str:
        """Return what holds the slot on which it is recorded: the run, or the session."""
        return self.run or self.id


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredFile:
    """One file: its name, one of four, and its length."""

    name: str
    bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Recording:
    """One recording at rest.

    Attributes:
        issue: number of the newest upload token; an older one opens nothing.
        keep_us: how long its project wants it kept, from when it is ready.
        announced: the files that a worker said it has.
        files: those that are there.
        uploads_until_us: until when an upload that was let in may still go on.
        due_us: when something is to be done about it; None is never.
    """

    id: str
    account_id: str
    project_id: str
    source: Source
    end_user: str | None
    frame: Frame
    keep_us: int
    created_us: int
    state: RecordingState = RecordingState.RECORDING
    issue: int = 1
    started_us: int | None = None
    ended_us: int | None = None
    facts: RecordedFacts | None = None
    announced: tuple[StoredFile, ...] = ()
    files: tuple[StoredFile, ...] = ()
    expires_us: int | None = None
    error: str | None = None
    uploads_until_us: int | None = None
    deleted_us: int | None = None
    due_us: int | None = None

    @property
    def bytes(self) -> int:
        """Return how much room its files take."""
        return sum(file.bytes for file in self.files)


def begun(recording: Recording) -> Recording:
    """Return a recording that is new, with when to look whether it was forgotten."""
    return replace(recording, due_us=recording.created_us + LOOK_AGAIN_US)


def begun_again(recording: Recording, now_us: int) -> Recording:
    """Return it for another worker: what the one before has uploaded, or still does, is void."""
    if recording.state is not RecordingState.RECORDING:
        recording = _turned(recording, RecordingState.RECORDING)
    return replace(
        recording,
        issue=recording.issue + 1,
        announced=(),
        error=None,
        ended_us=None,
        due_us=now_us + LOOK_AGAIN_US,
    )


def holder_ended(recording: Recording, at_us: int, now_us: int) -> Recording:
    """Return it once what it records has ended: the files are due."""
    if recording.state is not RecordingState.RECORDING or recording.ended_us is not None:
        return recording
    due_us = max(now_us + UPLOAD_WITHIN_US, recording.uploads_until_us or 0)
    return replace(recording, ended_us=at_us, due_us=due_us)


def uploading(recording: Recording, files: Sequence[StoredFile], now_us: int) -> Recording:
    """Return it with what a worker is about to upload, which may take its time."""
    until_us = now_us + UPLOAD_LASTS_US
    due_us = max(until_us, recording.due_us or 0) if recording.ended_us is None else until_us
    return replace(recording, announced=tuple(files), uploads_until_us=until_us, due_us=due_us)


def completed(
    recording: Recording, facts: RecordedFacts, now_us: int, *, keep_at_most_us: int
) -> Recording:
    """Return it with the files that were announced, all of which are there."""
    expires_us = now_us + min(recording.keep_us, keep_at_most_us)
    started_us = recording.created_us if facts.started_us is None else facts.started_us
    return replace(
        _turned(recording, RecordingState.READY),
        facts=facts,
        files=recording.announced,
        started_us=min(started_us, now_us),
        ended_us=now_us if recording.ended_us is None else recording.ended_us,
        expires_us=expires_us,
        due_us=expires_us,
    )


def failed(recording: Recording, reason: str, now_us: int) -> Recording:
    """Return it without files, and why; what was uploaded of them is to be removed."""
    ended_us = now_us if recording.ended_us is None else recording.ended_us
    failed = _turned(recording, RecordingState.FAILED)
    return replace(failed, error=reason, ended_us=ended_us, due_us=now_us)


def deleted(recording: Recording, now_us: int) -> Recording:
    """Return it deleted; its files are to be removed."""
    ended_us = now_us if recording.ended_us is None else recording.ended_us
    gone = _turned(recording, RecordingState.DELETED)
    return replace(gone, files=(), deleted_us=now_us, ended_us=ended_us, due_us=now_us)


def purged(recording: Recording, now_us: int) -> Recording:
    """Return it once its files were removed: again, after an upload that may still be going on."""
    until_us = recording.uploads_until_us
    again_us = None if until_us is None or until_us <= now_us else until_us
    return replace(recording, due_us=again_us)


def is_forgotten(recording: Recording, now_us: int) -> bool:
    """Return whether its files should have been there by now."""
    is_due = recording.due_us is not None and recording.due_us <= now_us
    return recording.state is RecordingState.RECORDING and is_due


def keep_us(days: float) -> int:
    """Return days in microseconds."""
    return round(days * DAY_US)


def _turned(recording: Recording, state: RecordingState) -> Recording:
    if state not in NEXT[recording.state]:
        raise AssertionError(f"{recording.id} is {recording.state}: it cannot become {state}")
    return replace(recording, state=state)
