"""Simulations and recordings in the words of Odyssey's SDK, to Diorama's and back. Pure.

Its scripts are starts, interactions and an end, each at a time; a start's prompt and an
interaction's are the same to a world. Images are not passed on. Whether a picture is upright is
the world's to say. What is rendered is asked for by the id of its recording.
Source: `@odysseyml/odyssey` 1.3.1, `simulate`, `SimulateStatus`, `Recording`.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, Final

import msgspec
from msgspec import Meta

from diorama.kernel.errors import Invalid
from diorama.kernel.units import SECOND_US
from diorama.protocol.recording_views import RecordingView
from diorama.protocol.scripts import MAX_CUES, MAX_SCRIPT_MS, MAX_SCRIPTS
from diorama.protocol.simulation_views import SimulationView, SubmitSimulation
from diorama.protocol.states import OVER

NAME: Final = "Odyssey SDK"
PRIORITY: Final = "normal"
"""The one there is: who has the fewest running is served first."""


class Started(msgspec.Struct, frozen=True):
    """A stream is started, which a script does first."""

    prompt: str = ""
    image: str | None = None


class Interacted(msgspec.Struct, frozen=True):
    """What is shown is changed."""

    prompt: str


class Ended(msgspec.Struct, frozen=True):
    """The script is over."""


class Entry(msgspec.Struct, frozen=True):
    """One thing of a script at one time."""

    timestamp_ms: Annotated[float, Meta(ge=0, le=MAX_SCRIPT_MS)]
    start: Started | None = None
    interact: Interacted | None = None
    end: Ended | None = None


Entries = Annotated[tuple[Entry, ...], Meta(min_length=1, max_length=MAX_CUES)]


class JobAsked(msgspec.Struct, frozen=True):
    """A job: one script, or many; an address where one lies is not followed."""

    script: Entries | None = None
    scripts: Annotated[tuple[Entries, ...], Meta(min_length=1, max_length=MAX_SCRIPTS)] | None = (
        None
    )
    script_url: str | None = None


class JobTaken(msgspec.Struct, frozen=True):
    """A job that was taken."""

    job_id: str
    status: str
    created_at: datetime
    priority: str = PRIORITY
    estimated_wait_minutes: float | None = None


class JobStream(msgspec.Struct, frozen=True):
    """What one script of a job yields."""

    stream_id: str
    video_url: str | None
    events_url: str | None
    thumbnail_url: str | None
    preview_url: str | None
    frame_count: int | None
    duration_seconds: float | None
    script_index: int


class Job(msgspec.Struct, frozen=True):
    """A job in full."""

    job_id: str
    status: str
    created_at: datetime
    dispatched_at: datetime | None
    started_at: datetime | None
    completed_at: datetime | None
    error_message: str | None
    assigned_region: str | None
    retry_count: int
    streams: tuple[JobStream, ...]
    priority: str = PRIORITY


class JobLine(msgspec.Struct, frozen=True):
    """A job in a list."""

    job_id: str
    status: str
    created_at: datetime
    completed_at: datetime | None
    error_message: str | None
    priority: str = PRIORITY


class Jobs(msgspec.Struct, frozen=True):
    """A page of jobs, the newest first."""

    jobs: tuple[JobLine, ...]
    total: int
    limit: int
    offset: int


class JobEnded(msgspec.Struct, frozen=True):
    """A job that was cancelled."""

    job_id: str
    status: str


class StreamFiles(msgspec.Struct, frozen=True):
    """The files of a recording; an address is null until it is there."""

    stream_id: str
    video_url: str | None
    events_url: str | None
    thumbnail_url: str | None
    preview_url: str | None
    frame_count: int | None
    duration_seconds: float | None


class StreamLine(msgspec.Struct, frozen=True):
    """A recording of a session in a list."""

    stream_id: str
    width: int | None
    height: int | None
    started_at: datetime | None
    ended_at: datetime | None
    duration_seconds: float | None


class Streams(msgspec.Struct, frozen=True):
    """A page of recordings, the newest first."""

    recordings: tuple[StreamLine, ...]
    total: int
    limit: int
    offset: int


def submission(asked: JobAsked, project: str) -> SubmitSimulation:
    """Return a job as Diorama takes it.

    Raises:
        Invalid: it names not exactly one script or list of them, an image, or an address
            (`script_invalid`), or more than Diorama takes (`schema`).
    """
    if asked.script_url is not None:
        raise Invalid(
            "a script is sent, not fetched: give `script` or `scripts`", code="script_invalid"
        )
    if (asked.script is None) == (asked.scripts is None):
        raise Invalid("either `script` or `scripts` says what to run", code="script_invalid")
    found = asked.scripts if asked.scripts is not None else (asked.script or (),)
    scripts = [[cue for entry in script for cue in _cues(entry)] for script in found]
    try:
        return msgspec.convert(
            {"project": project, "name": NAME, "scripts": scripts}, type=SubmitSimulation
        )
    except msgspec.ValidationError as error:
        raise Invalid(str(error), code="schema") from None


def _cues(entry: Entry) -> list[dict[str, object]]:
    """Return what of an entry concerns a world: a start without a prompt concerns none."""
    named = [entry.start, entry.interact, entry.end]
    if sum(one is not None for one in named) != 1:
        raise Invalid(
            "each entry of a script has exactly one of start, interact and end",
            code="script_invalid",
        )
    at_ms = round(entry.timestamp_ms)
    if entry.end is not None:
        return [{"at_ms": at_ms, "end": True}]
    if entry.start is not None and entry.start.image is not None:
        raise Invalid("a script takes no images", code="script_invalid")
    said = entry.start or entry.interact
    return [{"at_ms": at_ms, "prompt": said.prompt}] if said and said.prompt else []


def taken(view: SimulationView) -> JobTaken:
    """Return what is answered to a job."""
    return JobTaken(job_id=view.id, status=view.state, created_at=view.created_at)


def job(view: SimulationView, recordings: Mapping[str, RecordingView], gateway: str) -> Job:
    """Return a job in full.

    Args:
        view: it.
        recordings: of its runs, by id.
        gateway: the address that links are relative to.
    """
    streams = [
        JobStream(
            **msgspec.structs.asdict(files(recordings[run.recording], gateway)),
            script_index=run.index,
        )
        for run in view.runs
        if run.recording is not None and run.recording in recordings
    ]
    return Job(
        job_id=view.id,
        status=view.state,
        created_at=view.created_at,
        dispatched_at=view.dispatched_at,
        started_at=view.started_at,
        completed_at=view.ended_at,
        error_message=_error(view),
        assigned_region=None if view.dispatched_at is None else view.region,
        retry_count=view.retries,
        streams=tuple(streams),
    )


def jobs(views: Sequence[SimulationView], *, total: int, limit: int, offset: int) -> Jobs:
    """Return a page."""
    lines = [
        JobLine(
            job_id=view.id,
            status=view.state,
            created_at=view.created_at,
            completed_at=view.ended_at,
            error_message=_error(view),
        )
        for view in views
    ]
    return Jobs(jobs=tuple(lines), total=total, limit=limit, offset=offset)


def is_over(view: SimulationView) -> bool:
    """Return whether a job is past cancelling."""
    return view.state in OVER


def files(view: RecordingView, gateway: str) -> StreamFiles:
    """Return the files of a recording, at whole addresses."""
    urls = {
        file.name: f"{gateway}{file.url}" if file.url.startswith("/") else file.url
        for file in view.files
    }
    return StreamFiles(
        stream_id=view.id,
        video_url=urls.get("video.mp4"),
        events_url=urls.get("events.jsonl"),
        thumbnail_url=urls.get("thumbnail.jpg"),
        preview_url=urls.get("preview.mp4"),
        frame_count=view.frames,
        duration_seconds=_seconds(view),
    )


def streams(views: Sequence[RecordingView], *, total: int, limit: int, offset: int) -> Streams:
    """Return a page of recordings."""
    lines = [
        StreamLine(
            stream_id=view.id,
            width=view.width,
            height=view.height,
            started_at=view.started_at,
            ended_at=view.ended_at,
            duration_seconds=_seconds(view),
        )
        for view in views
    ]
    return Streams(recordings=tuple(lines), total=total, limit=limit, offset=offset)


def _seconds(view: RecordingView) -> float | None:
    return None if view.duration_us is None else view.duration_us / SECOND_US


def _error(view: SimulationView) -> str | None:
    return None if view.error is None else view.error.message
