"""The condition that finds an account's sessions by what is asked. Pure: text and values."""

from diorama.protocol.states import FINAL
from diorama.sessions.filters import SessionFilter
from diorama.storage.database import Value


def where_listed(
    account_id: str, wanted: SessionFilter, after: str | None
) -> tuple[str, list[Value]]:
    """Return the condition on `session s`, and its values, in order."""
    parts, values = ["s.account_id = ?"], list[Value]([account_id])
    if wanted.live or (wanted.states and not wanted.states & FINAL):
        parts.append("s.end_code IS NULL")
    for column, known in (
        ("s.id", wanted.ids),
        ("s.state", wanted.states or None),
        ("s.end_code", wanted.codes or None),
    ):
        if known is not None:
            parts.append(f"{column} IN ({', '.join('?' * len(known)) or 'NULL'})")
            values += sorted(known, key=str)
    for condition, value in (
        ("s.project_id = ?", wanted.project_id),
        ("s.region = ?", wanted.region),
        ("s.end_user = ?", wanted.end_user),
        ("s.worker_id = ?", wanted.worker_id),
        ("s.created_us >= ?", wanted.from_us),
        ("s.created_us < ?", wanted.to_us),
        ("s.id < ?", after),
    ):
        if value is not None:
            parts.append(condition)
            values.append(value)
    return " AND ".join(parts), values
