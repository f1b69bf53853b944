"""Recordings as their account sees them, with links that open their files. Reads only.

A link is an address of this gateway whose last part but one is a token: whoever has it has the one
file, until it expires or the recording is deleted. Of a bucket's files the gateway's answer leads
on to the bucket.
"""

from collections.abc import Sequence
from typing import cast

from diorama.protocol.recording_views import (
    MEDIA_TYPES,
    FileName,
    RecordingFile,
    RecordingSource,
    RecordingView,
)
from diorama.recordings.lifecycle import Recording, StoredFile
from diorama.recordings.tokens import LinkToken, link_expires_us, link_token
from diorama.sessions.show import time_of
from diorama.sessions.work import Work

PATH = "/v1/artifacts"


class RecordingLinks:
    """Makes views with links.

    Args:
        secret: signs them.
    """

    def __init__(self, secret: bytes) -> None:
        self._secret = secret

    def view(self, work: Work, recording: Recording) -> RecordingView:
        """Return a recording as its account sees it."""
        return self.views(work, [recording])[0]

    def views(self, work: Work, recordings: Sequence[Recording]) -> tuple[RecordingView, ...]:
        """Return views, in the same order."""
        names: dict[str, str] = {}
        for project_id in {one.project_id for one in recordings}:
            project = work.stores.projects.get(project_id)
            names[project_id] = "" if project is None else project.name
        return tuple(self._view(one, names[one.project_id], work.now_us) for one in recordings)

    def _view(self, recording: Recording, project: str, now_us: int) -> RecordingView:
        r, facts = recording, recording.facts
        return RecordingView(
            id=r.id,
            state=r.state.value,
            source=RecordingSource(
                kind=r.source.kind, id=r.source.id, run=r.source.run, script=r.source.script
            ),
            project=project,
            end_user=r.end_user,
            created_at=time_of(r.created_us),
            started_at=None if r.started_us is None else time_of(r.started_us),
            ended_at=None if r.ended_us is None else time_of(r.ended_us),
            width=None if facts is None else facts.width,
            height=None if facts is None else facts.height,
            fps=None if facts is None else facts.fps,
            frames=None if facts is None else facts.frames,
            frames_dropped=None if facts is None else facts.frames_dropped,
            duration_us=None if facts is None else facts.duration_us,
            frames_sha256=None if facts is None else facts.frames_sha256,
            bytes=r.bytes,
            expires_at=None if r.expires_us is None else time_of(r.expires_us),
            error=r.error,
            files=tuple(self._file(r, file, now_us) for file in r.files),
        )

    def _file(self, recording: Recording, file: StoredFile, now_us: int) -> RecordingFile:
        expires_us = link_expires_us(now_us)
        token = LinkToken(
            recording_id=recording.id,
            issue=recording.issue,
            expires_us=expires_us,
            name=file.name,
        )
        return RecordingFile(
            name=cast("FileName", file.name),
            media_type=MEDIA_TYPES[file.name],
            bytes=file.bytes,
            url=f"{PATH}/{link_token(token, self._secret)}/{file.name}",
            url_expires_at=time_of(expires_us),
        )
