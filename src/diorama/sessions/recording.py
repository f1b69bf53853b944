"""Recordings of sessions and of runs: begun, handed over, failed, deleted. Use cases.

A session's recording has the session's own id under another word, so that what records it can be
told before there is a row, and so that it is one recording whatever the session goes through. The
files are the gateway's to write and to remove; what may be done with them is decided here.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from diorama.events.types import RECORDING_FAILED, RECORDING_READY
from diorama.events.webhooks import notice
from diorama.kernel.errors import Detail, NotFound
from diorama.projects.rules import Project
from diorama.protocol.recording_views import RecordedFacts
from diorama.protocol.worker import Frame, Keeping
from diorama.recordings.lifecycle import (
    LOOK_LATER_US,
    NEVER_UPLOADED,
    PURGE_AGAIN_US,
    WITHOUT_FILES,
    Recording,
    RecordingState,
    Source,
    StoredFile,
    begun,
    begun_again,
    completed,
    deleted,
    failed,
    is_forgotten,
    keep_us,
    purged,
    uploading,
)
from diorama.recordings.tokens import UploadToken, refuse_upload
from diorama.sessions.lifecycle import Session
from diorama.sessions.work import Work

RECORDING: Final = "rec"
BATCH: Final = 50
_FIRST: Final = 1


def recording_id_of(session: Session) -> str | None:
    """Return the id of a session's recording; None where none is made, or its world never ran."""
    made = session.rules.recording.enabled and session.world_started_us is not None
    return _id_for(session) if made else None


def keeping_for(session: Session) -> Keeping | None:
    """Return what a worker is told to keep of a session; the token is signed where it is sent."""
    rules = session.rules.recording
    if not rules.enabled:
        return None
    recording_id = _id_for(session)
    return Keeping(
        recording=recording_id,
        upload_token=UploadToken(recording_id, _FIRST).unsigned,
        frame=Frame(height=rules.max_height, fps=rules.fps),
    )


def record_session(work: Work, session: Session) -> None:
    """Begin the recording of a locked session whose world has just started, if it is to be."""
    keeping = keeping_for(session)
    if keeping is None or work.stores.recordings.get(keeping.recording) is not None:
        return
    recording = Recording(
        id=keeping.recording,
        account_id=session.account_id,
        project_id=session.project_id,
        source=Source(kind="session", id=session.id),
        end_user=session.end_user,
        frame=keeping.frame,
        keep_us=keep_us(session.rules.recording.keep_days),
        created_us=work.now_us,
    )
    work.stores.recordings.add(begun(recording))


def begin_recording(
    work: Work, source: Source, *, project: Project, frame: Frame, end_user: str | None = None
) -> Keeping:
    """Begin the recording of a run, or begin it anew for its next attempt; return what is kept.

    Only the newest token of a recording opens its upload. One that was deleted meanwhile stays so:
    what its worker then uploads is refused.
    """
    known = work.stores.recordings.of_holder(source.holder, lock=True)
    if known is None:
        known = begun(
            Recording(
                id=work.ids.new(RECORDING),
                account_id=project.account_id,
                project_id=project.id,
                source=source,
                end_user=end_user,
                frame=frame,
                keep_us=keep_us(project.rules.recording.keep_days),
                created_us=work.now_us,
            )
        )
        work.stores.recordings.add(known)
    elif known.state in {RecordingState.RECORDING, RecordingState.FAILED}:
        known = begun_again(known, work.now_us)
        work.stores.recordings.save(known)
    return _keeping(known)


def keeping_of(work: Work, holder: str) -> Keeping | None:
    """Return what is kept of a run whose recording was begun."""
    known = work.stores.recordings.of_holder(holder)
    return None if known is None else _keeping(known)


def are_files_there(work: Work, holder: str) -> bool:
    """Whether every file of what a run yields is there, which nobody changes meanwhile."""
    known = work.stores.recordings.of_holder(holder, lock=True)
    return known is not None and known.state is RecordingState.READY


def void_upload(work: Work, holder: str) -> None:
    """Let what was uploaded of a run, or still is, count for nothing: it is tried again."""
    known = work.stores.recordings.of_holder(holder, lock=True)
    if known is not None and known.state is RecordingState.RECORDING:
        work.stores.recordings.save(begun_again(known, work.now_us))


def recording_of(work: Work, account_id: str, recording_id: str) -> Recording:
    """Return a recording of an account.

    Raises:
        NotFound: it has no such recording (`recording_unknown`).
    """
    return _own(work, account_id, recording_id, lock=False)


def begin_upload(work: Work, token: UploadToken, files: Sequence[StoredFile]) -> Recording:
    """Take that a worker has the files of a recording, and return it.

    Raises:
        Unauthorized: the token opens nothing any more (`upload_refused`).
    """
    recording = uploading(_opened(work, token), files, work.now_us)
    work.stores.recordings.save(recording)
    return recording


def opened_by(work: Work, token: UploadToken, *, again: bool = False) -> Recording:
    """Return the recording whose upload a genuine token opens.

    With `again`, the token of one that is complete opens it too.

    Raises:
        Unauthorized: it opens nothing any more (`upload_refused`).
    """
    found = work.stores.recordings.get(token.recording_id)
    may = {RecordingState.RECORDING} | ({RecordingState.READY} if again else set())
    if found is None or found.issue != token.issue or found.state not in may:
        refuse_upload()
    return found


def complete_upload(
    work: Work,
    token: UploadToken,
    facts: RecordedFacts,
    *,
    files: Sequence[StoredFile],
    keep_at_most_us: int,
) -> Recording:
    """Take that every file of a recording is there, and return it; a second time changes nothing.

    Args:
        work: the unit.
        token: genuine.
        facts: what was recorded.
        files: those that were found to be there.
        keep_at_most_us: how long any recording is kept.

    Raises:
        Unauthorized: the token opens nothing any more, or other files were announced since
            (`upload_refused`).
    """
    known = work.stores.recordings.get(token.recording_id, lock=True)
    if known is not None and known.state is RecordingState.READY and known.issue == token.issue:
        return known
    recording = _opened(work, token)
    if recording.announced != tuple(files):
        refuse_upload()
    ready = completed(recording, facts, work.now_us, keep_at_most_us=keep_at_most_us)
    work.stores.recordings.save(ready)
    _tell(work, ready, RECORDING_READY)
    return ready


def fail_upload(work: Work, token: UploadToken, reason: str) -> None:
    """Take that there will be no files of a recording; a second time changes nothing.

    Raises:
        Unauthorized: the token opens nothing any more (`upload_refused`).
    """
    known = work.stores.recordings.get(token.recording_id, lock=True)
    if known is not None and known.state is RecordingState.FAILED and known.issue == token.issue:
        return
    _fail(work, _opened(work, token), reason)


def fail_recording(work: Work, holder: str, reason: str) -> None:
    """Fail the recording of a run that has failed for good, if it is still being made."""
    known = work.stores.recordings.of_holder(holder, lock=True)
    if known is not None and known.state is RecordingState.RECORDING:
        _fail(work, known, reason)


def delete_recording(work: Work, account_id: str, recording_id: str, actor: str) -> Recording:
    """Delete a recording of an account and return it; a second time changes nothing.

    Its links open nothing from now on; its files are removed by the next sweep of any gateway.

    Raises:
        NotFound: the account has no such recording (`recording_unknown`).
    """
    known = _own(work, account_id, recording_id, lock=True)
    if known.state is RecordingState.DELETED:
        return known
    gone = deleted(known, work.now_us)
    work.stores.recordings.save(gone)
    facts: dict[str, Detail] = {"source": known.source.id, "bytes": known.bytes}
    work.stores.audit.add(account_id, actor, "recording.deleted", known.id, facts)
    return gone


def due_recordings(work: Work) -> list[str]:
    """Return recordings about which something is to be done, a bounded number."""
    return work.stores.recordings.due(work.now_us, limit=BATCH)


def tend(work: Work, recording_id: str) -> Recording | None:
    """Do what is due to a recording, if it still is; return it where its files are to be removed.

    Who removes them says so by `files_removed`, or `files_stayed`.
    """
    known = work.stores.recordings.get(recording_id, lock=True)
    if known is None or known.due_us is None or known.due_us > work.now_us:
        return None
    if is_forgotten(known, work.now_us):
        if _is_live(work, known):
            work.stores.recordings.save(replace(known, due_us=work.now_us + LOOK_LATER_US))
            return None
        return _fail(work, known, NEVER_UPLOADED)
    if known.state is RecordingState.READY:
        known = deleted(known, work.now_us)
        work.stores.recordings.save(known)
    return known


def files_removed(work: Work, recording_id: str) -> None:
    """Take that the files of a recording were removed."""
    known = work.stores.recordings.get(recording_id, lock=True)
    if known is not None and known.state in WITHOUT_FILES:
        work.stores.recordings.save(purged(known, work.now_us))


def files_stayed(work: Work, recording_id: str) -> None:
    """Take that the files of a recording could not be removed now."""
    known = work.stores.recordings.get(recording_id, lock=True)
    if known is not None and known.state in WITHOUT_FILES:
        work.stores.recordings.save(replace(known, due_us=work.now_us + PURGE_AGAIN_US))


def _fail(work: Work, recording: Recording, reason: str) -> Recording:
    gone = failed(recording, reason, work.now_us)
    work.stores.recordings.save(gone)
    _tell(work, gone, RECORDING_FAILED)
    return gone


def _is_live(work: Work, recording: Recording) -> bool:
    """Whether what is recorded goes on; a run says itself when it ended."""
    session = work.stores.sessions.get(recording.source.id)
    return session is not None and not session.is_final


def _opened(work: Work, token: UploadToken) -> Recording:
    known = work.stores.recordings.get(token.recording_id, lock=True)
    is_open = known is not None and known.state is RecordingState.RECORDING
    if known is None or not is_open or known.issue != token.issue:
        refuse_upload()
    return known


def _own(work: Work, account_id: str, recording_id: str, *, lock: bool) -> Recording:
    found = None if "\0" in recording_id else work.stores.recordings.get(recording_id, lock=lock)
    if found is None or found.account_id != account_id:
        raise NotFound(f"there is no recording {recording_id}", code="recording_unknown")
    return found


def _keeping(recording: Recording) -> Keeping:
    token = UploadToken(recording.id, recording.issue)
    return Keeping(recording=recording.id, upload_token=token.unsigned, frame=recording.frame)


def _id_for(session: Session) -> str:
    return f"{RECORDING}_{session.id.partition('_')[2]}"


def _tell(work: Work, recording: Recording, type_: str) -> None:
    """Notice what became of a recording, for the feed and webhooks."""
    project = work.stores.projects.get(recording.project_id)
    source = recording.source
    about: dict[str, object] = {
        "id": recording.id,
        "project": "" if project is None else project.name,
        "source": {"kind": source.kind, "id": source.id, "run": source.run},
        "end_user": recording.end_user,
        "bytes": recording.bytes,
        "error": recording.error,
    }
    told = notice(work.ids, type_, recording.account_id, work.now_us, about)
    work.stores.feed.notice(told)
