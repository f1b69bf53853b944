"""Logs as people read them, and notes, in SQL.

On PostgreSQL all notes are one statement. On SQLite there is one writer, and a row costs a few
microseconds.
"""

from collections.abc import Mapping, Sequence
from typing import Final

import msgspec

from diorama.protocol.end_codes import End, EndCode
from diorama.protocol.states import SessionState
from diorama.protocol.timeline_views import Fact
from diorama.sessions.lifecycle import Event
from diorama.sessions.timeline_store import Logged, Note, NoteKind
from diorama.storage.database import Transaction


def _room(session: str, since: str, kind: str, at: str) -> str:
    """Return the condition under which a note is kept, of what stands for its values."""
    return (
        f"EXISTS (SELECT 1 FROM session s WHERE s.id = {session}) AND"
        f" (SELECT COUNT(*) FROM session_note o WHERE o.session_id = {session}) < ?"
        f" AND NOT EXISTS (SELECT 1 FROM session_note o WHERE o.session_id = {session}"
        f" AND o.at_us > {since} AND o.at_us < {at} AND o.kind = {kind})"
    )


_INTO: Final = "INSERT INTO session_note (session_id, at_us, kind, actor, facts)"
_KNOWN: Final = " ON CONFLICT (session_id, at_us, kind) DO NOTHING"
_ONE: Final = f"{_INTO} SELECT ?, ?, ?, ?, ? WHERE {_room('?', '?', '?', '?')}{_KNOWN}"
_ALL: Final = (
    f"{_INTO} SELECT n.s, n.a, n.k, n.w, n.f FROM json_to_recordset(?::json)"
    " AS n (s text, a bigint, k text, w text, f text, u bigint)"
    f" WHERE {_room('n.s', 'n.a - n.u', 'n.k', 'n.a')} ORDER BY n.s, n.a{_KNOWN}"
)
_FACTS: Final = msgspec.json.Decoder(dict[str, Fact])


class SqlTimelineStore:
    """See `diorama.sessions.timeline_store.TimelineStore`."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    def log(self, session_id: str, *, limit: int) -> list[Logged]:
        """Return the first rows of a session's log, in order."""
        rows = self._tx.run(
            "SELECT kind, state, at_us, recorded_us, actor, code, reason, slot_id, term, until_us"
            " FROM event WHERE session_id = ? ORDER BY version LIMIT ?",
            session_id,
            limit,
        )
        return [
            Logged(
                kind=Event(kind),
                state=SessionState(state),
                at_us=at_us,
                recorded_us=recorded_us,
                actor=actor,
                end=None if code is None else End(EndCode(code), reason),
                slot_id=slot_id,
                term=term or 0,
                until_us=until_us,
            )
            for kind, state, at_us, recorded_us, actor, code, reason, *slot in rows
            for slot_id, term, until_us in [slot]
        ]

    def askers(self, session_ids: Sequence[str]) -> dict[str, str]:
        """Return who asked for each of these sessions: the actor of its first row."""
        if not session_ids:
            return {}
        marks = ", ".join("?" * len(session_ids))
        rows = self._tx.run(
            f"SELECT session_id, actor FROM event WHERE version = 1 AND session_id IN ({marks})",
            *session_ids,
        )
        return dict(rows)

    def live(self, account_id: str, *, limit: int) -> dict[str, int]:
        """Return the versions of an account's sessions that have not ended, the newest ones'."""
        rows = self._tx.run(
            "SELECT id, version FROM session WHERE account_id = ? AND end_code IS NULL"
            " ORDER BY id DESC LIMIT ?",
            account_id,
            limit,
        )
        return dict(rows)

    def notes(self, session_id: str, *, limit: int) -> list[Note]:
        """Return what was noted of a session first, the oldest first."""
        rows = self._tx.run(
            "SELECT at_us, kind, actor, facts FROM session_note WHERE session_id = ?"
            " ORDER BY at_us, kind LIMIT ?",
            session_id,
            limit,
        )
        return [
            Note(
                session_id=session_id,
                kind=NoteKind(kind),
                at_us=at_us,
                actor=actor,
                facts=_FACTS.decode(facts),
            )
            for at_us, kind, actor, facts in rows
        ]

    def note(self, notes: Sequence[Note], *, keep: int) -> None:
        """Keep notes, as long as a session has fewer than `keep`."""
        if self._tx.dialect == "postgresql":
            rows = [
                {"s": one.session_id, "a": one.at_us, "k": one.kind, "w": one.actor}
                | {"f": _document(one.facts), "u": one.unless_within_us}
                for one in notes
            ]
            self._tx.run(_ALL, msgspec.json.encode(rows).decode(), keep)
            return
        self._tx.run_many(
            _ONE,
            [
                (
                    *(one.session_id, one.at_us, one.kind, one.actor, _document(one.facts)),
                    *(one.session_id, one.session_id, keep),
                    *(one.session_id, one.at_us - one.unless_within_us, one.at_us, one.kind),
                )
                for one in notes
            ],
        )

    def forget_notes(self, before_us: int, *, limit: int) -> int:
        """Drop notes older than this; return how many."""
        rows = self._tx.run(
            "DELETE FROM session_note WHERE (session_id, at_us, kind) IN (SELECT session_id, at_us,"
            " kind FROM session_note WHERE at_us <= ? ORDER BY at_us LIMIT ?) RETURNING kind",
            before_us,
            limit,
        )
        return len(rows)


def _document(facts: Mapping[str, Fact]) -> str:
    return msgspec.json.encode(facts).decode()
