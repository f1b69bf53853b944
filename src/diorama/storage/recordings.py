"""Recordings in SQL."""

from typing import Final

import msgspec

from diorama.protocol.recording_views import RecordedFacts
from diorama.protocol.worker import Frame
from diorama.recordings.lifecycle import Recording, RecordingState, Source, StoredFile
from diorama.recordings.store import RecordingFilter
from diorama.storage.database import Row, Transaction, Value

_FIXED: Final = (
    "id, account_id, project_id, source, source_id, holder, script, end_user, frame, keep_us,"
    " created_us"
)
_CHANGING: Final = (
    "state",
    "issue",
    "started_us",
    "ended_us",
    "facts",
    "announced",
    "files",
    "expires_us",
    "error",
    "uploads_until_us",
    "deleted_us",
    "due_us",
)
_ALL: Final = f"{_FIXED}, {', '.join(_CHANGING)}"
_SIMULATION: Final = "simulation"


class SqlRecordingStore:
    """See `diorama.recordings.store.RecordingStore`."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    def add(self, recording: Recording) -> None:
        """Store a recording that is new. What holds a slot has one."""
        values = (*_fixed(recording), *_changing(recording))
        marks = ", ".join("?" * len(values))
        self._tx.run(f"INSERT INTO recording ({_ALL}) VALUES ({marks})", *values)

    def get(self, recording_id: str, *, lock: bool = False) -> Recording | None:
        """Return a recording; with `lock`, no one else changes it meanwhile."""
        return self._one("id", recording_id, lock=lock)

    def of_holder(self, holder: str, *, lock: bool = False) -> Recording | None:
        """Return the recording of a session, or of a run."""
        return self._one("holder", holder, lock=lock)

    def listed(
        self, account_id: str, wanted: RecordingFilter, *, after: str | None, limit: int
    ) -> list[Recording]:
        """Return recordings of an account that fit, the newest first, before the id `after`."""
        where, values = ["account_id = ?"], list[Value]([account_id])
        asked = (
            ("project_id = ?", wanted.project_id),
            ("source = ?", wanted.kind),
            ("source_id = ?", wanted.source_id),
            ("id < ?", after),
        )
        for condition, value in asked:
            if value is not None:
                where.append(condition)
                values.append(value)
        if wanted.state is None:
            where.append("state <> 'deleted'")
        else:
            where.append("state = ?")
            values.append(wanted.state.value)
        rows = self._tx.run(
            f"SELECT {_ALL} FROM recording WHERE {' AND '.join(where)} ORDER BY id DESC LIMIT ?",
            *values,
            limit,
        )
        return [_recording(row) for row in rows]

    def save(self, recording: Recording) -> None:
        """Write a locked recording."""
        sets = ", ".join(f"{name} = ?" for name in _CHANGING)
        self._tx.run(
            f"UPDATE recording SET {sets} WHERE id = ?", *_changing(recording), recording.id
        )

    def due(self, now_us: int, *, limit: int) -> list[str]:
        """Return the ids of recordings about which something is to be done, the oldest first."""
        rows = self._tx.run(
            "SELECT id FROM recording WHERE due_us IS NOT NULL AND due_us <= ?"
            " ORDER BY due_us, id LIMIT ?",
            now_us,
            limit,
        )
        return [str(recording_id) for (recording_id,) in rows]

    def _one(self, column: str, value: str, *, lock: bool) -> Recording | None:
        suffix = " {for_update}" if lock else ""
        rows = self._tx.run(f"SELECT {_ALL} FROM recording WHERE {column} = ?{suffix}", value)
        return _recording(rows[0]) if rows else None


def _fixed(recording: Recording) -> tuple[Value, ...]:
    source = recording.source
    return (
        recording.id,
        recording.account_id,
        recording.project_id,
        source.kind,
        source.id,
        source.holder,
        source.script,
        recording.end_user,
        msgspec.json.encode(recording.frame).decode(),
        recording.keep_us,
        recording.created_us,
    )


def _changing(recording: Recording) -> tuple[Value, ...]:
    facts = None if recording.facts is None else msgspec.json.encode(recording.facts).decode()
    return (
        recording.state.value,
        recording.issue,
        recording.started_us,
        recording.ended_us,
        facts,
        msgspec.json.encode(recording.announced).decode(),
        msgspec.json.encode(recording.files).decode(),
        recording.expires_us,
        recording.error,
        recording.uploads_until_us,
        recording.deleted_us,
        recording.due_us,
    )


def _recording(row: Row) -> Recording:
    i, account_id, project_id, kind, source_id, holder, script, *rest = row
    end_user, frame, keep_us, created_us, state, issue, started_us, ended_us, *late = rest
    facts, announced, files, expires_us, error, uploads_until_us, deleted_us, due_us = late
    run = holder if kind == _SIMULATION else None
    return Recording(
        id=i,
        account_id=account_id,
        project_id=project_id,
        source=Source(kind=kind, id=source_id, run=run, script=script),
        end_user=end_user,
        frame=msgspec.json.decode(frame, type=Frame),
        keep_us=keep_us,
        created_us=created_us,
        state=RecordingState(state),
        issue=issue,
        started_us=started_us,
        ended_us=ended_us,
        facts=None if facts is None else msgspec.json.decode(facts, type=RecordedFacts),
        announced=msgspec.json.decode(announced, type=tuple[StoredFile, ...]),
        files=msgspec.json.decode(files, type=tuple[StoredFile, ...]),
        expires_us=expires_us,
        error=error,
        uploads_until_us=uploads_until_us,
        deleted_us=deleted_us,
        due_us=due_us,
    )
